/// Where rules put what they find.
public struct Findings: Sendable {
    /// All findings so far, in the order in which rules made them.
    public private(set) var diagnostics: [Diagnostic] = []
    /// The settings that rules may depend on.
    public let settings: ValidationSettings
    private var document = 1
    private var origin: String?
    /// What one rule says of one object before it is cut short: nobody reads on, and each line costs time and memory.
    static let limit = 1_000
    private var counts: [RuleID: Int] = [:]

    /// Makes an empty collection.
    public init(settings: ValidationSettings = ValidationSettings()) { self.settings = settings }

    /// Says which object the next findings are about.
    public mutating func begin(_ object: ManifestDocument) {
        document = object.index + 1
        origin = object.origin
        if !counts.isEmpty { counts.removeAll() }
    }

    /// Reports what is wrong with a node: its value, or for a field of a mapping key and value.
    public mutating func report(
        _ rule: any ValidationRule.Type, at node: YAMLNode, _ message: String, hint: String? = nil,
        related: [(node: YAMLNode, message: String)] = [], severity: Severity? = nil, fix: Diagnostic.Fix? = nil
    ) {
        report(rule, range: node.range, in: node, message, hint: hint, related: related, severity: severity, fix: fix)
    }

    /// Reports what is wrong with a field: the span covers its key and its value.
    public mutating func report(
        _ rule: any ValidationRule.Type, field node: YAMLNode, _ message: String, hint: String? = nil,
        related: [(node: YAMLNode, message: String)] = [], severity: Severity? = nil, fix: Diagnostic.Fix? = nil
    ) {
        let start = node.key.map(\.range.lowerBound) ?? node.range.lowerBound
        let range = min(start, node.range.lowerBound)..<node.range.upperBound
        report(rule, range: range, in: node, message, hint: hint, related: related, severity: severity, fix: fix)
    }

    /// Reports what is wrong with a part of a scalar, by the part's bytes in the scalar's text.
    public mutating func report(
        _ rule: any ValidationRule.Type, part: Range<Int>, of node: YAMLNode, _ message: String, hint: String? = nil,
        related: [(node: YAMLNode, message: String)] = [], severity: Severity? = nil
    ) {
        let range = node.sourceRange(ofText: part)
        report(rule, range: range, in: node, message, hint: hint, related: related, severity: severity)
    }

    /// Reports a field that is missing from a mapping: the span is the key under which the mapping stands, and the
    /// path is the missing field's.
    public mutating func report(
        _ rule: any ValidationRule.Type, missing field: String, in node: YAMLNode, _ message: String,
        hint: String? = nil, related: [(node: YAMLNode, message: String)] = [], severity: Severity? = nil
    ) {
        let key = node.key?.range
        let firstKey = node.entries.first?.key.range
        let range = key ?? firstKey ?? node.range
        report(rule, range: range, in: node, message, hint: hint, related: related, severity: severity, suffix: field)
    }

    /// Reports a place whose document is no longer in memory.
    public mutating func report(
        _ rule: any ValidationRule.Type, at place: ManifestPlace, _ message: String, hint: String? = nil,
        related: [(place: ManifestPlace, message: String)] = [], severity: Severity? = nil
    ) {
        diagnostics.append(Diagnostic(
            rule: rule.id, severity: severity ?? rule.severity, message: message, hint: hint, span: place.span,
            line: place.line, path: place.path, document: place.document, origin: place.origin,
            related: related.map { Diagnostic.Related(span: $0.place.span, message: $0.message) }))
    }

    /// Takes a finding as it is.
    public mutating func add(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    /// Takes back those findings behind the first `count` that turn out to be wrong.
    mutating func retract(after count: Int, where isWrong: (Diagnostic) -> Bool) {
        guard diagnostics.count > count else { return }
        diagnostics.replaceSubrange(count..., with: diagnostics[count...].filter { !isWrong($0) })
    }

    private mutating func report(
        _ rule: any ValidationRule.Type, range: Range<Int>, in node: YAMLNode, _ message: String, hint: String?,
        related: [(node: YAMLNode, message: String)], severity: Severity?, fix: Diagnostic.Fix? = nil,
        suffix: String? = nil
    ) {
        let count = counts[rule.id, default: 0] + 1
        counts[rule.id] = count
        guard count <= Self.limit else { return }
        let hint = count < Self.limit
            ? hint : "\(Self.limit) findings of this rule in one object are enough; mend these, then check again"
        var path = node.path
        if let suffix { path += path.isEmpty ? suffix : YAMLNode.step(forKey: suffix) }
        diagnostics.append(Diagnostic(
            rule: rule.id, severity: severity ?? rule.severity, message: message, hint: hint,
            span: node.source.span(of: range), line: node.source.lineText(at: range.lowerBound), path: path,
            document: document, origin: origin,
            related: related.map { Diagnostic.Related(span: $0.node.span, message: $0.message) }, fix: fix))
    }
}

/// A place in a file that can be reported after its document has left the memory.
public struct ManifestPlace: Hashable, Sendable {
    /// Where.
    public var span: SourceSpan
    /// The text of the line on which it starts.
    public var line: String
    /// The field, as `spec.strategy.canary.stableService`.
    public var path: String
    /// The number of the document in its file, from 1.
    public var document: Int
    /// The template that `helm template` names above the document.
    public var origin: String?

    /// Notes where a node of an object is. The field's name is worked out where the caller does not know it.
    public init(_ node: YAMLNode, in object: ManifestDocument, path: String? = nil) {
        span = node.span
        line = node.source.lineText(at: node.range.lowerBound)
        self.path = path ?? node.path
        document = object.index + 1
        origin = object.origin
    }
}

/// What a configuration can change about validation.
public struct ValidationSettings: Hashable, Sendable {
    /// The minor version of Kubernetes 1 to check against.
    public var kubernetesMinor = 37
    /// Whether a name that no input defines is an error and not a warning.
    public var requiresReferences = false
    /// The prefix of ingress-nginx annotations in use, without the slash.
    public var nginxAnnotationPrefix = "nginx.ingress.kubernetes.io"
    /// The prefix of AWS load balancer controller annotations in use, without the slash.
    public var albAnnotationPrefix = "alb.ingress.kubernetes.io"
    /// Severities that replace the rules' own.
    public var severities: [RuleID: Severity] = [:]

    /// The settings without a configuration.
    public init() {}
}
