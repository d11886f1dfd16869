import Foundation
import Testing

@testable import rollout_render

/// `rollout-render validate` from outside: what it reads, prints and returns.
@Suite struct ValidateTests {
    static let good = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
        spec:
          replicas: 10
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - name: web
                image: registry.example.com/web:1
                readinessProbe:
                  httpGet: {path: /, port: 8080}
          strategy:
            canary:
              steps:
              - setWeight: 10
              - pause: {}

        """
    static let broken = "kind: Rollout\nkind: Rollout\n"
    static let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

    @Test(arguments: [
        (["a.yaml"], 0), (["broken.yaml"], 1), (["a.yaml", "broken.yaml"], 1), (["--fail-on", "never", "broken.yaml"], 0),
        (["missing.yaml"], 2), (["missing.yaml", "broken.yaml"], 2), ([], 2), (["--no-such-option", "a.yaml"], 2),
        (["-o", "xml", "a.yaml"], 2), (["--kubernetes-version", "1.24", "a.yaml"], 2), (["other.yaml"], 2),
        (["--kubernetes-version", "v1.29.3", "a.yaml"], 0),
        (["--allow-empty", "other.yaml"], 0), (["empty.yaml"], 2), (["--allow-empty", "empty.yaml"], 0), (["."], 1),
        (["--config", "missing", "a.yaml"], 2), (["--help"], 0),
    ])
    func exitCodes(_ arguments: [String], _ code: Int) throws {
        let folder = try ScratchFolder([
            "a.yaml": Self.good, "broken.yaml": Self.broken, "other.yaml": Self.other, "empty.yaml": "",
        ])
        let run = try ProgramRun(["validate"] + arguments, in: folder.url)
        #expect(run.code == Int32(code), "\(run)")
        if code == 2, !arguments.contains("broken.yaml") { #expect(run.output.isEmpty, "\(run.output)") }
        if code == 2 { #expect(!run.messages.isEmpty) }
    }

    @Test func folderIsSearched() throws {
        let folder = try ScratchFolder([
            "b/z.yml": Self.good, "b/a.json": "{}", "a.yaml": Self.good, "c.txt": Self.broken, ".git/d.yaml": Self.broken,
            ".rollout-render.yaml": "ignore: []", "b/.hidden.yaml": Self.other, "B.YAML": Self.other,
        ])
        let report = try Self.report(["."], in: folder)
        #expect(report.files == ["B.YAML", "a.yaml", "b/.hidden.yaml", "b/a.json", "b/z.yml"])
        #expect(report.summary.documents == 5)
        #expect(report.summary.checked == 2)
        #expect(report.summary.skipped == 3)
        let whole = try ProgramRun(["validate", "-v", folder.url.path])
        #expect(whole.messages.contains("\(folder.url.path)/B.YAML:1: no rules for v1 ConfigMap"))
    }

    @Test func aFileIsReadOnce() throws {
        let folder = try ScratchFolder(["a/b.yaml": Self.good])
        #expect(try Self.report(["a/b.yaml", "a", "./a//b.yaml"], in: folder).files == ["a/b.yaml"])
    }

    @Test func oneUnreadableFileLeavesTheOthers() throws {
        let folder = try ScratchFolder(["a.yaml": Self.broken, "z.yaml": Self.broken])
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.path + "/m.yaml", withDestinationPath: "nowhere.yaml")
        let run = try ProgramRun(["validate", "-o", "json", "gone", "."], in: folder.url)
        #expect(run.code == 2)
        #expect(try Report(run.output).diagnostics.map(\.file) == ["a.yaml", "z.yaml"])
        #expect(run.messages.contains("cannot read gone: No such file or directory"))
        #expect(run.messages.contains("cannot read m.yaml: No such file or directory"))
    }

    @Test func standardInput() throws {
        let run = try ProgramRun(["validate", "-"], input: "# Source: chart/templates/web.yaml\n" + Self.broken)
        #expect(run.code == 1)
        #expect(run.output.hasPrefix("-:3:1: error RR0002: "), "\(run.output)")
        #expect(run.output.contains("= from: chart/templates/web.yaml"))
        #expect(run.messages.contains("1 document in 1 file"))
    }

    @Test func jsonIsWhatIsPromised() throws {
        let run = try ProgramRun(["validate", "-o", "json", "-"], input: "a: é\n  # x\nb: {c: 1, c: 2}\n")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["files", "summary", "diagnostics"])
        let summary = try #require(object["summary"] as? [String: Int])
        #expect(summary == ["documents": 1, "checked": 0, "skipped": 1, "errors": 1, "warnings": 0])
        let diagnostics = try #require(object["diagnostics"] as? [[String: Any]])
        let first = try #require(diagnostics.first)
        #expect(Set(first.keys) == [
            "rule", "severity", "message", "file", "line", "column", "endLine", "endColumn", "path", "document", "hint",
        ])
        #expect(first["line"] as? Int == 3)
        #expect(first["column"] as? Int == 11)
        #expect(first["endColumn"] as? Int == 12)
        #expect(first["document"] as? Int == 1)
    }

    @Test func brokenPipeIsNoCrash() throws {
        let folder = try ScratchFolder()
        let many = String(repeating: "---\n" + Self.broken, count: 4_000)
        try folder.write("many.yaml", Data(many.utf8))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let program = ProgramRun.program.path
        process.arguments = ["-c", "{ '\(program)' validate many.yaml 2>/dev/null; echo $? > code; } | head -n 1 > out"]
        process.currentDirectoryURL = folder.url
        try process.run()
        process.waitUntilExit()
        let code = try String(contentsOf: folder.url.appending(path: "code"), encoding: .utf8)
        #expect(code == "1\n")
    }

    @Test func binaryInputIsAFinding() throws {
        let folder = try ScratchFolder()
        try folder.write("noise.yaml", Data((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 &>> 3) }))
        try folder.write("wide.yaml", try #require("kind: Rollout\n".data(using: .utf16)))
        let run = try ProgramRun(["validate", "."], in: folder.url)
        #expect(run.code == 1)
        #expect(run.output.contains("noise.yaml:1:"))
        #expect(run.output.contains("wide.yaml:1:1: error RR0005: this is UTF-16 text"))
    }

    /// A long stream, read in segments on several cores, gives what it would give in one piece.
    @Test func aLongStreamKeepsItsPlaces() throws {
        let filler = "# " + String(repeating: "é-", count: 300) + "\n"
        var stream = "\u{FEFF}"
        var lines: [Int] = []
        var line = 1
        for number in 0..<3_000 {
            let isBroken = number % 1_000 == 7
            let text = (number % 3 == 0 ? "---\n" : number % 3 == 1 ? "...\n---\n" : "--- # next\n") + filler
                + "text: |\n  ---- no marker\n  -----BEGIN\na: \(number)\n" + (isBroken ? "a: 2\n" : "")
            if isBroken { lines.append(line + text.split(separator: "\n").count - 1) }
            line += text.split(separator: "\n").count
            stream += text
        }
        let report = try Report(ProgramRun(["validate", "-o", "json", "-"], input: stream).output)
        #expect(report.summary.documents == 3_000)
        #expect(report.diagnostics.map(\.line) == lines)
        #expect(report.diagnostics.map(\.document) == [8, 1_008, 2_008])
    }

    /// Many files are dealt out to the cores, and come back in order, each with its own folder's settings.
    @Test func manyFilesKeepTheirOrder() throws {
        let folder = try ScratchFolder(["odd/.rollout-render.yaml": "severities: {RR0002: note}\n"])
        let text = Self.broken + "# " + String(repeating: "x", count: 3_000) + "\n"
        for number in 100..<300 {
            try folder.write("\(number % 2 == 0 ? "even" : "odd")/\(number).yaml", Data(text.utf8))
        }
        let report = try Self.report(["odd", "even"], in: folder)
        #expect(report.summary.documents == 200)
        #expect(report.files.prefix(2) == ["odd/101.yaml", "odd/103.yaml"])
        #expect(report.diagnostics.map(\.file) == report.files.sorted())
        #expect(report.diagnostics.filter { $0.file.hasPrefix("odd") }.allSatisfy { $0.severity == "note" })
        #expect(report.summary.errors == 100)
    }

    @Test func aDocumentPastTheLimitLeavesTheOthers() throws {
        let huge = "a: " + String(repeating: "x", count: 9 << 20) + "\n" + String(repeating: "b: 1\n", count: 300_000)
        let stream = Self.broken + "---\n" + huge + "---\n" + Self.broken
        let report = try Report(ProgramRun(["validate", "-o", "json", "-"], input: stream).output)
        #expect(report.diagnostics.map(\.rule) == ["RR0002", "RR0004", "RR0002"])
        #expect(report.diagnostics.map(\.line) == [2, 3, 300_007])
    }

    @Test func configurationIsFoundUpwards() throws {
        let folder = try ScratchFolder([
            ".rollout-render.yaml": "severities:\n  RR0002: warning\nignore: [vendor/]\n", "a.yaml": Self.broken,
            "deep/er/b.yaml": Self.broken, "vendor/c.yaml": Self.broken, "own/d.yaml": Self.broken,
            "own/.rollout-render.yaml": "severities: {RR0002: note}\n", "none.yaml": "{}\n",
        ])
        let report = try Self.report(["."], in: folder)
        #expect(report.diagnostics.map { "\($0.file) \($0.severity)" } == [
            "a.yaml warning", "deep/er/b.yaml warning", "own/d.yaml note",
        ])
        let below = try Self.report(["b.yaml", "../../vendor/c.yaml"], in: folder, at: "deep/er")
        #expect(below.diagnostics.map(\.severity) == ["warning"])
        let input = try ProgramRun(
            ["validate", "-o", "json", "-"], input: Self.broken, in: folder.url.appending(path: "own"))
        #expect(try Report(input.output).diagnostics.map(\.severity) == ["note"])
        let only = try Self.report(["--config", "own/.rollout-render.yaml", "a.yaml", "vendor"], in: folder)
        #expect(only.diagnostics.map(\.severity) == ["note", "note"])
    }

    @Test func aWrongConfigurationStopsTheRun() throws {
        let folder = try ScratchFolder([".rollout-render.yaml": "\nseverties: {}\n", "a.yaml": Self.good])
        let run = try ProgramRun(["validate", "a.yaml"], in: folder.url)
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains(
            ".rollout-render.yaml:2:1: error: there is no setting \"severties\" (did you mean severities?)"))
    }

    @Test(arguments: [
        ([], [:], false), (["--color", "always"], [:], true), (["--color", "always"], ["NO_COLOR": "1"], true),
        (["--color", "never"], [:], false), ([], ["NO_COLOR": "1"], false),
    ])
    func colour(_ arguments: [String], _ environment: [String: String], _ isColored: Bool) throws {
        let run = try ProgramRun(["validate", "-"] + arguments, input: Self.broken, environment: environment)
        #expect(run.output.contains("\u{1B}[") == isColored)
    }

    static func report(_ arguments: [String], in folder: ScratchFolder, at path: String = ".") throws -> Report {
        try Report(ProgramRun(["validate", "-o", "json"] + arguments, in: folder.url.appending(path: path)).output)
    }
}

/// The JSON report, as a program that uses it would read it.
struct Report: Decodable {
    struct Summary: Decodable {
        var documents, checked, skipped, errors, warnings: Int
    }

    struct Finding: Decodable {
        var rule, severity, message, file, path: String
        var line, column, endLine, endColumn, document: Int
        var hint: String?
    }

    var files: [String]
    var summary: Summary
    var diagnostics: [Finding]

    init(_ text: String) throws { self = try JSONDecoder().decode(Report.self, from: Data(text.utf8)) }
}
