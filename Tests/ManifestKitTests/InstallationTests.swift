import Foundation
import Testing

@testable import ManifestKit

/// What `runtime install` prints beside the definitions.
@Suite struct InstallationTests {
    static func installation(_ change: (inout Installation) -> Void = { _ in }) -> [JSONValue] {
        var installation = Installation(version: "9.9.9")
        installation.hasDefinitions = false
        change(&installation)
        return installation.objects()
    }

    static func find(_ kind: String, _ name: String, in objects: [JSONValue]) throws -> JSONValue {
        try #require(objects.first { $0["kind"]?.string == kind && $0["metadata"]?["name"]?.string == name })
    }

    static func kinds(_ objects: [JSONValue]) -> [String] { objects.compactMap { $0["kind"]?.string } }

    @Test func hasEachPartOnce() {
        let objects = Self.installation { $0.hasServiceMonitor = true; $0.hasNamespace = true; $0.hasDefinitions = true }
        #expect(Self.kinds(objects) == Array(repeating: "CustomResourceDefinition", count: 5) + [
            "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ClusterRole",
            "ClusterRole", "ClusterRole", "Service", "PodDisruptionBudget", "Deployment", "ServiceMonitor",
        ])
        let keys = objects.map { "\($0["kind"] ?? .null) \($0["metadata"]?["name"] ?? .null)" }
        #expect(Set(keys).count == keys.count)
        #expect(Self.kinds(Self.installation { $0.hasController = false; $0.hasDefinitions = true }).count == 5)
        #expect(!Self.kinds(Self.installation { $0.hasUserRoles = false }).dropFirst(2).contains("ClusterRole"))
    }

    @Test func oneNamespaceNeedsNoRightOutsideOfIt() throws {
        let objects = Self.installation { $0.watchedNamespace = "shop"; $0.hasUserRoles = false }
        #expect(!Self.kinds(objects).contains { $0.hasPrefix("Cluster") })
        let role = try Self.find("Role", "rollout-render", in: objects)
        #expect(role["metadata"]?["namespace"] == "shop")
        #expect(!JSONWriter.text(role).contains("clusteranalysistemplates"))
        let binding = try Self.find("RoleBinding", "rollout-render", in: objects)
        #expect(binding["subjects"]?[0]?["namespace"] == "argo-rollouts")
        #expect(binding["roleRef"]?["kind"] == "Role")
        let leases = try Self.find("Role", "rollout-render-own-namespace", in: objects)
        #expect(leases["metadata"]?["namespace"] == "argo-rollouts")
        let deployment = try Self.find("Deployment", "rollout-render", in: objects)
        let arguments = deployment["spec", "template", "spec", "containers"]?[0]?["args"]?.array ?? []
        #expect(arguments.contains("--namespace=shop"))
        #expect(arguments.contains("--leader-election-namespace=argo-rollouts"))
    }

    @Test func whatIsNotNamedGetsNoRights() throws {
        let objects = Self.installation { $0.features = []; $0.routers = ["istio"] }
        let text = JSONWriter.text(try Self.find("ClusterRole", "rollout-render", in: objects))
        for word in ["analysistemplates", "jobs", "secrets", "configmaps", "ingresses", "deployments", "traefik"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.contains("virtualservices"))
        let own = try Self.find("Role", "rollout-render-own-namespace", in: objects)
        #expect(own["rules"]?.array?.count == 3)
        #expect(own["rules"]?[2] == ["apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]])
        #expect(own["rules"]?[1]?["resourceNames"] == ["argo-rollouts-controller-lock"])
        let blue = Self.installation { $0.instanceID = "blue" }
        let names = try Self.find("Role", "rollout-render-own-namespace", in: blue)["rules"]?[1]?["resourceNames"]
        #expect(names == ["argo-rollouts-controller-lock-blue"])
    }

    /// No rule is a wildcard, and none lets the controller read what it does not need or give away rights.
    @Test func rightsAreNarrow() {
        for rights in ControllerRights.all {
            #expect(!rights.rules.isEmpty || !rights.ownRules.isEmpty, "\(rights.name)")
            for rule in rights.rules + rights.clusterRules + rights.ownRules {
                let words = rule.groups + rule.resources + rule.verbs
                #expect(!words.contains("*"), "\(rights.name)")
                #expect(!rule.verbs.contains("deletecollection") && !rule.verbs.contains("escalate"))
                #expect(!rule.groups.contains("rbac.authorization.k8s.io"))
                #expect(!rule.groups.isEmpty && !rule.resources.isEmpty && !rule.verbs.isEmpty)
            }
            for rule in rights.rules where rule.resources.contains("secrets") { #expect(rule.verbs == ["get"]) }
        }
    }

    /// Each field of trafficRouting has its rights by its own name.
    @Test func everyRouterHasRights() {
        let names = ControllerRights.names(for: .router)
        #expect(names == names.sorted())
        #expect(ControllerRights.names(for: .feature) == ControllerRights.names(for: .feature).sorted())
        for router in TrafficRouters.all { #expect(names.contains(router.key), "\(router.key)") }
    }

    /// The strictest pod security profile takes the pods, and validate has nothing to say.
    @Test func podsAreRestricted() throws {
        let deployment = try Self.find("Deployment", "rollout-render", in: Self.installation())
        let spec = deployment["spec", "template", "spec"] ?? .null
        #expect(spec["securityContext"]?["runAsNonRoot"] == true)
        #expect(spec["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
        let container = spec["containers"]?[0] ?? .null
        #expect(container["securityContext"] == [
            "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "readOnlyRootFilesystem": true,
        ])
        #expect(spec["volumes"] == nil)
        for key in ["hostNetwork", "hostPID", "hostIPC"] { #expect(spec[key] == nil) }
    }

    @Test func labelsFindThePods() throws {
        let objects = Self.installation { $0.name = "second"; $0.hasServiceMonitor = true }
        let deployment = try Self.find("Deployment", "second", in: objects)
        let labels = deployment["spec", "template", "metadata", "labels"]?.stringDictionary ?? [:]
        let budget = try Self.find("PodDisruptionBudget", "second", in: objects)
        let service = try Self.find("Service", "second-metrics", in: objects)
        let monitor = try Self.find("ServiceMonitor", "second", in: objects)
        let selectors = [
            deployment["spec", "selector", "matchLabels"], budget["spec", "selector", "matchLabels"], service["spec", "selector"],
        ]
        for selector in selectors {
            let wanted = try #require(selector?.stringDictionary)
            #expect(wanted.count == 2 && wanted.allSatisfy { labels[$0.key] == $0.value })
        }
        let wanted = try #require(monitor["spec", "selector", "matchLabels"]?.stringDictionary)
        let found = service["metadata"]?["labels"]?.stringDictionary ?? [:]
        #expect(wanted.allSatisfy { found[$0.key] == $0.value })
        #expect(service["spec", "ports"]?[0]?["targetPort"]?.string == "metrics")
    }

    @Test func validateFindsNothing() throws {
        let text = YAMLEmitter.stream(Self.installation { $0.hasDefinitions = true })
        var validator = Validator()
        let documents = YAMLParser.documents(in: SourceFile(name: "install.yaml", bytes: Array(text.utf8)))
        for document in documents { validator.check(document) }
        #expect(documents.count == 16)
        #expect(validator.finish().isEmpty)
    }
}
