import ManifestKit
import Synchronization

/// Sends requests about kinds of other projects to the version, or the group, under which the cluster serves them.
///
/// Stores, references and plans know such a kind by one `ResourceType`; its `alternatives` say where else it may be.
/// What is served is asked when objects are listed, and remembered for the requests that follow. It is asked again when
/// a path is no longer there, and after a while, when a watch is begun anew.
final class DiscoveringTransport: WrappingTransport {
    private struct Found {
        var type: ResourceType
        /// By the steady clock.
        var askedAt: Double
    }

    /// For how long an answer counts, in seconds.
    static let memorySeconds = 600.0

    let base: any ClusterTransport
    private let discovery: ResourceDiscovery
    private let clock: any ClusterClock
    private let found = Mutex<[ResourceType: Found]>([:])

    /// Stands in front of another transport.
    init(_ base: any ClusterTransport, clock: any ClusterClock) {
        self.base = base
        self.clock = clock
        discovery = ResourceDiscovery(base)
    }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        guard let alternatives = request.resource.alternatives else { return try await base.send(request) }
        let isNewList = request.verb == .list && request.continuation == nil
        let known = isNewList ? nil : remembered(request.resource)
        let type: ResourceType
        if let known {
            type = known.type
        } else {
            type = try await ask(alternatives, for: request)
        }
        do throws(KubernetesFailure) {
            return try await base.send(Self.request(request, to: type))
        } catch {
            // Without a name it is the path that is not there, or no longer.
            guard known != nil, error.reason == .notFound, error.name == nil else { throw error }
            let other = try await ask(alternatives, for: request)
            guard other != type else { throw error }
            return try await base.send(Self.request(request, to: other))
        }
    }

    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> {
        guard request.resource.alternatives != nil else { return base.watch(request) }
        guard let found = fresh(request.resource) else {
            return AsyncThrowingStream { $0.finish(throwing: Self.stale) }
        }
        return base.watch(Self.request(request, to: found))
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        guard request.resource.alternatives != nil else {
            return base.subscribe(request, onEvent: onEvent, onEnd: onEnd)
        }
        guard let found = fresh(request.resource) else {
            onEnd(Self.stale)
            return {}
        }
        return base.subscribe(Self.request(request, to: found), onEvent: onEvent, onEnd: onEnd)
    }

    /// Makes who follows list everything anew, and with it ask what is served.
    private static let stale = KubernetesFailure(.expired, "what the cluster serves is asked again")

    private func remembered(_ resource: ResourceType) -> Found? { found.withLock { $0[resource] } }

    private func fresh(_ resource: ResourceType) -> ResourceType? {
        guard let found = remembered(resource), clock.steady - found.askedAt < Self.memorySeconds else { return nil }
        return found.type
    }

    /// Finds out which alternative is served and keeps it in mind; fails with `notFound` where none is.
    private func ask(
        _ alternatives: [ResourceType], for request: KubernetesRequest
    ) async throws(KubernetesFailure) -> ResourceType {
        var served: [ResourceType] = []
        for type in alternatives where !served.contains(where: { $0.group == type.group }) {
            do throws(KubernetesFailure) {
                guard let one = try await discovery.types(of: type.apiVersion)[type.kind] else { continue }
                served.append(one)
            } catch {
                // Whoever may not ask takes the first for what it is.
                guard error.reason == .forbidden || error.reason == .unauthorized else { throw error }
                served.append(type)
            }
        }
        let type = served.count > 1 ? await inhabited(served, for: request) : served.first
        found.withLock { $0[request.resource] = type.map { Found(type: $0, askedAt: clock.steady) } }
        if let type { return type }
        let definition = "\(alternatives[0].plural).\(alternatives[0].group)"
        throw KubernetesFailure(
            .notFound, "the cluster does not serve \(alternatives[0].kind): CustomResourceDefinition \(definition) is "
                + "missing, or has none of the versions \(alternatives.map(\.apiVersion).joined(separator: ", "))",
            resource: request.resource)
    }

    /// Of several groups, as while a project moves from one to another, the first that has objects.
    private func inhabited(_ served: [ResourceType], for request: KubernetesRequest) async -> ResourceType {
        for type in served {
            var list = KubernetesRequest.list(type, namespace: request.namespace)
            list.limit = 1
            let answer = try? await base.send(list)
            if answer?["items"]?.array?.isEmpty == false { return type }
        }
        return served[0]
    }

    /// A request as it goes to a version; a new object is one of that version.
    private static func request(_ request: KubernetesRequest, to type: ResourceType) -> KubernetesRequest {
        var request = request
        request.resource = type
        if request.verb == .create || request.verb == .update, request.subresource == nil, request.body != nil {
            request.body?["apiVersion"] = .string(type.apiVersion)
            request.body?["kind"] = .string(type.kind)
        }
        return request
    }
}
