import ManifestKit

/// The changes that a client follows, as the lines of a response.
struct WatchStream: Sendable {
    /// Seconds between the marks that keep a quiet watch's version young.
    private static let bookmarkSeconds = 60

    private let cluster: EmbeddedCluster
    private let request: KubernetesRequest
    private let settings: WatchSettings
    private let source: APIRequest
    private let entry: ResourceCatalog.Entry
    private let events: AsyncStream<WatchEvent>
    private let continuation: AsyncStream<WatchEvent>.Continuation
    private let unfollow: @Sendable () -> Void

    /// Begins to follow; throws where the version is forgotten or nothing of that kind is served.
    init(
        _ cluster: EmbeddedCluster, _ request: KubernetesRequest, _ settings: WatchSettings, _ source: APIRequest
    ) throws(KubernetesFailure) {
        self.cluster = cluster
        self.request = request
        self.settings = settings
        self.source = source
        let (events, continuation) = AsyncStream<WatchEvent>.makeStream()
        let type = request.resource
        guard let entry = cluster.catalog.entry(group: type.group, version: type.version, plural: type.plural) else {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        self.entry = entry
        self.events = events
        self.continuation = continuation
        unfollow = try cluster.follow(request) { continuation.yield($0) }
        if settings.sendsInitialEvents { continuation.yield(bookmark(endsInitialEvents: true)) }
    }

    /// Writes a line for each change until the time is over, the client goes away, or the task is cancelled.
    func run(_ write: (String) async throws -> Void) async throws {
        let timer = Task {
            var left = settings.seconds
            while left > 0 {
                let pause = min(left, Self.bookmarkSeconds)
                try await Task.sleep(for: .seconds(pause))
                left -= pause
                if settings.allowsBookmarks { continuation.yield(bookmark()) }
            }
            continuation.finish()
        }
        defer {
            timer.cancel()
            stop()
        }
        var isFirst = true
        for await event in events {
            let presentation = source.presentation(entry: entry, now: cluster.clock.time)
            try await write(JSONWriter.text(presentation.shown(event, isFirst: isFirst).json) + "\n")
            isFirst = false
        }
    }

    /// Ends the stream.
    func stop() {
        unfollow()
        continuation.finish()
    }

    private func bookmark(endsInitialEvents: Bool = false) -> WatchEvent {
        var metadata: JSONValue = ["resourceVersion": .string(String(cluster.version)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return WatchEvent(.bookmark, [
            "kind": .string(request.resource.kind), "apiVersion": .string(request.resource.apiVersion),
            "metadata": metadata,
        ])
    }
}
