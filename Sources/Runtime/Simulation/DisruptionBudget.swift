import ManifestKit

/// How many pods a PodDisruptionBudget lets go.
struct DisruptionBudget: Hashable {
    /// The pods that there should be.
    var expected = 0
    /// The ready ones.
    var healthy = 0
    /// How many of them have to stay.
    var desired = 0
    /// How many may be evicted now.
    var allowed: Int { expected > 0 ? max(0, healthy - desired) : 0 }

    /// Reckons for the pods that a budget selects and the replicas that their owners want.
    init(_ budget: JSONValue, pods: [JSONValue], replicas: (_ owner: OwnerReference) -> Int?) {
        var owners: Set<String> = []
        for pod in pods {
            guard let owner = OwnerReference.controller(of: pod), let count = replicas(owner) else {
                expected += 1
                continue
            }
            if owners.insert(owner.uid).inserted { expected += count }
        }
        healthy = pods.filter { WorkloadModel.isReady($0) && $0["metadata"]?["deletionTimestamp"] == nil }.count
        if let most = budget["spec"]?["maxUnavailable"] {
            desired = max(0, expected - Self.count(most, of: expected))
        } else if let least = budget["spec"]?["minAvailable"] {
            desired = Self.count(least, of: expected)
        }
    }

    /// A count, or a percentage rounded up.
    private static func count(_ value: JSONValue, of whole: Int) -> Int {
        if let number = value.integer { return number }
        guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        return (whole * percent + 99) / 100
    }

    /// Whether a budget is about a pod.
    static func selects(_ budget: JSONValue, _ pod: JSONValue) -> Bool {
        guard let selector = budget["spec"]?["selector"] else { return false }
        return LabelSelector(object: selector).matches(pod["metadata"]?["labels"]?.object)
    }
}

extension ClusterOperation {
    /// Refuses an eviction that a budget does not allow.
    func checkDisruption(_ pod: JSONValue) throws(KubernetesFailure) {
        guard WorkloadModel.isReady(pod), WorkloadModel.isActive(pod) else { return }
        let namespace = pod["metadata"]?["namespace"]?.string ?? ""
        let budgets = state.store.objects(ObjectStore.Collection(.disruptionBudgets), namespace: namespace)
        for (name, object) in budgets where DisruptionBudget.selects(object, pod) {
            let pods = state.store.objects(ObjectStore.Collection(.pods), namespace: namespace) {
                WorkloadModel.isActive($0) && DisruptionBudget.selects(object, $0)
            }
            let budget = DisruptionBudget(object, pods: pods.map(\.object)) { owner in
                let key = ObjectName(namespace: namespace, name: owner.name)
                return owner.kind == "ReplicaSet" ? state.store.object(ObjectStore.Collection(.replicaSets), key)?[
                    "spec", "replicas"]?.integer : nil
            }
            guard budget.allowed == 0 else { continue }
            throw KubernetesFailure(
                .tooManyRequests, "Cannot evict pod as it would violate the pod's disruption budget.",
                causes: [KubernetesFailure.Cause(
                    field: "", reason: "DisruptionBudget",
                    message: "The disruption budget \(name.name) needs \(budget.desired) healthy pods and has "
                        + "\(budget.healthy) currently")])
        }
    }
}

extension WorkloadModel {
    /// Writes what a budget allows; all budgets of the namespace where there is no name.
    func reconcileDisruptionBudgets(_ name: ObjectName) {
        let found = cluster.objects(.disruptionBudgets, in: name.namespace)
        for (key, object) in found where name.name.isEmpty || key == name {
            let labels = object["spec"]?["selector"]?["matchLabels"]?.stringDictionary ?? [:]
            let candidates = labels.isEmpty
                ? cluster.objects(.pods, in: name.namespace).map(\.object)
                : podIndex.matching(labels, in: name.namespace).compactMap { cluster.object(.pods, $0) }
            let pods = candidates.filter { Self.isActive($0) && DisruptionBudget.selects(object, $0) }
            let budget = DisruptionBudget(object, pods: pods) { owner in
                let key = ObjectName(namespace: name.namespace, name: owner.name)
                return owner.kind == "ReplicaSet"
                    ? cluster.object(.replicaSets, key)?["spec", "replicas"]?.integer : nil
            }
            var status: JSONValue = object["status"] ?? [:]
            status["observedGeneration"] = object["metadata"]?["generation"]
            status["currentHealthy"] = .int(budget.healthy)
            status["desiredHealthy"] = .int(budget.desired)
            status["disruptionsAllowed"] = .int(budget.allowed)
            status["expectedPods"] = .int(budget.expected)
            writeStatus(.disruptionBudgets, key, object, status)
        }
    }
}

extension ResourceType {
    static let disruptionBudgets = ResourceType(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
}
