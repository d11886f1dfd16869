import ManifestKit

/// No update goes on against what its analyses have found.
public enum AnalysisInvariant: SimulationInvariant {
    public static let name = "analysis"
    public static let summary = """
        A step with an analysis or an experiment, the switch of blue-green and its promotion wait until their own run \
        is successful, no version is promoted that an analysis has found bad, a bad end aborts the update, and nothing \
        is measured for an update that is over.
        """

    /// For how long, in seconds, an update may go on as if it had not heard yet of a bad end: as long as anything that
    /// was to be done at the same moment may take, and to hear of it late.
    private static let grace: Int64 = 10

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller else { return nil }
        switch change.kind {
        case .rollout: return change.ownStatusChange.flatMap { passing(change, $0, $1) ?? promotion(change, $0, $1) }
        case .object(let key) where key.kind == .service: return switching(change, to: key.name)
        case .object(let key) where key.kind == .analysisRun: return doubled(change, key.name)
        case .object, .pod, .replicaSet: return nil
        }
    }

    public static func violation(at rest: ObservedRest) -> String? {
        guard rest.isAtRest, let rollout = rest.world.rollout, rollout.status.condition(.invalidSpec) == nil,
            !rollout.spec.isPaused
        else { return nil }
        let status = rollout.status
        let isUnderWay = status.stableHash != status.currentPodHash && !status.stableHash.isEmpty
        // Who promotes in full has decided not to heed them.
        if isUnderWay, !status.isAborted, !status.promotesFully {
            for run in rest.world.statedRuns where run.hasFailed {
                return "AnalysisRun \(run.name) has come to a bad end, and the update goes on: \(status.message)"
            }
        }
        guard status.phase == .healthy || status.phase == .degraded && status.isAborted else { return nil }
        let runs = rest.world.ownRuns.filter { $0.status.phase?.isCompleted != true }
        if let run = runs.first { return "AnalysisRun \(run.name) measures for an update that is over" }
        let experiments = rest.world.experiments.values.filter { experiment in
            experiment.status.phase?.isCompleted != true && rest.world.owns(experiment.object)
        }
        return experiments.first.map { "Experiment \($0.name) goes on for an update that is over" }
    }

    // MARK: Going on

    /// A step that was passed before its own run had come to a good end.
    private static func passing(_ change: ObservedChange, _ old: Rollout, _ new: Rollout) -> String? {
        guard let canary = old.spec.strategy.canary, canary.stepHash == old.status.currentStepHash,
            old.status.currentStepHash == new.status.currentStepHash,
            old.status.currentPodHash == new.status.currentPodHash, let from = old.status.currentStepIndex,
            canary.steps.indices.contains(from), new.status.currentStepIndex == from + 1, !isFree(old)
        else { return nil }
        let step = canary.steps[from]
        if step is AnalysisStep {
            // A run that begins and ends within one plan is named by no status before.
            let runs = change.before.ownRuns.filter {
                $0.labels[RolloutMarks.stepIndex] == String(from) && $0.status.phase == .successful
            }
            let name = old.status.runs.step?.name
            guard runs.contains(where: { name == nil || $0.name == name }) else {
                return "step \(from) was passed, and its AnalysisRun \(name ?? "") has not been successful"
            }
        } else if step is ExperimentStep {
            let phase = change.before.experiments[old.status.runs.experiment]?.status.phase
            guard phase == .successful else {
                return "step \(from) was passed, and its Experiment \(old.status.runs.experiment) is "
                    + (phase?.rawValue ?? "not known")
            }
        }
        return nil
    }

    /// A version that became the stable one though an analysis has found it bad, or has not found it good.
    private static func promotion(_ change: ObservedChange, _ old: Rollout, _ new: Rollout) -> String? {
        guard new.status.stableHash != old.status.stableHash, new.status.stableHash == old.status.currentPodHash,
            !old.status.stableHash.isEmpty, !isFree(old), !isReturn(change.before, to: old.status.currentPodHash),
            !isFirst(change.before, old)
        else { return nil }
        let world = change.before
        for run in world.statedRuns where run.hasFailed {
            let end = run.status.completedAt?.seconds ?? world.now.seconds
            if world.now.seconds - end > grace, world.hasHeard(since: KubernetesTime(seconds: end)) {
                return "version \(new.status.stableHash) was promoted after AnalysisRun \(run.name) has failed"
            }
        }
        guard let blueGreen = old.spec.strategy.blueGreen, blueGreen.hasPostPromotionAnalysis else { return nil }
        let name = new.status.runs.postPromotion?.name ?? old.status.runs.postPromotion?.name ?? ""
        guard world.analysisRuns[name]?.status.phase != .successful else { return nil }
        return "version \(new.status.stableHash) was promoted before AnalysisRun \(name) was successful"
    }

    /// A switch of blue-green before the analysis that it waits for.
    private static func switching(_ change: ObservedChange, to service: String) -> String? {
        guard let rollout = change.before.rollout, let blueGreen = rollout.spec.strategy.blueGreen,
            blueGreen.activeService == service, blueGreen.hasPrePromotionAnalysis, !isFree(rollout),
            let from = change.before.hash(behind: service), from == rollout.status.stableHash,
            let to = change.after.hash(behind: service), to != from, to == rollout.status.currentPodHash,
            !isReturn(change.before, to: to), !isFirst(change.before, rollout)
        else { return nil }
        let name = rollout.status.runs.prePromotion?.name ?? ""
        guard change.before.analysisRuns[name]?.status.phase != .successful else { return nil }
        return "service \(service) was switched to \(to) before AnalysisRun \(name) was successful"
    }

    /// Two runs at the same time for the same purpose.
    private static func doubled(_ change: ObservedChange, _ name: String) -> String? {
        guard change.before.analysisRuns[name] == nil, let run = change.after.analysisRuns[name],
            change.after.owns(run.object)
        else { return nil }
        let other = change.before.ownRuns.first { other in
            other.name != name && other.status.phase?.isCompleted != true && !other.isAskedToEnd
                && [RolloutMarks.podTemplateHash, RolloutMarks.rolloutType, RolloutMarks.stepIndex]
                    .allSatisfy { other.labels[$0] == run.labels[$0] }
        }
        return other.map { "AnalysisRun \(name) was made while \($0.name) runs for the same" }
    }

    /// Whether a person has let the update go without its analyses, or the manifest does for ways back.
    private static func isFree(_ rollout: Rollout) -> Bool {
        rollout.status.promotesFully || rollout.status.isAborted || rollout.spec.rollbackWindowRevisions != nil
    }

    /// Whether there is nothing that an update could keep: somebody has deleted the stable version, or has taken the
    /// traffic from it.
    private static func isFirst(_ world: ObservedWorld, _ rollout: Rollout) -> Bool {
        let blueGreen = rollout.spec.strategy.blueGreen
        return !world.replicaSets.values.contains { $0.hash == rollout.status.stableHash && !$0.isBeingDeleted }
            || blueGreen != nil && rollout.status.activeSelector.isEmpty
            || blueGreen != nil && (world.hash(behind: blueGreen?.activeService) ?? "").isEmpty
    }

    /// Whether a version ran before the stable one: the way back may be free.
    private static func isReturn(_ world: ObservedWorld, to hash: String) -> Bool {
        let times = [hash, world.rollout?.status.stableHash].map { hash in
            world.replicaSets.values.first { $0.hash == hash }?.createdAt
        }
        guard let wanted = times[0], let stable = times[1] else { return false }
        return wanted <= stable
    }
}

extension AnalysisRun {
    /// Whether it has come to an end that aborts an update.
    fileprivate var hasFailed: Bool { status.phase == .failed || status.phase == .error }
}

extension ObservedWorld {
    /// The runs that the Rollout's status names.
    fileprivate var statedRuns: [AnalysisRun] {
        guard let runs = rollout?.status.runs else { return [] }
        let names = [runs.step, runs.background, runs.prePromotion, runs.postPromotion].compactMap { $0?.name }
        return names.compactMap { analysisRuns[$0] }
    }

    /// The runs of the Rollout itself, those of its Experiments left out.
    fileprivate var ownRuns: [AnalysisRun] {
        analysisRuns.values.filter { owns($0.object) }.sorted { $0.name < $1.name }
    }

    /// Whether the Rollout made an object.
    fileprivate func owns(_ object: JSONValue) -> Bool {
        let owner = OwnerReference.controller(of: object)
        return owner?.kind == ResourceKind.rollout.rawValue && owner?.name == rollout?.name
    }
}
