import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Looking at a Rollout in a cluster whose connection is not the best.
@Suite(.timeLimit(.minutes(5))) struct RolloutWatchTests {
    /// A way to a cluster on which things go wrong when they are told to.
    final class BadLine: ClusterTransport {
        struct State {
            var cluster: EmbeddedCluster
            var failures: [KubernetesFailure] = []
            var refused: Set<String> = []
            var watches: [AsyncThrowingStream<WatchEvent, any Error>.Continuation] = []
            var lists = 0
        }

        let state: Mutex<State>

        init(_ cluster: EmbeddedCluster) { state = Mutex(State(cluster: cluster)) }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            let (cluster, failure) = state.withLock { state -> (EmbeddedCluster, KubernetesFailure?) in
                if request.verb == .list, request.resource == .rollouts { state.lists += 1 }
                if state.refused.contains(request.resource.plural) {
                    return (state.cluster, KubernetesFailure(.forbidden, "may not list \(request.resource)"))
                }
                return (state.cluster, state.failures.isEmpty ? nil : state.failures.removeFirst())
            }
            if let failure { throw failure }
            return try await cluster.send(request)
        }

        func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> {
            let cluster = state.withLock { $0.cluster }
            let (stream, continuation) = AsyncThrowingStream<WatchEvent, any Error>.makeStream()
            let stop = cluster.subscribe(request, onEvent: { continuation.yield($0) }, onEnd: { failure in
                if let failure { continuation.finish(throwing: failure) } else { continuation.finish() }
            })
            continuation.onTermination = { _ in stop() }
            state.withLock { $0.watches.append(continuation) }
            return stream
        }

        /// Ends all watches, and lets requests fail before they go well again.
        func breakDown(_ failure: KubernetesFailure?, then failures: [KubernetesFailure] = []) {
            let watches = state.withLock { state in
                state.failures = failures
                defer { state.watches = [] }
                return state.watches
            }
            for watch in watches {
                if let failure { watch.finish(throwing: failure) } else { watch.finish() }
            }
        }
    }

    static let name = ObjectName(namespace: "default", name: "web")

    static func rollout(_ name: String, phase: String) -> JSONValue {
        [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": .string(name)],
            "spec": [
                "selector": ["matchLabels": ["app": .string(name)]], "strategy": ["canary": [:]],
                "template": ["metadata": ["labels": ["app": .string(name)]], "spec": ["containers": []]],
            ],
            "status": ["phase": .string(phase), "observedGeneration": "1", "currentPodHash": "a", "stableRS": "a"],
        ]
    }

    static func cluster(_ names: [String] = ["web"], phase: String = "Progressing") throws -> EmbeddedCluster {
        let cluster = EmbeddedCluster()
        for name in names {
            try cluster.perform(.create(.rollouts, namespace: "default", rollout(name, phase: phase)))
            try setPhase(phase, of: name, in: cluster)
        }
        return cluster
    }

    static func setPhase(_ phase: String, of name: String = "web", in cluster: EmbeddedCluster) throws {
        try cluster.perform(.patch(
            .rollouts, ObjectName(namespace: "default", name: name),
            ["status": ["phase": .string(phase), "observedGeneration": "1"]], subresource: .status))
    }

    static func phase(_ watch: RolloutWatch) -> String? { watch.objects?.rollout["status"]?["phase"]?.string }

    /// Follows until the phase is another one; what was seen.
    static func follow(
        _ watch: RolloutWatch, until phase: String, first: @escaping () throws -> Void = {}
    ) async throws -> [String] {
        var seen: [String] = []
        let end = try await watch.follow(timeout: .seconds(40)) {
            let now = Self.phase(watch) ?? "gone"
            let isFirst = seen.isEmpty
            if seen.last != now { seen.append(now) }
            if isFirst { try first() }
            return now == phase
        }
        if end != .finished { Issue.record("ended as \(end) after \(seen)") }
        return seen
    }

    @Test func seesAChange() async throws {
        let cluster = try Self.cluster()
        let watch = try await RolloutWatch(Self.name, transport: cluster)
        let seen = try await Self.follow(watch, until: "Healthy") { try Self.setPhase("Healthy", in: cluster) }
        #expect(seen == ["Progressing", "Healthy"])
    }

    @Test(arguments: [
        nil, KubernetesFailure(.expired, "too old"), KubernetesFailure(.gone, "too old"),
        KubernetesFailure(.unreachable, "connection reset"), KubernetesFailure(.internalError, "500"),
    ])
    func outlivesTheEndOfAWatch(_ failure: KubernetesFailure?) async throws {
        let cluster = try Self.cluster()
        let line = BadLine(cluster)
        let watch = try await RolloutWatch(Self.name, transport: line)
        let seen = try await Self.follow(watch, until: "Healthy") {
            line.breakDown(failure)
            try Self.setPhase("Healthy", in: cluster)
        }
        #expect(seen == ["Progressing", "Healthy"])
    }

    @Test func outlivesAServerThatStartsAnew() async throws {
        let line = BadLine(try Self.cluster())
        let watch = try await RolloutWatch(Self.name, transport: line)
        var hadComplaint = false
        var hasBroken = false
        let end = try await watch.follow(timeout: .seconds(40)) {
            if !hasBroken {
                hasBroken = true
                let down = KubernetesFailure(.unreachable, "connection refused")
                // The new one knows the Rollout by a lower version than the old one did.
                let other = try Self.cluster(phase: "Healthy")
                line.breakDown(down, then: Array(repeating: down, count: 8))
                line.state.withLock { $0.cluster = other }
            }
            hadComplaint = hadComplaint || watch.complaints.contains { $0.contains("does not answer") }
            return Self.phase(watch) == "Healthy" && watch.complaints.isEmpty
        }
        #expect(end == .finished)
        #expect(hadComplaint)
    }

    @Test func noticesThatItIsDeleted() async throws {
        let cluster = try Self.cluster()
        let watch = try await RolloutWatch(Self.name, transport: cluster)
        let seen = try await Self.follow(watch, until: "gone") { try cluster.perform(.delete(.rollouts, Self.name)) }
        #expect(seen == ["Progressing", "gone"])
    }

    @Test func endsWhenTheTimeIsUp() async throws {
        let watch = try await RolloutWatch(Self.name, transport: try Self.cluster())
        let start = ContinuousClock.now
        let end = try await watch.follow(timeout: .milliseconds(300)) { false }
        #expect(end == .timedOut)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
    }

    @Test func asksAtMostOnceASecondWhereWatchesEndAtOnce() async throws {
        let cluster = try Self.cluster()
        let line = BadLine(cluster)
        let watch = try await RolloutWatch(Self.name, transport: line)
        _ = try await watch.follow(timeout: .milliseconds(1500)) {
            line.breakDown(KubernetesFailure(.expired, "too old"))
            return false
        }
        #expect(line.state.withLock { $0.lists } <= 4)
    }

    @Test func showsWhatItMaySee() async throws {
        let line = BadLine(try Self.cluster())
        line.state.withLock { $0.refused = ["pods", "experiments"] }
        let watch = try await RolloutWatch(Self.name, transport: line)
        try await watch.read()
        #expect(watch.objects != nil)
        #expect(watch.complaints == [
            "pods are not shown: may not list pods",
            "experiments are not shown: may not list experiments.argoproj.io",
        ])
        line.state.withLock { $0.refused = ["rollouts"] }
        await #expect(throws: KubernetesFailure.self) { try await RolloutWatch(Self.name, transport: line) }
    }

    @Test func namesWhatMayBeMeant() async throws {
        let cluster = try Self.cluster(["web", "shop"])
        await #expect {
            _ = try await RolloutWatch(ObjectName(namespace: "default", name: "wbe"), transport: cluster)
        } throws: { error in
            (error as? MissingRollout)?.description
                == "there is no Rollout 'wbe' in namespace 'default'; is 'web' meant?"
        }
        await #expect {
            _ = try await RolloutWatch(ObjectName(namespace: "other", name: "shop"), transport: cluster)
        } throws: { error in
            (error as? MissingRollout)?.elsewhere == ["default"]
        }
    }

    @Test func readsTheListInPages() async throws {
        let cluster = try Self.cluster((0..<501).map { "r\($0)" })
        let list = RolloutListWatch(namespace: "", transport: cluster)
        try await list.read()
        #expect(list.objects.count == 501)
    }
}
