import ManifestKit

/// A request to a Kubernetes API as a plain value: every transport sends the same ones, and tests read them.
public struct KubernetesRequest: Hashable, Sendable {
    /// What is to be done.
    public enum Verb: Hashable, Sendable {
        case get, list, create, update, delete, deleteCollection
        case patch(PatchType)

        /// The HTTP method.
        public var method: String {
            switch self {
            case .get, .list: "GET"
            case .create: "POST"
            case .update: "PUT"
            case .delete, .deleteCollection: "DELETE"
            case .patch: "PATCH"
            }
        }
    }

    /// How a patch is to be understood; the raw value is its media type.
    public enum PatchType: String, Hashable, Sendable, CaseIterable {
        case merge = "application/merge-patch+json"
        case json = "application/json-patch+json"
        case strategicMerge = "application/strategic-merge-patch+json"
        case apply = "application/apply-patch+yaml"
    }

    /// A part of an object that is written apart from it.
    public enum Subresource: String, Hashable, Sendable, CaseIterable {
        case status, scale
        case eviction
    }

    /// What happens to the objects that a deleted one owns.
    public enum Propagation: String, Hashable, Sendable {
        case background = "Background", foreground = "Foreground", orphan = "Orphan"
    }

    /// How unknown fields are taken.
    public enum FieldValidation: String, Hashable, Sendable {
        case ignore = "Ignore", warn = "Warn", strict = "Strict"
    }

    /// What is to be done.
    public var verb: Verb
    /// With objects of this type.
    public var resource: ResourceType
    /// In this namespace; empty for all, or for a type without namespaces.
    public var namespace: String
    /// With this object; nil for a list, and for a create.
    public var name: String?
    /// With this part of it.
    public var subresource: Subresource?
    /// The object or the patch.
    public var body: JSONValue?
    /// Only objects with these labels, as `app=web,tier in (a, b)`.
    public var labelSelector: String?
    /// Only objects with these fields, as `metadata.name=web`.
    public var fieldSelector: String?
    /// At most so many objects of a list.
    public var limit: Int?
    /// Where a list goes on.
    public var continuation: String?
    /// The version that is read, or that a delete expects.
    public var resourceVersion: String?
    /// What happens to owned objects.
    public var propagation: Propagation?
    /// Whether nothing is to be kept.
    public var isDryRun = false
    /// Who writes.
    public var fieldManager: String?
    /// Whether an apply takes fields from other managers.
    public var isForced = false
    /// How unknown fields are taken.
    public var fieldValidation: FieldValidation?
    /// Whether it waits neither for a turn under the rate limit nor for one of the connections that all share.
    var isUrgent = false

    /// Makes a request.
    public init(
        _ verb: Verb, _ resource: ResourceType, namespace: String = "", name: String? = nil,
        subresource: Subresource? = nil, body: JSONValue? = nil
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
        self.body = body
    }

    /// Reads one object.
    public static func get(_ resource: ResourceType, _ name: ObjectName) -> KubernetesRequest {
        KubernetesRequest(.get, resource, namespace: name.namespace, name: name.name)
    }

    /// Asks which resources a group and version has; the answer is an `APIResourceList`.
    public static func discovery(apiVersion: String) -> KubernetesRequest {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let group = parts.count == 2 ? parts[0] : ""
        return KubernetesRequest(
            .get, ResourceType(group: group, version: parts.last ?? "", plural: "", kind: "", isNamespaced: false))
    }

    /// Lists objects of one namespace, or of all.
    public static func list(_ resource: ResourceType, namespace: String = "") -> KubernetesRequest {
        KubernetesRequest(.list, resource, namespace: namespace)
    }

    /// Makes an object.
    public static func create(_ resource: ResourceType, namespace: String, _ object: JSONValue) -> KubernetesRequest {
        KubernetesRequest(.create, resource, namespace: namespace, body: object)
    }

    /// Changes an object by a patch.
    public static func patch(
        _ resource: ResourceType, _ name: ObjectName, _ patch: JSONValue, type: PatchType = .merge,
        subresource: Subresource? = nil
    ) -> KubernetesRequest {
        KubernetesRequest(
            .patch(type), resource, namespace: name.namespace, name: name.name, subresource: subresource, body: patch)
    }

    /// Deletes an object, and in the background what it owns.
    public static func delete(_ resource: ResourceType, _ name: ObjectName) -> KubernetesRequest {
        var request = KubernetesRequest(.delete, resource, namespace: name.namespace, name: name.name)
        request.propagation = .background
        return request
    }

    /// The path and query on an API server.
    public var path: String {
        var path = resource.root
        if resource.isNamespaced, !namespace.isEmpty {
            path += "/namespaces/\(PercentEncoding.escaped(namespace.utf8))"
        }
        if !resource.plural.isEmpty { path += "/\(resource.plural)" }
        if let name { path += "/\(PercentEncoding.escaped(name.utf8))" }
        if let subresource { path += "/\(subresource.rawValue)" }
        let query = parameters.map { "\($0.name)=\(PercentEncoding.escaped($0.value.utf8))" }.joined(separator: "&")
        return query.isEmpty ? path : path + "?" + query
    }

    /// The query's parameters in the order of their names.
    public var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        if let continuation { parameters.append(("continue", continuation)) }
        if isDryRun { parameters.append(("dryRun", "All")) }
        if let fieldManager { parameters.append(("fieldManager", fieldManager)) }
        if let fieldSelector { parameters.append(("fieldSelector", fieldSelector)) }
        if let fieldValidation { parameters.append(("fieldValidation", fieldValidation.rawValue)) }
        if isForced { parameters.append(("force", "true")) }
        if let labelSelector { parameters.append(("labelSelector", labelSelector)) }
        if let limit { parameters.append(("limit", String(limit))) }
        if let propagation { parameters.append(("propagationPolicy", propagation.rawValue)) }
        if let resourceVersion { parameters.append(("resourceVersion", resourceVersion)) }
        return parameters
    }
}
