/// An AnalysisRun that somebody wants to try, made from templates as the controller makes one for a Rollout.
public struct AnalysisTrialRun: Sendable {
    /// The templates, as they are written.
    public var templates: [JSONValue]
    /// Templates that these may name in turn.
    public var others: [JSONValue] = []
    /// Values for arguments.
    public var arguments: [String: String] = [:]
    /// The metrics to measure; empty for all.
    public var metrics: [String] = []
    /// Whether each metric is measured once, and nothing is tried again.
    public var isOnce = false

    /// Takes templates.
    public init(templates: [JSONValue]) { self.templates = templates }

    /// The run; what cannot be run as it is written is a problem.
    public func run() throws(AnalysisProblem) -> AnalysisRun {
        let index = ObjectIndex(templates + others)
        let references = templates.compactMap { template in
            RolloutAnalysis.TemplateReference([
                "templateName": template["metadata"]?["name"] ?? .null,
                "clusterScope": .boolean(template.objectKind == ResourceKind.clusterAnalysisTemplate.rawValue),
            ])
        }
        let merged = try AnalysisTemplates(references) { index.object($0, in: nil) }
        let declared = Set(merged.arguments.map(\.name))
        for name in arguments.keys.sorted() where !declared.contains(name) {
            let known = declared.isEmpty ? "there are none" : "there are \(declared.sorted().joined(separator: ", "))"
            throw AnalysisProblem("no template declares an argument \(name): \(known)")
        }
        let given = arguments.sorted { $0.key < $1.key }.map { AnalysisArgument(name: $0.key, value: $0.value) }
        let open = merged.arguments.filter { !$0.isResolved && arguments[$0.name] == nil }.map(\.name)
        guard open.isEmpty else {
            throw AnalysisProblem(
                "no value for \(open.joined(separator: ", ")): give one with "
                    + open.map { "--arg \($0)=VALUE" }.joined(separator: " "))
        }
        var spec = try merged.runSpec(arguments: given, dryRun: [], retention: [])
        try choose(&spec)
        let name = templates.first?.objectName ?? ""
        let namespace = templates.lazy.compactMap { $0["metadata"]?.text("namespace") }.first ?? "default"
        let object: JSONValue = [
            "apiVersion": .string(RolloutMarks.apiVersion), "kind": "AnalysisRun",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
        guard let run = AnalysisRun(object) else { throw AnalysisProblem("the template has no name") }
        return run
    }

    /// Leaves out what is not to be measured.
    private func choose(_ spec: inout JSONValue) throws(AnalysisProblem) {
        var chosen = spec["metrics"]?.array ?? []
        let names = chosen.compactMap { $0.text("name") }
        if let unknown = metrics.first(where: { !names.contains($0) }) {
            throw AnalysisProblem("there is no metric \(unknown): there are \(names.joined(separator: ", "))")
        }
        if !metrics.isEmpty { chosen = chosen.filter { metrics.contains($0.text("name") ?? "") } }
        if let job = chosen.first(where: { $0["provider"]?.present("job") != nil })?.text("name") {
            let others = names.filter { $0 != job }
            throw AnalysisProblem(
                "metric \(job) is measured by a Job, which needs a cluster: apply an AnalysisRun to one"
                    + (others.isEmpty ? "" : ", or choose others with ")
                    + others.map { "--metric \($0)" }.joined(separator: " "))
        }
        if isOnce { chosen = chosen.map { Self.measuredOnce($0) } }
        spec["metrics"] = .array(chosen)
        // Rules about metrics that are left out are refused.
        let left = chosen.compactMap { $0.text("name") }
        for key in ["dryRun", "measurementRetention"] {
            guard let rules = spec[key]?.array else { continue }
            let kept = rules.filter { rule in
                guard let expression = try? RegularExpression(rule.text("metricName") ?? "") else { return true }
                return left.contains { expression.matches($0) }
            }
            spec[key] = kept.isEmpty ? nil : .array(kept)
        }
    }

    private static func measuredOnce(_ metric: JSONValue) -> JSONValue {
        var once = metric
        for key in [
            "count", "interval", "initialDelay", "failureLimit", "inconclusiveLimit", "consecutiveSuccessLimit",
        ] { once[key] = nil }
        once["consecutiveErrorLimit"] = 0
        return once
    }
}

extension AnalysisRun {
    /// The run with another status.
    public func with(_ status: AnalysisRunStatus) -> AnalysisRun {
        var run = self
        run.status = status
        run.object["status"] = status.json
        return run
    }

    /// The run with a wish that it ends.
    public var askedToEnd: AnalysisRun {
        var run = self
        run.isAskedToEnd = true
        run.object.set(["spec", "terminate"], to: true)
        return run
    }
}
