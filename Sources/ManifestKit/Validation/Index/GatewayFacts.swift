/// What is kept of a route of Gateway API.
public struct GatewayRouteFacts: Sendable {
    /// What a rule leads to.
    public struct Backend: Sendable {
        /// Its name.
        public var name: String
        /// Its namespace, or empty.
        public var namespace: String
        /// Whether it is a Service, and not something that stands for one.
        public var isService: Bool
    }

    /// The labels of the route.
    public var labels: JSONObject?
    /// The backends of each rule.
    public var rules: [[Backend]] = []
    /// Where the rules are, or nil.
    public var place: ManifestPlace?

    init(_ object: ManifestDocument) {
        labels = object.root["metadata"]?["labels"]?.json.object
        guard let list = object.spec?["rules"] else { return }
        place = ManifestPlace(list.key ?? list, in: object, path: "spec.rules")
        rules = list.elements.map { rule in
            (rule["backendRefs"].map { Array($0.elements) } ?? []).map { backend in
                Backend(
                    name: backend["name"]?.text ?? "", namespace: backend["namespace"]?.text ?? "",
                    isService: ["", "Service"].contains(backend["kind"]?.text ?? "")
                        && ["", "core"].contains(backend["group"]?.text ?? ""))
            }
        }
    }
}

/// What is kept of a ReferenceGrant.
public struct ReferenceGrantFacts: Sendable {
    /// The kinds and namespaces of the routes that may refer to what it names.
    public var from: [(kind: String, namespace: String)]
    /// The names of the Services that may be referred to; empty for all.
    public var services: [String]

    init(_ object: ManifestDocument) {
        let from = object.spec?["from"].map { Array($0.elements) } ?? []
        let to = object.spec?["to"].map { Array($0.elements) } ?? []
        // A kind of another group is another kind; Services are in the group that has no name.
        self.from = from.filter { $0["group"]?.text == ResourceKind.httpRoute.group }
            .map { ($0["kind"]?.text ?? "", $0["namespace"]?.text ?? "") }
        services = to.filter { $0["group"]?.text ?? "" == "" && $0["kind"]?.text == "Service" }
            .map { $0["name"]?.text ?? "" }
    }
}
