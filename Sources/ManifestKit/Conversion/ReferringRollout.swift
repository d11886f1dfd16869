/// A Rollout that takes its pod template from a Deployment which stays.
struct ReferringRollout {
    let workload: ConversionObject
    let scaleDown: ConversionOptions.ScaleDown

    /// The Rollout. What a Deployment says beside its template does not come along by the reference, so it is copied.
    func json(strategy: JSONValue) -> JSONValue {
        var metadata: [(String, JSONValue)] = [("name", .string(workload.name))]
        if let namespace = workload.namespace { metadata.append(("namespace", .string(namespace))) }
        if let labels = workload.root["metadata"]?.present("labels"), labels.isMapping {
            metadata.append(("labels", labels.json))
        }
        var spec: [(String, JSONValue)] = []
        if let replicas = workload.spec?.present("replicas") { spec.append(("replicas", replicas.json)) }
        spec.append(
            (
                "workloadRef",
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(workload.name),
                    "scaleDown": .string(scaleDown.rawValue),
                ]
            ))
        for key in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "paused"] {
            if let value = workload.spec?.present(key) { spec.append((key, value.json)) }
        }
        spec.append(("strategy", strategy))
        return [
            "apiVersion": .string(WorkloadConversion.apiVersion), "kind": "Rollout",
            "metadata": .object(JSONObject(metadata)), "spec": .object(JSONObject(spec)),
        ]
    }

    /// What goes wrong with references, as their users found out.
    var warnings: [(message: String, reason: String)] {
        var warnings: [(message: String, reason: String)] = []
        let replicas = workload.spec?.present("replicas")
        if replicas == nil {
            warnings.append(
                (
                    "says no spec.replicas, so the Rollout starts with one pod",
                    "set spec.replicas of the Rollout to what runs now for the first time; otherwise the service "
                        + "shrinks to one pod "
                        + "when the Deployment is scaled down"
                ))
        } else if replicas?.integer != 0 {
            warnings.append(
                (
                    "still asks for \(replicas?.text ?? "") pods of its own in this file",
                    "whoever applies the file again after the cut-over gets twice the pods; set its spec.replicas "
                        + "to 0 then"
                ))
        }
        switch scaleDown {
        case .never: break
        case .onsuccess:
            warnings.append(
                (
                    "is scaled down by the controller only in the Rollout's first revision (scaleDown: onsuccess)",
                    "if the first one fails, or a blue-green post-promotion analysis is in the way, it keeps its "
                        + "pods; check it"
                ))
        case .progressively:
            warnings.append(
                (
                    "is scaled down by the controller only in the Rollout's first revision (scaleDown: progressively)",
                    "whatever scales it up later, a sync of this file too, is not undone"
                ))
        }
        return warnings
    }
}
