import Foundation
import Testing

/// `runtime apply`, run by the built program.
@Suite(.timeLimit(.minutes(5))) struct ApplyCommandTests {
    static let crd = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget}
          versions:
            - name: v1
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """

    static func service(_ name: String, port: Int = 80) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name), labels: {part: shop}}
        spec: {selector: {app: web}, ports: [{port: \(port)}]}

        """
    }

    static func apply(_ cluster: RunningCluster, _ manifests: String, _ arguments: String...) throws -> ProgramRun {
        try cluster.run(["runtime", "apply", "-"] + arguments, input: manifests)
    }

    @Test func whatOthersNeedComesFirst() throws {
        let cluster = try RunningCluster(hasController: false)
        let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one, namespace: shop}\nsize: 3\n"
        let rollout = OperationCommandTests.rollout().replacing("  name: web\n", with: "  name: web\n  namespace: shop\n")
        let list = """
            apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {a: b}}
              - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}

            """
        let folder = try ScratchFolder([
            "a/rollout.yaml": rollout, "b.yaml": [widget, list, Self.crd].joined(separator: "\n---\n"),
        ])
        let dry = try cluster.run(["runtime", "apply", "--dry-run", "server", folder.url.path])
        #expect(dry.code == 0, "\(dry.messages)")
        #expect(dry.output.contains("rollout.argoproj.io/web created (server dry run; not asked"))
        let first = try cluster.run(["runtime", "apply", folder.url.path])
        #expect(first.code == 0, "\(first.messages)")
        #expect(first.output == """
            namespace/shop created
            customresourcedefinition.apiextensions.k8s.io/widgets.example.com created
            configmap/settings created
            widget.example.com/one created
            rollout.argoproj.io/web created

            """)
        let again = try cluster.run(["runtime", "apply", folder.url.path])
        #expect(again.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" unchanged") }, "\(again.output)")
        let names = try cluster.run(["runtime", "apply", folder.url.path, "-o", "name"])
        #expect(names.output.hasSuffix("widget.example.com/one\nrollout.argoproj.io/web\n"))
    }

    @Test func nothingIsAppliedWhereSomethingIsWrong() throws {
        let cluster = try RunningCluster(hasController: false)
        let good = Self.service("web")
        let faulty = OperationCommandTests.rollout(spec: "replcas: 3")
        let unread = try Self.apply(cluster, good + "---\n" + faulty)
        #expect(unread.code == 1 && unread.messages.contains("replcas") && unread.messages.contains("nothing was applied"))
        let unknown = try Self.apply(cluster, good + "---\napiVersion: x.example.com/v1\nkind: Gadget\nmetadata: {name: a}\n")
        #expect(unknown.code == 1 && unknown.messages.contains("no kind Gadget"))
        let nameless = try Self.apply(cluster, good + "---\napiVersion: v1\nkind: Secret\nmetadata: {generateName: a}\n")
        #expect(nameless.code == 1 && nameless.messages.contains("metadata.name"))
        let elsewhere = try Self.apply(
            cluster, good + "---\n" + Self.service("b").replacing("{name: b", with: "{namespace: b, name: b"))
        #expect(elsewhere.code == 1 && elsewhere.messages.contains("service/b:"), "the API server is asked for all")
        #expect(try Self.apply(cluster, "").code == 2)
        #expect(try Self.apply(cluster, good).output == "service/web created\n", "it was not there before")
    }

    @Test func whatOthersOwnIsNotTakenByMistake() throws {
        let cluster = try RunningCluster(hasController: false)
        #expect(try Self.apply(cluster, OperationCommandTests.rollout()).code == 0)
        #expect(try cluster.run(["runtime", "set-image", "web", "app=example.com/web:2"]).code == 0)
        let other = OperationCommandTests.rollout(image: "example.com/web:3")
        let conflict = try Self.apply(cluster, Self.service("new") + "---\n" + other)
        #expect(conflict.code == 1 && conflict.output.isEmpty, "not even the Service is applied")
        #expect(conflict.messages.contains("containers"))
        #expect(conflict.messages.contains("is owned by rollout-render"))
        #expect(conflict.messages.contains("--force-conflicts"))
        let forced = try Self.apply(cluster, other, "--force-conflicts")
        #expect(forced.output == "rollout.argoproj.io/web configured\n", "\(forced.messages)")
    }

    @Test func prunesOnlyItsOwn() throws {
        let cluster = try RunningCluster(hasController: false)
        let both = Self.service("one") + "---\n" + Self.service("two")
        #expect(try Self.apply(cluster, both).code == 0)
        // Somebody else's, with the same label.
        let foreign = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs, labels: {part: shop}}\n"
        #expect(try Self.apply(cluster, foreign.replacing("labels: {part: shop}", with: "labels: {part: other}")).code == 0)
        #expect(try Self.apply(cluster, Self.service("one"), "--prune").code == 2)
        #expect(try Self.apply(cluster, Self.service("one"), "--prune", "-l", "").code == 2)
        #expect(try Self.apply(cluster, Self.service("one"), "--prune", "-l", "!part").code == 2)
        let mistake = try Self.apply(cluster, Self.service("one"), "--prune", "-l", "part=other")
        #expect(mistake.code == 1 && mistake.messages.contains("does not carry part=other"))
        let dry = try Self.apply(cluster, Self.service("one"), "--prune", "-l", "part=shop", "--dry-run", "server")
        #expect(dry.output.contains("service/two pruned (server dry run)"))
        let real = try Self.apply(cluster, Self.service("one"), "--prune", "-l", "part=shop")
        #expect(real.output == "service/one unchanged\nservice/two pruned\n", "\(real.messages)")
        #expect(try Self.apply(cluster, Self.service("one"), "--prune", "-l", "part=shop").output == "service/one unchanged\n")
    }

    @Test func waitsUntilItIsDecided() throws {
        let cluster = try RunningCluster()
        #expect(try Self.apply(cluster, OperationCommandTests.rollout(), "--wait").code == 0)
        let second = OperationCommandTests.rollout(image: "example.com/web:2")
        let paused = try Self.apply(cluster, second, "--wait", "--timeout", "1m")
        #expect(paused.code == 0, "\(paused.messages)")
        #expect(paused.output.contains("step 2/2: it waits for a person; `promote web` lets it go on"), "\(paused.output)")
        #expect(try cluster.run(["runtime", "abort", "web"]).code == 0)
        try OperationCommandTests.wait(cluster, phase: "Degraded")
        let aborted = try Self.apply(cluster, second, "--wait", "--timeout", "1m")
        #expect(aborted.code == 1 && aborted.output.contains("web: Degraded"), "\(aborted.output)")
        let stuck = OperationCommandTests.rollout("stuck", pod: "annotations: {rig.test/never-ready: \"true\"}")
        let late = try Self.apply(cluster, stuck, "--wait", "--timeout", "2s")
        #expect(late.code == 3 && late.messages.contains("the time of 2s is over"), "\(late.messages)")
        #expect(late.output.contains("stuck: Progressing"), "\(late.output)")
        let failing = stuck.replacing("replicas: 2", with: "replicas: 2\n  progressDeadlineSeconds: 1\n  minReadySeconds: 0")
        let failed = try Self.apply(cluster, failing, "--wait", "--timeout", "1m")
        #expect(failed.code == 1 && failed.output.contains("ProgressDeadlineExceeded"), "\(failed.output)\(failed.messages)")
    }

    @Test func anInterruptEndsTheWaitAndNotTheUpdate() throws {
        let cluster = try RunningCluster()
        let pod = "annotations: {rig.test/never-ready: \"true\"}"
        let folder = try ScratchFolder(["web.yaml": OperationCommandTests.rollout(pod: pod), "out": "", "err": ""])
        let process = Process()
        process.executableURL = ProgramRun.program
        process.arguments = ["runtime", "apply", "--wait", folder.url.appending(path: "web.yaml").path]
        process.environment = ["KUBECONFIG": cluster.kubeconfig, "PATH": "/usr/bin:/bin"]
        let text = { (name: String) -> String in
            (try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)) ?? ""
        }
        process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "err"))
        try process.run()
        for _ in 0..<600 where !text("out").contains("web: Progressing") { Thread.sleep(forTimeInterval: 0.05) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(text("err").contains("the update goes on"), "\(text("out"))\(text("err"))")
        #expect(try OperationCommandTests.status(cluster)["phase"] as? String == "Progressing")
    }
}
