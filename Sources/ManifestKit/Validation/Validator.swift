/// Checks documents one at a time, and in the end what they say of each other.
///
/// A value: several copies can work on parts of the input at once, and be merged.
public struct Validator: Sendable {
    /// How many documents were seen.
    public struct Counts: Hashable, Sendable {
        /// Objects, and documents that hold none because they could not be read.
        public var documents = 0
        /// Objects of kinds that there are rules for.
        public var checked = 0
        /// Objects of other kinds.
        public var skipped: [Skipped] = []
    }

    /// An object of a kind that there are no rules for.
    public struct Skipped: Hashable, Sendable {
        /// The file.
        public var file: String
        /// The line on which the object starts, from 1.
        public var line: Int
        /// `apiVersion` and `kind`, or what is known of them.
        public var kind: String
    }

    /// The settings that rules depend on.
    public let settings: ValidationSettings
    /// What was seen so far.
    public private(set) var counts = Counts()
    /// What was found so far, not yet sorted.
    public private(set) var diagnostics: [Diagnostic] = []
    private var index = ManifestIndex()

    /// Makes a validator that has seen nothing.
    public init(settings: ValidationSettings = ValidationSettings()) { self.settings = settings }

    /// Checks one document and notes what other documents may ask of it.
    public mutating func check(_ document: YAMLDocument) {
        var findings = Findings(settings: settings)
        for fault in document.faults { findings.add(fault, of: document) }
        let objects = ManifestDocument.objects(in: document)
        if objects.isEmpty, !document.faults.isEmpty { counts.documents += 1 }
        for object in objects {
            counts.documents += 1
            guard let kind = object.kind else {
                findings.begin(object)
                ObjectSchema.checkUnrecognized(object, &findings)
                skip(object)
                continue
            }
            counts.checked += 1
            findings.begin(object)
            check(object, kind, &findings)
            index.add(object)
        }
        diagnostics += Suppression.filter(findings.diagnostics, in: document)
    }

    /// Adds what another validator has seen.
    public mutating func merge(_ other: Validator) {
        counts.documents += other.counts.documents
        counts.checked += other.counts.checked
        counts.skipped += other.counts.skipped
        diagnostics += other.diagnostics
        index.merge(other.index)
    }

    /// Checks what the documents say of each other and returns everything found, sorted by file and place.
    public mutating func finish() -> [Diagnostic] {
        var findings = Findings(settings: settings)
        for rule in ValidationRules.manifestSet { rule.check(index, &findings) }
        diagnostics += findings.diagnostics
        return diagnostics.compactMap(weighed).sorted {
            ($0.span.file, $0.span.start.byte, $0.rule) < ($1.span.file, $1.span.start.byte, $1.rule)
        }
    }

    private func check(_ object: ManifestDocument, _ kind: ResourceKind, _ findings: inout Findings) {
        ObjectSchema.check(object, kind, &findings)
        for rule in ValidationRules.object where rule.kinds.contains(kind) { rule.check(object, &findings) }
        if kind == .rollout, let rollout = RolloutManifest(object) {
            for rule in ValidationRules.rollout { rule.check(rollout, &findings) }
        }
        for template in PodTemplateManifest.templates(in: object, kind) {
            let before = findings.diagnostics.count
            for rule in ValidationRules.podTemplate { rule.check(template, &findings) }
            // What `{{args.name}}` stands for in the Job of a metric is known only when the metric is measured.
            if template.isOfJob { findings.retract(after: before) { $0.line.contains("{{") } }
        }
    }

    private mutating func skip(_ object: ManifestDocument) {
        let kind = object.kindName.isEmpty ? "no kind" : "\(object.apiVersion) \(object.kindName)"
        counts.skipped.append(Skipped(file: object.root.source.name, line: object.root.span.start.line, kind: kind))
    }

    /// The finding with the severity that the settings give it, or nil where they switch it off.
    private func weighed(_ diagnostic: Diagnostic) -> Diagnostic? {
        guard let severity = settings.severities[diagnostic.rule] else { return diagnostic }
        guard severity != .off else { return nil }
        var diagnostic = diagnostic
        diagnostic.severity = severity
        return diagnostic
    }
}

extension Findings {
    /// Reports a fault of the YAML reader under the rule that explains it.
    mutating func add(_ fault: YAMLFault, of document: YAMLDocument) {
        guard let rule = ValidationRules.syntax[fault.kind] else { return }
        let source = document.source
        let related = fault.relatedRange.map {
            [Diagnostic.Related(span: source.span(of: $0), message: fault.kind == .duplicateKey ? "first here" : "begins here")]
        }
        add(Diagnostic(
            rule: rule.id, severity: rule.severity, message: fault.message, hint: fault.hint,
            span: source.span(of: fault.range), line: source.lineText(at: fault.range.lowerBound),
            document: document.index + 1, origin: document.origin, related: related ?? []))
    }
}

extension PodTemplateManifest {
    /// The pod templates in an object.
    static func templates(in object: ManifestDocument, _ kind: ResourceKind) -> [PodTemplateManifest] {
        switch kind {
        case .rollout, .deployment, .replicaSet:
            return [object.spec?["template"].flatMap { PodTemplateManifest($0, in: object) }].compactMap { $0 }
        case .experiment:
            return (object.spec?["templates"]?.elements).map { templates in
                templates.compactMap { $0["template"].flatMap { PodTemplateManifest($0, in: object) } }
            } ?? []
        case .analysisTemplate, .clusterAnalysisTemplate, .analysisRun:
            return (object.spec?["metrics"]?.elements).map { metrics in
                metrics.compactMap {
                    $0["provider", "job", "spec", "template"].flatMap { PodTemplateManifest($0, in: object) }
                }
            } ?? []
        default:
            return []
        }
    }
}
