/// An AnalysisTemplate, ClusterAnalysisTemplate or AnalysisRun with the parts that rules look at found once.
struct AnalysisManifest {
    /// The kinds that hold metrics.
    static let kinds: Set<ResourceKind> = [.analysisTemplate, .clusterAnalysisTemplate, .analysisRun]

    /// The object.
    let document: ManifestDocument
    /// `spec`.
    let spec: YAMLNode
    /// The metrics that are mappings.
    let metrics: [MetricManifest]
    /// The arguments that are mappings.
    let arguments: [YAMLNode]
    /// Whether this is a run, whose arguments all have their final values.
    var isRun: Bool { document.kind == .analysisRun }
    /// Whether it takes the metrics of other templates in.
    var hasTemplates: Bool { !isRun && spec["templates"]?.elements.isEmpty == false }

    /// Finds the parts; nil where there is no `spec` to look at.
    init?(_ document: ManifestDocument) {
        guard let spec = document.spec, spec.isMapping else { return nil }
        self.document = document
        self.spec = spec
        arguments = spec["args"]?.elements.filter(\.isMapping) ?? []
        let values = document.kind == .analysisRun ? Self.values(of: arguments) : [:]
        metrics = spec["metrics"]?.elements.filter(\.isMapping).map { MetricManifest($0, values: values) } ?? []
    }

    /// The values that arguments are known to have.
    private static func values(of arguments: [YAMLNode]) -> [String: String] {
        var values: [String: String] = [:]
        for argument in arguments where argument.present("valueFrom") == nil {
            if let name = argument["name"], let value = argument.present("value") { values[name.text] = value.text }
        }
        return values
    }
}

/// One metric of an analysis.
struct MetricManifest {
    /// The metric, a mapping.
    let node: YAMLNode
    /// The final values of arguments, where they are known.
    let values: [String: String]

    init(_ node: YAMLNode, values: [String: String]) {
        self.node = node
        self.values = values
    }

    /// The names of the providers of the reference in the order in which it looks for them.
    static let providerNames = [
        "prometheus", "job", "kayenta", "web", "datadog", "wavefront", "newRelic", "cloudWatch", "graphite", "influxdb",
        "skywalking", "plugin",
    ]

    /// `provider`, if it is a mapping.
    var provider: YAMLNode? { node.mapping("provider") }

    /// The settings of a provider of a name, if they are a mapping.
    func provider(_ name: String) -> YAMLNode? { provider?.mapping(name) }

    /// A scalar's text with the arguments filled in; nil where one of them is not known yet.
    func resolved(_ node: YAMLNode) -> String? {
        let text = node.text
        let tags = ArgumentTags(text)
        if tags.isEmpty { return text }
        let isKnown = tags.tags.allSatisfy { $0.argument.flatMap { values[$0] } != nil }
        guard tags.unclosed == nil, isKnown else { return nil }
        return tags.replaced { tag in tag.argument.flatMap { values[$0] } ?? "" }
    }

    /// The text under a key with the arguments filled in; nil where it is absent, empty or not known yet.
    func text(_ key: String, in mapping: YAMLNode) -> (node: YAMLNode, text: String)? {
        guard let node = mapping.filled(key), let text = resolved(node), !text.isEmpty else { return nil }
        return (node, text)
    }

    /// A whole number that may also be written as a text, as Kubernetes' `IntOrString` holds it.
    enum Count {
        case absent, unknown, number(Int)
        /// A text that is no number; the controller reads it as 0.
        case malformed(YAMLNode, String)
    }

    /// The number under a key.
    func count(_ key: String) -> Count {
        guard let value = node.present(key), value.isScalar else { return .absent }
        if let number = value.integer { return .number(number) }
        guard value.string != nil else { return .unknown }
        guard let text = resolved(value) else { return .unknown }
        return Int(text).map { .number($0) } ?? .malformed(value, text)
    }
}

extension MetricManifest.Count {
    /// The number, or nil where it is not known; an absent one is 0.
    var known: Int? {
        switch self {
        case .absent: 0
        case .number(let number): number
        case .unknown, .malformed: nil
        }
    }
}

extension Findings {
    /// Reports a text that is no length of time; a length that is one comes back.
    mutating func duration(
        _ rule: any ValidationRule.Type, _ field: (node: YAMLNode, text: String)?, severity: Severity? = nil
    ) -> GoDuration? {
        guard let field else { return nil }
        switch GoDuration.parse(field.text) {
        case .success(let duration): return duration
        case .failure(let malformation):
            report(
                rule, field: field.node, "\(Wording.quoted(field.text)) is not a duration: \(malformation.reason)",
                hint: malformation.hint, severity: severity)
            return nil
        }
    }
}
