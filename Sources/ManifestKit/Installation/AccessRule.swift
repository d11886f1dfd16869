/// A rule of a Role or ClusterRole: what may be done with objects of which kinds.
public struct AccessRule: Hashable, Sendable {
    /// The API groups; the empty one is the core group.
    public var groups: [String]
    /// The kinds by their names in paths, with a subresource as `pods/eviction`.
    public var resources: [String]
    /// The only objects that it holds for; none for all.
    public var names: [String]
    /// What may be done.
    public var verbs: [String]

    /// Makes a rule.
    public init(_ groups: [String], _ resources: [String], names: [String] = [], _ verbs: [String]) {
        self.groups = groups
        self.resources = resources
        self.names = names
        self.verbs = verbs
    }

    /// The rule as it stands in a Role.
    public var json: JSONValue {
        var rule: JSONValue = [
            "apiGroups": .array(groups.map { .string($0) }), "resources": .array(resources.map { .string($0) }),
        ]
        if !names.isEmpty { rule["resourceNames"] = .array(names.map { .string($0) }) }
        rule["verbs"] = .array(verbs.map { .string($0) })
        return rule
    }

    /// Whether it lets somebody do something; `name` is nil where the request names no object.
    public func allows(verb: String, group: String, resource: String, name: String? = nil) -> Bool {
        verbs.contains(verb) && groups.contains(group) && resources.contains(resource)
            && (names.isEmpty || name.map { names.contains($0) } == true)
    }
}

extension AccessRule {
    /// What it takes to follow objects: read one, list them, watch them.
    static let read = ["get", "list", "watch"]
}
