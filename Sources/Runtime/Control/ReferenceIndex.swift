import ManifestKit

/// Who looks at which objects, so that a change of an object leads to them.
struct ReferenceIndex: Sendable {
    private struct Target: Hashable {
        var resource: ResourceType
        var name: ObjectName
    }

    private var keys: [WorkItem: [ObjectKey]] = [:]
    private var watchers: [Target: Set<WorkItem>] = [:]

    /// Those that look at an object, in the order of their names.
    func watchers(of name: ObjectName, _ resource: ResourceType) -> [WorkItem] {
        let all = ObjectName(namespace: name.namespace, name: ObjectKey.allNames)
        let own = watchers[Target(resource: resource, name: name)] ?? []
        guard let others = watchers[Target(resource: resource, name: all)] else { return own.sorted() }
        return own.union(others).sorted()
    }

    /// Those that look at any object of a type, in the order of their names.
    func watchers(of resource: ResourceType) -> [WorkItem] {
        watchers.reduce(into: Set<WorkItem>()) { found, entry in
            if entry.key.resource == resource { found.formUnion(entry.value) }
        }.sorted()
    }

    /// Notes what an item looks at.
    mutating func set(_ references: [ObjectKey], of item: WorkItem) {
        let old = keys[item] ?? []
        guard old != references else { return }
        for target in old.compactMap({ target($0, of: item) }) {
            watchers[target]?.remove(item)
            if watchers[target]?.isEmpty == true { watchers[target] = nil }
        }
        for target in references.compactMap({ target($0, of: item) }) {
            watchers[target, default: []].insert(item)
        }
        keys[item] = references.isEmpty ? nil : references
    }

    private func target(_ key: ObjectKey, of item: WorkItem) -> Target? {
        ResourceType(key.kind).map {
            Target(resource: $0, name: key.name(within: item.name.namespace, $0))
        }
    }
}

extension ObjectKey {
    /// The name of the object in a cluster, for somebody of a namespace.
    func name(within namespace: String, _ resource: ResourceType) -> ObjectName {
        ObjectName(namespace: resource.isNamespaced ? self.namespace ?? namespace : "", name: name)
    }
}
