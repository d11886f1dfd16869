import ManifestKit

extension WorkloadModel {
    /// The annotation by which somebody tells an autoscaler how many pods it wants: there are no metrics that could.
    static let desiredReplicas = "rig.test/desired-replicas"

    /// Lets an autoscaler do what its annotation says; all of the namespace where there is no name.
    func reconcileAutoscalers(_ name: ObjectName) {
        guard name.name.isEmpty else { return reconcileAutoscaler(name) }
        for (name, _) in cluster.objects(.autoscalers, in: name.namespace) { reconcileAutoscaler(name) }
    }

    private func reconcileAutoscaler(_ name: ObjectName) {
        guard let scaler = cluster.object(.autoscalers, name), scaler["metadata"]?["deletionTimestamp"] == nil,
            let text = scaler["metadata"]?["annotations"]?[Self.desiredReplicas]?.string, let asked = Int(text),
            let target = scaler["spec"]?["scaleTargetRef"], let targetName = target["name"]?.string
        else { return }
        let entry = cluster.catalog.entry(
            apiVersion: target["apiVersion"]?.string ?? "", kind: target["kind"]?.string ?? "")
        var request = KubernetesRequest.get(
            entry?.type ?? .deployments, ObjectName(namespace: name.namespace, name: targetName))
        request.subresource = .scale
        guard entry != nil, var scale = send(request), let current = scale["spec", "replicas"]?.integer else {
            writeStatus(.autoscalers, name, scaler, status(of: scaler, [
                ("AbleToScale", "False", "FailedGetScale", "the target \(targetName) has no scale"),
            ]))
            return
        }
        let least = scaler["spec"]?["minReplicas"]?.integer ?? 1
        let most = scaler["spec"]?["maxReplicas"]?.integer ?? Int.max
        let wanted = min(max(asked, least), most)
        // A target of no pods is one that somebody has switched off.
        let isOff = current == 0 && least > 0
        var conditions = [
            ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
            ("ScalingActive", "True", "ValidMetricFound", "the annotation \(Self.desiredReplicas) says \(asked)"),
            wanted == asked
                ? ("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range")
                : wanted < asked
                    ? ("ScalingLimited", "True", "TooManyReplicas", "the desired count is more than the maximum")
                    : ("ScalingLimited", "True", "TooFewReplicas", "the desired count is less than the minimum"),
        ]
        if isOff {
            conditions[1] = (
                "ScalingActive", "False", "ScalingDisabled",
                "scaling is disabled since the replica count of the target is zero")
        }
        var status = status(of: scaler, conditions)
        if !isOff, current != wanted {
            scale.set(["spec", "replicas"], to: .int(wanted))
            request.verb = .update
            request.body = scale
            if send(request) != nil { status["lastScaleTime"] = .string(cluster.clock.time.description) }
        }
        status["currentReplicas"] = .int(scale["status", "replicas"]?.integer ?? 0)
        status["desiredReplicas"] = .int(isOff ? 0 : wanted)
        writeStatus(.autoscalers, name, scaler, status)
    }

    /// The status of an autoscaler with other conditions; one that stays keeps its time.
    private func status(
        of scaler: JSONValue, _ conditions: [(type: String, status: String, reason: String, message: String)]
    ) -> JSONValue {
        var status = scaler["status"] ?? [:]
        let before = status["conditions"]?.array ?? []
        status["observedGeneration"] = scaler["metadata"]?["generation"]
        status["conditions"] = .array(conditions.map { condition in
            let same = before.first {
                $0["type"]?.string == condition.type && $0["status"]?.string == condition.status
            }
            return [
                "type": .string(condition.type), "status": .string(condition.status),
                "lastTransitionTime": same?["lastTransitionTime"] ?? .string(cluster.clock.time.description),
                "reason": .string(condition.reason), "message": .string(condition.message),
            ]
        })
        return status
    }
}

extension ResourceType {
    static let autoscalers = ResourceType(
        group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
}

extension EmbeddedCluster {
    /// The objects of a type in a namespace, in the order of their names.
    func objects(_ resource: ResourceType, in namespace: String) -> [(name: ObjectName, object: JSONValue)] {
        state.withLock { $0.store.objects(ObjectStore.Collection(resource), namespace: namespace) }
    }
}
