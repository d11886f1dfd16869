import ManifestKit
import Synchronization

/// What a cluster's own controllers and kubelets do, as far as an update can tell: ReplicaSets make pods, pods become
/// ready, Deployments roll, Jobs end, Endpoints follow, autoscalers scale on request.
///
/// It does what is due when it is asked to, and says when it wants to be asked again: under a virtual clock it runs
/// without waiting, and the same input gives the same course.
public final class WorkloadModel {
    /// How pods behave where neither annotations nor a script say otherwise.
    public struct Settings: Sendable {
        /// Seconds from a pod's start until it is ready.
        public var podDelay: Double = 1
        /// Seconds for which a pod goes on serving when it is to end, at most its grace period. A proxy needs some to
        /// learn that the pod goes.
        public var terminationDelay: Double = 0
        /// What the addresses of pods begin with.
        public var addressPrefix = "10.244."

        /// The settings without options.
        public init() {}
    }

    /// What becomes of a pod.
    public enum PodFate: Hashable, Sendable {
        /// It becomes ready after some seconds, or after the usual ones.
        case ready(after: Double?)
        /// It runs and never becomes ready.
        case neverReady
        /// It crashes again and again.
        case crash
        /// It is ready for some seconds and then crashes.
        case crashAfter(Double)
    }

    /// Decides what becomes of a pod before its annotations do; nil leaves it to them.
    public typealias Script = @Sendable (_ pod: JSONValue) -> PodFate?

    let cluster: EmbeddedCluster
    let settings: Settings
    let script: Script?
    /// Whether a pod answers a probe.
    let isAnswering: (_ name: ObjectName, _ pod: JSONValue) -> Bool
    /// When the model last began to do what is due: what it finds together happens together, however long it takes.
    var began: Double = 0
    /// When each pod that is being watched over started, in seconds since the start of 1970.
    var podStarts: [ObjectName: Double] = [:]
    /// When each pod that is to end was told so.
    var podEnds: [ObjectName: Double] = [:]
    /// The moments at which something may be due for pods.
    var podMoments: [ObjectName: Double] = [:]
    /// Pods that would be ready if they answered; who makes them answer says when to look again.
    var silentPods: Set<ObjectName> = []
    /// The pods and the Services of which the model has heard, by their labels and selectors.
    var podIndex = LabelIndex()
    var serviceIndex = SelectorIndex()
    /// ReplicaSets with ready pods that do not yet count as available.
    var waitingReplicaSets: Set<ObjectName> = []
    private let dirty: DirtyObjects
    private var stops: [@Sendable () -> Void] = []
    private var addressCount = 0
    /// The addresses that the pods of a loaded cluster have.
    private var takenAddresses: Set<String>

    /// Starts to watch over a cluster's workloads.
    public convenience init(cluster: EmbeddedCluster, settings: Settings = Settings(), script: Script? = nil) {
        self.init(cluster: cluster, settings: settings, script: script, servers: nil)
    }

    /// Starts to watch over a cluster's workloads, whose pods get ready only when their servers listen.
    init(cluster: EmbeddedCluster, settings: Settings, script: Script? = nil, servers: PodServers?) {
        self.cluster = cluster
        self.settings = settings
        self.script = script
        isAnswering = { servers?.areListening(for: $0, $1) ?? true }
        takenAddresses = Set(cluster.objects(.pods).compactMap { $0.object["status"]?["podIP"]?.string })
        let dirty = DirtyObjects()
        self.dirty = dirty
        for kind in WorkloadKind.allCases {
            // A removed object's owner is named by what was there last.
            stops.append(cluster.observeChanges(kind.resource) { dirty.note(kind, $0.name, $0.object) })
            for (name, object) in cluster.objects(kind.resource) { dirty.note(kind, name, object) }
        }
        // What a Rollout has become is news for the autoscaler that scales it.
        stops.append(cluster.observe(.rollouts) { name, _ in dirty.markAutoscalers(name.namespace) })
    }

    deinit { for stop in stops { stop() } }

    /// Calls a closure whenever there may be something to do.
    public func onChange(_ body: @escaping @Sendable () -> Void) { dirty.onChange(body) }

    /// Does everything that is due; the moment at which something is due next, or nil.
    public func advance() -> Double? {
        began = cluster.clock.now
        var rounds = 0
        while let batch = dirty.take() {
            for kind in WorkloadKind.allCases {
                for name in batch[kind, default: []].sorted() { handle(kind, name) }
            }
            rounds += 1
            precondition(rounds < 10_000, "the workload model does not come to rest")
        }
        // A script may change its mind about any pod.
        let now = cluster.clock.now
        let due = script == nil
            ? silentPods.union(podMoments.filter { $0.value <= now }.keys) : Set(podStarts.keys)
        for name in due.sorted() { podMoments[name] = advancePod(name) }
        var next = podMoments.values.min()
        for name in waitingReplicaSets.sorted() {
            if let due = nextAvailability(of: name), due > cluster.clock.now {
                next = min(next ?? due, due)
            } else {
                waitingReplicaSets.remove(name)
                markChanged(.replicaSet, name)
            }
        }
        // What pods became may be news for their owners.
        return dirty.isEmpty ? next : advance() ?? next
    }

    private func handle(_ kind: WorkloadKind, _ name: ObjectName) {
        switch kind {
        case .replicaSet: reconcileReplicaSet(name)
        case .deployment: reconcileDeployment(name)
        case .statefulSet: reconcileStatefulSet(name)
        case .daemonSet: reconcileDaemonSet(name)
        case .job: reconcileJob(name)
        case .pod: followPod(name)
        case .service: reconcileEndpoints(name)
        case .autoscaler: reconcileAutoscalers(name)
        case .disruptionBudget: reconcileDisruptionBudgets(name)
        }
    }

    /// Marks the owner and the services of a pod that changed, and those services that were its own before.
    func markAround(_ pod: JSONValue?, _ name: ObjectName) {
        for owner in pod?["metadata"]?["ownerReferences"]?.array ?? [] {
            guard let kind = WorkloadKind.allCases.first(where: { $0.resource.kind == owner["kind"]?.string }),
                let owner = owner["name"]?.string
            else { continue }
            dirty.mark(kind, ObjectName(namespace: name.namespace, name: owner))
        }
        let before = podIndex.labels(of: name)
        let after = pod?["metadata"]?["labels"]?.stringDictionary ?? [:]
        for labels in before == after ? [after] : [before, after] {
            for service in serviceIndex.selecting(labels, in: name.namespace) { dirty.mark(.service, service) }
        }
        podIndex.set(name, to: pod == nil ? nil : after)
        dirty.mark(.disruptionBudget, ObjectName(namespace: name.namespace, name: ""))
    }

    func markChanged(_ kind: WorkloadKind, _ name: ObjectName) { dirty.mark(kind, name) }

    /// An address that no other pod has.
    func nextAddress() -> String {
        while true {
            addressCount += 1
            let rest = "\(addressCount / 250 % 256).\(addressCount % 250 + 1)"
            let address = settings.addressPrefix + rest
            // Each is skipped once only: a cluster may live longer than there are addresses.
            if takenAddresses.remove(address) == nil { return address }
        }
    }

    // MARK: Writing

    /// Sends a request whose failure means that the object has gone or changed meanwhile; the next round sees to it.
    @discardableResult
    func send(_ request: KubernetesRequest) -> JSONValue? {
        var request = request
        request.fieldManager = "workload-model"
        return try? cluster.perform(request)
    }

    /// Writes a status where it differs from what is there.
    func writeStatus(_ resource: ResourceType, _ name: ObjectName, _ object: JSONValue, _ status: JSONValue) {
        guard object["status"] != status else { return }
        var changed = object
        changed["status"] = status
        var request = KubernetesRequest(
            .update, resource, namespace: name.namespace, name: name.name, subresource: .status, body: changed)
        request.body?.set(["metadata", "resourceVersion"], to: nil)
        send(request)
    }
}

/// The kinds that the workload model watches over, in the order in which it looks at them.
enum WorkloadKind: CaseIterable, Hashable, Sendable {
    case deployment, replicaSet, statefulSet, daemonSet, job, pod, service, autoscaler, disruptionBudget

    var resource: ResourceType {
        switch self {
        case .deployment: .deployments
        case .replicaSet: .replicaSets
        case .statefulSet:
            ResourceType(group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet")
        case .daemonSet: ResourceType(group: "apps", version: "v1", plural: "daemonsets", kind: "DaemonSet")
        case .autoscaler: .autoscalers
        case .disruptionBudget: .disruptionBudgets
        case .job: ResourceType(group: "batch", version: "v1", plural: "jobs", kind: "Job")
        case .pod: .pods
        case .service: .services
        }
    }
}

/// The objects that have changed since somebody looked.
private final class DirtyObjects: Sendable {
    private struct State {
        var names: [WorkloadKind: Set<ObjectName>] = [:]
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func note(_ kind: WorkloadKind, _ name: ObjectName, _ object: JSONValue?) {
        mark(kind, name)
        if kind == .deployment || kind == .statefulSet { markAutoscalers(name.namespace) }
        // A change of a pod or of what a controller made is news for its owner.
        for owner in object?["metadata"]?["ownerReferences"]?.array ?? [] {
            guard let kind = WorkloadKind.allCases.first(where: { $0.resource.kind == owner["kind"]?.string }),
                let owner = owner["name"]?.string
            else { continue }
            mark(kind, ObjectName(namespace: name.namespace, name: owner))
        }
    }

    func mark(_ kind: WorkloadKind, _ name: ObjectName) {
        let listener = state.withLock { state in
            _ = state.names[kind, default: []].insert(name)
            return state.listener
        }
        listener?()
    }

    /// Marks all autoscalers of a namespace.
    func markAutoscalers(_ namespace: String) { mark(.autoscaler, ObjectName(namespace: namespace, name: "")) }

    func take() -> [WorkloadKind: Set<ObjectName>]? {
        state.withLock { state in
            guard !state.names.isEmpty else { return nil }
            let names = state.names
            state.names = [:]
            return names
        }
    }

    var isEmpty: Bool { state.withLock { $0.names.isEmpty } }

    func onChange(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.listener = body } }
}

extension EmbeddedCluster {
    /// The objects of a type in the order of their names.
    func objects(_ resource: ResourceType) -> [(name: ObjectName, object: JSONValue)] {
        state.withLock { $0.store.objects(ObjectStore.Collection(resource)) }
    }

    /// An object, or nil.
    func object(_ resource: ResourceType, _ name: ObjectName) -> JSONValue? {
        state.withLock { $0.store.object(ObjectStore.Collection(resource), name) }
    }

    /// The objects of a type that name a uid as their owner, in the order of their names.
    func objects(_ resource: ResourceType, ownedBy uid: String) -> [(name: ObjectName, object: JSONValue)] {
        state.withLock { state in
            let collection = ObjectStore.Collection(resource)
            return state.store.objects(ownedBy: uid).filter { $0.collection == collection }.compactMap { reference in
                state.store.object(collection, reference.name).map { (reference.name, $0) }
            }
        }
    }
}
