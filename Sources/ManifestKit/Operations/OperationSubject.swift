/// A Rollout that an operation is for, and what belongs to it.
public struct OperationSubject: Sendable {
    /// The Rollout.
    public let rollout: Rollout
    /// The same as it was read.
    public let object: JSONValue
    /// The ReplicaSets that it owns, where the operation needs them.
    public let replicaSets: [ReplicaSet]
    /// The workload that its `workloadRef` names, where the operation needs it.
    public let workload: JSONValue?
    /// The moment.
    public let now: KubernetesTime

    /// Takes what was read; nil where the Rollout has no strategy, with which nothing can be done.
    public init?(_ object: JSONValue, replicaSets: [JSONValue] = [], workload: JSONValue? = nil, now: KubernetesTime) {
        guard let rollout = Rollout(object) else { return nil }
        self.rollout = rollout
        self.object = object
        self.replicaSets = replicaSets.compactMap { ReplicaSet($0) }
        self.workload = workload
        self.now = now
    }

    var name: String { rollout.name }
    var status: RolloutStatus { rollout.status }
    var steps: [any CanaryStep] { rollout.spec.strategy.canary?.steps ?? [] }

    /// The step that the update is at, from 0; the number of steps where all are done.
    var stepIndex: Int { min(status.currentStepIndex ?? 0, steps.count) }

    /// Whether the version wanted is the one that everybody gets.
    var isFullyPromoted: Bool { !status.stableHash.isEmpty && status.stableHash == status.currentPodHash }

    /// Whether there is no version yet to go back to.
    var isFirstVersion: Bool { status.stableHash.isEmpty }

    /// Whether the controller waits for a person or for time.
    var isPausedByController: Bool { !status.pauseConditions.isEmpty }

    /// Whether the analysis of the current step found neither good nor bad.
    var isInconclusive: Bool {
        status.runs.step?.phase == .inconclusive
    }

    /// `step 3 of 5 (setWeight: 40)`.
    func place(_ index: Int) -> String {
        steps.indices.contains(index)
            ? "step \(index + 1) of \(steps.count) (\(steps[index].label))" : "the end of its \(steps.count) steps"
    }

    /// `revision 3`, or `the new version` where the Rollout does not say.
    var newVersion: String { rollout.revision.map { "revision \($0)" } ?? "the new version" }

    /// What the Rollout is doing, to go behind "it ".
    var standing: String {
        if status.isAborted { return "is aborted" }
        if isFirstVersion { return "is deploying its first version" }
        if isFullyPromoted { return "has no update under way: \(newVersion) is the stable version" }
        let message = status.message.isEmpty ? "" : ": \(status.message)"
        if !steps.isEmpty { return "is at \(place(stepIndex))\(message)" }
        return "is updating\(message)"
    }

    // MARK: The pod template

    /// What holds the template; throws where a workload is of a kind that is none of the known.
    func templateHolder() throws(OperationRefusal) -> TemplateHolder {
        guard let workload = rollout.spec.workload else { return .rollout }
        guard ["Deployment", "ReplicaSet", "PodTemplate"].contains(workload.kind) else {
            throw OperationRefusal(
                "its workloadRef names a \(workload.kind), which is none of Deployment, ReplicaSet and PodTemplate")
        }
        return .workload(kind: workload.kind, name: workload.name)
    }

    /// The template as it is now.
    func template(in holder: TemplateHolder) throws(OperationRefusal) -> JSONValue {
        let owner: JSONValue?
        switch holder {
        case .rollout: owner = object
        case .workload(let kind, let name):
            guard workload != nil else {
                throw OperationRefusal("its workloadRef names \(kind) \(name), which is not there")
            }
            owner = workload
        }
        let template = holder.path.reduce(owner) { $0?[$1] }
        guard let template, template.object != nil else { throw OperationRefusal("it has no pod template") }
        return template
    }

    /// What happens when the template changes, to go behind "; ".
    func outlook(forTemplateOf hash: String? = nil) -> String {
        if rollout.spec.isPaused { return "nothing moves before `resume \(name)`, as it is paused" }
        if let hash, hash == status.stableHash { return "that is the stable version, so it is reached without steps" }
        if !isFullyPromoted, !isFirstVersion, !status.isAborted { return "the update under way gives way to it" }
        return steps.isEmpty ? "the update begins" : "the update begins at \(place(0))"
    }
}

extension TemplateHolder {
    /// What is changed, to go behind "of " where it is not the Rollout.
    var note: String {
        switch self {
        case .rollout: ""
        case .workload(let kind, let name): " in \(kind) \(name)"
        }
    }
}
