/// Every rule there is, sorted by id.
public enum ValidationRules {
    /// One line a rule; a test holds the list against the folder `Rules/`.
    public static let all: [any ValidationRule.Type] = [
        // RR0001: YAML
        SyntaxFaultRule.self,
        DuplicateKeyRule.self,
        AliasRule.self,
        LimitRule.self,
        EncodingRule.self,
        HelmTemplateRule.self,
        KeyRule.self,
        // RR0010: comments that silence rules
        SuppressionReasonRule.self,
        SuppressionNameRule.self,
        UnusedSuppressionRule.self,
        // RR0020: schema

        // RR0100: pod templates

        // RR0200: Rollouts

        // RR0300: analysis and experiments

        // RR0400: several objects

        // RR0500: advice

        // RR0600: the objects around a Rollout

    ]

    /// Rules about one object, by the kinds that they look at.
    static let object: [ResourceKind: [any ObjectRule.Type]] = {
        let rules = all.compactMap { $0.asObjectRule }
        let byKind = ResourceKind.allCases.map { kind in (kind, rules.filter { $0.kinds.contains(kind) }) }
        return Dictionary(uniqueKeysWithValues: byKind)
    }()
    /// Rules about a Rollout.
    static let rollout: [any RolloutRule.Type] = all.compactMap { $0.asRolloutRule }
    /// Rules about a pod template.
    static let podTemplate: [any PodTemplateRule.Type] = all.compactMap { $0.asPodTemplateRule }
    /// Rules about several objects.
    static let manifestSet: [any ManifestSetRule.Type] = all.compactMap { $0.asManifestSetRule }
    /// Rules about YAML by the fault that they stand for.
    static let syntax: [YAMLFault.Kind: any SyntaxRule.Type] = Dictionary(
        all.compactMap { $0.asSyntaxRule }.map { ($0.fault, $0) }, uniquingKeysWith: { first, _ in first })

    /// The rule of an id, or nil.
    public static func rule(_ id: RuleID) -> (any ValidationRule.Type)? { all.first { $0.id == id } }
}
