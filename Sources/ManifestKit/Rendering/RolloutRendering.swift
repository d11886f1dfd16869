/// What an update of one Rollout looks like, step by step.
public struct RolloutRendering: Hashable, Sendable {
    /// How the Rollout updates.
    public enum Strategy: String, Sendable {
        case canary, blueGreen
    }

    /// `metadata.name` of the Rollout.
    public var rollout: String
    /// `metadata.namespace`, or nil where the manifest names none.
    public var namespace: String?
    /// How it updates.
    public var strategy: Strategy
    /// `spec.replicas`.
    public var replicas: Int
    /// The steps in their order, each as it is when everything it asks for has come true.
    public var steps: [RenderedStep]
    /// What a reader should know, such as a router that is not simulated; one sentence each.
    public var notes: [String]

    /// Makes a rendering.
    public init(
        rollout: String, namespace: String?, strategy: Strategy, replicas: Int, steps: [RenderedStep],
        notes: [String] = []
    ) {
        self.rollout = rollout
        self.namespace = namespace
        self.strategy = strategy
        self.replicas = replicas
        self.steps = steps
        self.notes = notes
    }
}

/// One step of an update when it has settled.
public struct RenderedStep: Hashable, Sendable {
    /// One of the two versions.
    public struct Version: Hashable, Sendable {
        /// The ReplicaSet's name.
        public var name: String
        /// Its pod-template hash.
        public var hash: String
        /// Its size.
        public var replicas: Int

        /// Makes a version.
        public init(name: String, hash: String, replicas: Int) {
            self.name = name
            self.hash = hash
            self.replicas = replicas
        }
    }

    /// What an abort at this step would lead to.
    public struct Abort: Hashable, Sendable {
        /// The canary's share of the traffic afterwards, in units of the greatest weight.
        public var weight: Int?
        /// The size of the stable ReplicaSet afterwards.
        public var stableReplicas: Int
        /// The size of the canary ReplicaSet at once afterwards.
        public var canaryReplicas: Int
        /// Seconds after which the canary ReplicaSet is scaled to zero; nil where it stays or is gone at once.
        public var canaryScaleDownDelaySeconds: Int?
        /// The objects that an abort would change, as they would be.
        public var objects: [JSONValue]

        /// Makes the outcome of an abort.
        public init(
            weight: Int?, stableReplicas: Int, canaryReplicas: Int, canaryScaleDownDelaySeconds: Int?,
            objects: [JSONValue]
        ) {
            self.weight = weight
            self.stableReplicas = stableReplicas
            self.canaryReplicas = canaryReplicas
            self.canaryScaleDownDelaySeconds = canaryScaleDownDelaySeconds
            self.objects = objects
        }
    }

    /// The step's position in the manifest: -1 before the first, and the number of steps when all is done. The stages
    /// of a blue-green update count from -1 too.
    public var index: Int
    /// The step in a word or two: `setWeight: 10`, `pause: 10m`, `initial`, `preview`, `switched`, `done`.
    public var step: String
    /// The canary's share that the step sets, in units of the greatest weight; nil for blue-green.
    public var setWeight: Int?
    /// The share that the canary gets: of the traffic where a router divides it, else of the pods.
    public var weight: Int?
    /// The greatest weight: 100 unless the manifest says otherwise.
    public var maximumWeight: Int
    /// The version that serves; nil in the middle of a first deployment.
    public var stable: Version?
    /// The version that is being rolled out; nil where there is none.
    public var canary: Version?
    /// Pods in total when the step has settled.
    public var totalPods: Int
    /// The smallest number of available pods on the way to this step.
    public var leastAvailablePods: Int
    /// How long the step lasts by itself, in seconds; nil where it waits for a person or an analysis.
    public var durationSeconds: Int?
    /// The ReplicaSets, Services and route objects at this step.
    public var objects: [JSONValue]
    /// The AnalysisRuns and Experiments that begin at this step, as they are made.
    public var starts: [JSONValue]
    /// What an abort at this step would do; nil before the update, and when it is done.
    public var abort: Abort?

    /// Makes a step.
    public init(
        index: Int, step: String, setWeight: Int?, weight: Int?, maximumWeight: Int = 100, stable: Version?,
        canary: Version?, totalPods: Int, leastAvailablePods: Int, durationSeconds: Int?, objects: [JSONValue],
        starts: [JSONValue] = [], abort: Abort?
    ) {
        self.index = index
        self.step = step
        self.setWeight = setWeight
        self.weight = weight
        self.maximumWeight = maximumWeight
        self.stable = stable
        self.canary = canary
        self.totalPods = totalPods
        self.leastAvailablePods = leastAvailablePods
        self.durationSeconds = durationSeconds
        self.objects = objects
        self.starts = starts
        self.abort = abort
    }
}
