import ManifestKit

/// What a store holds: packed objects, and who controls them.
struct StoredObjects: Sendable {
    /// An object ready to be kept.
    struct Prepared: Sendable {
        var name: ObjectName
        var version: UInt64
        var owner: OwnerReference?
        /// Of a ReplicaSet that nobody controls: its labels, by which a Rollout may select it.
        var orphanLabels: JSONObject?
        var packed: [UInt8]
        /// The object itself, trimmed, where it will soon be asked for.
        fileprivate var object: JSONValue?
    }

    private struct Entry {
        var packed: [UInt8]
        var version: UInt64
        /// The uid of its controller; empty for none.
        var owner: String
    }

    /// What is controlled by one object.
    private struct Owned {
        var owner: OwnerReference
        var names: [ObjectName]
    }

    private let keepsOrphans: Bool
    private var entries: [ObjectName: Entry] = [:]
    private var owned: [String: Owned] = [:]
    private var packing = ObjectPacking()
    private var recent = RecentObjects()
    /// The labels of ReplicaSets that nobody controls, by namespace.
    private(set) var orphans: [String: [ObjectName: JSONObject]] = [:]
    /// The versions at which we deleted objects ourselves, until the watch has come by.
    var removals: [ObjectName: UInt64] = [:]

    init(keepsOrphans: Bool) { self.keepsOrphans = keepsOrphans }

    /// How many objects there are.
    var count: Int { entries.count }
    /// The names of all objects, in no order.
    var names: [ObjectName] { Array(entries.keys) }

    /// Whether there is an object of a name.
    func contains(_ name: ObjectName) -> Bool { entries[name] != nil }
    /// The version of an object, 0 for none.
    func version(of name: ObjectName) -> UInt64 { entries[name]?.version ?? 0 }
    /// The names of what a uid controls, in their order.
    func names(controlledBy uid: String) -> [ObjectName] { owned[uid]?.names.sorted() ?? [] }

    /// An object, or nil.
    mutating func object(_ name: ObjectName) -> JSONValue? {
        if let object = recent.object(name) { return object }
        guard let entry = entries[name] else { return nil }
        let object = packing.unpack(entry.packed)
        recent.put(name, object)
        return object
    }

    /// Makes an object ready to be kept; `isRecent` says that it will soon be asked for.
    mutating func prepare(_ object: JSONValue, isRecent: Bool) -> Prepared {
        let trimmed = ObjectTrimming.trimmed(object)
        let owner = keepsOrphans || object["metadata"]?["ownerReferences"] != nil
            ? OwnerReference.controller(of: object) : nil
        let labels = keepsOrphans && owner == nil ? object["metadata"]?["labels"]?.object ?? JSONObject() : nil
        return Prepared(
            name: ObjectName(of: object), version: Store.version(of: object), owner: owner, orphanLabels: labels,
            packed: packing.pack(trimmed), object: isRecent ? trimmed : nil)
    }

    /// Keeps an object.
    mutating func put(_ object: Prepared) {
        let name = object.name
        let old = entries[name]
        let uid = object.owner?.uid ?? ""
        entries[name] = Entry(packed: object.packed, version: object.version, owner: uid)
        recent.put(name, object.object)
        if let labels = object.orphanLabels {
            orphans[name.namespace, default: [:]][name] = labels
        } else {
            forgetOrphan(name)
        }
        guard old?.owner != uid else { return }
        release(name, from: old?.owner ?? "")
        if let owner = object.owner { owned[uid, default: Owned(owner: owner, names: [])].names.append(name) }
    }

    /// Forgets an object.
    mutating func remove(_ name: ObjectName) {
        guard let old = entries.removeValue(forKey: name) else { return }
        recent.put(name, nil)
        forgetOrphan(name)
        release(name, from: old.owner)
    }

    /// Makes a change to one object and says what has changed.
    mutating func change(of name: ObjectName, _ body: (inout StoredObjects) -> Void) -> Store.Change {
        let before = entries[name]
        var owners = before.flatMap { owned[$0.owner]?.owner }.map { [$0] } ?? []
        body(&self)
        let after = entries[name]
        if let owner = after.flatMap({ owned[$0.owner]?.owner }), owners.first != owner { owners.append(owner) }
        return Store.Change(name: name, existed: before != nil, exists: after != nil, owners: owners)
    }

    private mutating func forgetOrphan(_ name: ObjectName) {
        guard orphans[name.namespace]?.removeValue(forKey: name) != nil else { return }
        if orphans[name.namespace]?.isEmpty == true { orphans[name.namespace] = nil }
    }

    private mutating func release(_ name: ObjectName, from uid: String) {
        guard !uid.isEmpty else { return }
        owned[uid]?.names.removeAll { $0 == name }
        if owned[uid]?.names.isEmpty == true { owned[uid] = nil }
    }
}
