import ManifestKit

extension WorkloadModel {
    private static let revision = "deployment.kubernetes.io/revision"

    /// Rolls a Deployment's ReplicaSets one step on, and says how far it is.
    func reconcileDeployment(_ name: ObjectName) {
        guard let deployment = cluster.object(.deployments, name),
            let uid = deployment["metadata"]?["uid"]?.string, deployment["metadata"]?["deletionTimestamp"] == nil
        else { return }
        let owned = cluster.objects(.replicaSets, ownedBy: uid)
        let template = deployment["spec"]?["template"] ?? [:]
        let current = owned.first { Self.template(of: $0.object) == template }
        let wanted = max(0, deployment["spec"]?["replicas"]?.integer ?? 1)
        guard let current else {
            guard deployment["spec"]?["paused"]?.boolean != true else { return }
            let sizes = owned.map { $0.object["spec"]?["replicas"]?.integer ?? 0 }
            makeReplicaSet(
                of: deployment, name, template, replicas: owned.isEmpty ? wanted : max(0, wanted - sizes.reduce(0, +)),
                revision: Self.latestRevision(owned) + 1)
            markChanged(.deployment, name)
            return
        }
        setRevision(current.name, current.object, deployment, name, among: owned)
        if deployment["spec"]?["paused"]?.boolean != true { roll(deployment, to: current, owned, wanted) }
        writeDeploymentStatus(name, uid: uid, current: current.name)
        removeOldReplicaSets(of: deployment, owned.filter { $0.name != current.name })
    }

    /// Removes the oldest empty ReplicaSets beyond those that a Deployment keeps for a way back.
    private func removeOldReplicaSets(of deployment: JSONValue, _ older: [(name: ObjectName, object: JSONValue)]) {
        let limit = max(0, deployment["spec"]?["revisionHistoryLimit"]?.integer ?? 10)
        guard older.count > limit else { return }
        let empty = older.filter {
            $0.object["spec"]?["replicas"]?.integer == 0 && ($0.object["status"]?["replicas"]?.integer ?? 0) == 0
        }
        for replicaSet in empty.sorted(by: { Self.revision(of: $0.object) < Self.revision(of: $1.object) })
            .prefix(older.count - limit) {
            send(.delete(.replicaSets, replicaSet.name))
        }
    }

    /// Moves pods from the older ReplicaSets to the current one within the surge and the unavailable that are allowed.
    private func roll(
        _ deployment: JSONValue, to current: (name: ObjectName, object: JSONValue),
        _ owned: [(name: ObjectName, object: JSONValue)], _ wanted: Int
    ) {
        let rolling = deployment["spec"]?["strategy"]?["rollingUpdate"]
        let recreates = deployment["spec"]?["strategy"]?["type"]?.string == "Recreate"
        let surge = Self.share(rolling?["maxSurge"], of: wanted, roundsUp: true)
        var unavailable = Self.share(rolling?["maxUnavailable"], of: wanted, roundsUp: false)
        if surge == 0, unavailable == 0 { unavailable = 1 }
        let older = owned.filter { $0.name != current.name }
        let sizes = owned.map { $0.object["spec"]?["replicas"]?.integer ?? 0 }
        let size = current.object["spec"]?["replicas"]?.integer ?? 0
        let olderPods = sizes.reduce(0, +) - size
        let room = recreates ? (olderPods == 0 ? wanted : 0) : wanted + surge - olderPods
        let next = size > wanted ? wanted : max(size, min(wanted, room))
        if next != size { scale(current, to: next, deployment, wanted: wanted, surge: surge) }
        else { annotate(current, wanted: wanted, surge: surge) }
        // A status that is older than the size still counts pods that are on their way out.
        let available = owned.reduce(0) {
            let size = $1.object["spec"]?["replicas"]?.integer ?? 0
            return $0 + min(size, $1.object["status"]?["availableReplicas"]?.integer ?? 0)
        }
        var spare = recreates ? olderPods : available - (wanted - unavailable)
        for replicaSet in older.sorted(by: { $0.name < $1.name }) {
            let size = replicaSet.object["spec"]?["replicas"]?.integer ?? 0
            guard size > 0 else {
                annotate(replicaSet, wanted: wanted, surge: surge)
                continue
            }
            // Pods that are not available may go at any time.
            let dead = size - min(size, replicaSet.object["status"]?["availableReplicas"]?.integer ?? 0)
            let less = min(size, dead + max(0, spare))
            spare -= less - dead
            if less > 0 { scale(replicaSet, to: size - less, deployment, wanted: wanted, surge: surge) }
        }
    }

    private func scale(
        _ replicaSet: (name: ObjectName, object: JSONValue), to size: Int, _ deployment: JSONValue, wanted: Int,
        surge: Int
    ) {
        send(.patch(.replicaSets, replicaSet.name, [
            "metadata": ["annotations": Self.sizes(wanted: wanted, surge: surge)], "spec": ["replicas": .int(size)],
        ]))
    }

    private func annotate(_ replicaSet: (name: ObjectName, object: JSONValue), wanted: Int, surge: Int) {
        send(.patch(.replicaSets, replicaSet.name, [
            "metadata": ["annotations": Self.sizes(wanted: wanted, surge: surge)],
        ]))
    }

    private static func sizes(wanted: Int, surge: Int) -> JSONValue {
        [
            "deployment.kubernetes.io/desired-replicas": .string(String(wanted)),
            "deployment.kubernetes.io/max-replicas": .string(String(wanted == 0 ? 0 : wanted + surge)),
        ]
    }

    private func makeReplicaSet(
        of deployment: JSONValue, _ name: ObjectName, _ template: JSONValue, replicas: Int, revision: Int
    ) {
        // A Deployment's hashes are not those of a Rollout with the same template; nor do two objects share a name.
        var salt = 1_000
        var hash = PodTemplateHash.hash(of: template, collisionCount: salt)
        while cluster.object(.replicaSets, Self.replicaSetName(of: name, hash: hash)) != nil {
            salt += 1
            hash = PodTemplateHash.hash(of: template, collisionCount: salt)
        }
        var labelled = template
        labelled.set(["metadata", "labels", "pod-template-hash"], to: .string(hash))
        var selector = deployment["spec"]?["selector"] ?? [:]
        selector.set(["matchLabels", "pod-template-hash"], to: .string(hash))
        var spec: JSONValue = ["replicas": .int(replicas), "selector": selector, "template": labelled]
        if let wait = deployment["spec"]?["minReadySeconds"] { spec["minReadySeconds"] = wait }
        send(.create(.replicaSets, namespace: name.namespace, [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string(Self.replicaSetName(of: name, hash: hash).name),
                "labels": labelled["metadata"]?["labels"] ?? [:],
                "annotations": [Self.revision: .string(String(revision))],
                "ownerReferences": [[
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name.name),
                    "uid": deployment["metadata"]?["uid"] ?? "", "controller": true, "blockOwnerDeletion": true,
                ]],
            ],
            "spec": spec,
        ]))
    }

    private static func replicaSetName(of deployment: ObjectName, hash: String) -> ObjectName {
        ObjectName(namespace: deployment.namespace, name: "\(deployment.name)-\(hash)")
    }

    /// A ReplicaSet that comes back gets the next revision, and the Deployment shows the current one's.
    private func setRevision(
        _ name: ObjectName, _ replicaSet: JSONValue, _ deployment: JSONValue, _ deploymentName: ObjectName,
        among owned: [(name: ObjectName, object: JSONValue)]
    ) {
        let others = Self.latestRevision(owned.filter { $0.name != name })
        var own = Self.revision(of: replicaSet)
        if own <= others {
            own = others + 1
            send(.patch(.replicaSets, name, ["metadata": ["annotations": [Self.revision: .string(String(own))]]]))
        }
        if Self.revision(of: deployment) != own {
            send(.patch(
                .deployments, deploymentName, ["metadata": ["annotations": [Self.revision: .string(String(own))]]]))
        }
    }

    private func writeDeploymentStatus(_ name: ObjectName, uid: String, current: ObjectName) {
        guard let deployment = cluster.object(.deployments, name) else { return }
        let owned = cluster.objects(.replicaSets, ownedBy: uid)
        func sum(_ field: String) -> Int { owned.reduce(0) { $0 + ($1.object["status"]?[field]?.integer ?? 0) } }
        var status: JSONValue = ["observedGeneration": deployment["metadata"]?["generation"] ?? 1]
        let updated = owned.first { $0.name == current }?.object["status"]?["replicas"]?.integer ?? 0
        for (field, count) in [
            ("replicas", sum("replicas")), ("updatedReplicas", updated), ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", sum("availableReplicas")),
            ("unavailableReplicas", sum("replicas") - sum("availableReplicas")),
        ] where count > 0 { status[field] = .int(count) }
        let wanted = deployment["spec"]?["replicas"]?.integer ?? 1
        let rolling = deployment["spec"]?["strategy"]?["rollingUpdate"]
        let spare = Self.share(rolling?["maxUnavailable"], of: wanted, roundsUp: false)
        let isAvailable = sum("availableReplicas") >= wanted - spare
        let isDone = updated >= wanted && sum("replicas") <= updated && sum("availableReplicas") >= updated
        status["conditions"] = [
            condition(
                "Available", isAvailable, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                isAvailable ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                of: deployment),
            condition(
                "Progressing", true, isDone ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                isDone ? "ReplicaSet \"\(current.name)\" has successfully progressed."
                    : "ReplicaSet \"\(current.name)\" is progressing.",
                of: deployment),
        ]
        writeStatus(.deployments, name, deployment, status)
    }

    /// A condition with the times of the one that is there, unless it has changed.
    private func condition(
        _ type: String, _ holds: Bool, _ reason: String, _ message: String, of deployment: JSONValue
    ) -> JSONValue {
        let before = deployment["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
        let word: JSONValue = holds ? "True" : "False"
        let now = JSONValue.string(cluster.clock.time.description)
        let isSame = before?["status"] == word
        let isUnchanged = isSame && before?["reason"]?.string == reason
        return [
            "type": .string(type), "status": word, "reason": .string(reason), "message": .string(message),
            "lastTransitionTime": (isSame ? before?["lastTransitionTime"] : nil) ?? now,
            "lastUpdateTime": (isUnchanged ? before?["lastUpdateTime"] : nil) ?? now,
        ]
    }

    /// A ReplicaSet's template without the label that the Deployment added.
    private static func template(of replicaSet: JSONValue) -> JSONValue {
        var template = replicaSet["spec"]?["template"] ?? [:]
        template.set(["metadata", "labels", "pod-template-hash"], to: nil)
        return template
    }

    private static func revision(of object: JSONValue) -> Int {
        object["metadata"]?["annotations"]?[revision]?.string.flatMap { Int($0) } ?? 0
    }

    private static func latestRevision(_ owned: [(name: ObjectName, object: JSONValue)]) -> Int {
        owned.map { revision(of: $0.object) }.max() ?? 0
    }

    private static func share(_ value: JSONValue?, of whole: Int, roundsUp: Bool) -> Int {
        if let count = value?.integer { return max(0, count) }
        guard let text = value?.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        return roundsUp ? (whole * percent + 99) / 100 : whole * percent / 100
    }
}
