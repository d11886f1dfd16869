import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// What `rollout-render render` does around the rendering: inputs, old versions and folders.
@Suite struct RenderCommandTests {
    static func rollout(image: String, name: String = "web") -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: \(name)
        spec:
          replicas: 5
          selector:
            matchLabels:
              app: \(name)
          strategy:
            canary:
              steps:
              - setWeight: 20
              - pause: {}
          template:
            metadata:
              labels:
                app: \(name)
            spec:
              containers:
              - name: web
                image: \(image)
                readinessProbe:
                  tcpSocket:
                    port: 8080

        """
    }

    struct Files: ~Copyable {
        let folder: URL

        init() throws { folder = try RenderingProgram.makeFolder() }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ text: String, to name: String) throws {
            let url = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }

        func git(_ arguments: String...) throws {
            let settings = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
            let run = try RenderingProgram.run(
                URL(filePath: "/usr/bin/env"), ["git"] + settings + arguments, in: folder)
            #expect(run.status == 0, "\(run.complaints)")
        }

        func render(_ arguments: String...) throws -> RenderingProgram.Outcome {
            try RenderingProgram.run(["render"] + arguments, in: folder)
        }

        func names(in folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(
                atPath: self.folder.appending(path: folder).path).sorted()
        }
    }

    /// Name and hashes of the old and new version at the first step that has both.
    static func versions(_ run: RenderingProgram.Outcome) throws -> [Set<String>] {
        let root = try #require(YAMLParser.document(run.output)?.root?.json.array, "\(run.complaints)")
        return root.map { rollout in
            Set((rollout["steps"]?.array ?? []).flatMap { step in
                [step["stable"]?["hash"]?.string, step["canary"]?["hash"]?.string].compactMap { $0 }
            })
        }
    }

    @Test func takesTheOldVersionFromAFile() throws {
        let files = try Files()
        try files.write(Self.rollout(image: "web:1"), to: "old.yaml")
        try files.write(Self.rollout(image: "web:2"), to: "new.yaml")
        let update = try files.render("new.yaml", "--stable", "old.yaml", "-o", "json")
        #expect(update.status == 0)
        #expect(try Self.versions(update)[0].count == 2)
        let first = try files.render("new.yaml", "--initial", "-o", "json")
        #expect(try Self.versions(first)[0].count == 1)
        let wrong = try files.render("new.yaml", "--stable", "none.yaml")
        #expect(wrong.status == 2 && wrong.complaints.contains("none.yaml"))
        try files.write(Self.rollout(image: "web:1", name: "other"), to: "old.yaml")
        let other = try files.render("new.yaml", "--stable", "old.yaml")
        #expect(other.status == 2 && other.complaints.contains("old.yaml has no Rollout named web"))
    }

    @Test func takesTheOldVersionFromGit() throws {
        let files = try Files()
        try files.git("init", "-q")
        try files.write(Self.rollout(image: "web:1"), to: "deploy/a b.yaml")
        try files.git("add", ".")
        try files.git("commit", "-q", "-m", "one")
        try files.write(Self.rollout(image: "web:2"), to: "deploy/a b.yaml")
        try files.write(Self.rollout(image: "web:1", name: "fresh"), to: "deploy/fresh.yaml")
        let run = try files.render("deploy", "--stable", "git:HEAD", "-o", "json")
        #expect(run.status == 0)
        #expect(try Self.versions(run).map(\.count) == [2, 1])
        #expect(run.complaints.contains("fresh is not in git:HEAD: rendered as a first deployment"))
        for revision in ["git:no-such-branch", "git:", "git:--help", "git:HEAD:x"] {
            let wrong = try files.render("deploy", "--stable", revision)
            #expect(wrong.status == 2, "\(revision)")
            #expect(!wrong.complaints.isEmpty && wrong.output.isEmpty)
        }
        #expect(try files.render("-", "--stable", "git:HEAD").status == 2)
    }

    @Test func writesAFolderWhole() throws {
        let files = try Files()
        try files.write(Self.rollout(image: "web:1"), to: "new.yaml")
        #expect(try files.render("new.yaml", "--output-dir", "a/out").status == 0)
        let first = try files.names(in: "a/out/web")
        #expect(!first.isEmpty)
        try files.write("stale", to: "a/out/web/stale.yaml")
        #expect(try files.render("new.yaml", "--output-dir", "a/out").status == 0)
        #expect(try files.names(in: "a/out/web") == first)
        #expect(try files.names(in: "a") == ["out"])
    }

    @Test func neverReplacesWhatIsNotItsOwn() throws {
        let files = try Files()
        try files.write(Self.rollout(image: "web:1"), to: "new.yaml")
        try files.write("precious", to: "mine/precious.txt")
        for folder in ["mine", "new.yaml", ".", "..", "/"] {
            let run = try files.render("new.yaml", "--output-dir", folder)
            #expect(run.status == 2, "\(folder)")
            #expect(run.complaints.contains("cannot write to"))
        }
        #expect(try files.names(in: "mine") == ["precious.txt"])
        #expect(try files.names(in: ".") == ["mine", "new.yaml"])
    }

    @Test func refusesAFaultyRolloutAndNoOther() throws {
        let files = try Files()
        try files.write(Self.rollout(image: "web:1"), to: "good.yaml")
        try files.write("a: [\n", to: "broken.yaml")
        let broken = try files.render("good.yaml", "broken.yaml")
        #expect(broken.status == 1 && broken.output.isEmpty)
        #expect(broken.complaints.contains("broken.yaml:"))
        try files.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", to: "none.yaml")
        #expect(try files.render("none.yaml").status == 2)
        let named = try files.render("good.yaml", "--name", "other")
        #expect(named.status == 2 && named.complaints.contains("no Rollout named other in the input; it has web"))
        #expect(try files.render("good.yaml", "--name", "web", "-o", "table").output.hasPrefix("web: canary"))
    }

    @Test func wrongUsageIsRefused() throws {
        let files = try Files()
        try files.write(Self.rollout(image: "web:1"), to: "new.yaml")
        #expect(try files.render().status == 2)
        #expect(try files.render("new.yaml", "-o", "pdf").status == 2)
        #expect(try files.render("new.yaml", "--initial", "--stable", "new.yaml").status == 2)
        #expect(try files.render("new.yaml", "-o", "html", "--output-dir", "out").status == 2)
    }
}
