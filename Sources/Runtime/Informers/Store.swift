import ManifestKit
import Synchronization

/// The objects of one type as they were last seen, by name and by owner.
///
/// An object that we have written ourselves is kept as the API answered it, so that nobody ever plans from a state
/// older than our own last write; what a watch reports later about an older state is news, but is not kept.
/// Objects are kept packed and without what nobody reads, as there may be tens of thousands of them.
public final class Store: Sendable {
    /// That an object has changed.
    public struct Change: Sendable {
        /// The object.
        public var name: ObjectName
        /// Whether there was such an object before.
        public var existed: Bool
        /// Whether there is one now.
        public var exists: Bool
        /// What controlled it before, and what controls it now: none, one or two.
        var owners: [OwnerReference]
    }

    /// What tells of a change; called after the change is kept, from wherever it came.
    public typealias Listener = @Sendable (Change) -> Void

    /// The type of the objects.
    public let resource: ResourceType
    private let listener: Listener
    private let state: Mutex<StoredObjects>

    /// Makes an empty store.
    public init(_ resource: ResourceType, listener: @escaping Listener = { _ in }) {
        self.resource = resource
        self.listener = listener
        state = Mutex(StoredObjects(keepsOrphans: resource == .replicaSets))
    }

    // MARK: Reading

    /// How many objects there are.
    public var count: Int { state.withLock { $0.count } }

    /// The names of all objects with the versions that are kept, in no order.
    var versions: [(name: ObjectName, version: UInt64)] {
        state.withLock { state in state.names.map { ($0, state.version(of: $0)) } }
    }

    /// An object, or nil.
    public func object(_ name: ObjectName) -> JSONValue? { state.withLock { $0.object(name) } }

    /// The objects that name a uid as their controller, in the order of their names.
    public func objects(controlledBy uid: String) -> [JSONValue] {
        state.withLock { state in state.names(controlledBy: uid).compactMap { state.object($0) } }
    }

    /// The objects of a namespace, in the order of their names; for types of which there are few.
    func objects(in namespace: String) -> [JSONValue] {
        state.withLock { state in
            state.names.filter { $0.namespace == namespace }.sorted().compactMap { state.object($0) }
        }
    }

    /// The ReplicaSets of a namespace that nobody controls and whose labels are wanted, in the order of their names.
    func orphans(in namespace: String, where isWanted: (JSONObject?) -> Bool) -> [JSONValue] {
        let orphans = state.withLock { $0.orphans[namespace] ?? [:] }
        let names = orphans.filter { isWanted($0.value) }.keys.sorted()
        return names.compactMap { object($0) }
    }

    // MARK: Own writes

    /// Keeps the answer to a write of our own.
    ///
    /// The watch says nothing new of it later. So where one of us writes what another of us looks after, it is told
    /// here: a Rollout makes an AnalysisRun, and the run's end is the Rollout's news.
    public func note(_ object: JSONValue) {
        let name = ObjectName(of: object)
        let existed: Bool? = state.withLock { state in
            guard Self.version(of: object) >= state.version(of: name) else { return nil }
            let existed = state.contains(name)
            if object["metadata"]?["deletionTimestamp"] == nil { state.removals[name] = nil }
            state.put(state.prepare(object, isRecent: true))
            return existed
        }
        guard let existed, tellsOfOwnWrites else { return }
        let owner = OwnerReference.controller(of: object)
        listener(Change(name: name, existed: existed, exists: true, owners: owner.map { [$0] } ?? []))
    }

    /// Whether our own writes are news for others of us.
    private var tellsOfOwnWrites: Bool { resource == .analysisRuns || resource == .experiments }

    /// Forgets an object that we have deleted, or that was not there when we wrote to it.
    ///
    /// The watch says nothing new of it later, so whoever looks after such objects is told here.
    public func noteRemoval(of name: ObjectName) {
        let change: Change? = state.withLock { state in
            guard state.contains(name) else { return nil }
            state.removals[name] = state.version(of: name)
            return state.change(of: name) { $0.remove(name) }
        }
        if let change, tellsOfOwnWrites || resource == .rollouts { listener(change) }
    }

    // MARK: What the API reports

    /// Takes an event of a watch.
    public func receive(_ event: WatchEvent) {
        let name = ObjectName(of: event.object)
        let version = Self.version(of: event.object)
        let change: Change? = state.withLock { state in
            let known = state.version(of: name)
            switch event.kind {
            case .added, .modified:
                if let removed = state.removals[name] {
                    guard version > removed else { return nil }
                    state.removals[name] = nil
                }
                // An older state that somebody else wrote may be what our own write was not yet planned from.
                guard version >= known else { return state.change(of: name) { _ in } }
                // What comes back of our own writes is no news.
                guard version > known || !state.contains(name) else { return nil }
                return state.change(of: name) { $0.put($0.prepare(event.object, isRecent: true)) }
            case .deleted:
                state.removals[name] = nil
                guard state.contains(name), version >= known else { return nil }
                return state.change(of: name) { $0.remove(name) }
            case .bookmark, .error: return nil
            }
        }
        if let change { listener(change) }
    }

    /// A page of a list, packed at once: all pages of a long list as values would take more than the program may.
    func prepare(_ page: [JSONValue]) -> [StoredObjects.Prepared] {
        state.withLock { state in page.map { state.prepare($0, isRecent: false) } }
    }

    /// Takes a list in the place of everything that is not newer.
    func replace(with objects: [JSONValue], version: String?) {
        replace(withPrepared: prepare(objects), version: version)
    }

    /// Takes a list in the place of everything that is not newer.
    func replace(withPrepared objects: [StoredObjects.Prepared], version: String?) {
        let listed = version.flatMap { UInt64($0) } ?? 0
        let changes: [Change] = state.withLock { state in
            var changes: [Change] = []
            var names: Set<ObjectName> = []
            for object in objects {
                names.insert(object.name)
                if let removed = state.removals[object.name], object.version <= removed, listed <= removed { continue }
                guard !state.contains(object.name) || object.version > state.version(of: object.name) else { continue }
                changes.append(state.change(of: object.name) { $0.put(object) })
            }
            for name in state.names where !names.contains(name) && state.version(of: name) <= listed {
                changes.append(state.change(of: name) { $0.remove(name) })
            }
            state.removals = state.removals.filter { $0.value > listed }
            return changes
        }
        for change in changes.sorted(by: { $0.name < $1.name }) { listener(change) }
    }

    /// Forgets everything, as when the type itself is no longer served.
    func removeAll() { replace(withPrepared: [], version: String(UInt64.max)) }

    /// `metadata.resourceVersion`, which Kubernetes 1.35 and newer let clients compare, and older ones too in fact.
    static func version(of object: JSONValue?) -> UInt64 {
        object?["metadata"]?["resourceVersion"]?.string.flatMap { UInt64($0) } ?? 0
    }
}

/// The object that controls another one.
struct OwnerReference: Hashable, Sendable {
    var kind: String
    var name: String
    var uid: String

    /// The controller that an object names, or nil.
    static func controller(of object: JSONValue) -> OwnerReference? {
        for owner in object["metadata"]?["ownerReferences"]?.array ?? [] where owner["controller"]?.boolean == true {
            return OwnerReference(
                kind: owner["kind"]?.string ?? "", name: owner["name"]?.string ?? "", uid: owner["uid"]?.string ?? "")
        }
        return nil
    }
}

extension ObjectName {
    /// The name that an object has.
    init(of object: JSONValue) {
        let metadata = object["metadata"]
        self.init(namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
    }
}
