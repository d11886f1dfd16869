import ManifestKit
import Testing

@testable import RolloutRuntime

/// Applying, without a program around it.
@Suite(.timeLimit(.minutes(5))) struct ManifestApplierTests {
    static func item(_ apiVersion: String, _ kind: String, _ name: String, _ more: JSONValue = [:]) -> ApplySet.Item {
        let object: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": .string(name)],
        ]
        return ApplySet.Item(object: object.merging(more), origin: name)
    }

    func apply(
        _ items: [ApplySet.Item], to transport: any ClusterTransport
    ) async throws -> [String: ManifestApplier.Outcome] {
        let settings = ManifestApplier.Settings(namespace: "default")
        let applier = ManifestApplier(transport, clock: ScaledClock(), settings: settings)
        let (targets, unknown) = try await applier.targets(of: ApplySet(items))
        #expect(unknown.isEmpty)
        let asked = await applier.asked(targets)
        var outcomes: [String: ManifestApplier.Outcome] = [:]
        for (target, outcome) in await applier.apply(asked.map(\.target), onOutcome: { _, _ in }) {
            outcomes[target.title] = outcome
        }
        return outcomes
    }

    @Test func whatComesAfterARefusalIsNotBegun() async throws {
        let cluster = EmbeddedCluster()
        let transport = RolloutOperatorTests.Meddler(cluster) { request, _ throws(KubernetesFailure) in
            // Asked, it would take it; then it does not.
            guard case .patch = request.verb, !request.isDryRun, request.name == "b" else { return }
            throw KubernetesFailure(.forbidden, "the quota is used up")
        }
        let outcomes = try await apply([
            Self.item("argoproj.io/v1alpha1", "Rollout", "web", ControllerTests.rollout()),
            Self.item("v1", "ConfigMap", "b"), Self.item("v1", "ConfigMap", "c"), Self.item("v1", "ServiceAccount", "a"),
        ], to: transport)
        guard case .created = outcomes["serviceaccount/a"], case .failed = outcomes["configmap/b"],
            case .created = outcomes["configmap/c"], case .skipped = outcomes["rollout.argoproj.io/web"]
        else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(cluster.objects(.rollouts).isEmpty)
    }

    @Test func whatTheServerKeepsIsNotSent() throws {
        let set = ApplySet([Self.item("v1", "ConfigMap", "a", [
            "metadata": ["uid": "1", "resourceVersion": "7", "managedFields": [[:]], "labels": ["a": "b"]],
            "status": ["x": 1],
        ])])
        #expect(set.items[0].object["metadata"] == ["name": "a", "labels": ["a": "b"]])
        #expect(set.items[0].object["status"] == nil)
    }

    @Test func theSameObjectTwiceIsRefused() {
        let set = ApplySet([Self.item("v1", "ConfigMap", "a"), Self.item("v1", "ConfigMap", "a")])
        #expect(set.problems == ["a: ConfigMap a is also in a"])
    }

    @Test func pruningLeavesTheRestAlone() async throws {
        let cluster = EmbeddedCluster()
        let labels: JSONValue = ["metadata": ["labels": ["part": "shop"]]]
        let kinds = [("v1", "ConfigMap"), ("v1", "PersistentVolumeClaim"), ("rbac.authorization.k8s.io/v1", "ClusterRole")]
        _ = try await apply(
            kinds.map { Self.item($0.0, $0.1, "old", labels) } + [Self.item("v1", "Namespace", "shop", labels)], to: cluster)
        let service = EmbeddedClusterTests.service()
        _ = try cluster.perform(.create(.services, namespace: "default", service.merging(labels)))
        let pruner = ManifestPruner(cluster)
        let found = try await pruner.candidates(selector: "part=shop", namespaces: ["default", "shop"], staying: [])
        #expect(found.map(\.title) == ["configmap/old"], "no volumes, nothing of the whole cluster, nothing of others")
        try await pruner.delete(found[0], isDryRun: false)
        #expect(try await pruner.candidates(selector: "part=shop", namespaces: ["default"], staying: []).isEmpty)
        try await pruner.delete(found[0], isDryRun: false)
    }

    @Test func aRolloutIsFollowedToItsEnd() async throws {
        let rig = try ConformanceRig("test")
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, ControllerTests.rollout()))
        let progress = {
            let rollout = try #require(Rollout(try rig.cluster.perform(.get(.rollouts, ControllerTests.web))))
            return RolloutProgress(rollout)
        }
        #expect(try progress().standing == .underWay)
        #expect(try progress().phase == "Waiting")
        try await rig.pass(5)
        #expect(try progress().standing == .healthy)
        let person = RolloutOperator(rig.cluster, clock: rig.clock, patienceSeconds: 0)
        _ = try await person.perform(RolloutOperatorTests.setImage("web:2"), on: ControllerTests.web)
        #expect(try progress().text.hasPrefix("Waiting: "), "the healthy state is that of the version before")
        try await rig.pass(5)
        #expect(try progress().standing == .waitsForPerson)
        #expect(try progress().text == "Paused, step 2/2: it waits for a person; `promote web` lets it go on")
        _ = try await person.perform(AbortOperation(), on: ControllerTests.web)
        try await rig.pass(5)
        #expect(try progress().standing == .failed)
    }
}
