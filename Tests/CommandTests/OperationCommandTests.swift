import Foundation
import Testing

/// The commands that change Rollouts, run by the built program on a cluster with a controller.
@Suite(.timeLimit(.minutes(5))) struct OperationCommandTests {
    static func rollout(
        _ name: String = "web", image: String = "example.com/web:1", spec: String = "", pod: String = "",
        steps: String = "[{setWeight: 50}, {pause: {}}]"
    ) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: \(name)
          labels: {app: \(name)}
        spec:
          replicas: 2
          \(spec)
          selector: {matchLabels: {app: \(name)}}
          template:
            metadata:
              labels: {app: \(name)}
              \(pod)
            spec:
              containers: [{name: app, image: "\(image)"}]
          strategy:
            canary:
              steps: \(steps)

        """
    }

    /// A Rollout's status; a dry run of a command that is never refused shows it.
    static func status(_ cluster: RunningCluster, _ name: String = "web") throws -> [String: Any] {
        let run = try cluster.run(["runtime", "restart", name, "--dry-run", "client", "-o", "json"])
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        return object?["status"] as? [String: Any] ?? [:]
    }

    static func wait(_ cluster: RunningCluster, phase: String, _ name: String = "web") throws {
        var last: [String: Any] = [:]
        for _ in 0..<300 {
            last = try status(cluster, name)
            if last["phase"] as? String == phase { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        Issue.record("\(name) is not \(phase) but \(last)")
    }

    @discardableResult
    func succeed(_ cluster: RunningCluster, _ arguments: String...) throws -> String {
        let run = try cluster.run(["runtime"] + arguments)
        #expect(run.code == 0, "\(arguments): \(run.messages)")
        return run.output
    }

    func refuse(_ cluster: RunningCluster, _ arguments: String..., code: Int32 = 1) throws -> String {
        let run = try cluster.run(["runtime"] + arguments)
        #expect(run.code == code, "\(arguments): \(run.output)\(run.messages)")
        #expect(run.output.isEmpty, "what is refused says so beside the output")
        return run.messages
    }

    @Test func anUpdateFromCommandToCommand() throws {
        let cluster = try RunningCluster()
        let first = try cluster.run(["runtime", "apply", "--wait", "-"], input: Self.rollout())
        #expect(first.code == 0, "\(first.messages)")
        #expect(first.output.hasPrefix("rollout.argoproj.io/web created\n"))
        #expect(first.output.hasSuffix("web: Healthy\n"), "\(first.output)")

        #expect(try refuse(cluster, "promote", "web").contains("nothing to promote"))
        #expect(try refuse(cluster, "undo", "web").contains("1 is the only one"))
        #expect(try refuse(cluster, "set-image", "web", "ap=example.com/web:2").contains("did you mean `app`?"))
        let line = try succeed(cluster, "set-image", "web", "app=example.com/web:2")
        #expect(line.hasPrefix("web: app=example.com/web:2 set; the update begins at step 1 of 2 (setWeight: 50)"))
        #expect(line.contains("`rollout-render runtime get web --watch`"))
        try Self.wait(cluster, phase: "Paused")

        let abort = try succeed(cluster, "abort", "rollout/web")
        #expect(abort.contains("web: aborted"))
        try Self.wait(cluster, phase: "Degraded")
        #expect(try refuse(cluster, "promote", "web").contains("`retry web`"))
        try succeed(cluster, "retry", "rollout", "web")
        try Self.wait(cluster, phase: "Paused")
        try succeed(cluster, "pause", "web")
        #expect(try refuse(cluster, "pause", "web").contains("already"))
        #expect(try succeed(cluster, "resume", "web").contains("still waits at step 2 of 2 (pause)"))
        #expect(try succeed(cluster, "promote", "web").contains("becomes stable"))
        try Self.wait(cluster, phase: "Healthy")

        let unknown = try refuse(cluster, "undo", "web", "--to-revision", "7")
        #expect(unknown.contains("1 (example.com/web:1) and 2 (example.com/web:2)"))
        try succeed(cluster, "undo", "web", "--to-revision", "1")
        try Self.wait(cluster, phase: "Paused")
        try succeed(cluster, "promote", "web", "--full")
        try Self.wait(cluster, phase: "Healthy")
        try checkAnswers(cluster)
        #expect(try succeed(cluster, "restart", "web", "--in", "1h").contains("restarts in 3600 s"))
    }

    /// What goes wrong, and what programs read; nothing of it changes anything.
    private func checkAnswers(_ cluster: RunningCluster) throws {
        #expect(try refuse(cluster, "abort", "wbe").contains("there is no Rollout `wbe`"))
        #expect(try refuse(cluster, "abort", "-n", "nowhere", "web").contains("in namespace nowhere"))
        let both = try cluster.run(["runtime", "pause", "nothing-like-it", "web", "--dry-run", "server"])
        #expect(both.code == 1 && both.messages.contains("nothing-like-it") && both.messages.contains("it has web"))
        #expect(both.output.contains("web: paused") && both.output.contains("server dry run: nothing was changed"))
        let name = try succeed(cluster, "pause", "web", "--dry-run", "client", "-o", "name")
        #expect(name == "rollout.argoproj.io/web\n")
        let yaml = try succeed(cluster, "set-image", "web", "*=example.com/web:3", "--dry-run", "server", "-o", "yaml")
        #expect(yaml.contains("image: example.com/web:3") && !yaml.contains("managedFields"))
        #expect(try refuse(cluster, "set-weight", "web", "30").contains("runtime promote web"))
        #expect(try refuse(cluster, "retry", "experiment", "web").contains("there is no Experiment `web`"))
        #expect(try refuse(cluster, "undo", "service/web", code: 2).contains("no Rollout"))
        #expect(try refuse(cluster, "restart", "web", "--in", "soon", code: 2).contains("no duration"))
        #expect(try refuse(cluster, "set-image", "web", "app", code: 2).contains("container=image"))
        #expect(try refuse(cluster, "promote", "web", "--full", "-c", code: 2).contains("exclude each other"))
        #expect(try Self.status(cluster)["phase"] as? String == "Healthy")
    }
}
