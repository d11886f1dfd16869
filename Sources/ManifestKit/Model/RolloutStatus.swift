/// `status` of a Rollout: all that is remembered from one plan to the next.
public struct RolloutStatus: Hashable, Sendable {
    /// The colour of the light: how an update goes.
    public enum Phase: String, Sendable {
        case healthy = "Healthy", degraded = "Degraded", progressing = "Progressing", paused = "Paused"
    }

    /// Why and since when an update waits.
    public struct PauseCondition: Hashable, Sendable {
        /// The reason.
        public var reason: String
        /// Since when.
        public var startTime: KubernetesTime

        /// A step of a canary.
        public static let canaryStep = "CanaryPauseStep"
        /// The pause before the switch of blue-green.
        public static let blueGreen = "BlueGreenPause"
        /// An analysis that found neither good nor bad.
        public static let inconclusiveAnalysis = "InconclusiveAnalysisRun"
        /// An experiment that found neither good nor bad.
        public static let inconclusiveExperiment = "InconclusiveExperiment"

        /// Makes a condition.
        public init(reason: String, startTime: KubernetesTime) {
            self.reason = reason
            self.startTime = startTime
        }
    }

    /// One receiver of traffic.
    public struct WeightDestination: Hashable, Sendable {
        /// Its share.
        public var weight: Int
        /// The service in front of it.
        public var serviceName: String?
        /// The hash of its pods.
        public var podTemplateHash: String?
    }

    /// How the traffic is divided.
    public struct TrafficWeights: Hashable, Sendable {
        /// The new version's part.
        public var canary: WeightDestination
        /// The stable version's part.
        public var stable: WeightDestination
        /// Parts of experiments.
        public var additional: [WeightDestination] = []
        /// Whether the load balancer has been seen to follow.
        public var isVerified: Bool?
    }

    /// Which of the two services of ping-pong is the stable one.
    public enum PingPong: String, Sendable {
        case ping, pong
    }

    /// An AnalysisRun as a Rollout's status tells of it.
    public struct RunStatus: Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `status`; nil for one that nobody has looked at.
        public var phase: AnalysisPhase?
        /// `message`.
        public var message = ""

        init(_ run: AnalysisRun) {
            name = run.name
            phase = run.status.phase
            message = run.status.message
        }
    }

    /// What is analysed and tried out at the moment.
    public struct Runs: Hashable, Sendable {
        /// `canary.currentStepAnalysisRunStatus`.
        public var step: RunStatus?
        /// `canary.currentBackgroundAnalysisRunStatus`.
        public var background: RunStatus?
        /// `canary.currentExperiment`.
        public var experiment = ""
        /// `blueGreen.prePromotionAnalysisRunStatus`.
        public var prePromotion: RunStatus?
        /// `blueGreen.postPromotionAnalysisRunStatus`.
        public var postPromotion: RunStatus?
    }

    /// `abort`.
    public var isAborted = false
    /// `abortedAt`.
    public var abortedAt: KubernetesTime?
    /// `pauseConditions`.
    public var pauseConditions: [PauseCondition] = []
    /// `controllerPause`.
    public var controllerPause = false
    /// `currentPodHash`.
    public var currentPodHash = ""
    /// `currentStepHash`.
    public var currentStepHash = ""
    /// `currentStepIndex`.
    public var currentStepIndex: Int?
    /// `collisionCount`.
    public var collisionCount: Int?
    /// `observedGeneration`.
    public var observedGeneration = ""
    /// `workloadObservedGeneration`.
    public var workloadObservedGeneration = ""
    /// `conditions`.
    public var conditions: [RolloutCondition] = []
    /// `replicas`: pods in total.
    public var replicas = 0
    /// `updatedReplicas`: pods of the new version.
    public var updatedReplicas = 0
    /// `readyReplicas`.
    public var readyReplicas = 0
    /// `availableReplicas`.
    public var availableReplicas = 0
    /// `HPAReplicas`: what an autoscaler counts.
    public var autoscalerReplicas = 0
    /// `selector`, for autoscalers.
    public var selector = ""
    /// `stableRS`: the hash of the stable version.
    public var stableHash = ""
    /// `restartedAt`.
    public var restartedAt: KubernetesTime?
    /// `promoteFull`.
    public var promotesFully = false
    /// `phase`.
    public var phase: Phase?
    /// `message`.
    public var message = ""
    /// `canary.weights`.
    public var weights: TrafficWeights?
    /// `canary.stablePingPong`.
    public var stablePingPong: PingPong?
    /// `blueGreen.previewSelector`.
    public var previewSelector = ""
    /// `blueGreen.activeSelector`.
    public var activeSelector = ""
    /// `blueGreen.scaleUpPreviewCheckPoint`.
    public var hasPassedPreviewCheckPoint = false
    /// What is analysed and tried out at the moment.
    public var runs = Runs()
    /// `duration`: how long the latest update takes.
    public var duration: UpdateDuration?
    /// Fields that the planner does not act on; they stay as they are.
    public var others: [String: JSONValue] = [:]
    /// The same for `canary`.
    public var otherCanaryFields: [String: JSONValue] = [:]
    /// The same for `blueGreen`.
    public var otherBlueGreenFields: [String: JSONValue] = [:]

    /// The condition of a type.
    public func condition(_ type: RolloutCondition.Kind) -> RolloutCondition? {
        conditions.first { $0.type == type.rawValue }
    }

    /// The pause for a reason.
    func pause(_ reason: String) -> PauseCondition? { pauseConditions.first { $0.reason == reason } }

    /// Whether nothing is new since another status but how many pods there are, and what follows from that alone: the
    /// message, the time of the last progress, and which version has a share that is not new.
    public func onlyCounts(since old: RolloutStatus) -> Bool {
        var same = self
        same.replicas = old.replicas
        same.updatedReplicas = old.updatedReplicas
        same.readyReplicas = old.readyReplicas
        same.availableReplicas = old.availableReplicas
        same.autoscalerReplicas = old.autoscalerReplicas
        same.message = old.message
        if weights?.canary.weight == old.weights?.canary.weight, weights?.additional == old.weights?.additional,
            weights?.isVerified == old.weights?.isVerified {
            same.weights = old.weights
        }
        guard Set(conditions.map(\.statement)) == Set(old.conditions.map(\.statement)) else { return false }
        same.conditions = old.conditions
        return same == old
    }
}
