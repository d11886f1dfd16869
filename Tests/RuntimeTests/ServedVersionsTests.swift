import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A cluster that serves some groups and versions only, and others later.
final class PartialTransport: WrappingTransport {
    private let cluster: EmbeddedCluster
    var base: any ClusterTransport { cluster }
    private let hidden: Mutex<Set<String>>
    private let requests = Mutex<[KubernetesRequest]>([])

    /// Hides groups (`traefik.io`) or versions of them (`networking.istio.io/v1`).
    init(_ cluster: EmbeddedCluster, hiding hidden: Set<String>) {
        self.cluster = cluster
        self.hidden = Mutex(hidden)
    }

    func hide(_ names: Set<String>) { hidden.withLock { $0 = names } }

    /// What was asked of a kind.
    func requests(_ kind: String) -> [KubernetesRequest] {
        requests.withLock { $0.filter { $0.resource.kind == kind } }
    }

    private func isHidden(_ request: KubernetesRequest) -> Bool {
        hidden.withLock { $0.contains(request.resource.group) || $0.contains(request.resource.apiVersion) }
    }

    private static let missing = KubernetesFailure(.notFound, "the server could not find the requested resource")

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        requests.withLock { $0.append(request) }
        if isHidden(request) { throw Self.missing }
        return try cluster.perform(request)
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        if isHidden(request) {
            onEnd(Self.missing)
            return {}
        }
        return cluster.subscribe(request, onEvent: onEvent, onEnd: onEnd)
    }
}

/// Which versions and groups of other projects' kinds a cluster serves is found out, and may change.
@Suite struct ServedVersionsTests {
    private static let routed: JSONValue = [
        "canary": [
            "canaryService": "canary", "stableService": "stable", "steps": [["setWeight": 20], ["pause": [:]]],
            "trafficRouting": ["istio": ["virtualService": ["name": "web"]]],
        ],
    ]

    private static func virtualService(_ version: String) -> JSONValue {
        [
            "apiVersion": .string("networking.istio.io/\(version)"), "kind": "VirtualService",
            "metadata": ["name": "web"],
            "spec": [
                "hosts": ["web"],
                "http": [["route": [
                    ["destination": ["host": "stable"], "weight": 100],
                    ["destination": ["host": "canary"], "weight": 0],
                ]]],
            ],
        ]
    }

    private func rig(hiding hidden: Set<String>) async throws -> (ConformanceRig, PartialTransport) {
        let rig = try ConformanceRig("test")
        let transport = PartialTransport(rig.cluster, hiding: hidden)
        rig.controller = Controller(transport: transport, clock: rig.clock) {
            [decisions = rig.decisions] in decisions.add($0)
        }
        for name in ["stable", "canary"] {
            _ = try rig.cluster.perform(.create(.services, namespace: rig.namespace, [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"]],
            ]))
        }
        let rollout = ControllerTests.rollout(strategy: Self.routed)
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, rollout))
        return (rig, transport)
    }

    private func status(_ rig: ConformanceRig) throws -> JSONValue {
        try rig.cluster.perform(.get(.rollouts, ControllerTests.web))["status"] ?? .null
    }

    private func update(_ rig: ConformanceRig) throws {
        _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
            "containers": [["name": "web", "image": "web:2"]],
        ]]]]))
    }

    @Test func aKindThatIsNotServedIsSaidAndWaitedFor() async throws {
        let (rig, transport) = try await rig(hiding: ["networking.istio.io"])
        var other = ControllerTests.rollout()
        other.set(["metadata", "name"], to: "other")
        other.set(["spec", "selector"], to: ["matchLabels": ["app": "other"]])
        other.set(["spec", "template", "metadata", "labels"], to: ["app": "other"])
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, other))
        try await rig.pass(100)
        let condition = try status(rig)["conditions"]?.array?.first { $0["type"] == "InvalidSpec" }
        let message = condition?["message"]?.string ?? ""
        #expect(message.contains("the cluster does not serve VirtualService"))
        #expect(message.contains("virtualservices.networking.istio.io"))
        let name = ObjectName(namespace: rig.namespace, name: "other")
        #expect(try rig.cluster.perform(.get(.rollouts, name))["status"]?["phase"] == "Healthy")
        let version = rig.cluster.version
        try await rig.pass(600)
        #expect(rig.cluster.version == version, "says so once")

        // The definition comes without the object: another message, though nothing has happened to any object.
        transport.hide([])
        try await rig.pass(60)
        #expect(try status(rig)["message"]?.string?.contains("VirtualService \"web\" not found") == true)
        let made = KubernetesRequest.create(
            .virtualServices, namespace: rig.namespace, Self.virtualService("v1"))
        _ = try rig.cluster.perform(made)
        try await rig.pass(10)
        #expect(try status(rig)["phase"] == "Healthy")
    }

    @Test(arguments: ["v1", "v1beta1", "v1alpha3"])
    func requestsGoToTheVersionThatIsServed(_ version: String) async throws {
        let others = Set(["v1", "v1beta1", "v1alpha3"].filter { $0 != version }.map { "networking.istio.io/\($0)" })
        let (rig, transport) = try await rig(hiding: others)
        _ = try rig.cluster.perform(
            .create(.virtualServices, namespace: rig.namespace, Self.virtualService("v1")))
        try await rig.pass(5)
        try update(rig)
        try await rig.pass(10)
        #expect(try status(rig)["canary"]?["weights"]?["canary"]?["weight"] == 20)
        let asked = transport.requests("VirtualService")
        #expect(Set(asked.map(\.resource.version)) == [version])
        #expect(asked.contains { $0.verb == .patch(.merge) })
    }

    @Test func aVersionThatGoesAwayIsReplaced() async throws {
        let (rig, transport) = try await rig(hiding: ["networking.istio.io/v1"])
        _ = try rig.cluster.perform(
            .create(.virtualServices, namespace: rig.namespace, Self.virtualService("v1")))
        try await rig.pass(5)
        transport.hide(["networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"])
        try update(rig)
        try await rig.pass(10)
        #expect(try status(rig)["canary"]?["weights"]?["canary"]?["weight"] == 20)
        #expect(transport.requests("VirtualService").last?.resource.version == "v1")
    }

    @Test func ofTwoGroupsTheOneWithObjectsCounts() async throws {
        let cluster = EmbeddedCluster(clock: VirtualClock())
        let clock = VirtualClock()
        let transport = DiscoveringTransport(cluster, clock: clock)
        _ = try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "shop"]]))
        let service: JSONValue = ["metadata": ["name": "web"], "spec": ["weighted": ["services": [["name": "a"]]]]]
        let name = ObjectName(namespace: "shop", name: "web")
        // With none anywhere the new group is the one to write to, and a new object says so.
        _ = try await transport.send(.list(.traefikServices))
        var made = try await transport.send(.create(.traefikServices, namespace: "shop", service))
        #expect(made["apiVersion"] == "traefik.io/v1alpha1")
        _ = try await transport.send(.delete(.traefikServices, name))

        var old = ResourceType.traefikServices
        old.group = "traefik.containo.us"
        _ = try cluster.perform(.create(old, namespace: "shop", service))
        let list = try await transport.send(.list(.traefikServices))
        #expect(list["items"]?.array?.count == 1)
        let patch: JSONValue = ["spec": ["weighted": ["services": [["name": "b"]]]]]
        _ = try await transport.send(.patch(.traefikServices, name, patch))
        made = try cluster.perform(.get(old, name))
        #expect(made["spec"] == patch["spec"])
    }

    @Test func whatIsServedIsAskedAgainAfterAWhile() async throws {
        let clock = VirtualClock()
        let cluster = EmbeddedCluster(clock: clock)
        let transport = DiscoveringTransport(cluster, clock: clock)
        let ended = Mutex<[KubernetesFailure.Reason?]>([])
        let follow = {
            transport.subscribe(.list(.httpRoutes), onEvent: { _ in }, onEnd: { failure in
                ended.withLock { $0.append(failure?.reason) }
            })
        }
        _ = follow()
        #expect(ended.withLock { $0 } == [.expired], "nobody has asked yet")
        _ = try await transport.send(.list(.httpRoutes))
        let stop = follow()
        #expect(ended.withLock { $0.count } == 1)
        stop()
        clock.advance(to: clock.now + DiscoveringTransport.memorySeconds + 1)
        _ = follow()
        #expect(ended.withLock { $0 } == [.expired, .expired])
    }
}
