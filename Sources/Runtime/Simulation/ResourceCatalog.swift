import ManifestKit

/// What an embedded cluster serves: the built-in kinds that Rollouts touch, ours, those of routers, and what CRDs add.
struct ResourceCatalog: Sendable {
    /// A kind with all that the API says of it.
    struct Entry: Hashable, Sendable {
        /// The type in its preferred version.
        var type: ResourceType
        /// The versions that are served, the preferred one first.
        var versions: [String]
        /// The name of one object, such as `rollout`.
        var singular: String
        /// Short names, such as `ro`.
        var shortNames: [String] = []
        /// Groups of kinds, such as `all`.
        var categories: [String] = []
        /// Whether the status is written apart from the rest.
        var hasStatus = true
        /// Where the scale subresource finds its values, or nil where there is none.
        var scale: ScalePaths?
        /// Whether its objects are questions that are answered and never kept.
        var isReview = false
        /// Whether it was defined by a CRD.
        var isCustom = false
        /// Columns of its table, for kinds that a CRD defines.
        var columns: [PrinterColumn] = []
        /// The OpenAPI schema of its objects, for kinds that a CRD defines.
        var schema: JSONValue?
    }

    /// Where the scale subresource finds its values.
    struct ScalePaths: Hashable, Sendable {
        var replicas: [String] = ["spec", "replicas"]
        var statusReplicas: [String] = ["status", "replicas"]
        /// A selector as text in the status, as CRDs have it; nil where `spec.selector` is one.
        var selector: [String]?
    }

    /// A column that `kubectl get` shows.
    struct PrinterColumn: Hashable, Sendable {
        var name: String
        var type: String
        /// A JSONPath such as `.status.phase`.
        var path: String
        var description = ""
        /// 0 is always shown, more only with `-o wide`.
        var priority = 0
    }

    private(set) var entries: [Entry]

    /// The kinds that are there without a CRD.
    init() { entries = Self.builtIn }

    /// The entry that serves a group, version and plural name.
    func entry(group: String, version: String, plural: String) -> Entry? {
        entries.first { $0.type.group == group && $0.type.plural == plural && $0.versions.contains(version) }
    }

    /// The entry of a kind.
    func entry(apiVersion: String, kind: String) -> Entry? {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let group = parts.count == 2 ? parts[0] : ""
        let version = parts.last ?? ""
        return entries.first { $0.type.group == group && $0.type.kind == kind && $0.versions.contains(version) }
    }

    /// The groups with their versions, the preferred first, in the order of their names.
    var groups: [(name: String, versions: [String])] {
        var versions: [String: [String]] = [:]
        for entry in entries {
            for version in entry.versions where !versions[entry.type.group, default: []].contains(version) {
                versions[entry.type.group, default: []].append(version)
            }
        }
        return versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Adds what a CRD defines, in the place of what was there under its name.
    mutating func add(_ entry: Entry) {
        entries.removeAll { $0.type.group == entry.type.group && $0.type.plural == entry.type.plural }
        entries.append(entry)
    }

    /// Takes away what a CRD defined; built-in kinds come back.
    mutating func remove(group: String, plural: String) {
        entries.removeAll { $0.type.group == group && $0.type.plural == plural }
        entries += Self.builtIn.filter { $0.type.group == group && $0.type.plural == plural }
    }

    /// The entry that a CustomResourceDefinition describes; nil where it is incomplete.
    static func entry(definition: JSONValue) -> Entry? {
        guard let spec = definition["spec"], let group = spec["group"]?.string, let names = spec["names"],
            let plural = names["plural"]?.string, let kind = names["kind"]?.string
        else { return nil }
        let served = (spec["versions"]?.array ?? []).filter { $0["served"]?.boolean != false }
        let stored = served.first { $0["storage"]?.boolean == true } ?? served.first
        guard let stored, let version = stored["name"]?.string else { return nil }
        let others = served.compactMap { $0["name"]?.string }.filter { $0 != version }
        var entry = Entry(
            type: ResourceType(
                group: group, version: version, plural: plural, kind: kind,
                isNamespaced: spec["scope"]?.string != "Cluster"),
            versions: [version] + others, singular: names["singular"]?.string ?? kind.lowercased(),
            shortNames: names["shortNames"]?.array?.compactMap(\.string) ?? [],
            categories: names["categories"]?.array?.compactMap(\.string) ?? [],
            hasStatus: stored["subresources"]?["status"] != nil, isCustom: true)
        entry.schema = stored["schema"]?["openAPIV3Schema"]
        if let scale = stored["subresources"]?["scale"] {
            entry.scale = ScalePaths(
                replicas: path(scale["specReplicasPath"]), statusReplicas: path(scale["statusReplicasPath"]),
                selector: scale["labelSelectorPath"].map { path($0) })
        }
        entry.columns = (stored["additionalPrinterColumns"]?.array ?? []).compactMap { column in
            guard let name = column["name"]?.string, let path = column["jsonPath"]?.string else { return nil }
            return PrinterColumn(
                name: name, type: column["type"]?.string ?? "string", path: path,
                description: column["description"]?.string ?? "", priority: column["priority"]?.integer ?? 0)
        }
        return entry
    }

    private static func path(_ value: JSONValue?) -> [String] {
        (value?.string ?? "").split(separator: ".").map(String.init)
    }
}
