extension Rollout {
    /// Whether the manifest has analyses or experiments.
    public var wantsRuns: Bool {
        !analyses.isEmpty || (spec.strategy.canary?.steps ?? []).contains { $0 is ExperimentStep }
    }

    /// Whether the Rollout has, or has had, analyses or experiments, so that a plan has to know them.
    public var mayHaveRuns: Bool { wantsRuns || status.runs != RolloutStatus.Runs() }

    /// How the names of the runs and experiments of an update to a version begin.
    func runNameBase(hash: String) -> String {
        "\(name)-\(hash)-\(annotations[RolloutMarks.revision] ?? "")"
    }
}

extension World {
    /// The templates that templates of this world name, whether they are there or not.
    public var innerTemplates: [ObjectKey] {
        let templates = objects.filter { [.analysisTemplate, .clusterAnalysisTemplate].contains($0.key.kind) }
        return Set(templates.values.flatMap { RolloutAnalysis.templates(within: $0).map(\.key) })
            .sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }

    /// The names that the runs and experiments of this update get, where nobody else has them.
    public var wantedRunNames: [ObjectKey] {
        let hash = rollout.status.currentPodHash.isEmpty ? templateHash : rollout.status.currentPodHash
        let base = rollout.runNameBase(hash: hash)
        var keys = rollout.analyses.map { ObjectKey(.analysisRun, base + $0.purpose.suffix) }
        for (index, step) in (rollout.spec.strategy.canary?.steps ?? []).enumerated() where step is ExperimentStep {
            keys.append(ObjectKey(.experiment, "\(base)-\(index)"))
        }
        return keys
    }

    /// The name that is taken after so many others were taken already.
    public static func runName(_ key: ObjectKey, _ collisions: Int) -> String {
        guard collisions > 0 else { return key.name }
        return key.kind == .experiment ? "\(key.name)-\(collisions)" : "\(key.name).\(collisions)"
    }
}

extension RolloutAnalysis {
    /// The templates that a template names.
    public static func templates(within template: JSONValue) -> [TemplateReference] {
        (template["spec"]?["templates"]?.array ?? []).compactMap { TemplateReference($0) }
    }
}
