/// The experiments of an update.
extension UpdatePass {
    /// The experiment of the current step, once it has begun.
    var statedExperiment: Experiment? {
        let name = runs.experiment
        return name.isEmpty ? nil : world.experiment(name)
    }

    /// Begins the experiment of the current step, acts on what it has found, and ends those that are not wanted.
    mutating func reconcileExperiments() {
        guard !mode.passesWhatIsMissing else { return }
        let status = world.rollout.status
        guard !pauses.isAborted(status), !status.promotesFully, !templateChanged else {
            world.experiments.forEach { end($0) }
            return
        }
        guard status.pause(RolloutStatus.PauseCondition.inconclusiveAnalysis) == nil else {
            // A bad end counts though the update waits for somebody to look at an analysis.
            if let experiment = statedExperiment, experiment.status.phase?.isBad == true { act(on: experiment) }
            return
        }
        var current = statedExperiment
        if let step = currentStep as? ExperimentStep, let index = stepIndex {
            if current?.labels[RolloutMarks.podTemplateHash] != newHash || !isOf(step: index, current) { current = nil }
            if current == nil { current = begin(step, index) }
            act(on: current)
        } else {
            current = nil
        }
        runs.experiment = current?.name ?? ""
        let others = world.experiments.filter { $0.name != current?.name }
        others.forEach { end($0) }
        for experiment in RunHistory(world).superfluous(others) {
            perform(.delete(ObjectKey(.experiment, experiment.name)))
        }
    }

    /// Whether an experiment was begun for a step; its name says so.
    private func isOf(step index: Int, _ experiment: Experiment?) -> Bool {
        guard let experiment else { return false }
        let name = experimentName(index)
        return experiment.name == name || experiment.name.hasPrefix(name + "-")
    }

    private func experimentName(_ index: Int) -> String { "\(rollout.runNameBase(hash: newHash))-\(index)" }

    private mutating func act(on experiment: Experiment?) {
        guard let experiment else { return }
        let message = experiment.status.message
        switch experiment.status.phase {
        case .inconclusive: pauses.add(RolloutStatus.PauseCondition.inconclusiveExperiment)
        case .error, .failed:
            pauses.abort("Experiment analysis phase is error/failed" + (message.isEmpty ? "" : ": \(message)"))
        case nil, .pending, .running, .successful: break
        }
    }

    private mutating func begin(_ step: ExperimentStep, _ index: Int) -> Experiment? {
        guard let stable, let new = newReplicaSet else { return nil }
        // Its versions get the templates as the API server has filled them in; a ReplicaSet that this plan has just
        // made is not known so far.
        guard new.object["metadata"]?.text("uid") != nil || rollout.uid == nil else {
            wake(at: now.after(1))
            return nil
        }
        let name = experimentName(index)
        do throws(AnalysisProblem) {
            var object = try object(for: step, name: name, stable: stable, new: new)
            var candidate = name
            var collisions = 0
            while world.objects[ObjectKey(.experiment, candidate)] != nil {
                // Left by an earlier life of the controller that did not come to write it down.
                if let found = world.experiment(candidate), found.status.phase?.isCompleted != true,
                    !found.isAskedToEnd {
                    return found
                }
                collisions += 1
                candidate = World.runName(ObjectKey(.experiment, name), collisions)
            }
            object.set(["metadata", "name"], to: .string(candidate))
            perform(.create(ObjectKey(.experiment, candidate), object))
            emit(.normal, "ExperimentCreated", "Created Experiment '\(candidate)'")
            return Experiment(object)
        } catch {
            analysisProblem = error.description
            reasons.append("the experiment cannot begin: \(error)")
            return nil
        }
    }

    private func object(
        for step: ExperimentStep, name: String, stable: ReplicaSet, new: ReplicaSet
    ) throws(AnalysisProblem) -> JSONValue {
        let rollout = world.rollout
        var spec = JSONObject()
        var templates: [JSONValue] = []
        for template in step.settings["templates"]?.array ?? [] {
            templates.append(try self.template(template, stable: stable, new: new))
        }
        spec["templates"] = .array(templates)
        for key in ["duration", "dryRun", "analysisRunMetadata", "scaleDownDelaySeconds"] {
            spec[key] = step.settings.present(key)
        }
        if let seconds = rollout.object["spec"]?.count("progressDeadlineSeconds") {
            spec["progressDeadlineSeconds"] = .int(seconds)
        }
        var analyses: [JSONValue] = []
        for analysis in step.settings["analyses"]?.array ?? [] { analyses.append(try self.analysis(analysis)) }
        if !analyses.isEmpty { spec["analyses"] = .array(analyses) }
        var labels = rollout.object["metadata"]?["labels"]?.stringDictionary ?? [:]
        labels[RolloutMarks.podTemplateHash] = newHash
        var metadata: JSONValue = [
            "name": .string(name), "labels": .strings(labels), "ownerReferences": [rollout.ownerReference],
            "annotations": [RolloutMarks.revision: .string(rollout.annotations[RolloutMarks.revision] ?? "")],
        ]
        if let namespace = rollout.namespace { metadata["namespace"] = .string(namespace) }
        return [
            "apiVersion": .string(RolloutMarks.apiVersion), "kind": "Experiment", "metadata": metadata,
            "spec": .object(spec),
        ]
    }

    private func template(
        _ settings: JSONValue, stable: ReplicaSet, new: ReplicaSet
    ) throws(AnalysisProblem) -> JSONValue {
        let source: ReplicaSet
        switch settings.text("specRef") {
        case "canary": source = new
        case "stable": source = stable
        default: throw AnalysisProblem("Invalid template step SpecRef: must be canary or stable")
        }
        var pods = source.template
        var selector = settings.present("selector") ?? source.object["spec"]?["selector"] ?? .object(JSONObject())
        for (key, value) in settings["metadata"]?["labels"]?.stringDictionary ?? [:] {
            pods.set(["metadata", "labels", key], to: .string(value))
            selector.set(["matchLabels", key], to: .string(value))
        }
        for (key, value) in settings["metadata"]?["annotations"]?.stringDictionary ?? [:] {
            pods.set(["metadata", "annotations", key], to: .string(value))
        }
        var template = JSONObject()
        template["name"] = settings["name"]
        template["replicas"] = settings.present("replicas")
        if source.minReadySeconds > 0 { template["minReadySeconds"] = .int(source.minReadySeconds) }
        template["selector"] = selector
        template["template"] = pods
        if settings.present("weight") != nil || settings.present("service") != nil {
            template["service"] = settings["service"]?.text("name").map { ["name": .string($0)] }
                ?? .object(JSONObject())
        }
        return .object(template)
    }

    private func analysis(_ settings: JSONValue) throws(AnalysisProblem) -> JSONValue {
        let arguments = RolloutAnalysis(["args": settings["args"] ?? .array([])])
        let values = try arguments?.resolvedArguments(world, newHash: newHash) ?? []
        var result = JSONObject()
        for key in ["name", "templateName", "clusterScope"] { result[key] = settings.present(key) }
        if !values.isEmpty { result["args"] = .array(values.map(\.json)) }
        if settings.flag("requiredForCompletion") { result["requiredForCompletion"] = true }
        return .object(result)
    }

    /// Asks an experiment to end.
    private mutating func end(_ experiment: Experiment) {
        guard experiment.status.phase?.isCompleted != true, !experiment.isAskedToEnd, !experiment.isBeingDeleted else {
            return
        }
        perform(.patch(ObjectKey(.experiment, experiment.name), ["spec": ["terminate": true]]))
        reasons.append("Experiment \(experiment.name) is not wanted any more")
    }
}

extension World {
    /// The experiments that the Rollout owns.
    var experiments: [Experiment] {
        objects.filter { $0.key.kind == .experiment }.sorted { $0.key.name < $1.key.name }
            .compactMap { owned($0.value).flatMap { Experiment($0) } }
    }

    /// An experiment of the Rollout by its name.
    func experiment(_ name: String) -> Experiment? {
        objects[ObjectKey(.experiment, name)].flatMap { owned($0) }.flatMap { Experiment($0) }
    }
}
