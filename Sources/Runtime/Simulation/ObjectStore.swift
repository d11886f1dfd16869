import ManifestKit

/// The objects of an embedded cluster, with a version for every change and the latest changes themselves.
///
/// A value without locks or clocks; `EmbeddedCluster` guards it and gives it meaning.
struct ObjectStore: Sendable {
    /// What a set of objects is kept under; the version of the API does not matter to it.
    struct Collection: Hashable, Sendable {
        var group: String
        var plural: String

        init(_ resource: ResourceType) {
            group = resource.group
            plural = resource.plural
        }
    }

    /// A change of one object.
    struct Change: Sendable {
        var version: Int
        var collection: Collection
        var name: ObjectName
        /// The object before, or nil where it was made.
        var before: JSONValue?
        /// The object now, or nil where it was removed.
        var after: JSONValue?
        /// The object that a watcher is told of: the one now, or the last one with the version of its removal.
        var object: JSONValue
    }

    /// How many changes are kept for watches that start in the past.
    static let historyLimit = 4096

    /// The version of the latest change; the first is 1.
    private(set) var version = 1
    /// Changes up to and with this version are forgotten.
    private(set) var forgottenVersion = 1
    private(set) var history: [Change] = []
    private(set) var collections: [Collection: OrderedObjects] = [:]
    /// The objects that name a uid as one of their owners.
    private var owned: [String: Set<Reference>] = [:]

    /// An object by its collection and name.
    struct Reference: Hashable, Sendable {
        var collection: Collection
        var name: ObjectName
    }

    /// The objects that name a uid as one of their owners, in the order of their names.
    func objects(ownedBy uid: String) -> [Reference] {
        (owned[uid] ?? []).sorted { ($0.collection.plural, $0.name) < ($1.collection.plural, $1.name) }
    }

    /// An object, or nil.
    func object(_ collection: Collection, _ name: ObjectName) -> JSONValue? { collections[collection]?[name] }

    /// The objects of a collection in the order of their names; of one namespace unless that is empty.
    func objects(
        _ collection: Collection, namespace: String = "", where isWanted: (JSONValue) -> Bool = { _ in true }
    ) -> [(name: ObjectName, object: JSONValue)] {
        guard let ordered = collections[collection] else { return [] }
        return ordered.names(in: namespace).compactMap { name in
            guard let object = ordered[name], isWanted(object) else { return nil }
            return (name, object)
        }
    }

    /// Puts objects back as they once were; what came before the version is forgotten.
    mutating func restore(_ objects: [(Collection, ObjectName, JSONValue)], version: Int) {
        self = ObjectStore()
        for (collection, objects) in Dictionary(grouping: objects, by: \.0) {
            collections[collection] = OrderedObjects(objects.lazy.map { ($0.1, $0.2) })
        }
        for (collection, name, object) in objects {
            index(Reference(collection: collection, name: name), from: nil, to: object)
        }
        self.version = max(1, version)
        forgottenVersion = self.version
    }

    /// Keeps an object in its next version, and tells which change that is.
    mutating func put(_ collection: Collection, _ name: ObjectName, _ object: JSONValue) -> Change {
        version += 1
        var object = object
        object.set(["metadata", "resourceVersion"], to: .string(String(version)))
        let before = collections[collection, default: OrderedObjects()].put(name, object)
        index(Reference(collection: collection, name: name), from: before, to: object)
        return record(Change(
            version: version, collection: collection, name: name, before: before, after: object, object: object))
    }

    /// Removes an object, and tells which change that is; nil where there is none.
    mutating func remove(_ collection: Collection, _ name: ObjectName) -> Change? {
        guard let before = collections[collection]?.remove(name) else { return nil }
        version += 1
        index(Reference(collection: collection, name: name), from: before, to: nil)
        var last = before
        last.set(["metadata", "resourceVersion"], to: .string(String(version)))
        return record(Change(
            version: version, collection: collection, name: name, before: before, after: nil, object: last))
    }

    /// The changes behind a version, or nil where some of them are forgotten.
    func changes(since version: Int) -> ArraySlice<Change>? {
        guard version >= forgottenVersion else { return nil }
        // Each change has the version behind the one before it.
        return history.dropFirst(version - forgottenVersion)
    }

    /// Forgets all changes so far, as an API server does from time to time.
    mutating func compact() {
        history.removeAll(keepingCapacity: true)
        forgottenVersion = version
    }

    private mutating func index(_ reference: Reference, from before: JSONValue?, to after: JSONValue?) {
        let old = Self.owners(of: before)
        let new = Self.owners(of: after)
        guard old != new else { return }
        for uid in old where !new.contains(uid) {
            owned[uid]?.remove(reference)
            if owned[uid]?.isEmpty == true { owned[uid] = nil }
        }
        for uid in new { owned[uid, default: []].insert(reference) }
    }

    private static func owners(of object: JSONValue?) -> [String] {
        object?["metadata"]?["ownerReferences"]?.array?.compactMap { $0["uid"]?.string } ?? []
    }

    private mutating func record(_ change: Change) -> Change {
        history.append(change)
        if history.count > 2 * Self.historyLimit {
            history.removeFirst(Self.historyLimit)
            forgottenVersion = history[0].version - 1
        }
        return change
    }
}
