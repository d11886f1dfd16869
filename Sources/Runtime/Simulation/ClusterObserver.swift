import ManifestKit
import Synchronization

/// Follows what is written to a simulated cluster, write by write, and checks after each what must hold.
final class ClusterObserver {
    /// A write that has not been looked at yet.
    private struct Note: Sendable {
        var actor: ObservedChange.Actor
        var resource: ResourceType
        var name: ObjectName
        var object: JSONValue?
        var time: KubernetesTime
    }

    private struct Notes {
        var actor = ObservedChange.Actor.user
        var waiting: [Note] = []
    }

    /// The world as it is after all writes that were looked at.
    private(set) var world: ObservedWorld
    /// What was broken, each invariant once.
    private(set) var violations: [(invariant: any SimulationInvariant.Type, message: String, time: Double)] = []
    /// How many writes there were to what belongs to the Rollout, those to its AnalysisRuns left out.
    private(set) var activity = 0
    /// Whether the invariants count, which they do once the update begins.
    var isChecking = false

    private let cluster: EmbeddedCluster
    private let rollout: ObjectName
    private let notes: NoteBox
    private var stops: [@Sendable () -> Void] = []

    private final class NoteBox: Sendable {
        let guarded = Mutex(Notes())
    }

    /// Begins to follow a Rollout and the objects that it has to do with.
    init(cluster: EmbeddedCluster, rollout: ObjectName, kinds: Set<ResourceKind>) {
        self.cluster = cluster
        self.rollout = rollout
        world = ObservedWorld(now: cluster.clock.time)
        let notes = NoteBox()
        self.notes = notes
        let others = kinds.compactMap { ResourceType($0) }
            .filter { ![.rollouts, .replicaSets, .pods].contains($0) }.sorted { $0.plural < $1.plural }
        for resource in [.rollouts, .replicaSets, .pods] + others {
            let clock = cluster.clock
            stops.append(cluster.observe(resource) { name, object in
                notes.guarded.withLock { notes in
                    notes.waiting.append(Note(
                        actor: notes.actor, resource: resource, name: name, object: object, time: clock.time))
                }
            })
        }
    }

    deinit { for stop in stops { stop() } }

    /// Says who writes from now on.
    func writes(as actor: ObservedChange.Actor) { notes.guarded.withLock { $0.actor = actor } }

    /// Takes that the controller hears of things late until a moment: by so many seconds, or only then.
    func newsIsLate(by delay: Double? = nil, until moment: Double) { world.noteLateNews(by: delay, until: moment) }

    /// Looks at all writes since the last time.
    func catchUp() {
        let waiting = notes.guarded.withLock { notes in
            defer { notes.waiting.removeAll(keepingCapacity: true) }
            return notes.waiting
        }
        for note in waiting { take(note) }
        world.now = cluster.clock.time
    }

    /// The AnalysisRuns of the Rollout's namespace.
    var analysisRuns: [AnalysisRun] { Array(world.analysisRuns.values) }

    /// Whether an analysis has not come to its end.
    var hasRunningAnalysis: Bool { analysisRuns.contains { $0.status.phase?.isCompleted != true } }

    /// Checks what must hold at the end.
    func check(_ rest: ObservedRest) {
        for invariant in SimulationInvariants.all {
            if let message = invariant.violation(at: rest) { report(invariant, message) }
        }
    }

    private func take(_ note: Note) {
        world.now = note.time
        let before = world
        guard let kind = apply(note) else { return }
        if note.actor != .controller, let hash = Self.hash(of: kind, in: before) {
            world.noteLoss(of: hash, since: before)
        }
        if note.actor != .controller, case .object = kind, before.share != world.share { world.noteForeignShare() }
        if note.resource != .analysisRuns { activity += 1 }
        guard isChecking else { return }
        let change = ObservedChange(actor: note.actor, kind: kind, before: before, after: world)
        for invariant in SimulationInvariants.all {
            if let message = invariant.violation(by: change) { report(invariant, message) }
        }
    }

    private func report(_ invariant: any SimulationInvariant.Type, _ message: String) {
        guard !violations.contains(where: { $0.invariant.name == invariant.name }) else { return }
        violations.append((invariant, message, cluster.clock.now))
    }

    private func apply(_ note: Note) -> ObservedChange.Kind? {
        switch note.resource {
        case .rollouts:
            guard note.name == rollout else { return nil }
            let rollout = note.object.flatMap { Rollout($0) }
            world.noteWishes(of: rollout)
            world.rollout = rollout
            world.observeShare()
            return .rollout
        case .replicaSets:
            guard note.name.namespace == rollout.namespace else { return nil }
            // Those of a Deployment that the Rollout refers to, or of an Experiment, are their own business.
            if let object = note.object, !isOwned(object) { return nil }
            let replicaSet = note.object.flatMap { ReplicaSet($0) }
            world.replicaSets[note.name.name] = replicaSet
            return .replicaSet(note.name.name)
        case .pods:
            guard note.name.namespace == rollout.namespace else { return nil }
            let before = world.pods[note.name.name]
            guard before != nil || note.object.map({ isPodOfVersion($0) }) ?? true else { return nil }
            world.pods[note.name.name] = note.object.flatMap { Self.pod($0, before: before) }
            return .pod(note.name.name)
        default:
            let type = note.resource
            guard let kind = ResourceKind(apiVersion: type.apiVersion, kind: type.kind) else { return nil }
            let namespace = note.name.namespace == rollout.namespace ? nil : note.name.namespace
            let key = ObjectKey(kind, note.name.name, namespace: namespace)
            world.objects[key] = note.object
            switch kind {
            case .analysisRun: world.analysisRuns[key.name] = note.object.flatMap { AnalysisRun($0) }
            case .experiment: world.experiments[key.name] = note.object.flatMap { Experiment($0) }
            case .service: break
            default: world.observeShare()
            }
            return .object(key)
        }
    }

    /// The version that a ReplicaSet or a pod was of before a change of it.
    private static func hash(of kind: ObservedChange.Kind, in before: ObservedWorld) -> String? {
        switch kind {
        case .replicaSet(let name): before.replicaSets[name]?.hash
        case .pod(let name): before.pods[name]?.hash
        case .rollout, .object: nil
        }
    }

    /// Whether the Rollout made an object.
    private func isOwned(_ object: JSONValue) -> Bool {
        let owner = OwnerReference.controller(of: object)
        return owner?.kind == ResourceKind.rollout.rawValue && owner?.name == rollout.name
    }

    /// Whether a pod belongs to a version of the Rollout.
    private func isPodOfVersion(_ object: JSONValue) -> Bool {
        OwnerReference.controller(of: object).map { world.replicaSets[$0.name] != nil } ?? false
    }

    private static func pod(_ object: JSONValue, before: ObservedWorld.Pod?) -> ObservedWorld.Pod? {
        guard let hash = object["metadata"]?["labels"]?[RolloutMarks.podTemplateHash]?.string else { return nil }
        let isReady = WorkloadModel.isReady(object)
        return ObservedWorld.Pod(
            hash: hash, isReady: isReady, isEnding: object["metadata"]?["deletionTimestamp"] != nil,
            hasFailed: !isReady && (before?.isReady == true || before?.hasFailed == true))
    }
}
