import ManifestKit
import Synchronization

/// What the watches write to, apart from the controller so that they do not hold on to it.
final class ControllerState: Sendable {
    /// What is guarded.
    struct Guarded: Sendable {
        var queue = WorkQueue()
        var references = ReferenceIndex()
        /// The namespaces in which ReplicaSets without a controller have turned up.
        private var orphanages: Set<String> = []
        /// The Rollouts that have turned up and have not been looked at yet.
        private var newcomers: Set<ObjectName> = []
        /// The Rollouts by namespace.
        private var names: [String: Set<ObjectName>] = [:]
        var isStopping = false
        /// When the loop last turned, by the steady clock.
        var turnedAt: Double

        fileprivate init(turnedAt: Double) { self.turnedAt = turnedAt }

        /// All Rollouts.
        var rollouts: [ObjectName] { names.values.flatMap { $0 }.sorted() }

        /// Notes that something happened to an object, for the Rollouts that it concerns.
        mutating func note(_ resource: ResourceType, _ change: Store.Change, now: Double) {
            let name = change.name
            switch resource {
            case .rollouts:
                if change.exists {
                    names[name.namespace, default: []].insert(name)
                    if !change.existed { newcomers.insert(name) }
                } else {
                    newcomers.remove(name)
                    names[name.namespace]?.remove(name)
                    if names[name.namespace]?.isEmpty == true { names[name.namespace] = nil }
                }
                queue.add(WorkItem(.rollout, name), at: now)
            case .analysisRuns:
                queue.add(WorkItem(.analysisRun, name), at: now)
                addOwners(change, now: now)
            case .experiments:
                queue.add(WorkItem(.experiment, name), at: now)
                addOwners(change, now: now)
            case .replicaSets:
                addOwners(change, now: now)
                // Some Rollout of the namespace may select it; which, its labels say when somebody looks.
                if change.owners.isEmpty, !change.existed { orphanages.insert(name.namespace) }
            default: break
            }
            for item in references.watchers(of: name, resource) { queue.add(item, at: now) }
        }

        /// Notes that a type is served or no longer, for all who look at objects of it.
        mutating func note(_ resource: ResourceType, now: Double) {
            for item in references.watchers(of: resource) { queue.add(item, at: now) }
        }

        private mutating func addOwners(_ change: Store.Change, now: Double) {
            for owner in change.owners.sorted(by: { $0.name < $1.name }) {
                guard let kind = WorkItem.Kind(owner: owner.kind) else { continue }
                queue.add(WorkItem(kind, ObjectName(namespace: change.name.namespace, name: owner.name)), at: now)
            }
        }

        /// Whether a Rollout is looked at for the first time since it turned up.
        mutating func isNewcomer(_ name: ObjectName) -> Bool { newcomers.remove(name) != nil }

        /// Takes items that are due, at most so many, and how long they have waited.
        mutating func take(now: Double, atMost limit: Int) -> [(name: WorkItem, seconds: Double)] {
            for namespace in orphanages.sorted() {
                for rollout in names[namespace]?.sorted() ?? [] { queue.add(WorkItem(.rollout, rollout), at: now) }
            }
            orphanages = []
            return queue.takeWaiting(now: now, atMost: limit)
        }

        /// Forgets an item that was looked at and is no more, unless there is a new one of that name already.
        mutating func forget(_ item: WorkItem, now: Double) {
            _ = queue.finish(item, .done(hasActed: false, wakeAt: nil), now: now)
            // Something happened to it meanwhile: there may be another one of that name.
            if queue.isWaiting(item) { return }
            if item.kind == .rollout, names[item.name.namespace]?.contains(item.name) == true {
                // Not at once: whoever said that it is there may be about to say that it is not.
                queue.add(item, at: now + 1)
                return
            }
            queue.forget(item)
            references.set([], of: item)
        }
    }

    private let guarded: Mutex<Guarded>
    /// Says that there is something to do.
    let news = NewsSignal()

    init(turnedAt: Double) { guarded = Mutex(Guarded(turnedAt: turnedAt)) }

    /// Does something with what is guarded.
    func withLock<Result>(_ body: (inout sending Guarded) -> sending Result) -> sending Result {
        guarded.withLock(body)
    }
}
