/// One Kubernetes object in a stream: a whole document, or an item of a `List`.
public struct ManifestDocument: Sendable {
    /// The object.
    public let root: YAMLNode
    /// What it is, or nil for a kind that the product has no rules for.
    public let kind: ResourceKind?
    /// The `apiVersion` as written; empty where there is none.
    public let apiVersion: String
    /// The `kind` as written; empty where there is none.
    public let kindName: String
    /// The number of its document in the file, from 0.
    public let index: Int
    /// The template that `helm template` names above it.
    public let origin: String?
    /// What a ConfigMap of notifications says, read once for all rules; nil for any other object.
    let notifications: NotificationSettings?

    /// Reads what an object says it is.
    public init(root: YAMLNode, index: Int = 0, origin: String? = nil) {
        self.root = root
        self.index = index
        self.origin = origin
        apiVersion = root["apiVersion"]?.text ?? ""
        kindName = root["kind"]?.text ?? ""
        let isOfNotifications = kindName == "ConfigMap" && apiVersion == "v1"
            && root["metadata"]?["name"]?.textEquals(NotificationSettings.configMap) == true
        notifications = isOfNotifications
            ? NotificationSettings(data: root["data"]?.json.stringDictionary ?? [:], secrets: nil) : nil
        kind = isOfNotifications ? .notificationConfigMap : ResourceKind(apiVersion: apiVersion, kind: kindName)
    }

    /// Reads the objects of a document: the items, where it is a `List`, and theirs where they are lists again.
    public static func objects(in document: YAMLDocument) -> [ManifestDocument] {
        guard let root = document.root, root.isMapping else { return [] }
        return ManifestDocument(root: root, index: document.index, origin: document.origin).flattened
    }

    private var flattened: [ManifestDocument] {
        guard kindName.hasSuffix("List"), let items = root["items"], items.isSequence else { return [self] }
        return items.elements.filter(\.isMapping).flatMap {
            ManifestDocument(root: $0, index: index, origin: origin).flattened
        }
    }

    /// `metadata.name`, or nil; an object with `generateName` has none.
    public var name: String? { root["metadata"]?["name"]?.text }
    /// `metadata.namespace`, or nil.
    public var namespace: String? { root["metadata"]?["namespace"]?.text }
    /// `spec`, or nil.
    public var spec: YAMLNode? { root["spec"] }
}
