import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Operations on a cluster in memory, with the controller that has to heed them.
@Suite(.timeLimit(.minutes(5))) struct RolloutOperatorTests {
    static let web = ControllerTests.web

    func rig(_ rollout: JSONValue = ControllerTests.rollout()) async throws -> ConformanceRig {
        let rig = try ConformanceRig("test")
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, rollout))
        try await rig.pass(5)
        return rig
    }

    @discardableResult
    func perform(
        _ operation: any RolloutOperation, _ rig: ConformanceRig, dryRun: RolloutOperator.DryRun = .none
    ) async throws -> RolloutOperator.Outcome {
        let person = RolloutOperator(rig.cluster, clock: rig.clock, dryRun: dryRun, patienceSeconds: 0)
        let outcome = try await person.perform(operation, on: Self.web)
        try await rig.pass(5)
        return outcome
    }

    func refusal(_ operation: any RolloutOperation, _ rig: ConformanceRig) async throws -> String {
        do {
            let outcome = try await perform(operation, rig)
            Issue.record("not refused: \(outcome.plan.summary)")
        } catch RolloutOperator.Failure.refused(let refusal, _) {
            return refusal.text
        }
        return ""
    }

    func status(_ rig: ConformanceRig) throws -> RolloutStatus {
        RolloutStatus(try rig.cluster.perform(.get(.rollouts, Self.web))["status"] ?? .null)
    }

    static func setImage(_ image: String) -> SetImageOperation {
        SetImageOperation([SetImageOperation.Image(container: "*", image: image)])
    }

    @Test func anUpdateFromHandToHand() async throws {
        let rig = try await rig()
        #expect(try await refusal(PromoteOperation(), rig).contains("nothing to promote"))
        try await perform(Self.setImage("web:2"), rig)
        #expect(try status(rig).phase == .paused)
        try await perform(AbortOperation(), rig)
        #expect(try status(rig).phase == .degraded)
        #expect(try await refusal(AbortOperation(), rig).contains("already"))
        #expect(try await refusal(PromoteOperation(), rig).contains("`retry web`"))
        try await perform(RetryOperation(), rig)
        #expect(try status(rig).phase == .paused)
        try await perform(PauseOperation(), rig)
        let resumed = try await perform(ResumeOperation(), rig)
        #expect(resumed.plan.summary.contains("still waits at step 2 of 2"))
        try await perform(PromoteOperation(), rig)
        #expect(try status(rig).phase == .healthy)
        #expect(try await refusal(UndoOperation(revision: 9), rig).contains("1 (web:1) and 2 (web:2)"))
        try await perform(UndoOperation(), rig)
        #expect(try status(rig).phase == .paused)
        try await perform(PromoteOperation(.full), rig)
        #expect(try status(rig).phase == .healthy)
        let image = try rig.cluster.perform(.get(.rollouts, Self.web))["spec", "template", "spec"]?["containers"]?[0]
        #expect(image?["image"] == "web:1")
    }

    @Test func undoFindsTheReplicaSetThatIsThere() async throws {
        let strategy: JSONValue = ["canary": [
            "stableMetadata": ["labels": ["role": "stable"]], "canaryMetadata": ["labels": ["role": "canary"]],
            "antiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [:]],
        ]]
        let rig = try await rig(ControllerTests.rollout(strategy: strategy))
        try await perform(Self.setImage("web:2"), rig)
        try await perform(UndoOperation(), rig)
        let replicaSets = try rig.cluster.perform(.list(.replicaSets, namespace: rig.namespace))["items"]?.array ?? []
        #expect(replicaSets.count == 2, "the version is the one that was there, and no third one")
        #expect(try status(rig).phase == .healthy)
    }

    @Test func restartReplacesPods() async throws {
        let rig = try await rig(ControllerTests.rollout(replicas: 1))
        let pods = { try rig.cluster.perform(.list(.pods, namespace: rig.namespace))["items"]?.array ?? [] }
        let before = try pods().map { $0["metadata"]?["name"] }
        try await perform(RestartOperation(delaySeconds: 30), rig)
        #expect(try pods().map { $0["metadata"]?["name"] } == before)
        try await rig.pass(120)
        #expect(try pods().count == 1)
        #expect(try pods().map { $0["metadata"]?["name"] } != before)
    }

    @Test func aDryRunChangesNothing() async throws {
        let rig = try await rig()
        for dryRun in [RolloutOperator.DryRun.client, .server] {
            let version = rig.cluster.version
            let outcome = try await perform(Self.setImage("web:2"), rig, dryRun: dryRun)
            #expect(outcome.object["spec", "template", "spec"]?["containers"]?[0]?["image"] == "web:2")
            let paused = try await perform(PauseOperation(), rig, dryRun: dryRun)
            #expect(paused.object["spec"]?["paused"] == true)
            #expect(rig.cluster.version == version)
        }
    }

    // MARK: What an API server may do

    /// Passes requests on, after doing something to them.
    final class Meddler: ClusterTransport {
        let cluster: EmbeddedCluster
        let sent = Mutex<[KubernetesRequest]>([])
        private let before: @Sendable (KubernetesRequest, Int) throws(KubernetesFailure) -> Void

        init(
            _ cluster: EmbeddedCluster,
            before: @escaping @Sendable (KubernetesRequest, Int) throws(KubernetesFailure) -> Void
        ) {
            self.cluster = cluster
            self.before = before
        }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            let number = sent.withLock { sent in
                sent.append(request)
                return sent.count
            }
            try before(request, number)
            return try cluster.perform(request)
        }

        func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> { cluster.watch(request) }
    }

    @Test func withoutAStatusSubresourceItGoesIntoTheObject() async throws {
        let rig = try await rig()
        try await perform(Self.setImage("web:2"), rig)
        let meddler = Meddler(rig.cluster) { request, _ throws(KubernetesFailure) in
            if request.subresource == .status { throw KubernetesFailure(.notFound, "no such thing") }
        }
        let person = RolloutOperator(meddler, clock: rig.clock, patienceSeconds: 0)
        _ = try await person.perform(PromoteOperation(), on: Self.web)
        let last = try #require(meddler.sent.withLock { $0.last })
        #expect(last.subresource == nil)
        #expect(last.body?["status"] == ["pauseConditions": .null])
        #expect(last.body?["spec"] == ["paused": false])
    }

    @Test func twoWhoPromoteAtOnceEndOnePause() async throws {
        let steps: JSONValue = [["pause": [:]], ["pause": [:]], ["pause": [:]]]
        let rig = try await rig(ControllerTests.rollout(strategy: ["canary": ["steps": steps]]))
        try await perform(Self.setImage("web:2"), rig)
        #expect(try status(rig).currentStepIndex == 0)
        let cluster = rig.cluster
        let meddler = Meddler(cluster) { request, _ throws(KubernetesFailure) in
            // Somebody else is faster between our read and our write.
            guard case .patch = request.verb else { return }
            _ = try? cluster.perform(
                .patch(.rollouts, Self.web, ["status": ["pauseConditions": .null]], subresource: .status))
        }
        let person = RolloutOperator(meddler, clock: ScaledClock(), patienceSeconds: 0)
        _ = try? await person.perform(PromoteOperation(), on: Self.web)
        try await rig.pass(5)
        #expect(try status(rig).currentStepIndex == 1, "one pause is over and not two")
    }

    @Test func anotherContainerInItsPlaceIsLookedForAgain() async throws {
        let rig = try await rig()
        let cluster = rig.cluster
        let meddler = Meddler(cluster) { request, number throws(KubernetesFailure) in
            guard case .patch = request.verb, number == 2 else { return }
            _ = try cluster.perform(.patch(.rollouts, Self.web, ["spec": ["template": ["spec": ["containers": [
                ["name": "proxy", "image": "proxy:1"], ["name": "web", "image": "web:1"],
            ]]]]]))
        }
        let person = RolloutOperator(meddler, clock: ScaledClock(), patienceSeconds: 0)
        let operation = SetImageOperation([SetImageOperation.Image(container: "web", image: "web:2")])
        let outcome = try await person.perform(operation, on: Self.web)
        let containers = outcome.object["spec", "template", "spec"]?["containers"]?.array ?? []
        #expect(containers.map { $0["image"]?.string } == ["proxy:1", "web:2"])
    }

    @Test func saysThatTheControllerIsBehind() async throws {
        let rig = try await rig()
        _ = try rig.cluster.perform(.patch(.rollouts, Self.web, ["spec": ["replicas": 5]]))
        let person = RolloutOperator(rig.cluster, clock: rig.clock, patienceSeconds: 0)
        do {
            _ = try await person.perform(AbortOperation(), on: Self.web)
            Issue.record("there was nothing to abort")
        } catch .refused(_, let isStale) {
            #expect(isStale)
        }
    }

    @Test func theWorkloadGetsTheTemplate() async throws {
        let rig = try ConformanceRig("test")
        var deployment = try #require(ControllerTests.rollout()["spec"])
        deployment["strategy"] = nil
        _ = try rig.cluster.perform(.create(.deployments, namespace: rig.namespace, [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "base"], "spec": deployment,
        ]))
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": [
                "replicas": 2, "workloadRef": [
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": "base", "scaleDown": "onsuccess",
                ],
                "strategy": ["canary": ["steps": [["setWeight": 50], ["pause": [:]]]]],
            ],
        ]))
        try await rig.pass(60)
        #expect(try status(rig).phase == .healthy)
        let outcome = try await perform(Self.setImage("web:2"), rig)
        #expect(outcome.resource == .deployments)
        try await rig.pass(30)
        #expect(try status(rig).phase == .paused)
        let back = try await perform(UndoOperation(), rig)
        #expect(back.resource == .deployments)
        try await rig.pass(60)
        #expect(try status(rig).phase == .healthy)
        #expect(try await refusal(UndoOperation(revision: 3), rig).contains("asks for revision 3 already"))
    }
}
