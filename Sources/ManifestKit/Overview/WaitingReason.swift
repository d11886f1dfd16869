/// What a Rollout waits for, or what is wrong with it, in one line.
public struct WaitingReason: Hashable, Sendable {
    /// What kind of thing it is.
    public enum Cause: String, Hashable, Sendable {
        /// The controller has not seen the latest change.
        case controller
        /// The Rollout cannot be acted on as it is written.
        case specification
        /// The update was aborted.
        case abort
        /// Nothing has moved for too long.
        case deadline
        /// A person has to do something.
        case person
        /// Time has to pass.
        case time
        /// Measurements have to come in.
        case analysis
        /// An experiment has to end.
        case experiment
        /// Pods cannot be made, or do not become ready.
        case pods
        /// Pods are on their way.
        case scaling
        /// A load balancer or a Service has to follow.
        case traffic
        /// The Rollout is going away.
        case deletion
        /// The controller says nothing more than its message.
        case other
    }

    /// What kind of thing it is.
    public var cause: Cause
    /// The line.
    public var text: String
    /// Since when, where that is known.
    public var since: KubernetesTime?
    /// Until when, where that is known.
    public var until: KubernetesTime?
    /// What happens at that moment: `goes on`, `gives up`.
    public var outcome = ""
    /// The commands with which a person can end it, such as `promote` or `abort`.
    public var commands: [String] = []

    /// The line with its times.
    public func text(now: KubernetesTime) -> String {
        var text = text
        if let since { text += ", for \(ElapsedTime.since(since, now: now))" }
        if let until {
            let seconds = now.seconds(until: until)
            text += seconds >= 0 ? ", \(outcome) in \(ElapsedTime.text(seconds))" : ", \(outcome) now"
        }
        return text
    }
}

/// Finds what a Rollout waits for.
///
/// What stands in the way of everything else comes first: a controller that does not look, then a person, then pods
/// that fail, then what takes its time.
struct WaitingFinder {
    let facts: RolloutFactsheet
    let overview: RolloutOverview

    private var status: RolloutStatus { facts.status }

    /// The reason, or nil where all is well.
    var reason: WaitingReason? {
        if facts.object["metadata"]?.present("deletionTimestamp") != nil { return deletion }
        if let reason = unseen { return reason }
        if let reason = fault { return reason }
        if facts.isGoingOn {
            return WaitingReason(cause: .controller, text: "the pause is over, the controller is about to go on")
        }
        if facts.rollout?.spec.isPaused == true {
            return WaitingReason(cause: .person, text: "paused by hand (spec.paused)", commands: ["resume"])
        }
        if let pause = status.pauseConditions.first { return reason(of: pause) }
        guard overview.phase != .healthy else { return nil }
        return troubledPods ?? measurement ?? pods ?? traffic ?? rest
    }

    // MARK: The controller and the manifest

    private var deletion: WaitingReason {
        let finalizers = facts.object["metadata"]?.texts("finalizers") ?? []
        let text = finalizers.isEmpty
            ? "it is being deleted" : "it is being deleted and waits for \(finalizers.joined(separator: ", "))"
        return WaitingReason(
            cause: .deletion, text: text, since: facts.object["metadata"]?.time("deletionTimestamp"))
    }

    private var unseen: WaitingReason? {
        if let unseen = facts.unseenGeneration {
            guard let seen = unseen.seen else {
                return WaitingReason(
                    cause: .controller, text: "no controller has looked at it yet", since: overview.createdAt)
            }
            return WaitingReason(
                cause: .controller,
                text: "the controller has not seen the latest change yet (generation \(unseen.current), seen \(seen))")
        }
        guard facts.hasUnseenWorkload, let workload = facts.rollout?.spec.workload else { return nil }
        return WaitingReason(
            cause: .controller,
            text: "the controller has not seen the latest change of \(workload.kind) \(workload.name) yet")
    }

    private var fault: WaitingReason? {
        if let invalid = status.condition(.invalidSpec) {
            return WaitingReason(cause: .specification, text: "it cannot be acted on: \(invalid.message)")
        }
        let progressing = status.condition(.progressing)
        if status.isAborted || progressing?.reason == RolloutReason.aborted { return abort(progressing?.message ?? "") }
        guard progressing?.reason == RolloutReason.timedOut else {
            return facts.rollout == nil
                ? WaitingReason(cause: .specification, text: "it has no strategy: spec.strategy names neither") : nil
        }
        var text = Self.clause(progressing?.message ?? "nothing has moved for too long")
        if let trouble = troubledPods { text = "no progress: \(trouble.text)" }
        var commands = overview.revisions.count > 1 ? ["undo"] : []
        if !facts.isPromoted, !status.stableHash.isEmpty { commands.insert("abort", at: 0) }
        return WaitingReason(
            cause: .deadline, text: text, since: progressing?.lastTransitionTime, commands: commands)
    }

    /// A message of somebody else without the full stop, so that something can follow it.
    static func clause(_ message: String) -> String {
        message.hasSuffix(".") && !message.hasSuffix("..") ? String(message.dropLast()) : message
    }

    private func abort(_ message: String) -> WaitingReason {
        let number = overview.revision.map { " to revision \($0)" } ?? ""
        var text = "the update\(number) was aborted"
        // The controller's message says the same before it says why.
        if let colon = message.firstRange(of: ": ") { text += ": \(Self.clause(String(message[colon.upperBound...])))" }
        if let trouble = troubledPods { text += "; \(trouble.text)" }
        return WaitingReason(cause: .abort, text: text, since: status.abortedAt, commands: ["retry", "undo"])
    }

    // MARK: Pauses

    private func reason(of pause: RolloutStatus.PauseCondition) -> WaitingReason {
        let since = pause.startTime.seconds > 0 ? pause.startTime : nil
        switch pause.reason {
        case RolloutStatus.PauseCondition.canaryStep:
            let place = overview.step.map { $0.place } ?? "a step"
            let steps = facts.rollout?.spec.strategy.canary?.steps ?? []
            let index = overview.step?.index ?? 0
            guard steps.indices.contains(index), let seconds = steps[index].durationSeconds else {
                return WaitingReason(
                    cause: .person, text: "\(place) waits for a person", since: since, commands: ["promote", "abort"])
            }
            return WaitingReason(
                cause: .time, text: "\(place) is a pause of \(RenderingWords.duration(seconds))",
                until: since.map { $0.after(seconds) }, outcome: "goes on", commands: ["promote", "abort"])
        case RolloutStatus.PauseCondition.blueGreen:
            let seconds = facts.rollout?.spec.strategy.blueGreen?.autoPromotionSeconds ?? 0
            guard seconds > 0 else {
                return WaitingReason(
                    cause: .person, text: "the preview waits for a person to switch the traffic to it", since: since,
                    commands: ["promote", "abort"])
            }
            return WaitingReason(
                cause: .time, text: "the preview waits to be switched to", until: since.map { $0.after(seconds) },
                outcome: "is switched", commands: ["promote", "abort"])
        case RolloutStatus.PauseCondition.inconclusiveAnalysis:
            let run = overview.revisions.first?.analysisRuns.last { $0.phase == "Inconclusive" }
            let name = run.map { "AnalysisRun \($0.name)" } ?? "an analysis"
            return WaitingReason(
                cause: .person, text: "\(name) came out inconclusive, a person has to decide", since: since,
                commands: ["promote", "abort"])
        default:
            return WaitingReason(
                cause: .person, text: "paused: \(pause.reason)", since: since, commands: ["promote", "abort"])
        }
    }
}
