extension Rollout {
    /// The analyses that an update of this Rollout asks for, each with its field and what it is for.
    var analyses: [(field: String, purpose: RolloutAnalysis.Purpose, analysis: RolloutAnalysis)] {
        var result: [(String, RolloutAnalysis.Purpose, RolloutAnalysis)] = []
        switch spec.strategy {
        case .canary(let canary):
            for (index, step) in canary.steps.enumerated() {
                guard let analysis = (step as? AnalysisStep)?.analysis else { continue }
                result.append(("spec.strategy.canary.steps[\(index)].analysis", .step(index), analysis))
            }
            if let analysis = canary.backgroundAnalysis {
                result.append(("spec.strategy.canary.analysis", .background, analysis))
            }
        case .blueGreen(let blueGreen):
            if let analysis = blueGreen.prePromotionAnalysis {
                result.append(("spec.strategy.blueGreen.prePromotionAnalysis", .prePromotion, analysis))
            }
            if let analysis = blueGreen.postPromotionAnalysis {
                result.append(("spec.strategy.blueGreen.postPromotionAnalysis", .postPromotion, analysis))
            }
        }
        return result
    }
}

extension World {
    /// Why an analysis that the Rollout asks for could not begin, in the words of the reference, or nil.
    var analysisProblem: String? {
        for (field, purpose, analysis) in rollout.analyses {
            do throws(AnalysisProblem) {
                let templates = try AnalysisTemplates(analysis.templates) { objects[$0] }
                // Which hashes there are does not matter here, nor whether a field has a value yet.
                let given = analysis.arguments.compactMap { $0.text("name") }.map {
                    AnalysisArgument(name: $0, value: "value")
                }
                let spec = try templates.runSpec(
                    arguments: given, dryRun: analysis.dryRun, retention: analysis.retention)
                if purpose != .background { try Self.checkEnd(spec) }
            } catch {
                let names = analysis.templates.map(\.name).joined(separator: ", ")
                return "\(field).templates: Invalid value: \(GoText.quoted(names)): \(error)"
            }
        }
        return nil
    }

    /// An update that waits for an analysis waits for ever if one of its metrics has no end.
    private static func checkEnd(_ spec: JSONValue) throws(AnalysisProblem) {
        guard let run = AnalysisRun(["metadata": ["name": "check"], "spec": spec]) else { return }
        // An argument that stands for a number can be any text here, so only what it leaves alone is judged.
        for metric in run.metrics where metric["count"]?.string == nil && metric["interval"]?.string != nil {
            if metric.count("count") ?? 0 == 0 {
                throw AnalysisProblem("metric \(metric.text("name") ?? "") runs indefinitely")
            }
        }
    }
}
