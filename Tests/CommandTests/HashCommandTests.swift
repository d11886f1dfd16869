import Foundation
import Testing

/// `rollout-render hash`, as a user runs it.
@Suite struct HashCommandTests {
    static let template = """
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: registry.example.com/web:1
                ports: [{name: http, containerPort: 8080}]
                resources: {requests: {cpu: 5m, memory: 32Mi}}
        """

    static func rollout(_ name: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec:
          template:
        \(template)

        """
    }

    static func deployment(_ name: String) -> String {
        rollout(name).replacing("argoproj.io/v1alpha1", with: "apps/v1").replacing("Rollout", with: "Deployment")
    }

    static func reference(_ name: String, to workload: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: \(workload)}}

        """
    }

    @Test func printsATable() throws {
        let input = [Self.rollout("web"), "kind: Service\nmetadata: {name: web}\n", Self.deployment("other")]
        let run = try RenderingProgram.run(["hash", "-"], input: input.joined(separator: "---\n"))
        #expect(run.status == 0)
        #expect(
            run.output == """
                KIND        NAME   HASH        REPLICASET
                Rollout     web    57c5f54664  web-57c5f54664
                Deployment  other  57c5f54664  other-57c5f54664

                """)
    }

    @Test func printsJSON() throws {
        let run = try RenderingProgram.run(["hash", "-o", "json", "-"], input: Self.rollout("web"))
        #expect(run.status == 0)
        let rows = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: String]]
        #expect(
            rows == [["kind": "Rollout", "name": "web", "hash": "57c5f54664", "replicaSet": "web-57c5f54664"]])
    }

    @Test func followsAReference() throws {
        let input = Self.deployment("app") + "---\n" + Self.reference("web", to: "app")
        let run = try RenderingProgram.run(["hash", "-"], input: input)
        #expect(run.status == 0)
        #expect(run.output.contains("web-796587988d"))
        let lost = try RenderingProgram.run(["hash", "-"], input: Self.reference("web", to: "app"))
        #expect(lost.status == 1)
        #expect(lost.complaints.contains("references the Deployment app, which is not among the inputs"))
    }

    @Test func countsCollisionsAndKnowsOlderVersions() throws {
        let plain = try RenderingProgram.run(["hash", "-"], input: Self.rollout("web"))
        for arguments in [["--collision-count", "1"], ["--style", "argo-rollouts-1.8"], ["--as-given"]] {
            let run = try RenderingProgram.run(["hash", "-"] + arguments, input: Self.rollout("web"))
            #expect(run.status == 0)
            #expect(run.output != plain.output)
        }
        #expect(try RenderingProgram.run(["hash", "--collision-count", "-1", "-"]).status == 2)
    }

    @Test func exitCodesSayWhatHappened() throws {
        let broken = try RenderingProgram.run(["hash", "-"], input: Self.rollout("web") + "---\na: [\n")
        #expect(broken.status == 1)
        #expect(broken.output.contains("web-57c5f54664"))
        #expect(broken.complaints.contains("-:14:") || broken.complaints.contains(":1"))
        #expect(try RenderingProgram.run(["hash", "no-such-file.yaml"]).status == 2)
        #expect(try RenderingProgram.run(["hash"]).status == 2)
        #expect(try RenderingProgram.run(["hash", "-"], input: "kind: Service\n").status == 2)
    }
}
