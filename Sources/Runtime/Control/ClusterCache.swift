import ManifestKit
import Synchronization

/// The stores that a controller reads from, one for each type, made when something first asks for the type.
public final class ClusterCache: Sendable {
    /// What tells of a change in any store.
    public typealias Listener = @Sendable (
        _ resource: ResourceType, _ name: ObjectName, _ before: JSONValue?, _ after: JSONValue?
    ) -> Void

    let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let namespace: String
    private let instanceID: String
    private let listener: Listener
    private let onWork: @Sendable () -> Void
    private let informers = Mutex<[ResourceType: Informer]>([:])

    /// Makes a cache of one namespace, or of all where that is empty.
    ///
    /// `onWork` says that a watch has ended and `advance` has something to do.
    public init(
        transport: any ClusterTransport, clock: any ClusterClock, namespace: String = "", instanceID: String = "",
        listener: @escaping Listener, onWork: @escaping @Sendable () -> Void = {}
    ) {
        self.transport = transport
        self.clock = clock
        self.namespace = namespace
        self.instanceID = instanceID
        self.listener = listener
        self.onWork = onWork
    }

    /// The store of a type, its objects known; fails where they cannot be read now.
    func store(_ resource: ResourceType) async throws(KubernetesFailure) -> Store {
        let informer = informer(resource)
        if !informer.hasListed { _ = await informer.advance() }
        guard informer.hasListed else {
            throw KubernetesFailure(.serviceUnavailable, "\(resource) cannot be listed yet")
        }
        return informer.store
    }

    /// Does what is due for every type; the moment at which something is due next, or nil.
    func advance() async -> Double? {
        var next: Double?
        let all = informers.withLock { $0.values.sorted { $0.store.resource.plural < $1.store.resource.plural } }
        for informer in all {
            guard let moment = await informer.advance() else { continue }
            next = min(next ?? moment, moment)
        }
        return next
    }

    private func informer(_ resource: ResourceType) -> Informer {
        informers.withLock { informers in
            if let informer = informers[resource] { return informer }
            let store = Store(resource) { [listener] in listener(resource, $0, $1, $2) }
            let informer = Informer(
                request(resource), store: store, transport: transport, clock: clock, onEnd: onWork)
            informers[resource] = informer
            return informer
        }
    }

    /// What is listed of a type: only Rollouts that are ours, and only ReplicaSets of Rollouts.
    private func request(_ resource: ResourceType) -> KubernetesRequest {
        var request = KubernetesRequest.list(resource, namespace: namespace)
        switch resource {
        case .rollouts:
            let label = "argo-rollouts.argoproj.io/controller-instance-id"
            request.labelSelector = instanceID.isEmpty ? "!\(label)" : "\(label)=\(instanceID)"
        case .replicaSets: request.labelSelector = RolloutMarks.podTemplateHash
        default: break
        }
        return request
    }
}

extension ResourceType {
    public static let virtualServices = ResourceType(
        group: "networking.istio.io", version: "v1alpha3", plural: "virtualservices", kind: "VirtualService")
    public static let destinationRules = ResourceType(
        group: "networking.istio.io", version: "v1alpha3", plural: "destinationrules", kind: "DestinationRule")

    /// The type by which plans reach objects of a kind, or nil for a kind that plans have nothing to do with.
    init?(_ kind: ResourceKind) {
        switch kind {
        case .rollout: self = .rollouts
        case .replicaSet: self = .replicaSets
        case .deployment: self = .deployments
        case .podTemplate: self = .podTemplates
        case .service: self = .services
        case .ingress: self = .ingresses
        case .virtualService: self = .virtualServices
        case .destinationRule: self = .destinationRules
        default: return nil
        }
    }
}
