import Testing

@testable import ManifestKit

/// Comments that silence rules do so where they say, and nowhere else.
@Suite struct SuppressionTests {
    /// Texts with two or more duplicate keys, and the lines on which one is still reported.
    static let cases: [(text: String, lines: [Int])] = [
        ("a: 1\na: 2\n", [2]),
        ("a: 1\na: 2 # rollout-render:ignore RR0002 why\n", []),
        ("a: 1\na: 2 # a note # rollout-render:ignore RR0002 why\n", []),
        ("a: 1\na: 2 #rollout-render:ignore RR0002 why\n", []),
        ("a: 1\na: 2 # rollout-render:ignored RR0002 why\n", [2]),
        ("a: 1 # rollout-render:ignore RR0002 why\na: 2\n", [2]),
        ("x: 1\n# rollout-render:ignore RR0002 why\nb:\n  c: 1\n  c: 2\nd: {e: 1, e: 2}\n", [6]),
        ("x: 1\n# rollout-render:ignore RR0002 why\n\n# more words\nb:\n  c: 1\n  c: 2\n", []),
        ("# rollout-render:ignore RR0002 why\nb:\n  c: 1\n  c: 2\nd: {e: 1, e: 2}\n", []),
        ("---\n# rollout-render:ignore RR0002 why\nb:\n  c: 1\n  c: 2\nd: {e: 1, e: 2}\n", []),
        ("# rollout-render:ignore RR0002 why\n---\nb:\n  c: 1\n  c: 2\n---\nb: {c: 1, c: 2}\n", [7]),
        ("b:\n  # rollout-render:ignore RR0002 why\n  c: {d: 1, d: 2}\n  e: {d: 1, d: 2}\n", [4]),
        ("b:\n# rollout-render:ignore RR0002 why\n- c: 1\n  c: 2\n- c: 1\n  c: 2\n", [6]),
        ("b:\n- c: 1\n  c: 2\n# rollout-render:ignore RR0002 why\n- d: 5\n  c: {e: 1,\n    e: 2}\n  c: 2\n", [3]),
        ("b:\n-\n  c: 1\n  c: 2\n# rollout-render:ignore RR0002 why\n-\n  c: 1\n  c: 2\n", [4]),
        ("b: '# rollout-render:ignore RR0002 why'\nb: 1\n", [2]),
        ("b: |\n  # rollout-render:ignore RR0002 why\nb: 1\n", [3]),
        ("b: 1\nb: | # rollout-render:ignore RR0002 why\n  text\n", []),
        ("b: |\n  text\n# rollout-render:ignore RR0002 why\nb: 1\n", []),
        ("b: x#rollout-render:ignore\nb: 1 # rollout-render:ignore RR0003, RR0002 why\n", []),
        ("b: 1\r\nb: 2 # rollout-render:ignore RR0002 why\r\n", []),
        ("é: 1\né: 2 # rollout-render:ignore RR0002 why\n", []),
    ]

    @Test(arguments: cases) func silences(_ example: (text: String, lines: [Int])) {
        let found = Self.findings(in: example.text).filter { $0.rule == "RR0002" }
        #expect(found.map(\.span.start.line) == example.lines, "\(example.text)")
    }

    @Test func saysWhatIsWrongWithTheComment() {
        let text = """
            a: 1
            a: 2 # rollout-render:ignore RR0002
            b: 1 # rollout-render:ignore RR002 a slip
            c: 1 # rollout-render:ignore
            d: 1 # rollout-render:ignore RR0002, RR0007 neither is there
            """
        let found = Self.findings(in: text).map { "\($0.span.start.line) \($0.rule) \($0.severity)" }
        #expect(found == ["2 RR0010 error", "3 RR0011 error", "4 RR0010 error", "5 RR0012 note", "5 RR0012 note"])
    }

    @Test func marksTheIdThatIsUnknown() throws {
        let found = try #require(Self.findings(in: "b: 1 # rollout-render:ignore RR0022222 x\n").first)
        #expect(found.span.start.column == 30)
        #expect(found.span.end.column == 39)
    }

    @Test func silencesInTheSegmentsOfAStream() {
        let first = SourceFile(name: "s.yaml", text: "a: 1\n---\n")
        let second = SourceFile(
            name: "s.yaml", bytes: Array("b: 1\nb: 2 # rollout-render:ignore RR0002 why\n".utf8), firstLine: 2,
            firstByte: 9, firstDocument: 1)
        var validator = Validator()
        for source in [first, second] {
            var part = Validator()
            YAMLParser.forEachDocument(in: source) { part.check($0) }
            validator.merge(part)
        }
        #expect(validator.finish().isEmpty)
    }

    /// What is found across documents is silenced where the document says so, although it is found much later.
    @Test func silencesWhatOtherDocumentsSay() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec:\n  selector: "
            + "{matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}"
            + "\n  strategy:\n    blueGreen: {activeService: missing, previewService: missing-too}\n"
        let across = Set(ValidationRules.manifestSet.map { $0.id })
        let rules = Set(Self.findings(in: text).map(\.rule)).filter(across.contains)
        let comment = "# rollout-render:ignore \(rules.map(\.description).sorted().joined(separator: ", ")) elsewhere\n"
        let left = Self.findings(in: (rules.isEmpty ? "" : comment) + text).map(\.rule)
        #expect(left.filter(across.contains).isEmpty)
    }

    @Test func severitiesComeFromTheSettingsOfTheFile() {
        var settings = ValidationSettings()
        settings.severities = ["RR0002": .note]
        var lenient = Validator(settings: settings)
        YAMLParser.forEachDocument(in: SourceFile(name: "a.yaml", text: "a: 1\na: 2\n")) { lenient.check($0) }
        settings.severities = ["RR0002": .off]
        var silent = Validator(settings: settings)
        YAMLParser.forEachDocument(in: SourceFile(name: "b.yaml", text: "a: 1\na: 2\n")) { silent.check($0) }
        var validator = Validator()
        YAMLParser.forEachDocument(in: SourceFile(name: "c.yaml", text: "a: 1\na: 2\n")) { validator.check($0) }
        validator.merge(lenient)
        validator.merge(silent)
        #expect(validator.finish().map { "\($0.span.file) \($0.severity)" } == ["a.yaml note", "c.yaml error"])
    }

    static func findings(in text: String) -> [Diagnostic] {
        ConformanceValidationTests.findings(in: text, name: "text.yaml")
    }
}
