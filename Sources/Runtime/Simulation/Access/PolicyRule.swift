import ManifestKit

/// A rule of a role: what it allows.
struct PolicyRule: Hashable, Sendable {
    var verbs: [String]
    var groups: [String]
    /// Resources as `pods`, `pods/eviction`, `*/scale` or `*`.
    var resources: [String]
    /// The objects that it is about; all where empty.
    var names: [String]
    /// Paths that are no resource's, such as `/metrics` or `/healthz/*`.
    var paths: [String]

    /// Reads a rule.
    init(_ value: JSONValue) {
        func texts(_ field: String) -> [String] { value[field]?.array?.compactMap(\.string) ?? [] }
        verbs = texts("verbs")
        groups = texts("apiGroups")
        resources = texts("resources")
        names = texts("resourceNames")
        paths = texts("nonResourceURLs")
    }

    /// Whether it allows something.
    func allows(_ wanted: AccessAttributes) -> Bool {
        guard verbs.contains("*") || verbs.contains(wanted.verb) else { return false }
        if let path = wanted.path {
            return paths.contains { $0 == "*" || $0 == path || $0.hasSuffix("*") && path.hasPrefix($0.dropLast()) }
        }
        guard groups.contains("*") || groups.contains(wanted.group),
            names.isEmpty || names.contains(wanted.name)
        else { return false }
        let full = wanted.subresource.isEmpty ? wanted.resource : "\(wanted.resource)/\(wanted.subresource)"
        return resources.contains { resource in
            resource == "*" || resource == full
                || !wanted.subresource.isEmpty && resource == "*/\(wanted.subresource)"
        }
    }

    /// The rule as a review of rules shows it.
    var json: JSONValue {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        var value: JSONValue = ["verbs": list(verbs)]
        if !groups.isEmpty { value["apiGroups"] = list(groups) }
        if !resources.isEmpty { value["resources"] = list(resources) }
        if !names.isEmpty { value["resourceNames"] = list(names) }
        if !paths.isEmpty { value["nonResourceURLs"] = list(paths) }
        return value
    }
}
