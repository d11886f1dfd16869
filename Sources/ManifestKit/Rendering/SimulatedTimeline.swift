/// What happened in a simulated update, moment by moment.
public struct SimulatedTimeline: Hashable, Sendable {
    /// What a version is to the Rollout.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case stable, canary, old
    }

    /// The pods of a version.
    public struct Version: Hashable, Sendable {
        /// What it is.
        public var role: Role
        /// Its pod-template hash.
        public var hash: String
        /// Pods that are ready.
        public var ready: Int
        /// Pods that are there.
        public var pods: Int
        /// Pods that are wanted.
        public var wanted: Int
        /// Its share: of the traffic where a router or a service directs it, else of the ready pods.
        public var share: Int?
        /// The number of the update that made it.
        public var revision: Int?

        /// Makes the pods of a version.
        public init(
            role: Role, hash: String, ready: Int, pods: Int, wanted: Int, share: Int? = nil, revision: Int? = nil
        ) {
            self.role = role
            self.hash = hash
            self.ready = ready
            self.pods = pods
            self.wanted = wanted
            self.share = share
            self.revision = revision
        }
    }

    /// How the Rollout stands.
    public struct State: Hashable, Sendable {
        /// `status.currentStepIndex`.
        public var stepIndex: Int?
        /// The step in a word or two; empty where there is none.
        public var step = ""
        /// The share of the version that is wanted.
        public var weight: Int?
        /// The versions that have pods or are wanted, the stable one first.
        public var versions: [Version] = []
        /// `status.phase`.
        public var phase = ""
        /// `status.message`.
        public var message = ""

        /// A state in which nothing is known.
        public init() {}

        /// Ready, existing and wanted pods of a role.
        func pods(_ role: Role) -> (ready: Int, pods: Int, wanted: Int) {
            versions.filter { $0.role == role }.reduce(into: (0, 0, 0)) { sum, version in
                sum.0 += version.ready
                sum.1 += version.pods
                sum.2 += version.wanted
            }
        }
    }

    /// Something that happened, and how the Rollout stood right after it.
    public struct Entry: Hashable, Sendable {
        /// What made it worth an entry.
        public enum Kind: String, Hashable, Sendable {
            /// Something from outside.
            case event
            /// The Rollout moved.
            case change
            /// An analysis moved.
            case analysis
        }

        /// When, in seconds from the beginning of the update.
        public var seconds: Double
        /// What made it worth an entry.
        public var kind: Kind
        /// What happened, for events and analyses.
        public var text: String
        /// How the Rollout stood.
        public var state: State

        /// Makes an entry.
        public init(seconds: Double, kind: Kind, text: String, state: State) {
            self.seconds = seconds
            self.kind = kind
            self.text = text
            self.state = state
        }
    }

    /// Something that must hold and did not.
    public struct Violation: Hashable, Sendable {
        /// What must hold.
        public var invariant: String
        /// What was seen instead.
        public var message: String
        /// When, in seconds from the beginning of the update.
        public var seconds: Double

        /// Makes a violation.
        public init(invariant: String, message: String, seconds: Double) {
            self.invariant = invariant
            self.message = message
            self.seconds = seconds
        }
    }

    /// `metadata.name` of the Rollout.
    public var rollout: String
    /// `metadata.namespace`, or nil where the manifest names none.
    public var namespace: String?
    /// How it updates.
    public var strategy: RolloutRendering.Strategy
    /// `spec.replicas` at the beginning.
    public var replicas: Int
    /// The number of steps in the manifest.
    public var stepCount: Int
    /// The greatest weight.
    public var maximumWeight: Int
    /// What chance started from.
    public var seed: UInt64
    /// Everything that happened.
    public var entries: [Entry] = []
    /// The analyses of the update, in the order in which they began.
    public var analyses: [SimulatedAnalysis] = []
    /// How long it took until all was at rest, in seconds.
    public var duration: Double = 0
    /// What must hold and did not.
    public var violations: [Violation] = []
    /// What a reader should know; one sentence each.
    public var notes: [String] = []

    /// Makes a timeline in which nothing has happened.
    public init(
        rollout: String, namespace: String?, strategy: RolloutRendering.Strategy, replicas: Int, stepCount: Int,
        maximumWeight: Int, seed: UInt64
    ) {
        self.rollout = rollout
        self.namespace = namespace
        self.strategy = strategy
        self.replicas = replicas
        self.stepCount = stepCount
        self.maximumWeight = maximumWeight
        self.seed = seed
    }

    /// The Rollout's name behind its namespace.
    public var fullName: String { namespace.map { "\($0)/\(rollout)" } ?? rollout }

    /// What users of the strategy call the new version.
    var newVersionName: String { strategy == .canary ? "canary" : "preview" }

    /// How the update ended, in a few words.
    var outcome: String {
        let state = entries.last?.state ?? State()
        let message = state.message.isEmpty ? "" : ": \(state.message)"
        return (state.phase.isEmpty ? "not started" : state.phase) + message
    }

    /// A weight as people read it.
    func shown(weight: Int) -> String { maximumWeight == 100 ? "\(weight)%" : "\(weight)/\(maximumWeight)" }

    /// A step's place and name, counted from 1 as people count.
    func shown(step state: State) -> String {
        guard let index = state.stepIndex, stepCount > 0 else { return "" }
        return index >= stepCount ? "done" : "\(index + 1)/\(stepCount) \(state.step)"
    }

    /// Whether a role ever had pods.
    func has(_ role: Role) -> Bool {
        entries.contains { $0.state.versions.contains { $0.role == role && $0.pods + $0.wanted > 0 } }
    }
}
