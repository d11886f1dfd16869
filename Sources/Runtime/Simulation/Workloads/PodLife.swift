import ManifestKit

extension WorkloadModel {
    /// Begins to watch over a pod, or ceases to; tells who has to do with it.
    func followPod(_ name: ObjectName) {
        guard let pod = cluster.object(.pods, name) else {
            podStarts[name] = nil
            podEnds[name] = nil
            podMoments[name] = nil
            silentPods.remove(name)
            markAround(nil, name)
            return
        }
        if podEnds[name] == nil, pod["metadata"]?["deletionTimestamp"] != nil { podEnds[name] = cluster.clock.now }
        if podStarts[name] == nil {
            podStarts[name] = began
            start(pod, name)
        }
        podMoments[name] = cluster.clock.now
        markAround(pod, name)
    }

    /// Puts a pod on the node and runs its containers.
    private func start(_ pod: JSONValue, _ name: ObjectName) {
        guard pod["spec"]?["nodeName"] == nil else { return }
        var scheduled = pod
        scheduled.set(["spec", "nodeName"], to: "node-1")
        scheduled.set(["metadata", "resourceVersion"], to: nil)
        send(KubernetesRequest(.update, .pods, namespace: name.namespace, name: name.name, body: scheduled))
        guard let current = cluster.object(.pods, name) else { return }
        let fate = fate(of: pod)
        var status = runningStatus(of: current, isReady: false)
        status["podIP"] = .string(nextAddress())
        if fate == .crash { status = crashed(status, restarts: 1) }
        writeStatus(.pods, name, current, status)
    }

    /// What becomes of a pod, from the script or from its annotations.
    private func fate(of pod: JSONValue) -> PodFate {
        if let scripted = script?(pod) { return scripted }
        let annotations = pod["metadata"]?["annotations"]
        if annotations?["rig.test/never-ready"]?.string == "true" { return .neverReady }
        if annotations?["rig.test/crash"]?.string == "true" { return .crash }
        return .ready(after: nil)
    }

    /// Kubelets look from time to time, so that pods that began together get ready together.
    private static func tick(after moment: Double) -> Double { (moment * 10).rounded(.up) / 10 }

    /// Does what is due for a pod; the moment at which something is due next, or nil.
    func advancePod(_ name: ObjectName) -> Double? {
        guard let pod = cluster.object(.pods, name), let start = podStarts[name] else { return nil }
        let now = cluster.clock.now
        if pod["metadata"]?["deletionTimestamp"] != nil { return end(pod, name, now: now) }
        if isJobPod(pod) { return finish(pod, name, start: start, now: now) }
        let isReady = Self.isReady(pod)
        switch fate(of: pod) {
        case .ready(let delay):
            guard !isReady else { return nil }
            let due = Self.tick(after: start + (delay ?? settings.podDelay))
            guard now >= due else { return due }
            if isAnswering(name, pod) {
                silentPods.remove(name)
                becomeReady(pod, name)
            } else {
                silentPods.insert(name)
            }
            return nil
        case .crashAfter(let seconds):
            let crash = start + settings.podDelay + seconds
            if now >= crash {
                if isReady { writeStatus(.pods, name, pod, crashed(pod["status"] ?? [:], restarts: 1)) }
                return nil
            }
            if !isReady, now >= start + settings.podDelay { becomeReady(pod, name) }
            return isReady || now >= start + settings.podDelay ? crash : start + settings.podDelay
        case .neverReady, .crash: return nil
        }
    }

    /// Removes a pod when it has gone on for as long as pods do, and no longer than its grace period.
    private func end(_ pod: JSONValue, _ name: ObjectName, now: Double) -> Double? {
        let grace = Double(pod["metadata"]?["deletionGracePeriodSeconds"]?.integer ?? 0)
        let due = (podEnds[name] ?? now) + min(settings.terminationDelay, grace)
        guard now >= due else { return due }
        var request = KubernetesRequest.delete(.pods, name)
        request.body = ["gracePeriodSeconds": 0]
        send(request)
        podStarts[name] = nil
        podEnds[name] = nil
        silentPods.remove(name)
        return nil
    }

    private func becomeReady(_ pod: JSONValue, _ name: ObjectName) {
        var status = runningStatus(of: pod, isReady: true)
        status["podIP"] = pod["status"]?["podIP"]
        writeStatus(.pods, name, pod, status)
    }

    /// Whether a pod says that it is ready.
    static func isReady(_ pod: JSONValue) -> Bool {
        pod["status"]?["conditions"]?.array?.contains {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        } ?? false
    }

    /// The moment since which a pod is ready, or nil.
    static func readySince(_ pod: JSONValue) -> KubernetesTime? {
        pod["status"]?["conditions"]?.array?.first {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        }?["lastTransitionTime"]?.string.flatMap { KubernetesTime($0) }
    }

    private func runningStatus(of pod: JSONValue, isReady: Bool) -> JSONValue {
        let time = JSONValue.string(cluster.clock.time.description)
        let word: JSONValue = isReady ? "True" : "False"
        let containers = (pod["spec"]?["containers"]?.array ?? []).map { container -> JSONValue in
            [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "",
                "ready": .boolean(isReady), "started": true, "restartCount": 0,
                "state": ["running": ["startedAt": time]],
            ]
        }
        let conditions =
            [("PodScheduled", "True"), ("Initialized", "True")].map { type, status -> JSONValue in
                ["type": .string(type), "status": .string(status), "lastTransitionTime": time]
            }
            + ["ContainersReady", "Ready"].map { type -> JSONValue in
                ["type": .string(type), "status": word, "lastTransitionTime": time]
            }
        return [
            "phase": "Running", "startTime": pod["status"]?["startTime"] ?? time, "conditions": .array(conditions),
            "containerStatuses": .array(containers),
        ]
    }

    private func crashed(_ status: JSONValue, restarts: Int) -> JSONValue {
        var status = status
        let time = JSONValue.string(cluster.clock.time.description)
        status["containerStatuses"] = .array(
            (status["containerStatuses"]?.array ?? []).map { container in
                var container = container
                container["ready"] = false
                container["restartCount"] = .int(restarts)
                container["state"] = [
                    "waiting": [
                        "reason": "CrashLoopBackOff", "message": "back-off restarting failed container",
                    ]
                ]
                return container
            })
        status["conditions"] = .array(
            (status["conditions"]?.array ?? []).map { condition in
                var condition = condition
                if ["Ready", "ContainersReady"].contains(condition["type"]?.string ?? "") {
                    condition["status"] = "False"
                    condition["lastTransitionTime"] = time
                }
                return condition
            })
        return status
    }

    // MARK: Pods of Jobs

    private func isJobPod(_ pod: JSONValue) -> Bool {
        pod["metadata"]?["ownerReferences"]?.array?.contains { $0["kind"]?.string == "Job" } ?? false
    }

    /// Ends a Job's pod when its time has come: well, or badly where an annotation says so.
    private func finish(_ pod: JSONValue, _ name: ObjectName, start: Double, now: Double) -> Double? {
        let phase = pod["status"]?["phase"]?.string
        guard phase != "Succeeded", phase != "Failed" else { return nil }
        let due = start + settings.podDelay
        guard now >= due else { return due }
        let fails = pod["metadata"]?["annotations"]?["rig.test/job-fail"]?.string == "true"
        var status = pod["status"] ?? [:]
        status["phase"] = fails ? "Failed" : "Succeeded"
        writeStatus(.pods, name, pod, status)
        return nil
    }
}
