/// One request over the network and what came of it, for metrics.
public struct RequestRecord: Hashable, Sendable {
    /// The verb as rights name it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    public var verb: String
    /// The type of the objects.
    public var resource: ResourceType
    /// The part of the object, or nil.
    public var subresource: KubernetesRequest.Subresource?
    /// The namespace; empty for all, or for a type without namespaces.
    public var namespace: String
    /// The object's name; nil for a list, a watch and a create.
    public var name: String?
    /// The HTTP status; 0 where there was no answer.
    public var code: Int
    /// Seconds until the answer was there; of a watch, until it began.
    public var seconds: Double
}
