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
            guard let kind = ResourceKind(of: object), kind != .rollout, let metadata = object["metadata"],
                let name = metadata.text("name")
            else { continue }
            objects[Name(kind: kind, name: name), default: []].append((metadata.text("namespace"), object))
        }
    }

    /// The object of a kind with this name in a namespace; where either names no namespace, any will do.
    public func object(_ key: ObjectKey, in namespace: String?) -> JSONValue? {
        guard let found = objects[Name(kind: key.kind, name: key.name)] else { return nil }
        let wanted = key.namespace ?? namespace
        return (found.first { $0.namespace == wanted } ?? found.first { wanted == nil || $0.namespace == nil })?.object
    }
}
