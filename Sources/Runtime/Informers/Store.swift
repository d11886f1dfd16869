import ManifestKit
import Synchronization

/// The objects of one type as they were last seen, by name and by owner.
///
/// An object that we have written ourselves is kept as the API answered it, so that nobody ever plans from a state
/// older than our own last write; what a watch reports later about an older state is news, but is not kept.
public final class Store: Sendable {
    /// What tells of a change; called after the change is kept, from wherever it came.
    public typealias Listener = @Sendable (_ name: ObjectName, _ before: JSONValue?, _ after: JSONValue?) -> Void

    private struct State {
        var objects: [ObjectName: JSONValue] = [:]
        var owned: [String: Set<ObjectName>] = [:]
        /// The versions at which we deleted objects ourselves, until the watch has come by.
        var removals: [ObjectName: UInt64] = [:]

        mutating func put(_ name: ObjectName, _ object: JSONValue?) {
            let before = objects[name].map { OwnerReference.controller(of: $0)?.uid ?? "" }
            let after = object.map { OwnerReference.controller(of: $0)?.uid ?? "" }
            objects[name] = object
            guard before != after else { return }
            if let before {
                owned[before]?.remove(name)
                if owned[before]?.isEmpty == true { owned[before] = nil }
            }
            if let after { owned[after, default: []].insert(name) }
        }
    }

    /// The type of the objects.
    public let resource: ResourceType
    private let listener: Listener
    private let state = Mutex(State())

    /// Makes an empty store.
    public init(_ resource: ResourceType, listener: @escaping Listener = { _, _, _ in }) {
        self.resource = resource
        self.listener = listener
    }

    // MARK: Reading

    /// An object, or nil.
    public func object(_ name: ObjectName) -> JSONValue? { state.withLock { $0.objects[name] } }

    /// The objects that name a uid as their controller, in the order of their names; those of nobody for an empty one.
    public func objects(controlledBy uid: String) -> [JSONValue] {
        state.withLock { state in
            (state.owned[uid] ?? []).sorted().compactMap { state.objects[$0] }
        }
    }

    // MARK: Own writes

    /// Keeps the answer to a write of our own.
    public func note(_ object: JSONValue) {
        state.withLock { state in
            let name = ObjectName(of: object)
            guard Self.version(of: object) >= Self.version(of: state.objects[name]) else { return }
            if object["metadata"]?["deletionTimestamp"] == nil { state.removals[name] = nil }
            state.put(name, object)
        }
    }

    /// Forgets an object that we have deleted, or that was not there when we wrote to it.
    public func noteRemoval(of name: ObjectName) {
        state.withLock { state in
            guard let object = state.objects[name] else { return }
            state.removals[name] = Self.version(of: object)
            state.put(name, nil)
        }
    }

    // MARK: What the API reports

    /// Takes an event of a watch.
    public func receive(_ event: WatchEvent) {
        let name = ObjectName(of: event.object)
        let change: (JSONValue?, JSONValue?)? = state.withLock { state in
            let before = state.objects[name]
            let version = Self.version(of: event.object)
            switch event.kind {
            case .added, .modified:
                if let removed = state.removals[name] {
                    guard version > removed else { return nil }
                    state.removals[name] = nil
                }
                // An older state that somebody else wrote may be what our own write was not yet planned from.
                guard version >= Self.version(of: before) else { return (before, before) }
                guard version > Self.version(of: before) || before != event.object else { return nil }
                state.put(name, event.object)
                return (before, event.object)
            case .deleted:
                state.removals[name] = nil
                guard let before, version >= Self.version(of: before) else { return nil }
                state.put(name, nil)
                return (before, nil)
            case .bookmark, .error: return nil
            }
        }
        if let change { listener(name, change.0, change.1) }
    }

    /// Takes a list in the place of everything that is not newer.
    public func replace(with objects: [JSONValue], version: String?) {
        let listed = version.flatMap { UInt64($0) } ?? 0
        let changes: [(ObjectName, JSONValue?, JSONValue?)] = state.withLock { state in
            var changes: [(ObjectName, JSONValue?, JSONValue?)] = []
            var names: Set<ObjectName> = []
            for object in objects {
                let name = ObjectName(of: object)
                names.insert(name)
                let version = Self.version(of: object)
                if let removed = state.removals[name], version <= removed, listed <= removed { continue }
                let before = state.objects[name]
                guard before == nil || version > Self.version(of: before) else { continue }
                state.put(name, object)
                changes.append((name, before, object))
            }
            for (name, object) in state.objects where !names.contains(name) && Self.version(of: object) <= listed {
                state.put(name, nil)
                changes.append((name, object, nil))
            }
            state.removals = state.removals.filter { $0.value > listed }
            return changes
        }
        for (name, before, after) in changes.sorted(by: { $0.0 < $1.0 }) { listener(name, before, after) }
    }

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
