import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A Secret that says that Istio's configuration is in another cluster.
@Suite struct IstioPrimaryClusterTests {
    /// A cluster in which Secrets of some namespaces cannot be listed, and requests for them are counted.
    private final class GuardedTransport: WrappingTransport {
        let base: any ClusterTransport
        private let refused: Set<String>
        private let counter = Counter()
        /// Whether Secrets cannot be listed for the moment.
        let isDown = Mutex(false)

        init(_ base: any ClusterTransport, refused: Set<String>) {
            self.base = base
            self.refused = refused
        }

        var lists: Int { counter.count }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if request.resource.plural == "selfsubjectaccessreviews" {
                let namespace = request.body?["spec"]?["resourceAttributes", "namespace"]?.string ?? ""
                return ["status": ["allowed": .boolean(!refused.contains(namespace))]]
            }
            if request.resource == .secrets {
                counter.note()
                #expect(request.verb == .list && request.limit == 1)
                #expect(["", "argo-rollouts"].contains(request.namespace))
                #expect(request.labelSelector == "istio.argoproj.io/primary-cluster=true")
                if isDown.withLock({ $0 }) { throw KubernetesFailure(.serviceUnavailable, "wait") }
                if refused.contains(request.namespace) { throw KubernetesFailure(.forbidden, "no") }
            }
            return try await base.send(request)
        }
    }

    private static let istio: JSONValue = ["canary": [
        "canaryService": "canary", "stableService": "stable", "steps": [["setWeight": 20]],
        "trafficRouting": ["istio": ["virtualService": ["name": "web"]]],
    ]]

    /// A cluster with a Rollout, and its controller, which is in namespace `argo-rollouts`.
    private static func rig(
        _ strategy: JSONValue = istio, secretIn namespace: String?, refused: Set<String> = [], watched: String = "",
        notices: Notices = Notices()
    ) async throws -> (ConformanceRig, GuardedTransport) {
        let rig = try ConformanceRig("test")
        if let namespace {
            let place = ObjectName(namespace: "", name: namespace)
            if rig.cluster.object(.namespaces, place) == nil {
                try rig.cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(namespace)]]))
            }
            try rig.cluster.perform(.create(.secrets, namespace: namespace, [
                "metadata": ["name": "primary", "labels": ["istio.argoproj.io/primary-cluster": "true"]],
            ]))
        }
        for name in ["stable", "canary"] {
            try rig.cluster.perform(.create(.services, namespace: rig.namespace, [
                "metadata": ["name": .string(name)], "spec": ["selector": ["app": "web"]],
            ]))
        }
        let routes: JSONValue = [["route": [
            ["destination": ["host": "stable"], "weight": 100], ["destination": ["host": "canary"], "weight": 0],
        ]]]
        try rig.cluster.perform(.create(.virtualServices, namespace: rig.namespace, [
            "metadata": ["name": "web"], "spec": ["http": routes],
        ]))
        var settings = Controller.Settings()
        settings.namespace = watched
        settings.ownNamespace = "argo-rollouts"
        let transport = GuardedTransport(rig.cluster, refused: refused)
        rig.controller = Controller(transport: transport, clock: rig.clock, settings: settings, notice: { notices.note($0) })
        try rig.cluster.perform(.create(
            .rollouts, namespace: rig.namespace, ControllerTests.rollout(strategy: strategy)))
        try await rig.pass(30)
        return (rig, transport)
    }

    private static func status(_ rig: ConformanceRig) throws -> JSONValue {
        try rig.cluster.perform(.get(.rollouts, ControllerTests.web))["status"] ?? .null
    }

    @Test func theRolloutSaysWhyNothingIsDone() async throws {
        let namespace = "argo-rollouts"
        let (rig, transport) = try await Self.rig(secretIn: namespace)
        let status = try Self.status(rig)
        #expect(status["phase"] == "Degraded")
        let message = status["message"]?.string ?? ""
        #expect(message.contains("\(namespace)/primary"))
        #expect(message.contains("Istio's configuration is in another cluster"))
        #expect(transport.lists == 1)
        // The label goes, and after a while that is noticed.
        try rig.cluster.perform(.delete(.secrets, ObjectName(namespace: namespace, name: "primary")))
        try await rig.pass(700)
        try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["metadata": ["labels": ["a": "b"]]]))
        try await rig.pass(30)
        #expect(try Self.status(rig)["phase"] == "Healthy")
    }

    /// A server that is down for a moment says nothing of where the configuration is.
    @Test func whatWasKnownStaysWhileNobodyAnswers() async throws {
        let (rig, transport) = try await Self.rig(secretIn: "argo-rollouts")
        transport.isDown.withLock { $0 = true }
        try await rig.pass(700)
        try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["metadata": ["labels": ["a": "b"]]]))
        try await rig.pass(5)
        #expect(transport.lists > 1)
        #expect(try Self.status(rig)["phase"] == "Degraded")
    }

    @Test func whoeverMayNotListSecretsIsNotHeldUpButTold() async throws {
        let notices = Notices()
        let (rig, transport) = try await Self.rig(
            secretIn: "argo-rollouts", refused: ["", "argo-rollouts"], notices: notices)
        #expect(try Self.status(rig)["phase"] == "Healthy")
        #expect(transport.lists == 1, "asked once")
        #expect(notices.blind == [["argo-rollouts", ""]])
        try await rig.pass(700)
        try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["metadata": ["labels": ["a": "b"]]]))
        try await rig.pass(30)
        #expect(transport.lists == 2)
        #expect(notices.blind.count == 1, "told once")
    }

    /// With the rights of `runtime install` only the controller's own namespace can be looked into.
    @Test func onlyTheOwnNamespaceIsSeen() async throws {
        let notices = Notices()
        let (rig, transport) = try await Self.rig(secretIn: "istio-system", refused: [""], notices: notices)
        #expect(try Self.status(rig)["phase"] == "Healthy")
        #expect(transport.lists == 1, "nothing is asked for that would be refused")
        #expect(notices.blind == [[""]])
    }

    /// The reference looks everywhere, and its rights allow it.
    @Test func whereverSecretsCanBeListedTheyAreSeen() async throws {
        let notices = Notices()
        let (rig, transport) = try await Self.rig(secretIn: "istio-system", notices: notices)
        let status = try Self.status(rig)
        #expect(status["phase"] == "Degraded")
        #expect(status["message"]?.string?.contains("istio-system/primary") == true)
        #expect(transport.lists == 2 && notices.blind.isEmpty)
    }

    @Test func whatIsNotSeenStandsInTheLog() async throws {
        let written = Mutex("")
        let log = LogWriter(level: .info, format: .text, clock: VirtualClock()) { line in
            written.withLock { $0 += line }
        }
        let journal = DecisionJournal(log)
        journal.note(.cannotSeeSecrets([""]))
        journal.note(.cannotSeeSecrets(["argo-rollouts", ""]))
        await log.flush()
        let text = written.withLock { $0 }
        #expect(text.contains("INFO  may not list the Secrets of other namespaces"))
        #expect(text.contains("WARN  may not list the Secrets of namespace argo-rollouts"))
        #expect(text.contains("istio.argoproj.io/primary-cluster=true"))
    }

    @Test func withoutIstioNobodyLooks() async throws {
        let (rig, transport) = try await Self.rig(["canary": [:]], secretIn: "argo-rollouts")
        #expect(try Self.status(rig)["phase"] == "Healthy")
        #expect(transport.lists == 0)
    }
}

/// Keeps what a controller has to say of Secrets that it may not list.
private final class Notices: Sendable {
    private let all = Mutex<[[String]]>([])
    var blind: [[String]] { all.withLock { $0 } }

    func note(_ notice: Controller.Notice) {
        if case .cannotSeeSecrets(let namespaces) = notice { all.withLock { $0.append(namespaces) } }
    }
}

/// Counts.
private final class Counter: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func note() { number.withLock { $0 += 1 } }
}
