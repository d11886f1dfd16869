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
        case .apiFaults(let kind, let rate, let seconds):
            transport.add(SimulatedTransport.Faults(kind: kind, rate: rate, until: clock.now + seconds))
        case .controllerCrash(0): restartController()
        case .controllerCrash(let count): transport.crash(afterWrites: count)
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

    private func setImage(_ container: String?, _ image: String) {
        var resource = ResourceType.rollouts
        var place = name
        var template = ["spec", "template"]
        if let workload = manifest.spec.workload {
            guard let kind = ResourceKind(rawValue: workload.kind), let type = ResourceType(kind) else { return }
            resource = type
            place = ObjectName(namespace: name.namespace, name: workload.name)
            template = workload.templatePath
        }
        let path = template + ["spec", "containers"]
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
