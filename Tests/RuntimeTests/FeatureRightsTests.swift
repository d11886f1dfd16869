import ManifestKit
import Testing

@testable import RolloutRuntime

/// A feature gets the rights that it uses and no others.
@Suite struct FeatureRightsTests {
    private static func installation(_ features: String...) -> Installation {
        var installation = Installation(version: "1")
        installation.features = features
        installation.routers = []
        return installation
    }

    /// What a feature is granted for a kind, in every namespace that is looked after.
    private static func verbs(_ feature: String, _ resource: String) throws -> Set<String> {
        let rights = try #require(ControllerRights.all.first { $0.name == feature })
        return Set(rights.rules.filter { $0.resources.contains(resource) }.flatMap(\.verbs))
    }

    /// More measurements than are kept: the Jobs of the first ones are looked for and deleted.
    @Test func jobsOfAnalyses() async throws {
        let rig = try ConformanceRig("test")
        let transport = try LimitedTransport(rig.cluster, Self.installation("analysis", "analysisJobs"))
        rig.controller = Controller(transport: transport, clock: rig.clock)
        let job: JSONValue = ["spec": ["template": ["spec": [
            "restartPolicy": "Never", "containers": [["name": "a", "image": "a"]],
        ]]]]
        let metric: JSONValue = ["name": "job", "interval": "5s", "count": 14, "provider": ["job": job]]
        _ = try rig.cluster.perform(.create(.analysisRuns, namespace: rig.namespace, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": ["name": "run"],
            "spec": ["metrics": [metric]],
        ]))
        try await rig.pass(180)
        let run = rig.cluster.object(.analysisRuns, ObjectName(namespace: rig.namespace, name: "run"))
        #expect(run?["status"]?["phase"] == "Successful", "\(run?["status"] ?? .null)")
        #expect(transport.refused.isEmpty, "\(transport.refused)")
        let used = transport.used.filter { $0.hasSuffix(" jobs") }.map { $0.dropLast(" jobs".count) }
        #expect(Set(used.map(String.init)) == (try Self.verbs("analysisJobs", "jobs")))
    }

    @Test func settingsOfNotifications() async throws {
        for (isSelfService, namespace) in [(false, "argo-rollouts"), (true, "shop")] {
            let cluster = EmbeddedCluster()
            var installation = Self.installation("notifications")
            installation.hasSelfServiceNotifications = isSelfService
            let transport = try LimitedTransport(cluster, installation)
            if isSelfService {
                try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "shop"]]))
            }
            for (type, name) in [
                (ResourceType.configMaps, NotificationSettings.configMap), (.secrets, NotificationSettings.secret),
            ] {
                try cluster.perform(.create(type, namespace: namespace, ["metadata": ["name": .string(name)]]))
            }
            let source = NotificationSource(transport: transport, clock: ScaledClock(), seconds: 1) { _, _, _ in }
            _ = try await source.settings(in: namespace)
            #expect(transport.refused.isEmpty, "\(transport.refused)")
            #expect(transport.used == ["get configmaps", "get secrets"])
            _ = try await source.settings(in: "default")
            #expect(transport.refused == (isSelfService ? [] : ["get configmaps"]))
        }
    }
}
