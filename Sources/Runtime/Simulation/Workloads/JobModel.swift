import ManifestKit

extension WorkloadModel {
    /// Runs a Job's pods until it has succeeded as often as it must, or failed more often than it may.
    func reconcileJob(_ name: ObjectName) {
        let resource = WorkloadKind.job.resource
        guard let job = cluster.object(resource, name), let uid = job["metadata"]?["uid"]?.string,
            job["metadata"]?["deletionTimestamp"] == nil, job["spec"]?["suspend"]?.boolean != true
        else { return }
        let ended = job["status"]?["conditions"]?.array?.contains {
            ["Complete", "Failed"].contains($0["type"]?.string ?? "") && $0["status"]?.string == "True"
        } ?? false
        guard !ended else { return }
        let pods = cluster.objects(.pods, ownedBy: uid).map(\.object)
        let succeeded = pods.filter { $0["status"]?["phase"]?.string == "Succeeded" }.count
        let failed = pods.filter { $0["status"]?["phase"]?.string == "Failed" }.count
        let active = pods.count - succeeded - failed
        let wanted = job["spec"]?["completions"]?.integer ?? 1
        let limit = job["spec"]?["backoffLimit"]?.integer ?? 6
        var status = job["status"] ?? [:]
        let time = JSONValue.string(cluster.clock.time.description)
        if status["startTime"] == nil { status["startTime"] = time }
        for (field, count) in [("active", active), ("succeeded", succeeded), ("failed", failed)] {
            status[field] = count > 0 ? .int(count) : nil
        }
        if succeeded >= wanted {
            status["completionTime"] = time
            status["conditions"] = [condition("Complete", time, reason: "CompletionsReached")]
        } else if failed > limit {
            status["conditions"] = [condition("Failed", time, reason: "BackoffLimitExceeded")]
        } else if active < min(job["spec"]?["parallelism"]?.integer ?? 1, wanted - succeeded) {
            makePod(of: job, kind: "Job", apiVersion: "batch/v1", name)
            status["active"] = .int(active + 1)
        }
        writeStatus(resource, name, job, status)
    }

    private func condition(_ type: String, _ time: JSONValue, reason: String) -> JSONValue {
        [
            "type": .string(type), "status": "True", "lastProbeTime": time, "lastTransitionTime": time,
            "reason": .string(reason),
        ]
    }
}
