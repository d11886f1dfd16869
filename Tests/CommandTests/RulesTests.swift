import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// `rollout-render rules` and the page made from it.
@Suite struct RulesTests {
    @Test func pageIsNotStale() throws {
        let page = try String(contentsOf: ProgramRun.root.appending(path: "docs/rules.md"), encoding: .utf8)
        #expect(page == RuleCatalog.markdown, "docs/rules.md is stale; `make docs` writes it")
    }

    @Test func tableIsNotStale() throws {
        let page = try String(contentsOf: ProgramRun.root.appending(path: "README.md"), encoding: .utf8)
        #expect(
            page.contains("<!-- rules -->\n" + RuleCatalog.markdownTable), "README.md is stale; `make docs` writes it")
    }

    @Test func everyRuleHasAChapter() {
        for rule in ValidationRules.all { #expect(RuleCatalog.markdown.contains("\n### \(rule.id)\n")) }
    }

    @Test func listsAndExplains() throws {
        let list = try ProgramRun(["rules"])
        #expect(list.code == 0)
        #expect(list.output.split(separator: "\n").count == ValidationRules.all.count)
        let one = try ProgramRun(["rules", "rr0002"])
        #expect(one.output.contains("RR0002 (error): A key stands only once in a mapping."))
        #expect(one.output.contains("setWeight: 20"))
        let json = try ProgramRun(["rules", "RR0002", "-o", "json"])
        let rules = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(rules?.first?["id"] as? String == "RR0002")
        let wrong = try ProgramRun(["rules", "RR9998"])
        #expect(wrong.code == 2)
        #expect(wrong.messages.contains("there is no rule RR9998"))
    }
}
