import ArgumentParser
import ManifestKit

/// `rollout-render rules`: explains the rules.
struct RulesCommand: ParsableCommand {
    /// How to describe rules.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Explain the rules that validate checks.",
        discussion: """
            Without an id it lists every rule; with one it says why the rule is there and shows what it finds.

              rollout-render rules
              rollout-render rules RR0002
              rollout-render rules --routers
            """)

    @Argument(help: "The rule to explain.", completion: .list(ValidationRules.all.map { $0.id.description }))
    var id: String?

    @Option(name: .shortAndLong, help: "How to write it.")
    var output = Format.text

    @Flag(help: "List what the traffic routers can do.")
    var routers = false

    @Flag(help: "Write the page docs/rules.md, or with --routers docs/routers.md.")
    var markdown = false

    @Flag(help: "Write the table of rules in README.md.")
    var markdownTable = false

    @Option(help: "Colour the text.")
    var color = ColorChoice.auto

    func validate() throws {
        if routers, id != nil { throw ValidationError("--routers lists all routers; leave the rule out") }
        if routers, markdownTable { throw ValidationError("--markdown-table is of rules; leave --routers out") }
    }

    mutating func run() throws {
        if routers { return try StandardOutput.write(routerText) }
        if markdownTable { return try StandardOutput.write(RuleCatalog.markdownTable) }
        if markdown { return try StandardOutput.write(RuleCatalog.markdown) }
        let rule = try id.map(Self.rule)
        switch output {
        case .json: try StandardOutput.write(RuleCatalog.json(of: rule.map { [$0] } ?? ValidationRules.all))
        case .text:
            try StandardOutput.write(
                rule.map { RuleCatalog.page(of: $0, isColored: color.isColored) }
                    ?? RuleCatalog.table(isColored: color.isColored))
        }
    }

    private var routerText: String {
        if markdown { return RouterCatalog.markdown }
        return output == .json ? RouterCatalog.json : RouterCatalog.table(isColored: color.isColored)
    }

    private static func rule(_ text: String) throws -> any ValidationRule.Type {
        guard let id = RuleID(text.uppercased()), let rule = ValidationRules.rule(id) else {
            throw ValidationError("there is no rule \(text); `rollout-render rules` lists them")
        }
        return rule
    }
}
