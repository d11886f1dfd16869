/// The templates of one analysis, those within templates included, made into one.
struct AnalysisTemplates {
    /// How deep templates may name templates; a cycle is noticed long before.
    private static let depthLimit = 16

    private(set) var metrics: [JSONValue] = []
    private(set) var arguments: [AnalysisArgument] = []
    private(set) var dryRun: [JSONValue] = []
    private(set) var retention: [JSONValue] = []

    /// Collects templates; one that is missing, and two that contradict each other, are problems.
    init(
        _ references: [RolloutAnalysis.TemplateReference], object: (ObjectKey) -> JSONValue?
    ) throws(AnalysisProblem) {
        var found: [ObjectKey] = []
        try Self.collect(references, &found, depth: 0, object)
        // As the reference has it: those of the namespace first, then those of the cluster.
        for kind in [ResourceKind.analysisTemplate, .clusterAnalysisTemplate] {
            for key in found where key.kind == kind {
                try add(object(key)?["spec"] ?? .null)
            }
        }
    }

    private static func collect(
        _ references: [RolloutAnalysis.TemplateReference], _ found: inout [ObjectKey], depth: Int,
        _ object: (ObjectKey) -> JSONValue?
    ) throws(AnalysisProblem) {
        guard depth <= depthLimit else { throw AnalysisProblem("templates name each other in a circle") }
        for reference in references where !found.contains(reference.key) {
            guard let template = object(reference.key) else {
                throw AnalysisProblem("\(reference.key.kind.rawValue) '\(reference.name)' not found")
            }
            found.append(reference.key)
            try collect(RolloutAnalysis.templates(within: template), &found, depth: depth + 1, object)
        }
    }

    private mutating func add(_ spec: JSONValue) throws(AnalysisProblem) {
        for metric in spec["metrics"]?.array ?? [] {
            let name = metric.text("name") ?? ""
            if metrics.contains(where: { $0.text("name") == name }) {
                throw AnalysisProblem("two metrics have the same name '\(name)'")
            }
            metrics.append(metric)
        }
        for argument in (spec["args"]?.array ?? []).compactMap({ AnalysisArgument($0) }) {
            guard let place = arguments.firstIndex(where: { $0.name == argument.name }) else {
                arguments.append(argument)
                continue
            }
            let first = arguments[place]
            if let left = first.value, let right = argument.value, left != right {
                throw AnalysisProblem(
                    "Argument `\(first.name)` specified multiple times with different values: '\(left)', '\(right)'")
            }
            if first.value == nil { arguments[place] = argument }
        }
        dryRun = try Self.joined(dryRun, spec["dryRun"]?.array ?? [], "Dry-Run")
        retention = try Self.joined(retention, spec["measurementRetention"]?.array ?? [], "Measurement Retention")
    }

    /// Two lists of rules about metrics as one; a name in both is a problem.
    static func joined(
        _ left: [JSONValue], _ right: [JSONValue], _ what: String
    ) throws(AnalysisProblem) -> [JSONValue] {
        var names: Set<String> = []
        for rule in left + right {
            let name = rule.text("metricName") ?? ""
            guard names.insert(name).inserted else {
                throw AnalysisProblem("two \(what) metric rules have the same name '\(name)'")
            }
        }
        return left + right
    }

    /// `spec` of a run, given values and rules from outside.
    func runSpec(
        arguments given: [AnalysisArgument], dryRun ownDryRun: [JSONValue], retention ownRetention: [JSONValue]
    ) throws(AnalysisProblem) -> JSONValue {
        let arguments = try AnalysisArguments.merged(given: given, declared: arguments)
        let dryRun = try Self.joined(ownDryRun, dryRun, "Dry-Run")
        let retention = try Self.joined(ownRetention, retention, "Measurement Retention")
        var spec = JSONObject()
        spec["metrics"] = .array(metrics)
        if !arguments.isEmpty { spec["args"] = .array(arguments.map(\.json)) }
        if !dryRun.isEmpty { spec["dryRun"] = .array(dryRun) }
        if !retention.isEmpty { spec["measurementRetention"] = .array(retention) }
        return .object(spec)
    }
}
