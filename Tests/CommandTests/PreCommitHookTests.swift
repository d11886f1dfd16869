import Foundation
import ManifestKit
import Testing

/// The hooks of `.pre-commit-hooks.yaml`, run as pre-commit runs them.
@Suite struct PreCommitHookTests {
    static var hooks: [JSONValue] {
        get throws {
            let file = ProgramRun.root.appending(path: ".pre-commit-hooks.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            return try #require(YAMLParser.document(text)?.root?.json.array)
        }
    }

    /// Runs a hook with the names of files behind its own arguments.
    static func run(_ hook: JSONValue, _ files: [String], in folder: ScratchFolder) throws -> ProgramRun {
        var words = try #require(hook["entry"]?.string).split(separator: " ").map(String.init)
        #expect(words.removeFirst() == "rollout-render")
        return try ProgramRun(words + (hook["args"]?.array ?? []).compactMap(\.string) + files, in: folder.url)
    }

    @Test func everyHookIsWhatPreCommitReads() throws {
        let hooks = try Self.hooks
        #expect(Set(hooks.compactMap { $0["id"]?.string }).count == hooks.count && !hooks.isEmpty)
        for hook in hooks {
            #expect(hook["name"]?.string?.isEmpty == false)
            #expect(["swift", "system"].contains(hook["language"]?.string))
            // Each of these is a tag of its own there, and a manifest is one of them.
            #expect(hook["types_or"]?.array == ["yaml", "json"])
            // Files are checked against each other, so not in several calls beside each other.
            #expect(hook["require_serial"]?.boolean == true)
        }
    }

    @Test func hooksPassOrFailACommit() throws {
        let folder = try ScratchFolder([
            "web.yaml": ValidateTests.good, "broken.yaml": ValidateTests.broken, "other.yaml": ValidateTests.other,
            "package.json": "{\"name\": \"web\", \"version\": \"1.0.0\"}\n", "list.yml": "- a\n- b\n",
        ])
        for hook in try Self.hooks {
            #expect(try Self.run(hook, ["web.yaml", "other.yaml"], in: folder).code == 0)
            // A commit may touch no Rollout at all, nor any object of Kubernetes.
            #expect(try Self.run(hook, ["other.yaml"], in: folder).code == 0)
            #expect(try Self.run(hook, ["package.json", "list.yml"], in: folder).code == 0)
            let failed = try Self.run(hook, ["web.yaml", "broken.yaml"], in: folder)
            #expect(failed.code == 1)
            #expect((failed.output + failed.messages).contains("broken.yaml:2:1"))
            #expect(!(failed.output + failed.messages).contains("web.yaml:"))
        }
    }
}
