import Testing

@testable import ManifestKit

/// The reader keeps what is written and where.
@Suite struct YAMLReaderTests {
    static func root(_ text: String) throws -> YAMLNode {
        let document = try #require(YAMLParser.document(text))
        #expect(document.faults == [])
        return try #require(document.root)
    }

    static func faults(_ text: String) -> [YAMLFault] {
        YAMLParser.documents(in: SourceFile(name: "text", text: text)).flatMap(\.faults)
    }

    @Test func spansCoverKeysAndValues() throws {
        let text = "metadata:\n  name: web   # a comment\n  labels: {app: \"a b\"}\n"
        let root = try Self.root(text)
        let metadata = try #require(root["metadata"])
        let name = try #require(metadata["name"])
        #expect(name.span.start == SourceLocation(line: 2, column: 9, byte: 18))
        #expect(name.span.end == SourceLocation(line: 2, column: 12, byte: 21))
        #expect(name.key?.span.start.column == 3)
        #expect(root.source.text(try #require(metadata["labels"]?["app"]).range) == "\"a b\"")
        #expect(metadata.source.text(metadata.range) == "name: web   # a comment\n  labels: {app: \"a b\"}")
    }

    @Test(arguments: [
        ("é: [\"ü\", x]\nb: ß", "b", 2, 1, 14), ("\u{1F600}: 1\nb: ß", "b", 2, 1, 8),
        ("a: |\n  ü\nb: x", "b", 3, 1, 10),
        ("a: ü\r\nb: x", "b", 2, 1, 7),
    ]) func bytesAndColumnsOfTextBeyondASCII(
        _ text: String, _ key: String, _ line: Int, _ column: Int, _ byte: Int
    ) throws {
        let entry = try #require(try Self.root(text).entry(key))
        #expect(entry.key.span.start == SourceLocation(line: line, column: column, byte: byte))
    }

    @Test func pathsNameFields() throws {
        let root = try Self.root("spec:\n  steps:\n  - setWeight: 5\n  - pause: {}\nannotations:\n  a.b/c: d\n")
        #expect(root["spec"]?["steps"]?[1]?["pause"]?.path == "spec.steps[1].pause")
        #expect(root["annotations"]?["a.b/c"]?.path == "annotations[\"a.b/c\"]")
        #expect(root.path == "")
    }

    @Test func scalarsOfEveryStyle() throws {
        let root = try Self.root(
            "plain: a b\nsingle: 'it''s'\ndouble: \"a\\tb\\u00e9\"\nliteral: |-\n  one\n   two\nfolded: >\n  "
                + "one\n  two\n"
        )
        #expect(root["plain"]?.text == "a b")
        #expect(root["single"]?.text == "it's")
        #expect(root["double"]?.text == "a\tbé")
        #expect(root["literal"]?.text == "one\n two")
        #expect(root["folded"]?.text == "one two\n")
        #expect(root["folded"]?.style == .folded)
    }

    @Test func anchorsAliasesAndMergeKeys() throws {
        let root = try Self.root(
            "base: &base\n  a: 1\n  b: 2\nmore:\n  <<: *base\n  b: 3\nlist: [*base, &x z, *x]\nboth: {<<: [*base, "
                + "{c: 4}]}\n"
        )
        #expect(root["more"]?.json == ["b": 3, "a": 1])
        #expect(root["more"]?.entries.map(\.isMerged) == [false, true])
        #expect(root["list"]?.json == [["a": 1, "b": 2], "z", "z"])
        #expect(root["list"]?[0]?.isAlias == true)
        #expect(root["list"]?[0]?.span.start.line == 7)
        #expect(root["both"]?.json == ["a": 1, "b": 2, "c": 4])
    }

    @Test func streamsOfDocuments() {
        let text = "# first\na: 1\n---\n---\n# only a comment\n---\nb: 2\n...\n%YAML 1.1\n---\nc: 3\n--- d\n"
        let documents = YAMLParser.documents(in: SourceFile(name: "text", text: text))
        #expect(documents.map { $0.root?.json } == [["a": 1], nil, nil, ["b": 2], ["c": 3], "d"])
        #expect(documents.map(\.index) == [0, 1, 2, 3, 4, 5])
        #expect(documents.allSatisfy { $0.faults.isEmpty })
    }

    @Test func markersInsideBlockScalarsEndTheDocumentAsTheyDoInYAML() {
        let documents = YAMLParser.documents(in: SourceFile(name: "text", text: "a: |\n  x\n---\nb: 1\n"))
        #expect(documents.map { $0.root?.json } == [["a": "x\n"], ["b": 1]])
    }

    @Test func byteOrderMarkIsNoText() throws {
        let source = SourceFile(
            name: "text", bytes: ByteOrderMark.removed(from: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)))
        #expect(YAMLParser.documents(in: source).first?.root?.json == ["a": 1])
    }

    @Test func jsonWithTabsAndEscapes() throws {
        let root = try Self.root("{\n\t\"a\": [1, true, null, \"x\\/y\"],\n\t\"b\": {\"c\": 1e3}\n}\n")
        #expect(root.json == ["a": [1, true, .null, "x/y"], "b": ["c": .double(1000)]])
    }

    @Test func surrogatePairsOfJSON() throws {
        let root = try Self.root("{\"a\": \" \\ud83d\\ude00 \\\\ud83d\", \"b\": 1}")
        #expect(root["a"]?.text == " \u{1F600} \\ud83d")
        #expect(root.entry("b")?.key.span.start.column == 32)
        #expect(Self.faults("{\"a\": \"\\ud83d\"}").map(\.kind) == [.syntax])
    }

    @Test func sourceCommentsOfHelmAreKept() {
        let text = "---\n# Source: web/templates/rollout.yaml\na: 1\n---\n# Source: web/templates/service.yaml\nb: 2\n"
        let documents = YAMLParser.documents(in: SourceFile(name: "-", text: text))
        #expect(documents.map(\.origin) == ["web/templates/rollout.yaml", "web/templates/service.yaml"])
    }

    @Test func oneBrokenDocumentLeavesTheOthers() {
        let documents = YAMLParser.documents(in: SourceFile(name: "text", text: "a: 1\n---\nb: [1\n---\nc: 3\n"))
        #expect(documents.map { $0.root?.json } == [["a": 1], nil, ["c": 3]])
        #expect(documents.map(\.faults.count) == [0, 1, 0])
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", YAMLFault.Kind.duplicateKey, 5..<6),
        ("{\"a\": 1, 'a': 2}", .duplicateKey, 9..<12),
        ("a: *b\n", .alias, 3..<5),
        ("a: &a\n  b: *a\n", .alias, 11..<13),
        ("a:\n\tb: 1\n", .syntax, 3..<4),
        ("a: \"b\nc: d\n", .syntax, 3..<4),
        ("a: 'b\nc: d\n", .syntax, 3..<4),
        ("a: b: c\n", .syntax, 4..<5),
        ("a: {{ .Values.b }}\n", .helmTemplate, 3..<18),
        ("{{- include \"x\" . }}\n", .helmTemplate, 0..<20),
        ("? [a]\n: b\n", .key, 2..<5),
    ]) func faultsHaveTheirPlace(_ text: String, _ kind: YAMLFault.Kind, _ range: Range<Int>) throws {
        let fault = try #require(Self.faults(text).first)
        #expect(fault.kind == kind, "\(fault)")
        #expect(fault.range == range, "\(fault)")
    }

    @Test(
        arguments: [
            [0x61, 0x3A, 0x20, 0x00, 0x62], [0x61, 0x3A, 0x20, 0xC3, 0x28], [0xFF, 0xFE, 0x61, 0x00],
            [0x61, 0x3A, 0x20, 0x1B],
            [0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80],
        ] as [[UInt8]]) func bytesThatAreNoText(_ bytes: [UInt8]) throws
    {
        let documents = YAMLParser.documents(in: SourceFile(name: "text", bytes: bytes))
        #expect(documents.flatMap(\.faults).first?.kind == .encoding)
        #expect(documents.first?.root == nil)
    }

    @Test func nestingPastTheLimit() {
        #expect(Self.faults(String(repeating: "[", count: 100_000)).first?.kind == .limit)
        #expect(Self.faults(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)).isEmpty)
    }

    @Test func aliasesOfAliases() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(names)]\n"
        }
        #expect(Self.faults(text).first?.kind == .limit)
    }

    @Test func mergesOfMerges() {
        var text = "base: &base {" + (0..<2000).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
        for copy in 0..<400 { text += "c\(copy): {<<: *base}\n" }
        #expect(Self.faults(text).first?.kind == .limit)
    }

    @Test func documentsPastTheLimit() {
        var limits = YAMLLimits()
        limits.documentBytes = 100
        let source = SourceFile(name: "text", text: "a: " + String(repeating: "x", count: 200) + "\n---\nb: 1\n")
        let documents = YAMLParser.documents(in: source, limits: limits)
        #expect(documents.map { $0.faults.first?.kind } == [.limit, nil])
    }

    @Test func manyKeysAreComparedQuickly() {
        let text = (0..<200_000).map { "k\($0): 1\n" }.joined() + "k7: 2\n"
        #expect(Self.faults(text).map(\.kind) == [.duplicateKey])
    }
}

/// Plain scalars mean what they mean to kubectl.
@Suite struct ScalarResolutionTests {
    @Test(arguments: [
        ("on", YAMLScalar.boolean(true)), ("Off", .boolean(false)), ("yes", .boolean(true)), ("n", .boolean(false)),
        ("Y", .boolean(true)), ("TRUE", .boolean(true)), ("tRUE", .string("tRUE")), ("oN", .string("oN")),
        ("~", .null), ("", .null), ("null", .null), ("NULL", .null), ("nULL", .string("nULL")),
        ("none", .string("none")),
        ("0", .integer(0)), ("-1", .integer(-1)), ("+12", .integer(12)), ("010", .integer(8)), ("0o17", .integer(15)),
        ("0x1F", .integer(31)), ("0b101", .integer(5)), ("-0b101", .integer(-5)), ("1_000", .integer(1000)),
        ("08", .float(8)), ("089", .float(89)), ("1e3", .float(1000)), ("1.5", .float(1.5)), (".5", .float(0.5)),
        ("5.", .float(5)),
        ("+.5", .float(0.5)), ("1e", .string("1e")), ("1.2.3", .string("1.2.3")), (".", .string(".")),
        ("-", .string("-")),
        (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("+.Inf", .float(.infinity)),
        ("inf", .string("inf")),
        ("2001-12-14", .string("2001-12-14")), ("1:30", .string("1:30")), ("100m", .string("100m")),
        ("10%", .string("10%")),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .float(9_223_372_036_854_775_808)), ("0x", .string("0x")), ("1__0", .integer(10)),
        ("0o8", .string("0o8")), ("+-1", .string("+-1")), ("0x-1", .string("0x-1")),
    ]) func resolves(_ text: String, _ expected: YAMLScalar) {
        #expect(ScalarResolution.resolve(text) == expected)
    }

    @Test(arguments: [
        ("!!str 12", YAMLScalar.string("12")), ("!!int \"12\"", .integer(12)), ("\"on\"", .string("on")),
        ("'1'", .string("1")),
        ("!!float 3", .float(3)), ("!custom 3", .string("3")), ("! 12", .string("12")), ("|-\n  5", .string("5")),
    ]) func tagsAndQuotes(_ text: String, _ expected: YAMLScalar) throws {
        #expect(try YAMLReaderTests.root("a: " + text + "\n")["a"]?.scalar == expected)
    }

    @Test func keysBecomeStrings() throws {
        #expect(try YAMLReaderTests.root("on: 1\n0x10: 2\n1.5: 3\n").json == ["true": 1, "16": 2, "1.5": 3])
    }
}
