import ManifestKit

extension Simulation {
    /// Does what a scenario says.
    func perform(_ action: ScenarioAction) {
        switch action {
        case .promote: promote()
        case .promoteFull:
            guard let status = observer.world.rollout?.status, status.currentPodHash != status.stableHash
            else { return }
            patchStatus(["promoteFull": true])
        case .abort: patchStatus(["abort": true])
        case .retry: patchStatus(["abort": false])
        case .pause: patchSpec(["paused": true])
        case .resume: patchSpec(["paused": false])
        case .setImage(let container, let image): setImage(container, image)
        case .scale(let count):
            send(.patch(.rollouts, name, ["spec": ["replicas": .int(count)]], subresource: .scale))
        case .pods(let pods, let health): script.add(pods, health)
        case .metric(let metric): metrics.add(metric)
        case .undo: undo()
        case .restart: patchSpec(["restartAt": .string(clock.time.description)])
        case .patch(let target, let patch): withObject(target) { .patch($0, $1, patch) }
        case .delete(let target): withObject(target) { .delete($0, $1) }
        case .deleteReplicaSets(let pods): deleteReplicaSets(pods)
        case .restore: restoreObjects()
        case .apiFaults(let kind, let rate, let seconds):
            transport.add(SimulatedTransport.Faults(kind: kind, rate: rate, until: clock.now + seconds))
            // Watches that break off meanwhile begin anew only behind an outage.
            if kind == .outages { observer.newsIsLate(until: clock.now + seconds) }
        case .controllerCrash(0): restartController()
        case .controllerCrash(let count): transport.crash(afterWrites: count)
        case .slowWatches(let delay, let seconds):
            transport.slowWatches(by: delay, until: clock.now + seconds)
            observer.newsIsLate(by: delay, until: clock.now + seconds)
        case .lostWatches:
            cluster.compact()
            transport.loseWatches()
        }
    }

    private func patchStatus(_ change: JSONValue) {
        send(.patch(.rollouts, name, ["status": change], subresource: .status))
    }

    private func patchSpec(_ change: JSONValue) { send(.patch(.rollouts, name, ["spec": change])) }

    /// What `kubectl argo rollouts promote` does: ends the pause, or goes over the step where there is none.
    private func promote() {
        guard let rollout = observer.world.rollout else { return }
        if rollout.spec.isPaused { patchSpec(["paused": false]) }
        if !rollout.status.pauseConditions.isEmpty {
            patchStatus(["pauseConditions": .null])
        } else if let steps = rollout.spec.strategy.canary?.steps, !steps.isEmpty {
            let index = rollout.status.currentStepIndex ?? 0
            guard index < steps.count else { return }
            patchStatus(["pauseConditions": .null, "currentStepIndex": .int(index + 1)])
        }
    }

    /// Does something to an object, where it is there.
    private func withObject(
        _ target: ScenarioAction.Target, _ request: (ResourceType, ObjectName) -> KubernetesRequest
    ) {
        guard let resource = ResourceType(target.kind) else { return }
        let place = target.name.map { ObjectName(namespace: name.namespace, name: $0) } ?? name
        guard cluster.object(resource, place) != nil else { return }
        send(request(resource, place))
    }

    private func deleteReplicaSets(_ pods: ScenarioAction.Pods) {
        let stable = observer.world.rollout?.status.stableHash
        for replicaSet in observer.world.replicaSets.values.sorted(by: { $0.name < $1.name })
        where pods == .all || (replicaSet.hash == stable) == (pods == .stable) {
            send(.delete(.replicaSets, ObjectName(namespace: name.namespace, name: replicaSet.name)))
        }
    }

    /// What `kubectl argo rollouts undo` does: takes the template of the revision before.
    private func undo() {
        let known = observer.world.replicaSets.values.filter { $0.revision != nil }
            .sorted { ($0.revision ?? 0) > ($1.revision ?? 0) }
        guard known.count > 1 else { return }
        var template = known[1].template
        template.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: nil)
        guard let (resource, place) = templateOwner, var object = cluster.object(resource, place) else { return }
        object.set(templatePath, to: template)
        object.set(["metadata", "resourceVersion"], to: nil)
        send(KubernetesRequest(.update, resource, namespace: place.namespace, name: place.name, body: object))
    }

    /// The object that has the pod template: the Rollout, or the workload that it refers to.
    private var templateOwner: (ResourceType, ObjectName)? {
        guard let workload = manifest.spec.workload else { return (.rollouts, name) }
        guard let kind = ResourceKind(rawValue: workload.kind), let type = ResourceType(kind) else { return nil }
        return (type, ObjectName(namespace: name.namespace, name: workload.name))
    }

    /// Where the pod template is in that object.
    private var templatePath: [String] { manifest.spec.workload?.templatePath ?? ["spec", "template"] }

    private func setImage(_ container: String?, _ image: String) {
        guard let (resource, place) = templateOwner else { return }
        let path = templatePath + ["spec", "containers"]
        let object = cluster.object(resource, place)
        guard var containers = path.reduce(object, { $0?[$1] })?.array,
            let index = container == nil
                ? containers.indices.first : containers.firstIndex(where: { $0["name"]?.string == container })
        else {
            timeline.notes.append("there is no container \(container ?? "") to set the image of")
            return
        }
        containers[index]["image"] = .string(image)
        var patch = JSONValue.object(JSONObject())
        patch.set(path, to: .array(containers))
        send(.patch(resource, place, patch))
    }
}
