import ManifestKit

extension WorkloadModel {
    private static let revisionLabel = "controller-revision-hash"

    /// Makes, updates and removes the pods of a StatefulSet: in their order, unless it wants them all at once.
    func reconcileStatefulSet(_ name: ObjectName) {
        let resource = WorkloadKind.statefulSet.resource
        guard let set = cluster.object(resource, name), let uid = set["metadata"]?["uid"]?.string,
            set["metadata"]?["deletionTimestamp"] == nil
        else { return }
        let revision = Self.revision(of: set, name.name)
        let wanted = max(0, set["spec"]?["replicas"]?.integer ?? 1)
        let inOrder = set["spec"]?["podManagementPolicy"]?.string != "Parallel"
        var pods: [Int: JSONValue] = [:]
        for (podName, pod) in cluster.objects(.pods, ownedBy: uid) {
            if let ordinal = Int(podName.name.dropFirst(name.name.count + 1)) { pods[ordinal] = pod }
        }
        var isWhole = true
        for ordinal in 0..<wanted {
            if let pod = pods[ordinal], Self.isActive(pod) {
                isWhole = isWhole && Self.isReady(pod)
            } else {
                isWhole = false
                if pods[ordinal] == nil { makePod(ordinal, of: set, name, revision) }
            }
            if inOrder, !isWhole { break }
        }
        if let last = pods.keys.max(), last >= wanted {
            // Those at the end go first, one after the other.
            isWhole = false
            for ordinal in pods.keys.sorted(by: >).prefix(inOrder ? 1 : pods.count - wanted) {
                endPod(pods[ordinal], name.namespace)
            }
        }
        if isWhole { replaceOutdated(pods, of: set, revision, name.namespace) }
        writeStatefulStatus(name, uid: uid, revision)
    }

    private func makePod(_ ordinal: Int, of set: JSONValue, _ name: ObjectName, _ revision: String) {
        let podName = "\(name.name)-\(ordinal)"
        makePod(of: set, kind: "StatefulSet", apiVersion: "apps/v1", name, named: podName, labels: [
            Self.revisionLabel: revision, "statefulset.kubernetes.io/pod-name": podName,
            "apps.kubernetes.io/pod-index": String(ordinal),
        ])
    }

    /// Ends the last pod that is not of the revision wanted; it comes back with it.
    private func replaceOutdated(_ pods: [Int: JSONValue], of set: JSONValue, _ revision: String, _ namespace: String) {
        guard set["spec"]?["updateStrategy"]?["type"]?.string != "OnDelete" else { return }
        let partition = set["spec", "updateStrategy", "rollingUpdate", "partition"]?.integer ?? 0
        let outdated = pods.filter { ordinal, pod in
            ordinal >= partition && pod["metadata"]?["labels"]?[Self.revisionLabel]?.string != revision
        }
        if let last = outdated.keys.max() { endPod(outdated[last], namespace) }
    }

    private func endPod(_ pod: JSONValue?, _ namespace: String) {
        guard let pod, pod["metadata"]?["deletionTimestamp"] == nil, let name = pod["metadata"]?["name"]?.string
        else { return }
        send(.delete(.pods, ObjectName(namespace: namespace, name: name)))
    }

    private func writeStatefulStatus(_ name: ObjectName, uid: String, _ revision: String) {
        let resource = WorkloadKind.statefulSet.resource
        guard let set = cluster.object(resource, name) else { return }
        let pods = cluster.objects(.pods, ownedBy: uid).map(\.object).filter(Self.isActive)
        let ready = pods.filter(Self.isReady).count
        let updated = pods.filter { $0["metadata"]?["labels"]?[Self.revisionLabel]?.string == revision }.count
        let wanted = set["spec"]?["replicas"]?.integer ?? 1
        let isDone = updated == pods.count && pods.count == wanted && ready == wanted
        let current = isDone ? revision : set["status"]?["currentRevision"]?.string ?? revision
        writeStatus(resource, name, set, [
            "observedGeneration": set["metadata"]?["generation"] ?? 1, "replicas": .int(pods.count),
            "readyReplicas": .int(ready), "availableReplicas": .int(ready),
            "currentReplicas": .int(current == revision ? updated : pods.count - updated),
            "updatedReplicas": .int(updated), "currentRevision": .string(current), "updateRevision": .string(revision),
            "collisionCount": 0,
        ])
    }

    /// Keeps one pod of a DaemonSet on the node.
    func reconcileDaemonSet(_ name: ObjectName) {
        let resource = WorkloadKind.daemonSet.resource
        guard let set = cluster.object(resource, name), let uid = set["metadata"]?["uid"]?.string,
            set["metadata"]?["deletionTimestamp"] == nil
        else { return }
        let revision = Self.revision(of: set, "")
        let all = cluster.objects(.pods, ownedBy: uid).map(\.object)
        if all.isEmpty {
            makePod(of: set, kind: "DaemonSet", apiVersion: "apps/v1", name, labels: [Self.revisionLabel: revision])
        } else if set["spec"]?["updateStrategy"]?["type"]?.string != "OnDelete" {
            for pod in all where pod["metadata"]?["labels"]?[Self.revisionLabel]?.string != revision {
                endPod(pod, name.namespace)
            }
        }
        let pods = cluster.objects(.pods, ownedBy: uid).map(\.object).filter(Self.isActive)
        let ready = pods.filter(Self.isReady).count
        let updated = pods.filter { $0["metadata"]?["labels"]?[Self.revisionLabel]?.string == revision }.count
        var status: JSONValue = [
            "observedGeneration": set["metadata"]?["generation"] ?? 1, "desiredNumberScheduled": 1,
            "currentNumberScheduled": .int(pods.count), "numberReady": .int(ready), "numberMisscheduled": 0,
            "updatedNumberScheduled": .int(updated),
        ]
        status[ready > 0 ? "numberAvailable" : "numberUnavailable"] = 1
        writeStatus(resource, name, set, status)
    }

    /// What the pods of a template are called by.
    private static func revision(of set: JSONValue, _ prefix: String) -> String {
        let hash = PodTemplateHash.hash(of: set["spec"]?["template"] ?? [:])
        return prefix.isEmpty ? hash : "\(prefix)-\(hash)"
    }
}
