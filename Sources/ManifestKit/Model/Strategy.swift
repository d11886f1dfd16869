/// How a Rollout updates its pods.
public enum Strategy: Sendable {
    case canary(CanaryStrategy)
    case blueGreen(BlueGreenStrategy)

    init?(_ value: JSONValue) {
        if let canary = value.present("canary") {
            self = .canary(CanaryStrategy(canary))
        } else if let blueGreen = value.present("blueGreen") {
            self = .blueGreen(BlueGreenStrategy(blueGreen))
        } else {
            return nil
        }
    }

    /// The canary's settings, or nil.
    public var canary: CanaryStrategy? { if case .canary(let canary) = self { canary } else { nil } }
    /// The settings of blue-green, or nil.
    public var blueGreen: BlueGreenStrategy? { if case .blueGreen(let blueGreen) = self { blueGreen } else { nil } }

    /// The number of the canary's steps.
    var stepCount: Int { if case .canary(let canary) = self { canary.steps.count } else { 0 } }

    /// Whether a router divides the traffic.
    var routesTraffic: Bool { if case .canary(let canary) = self { canary.trafficRouting != nil } else { false } }

    /// The greatest weight.
    public var maximumWeight: Int { canary?.trafficRouting?.maximumWeight ?? RolloutDefaults.maximumWeight }

    /// How long an old version outlives the switch, in seconds.
    var scaleDownDelaySeconds: Int {
        switch self {
        case .canary(let canary):
            canary.trafficRouting == nil
                ? 0 : canary.scaleDownDelaySeconds ?? RolloutDefaults.scaleDownDelaySeconds
        case .blueGreen(let blueGreen):
            blueGreen.scaleDownDelaySeconds ?? RolloutDefaults.scaleDownDelaySeconds
        }
    }

    /// How many old versions may wait for their end.
    var scaleDownDelayRevisionLimit: Int {
        switch self {
        case .canary(let canary):
            canary.scaleDownDelayRevisionLimit ?? RolloutDefaults.scaleDownDelayRevisionLimit
        case .blueGreen(let blueGreen):
            blueGreen.scaleDownDelayRevisionLimit ?? RolloutDefaults.scaleDownDelayRevisionLimit
        }
    }

    /// What the manifest says about the delay after an abort.
    private var declaredAbortDelay: Int? {
        switch self {
        case .canary(let canary): canary.trafficRouting == nil ? nil : canary.abortScaleDownDelaySeconds
        case .blueGreen(let blueGreen): blueGreen.abortScaleDownDelaySeconds
        }
    }

    /// How long the new version outlives an abort, in seconds; nil where it stays for good.
    var abortScaleDownDelaySeconds: Int? {
        if case .canary(let canary) = self, canary.trafficRouting == nil { return 0 }
        let delay = declaredAbortDelay ?? RolloutDefaults.abortScaleDownDelaySeconds
        return delay == 0 ? nil : delay
    }

    /// Whether the manifest itself asks for a delay after an abort.
    var hasExplicitAbortDelay: Bool { declaredAbortDelay.map { $0 != 0 } ?? false }

    /// Metadata that the new version's pods carry while it is new.
    var newMetadata: PodMetadata? {
        switch self {
        case .canary(let canary): canary.canaryMetadata
        case .blueGreen(let blueGreen): blueGreen.previewMetadata
        }
    }

    /// Metadata that the stable version's pods carry.
    var stableMetadata: PodMetadata? {
        switch self {
        case .canary(let canary): canary.stableMetadata
        case .blueGreen(let blueGreen): blueGreen.activeMetadata
        }
    }

    /// How the versions keep away from each other's nodes.
    var antiAffinity: AntiAffinity? {
        switch self {
        case .canary(let canary): canary.antiAffinity
        case .blueGreen(let blueGreen): blueGreen.antiAffinity
        }
    }

    /// Pods that a canary may have beyond the wanted number.
    func maxSurge(of replicas: Int) -> Int {
        guard case .canary(let canary) = self else { return 0 }
        return canary.limits(of: replicas).surge
    }

    /// Pods that may be missing from the wanted number.
    func maxUnavailable(of replicas: Int) -> Int {
        guard replicas > 0 else { return 0 }
        switch self {
        case .canary(let canary): return min(replicas, canary.limits(of: replicas).unavailable)
        case .blueGreen(let blueGreen):
            let limit = blueGreen.maxUnavailable ?? RolloutDefaults.maxUnavailable
            return min(replicas, limit.resolved(of: replicas, rounding: .down))
        }
    }
}

/// Labels and annotations for pods.
public struct PodMetadata: Hashable, Sendable {
    /// The labels.
    public var labels: [String: String]
    /// The annotations.
    public var annotations: [String: String]

    init?(_ value: JSONValue?) {
        guard let value, value.object != nil else { return nil }
        labels = value["labels"]?.stringDictionary ?? [:]
        annotations = value["annotations"]?.stringDictionary ?? [:]
    }

    /// As the annotation of a ReplicaSet keeps it.
    var text: String {
        var fields: [(String, JSONValue)] = []
        if !labels.isEmpty { fields.append(("labels", .strings(labels))) }
        if !annotations.isEmpty { fields.append(("annotations", .strings(annotations))) }
        return GoText.json(.object(JSONObject(fields)))
    }
}

/// How the versions keep away from each other's nodes.
public enum AntiAffinity: Hashable, Sendable {
    /// Preferred, with this weight.
    case preferred(weight: Int)
    /// Required.
    case required

    init?(_ value: JSONValue?) {
        if let preferred = value?.present("preferredDuringSchedulingIgnoredDuringExecution") {
            self = .preferred(weight: preferred.count("weight") ?? 0)
        } else if value?.present("requiredDuringSchedulingIgnoredDuringExecution") != nil {
            self = .required
        } else {
            return nil
        }
    }
}
