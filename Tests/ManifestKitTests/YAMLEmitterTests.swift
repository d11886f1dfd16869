import Foundation
import Testing

@testable import ManifestKit

/// What the emitter writes reads back equal: in our own reader, in PyYAML and in kubectl.
@Suite struct YAMLEmitterTests {
    static let texts = [
        "", " ", "a", "a b", " a", "a ", "true", "True", "yes", "no", "on", "off", "y", "n", "Y", "N", "null",
        "Null", "~",
        "1", "-1", "+1", "010", "0o17", "0x1F", "0b11", "1_000", "1e3", "1E3", "1.5", ".5", "5.", "1.", ".", "..",
        "...",
        "-", "--", "---", "--- a", "-a", "- a", "?", "? a", "?a", ":", ":8080", "a:", "a: b", "a:b", "a #b", "a#b",
        "#a",
        "1:30", "1:30:00", "190:20:30.15", "12:99", "2001-12-14", "2001-12-14T21:59:43.10-05:00",
        "2001-12-14 21:59:43",
        "2001-1-1", "=", "<<", "<", "*a", "&a", "!a", "!!str", "|", ">", "%a", "@a", "`a", "'", "\"", "a'b", "a\"b",
        "'a'",
        "\"a\"", "\\", "a\\b", "a\\\"b'", "{", "}", "{}", "[]", "[a]", "a,b", ",", "a\nb", "a\nb\n", "a\n\n", "\n",
        "\n\n",
        "\na", "\n\na\n", " a\nb", "  a\n b\n", "\ta\nb", "a\n b\n\tc", "a\n\nb", "a\n   \nb\n", "a\n  ", "a\n\t\n",
        "a \nb ",
        "a\r\nb", "a\rb", "\r", "\t", "a\tb", "a\u{0}b", "\u{7}", "\u{1b}[0m", "\u{7f}", "\u{85}", "a\u{a0}b",
        "\u{a0}",
        "\u{ad}", "\u{200b}", "\u{202e}abc", "\u{2028}", "a\u{2029}b\n", "\u{feff}", "é", "e\u{301}", "'\u{301}",
        "日本", "😀",
        "😀\n😀\n", "\u{1F468}\u{200D}\u{1F469}", "\u{e000}", "\u{10ffff}", ".inf", "-.inf", ".NaN", "+.INF", "0",
        "00", "-0", "0.0",
        "1.25.3", "1.25.3-alpine", "10m", "500m", "1.5Gi", "5e", "e5", "0x", "0xg", "0b2", "0o8", "1__0", "_1", "+",
        "+a", "1,000",
        "--flag=value", "# not a comment\nx", "key: value\nother: [1, 2]\n", "#!/bin/sh\necho \"hi\"\n", "%a\n%b\n",
        "---\na\n",
        "...\n", "a\n---\nb\n", "- a\n- b\n", "nginx:1.25", "registry.example.com/a/b@sha256:0123", "a: ",
        "x\n#y\n", "12e03", "-2E+05",
        "0.1e1", "1e", "1.e+5", "1.5e", "685_230.15", "0_1", "123-45-6789", "2024-01-01x", "1234-", "\u{2007}x",
        "x\u{3000}",
        "no\n", "|\n", "a\n\n\n\n", "\n a\n", " \n a\n", "a\n \n", String(repeating: "long ", count: 300),
    ]

    static func randomText(_ generator: inout SeededGenerator) -> String {
        if Bool.random(using: &generator) { return texts.randomElement(using: &generator) ?? "" }
        let pieces = [" ", "\n", "\t", ":", "#", "-", "a", "b", "1", "0", ".", "'", "\"", "\\", "é", "\u{85}", ",",
        "{", "|", "_"]
        return (0..<Int.random(in: 0...9, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }

    static func randomValue(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &generator) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &generator))
        case 2: return .integer([0, 1, -1, 8, Int64.max, Int64.min, 1_000_000].randomElement(using: &generator) ?? 0)
        case 3:
            let numbers = [0.5, -0.25, 3, 1e21, 1e-7, 1.5e300, 123456.789, 1e16]
            return .double(numbers.randomElement(using: &generator) ?? 0)
        case 4, 5: return .string(randomText(&generator))
        case 6, 7:
            return .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in
                randomValue(&generator, depth: depth - 1)
            })
        default:
            return .object(JSONObject((0..<Int.random(in: 0...4, using: &generator)).map { _ in
                (randomText(&generator), randomValue(&generator, depth: depth - 1))
            }))
        }
    }

    static let values: [JSONValue] = {
        var generator = SeededGenerator(seed: 2026)
        let single = texts.flatMap { text -> [JSONValue] in
            [.string(text), ["key": .string(text)], .object(JSONObject([(text, "v"), ("a", [.string(text),
            [.string(text)]])]))]
        }
        return single + (0..<1500).map { _ in randomValue(&generator, depth: 5) }
    }()

    @Test func readsBackEqual() {
        for value in Self.values {
            let text = YAMLEmitter.text(value)
            let document = YAMLParser.document(text)
            #expect(document?.faults.isEmpty == true, "\(document?.faults.first?.message ?? "") in\n\(text)")
            #expect((document?.root?.json ?? .null) == value, "\(text)")
        }
    }

    @Test func streamReadsBackEqual() {
        let values = Self.values.suffix(300).filter { !$0.isNull }
        let text = YAMLEmitter.stream(Array(values))
        let documents = YAMLParser.documents(in: SourceFile(name: "stream", text: text)).compactMap { $0.root?.json }
        #expect(documents == values)
    }

    static let python = run("/usr/bin/env", ["python3", "-c", "import yaml"], input: "")?.status == 0

    @Test(.enabled(if: python, "no python3 with yaml"))
    func readsBackEqualInPyYAML() throws {
        let script = """
            import json, sys, yaml
            def plain(v):
                if isinstance(v, dict): return {k if isinstance(k, str) else repr(k): plain(x) for k, x in v.items()}
                if isinstance(v, list): return [plain(x) for x in v]
                if isinstance(v, float) and v == int(v): return int(v)
                return v
            for line in sys.stdin.buffer.read().split(b"\\n"):
                if not line: continue
                text, expected = json.loads(line)
                try: found = plain(yaml.safe_load(text))
                except Exception as error: found = str(error)
                if json.dumps(found, sort_keys=True, default=repr) != json.dumps(plain(expected), sort_keys=True):
                    print(text, found, expected)
            """
        let lines = Self.values.map { JSONWriter.text([.string(YAMLEmitter.text($0)), $0]) }
        let result = try #require(
            Self.run("/usr/bin/env", ["python3", "-c", script], input: lines.joined(separator: "\n")))
        #expect(result.status == 0)
        #expect(result.output.isEmpty, "\(result.output.prefix(3000))")
    }

    static let kubectl = run("/usr/bin/env", ["kubectl", "version", "--client"], input: "")?.status == 0

    @Test(.enabled(if: kubectl && python, "no kubectl or no python3"))
    func readsBackEqualInKubectl() throws {
        let object: JSONValue = [
            "apiVersion": "example.com/v1", "kind": "Thing", "metadata": ["name": "thing", "annotations": ["a": "b"]],
            "spec": ["values": .array(Self.values)],
        ]
        let arguments = ["kubectl", "annotate", "--local", "-o", "json", "-f", "-", "--overwrite", "a=b"]
        let result = try #require(Self.run("/usr/bin/env", arguments, input: YAMLEmitter.text(object)))
        #expect(result.status == 0)
        // Foundation drops a byte order mark from keys, so Python compares.
        let script = """
            import json, sys
            found, expected = (json.loads(part)["spec"]["values"] for part in sys.stdin.read().split("\\x1e"))
            assert len(found) == len(expected)
            print(*[pair for pair in zip(found, expected) if pair[0] != pair[1]])
            """
        let both = result.output + "\u{1e}" + JSONWriter.text(object)
        let comparison = try #require(Self.run("/usr/bin/env", ["python3", "-c", script], input: both))
        #expect(comparison.status == 0)
        #expect(comparison.output == "\n")
    }

    /// Runs a program; nil where there is none.
    static func run(_ program: String, _ arguments: [String], input: String) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        guard FileManager.default.createFile(atPath: folder.path, contents: Data(input.utf8)) else { return nil }
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = Pipe()
        process.standardInput = FileHandle(forReadingAtPath: folder.path)
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [
        ("a", "a"), ("nginx:1.25", "nginx:1.25"), ("500m", "500m"), ("1.25.3-alpine", "1.25.3-alpine"), ("-c", "-c"),
        (":8080", ":8080"), ("5", "\"5\""), ("yes", "\"yes\""), ("1:30", "\"1:30\""), ("a: b", "\"a: b\""), ("*",
        "\"*\""),
        ("a\"b", "a\"b"), ("\"a\"", "'\"a\"'"), ("", "\"\""), ("e\u{301}\u{7}", "\"e\u{301}\\x07\""), ("1.2.3",
        "1.2.3"), ("1.5", "\"1.5\""),
    ])
    func quotesOnlyWhereNeeded(_ text: String, _ written: String) {
        #expect(YAMLEmitter.text(["key": .string(text)]) == "key: \(written)\n")
    }

    @Test func laysOutAsKubectl() {
        let value: JSONValue = [
            "spec": ["list": [["b": 1, "a": [["x"], [], [:]]], "text"], "script": "a\n  b\n", "empty": [:],
            "none": .null],
            "metadata": ["labels": ["b": "1"], "name": "web"], "kind": "Thing", "apiVersion": "v1", "status": [],
        ]
        #expect(
            YAMLEmitter.text(value) == """
                apiVersion: v1
                kind: Thing
                metadata:
                  name: web
                  labels:
                    b: "1"
                spec:
                  list:
                  - b: 1
                    a:
                    - - x
                    - []
                    - {}
                  - text
                  script: |
                    a
                      b
                  empty: {}
                  none: null
                status: []

                """)
    }

    @Test func separatesDocuments() {
        #expect(YAMLEmitter.stream([["a": 1], ["b": 2]]) == "a: 1\n---\nb: 2\n")
    }
}
