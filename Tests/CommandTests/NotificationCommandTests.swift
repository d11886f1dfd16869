import Foundation
import Testing

/// The built controller sends messages to a server.
@Suite(.timeLimit(.minutes(5)), .enabled(if: EndToEnd.python != nil, "there is no python3"))
struct NotificationCommandTests {
    /// A server that receives messages, for as long as somebody holds on to it.
    final class Receiver {
        private let process = Process()
        private let file: URL

        init(in folder: ScratchFolder) throws {
            file = folder.url.appending(path: "received")
            try Data().write(to: file)
            process.executableURL = URL(filePath: EndToEnd.python ?? "")
            process.arguments = [ProgramRun.root.appending(path: "Tests/EndToEnd/receiver.py").path, "http"]
            process.standardOutput = try FileHandle(forWritingTo: file)
            try process.run()
        }

        deinit {
            // Not SIGTERM: a child may have been started with it blocked. Nor is there anything to wait for.
            kill(process.processIdentifier, SIGKILL)
        }

        private var lines: [[String: Any]] {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap {
                (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
            }
        }

        func port() async throws -> Int {
            while true {
                if let port = lines.first?["port"] as? Int { return port }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// What was received at a path, and answered with a status.
        func bodies(_ path: String, status: Int = 200) -> [String] {
            lines.filter { $0["path"] as? String == path && $0["status"] as? Int == status }
                .compactMap { $0["body"] as? String }
        }

        func authorization(_ path: String) -> String? {
            lines.first { $0["path"] as? String == path }?["authorization"] as? String
        }
    }

    struct TooLate: Error, CustomStringConvertible { var description: String }

    func wait(_ what: String, _ log: () -> String, until isSo: () throws -> Bool) async throws {
        for _ in 0..<1_200 {
            if try isSo() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TooLate(description: "\(what): \(log())")
    }

    static func manifests(port: Int) -> String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: argo-rollouts-notification-configmap, namespace: default}
        data:
          service.slack: |
            {token: $slack-token, apiURL: "http://127.0.0.1:\(port)/api/"}
          service.webhook.ci: |
            url: http://127.0.0.1:\(port)
          service.webhook.flaky: |
            {url: "http://127.0.0.1:\(port)/fail2", retryWaitMin: 50ms}
          service.webhook.hangs: |
            url: http://127.0.0.1:\(port)/hang
          trigger.on-rollout-completed: |
            - send: [completed]
          trigger.on-rollout-step-completed: |
            - send: [step]
          template.completed: |
            message: Rollout {{.rollout.metadata.name}} has been completed.
            slack:
              attachments: |
                [{"title": "{{.rollout.metadata.name}}", "fields": [
                {{range $index, $c := .rollout.spec.template.spec.containers}}
                  {{if $index}},{{end}}{"title": "{{$c.name}}", "value": "{{$c.image}}"}
                {{end}}]}]
            webhook:
              ci:
                method: POST
                path: /completed
                body: '{"rollout": {{.rollout.metadata.name | toJson}}, "image": "{{(index .rollout.spec.template.spec.containers 0).image}}"}'
          template.step: |
            message: step {{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}}
            webhook:
              ci: {method: POST, path: /step, body: "{{add .rollout.status.currentStepIndex 1}}"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: argo-rollouts-notification-secret, namespace: default}
        data: {slack-token: eG94Yi12ZXJ5LXNlY3JldA==}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
          annotations:
            notifications.argoproj.io/subscribe.on-rollout-completed.slack: releases
            notifications.argoproj.io/subscribe.on-rollout-completed.ci: ""
            notifications.argoproj.io/subscribe.on-rollout-completed.flaky: ""
            notifications.argoproj.io/subscribe.on-rollout-completed.hangs: ""
            notifications.argoproj.io/subscribe.on-rollout-step-completed.ci: ""
            notifications.argoproj.io/subscribe.on-rollout-step-completed.hangs: ""
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1"}]}
          strategy:
            canary:
              steps: [{setWeight: 50}, {pause: {duration: 1s}}]
        """
    }

    /// An update is told once to everybody, whatever services do, and also where the controller is killed meanwhile.
    @Test func everyUpdateIsToldOnce() async throws {
        let cluster = try RunningCluster(hasController: false, ["--pod-delay", "50ms"])
        let receiver = try Receiver(in: cluster.folder)
        let port = try await receiver.port()
        var controller = try RunningController(cluster, name: "one", ["--notifications-namespace", "default"])
        let file = cluster.folder.url.appending(path: "web.yaml")
        try Data(Self.manifests(port: port).utf8).write(to: file)
        #expect(try cluster.run(["runtime", "apply", file.path, "-n", "default"]).code == 0)
        let form = "text=Rollout+web+has+been+completed."
        try await wait("first messages", { controller.text }) {
            receiver.bodies("/completed").count == 1 && receiver.bodies("/fail2").count == 1
                && receiver.bodies("/api/chat.postMessage").count == 1
        }
        #expect(receiver.bodies("/completed") == ["{\"rollout\": \"web\", \"image\": \"web:1\"}"])
        #expect(receiver.bodies("/fail2", status: 500).count == 2)
        #expect(receiver.bodies("/api/chat.postMessage").first?.hasPrefix(form) == true)
        #expect(receiver.authorization("/api/chat.postMessage") == "Bearer xoxb-very-secret")

        // A server that does not answer delays no update.
        #expect(try cluster.run(["runtime", "set-image", "web", "web=web:2", "-n", "default"]).code == 0)
        try await wait("second message", { controller.text }) { receiver.bodies("/completed").count == 2 }
        #expect(receiver.bodies("/step") == ["1", "2"])

        // Killed and started again it does not tell what it has told.
        controller.signal(SIGKILL)
        _ = controller.end()
        controller = try RunningController(cluster, name: "two", ["--notifications-namespace", "default"])
        try await wait("the second controller", { controller.text }) { controller.text.contains(" leads") }
        #expect(try cluster.run(["runtime", "set-image", "web", "web=web:3", "-n", "default"]).code == 0)
        try await wait("third message", { controller.text }) { receiver.bodies("/completed").count == 3 }
        controller.signal(SIGTERM)
        let images = receiver.bodies("/completed").compactMap { $0.split(separator: "\"").last { $0.hasPrefix("web:") } }
        #expect(images == ["web:1", "web:2", "web:3"])
        #expect(receiver.bodies("/step").count == 4)
        #expect(!controller.text.contains("very-secret"))
    }

    @Test func validateFindsWhatIsWrong() throws {
        let text = Self.manifests(port: 80)
            .replacingOccurrences(of: "{{add .rollout.status.currentStepIndex 1}}/", with: "{{ad .rollout}}/")
            .replacingOccurrences(of: "on-rollout-completed.flaky", with: "on-rollout-complete.flaky")
        let run = try ProgramRun(["validate", "-"], input: text)
        #expect(run.code == 1)
        #expect(run.output.contains("RR0901") && run.output.contains("function \"ad\" not defined"), "\(run.output)")
        #expect(run.output.contains("RR0904") && run.output.contains("no trigger 'on-rollout-complete'"), "\(run.output)")
        let sound = try ProgramRun(["validate", "-"], input: Self.manifests(port: 80))
        #expect(!sound.output.contains("RR09"), "\(sound.output)")
    }
}
