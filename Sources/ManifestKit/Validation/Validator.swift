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

        /// Nothing seen.
        public init() {}
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
    public private(set) var settings: ValidationSettings
    /// What was seen so far.
    public private(set) var counts = Counts()
    /// What was found so far, not yet sorted.
    public private(set) var diagnostics: [Diagnostic] = []
    private var index = ManifestIndex()
    /// By file, for what is found when its documents are no longer in memory.
    private var suppressions: [String: [Suppression]] = [:]
    /// By file, where a configuration changes them.
    private var severities: [String: [RuleID: Severity]] = [:]

    /// Makes a validator that has seen nothing.
    public init(settings: ValidationSettings = ValidationSettings()) { self.settings = settings }

    /// Checks one document and notes what other documents may ask of it.
    public mutating func check(_ document: YAMLDocument) {
        var findings = Findings(settings: settings)
        for fault in document.faults { findings.add(fault, of: document) }
        let objects = ManifestDocument.objects(in: document)
        if objects.isEmpty { countWithoutObject(document) }
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
        let file = document.source.name
        if !settings.severities.isEmpty { severities[file] = settings.severities }
        keep(silenced(findings.diagnostics, in: document))
    }

    /// Adds what another validator has seen.
    public mutating func merge(_ other: Validator) {
        counts.documents += other.counts.documents
        counts.checked += other.counts.checked
        counts.skipped += other.counts.skipped
        diagnostics += other.diagnostics
        index.merge(other.index)
        suppressions.merge(other.suppressions) { $0 + $1 }
        severities.merge(other.severities) { own, _ in own }
        // What one configuration asks for about names across files holds for the run.
        if other.settings.requiresReferences { settings.requiresReferences = true }
    }

    /// Checks what the documents say of each other and returns everything found, sorted by file and place.
    public mutating func finish() -> [Diagnostic] {
        var findings = Findings(settings: settings)
        for rule in ValidationRules.manifestSet { rule.check(index, &findings) }
        for (file, found) in Dictionary(grouping: findings.diagnostics, by: \.span.file) {
            keep(Suppression.filter(found, by: &suppressions[file, default: []]))
        }
        for unused in suppressions.values.joined() where !unused.isUsed { keep([unused.unusedFinding]) }
        return diagnostics.sorted {
            ($0.span.file, $0.span.start.byte, $0.rule) < ($1.span.file, $1.span.start.byte, $1.rule)
        }
    }

    /// The findings that no comment of their document silences, and those about the comments.
    private mutating func silenced(_ found: [Diagnostic], in document: YAMLDocument) -> [Diagnostic] {
        guard let comments = SuppressionComments(in: document) else { return found }
        var silencing = comments.suppressions
        let left = Suppression.filter(found, by: &silencing)
        suppressions[document.source.name, default: []] += silencing
        return left + comments.diagnostics
    }

    private func check(_ object: ManifestDocument, _ kind: ResourceKind, _ findings: inout Findings) {
        let before = findings.diagnostics.count
        ObjectSchema.check(object, kind, &findings)
        if Self.argumentKinds.contains(kind) {
            findings.retract(after: before) { Self.formRules.contains($0.rule) && $0.line.contains("{{") }
        }
        for rule in ValidationRules.object[kind] ?? [] { rule.check(object, &findings) }
        if kind == .rollout {
            guard let rollout = RolloutManifest(object) else { return }
            for rule in ValidationRules.rollout { rule.check(rollout, &findings) }
            if let template = rollout.template { check(template, &findings) }
        } else {
            for template in PodTemplateManifest.templates(in: object, kind) { check(template, &findings) }
        }
    }

    /// Kinds in whose fields `{{args.name}}` stands for a value that is known only when a metric is measured.
    private static let argumentKinds: Set<ResourceKind> = [.analysisTemplate, .clusterAnalysisTemplate, .analysisRun]
    /// Rules about the form of a text that an argument may fill in.
    private static let formRules: Set<RuleID> = [
        FieldValueRule.id, QuantityRule.id, TimeRule.id, IntOrPercentRule.id,
    ]

    private func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let before = findings.diagnostics.count
        for rule in ValidationRules.podTemplate { rule.check(template, &findings) }
        // What `{{args.name}}` stands for in the Job of a metric is known only when the metric is measured.
        if template.isOfJob { findings.retract(after: before) { $0.line.contains("{{") } }
    }

    /// Counts a document that is no object: one that could not be read, or that is text or a list.
    private mutating func countWithoutObject(_ document: YAMLDocument) {
        if let root = document.root, !root.isNull, !root.isMapping {
            counts.documents += 1
            counts.skipped.append(
                Skipped(file: document.source.name, line: root.span.start.line, kind: "no Kubernetes object"))
        } else if !document.faults.isEmpty {
            counts.documents += 1
        }
    }

    private mutating func skip(_ object: ManifestDocument) {
        let kind = object.kindName.isEmpty ? "no kind" : "\(object.apiVersion) \(object.kindName)"
        counts.skipped.append(Skipped(file: object.root.source.name, line: object.root.span.start.line, kind: kind))
    }

    /// Keeps findings with the severities that the settings of their files give them, unless they switch them off.
    private mutating func keep(_ found: [Diagnostic]) {
        guard !severities.isEmpty else {
            diagnostics += found
            return
        }
        for var diagnostic in found {
            if let severity = severities[diagnostic.span.file]?[diagnostic.rule] {
                guard severity != .off else { continue }
                diagnostic.severity = severity
            }
            diagnostics.append(diagnostic)
        }
    }
}

extension Findings {
    /// Reports a fault of the YAML reader under the rule that explains it.
    mutating func add(_ fault: YAMLFault, of document: YAMLDocument) {
        guard let rule = ValidationRules.syntax[fault.kind] else { return }
        let source = document.source
        let related = fault.relatedRange.map {
            let isLater = $0.lowerBound > fault.range.lowerBound
            let relation = fault.kind == .duplicateKey ? "first here" : isLater ? "read up to here" : "begins here"
            return [Diagnostic.Related(span: source.span(of: $0), message: relation)]
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
        case .deployment, .replicaSet:
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
