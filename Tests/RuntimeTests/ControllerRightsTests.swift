import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A cluster that lets the controller do what the roles of `runtime install` grant its service account.
final class LimitedTransport: ClusterTransport {
    private let cluster: EmbeddedCluster
    private let roles: RoleIndex
    private let account = ClusterUser.serviceAccount(ObjectName(namespace: "argo-rollouts", name: "rollout-render"))
    private let notes = Mutex<(used: Set<String>, refused: Set<String>)>(([], []))

    /// Makes the roles and bindings of an installation in a cluster.
    init(_ cluster: EmbeddedCluster, _ installation: Installation) throws {
        self.cluster = cluster
        for object in installation.objects() {
            let kind = object["kind"]?.string ?? ""
            let entry = cluster.catalog.entry(apiVersion: object["apiVersion"]?.string ?? "", kind: kind)
            guard kind.contains("Role"), let type = entry?.type else { continue }
            let namespace = object["metadata"]?["namespace"]?.string ?? ""
            if !namespace.isEmpty, cluster.object(.namespaces, ObjectName(namespace: "", name: namespace)) == nil {
                try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(namespace)]]))
            }
            try cluster.perform(.create(type, namespace: namespace, object))
        }
        roles = RoleIndex(cluster)
    }

    /// The requests that there was no right for, as `patch pods`.
    var refused: [String] { notes.withLock { $0.refused.sorted() } }
    /// The rights that were used.
    var used: Set<String> { notes.withLock { $0.used } }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let verb = switch request.verb {
        case .get: "get"
        case .list: "list"
        case .create: "create"
        case .update: "update"
        case .patch: "patch"
        case .delete: "delete"
        case .deleteCollection: "deletecollection"
        }
        try check(verb, request)
        try checkOwners(request)
        return try cluster.perform(request)
    }

    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> {
        do throws(KubernetesFailure) {
            try check("watch", request)
            return cluster.watch(request)
        } catch {
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        do throws(KubernetesFailure) {
            try check("watch", request)
            return cluster.subscribe(request, onEvent: onEvent, onEnd: onEnd)
        } catch {
            onEnd(error)
            return {}
        }
    }

    private func check(_ verb: String, _ request: KubernetesRequest) throws(KubernetesFailure) {
        // Whoever has logged in may ask which resources there are.
        if request.verb == .get, request.resource.plural.isEmpty { return }
        var wanted = AccessAttributes(
            verb: verb, group: request.resource.group, resource: request.resource.plural,
            namespace: request.namespace, name: request.name ?? "")
        wanted.subresource = request.subresource?.rawValue ?? ""
        try check(wanted)
    }

    private func check(_ wanted: AccessAttributes) throws(KubernetesFailure) {
        let answer = roles.answer(account, wanted)
        let part = wanted.subresource.isEmpty ? "" : "/" + wanted.subresource
        let text = "\(wanted.verb) \(wanted.resource)\(part)"
        notes.withLock { if answer.isAllowed { _ = $0.used.insert(text) } else { _ = $0.refused.insert(text) } }
        guard answer.isAllowed else { throw wanted.refusal(of: account, reason: answer.reason) }
    }

    /// A cluster that enforces owner references wants the right to hold up the owner's end.
    private func checkOwners(_ request: KubernetesRequest) throws(KubernetesFailure) {
        for owner in request.body?["metadata"]?["ownerReferences"]?.array ?? [] {
            guard owner["blockOwnerDeletion"] == true else { continue }
            var wanted = AccessAttributes(
                verb: "update", group: "argoproj.io", resource: (owner["kind"]?.string ?? "").lowercased() + "s",
                namespace: request.namespace, name: owner["name"]?.string ?? "")
            wanted.subresource = "finalizers"
            try check(wanted)
        }
    }
}

/// With the definitions and the rights that `runtime install` grants, the controller does all that it has to.
@Suite struct ControllerRightsTests {
    private static func rig(
        _ name: String, _ change: (inout Installation) -> Void
    ) throws -> (rig: ConformanceRig, transport: LimitedTransport) {
        let rig = try ConformanceRig(name)
        // An embedded cluster goes by what it knows of our kinds itself; here it goes by the definitions.
        for definition in CustomResourceDefinitions.all() {
            let entry = try #require(ResourceCatalog.entry(definition: definition))
            rig.cluster.state.withLock { $0.catalog.add(entry) }
        }
        var installation = Installation(version: "1")
        installation.features = []
        installation.routers = []
        change(&installation)
        let transport = try LimitedTransport(rig.cluster, installation)
        var settings = Controller.Settings()
        settings.namespace = installation.watchedNamespace ?? ""
        rig.controller = Controller(transport: transport, clock: rig.clock, settings: settings) {
            [decisions = rig.decisions] in decisions.add($0)
        }
        return (rig, transport)
    }

    /// What a scenario needs, by what its manifests say.
    private static func needs(of scenario: JSONValue, _ installation: inout Installation) {
        let text = JSONWriter.text(scenario)
        installation.routers = ControllerRights.names(for: .router).filter { text.contains("\"\($0)\":{") }
        if text.contains("\"workloadRef\":") { installation.features.append("workloadRef") }
        if text.contains("AnalysisTemplate") { installation.features += ["analysis", "analysisJobs"] }
        if text.contains("\"experiment\":") { installation.features.append("experiments") }
    }

    private static let scopes = Conformance.scenarios.map { ($0, false) }
        + Conformance.scenarios.filter { ["canary-nginx", "canary-istio-subset", "workload-ref"].contains($0) }.map { ($0, true) }

    @Test(.enabled(if: Conformance.isThere), arguments: scopes)
    func suffice(_ name: String, isForOneNamespace: Bool) async throws {
        let scenario = try Conformance.read("scenarios/\(name).yaml")
        let (rig, transport) = try Self.rig(name) { installation in
            Self.needs(of: scenario, &installation)
            if isForOneNamespace {
                installation.watchedNamespace = "conf-\(name)"
                installation.hasUserRoles = false
            }
        }
        try await rig.play(scenario)
        #expect(transport.refused.isEmpty, "\(transport.refused)")
        let reference = try Conformance.read("traces/\(name).json")
        for (label, snapshot) in reference["snapshots"]?.object?.fields ?? [] {
            let own = try #require(rig.snapshots[label], "no snapshot \(label)").withoutHashesOfDeployments
            let theirs = ConformanceRecorder.Snapshot(reference: snapshot).withoutHashesOfDeployments
            ConformanceScenarioTests().compareObjects(theirs.objects, own, label, rig.namespace)
        }
    }

    /// A test that cannot fail would say nothing of the rights.
    @Test(.enabled(if: Conformance.isThere)) func missingOnesAreNoticed() async throws {
        let (rig, transport) = try Self.rig("canary-nginx") { $0.routers = ["istio"] }
        await #expect(throws: (any Error).self) {
            try await rig.play(Conformance.read("scenarios/canary-nginx.yaml"))
        }
        #expect(transport.refused.contains { $0.hasSuffix(" ingresses") })
        let (other, elsewhere) = try Self.rig("canary-basic") { $0.watchedNamespace = "another" }
        other.controller = Controller(transport: elsewhere, clock: other.clock) { _ in }
        await #expect(throws: (any Error).self) {
            try await other.play(Conformance.read("scenarios/canary-basic.yaml"))
        }
    }

    /// An update, old versions that go, and a restart.
    private static let ordinaryLife = """
        script:
        - apply:
          - apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              replicas: 2
              revisionHistoryLimit: 0
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "web:1"}]}
              strategy: {canary: {}}
        - wait: {rollout: web, phase: Healthy}
        - setImage: {rollout: web, container: web, image: "web:2"}
        - wait: {rollout: web, phase: Healthy, stable: true}
        - sleep: 5
        - restart: web
        - sleep: 30
        """

    /// These rights are not used when all goes well; why they are there all the same.
    private static let forBadDays: [String: String] = [
        "get rollouts": "read anew after a write that met a conflict",
        "get replicasets": "read anew after a write that met a conflict; a workloadRef to one",
        "get services": "read anew after a write that met a conflict",
        "patch events": "an event that happens again is counted",
    ]

    @Test(.enabled(if: Conformance.isThere)) func coreRightsAreAllNeeded() async throws {
        var used: Set<String> = []
        let life = try #require(YAMLParser.document(Self.ordinaryLife)?.root?.json)
        for scenario in try ["canary-metadata", "bluegreen-manual"].map({ try Conformance.read("scenarios/\($0).yaml") }) + [life] {
            let (rig, transport) = try Self.rig("life") { _ in }
            try await rig.play(scenario)
            #expect(transport.refused.isEmpty, "\(transport.refused)")
            used.formUnion(transport.used)
        }
        var granted: Set<String> = []
        for rule in ControllerRights.all[0].rules {
            for verb in rule.verbs { granted.formUnion(rule.resources.map { "\(verb) \($0)" }) }
        }
        #expect(granted.subtracting(used).sorted() == Self.forBadDays.keys.sorted())
    }

    /// What the embedded cluster knows of our kinds by itself is what the definitions say.
    @Test func builtInKindsAreThoseOfTheDefinitions() throws {
        for definition in CustomResourceDefinitions.all() {
            let defined = try #require(ResourceCatalog.entry(definition: definition))
            let builtIn = try #require(ResourceCatalog.builtIn.first { $0.type.plural == defined.type.plural })
            #expect(builtIn.type == defined.type && builtIn.versions == defined.versions)
            #expect(builtIn.singular == defined.singular && builtIn.shortNames == defined.shortNames)
            #expect(builtIn.hasStatus == defined.hasStatus && builtIn.scale == defined.scale, "\(defined.type)")
            #expect(builtIn.columns.map(\.path) == defined.columns.map(\.path), "\(defined.type)")
        }
    }

    /// As with the reference's definitions: their controllers patch the object, and a status apart would be lost.
    @Test(arguments: ["AnalysisRun", "Experiment"]) func theirStatusIsNoSubresource(_ kind: String) throws {
        let cluster = EmbeddedCluster()
        let type = try #require(cluster.catalog.entry(apiVersion: "argoproj.io/v1alpha1", kind: kind)?.type)
        let object: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": .string(kind), "metadata": ["name": "one"], "spec": [:],
            "status": ["phase": "Running"],
        ]
        let name = ObjectName(namespace: "default", name: "one")
        let made = try cluster.perform(.create(type, namespace: "default", object))
        #expect(made["status"]?["phase"] == "Running")
        let patch: JSONValue = ["status": ["phase": "Successful"]]
        #expect(throws: KubernetesFailure.self) {
            try cluster.perform(.patch(type, name, patch, subresource: .status))
        }
        #expect(try cluster.perform(.patch(type, name, patch))["status"]?["phase"] == "Successful")
    }

    /// With the definitions a server refuses what one with the reference's refused, and nothing else.
    @Test(.enabled(if: ConformanceRecordings.validation != nil, "the conformance recordings are not here"))
    func definitionsRefuseWhatTheReferencesRefused() throws {
        let folder = try #require(ConformanceRecordings.validation)
        let verdicts = try JSONReader.value(Array(Data(contentsOf: folder.appending(path: "verdicts.json"))))
        let (rig, _) = try Self.rig("admission") { _ in }
        let entry = try #require(rig.cluster.catalog.entry(apiVersion: "argoproj.io/v1alpha1", kind: "Rollout"))
        #expect(entry.isCustom && entry.shortNames == ["ro"] && entry.hasStatus)
        let handler = APIHandler(cluster: rig.cluster)
        var count = 0
        for (name, verdict) in verdicts.object?.fields ?? [] {
            guard !ConformanceAdmissionTests.beyondSchemas.contains(name) else { continue }
            let bytes = try Array(Data(contentsOf: folder.appending(path: name + ".yaml")))
            let documents = YAMLParser.documents(in: SourceFile(name: name, bytes: bytes))
            guard documents.allSatisfy({ $0.faults.isEmpty }) else { continue }
            let objects = documents.compactMap { $0.root?.json }.flatMap { $0["items"]?.array ?? [$0] }
            let refusals = objects.compactMap { ConformanceAdmissionTests().refusal(of: $0, by: handler) }
            #expect(refusals.isEmpty != (verdict["apiserver"]?.array?.isEmpty == false), "\(name): \(refusals)")
            count += 1
        }
        #expect(count > 100)
    }
}
