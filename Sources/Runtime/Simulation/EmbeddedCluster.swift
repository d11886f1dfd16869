import ManifestKit
import Synchronization

/// A Kubernetes API in memory: the objects, and what an API server does with a request.
///
/// Requests are answered one at a time and at once. The HTTP server in front of it, the workload model and the
/// controller all use it through the same requests.
public final class EmbeddedCluster: Sendable {
    /// What is guarded.
    struct State {
        var store = ObjectStore()
        var catalog = ResourceCatalog()
        var random: SplitMix
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
    }

    /// Somebody who follows changes.
    struct Watcher {
        var collection: ObjectStore.Collection
        var notify: @Sendable (ObjectStore.Change) -> Void
    }

    /// The clock that its objects get their times from.
    public let clock: any ClusterClock
    let state: Mutex<State>

    /// Makes a cluster with the namespaces that every cluster has.
    ///
    /// The same seed gives the same names and ids.
    public init(clock: any ClusterClock = ScaledClock(), seed: UInt64 = 1) {
        self.clock = clock
        state = Mutex(State(random: SplitMix(state: seed)))
        for name in ["default", "kube-system", "kube-public"] {
            _ = try? perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(name)]]))
        }
    }

    /// Answers a request.
    @discardableResult
    public func perform(_ request: KubernetesRequest) throws(KubernetesFailure) -> JSONValue {
        try performWithWarnings(request).answer
    }

    /// Answers a request, and says what its sender is to be warned of.
    func performWithWarnings(
        _ request: KubernetesRequest
    ) throws(KubernetesFailure) -> (answer: JSONValue, warnings: [String]) {
        let result: Result<(JSONValue, [String]), KubernetesFailure> = state.withLock { state in
            var operation = ClusterOperation(state: state, request: request, now: clock.time)
            // What the operation holds must be the only copy while it changes it.
            state = State(random: SplitMix(state: 0))
            do throws(KubernetesFailure) {
                let answer = try operation.run()
                operation.commit()
                state = operation.state
                return .success((answer, operation.warnings))
            } catch {
                operation.rollBack()
                state = operation.state
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The version of the latest change.
    public var version: Int { state.withLock { $0.store.version } }

    /// Calls a closure for each change of a type's objects, as `observe` does.
    func observeChanges(
        _ resource: ResourceType, _ body: @escaping @Sendable (ObjectStore.Change) -> Void
    ) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(collection: ObjectStore.Collection(resource), notify: body)
            return state.nextWatcher
        }
        return { [weak self] in self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) } }
    }

    /// Forgets all changes so far, so that a watch from an older version is told that it is gone.
    public func compact() { state.withLock { $0.store.compact() } }

    /// Calls a closure for each change of a type's objects from now on, until the returned closure is called. It is
    /// called while the cluster is locked: it must only take note.
    public func observe(
        _ resource: ResourceType, _ body: @escaping @Sendable (_ name: ObjectName, _ object: JSONValue?) -> Void
    ) -> @Sendable () -> Void {
        observeChanges(resource) { body($0.name, $0.after) }
    }
}

/// Random numbers that are the same for the same seed.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A suffix for `generateName`, of characters that make no words.
    mutating func nameSuffix(length: Int = 5) -> String {
        let characters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<length).compactMap { _ in characters.randomElement(using: &self) })
    }

    /// An id of the form of RFC 9562, version 4.
    mutating func uniqueID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &self) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
