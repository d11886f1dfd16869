/// The objects beside a Rollout, found by kind, name and namespace.
public struct ObjectIndex: Sendable {
    private struct Name: Hashable {
        var kind: ResourceKind
        var name: String
    }

    private var objects: [Name: [(namespace: String?, object: JSONValue)]] = [:]

    /// Takes the objects that Rollouts look at; the rest is left out.
    public init(_ all: [JSONValue] = []) {
        for object in all {
            guard let kind = Self.kind(of: object), kind != .rollout, let metadata = object["metadata"],
                let name = metadata.text("name")
            else { continue }
            objects[Name(kind: kind, name: name), default: []].append((metadata.text("namespace"), object))
        }
    }

    private static func kind(of object: JSONValue) -> ResourceKind? {
        guard let kind = object["kind"]?.string else { return nil }
        let known = object["apiVersion"]?.string.flatMap { ResourceKind(apiVersion: $0, kind: kind) }
        return known ?? ResourceKind(rawValue: kind)
    }

    /// The names of the objects that a key means: its own, or those of all that are there. Where there is no
    /// ReferenceGrant at all, one that can be made up.
    public func keys(for key: ObjectKey, in namespace: String?) -> [ObjectKey] {
        guard key.namesAll else { return [key] }
        let wanted = key.namespace ?? namespace
        let found = objects.filter { name, found in
            name.kind == key.kind
                && found.contains { wanted == nil || $0.namespace == nil || $0.namespace == wanted }
        }
        if found.isEmpty, key.kind == .referenceGrant {
            return [ObjectKey(key.kind, GatewayAPIRouter.placeholderGrant, namespace: key.namespace)]
        }
        return found.keys.map(\.name).sorted().map { ObjectKey(key.kind, $0, namespace: key.namespace) }
    }

    /// The object of a kind with this name in a namespace; where either names no namespace, any will do.
    public func object(_ key: ObjectKey, in namespace: String?) -> JSONValue? {
        guard let found = objects[Name(kind: key.kind, name: key.name)] else { return nil }
        let wanted = key.namespace ?? namespace
        return (found.first { $0.namespace == wanted } ?? found.first { wanted == nil || $0.namespace == nil })?.object
    }
}
