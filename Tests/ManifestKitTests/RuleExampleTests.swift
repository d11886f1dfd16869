import Testing

@testable import ManifestKit

/// Every rule fires where its failing examples say, and nowhere in its passing ones.
@Suite struct RuleExampleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var rule: any ValidationRule.Type
        var example: RuleExample
        var testDescription: String { "\(rule.id): \(example.text.prefix(60))" }
    }

    static let failing = ValidationRules.all.flatMap { rule in rule.failing.map { Case(rule: rule, example: $0) } }
    static let passing = ValidationRules.all.flatMap { rule in rule.passing.map { Case(rule: rule, example: $0) } }

    @Test(arguments: failing) func firesWhereMarked(_ example: Case) {
        let manifest = example.example.manifest
        let lines = manifest.split(separator: "\n", omittingEmptySubsequences: false)
        let marked = lines.indices.filter { lines[$0].contains("# ↓") }.map { $0 + 2 }
        #expect(!marked.isEmpty, "a failing example marks at least one line")
        let found = Self.findings(of: example.rule, in: manifest)
        for line in marked {
            #expect(
                found.contains { ($0.span.start.line...$0.span.end.line).contains(line) },
                "\(example.rule.id) must fire on line \(line) of\n\(manifest)\nbut found \(found.map(\.message))")
        }
        for finding in found { #expect(!finding.message.hasSuffix("."), "a message has no full stop") }
    }

    @Test(arguments: passing) func isSilent(_ example: Case) {
        let found = Self.findings(of: example.rule, in: example.example.manifest)
        #expect(found.isEmpty, "\(example.rule.id) in\n\(example.example.manifest)\n\(found.map(\.message))")
    }

    @Test func listIsSortedAndIdsAreUnique() {
        let ids = ValidationRules.all.map { $0.id }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: ValidationRules.all.map { Case(rule: $0, example: RuleExample($0.summary)) })
    func isExplained(_ rule: Case) {
        #expect(rule.rule.summary.hasSuffix("."))
        #expect(rule.rule.rationale.count > 40)
        #expect(!rule.rule.failing.isEmpty)
        #expect(!rule.rule.passing.isEmpty)
    }

    static func findings(of rule: any ValidationRule.Type, in manifest: String) -> [Diagnostic] {
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: "example.yaml", text: manifest)) {
            validator.check(document)
        }
        return validator.finish().filter { $0.rule == rule.id }
    }
}
