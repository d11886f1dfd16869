/// Objects that are applied together, in the order in which they depend on each other.
public struct ApplySet: Sendable {
    /// One of them.
    public struct Item: Sendable {
        /// The object, as it is sent.
        public var object: JSONValue
        /// Where it was read from, for messages.
        public var origin: String

        /// Makes an item.
        public init(object: JSONValue, origin: String) {
            self.object = object
            self.origin = origin
        }

        /// `apiVersion`.
        public var apiVersion: String { object.text("apiVersion") ?? "" }
        /// The group in `apiVersion`, empty for the core group.
        public var group: String { apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : "" }
        /// `kind`.
        public var kind: String { object.text("kind") ?? "" }
        /// `metadata.name`.
        public var name: String { object["metadata"]?.text("name") ?? "" }
        /// `metadata.namespace`, or nil.
        public var namespace: String? { object["metadata"]?.text("namespace") }
        /// Its place in the order.
        public var stage: ApplyStage { ApplyStage(group: group, kind: kind) }
        /// What it is called in messages.
        public var title: String { "\(kind) \(name)" }
    }

    /// The objects in the order in which they are applied.
    public let items: [Item]
    /// Why they cannot be applied, each with its place; empty where they can.
    public let problems: [String]

    /// Sorts objects, and looks for what no cluster would take.
    ///
    /// - Parameter namespace: The only namespace that objects may name, where the user has named one.
    public init(_ found: [Item], onlyNamespace namespace: String? = nil) {
        var problems: [String] = []
        var seen: [String: String] = [:]
        var items: [Item] = []
        for item in found {
            let missing = [("apiVersion", item.apiVersion), ("kind", item.kind), ("metadata.name", item.name)]
                .filter { $0.1.isEmpty }.map(\.0)
            guard missing.isEmpty else {
                let what = item.kind.isEmpty ? "an object" : "a \(item.kind)"
                problems.append("\(item.origin): \(what) without \(Wording.all(missing)) cannot be applied")
                continue
            }
            if let namespace, let own = item.namespace, own != namespace {
                problems.append(
                    "\(item.origin): \(item.title) is in namespace \(own), and -n names \(namespace)")
            }
            let identity = "\(item.group)/\(item.kind)/\(item.namespace ?? "")/\(item.name)"
            if let first = seen.updateValue(item.origin, forKey: identity) {
                problems.append("\(item.origin): \(item.title) is also in \(first)")
            }
            items.append(Self.sendable(item))
        }
        // Within a stage the input's order stays.
        self.items = items.enumerated()
            .sorted { ($0.element.stage, $0.offset) < ($1.element.stage, $1.offset) }.map(\.element)
        self.problems = problems
    }

    /// Without what the API server keeps to itself, as in manifests that were read from a cluster.
    private static func sendable(_ item: Item) -> Item {
        var item = item
        for field in ["managedFields", "creationTimestamp", "uid", "generation", "selfLink", "resourceVersion"] {
            item.object.set(["metadata", field], to: nil)
        }
        item.object["status"] = nil
        return item
    }
}
