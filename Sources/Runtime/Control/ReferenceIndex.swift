import ManifestKit

/// Which Rollouts look at which objects, so that a change of an object leads to them.
struct ReferenceIndex: Sendable {
    private struct Target: Hashable {
        var resource: ResourceType
        var name: ObjectName
    }

    private var keys: [ObjectName: [ObjectKey]] = [:]
    private var rollouts: [Target: Set<ObjectName>] = [:]

    /// The Rollouts that look at an object, in the order of their names.
    func rollouts(lookingAt name: ObjectName, _ resource: ResourceType) -> [ObjectName] {
        (rollouts[Target(resource: resource, name: name)] ?? []).sorted()
    }

    /// Notes what a Rollout looks at.
    mutating func set(_ references: [ObjectKey], of rollout: ObjectName) {
        let old = keys[rollout] ?? []
        guard old != references else { return }
        for target in old.compactMap({ target($0, of: rollout) }) {
            rollouts[target]?.remove(rollout)
            if rollouts[target]?.isEmpty == true { rollouts[target] = nil }
        }
        for target in references.compactMap({ target($0, of: rollout) }) {
            rollouts[target, default: []].insert(rollout)
        }
        keys[rollout] = references.isEmpty ? nil : references
    }

    private func target(_ key: ObjectKey, of rollout: ObjectName) -> Target? {
        ResourceType(key.kind).map {
            Target(resource: $0, name: ObjectName(namespace: key.namespace ?? rollout.namespace, name: key.name))
        }
    }
}
