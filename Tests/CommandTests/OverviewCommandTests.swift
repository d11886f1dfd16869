import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The commands that look at Rollouts, as a user runs them against a cluster.
@Suite(.timeLimit(.minutes(5))) struct OverviewCommandTests {
    let cluster: RunningCluster

    init() throws { cluster = try RunningCluster(["--pod-delay", "50ms"]) }

    // MARK: Making Rollouts

    static func rollout(_ name: String, _ strategy: String) -> String {
        """
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "\(name)"}, "spec": {
         "replicas": 4, "progressDeadlineSeconds": 2, "progressDeadlineAbort": true,
         "selector": {"matchLabels": {"app": "\(name)"}},
         "template": {"metadata": {"labels": {"app": "\(name)"}, "annotations": {}},
          "spec": {"containers": [{"name": "web", "image": "web:1"}]}}, "strategy": \(strategy)}}
        """
    }

    static let canary = #"{"canary": {"steps": [{"setWeight": 25}, {"pause": {}}]}}"#
    static let blueGreen = #"""
        {"blueGreen": {"activeService": "shop", "previewService": "shop-preview", "autoPromotionEnabled": false}}
        """#

    /// Sends an object to the API server, which the kubeconfig names.
    func send(_ object: String, to path: String, method: String = "POST") async throws {
        let kubeconfig = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
        let server = try #require(kubeconfig.firstMatch(of: /server: (\S+)/)?.1)
        var request = URLRequest(url: try #require(URL(string: "\(server)/\(path)")))
        request.httpMethod = method
        let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(object.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        let code = (response as? HTTPURLResponse)?.statusCode ?? 0
        try #require((200..<300).contains(code), "\(method) \(path): \(String(decoding: data, as: UTF8.self))")
    }

    static let rollouts = "apis/argoproj.io/v1alpha1/namespaces/default/rollouts"

    func make(_ name: String, _ strategy: String) async throws {
        try await send(Self.rollout(name, strategy), to: Self.rollouts)
        try await wait(name, "Healthy")
    }

    func update(_ name: String, annotations: String = "{}") async throws {
        let patch = """
            {"spec": {"template": {"metadata": {"annotations": \(annotations)},
             "spec": {"containers": [{"name": "web", "image": "web:2"}]}}}}
            """
        try await send(patch, to: "\(Self.rollouts)/\(name)", method: "PATCH")
    }

    /// Waits until the status begins with some words.
    @discardableResult
    func wait(_ name: String, _ words: String) async throws -> ProgramRun {
        var last: ProgramRun?
        for _ in 0..<200 {
            let run = try cluster.run(["runtime", "status", name])
            if run.output.hasPrefix(words) { return run }
            last = run
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = (last?.output ?? "") + (last?.messages ?? "")
        throw RunningCluster.Failure(description: "\(name) is not \(words): \(said)")
    }

    // MARK: The worlds

    @Test func showsAPausedCanary() async throws {
        try await make("web", Self.canary)
        try await update("web")
        let status = try await wait("web", "Paused")
        #expect(status.output.hasPrefix("Paused - step 2 of 2 waits for a person, for "))
        #expect(status.code == 0)
        let get = try cluster.run(["runtime", "get", "web"])
        #expect(get.code == 0)
        #expect(get.output.contains("‖ Paused  step 2 of 2 waits for a person"))
        #expect(get.output.contains("Weight   █████░░░░░░░░░░░░░░░ 25% of the pods"))
        #expect(get.output.contains("Next     rollout-render runtime promote web -n default (or abort)"))
        #expect(get.output.contains(/└─ web-[0-9a-z]+  canary +✔ Healthy +1\/1/))
        #expect(!get.output.contains("\u{1B}"))
        #expect(try cluster.run(["runtime", "get", "web", "--color", "always"]).output.contains("\u{1B}[33m‖ Paused"))

        let json = try cluster.run(["runtime", "get", "web", "-o", "json"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["phase"] as? String == "Paused")
        #expect((object["waitsFor"] as? [String: Any])?["cause"] as? String == "person")
        #expect((object["revisions"] as? [Any])?.count == 2)
        #expect(try cluster.run(["runtime", "get", "web", "-o", "yaml"]).output.contains("\nphase: Paused\n"))

        let list = try cluster.run(["runtime", "list", "-A"])
        #expect(list.output.contains(/default +web +canary +‖ Paused +1\/2 +25% +~25% +4\/4/))
        let history = try cluster.run(["runtime", "history", "web"])
        #expect(history.output.contains(/\n +2  canary +1\/1 .* web:2\n +1  stable +3\/3 .* web:1\n/))
        let template = try cluster.run(["runtime", "history", "web", "--revision", "1"])
        #expect(template.output.hasPrefix("# revision 1 of web (stable): ReplicaSet web-"))
        #expect(template.output.contains("image: web:1"))
        #expect(!template.output.contains("rollouts-pod-template-hash"))
        let none = try cluster.run(["runtime", "history", "web", "--revision", "7"])
        #expect(none.code == 2)
        #expect(none.messages.contains("has no revision 7 any more or yet; it has 2, 1"))

        let waiting = try cluster.run(["runtime", "status", "web", "--watch", "--timeout", "300ms"])
        #expect(waiting.code == 1)
        #expect(waiting.messages.contains("error: not Healthy after 300ms: Paused - step 2 of 2 waits for a person"))
    }

    @Test func showsADegradedCanary() async throws {
        try await make("sick", Self.canary)
        try await update("sick", annotations: #"{"rig.test/crash": "true"}"#)
        // Right after the change it counts as progressing, and is waited for until it has failed.
        let watch = try cluster.run(["runtime", "status", "sick", "--watch", "--timeout", "60s"])
        #expect(watch.code == 1)
        #expect(watch.output.contains("Progressing - "))
        #expect(watch.output.contains("CrashLoopBackOff"))
        let last = try #require(watch.output.split(separator: "\n").last)
        #expect(last.hasPrefix("Degraded - the update to revision 2 was aborted: ReplicaSet"))
        let status = try cluster.run(["runtime", "status", "sick", "-o", "json"])
        #expect(status.code == 1)
        #expect(status.output.contains(#""cause": "abort""#))
        let get = try cluster.run(["runtime", "get", "sick"])
        #expect(get.output.contains("✖ Degraded  the update to revision 2 was aborted"))
        #expect(get.output.contains("runtime retry sick -n default (or undo)"))
        #expect(try cluster.run(["runtime", "history", "sick"]).output.contains("2  canary, aborted"))
    }

    @Test func showsAPreview() async throws {
        for service in ["shop", "shop-preview"] {
            try await send(
                #"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "\#(service)"}, "#
                    + #""spec": {"selector": {"app": "shop"}, "ports": [{"port": 80}]}}"#,
                to: "api/v1/namespaces/default/services")
        }
        try await make("shop", Self.blueGreen)
        try await update("shop")
        try await wait("shop", "Paused - the preview waits for a person to switch the traffic to it")
        let get = try cluster.run(["runtime", "get", "shop"])
        #expect(get.output.contains(/Preview  web:2  4\/4 ready\nActive   web:1  4\/4 ready\n/))
        #expect(get.output.contains("active,stable"))
    }

    // MARK: Refusals

    @Test func namesWhatMayBeMeant() async throws {
        try await make("checkout", Self.canary)
        for command in ["get", "status", "history"] {
            let run = try cluster.run(["runtime", command, "chekout"])
            #expect(run.code == 2)
            #expect(run.output.isEmpty)
            #expect(
                run.messages.contains("there is no Rollout 'chekout' in namespace 'default'; is 'checkout' meant?"),
                "\(run.messages)")
        }
        // As the commands that change something take it, and kubectl prints it.
        for (command, name) in [("get", "rollout/checkout"), ("status", "ro/checkout"), ("history", "rollouts/checkout")] {
            #expect(try cluster.run(["runtime", command, name]).code == 0, "\(command) \(name)")
        }
        let elsewhere = try cluster.run(["runtime", "get", "checkout", "-n", "kube-system"])
        #expect(elsewhere.code == 2)
        #expect(elsewhere.messages.contains("there is one in namespace 'default'; add -n"))
        let empty = try cluster.run(["runtime", "list", "-n", "kube-system"])
        #expect(empty.code == 0)
        #expect(empty.messages.contains("there are no Rollouts in namespace 'kube-system'"))
    }
}

/// How the same commands end where there is nothing to look at.
@Suite(.timeLimit(.minutes(5))) struct OverviewRefusalTests {
    @Test(arguments: [
        ["get"], ["status", "web", "--timeout", "5s"], ["status", "web", "--watch", "--timeout", "soon"],
        ["history", "web", "--revision", "two"], ["list", "-o", "xml"], ["get", "pod/web"], ["status", "Web"],
    ])
    func refusesWrongUsage(_ arguments: [String]) throws {
        let run = try ProgramRun(["runtime"] + arguments)
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("Usage: rollout-render runtime \(arguments[0])"))
    }

    /// A folder with a kubeconfig `config` for a server on this machine.
    private static func kubeconfig(port: UInt16) throws -> ScratchFolder {
        try ScratchFolder(["config": """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:\(port)"}}]
            users: [{name: u, user: {}}]
            """])
    }

    @Test(arguments: [["get", "web"], ["list"], ["status", "web", "--watch"], ["history", "web"]])
    func needsACluster(_ arguments: [String]) throws {
        let none = try ProgramRun(["runtime"] + arguments)
        #expect(none.code == 2)
        #expect(none.messages.hasPrefix("Error: "))
        let closed = try Self.kubeconfig(port: 1)
        let environment = ["KUBECONFIG": closed.url.appending(path: "config").path]
        let context = try ProgramRun(["runtime"] + arguments + ["--context", "elsewhere"], environment: environment)
        #expect(context.code == 2)
        #expect(context.messages.contains("elsewhere"))
        let unreachable = try ProgramRun(["runtime"] + arguments, environment: environment)
        #expect(unreachable.code == 2)
        #expect(unreachable.messages.contains("127.0.0.1:1"))
    }

    /// A cluster without the CRDs is no cluster without Rollouts.
    @Test(arguments: [["get", "web"], ["list"], ["list", "--watch"], ["status", "web"], ["history", "web"], ["abort", "web"]])
    func saysThatRolloutsAreNotThere(_ arguments: [String]) throws {
        let server = try LocalServer { _ in LocalServer.Answer(status: "404 Not Found", body: "404 page not found\n") }
        let folder = try Self.kubeconfig(port: server.port)
        let run = try ProgramRun(
            ["runtime"] + arguments, environment: ["KUBECONFIG": folder.url.appending(path: "config").path])
        #expect(run.code == (arguments[0] == "abort" ? 1 : 2))
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("knows no Rollouts"), "\(run.messages)")
        #expect(run.messages.contains("`rollout-render runtime install` has"), "\(run.messages)")
    }

    @Test(arguments: [["get", "web"], ["list"], ["status", "web"], ["history", "web"]])
    func saysWhichRightIsMissing(_ arguments: [String]) throws {
        let server = try RefusingServer()
        let folder = try Self.kubeconfig(port: server.port)
        let run = try ProgramRun(
            ["runtime"] + arguments, environment: ["KUBECONFIG": folder.url.appending(path: "config").path])
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("rollouts.argoproj.io is forbidden: User \"eve\""), "\(run.messages)")
    }
}
