import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// Every `examples/convert-*` becomes what its `after` folder holds, byte for byte.
///
/// `RECORD=1` writes the `after` folders anew.
@Suite struct ConvertExampleTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var folder: URL
        var testDescription: String { folder.lastPathComponent }

        var arguments: [String] {
            let text = (try? String(contentsOf: folder.appending(path: "arguments"), encoding: .utf8)) ?? ""
            return text.split(whereSeparator: \.isWhitespace).map(String.init)
        }

        func files(_ name: String) -> [SourceFile] {
            let folder = folder.appending(path: name)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.sorted().compactMap { name in
                (try? Data(contentsOf: folder.appending(path: name))).map { SourceFile(name: name, bytes: Array($0)) }
            }
        }

        func convert(_ files: [SourceFile]) throws -> DeploymentConverter.Result {
            let command = try #require(try ConvertCommand.parseAsRoot(arguments + ["-"]) as? ConvertCommand)
            return DeploymentConverter(options: try command.conversionOptions()).convert(files)
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples")

    static let examples: [Example] =
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? [])
        .filter { $0.hasPrefix("convert-") }.sorted().map { Example(folder: root.appending(path: $0)) }

    @Test func thereAreExamples() { #expect(Self.examples.count >= 10) }

    @Test(arguments: examples) func becomesWhatItShould(_ example: Example) throws {
        let result = try example.convert(example.files("before"))
        #expect(result.diagnostics.isEmpty)
        #expect(!result.report.hasRefusals)
        let report = ConversionReportText.markdown(result.report)
        var texts = result.files.map { ($0.name, $0.after) }
        texts.append(("report.md", Array(report.utf8)))
        let after = example.folder.appending(path: "after")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try FileManager.default.createDirectory(at: after, withIntermediateDirectories: true)
            for (name, bytes) in texts { try Data(bytes).write(to: after.appending(path: name)) }
        }
        for (name, bytes) in texts {
            let wanted = try? Data(contentsOf: after.appending(path: name))
            #expect(
                String(decoding: bytes, as: UTF8.self) == wanted.map { String(decoding: $0, as: UTF8.self) }, "\(name)")
        }
        let recorded = try FileManager.default.contentsOfDirectory(atPath: after.path).sorted()
        #expect(recorded == texts.map(\.0).sorted())
    }

    @Test(arguments: examples) func changesNothingTheSecondTime(_ example: Example) throws {
        let first = try example.convert(example.files("before"))
        let second = try example.convert(first.files.map { SourceFile(name: $0.name, bytes: $0.after) })
        #expect(second.files.map(\.after) == first.files.map(\.after))
        #expect(second.report.entries(.changed).isEmpty && second.report.entries(.added).isEmpty)
        #expect(second.report.cutOvers.isEmpty)
    }

    /// With Windows line breaks the same comes out, with Windows line breaks.
    @Test(arguments: examples) func keepsLineBreaks(_ example: Example) throws {
        let windows: ([UInt8]) -> [UInt8] = { $0.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
        let plain = try example.convert(example.files("before"))
        let converted = try example.convert(
            example.files("before").map { SourceFile(name: $0.name, bytes: windows($0.bytes)) })
        #expect(converted.files.map(\.after) == plain.files.map { windows($0.after) })
    }

    /// What was sound before is sound afterwards.
    @Test(arguments: examples) func leavesNoErrors(_ example: Example) throws {
        let result = try example.convert(example.files("before"))
        let errors: ([SourceFile]) -> [Diagnostic] = { files in
            var validator = Validator()
            for file in files { for document in YAMLParser.documents(in: file) { validator.check(document) } }
            return validator.finish().filter { $0.severity == .error }
        }
        guard errors(example.files("before")).isEmpty else { return }
        let after = errors(result.files.map { SourceFile(name: $0.name, bytes: $0.after) })
        #expect(after.isEmpty, "\(after.map { "\($0.span.file):\($0.span.start.line) \($0.rule) \($0.message)" })")
    }

    /// Without its diff's lines a text is what it was: `patch` makes one from the other.
    @Test(arguments: examples) func patchTakesTheDiff(_ example: Example) throws {
        let result = try example.convert(example.files("before"))
        let folder = FileManager.default.temporaryDirectory.appending(path: "convert-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var diff: [UInt8] = []
        for file in result.files {
            if !file.isNew { try Data(file.before).write(to: folder.appending(path: file.name)) }
            diff += UnifiedDiff.text(name: file.name, old: file.before, new: file.after, isNew: file.isNew)
        }
        try Data(diff).write(to: folder.appending(path: "all.diff"))
        let patch = Process()
        patch.executableURL = URL(filePath: "/usr/bin/env")
        patch.arguments = ["patch", "-p0", "-s", "--binary", "-i", "all.diff"]
        patch.currentDirectoryURL = folder
        try patch.run()
        patch.waitUntilExit()
        #expect(patch.terminationStatus == 0)
        for file in result.files {
            let patched = try Data(contentsOf: folder.appending(path: file.name))
            #expect(Array(patched) == file.after, "\(file.name)")
        }
    }
}
