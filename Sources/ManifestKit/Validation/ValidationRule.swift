/// One thing that `validate` looks for. What it needs to see decides which of the protocols below it conforms to.
///
/// A rule is one file in `Rules/` and one line in `ValidationRules`. Its examples are its tests and its documentation.
public protocol ValidationRule: Sendable {
    /// The lasting id, `RR0012`; never used again for another rule.
    static var id: RuleID { get }
    /// How much a finding weighs unless a configuration says otherwise.
    static var severity: Severity { get }
    /// What must hold, in one sentence with a full stop.
    static var summary: String { get }
    /// Why it matters and where it comes from; a short paragraph.
    static var rationale: String { get }
    /// Manifests in which it must find something, on the line below each `# ↓`.
    static var failing: [RuleExample] { get }
    /// Manifests in which it must find nothing.
    static var passing: [RuleExample] { get }

    // What a rule is to its callers. The protocols below answer; asking the runtime for conformances would take it
    // milliseconds at every start.

    /// The rule as one about an object, if it is one.
    static var asObjectRule: (any ObjectRule.Type)? { get }
    /// The rule as one about a Rollout, if it is one.
    static var asRolloutRule: (any RolloutRule.Type)? { get }
    /// The rule as one about a pod template, if it is one.
    static var asPodTemplateRule: (any PodTemplateRule.Type)? { get }
    /// The rule as one about several objects, if it is one.
    static var asManifestSetRule: (any ManifestSetRule.Type)? { get }
    /// The rule as one about YAML, if it is one.
    static var asSyntaxRule: (any SyntaxRule.Type)? { get }
}

extension ValidationRule {
    public static var asObjectRule: (any ObjectRule.Type)? { nil }
    public static var asRolloutRule: (any RolloutRule.Type)? { nil }
    public static var asPodTemplateRule: (any PodTemplateRule.Type)? { nil }
    public static var asManifestSetRule: (any ManifestSetRule.Type)? { nil }
    public static var asSyntaxRule: (any SyntaxRule.Type)? { nil }
}

extension ObjectRule {
    public static var asObjectRule: (any ObjectRule.Type)? { Self.self }
}

extension RolloutRule {
    public static var asRolloutRule: (any RolloutRule.Type)? { Self.self }
}

extension PodTemplateRule {
    public static var asPodTemplateRule: (any PodTemplateRule.Type)? { Self.self }
}

extension ManifestSetRule {
    public static var asManifestSetRule: (any ManifestSetRule.Type)? { Self.self }
}

extension SyntaxRule {
    public static var asSyntaxRule: (any SyntaxRule.Type)? { Self.self }
}

/// A rule about one object of any of a few kinds.
public protocol ObjectRule: ValidationRule {
    /// The kinds that it looks at.
    static var kinds: Set<ResourceKind> { get }
    /// Looks at one object.
    static func check(_ object: ManifestDocument, _ findings: inout Findings)
}

/// A rule about a Rollout.
public protocol RolloutRule: ValidationRule {
    /// Looks at one Rollout.
    static func check(_ rollout: RolloutManifest, _ findings: inout Findings)
}

/// A rule about a pod template, whatever object it is in.
public protocol PodTemplateRule: ValidationRule {
    /// Looks at one pod template.
    static func check(_ template: PodTemplateManifest, _ findings: inout Findings)
}

/// A rule about what several objects say of each other, over all inputs.
public protocol ManifestSetRule: ValidationRule {
    /// Looks at the facts that were gathered from all objects.
    static func check(_ index: ManifestIndex, _ findings: inout Findings)
}

/// A rule about a document as YAML; the reader finds the fault, the rule explains it.
public protocol SyntaxRule: ValidationRule {
    /// The faults that it stands for.
    static var fault: YAMLFault.Kind { get }
}

/// A manifest that shows a rule.
public struct RuleExample: Sendable {
    /// What stands around an example's text, so that it need only show what matters.
    public enum Frame: Sendable {
        /// Nothing: the text is the whole input.
        case whole
        /// The text is fields of a Rollout's `spec` beside selector, template and, unless the text has one, strategy.
        case rolloutSpec
        /// The text is fields of `spec.strategy.canary`.
        case canary
        /// The text is fields of `spec.strategy.canary` beside `canaryService` and `stableService`.
        case routedCanary
        /// The text is the items of `spec.strategy.canary.steps`.
        case steps
        /// The text is the items of `steps` behind two services and an Istio VirtualService with the managed routes
        /// `beta` and `copy`.
        case routedSteps
        /// The text is fields of `spec.strategy.blueGreen`.
        case blueGreen
        /// The text is fields of a pod's `spec` beside one good container, unless the text has containers.
        case podSpec
        /// The text is fields of the one container beside its name and image.
        case container
        /// The text is fields of an AnalysisTemplate's `spec`.
        case analysisSpec
        /// The text is fields of the one metric of an AnalysisTemplate beside its name.
        case metric
        /// The text is fields of an Experiment's `spec`.
        case experimentSpec
        /// The text is fields of the `data` of the ConfigMap of notifications.
        case notifications
    }

    /// The text as documentation shows it, with a `# ↓` line above each line where the rule must fire.
    public let text: String
    /// What stands around it.
    public let frame: Frame

    /// Makes an example.
    public init(_ text: String, in frame: Frame = .whole) {
        self.text = text
        self.frame = frame
    }

    /// The whole input.
    public var manifest: String { ExampleFrames.manifest(text, frame) }
}
