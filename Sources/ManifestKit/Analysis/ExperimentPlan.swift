/// All that a plan for an Experiment is made from.
public struct ExperimentWorld: Sendable {
    /// The experiment.
    public var experiment: Experiment
    /// The ReplicaSets, Services and AnalysisRuns that it owns or whose names it wants, and the templates that its
    /// analyses name.
    public var objects: [ObjectKey: JSONValue]

    /// Takes a snapshot.
    public init(experiment: Experiment, objects: [ObjectKey: JSONValue] = [:]) {
        self.experiment = experiment
        self.objects = objects
    }

    /// The world right after an action.
    mutating func apply(_ action: Action) {
        switch action {
        case .create(let key, let object): if objects[key] == nil { objects[key] = object }
        case .patch(let key, let patch): if let object = objects[key] { objects[key] = object.merging(patch) }
        case .delete(let key): objects[key] = nil
        default: break
        }
    }

    /// Whether the experiment owns an object.
    func owns(_ object: JSONValue) -> Bool {
        (object["metadata"]?["ownerReferences"]?.array ?? []).contains {
            $0.flag("controller") && $0.text("uid") == experiment.uid
        }
    }

    /// The object of a kind that the experiment has made for one of its versions.
    func object(_ kind: ResourceKind, for template: String) -> (key: ObjectKey, object: JSONValue)? {
        let found = objects.filter { key, object in
            let annotations = object["metadata"]?["annotations"]
            return key.kind == kind && owns(object) && annotations?.text(RolloutMarks.experimentName) == experiment.name
                && annotations?.text(RolloutMarks.experimentTemplateName) == template
        }
        return found.min { $0.key.name < $1.key.name }.map { ($0.key, $0.value) }
    }
}

/// What is to be done for an Experiment now.
public struct ExperimentPlan: Hashable, Sendable {
    /// What to do, in this order, before the status is written.
    public var actions: [Action] = []
    /// The status when all of it is done.
    public var status: ExperimentStatus
    /// When to plan again though nothing else happens.
    public var wakeAt: KubernetesTime?
    /// What people are told once the status is written.
    public var events: [RolloutEvent] = []
    /// What the experiment waits for, for people who ask.
    public var reasons: [String] = []
}

/// Decides everything that happens to an Experiment.
public struct ExperimentPlanner: Sendable {
    /// Makes a planner.
    public init() {}

    /// What is to be done now.
    public func plan(_ world: ExperimentWorld, now: KubernetesTime) -> ExperimentPlan {
        var plan = ExperimentPlan(status: world.experiment.status)
        guard !world.experiment.isBeingDeleted else { return plan }
        var world = world
        // One pass makes what the next one scales, watches or takes down again.
        for _ in 0..<Self.passLimit {
            var pass = ExperimentPass(world, now: now)
            pass.run()
            plan.actions += pass.actions
            plan.events += pass.events
            plan.wakeAt = pass.wakeAt
            plan.reasons = pass.reasons
            let isAtRest = pass.actions.isEmpty && pass.status == world.experiment.status
            world = pass.world
            world.experiment.status = pass.status
            plan.status = pass.status
            if isAtRest { break }
        }
        return plan
    }

    private static let passLimit = 8
}

extension Experiment {
    /// The objects that a plan for this experiment looks at by their names, whether they are there or not.
    public var references: [ObjectKey] {
        var keys = analyses.map(\.template.key)
        for template in templates {
            keys.append(ObjectKey(.replicaSet, "\(name)-\(template.name)"))
            if template.wantsService {
                keys.append(ObjectKey(.service, template.serviceName ?? "\(name)-\(template.name)"))
            }
        }
        for analysis in analyses { keys.append(ObjectKey(.analysisRun, "\(name)-\(analysis.name)")) }
        return keys
    }

    /// Whether Services have been made for its versions.
    public var hasServices: Bool { status.templates.contains { !$0.serviceName.isEmpty } }
}
