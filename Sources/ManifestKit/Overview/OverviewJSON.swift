/// Overviews for programs to read; fields that do not apply are left out.
extension RolloutOverview {
    /// Everything.
    public var json: JSONValue {
        var fields = summaryFields
        fields["revisions"] = .array(revisions.map(\.json))
        return .object(fields)
    }

    /// The Rollout without its tree.
    public var summaryJSON: JSONValue { .object(summaryFields) }

    private var summaryFields: JSONObject {
        var fields = JSONObject([("name", .string(name))])
        fields["namespace"] = namespace.isEmpty ? nil : .string(namespace)
        fields["strategy"] = .string(kind.rawValue)
        fields["revision"] = revision.map { .int($0) }
        fields["phase"] = .string(phase.rawValue)
        fields["message"] = message.isEmpty ? nil : .string(message)
        fields["waitsFor"] = waiting?.json
        fields["step"] = step.map { step in
            var value: JSONValue = ["index": .int(step.index), "count": .int(step.count)]
            if !step.label.isEmpty { value["label"] = .string(step.label) }
            return value
        }
        fields["weight"] = weight.map { weight in
            var value: JSONValue = [
                "set": .int(weight.set), "actual": .int(weight.actual), "maximum": .int(weight.maximum),
                "routed": .boolean(weight.isRouted),
            ]
            if weight.isEstimate { value["estimated"] = true }
            if let isVerified = weight.isVerified { value["verified"] = .boolean(isVerified) }
            return value
        }
        fields["replicas"] = [
            "desired": .int(replicas.desired), "current": .int(replicas.current), "updated": .int(replicas.updated),
            "ready": .int(replicas.ready), "available": .int(replicas.available),
        ]
        fields["createdAt"] = createdAt.map { .string($0.description) }
        return fields
    }
}

extension WaitingReason {
    var json: JSONValue {
        var value: JSONValue = ["cause": .string(cause.rawValue), "text": .string(text)]
        if let since { value["since"] = .string(since.description) }
        if let until { value["until"] = .string(until.description) }
        if !commands.isEmpty { value["commands"] = .array(commands.map { .string($0) }) }
        return value
    }
}

extension RolloutOverview.Revision {
    var json: JSONValue {
        var value: JSONValue = [:]
        if let number { value["revision"] = .int(number) }
        value["replicaSets"] = .array(replicaSets.map(\.json))
        if !experiments.isEmpty { value["experiments"] = .array(experiments.map(\.json)) }
        if !analysisRuns.isEmpty { value["analysisRuns"] = .array(analysisRuns.map(\.json)) }
        return value
    }
}

extension ReplicaSetOverview {
    var json: JSONValue {
        var value: JSONValue = [
            "name": .string(name), "hash": .string(hash), "roles": .array(roles.map { .string($0.rawValue) }),
            "state": .string(state.rawValue), "wanted": .int(wanted), "current": .int(current), "ready": .int(ready),
            "available": .int(available), "images": .array(images.map { .string($0) }),
        ]
        if !experimentTemplate.isEmpty { value["template"] = .string(experimentTemplate) }
        if !failure.isEmpty { value["failure"] = .string(failure) }
        if let scaleDownAt { value["scaleDownAt"] = .string(scaleDownAt.description) }
        if let createdAt { value["createdAt"] = .string(createdAt.description) }
        if !pods.isEmpty { value["pods"] = .array(pods.map(\.json)) }
        return value
    }
}

extension PodOverview {
    var json: JSONValue {
        var value: JSONValue = [
            "name": .string(name), "status": .string(status), "health": .string(health.rawValue),
            "readyContainers": .int(readyContainers), "containers": .int(containers), "restarts": .int(restarts),
        ]
        if !message.isEmpty { value["message"] = .string(message) }
        if !node.isEmpty { value["node"] = .string(node) }
        if !address.isEmpty { value["address"] = .string(address) }
        if let createdAt { value["createdAt"] = .string(createdAt.description) }
        return value
    }
}

extension AnalysisRunOverview {
    var json: JSONValue {
        var value: JSONValue = ["name": .string(name), "phase": .string(phase)]
        if !purpose.isEmpty { value["purpose"] = .string(purpose) }
        if !message.isEmpty { value["message"] = .string(message) }
        value["measurements"] = [
            "successful": .int(successful), "failed": .int(failed), "inconclusive": .int(inconclusive),
            "errors": .int(errors),
        ]
        value["metrics"] = .array(metrics.map { metric in
            var value: JSONValue = ["name": .string(metric.name), "count": .int(metric.count)]
            if !metric.phase.isEmpty { value["phase"] = .string(metric.phase) }
            if !metric.lastValue.isEmpty { value["lastValue"] = .string(metric.lastValue) }
            if !metric.message.isEmpty { value["message"] = .string(metric.message) }
            return value
        })
        if !jobs.isEmpty {
            value["jobs"] = .array(jobs.map { ["name": .string($0.name), "phase": .string($0.phase)] })
        }
        if let createdAt { value["createdAt"] = .string(createdAt.description) }
        return value
    }
}

extension ExperimentOverview {
    var json: JSONValue {
        var value: JSONValue = ["name": .string(name), "phase": .string(phase)]
        if !message.isEmpty { value["message"] = .string(message) }
        value["replicaSets"] = .array(replicaSets.map(\.json))
        if !analysisRuns.isEmpty { value["analysisRuns"] = .array(analysisRuns.map(\.json)) }
        if let createdAt { value["createdAt"] = .string(createdAt.description) }
        return value
    }
}

extension RolloutHistory {
    /// The versions, without their pod templates.
    public var json: JSONValue {
        var value: JSONValue = ["name": .string(name)]
        if !namespace.isEmpty { value["namespace"] = .string(namespace) }
        value["revisions"] = .array(entries.map(\.json))
        return value
    }
}

extension RolloutHistory.Entry {
    var json: JSONValue {
        var value: JSONValue = [
            "revision": .int(revision), "replicaSet": .string(replicaSet.name), "hash": .string(replicaSet.hash),
            "roles": .array(replicaSet.roles.map { .string($0.rawValue) }), "wanted": .boolean(isWanted),
            "aborted": .boolean(isAborted), "replicas": .int(replicaSet.wanted), "ready": .int(replicaSet.ready),
            "images": .array(replicaSet.images.map { .string($0) }),
        ]
        if !earlierRevisions.isEmpty { value["earlierRevisions"] = .array(earlierRevisions.map { .int($0) }) }
        if let createdAt = replicaSet.createdAt { value["createdAt"] = .string(createdAt.description) }
        if !changeCause.isEmpty { value["changeCause"] = .string(changeCause) }
        return value
    }
}
