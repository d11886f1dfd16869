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
                } else {
                    names[name.namespace]?.remove(name)
                    if names[name.namespace]?.isEmpty == true { names[name.namespace] = nil }
                }
                queue.add(name, at: now)
            case .replicaSets:
                for owner in change.owners.sorted(by: { $0.name < $1.name }) where owner.kind == "Rollout" {
                    queue.add(ObjectName(namespace: name.namespace, name: owner.name), at: now)
                }
                // Some Rollout of the namespace may select it; which, its labels say when somebody looks.
                if change.owners.isEmpty, !change.existed { orphanages.insert(name.namespace) }
            default: break
            }
            for rollout in references.rollouts(lookingAt: name, resource) { queue.add(rollout, at: now) }
        }

        /// Takes Rollouts that are due, at most so many, and how long they have waited.
        mutating func take(now: Double, atMost limit: Int) -> [(name: ObjectName, seconds: Double)] {
            for namespace in orphanages.sorted() {
                for rollout in names[namespace]?.sorted() ?? [] { queue.add(rollout, at: now) }
            }
            orphanages = []
            return queue.takeWaiting(now: now, atMost: limit)
        }

        /// Forgets a Rollout that was looked at and is no more, unless there is a new one of that name already.
        mutating func forget(_ name: ObjectName, now: Double) {
            _ = queue.finish(name, .done(hasActed: false, wakeAt: nil), now: now)
            if names[name.namespace]?.contains(name) == true {
                queue.add(name, at: now)
                return
            }
            queue.forget(name)
            references.set([], of: name)
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
