import ManifestKit

/// The documents in which an API server says what it serves.
struct Discovery {
    let catalog: ResourceCatalog

    /// The document at a path, or nil where the path is not one of discovery.
    func answer(_ request: APIRequest) -> JSONValue? {
        let path = request.path
        guard request.method == "GET" else { return nil }
        switch (path.first, path.count) {
        case ("api", 1): return ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
        case ("apis", 1): return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(named.map(group))]
        case ("api", 2): return path[1] == "v1" ? resources(group: "", version: "v1") : nil
        case ("apis", 2): return named.first { $0.name == path[1] }.map { group($0) }
        case ("apis", 3): return resources(group: path[1], version: path[2])
        default: return nil
        }
    }

    private var named: [(name: String, versions: [String])] { catalog.groups.filter { !$0.name.isEmpty } }

    private func group(_ group: (name: String, versions: [String])) -> JSONValue {
        let versions = group.versions.map { version -> JSONValue in
            ["groupVersion": .string("\(group.name)/\(version)"), "version": .string(version)]
        }
        return [
            "kind": "APIGroup", "apiVersion": "v1", "name": .string(group.name), "versions": .array(versions),
            "preferredVersion": versions[0],
        ]
    }

    /// What a group and version has, or nil where it is not served.
    func resources(group: String, version: String) -> JSONValue? {
        let entries = catalog.entries.filter { $0.type.group == group && $0.versions.contains(version) }
        guard !entries.isEmpty else { return nil }
        let name = group.isEmpty ? version : "\(group)/\(version)"
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(name),
            "resources": .array(entries.flatMap(resources)),
        ]
    }

    private func resources(of entry: ResourceCatalog.Entry) -> [JSONValue] {
        var resource: JSONValue = [
            "name": .string(entry.type.plural), "singularName": .string(entry.singular),
            "namespaced": .boolean(entry.type.isNamespaced), "kind": .string(entry.type.kind),
            "verbs": entry.isReview
                ? ["create"] : ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        ]
        if !entry.shortNames.isEmpty { resource["shortNames"] = .array(entry.shortNames.map { .string($0) }) }
        if !entry.categories.isEmpty { resource["categories"] = .array(entry.categories.map { .string($0) }) }
        var resources = [resource]
        if entry.hasStatus { resources.append(subresource("status", of: entry, kind: entry.type.kind)) }
        if entry.scale != nil {
            var scale = subresource("scale", of: entry, kind: "Scale")
            scale["group"] = "autoscaling"
            scale["version"] = "v1"
            resources.append(scale)
        }
        if entry.type.kind == "ServiceAccount" {
            var token = subresource("token", of: entry, kind: "TokenRequest")
            token["group"] = "authentication.k8s.io"
            token["version"] = "v1"
            token["verbs"] = ["create"]
            resources.append(token)
        }
        if entry.type.kind == "Pod" {
            var eviction = subresource("eviction", of: entry, kind: "Eviction")
            eviction["group"] = "policy"
            eviction["version"] = "v1"
            eviction["verbs"] = ["create"]
            resources.append(eviction)
        }
        return resources
    }

    private func subresource(_ name: String, of entry: ResourceCatalog.Entry, kind: String) -> JSONValue {
        [
            "name": .string("\(entry.type.plural)/\(name)"), "singularName": "",
            "namespaced": .boolean(entry.type.isNamespaced), "kind": .string(kind), "verbs": ["get", "patch", "update"],
        ]
    }
}
