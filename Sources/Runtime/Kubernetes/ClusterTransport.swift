import ManifestKit

/// The only seam to a cluster: what sends a request and hands back what the API answers.
///
/// The embedded cluster conforms to it in memory; a client over HTTP does so for a real one.
public protocol ClusterTransport: Sendable {
    /// Sends a request; the answer is the object, the list, or a `Status`.
    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue

    /// Follows the objects of a list from a version on. The sequence ends when the server ends the watch.
    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error>

    /// The same by calls, for those who must not wait: each change as soon as it is there, and the end of the watch
    /// once, until the returned closure is called. `onEvent` must only take note.
    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void

    /// Where tasks run best that mostly wait for answers from here; nil for anywhere.
    var executor: (any TaskExecutor)? { get }
}

extension ClusterTransport {
    public var executor: (any TaskExecutor)? { nil }

    public func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        let events = watch(request)
        let task = Task {
            do {
                for try await event in events { onEvent(event) }
                onEnd(nil)
            } catch {
                onEnd(error as? KubernetesFailure ?? KubernetesFailure(.unreachable, "\(error)"))
            }
        }
        return { task.cancel() }
    }
}

/// A change that a watch reports.
public struct WatchEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        case bookmark = "BOOKMARK"
        case error = "ERROR"
    }

    /// What happened.
    public var kind: Kind
    /// The object as it is now, or was last; a `Status` for an error.
    public var object: JSONValue

    /// Makes an event.
    public init(_ kind: Kind, _ object: JSONValue) {
        self.kind = kind
        self.object = object
    }

    /// As it stands on a line of a watch.
    public var json: JSONValue { ["type": .string(kind.rawValue), "object": object] }
}
