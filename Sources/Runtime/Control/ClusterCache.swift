import ManifestKit
import Synchronization

/// The stores that a controller reads from, one for each type, made when something first asks for the type.
final class ClusterCache: Sendable {
    /// Which objects are followed, and how.
    struct Settings: Sendable {
        /// The namespace; empty for all.
        var namespace = ""
        /// The instance id that Rollouts are labelled with; empty for those without one.
        var instanceID = ""
        /// A label selector that Rollouts have to match as well; empty for any.
        var selector = ""
        /// How the informers work.
        var informers = Informer.Settings()
    }

    /// What tells of a change in any store.
    typealias Listener = @Sendable (_ resource: ResourceType, _ change: Store.Change) -> Void

    /// What is known of a type.
    struct Standing: Sendable {
        var resource: ResourceType
        var hasListed: Bool
        var count: Int
        var problem: KubernetesFailure?
    }

    let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let settings: Settings
    private let listener: Listener
    private let onWork: @Sendable () -> Void
    private let informers = Mutex<[ResourceType: Informer]>([:])

    /// Makes a cache; `onWork` says that a watch has ended and `advance` has something to do.
    init(
        transport: any ClusterTransport, clock: any ClusterClock, settings: Settings = Settings(),
        listener: @escaping Listener, onWork: @escaping @Sendable () -> Void = {}
    ) {
        self.transport = DiscoveringTransport(transport, clock: clock)
        self.clock = clock
        self.settings = settings
        self.listener = listener
        self.onWork = onWork
    }

    /// The store of a type, its objects known; fails where they cannot be read now.
    func store(_ resource: ResourceType) async throws(KubernetesFailure) -> Store {
        let informer = informer(resource)
        if !informer.hasListed {
            // The first list of a type is the API server's time, not ours.
            let start = SteadyTime.seconds
            _ = await informer.advance()
            ReconcileWatch.current?.noteRequest(SteadyTime.seconds - start)
        }
        guard informer.hasListed else {
            let why = informer.problem.map { ": \($0.message)" } ?? ""
            throw KubernetesFailure(.serviceUnavailable, "\(resource) cannot be listed yet\(why)")
        }
        return informer.store
    }

    /// Adds the objects of a kind that somebody has made.
    func collect(
        _ kind: ResourceKind, controlledBy uid: String, into objects: inout [ObjectKey: JSONValue]
    ) async throws(KubernetesFailure) {
        guard let resource = ResourceType(kind) else { return }
        for object in try await store(resource).objects(controlledBy: uid) {
            objects[ObjectKey(kind, ObjectName(of: object).name)] = object
        }
    }

    /// The stores of those types that something has asked for.
    func known(_ resources: [ResourceType]) -> [Store] {
        informers.withLock { informers in resources.compactMap { informers[$0]?.store } }
    }

    /// Whether the cluster serves a type, as far as is known.
    func isServed(_ resource: ResourceType) -> Bool { informer(resource).problem?.reason != .notFound }

    /// Does what is due for every type; the moment at which something is due next, or nil.
    func advance() async -> Double? {
        var next: Double?
        for informer in all {
            guard let moment = await informer.advance() else { continue }
            next = min(next ?? moment, moment)
        }
        return next
    }

    /// Begins what is due for types that plans always need, and for every other that is there; waits for nothing.
    func begin(_ needed: [ResourceType]) -> Double? {
        for resource in needed { _ = informer(resource) }
        return all.compactMap { $0.begin() }.min()
    }

    /// Ends everything for good.
    func stop() { for informer in all { informer.stop() } }

    /// What is known of each type.
    var standings: [Standing] {
        all.map {
            Standing(
                resource: $0.store.resource, hasListed: $0.hasListed, count: $0.store.count, problem: $0.problem)
        }
    }

    private var all: [Informer] {
        informers.withLock { $0.values.sorted { $0.store.resource.plural < $1.store.resource.plural } }
    }

    private func informer(_ resource: ResourceType) -> Informer {
        informers.withLock { informers in
            if let informer = informers[resource] { return informer }
            let store = Store(resource) { [listener] in listener(resource, $0) }
            var settings = self.settings.informers
            // Of one seed, yet not all at the same moment.
            settings.seed = settings.seed.map { $0 &+ UInt64(informers.count) }
            let informer = Informer(
                request(resource), store: store, transport: transport, clock: clock, settings: settings,
                onEnd: onWork)
            informers[resource] = informer
            return informer
        }
    }

    /// What is listed of a type: only Rollouts that are ours, and only ReplicaSets of Rollouts.
    private func request(_ resource: ResourceType) -> KubernetesRequest {
        let namespace = resource.isNamespaced ? settings.namespace : ""
        var request = KubernetesRequest.list(resource, namespace: namespace)
        let label = RolloutMarks.instanceID
        let own = settings.instanceID.isEmpty ? "!\(label)" : "\(label)=\(settings.instanceID)"
        switch resource {
        case .rollouts: request.labelSelector = settings.selector.isEmpty ? own : "\(settings.selector),\(own)"
        case .analysisRuns, .experiments: request.labelSelector = own
        case .replicaSets: request.labelSelector = RolloutMarks.podTemplateHash
        default: break
        }
        return request
    }
}

extension ResourceType {
    /// The type by which plans reach objects of a kind, or nil for a kind that plans have nothing to do with.
    init?(_ kind: ResourceKind) {
        switch kind {
        case .rollout: self = .rollouts
        case .replicaSet: self = .replicaSets
        case .deployment: self = .deployments
        case .podTemplate: self = .podTemplates
        case .service: self = .services
        case .ingress: self = .ingresses
        case .analysisRun: self = .analysisRuns
        case .analysisTemplate: self = .analysisTemplates
        case .clusterAnalysisTemplate: self = .clusterAnalysisTemplates
        case .experiment: self = .experiments
        default: self.init(router: kind)
        }
    }

    /// The types of routers' objects.
    private init?(router kind: ResourceKind) {
        switch kind {
        case .virtualService: self = .virtualServices
        case .destinationRule: self = .destinationRules
        case .traefikService: self = .traefikServices
        case .ingressRoute: self = .ingressRoutes
        case .apisixRoute: self = .apisixRoutes
        case .mapping: self = .mappings
        case .trafficSplit: self = .trafficSplits
        case .httpRoute: self = .httpRoutes
        case .grpcRoute: self = .grpcRoutes
        case .tcpRoute: self = .tcpRoutes
        case .tlsRoute: self = .tlsRoutes
        case .referenceGrant: self = .referenceGrants
        case .httpProxy: self = .httpProxies
        case .openShiftRoute: self = .openShiftRoutes
        case .virtualRouter: self = .virtualRouters
        case .virtualNode: self = .virtualNodes
        case .appMeshVirtualService: self = .appMeshVirtualServices
        default: return nil
        }
    }
}
