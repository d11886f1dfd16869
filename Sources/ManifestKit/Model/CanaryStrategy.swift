/// `spec.strategy.canary` of a Rollout.
///
/// A class, so that a pass hands on one reference and not two dozen fields.
public final class CanaryStrategy: Sendable {
    /// The two services that take turns in being the stable one.
    public struct PingPong: Hashable, Sendable {
        /// `pingService`.
        public var pingService: String
        /// `pongService`.
        public var pongService: String
    }

    /// How many pods of the new version must be available before a step counts as reached.
    public enum ProgressThreshold: Hashable, Sendable {
        case percentage(Int)
        case pods(Int)
    }

    /// `canaryService`.
    public let canaryService: String?
    /// `stableService`.
    public let stableService: String?
    /// The steps in their order.
    public let steps: [any CanaryStep]
    /// The hash of the steps, as `status.currentStepHash` has it.
    public let stepHash: String
    /// `trafficRouting`.
    public let trafficRouting: TrafficRouting?
    /// `maxSurge`.
    public let maxSurge: IntOrPercent?
    /// `maxUnavailable`.
    public let maxUnavailable: IntOrPercent?
    /// `antiAffinity`.
    public let antiAffinity: AntiAffinity?
    /// `canaryMetadata`.
    public let canaryMetadata: PodMetadata?
    /// `stableMetadata`.
    public let stableMetadata: PodMetadata?
    /// `scaleDownDelaySeconds`.
    public let scaleDownDelaySeconds: Int?
    /// `scaleDownDelayRevisionLimit`.
    public let scaleDownDelayRevisionLimit: Int?
    /// `abortScaleDownDelaySeconds`.
    public let abortScaleDownDelaySeconds: Int?
    /// `dynamicStableScale`.
    public let dynamicStableScale: Bool
    /// `pingPong`.
    public let pingPong: PingPong?
    /// `minPodsPerReplicaSet`.
    public let minPodsPerReplicaSet: Int?
    /// `analysis`, which runs beside the steps.
    public let backgroundAnalysis: RolloutAnalysis?
    /// `replicaProgressThreshold`.
    public let progressThreshold: ProgressThreshold?

    init(_ value: JSONValue) {
        canaryService = value.text("canaryService")
        stableService = value.text("stableService")
        steps = (value["steps"]?.array ?? []).map { CanarySteps.step($0) }
        stepHash = PodTemplateHash.stepHash(of: value["steps"] ?? .null)
        trafficRouting = value.present("trafficRouting").map { TrafficRouting($0) }
        maxSurge = Self.limit(value["maxSurge"])
        maxUnavailable = Self.limit(value["maxUnavailable"])
        antiAffinity = AntiAffinity(value["antiAffinity"])
        canaryMetadata = PodMetadata(value["canaryMetadata"])
        stableMetadata = PodMetadata(value["stableMetadata"])
        scaleDownDelaySeconds = value.count("scaleDownDelaySeconds")
        scaleDownDelayRevisionLimit = value.count("scaleDownDelayRevisionLimit")
        abortScaleDownDelaySeconds = value.count("abortScaleDownDelaySeconds")
        dynamicStableScale = value.flag("dynamicStableScale")
        pingPong = value.present("pingPong").map {
            PingPong(pingService: $0.text("pingService") ?? "", pongService: $0.text("pongService") ?? "")
        }
        minPodsPerReplicaSet = value.count("minPodsPerReplicaSet")
        backgroundAnalysis = RolloutAnalysis(value.present("analysis"))
        progressThreshold = value.present("replicaProgressThreshold").flatMap { ProgressThreshold($0) }
    }

    /// A limit; a number in quotes is a percentage, as it is for the reference.
    static func limit(_ value: JSONValue?) -> IntOrPercent? {
        guard let value, !value.isNull else { return nil }
        if let text = value.string, let count = Int(text) { return .percent(count) }
        return IntOrPercent(value)
    }

    /// How far the pods may be above and below the wanted number; never both zero.
    func limits(of replicas: Int) -> (surge: Int, unavailable: Int) {
        let surge = (maxSurge ?? RolloutDefaults.maxSurge).resolved(of: replicas, rounding: .up)
        let unavailable = (maxUnavailable ?? RolloutDefaults.maxUnavailable).resolved(of: replicas, rounding: .down)
        let clamped = (surge: min(max(surge, 0), Int(Int32.max)), unavailable: min(max(unavailable, 0), Int(Int32.max)))
        return clamped.surge == 0 && clamped.unavailable == 0 ? (0, 1) : clamped
    }
}

extension CanaryStrategy.ProgressThreshold {
    init?(_ value: JSONValue) {
        guard let count = value.count("value"), count >= 0 else { return nil }
        self = value.text("type") == "Percentage" ? .percentage(count) : .pods(count)
    }
}

/// `spec.strategy.blueGreen` of a Rollout.
public struct BlueGreenStrategy: Sendable {
    /// `activeService`.
    public var activeService: String
    /// `previewService`.
    public var previewService: String?
    /// `previewReplicaCount`.
    public var previewReplicaCount: Int?
    /// `autoPromotionEnabled`.
    public var promotesAutomatically: Bool
    /// `autoPromotionSeconds`, 0 where it is absent.
    public var autoPromotionSeconds: Int
    /// `maxUnavailable`.
    public var maxUnavailable: IntOrPercent?
    /// `scaleDownDelaySeconds`.
    public var scaleDownDelaySeconds: Int?
    /// `scaleDownDelayRevisionLimit`.
    public var scaleDownDelayRevisionLimit: Int?
    /// `abortScaleDownDelaySeconds`.
    public var abortScaleDownDelaySeconds: Int?
    /// `antiAffinity`.
    public var antiAffinity: AntiAffinity?
    /// `previewMetadata`.
    public var previewMetadata: PodMetadata?
    /// `activeMetadata`.
    public var activeMetadata: PodMetadata?
    /// `prePromotionAnalysis`.
    public var prePromotionAnalysis: RolloutAnalysis?
    /// `postPromotionAnalysis`.
    public var postPromotionAnalysis: RolloutAnalysis?

    init(_ value: JSONValue) {
        activeService = value.text("activeService") ?? ""
        previewService = value.text("previewService")
        previewReplicaCount = value.count("previewReplicaCount").map { max(0, $0) }
        promotesAutomatically = value["autoPromotionEnabled"]?.boolean ?? true
        autoPromotionSeconds = max(0, value.count("autoPromotionSeconds") ?? 0)
        maxUnavailable = CanaryStrategy.limit(value["maxUnavailable"])
        scaleDownDelaySeconds = value.count("scaleDownDelaySeconds")
        scaleDownDelayRevisionLimit = value.count("scaleDownDelayRevisionLimit")
        abortScaleDownDelaySeconds = value.count("abortScaleDownDelaySeconds")
        antiAffinity = AntiAffinity(value["antiAffinity"])
        previewMetadata = PodMetadata(value["previewMetadata"])
        activeMetadata = PodMetadata(value["activeMetadata"])
        prePromotionAnalysis = RolloutAnalysis(value.present("prePromotionAnalysis"))
        postPromotionAnalysis = RolloutAnalysis(value.present("postPromotionAnalysis"))
    }

    /// Whether something is analysed before the switch.
    public var hasPrePromotionAnalysis: Bool { prePromotionAnalysis != nil }
    /// Whether something is analysed after the switch.
    public var hasPostPromotionAnalysis: Bool { postPromotionAnalysis != nil }

    /// Whether the update stops before the switch.
    var pauses: Bool { !promotesAutomatically || autoPromotionSeconds > 0 }
}
