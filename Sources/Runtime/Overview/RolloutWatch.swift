import ManifestKit

/// One Rollout and what is around it, read once or followed.
public final class RolloutWatch: Sendable {
    private let news = NewsSignal()
    private let rollouts: ObjectFollower
    private let replicaSets: ObjectFollower
    private let pods: ObjectFollower
    private let analysisRuns: ObjectFollower
    private let experiments: ObjectFollower
    private let workloads: ObjectFollower?

    /// Finds a Rollout; throws `MissingRollout` where there is none of that name.
    public init(_ name: ObjectName, transport: any ClusterTransport) async throws {
        let rollout: JSONValue
        do {
            rollout = try await transport.send(.get(.rollouts, name))
        } catch {
            guard error.reason == .notFound else { throw error }
            throw try await RolloutSearch(transport: transport).complaint(about: name)
        }
        let news = news
        func follower(
            _ resource: ResourceType, labels: String? = nil, name: String? = nil,
            keeps: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
        ) -> ObjectFollower {
            var request = KubernetesRequest.list(resource, namespace: ObjectName(of: rollout).namespace)
            request.labelSelector = labels
            request.fieldSelector = name.map { "metadata.name=\($0)" }
            return ObjectFollower(request, transport: transport, news: news, keeps: keeps)
        }
        let labels = RolloutObjects.podSelector(of: rollout)
        let isOwned: @Sendable (JSONValue) -> Bool = { object in
            guard let owner = OwnerReference.controller(of: object) else { return false }
            return owner.kind == "Experiment" || (owner.kind == "Rollout" && owner.name == name.name)
        }
        rollouts = follower(.rollouts, name: name.name)
        replicaSets = follower(.replicaSets, labels: labels)
        pods = follower(.pods, labels: labels)
        analysisRuns = follower(.analysisRuns, keeps: isOwned)
        experiments = follower(.experiments, keeps: isOwned)
        let reference = rollout["spec"]?["workloadRef"]
        workloads = reference?["kind"]?.string == "Deployment"
            ? reference?["name"]?.string.map { follower(.deployments, name: $0) } : nil
    }

    private var followers: [ObjectFollower] {
        [rollouts, replicaSets, pods, analysisRuns, experiments] + (workloads.map { [$0] } ?? [])
    }

    /// The Rollout and what is around it as it was last seen; nil where the Rollout is gone.
    public var objects: RolloutObjects? {
        guard let rollout = rollouts.objects.first else { return nil }
        return RolloutObjects(
            rollout: rollout, replicaSets: replicaSets.objects, pods: pods.objects,
            analysisRuns: analysisRuns.objects, experiments: experiments.objects,
            workload: workloads?.objects.first)
    }

    /// What cannot be shown, and why; a line each.
    public var complaints: [String] {
        let failed = followers.compactMap { follower in follower.failure.map { (follower.request.resource, $0) } }
        if let lost = failed.first(where: { $0.1.reason.isPassing }) {
            return ["what is shown may be old, the API server does not answer: \(lost.1.message)"]
        }
        return failed.map { "\($0.0.plural) are not shown: \($0.1.message)" }
    }

    /// Reads everything once.
    public func read() async throws {
        await withTaskGroup(of: Void.self) { group in
            for follower in followers { group.addTask { await follower.read() } }
        }
        if let failure = rollouts.failure { throw failure }
    }

    /// Follows everything and calls `look` after changes and once a second, until it says that it has seen enough, a
    /// signal asks for the end, or the time is up.
    public func follow(timeout: Duration? = nil, look: () throws -> Bool) async throws -> WatchLoop.End {
        try await WatchLoop.run(followers, news: news, timeout: timeout, look: look)
    }
}

/// The Rollouts of a namespace, or of all, read once or followed.
public final class RolloutListWatch: Sendable {
    private let news = NewsSignal()
    private let rollouts: ObjectFollower

    /// Prepares to read; an empty namespace is all of them.
    public init(namespace: String, transport: any ClusterTransport, labelSelector: String? = nil) {
        var request = KubernetesRequest.list(.rollouts, namespace: namespace)
        request.labelSelector = labelSelector
        rollouts = ObjectFollower(request, transport: transport, news: news)
    }

    /// The Rollouts as they were last seen, by namespace and name.
    public var objects: [JSONValue] { rollouts.objects }

    /// What is wrong with the connection, or nil.
    public var complaint: String? {
        rollouts.failure.map { "what is shown may be old, the API server does not answer: \($0.message)" }
    }

    /// Reads the Rollouts once.
    public func read() async throws {
        await rollouts.read()
        if rollouts.isAbsent { throw RolloutSearch.noDefinition }
        if let failure = rollouts.failure { throw failure }
    }

    /// Follows the Rollouts; see `RolloutWatch.follow`.
    public func follow(look: () throws -> Bool) async throws -> WatchLoop.End {
        try await WatchLoop.run([rollouts], news: news, timeout: nil, look: look)
    }
}

/// Looks for Rollouts that somebody may have meant.
struct RolloutSearch {
    let transport: any ClusterTransport

    /// What to say where the kind itself is not there.
    static let noDefinition = KubernetesFailure(
        .notFound,
        "this cluster knows no Rollouts: their CRD is not installed; `rollout-render runtime install` has it",
        resource: .rollouts)

    /// What to say of a name that leads to nothing.
    func complaint(about name: ObjectName) async throws -> any Error {
        let others: [String]
        do throws(KubernetesFailure) {
            others = try await names(.list(.rollouts, namespace: name.namespace)).map(\.name)
        } catch {
            guard error.reason == .notFound else { throw error }
            return Self.noDefinition
        }
        var everywhere = KubernetesRequest.list(.rollouts)
        everywhere.fieldSelector = "metadata.name=\(name.name)"
        // Who may not look into other namespaces gets a shorter answer.
        let elsewhere = (try? await names(everywhere)) ?? []
        return MissingRollout(
            name: name.name, namespace: name.namespace, others: others, elsewhere: elsewhere.map(\.namespace))
    }

    private func names(_ request: KubernetesRequest) async throws(KubernetesFailure) -> [ObjectName] {
        var request = request
        request.limit = 500
        return (try await transport.send(request)["items"]?.array ?? []).map { ObjectName(of: $0) }
    }
}
