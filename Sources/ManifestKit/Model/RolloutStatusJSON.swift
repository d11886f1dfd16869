extension RolloutStatus {
    /// Reads a status; what is missing has its zero value.
    public init(_ value: JSONValue) {
        guard let object = value.object else { return }
        isAborted = value.flag("abort")
        abortedAt = value.time("abortedAt")
        pauseConditions = (value["pauseConditions"]?.array ?? []).compactMap { condition in
            guard let reason = condition.text("reason") else { return nil }
            return PauseCondition(
                reason: reason, startTime: condition.time("startTime") ?? KubernetesTime(seconds: 0))
        }
        controllerPause = value.flag("controllerPause")
        currentPodHash = value.text("currentPodHash") ?? ""
        currentStepHash = value.text("currentStepHash") ?? ""
        currentStepIndex = value.count("currentStepIndex").map { max(0, $0) }
        collisionCount = value.count("collisionCount")
        observedGeneration = value.text("observedGeneration") ?? ""
        workloadObservedGeneration = value.text("workloadObservedGeneration") ?? ""
        conditions = (value["conditions"]?.array ?? []).compactMap { RolloutCondition($0) }
        replicas = value.count("replicas") ?? 0
        updatedReplicas = value.count("updatedReplicas") ?? 0
        readyReplicas = value.count("readyReplicas") ?? 0
        availableReplicas = value.count("availableReplicas") ?? 0
        autoscalerReplicas = value.count("HPAReplicas") ?? 0
        selector = value.text("selector") ?? ""
        stableHash = value.text("stableRS") ?? ""
        restartedAt = value.time("restartedAt")
        promotesFully = value.flag("promoteFull")
        phase = value.text("phase").flatMap { Phase(rawValue: $0) }
        message = value.text("message") ?? ""
        duration = UpdateDuration(value["duration"])
        for (key, field) in object.fields where !Self.ownFields.contains(key) && !field.isNull { others[key] = field }
        readStrategy(value)
    }

    private mutating func readStrategy(_ value: JSONValue) {
        let canary = value["canary"]
        weights = canary?.present("weights").flatMap { TrafficWeights($0) }
        stablePingPong = canary?.text("stablePingPong").flatMap { PingPong(rawValue: $0) }
        for (key, field) in canary?.object?.fields ?? []
        where !Self.canaryFields.contains(key) && !field.isNull {
            otherCanaryFields[key] = field
        }
        runs.step = RunStatus(canary?["currentStepAnalysisRunStatus"])
        runs.background = RunStatus(canary?["currentBackgroundAnalysisRunStatus"])
        runs.experiment = canary?.text("currentExperiment") ?? ""
        let blueGreen = value["blueGreen"]
        previewSelector = blueGreen?.text("previewSelector") ?? ""
        activeSelector = blueGreen?.text("activeSelector") ?? ""
        hasPassedPreviewCheckPoint = blueGreen?.flag("scaleUpPreviewCheckPoint") ?? false
        for (key, field) in blueGreen?.object?.fields ?? []
        where !Self.blueGreenFields.contains(key) && !field.isNull {
            otherBlueGreenFields[key] = field
        }
        runs.prePromotion = RunStatus(blueGreen?["prePromotionAnalysisRunStatus"])
        runs.postPromotion = RunStatus(blueGreen?["postPromotionAnalysisRunStatus"])
    }

    private static let ownFields: Set<String> = [
        "abort", "abortedAt", "pauseConditions", "controllerPause", "currentPodHash", "currentStepHash",
        "currentStepIndex", "collisionCount", "observedGeneration", "workloadObservedGeneration", "conditions",
        "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "HPAReplicas", "selector", "stableRS",
        "restartedAt", "promoteFull", "phase", "message", "canary", "blueGreen", "duration",
    ]

    private static let canaryFields: Set<String> = [
        "weights", "stablePingPong", "currentStepAnalysisRunStatus", "currentBackgroundAnalysisRunStatus",
        "currentExperiment",
    ]
    private static let blueGreenFields: Set<String> = [
        "previewSelector", "activeSelector", "scaleUpPreviewCheckPoint", "prePromotionAnalysisRunStatus",
        "postPromotionAnalysisRunStatus",
    ]

    /// The status as a cluster stores it, fields with their zero value left out.
    public var json: JSONValue {
        var fields = StatusFields()
        fields.add("abort", isAborted)
        fields.add("pauseConditions", pauseConditions.map { condition in
            ["reason": .string(condition.reason), "startTime": .string(condition.startTime.description)]
        })
        fields.add("controllerPause", controllerPause)
        fields.add("abortedAt", abortedAt)
        fields.add("currentPodHash", currentPodHash)
        fields.add("currentStepHash", currentStepHash)
        fields.add("replicas", replicas)
        fields.add("updatedReplicas", updatedReplicas)
        fields.add("readyReplicas", readyReplicas)
        fields.add("availableReplicas", availableReplicas)
        if let currentStepIndex { fields.values.append(("currentStepIndex", .int(currentStepIndex))) }
        if let collisionCount { fields.values.append(("collisionCount", .int(collisionCount))) }
        fields.add("observedGeneration", observedGeneration)
        fields.add("conditions", conditions.map(\.json))
        fields.values.append(("canary", canaryJSON))
        fields.values.append(("blueGreen", blueGreenJSON))
        fields.add("HPAReplicas", autoscalerReplicas)
        fields.add("selector", selector)
        fields.add("stableRS", stableHash)
        fields.add("restartedAt", restartedAt)
        fields.add("promoteFull", promotesFully)
        fields.add("phase", phase?.rawValue ?? "")
        fields.add("message", message)
        fields.add("workloadObservedGeneration", workloadObservedGeneration)
        if let duration { fields.values.append(("duration", duration.json)) }
        fields.add(others)
        return fields.json
    }

    private var canaryJSON: JSONValue {
        var fields = StatusFields()
        if let weights { fields.values.append(("weights", weights.json)) }
        fields.add("stablePingPong", stablePingPong?.rawValue ?? "")
        if let run = runs.step { fields.values.append(("currentStepAnalysisRunStatus", run.json)) }
        if let run = runs.background { fields.values.append(("currentBackgroundAnalysisRunStatus", run.json)) }
        fields.add("currentExperiment", runs.experiment)
        fields.add(otherCanaryFields)
        return fields.json
    }

    private var blueGreenJSON: JSONValue {
        var fields = StatusFields()
        fields.add("previewSelector", previewSelector)
        fields.add("activeSelector", activeSelector)
        fields.add("scaleUpPreviewCheckPoint", hasPassedPreviewCheckPoint)
        if let run = runs.prePromotion { fields.values.append(("prePromotionAnalysisRunStatus", run.json)) }
        if let run = runs.postPromotion { fields.values.append(("postPromotionAnalysisRunStatus", run.json)) }
        fields.add(otherBlueGreenFields)
        return fields.json
    }
}

extension RolloutStatus.RunStatus {
    init?(_ value: JSONValue?) {
        guard let name = value?.text("name") else { return nil }
        self.name = name
        phase = value?.text("status").flatMap { AnalysisPhase(rawValue: $0) }
        message = value?.text("message") ?? ""
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("name", .string(name)))
        fields.values.append(("status", .string(phase?.rawValue ?? "")))
        fields.add("message", message)
        return fields.json
    }
}

extension RolloutStatus.TrafficWeights {
    init?(_ value: JSONValue) {
        guard let canary = value["canary"], let stable = value["stable"] else { return nil }
        self.canary = RolloutStatus.WeightDestination(canary)
        self.stable = RolloutStatus.WeightDestination(stable)
        additional = (value["additional"]?.array ?? []).map { RolloutStatus.WeightDestination($0) }
        isVerified = value["verified"]?.boolean
    }

    var json: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [("canary", canary.json), ("stable", stable.json)]
        if !additional.isEmpty { fields.append(("additional", .array(additional.map(\.json)))) }
        if let isVerified { fields.append(("verified", .boolean(isVerified))) }
        return .object(JSONObject(distinct: fields))
    }
}

extension RolloutStatus.WeightDestination {
    init(_ value: JSONValue) {
        weight = value.count("weight") ?? 0
        serviceName = value.text("serviceName")
        podTemplateHash = value.text("podTemplateHash")
    }

    var json: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [("weight", .int(weight))]
        if let serviceName { fields.append(("serviceName", .string(serviceName))) }
        if let podTemplateHash { fields.append(("podTemplateHash", .string(podTemplateHash))) }
        return .object(JSONObject(distinct: fields))
    }
}
