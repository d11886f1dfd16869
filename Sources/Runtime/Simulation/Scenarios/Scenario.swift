import ManifestKit

/// What happens to a simulated Rollout from outside, in time: people, autoscalers, bad pods and a bad network.
public struct Scenario: Hashable, Sendable {
    /// Something that happens at a moment.
    public struct Event: Hashable, Sendable {
        /// When, in seconds from the beginning of the update.
        public var at: Double
        /// What.
        public var action: ScenarioAction

        /// Makes an event.
        public init(at: Double, _ action: ScenarioAction) {
            self.at = at
            self.action = action
        }
    }

    /// The events in the order in which they happen.
    public var events: [Event] = []
    /// What metrics come to from the beginning.
    public var metrics: [ScenarioMetric] = []
    /// When to stop in any case, in seconds from the beginning of the update; nil where it runs until it is at rest.
    public var until: Double?
    /// Seconds from a pod's start until it is ready, where nothing else is said.
    public var podDelay: Double = 1

    /// A scenario in which nothing happens.
    public init() {}

    /// Makes a scenario; events of the same moment stay in their order.
    public init(
        events: [Event], metrics: [ScenarioMetric] = [], until: Double? = nil, podDelay: Double = 1
    ) {
        self.events = Self.inOrder(events)
        self.metrics = metrics
        self.until = until
        self.podDelay = podDelay
    }

    static func inOrder(_ events: [Event]) -> [Event] {
        events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

/// What can happen to a simulated Rollout.
public enum ScenarioAction: Hashable, Sendable {
    /// Some of the pods.
    public enum Pods: String, Hashable, Sendable, CaseIterable {
        case all, canary, stable
    }

    /// What becomes of pods.
    public enum Health: Hashable, Sendable {
        /// They take so many seconds to become ready.
        case slow(Double)
        /// They never become ready.
        case neverReady
        /// They crash, those that are ready too.
        case crash
        /// They crash so many seconds after they became ready.
        case crashAfter(Double)
        /// They are as pods should be again.
        case healthy
    }

    /// How requests of the controller fail.
    public enum Fault: String, Hashable, Sendable, CaseIterable {
        /// Writes, with a conflict, as when somebody else was faster.
        case conflicts
        /// Writes, with an error of the server; some of them are done all the same.
        case errors
        /// Reads and writes: the server is not there.
        case outages
    }

    /// An object that people may change or delete.
    public struct Target: Hashable, Sendable {
        /// What it is.
        public var kind: ResourceKind
        /// Its name; nil for the Rollout itself.
        public var name: String?

        /// Names an object.
        public init(_ kind: ResourceKind, _ name: String? = nil) {
            self.kind = kind
            self.name = name
        }

        /// The kinds that a scenario may name.
        static let kinds: [ResourceKind] = [
            .apisixRoute, .deployment, .destinationRule, .httpProxy, .ingress, .mapping, .rollout, .openShiftRoute,
            .service, .traefikService, .trafficSplit, .virtualNode, .virtualRouter, .virtualService,
        ]
    }

    /// The update goes on, as after `kubectl argo rollouts promote`.
    case promote
    /// The update skips everything that is left.
    case promoteFull
    /// The update is aborted.
    case abort
    /// An aborted update begins again.
    case retry
    /// Somebody sets `spec.paused`.
    case pause
    /// Somebody takes `spec.paused` back.
    case resume
    /// A container gets another image; the first container where none is named.
    case setImage(container: String?, image: String)
    /// Another number of pods is wanted.
    case scale(Int)
    /// Something becomes of pods, those to come too.
    case pods(Pods, Health)
    /// A metric comes to something else from now on.
    case metric(ScenarioMetric)
    /// Somebody goes back to the version before.
    case undo
    /// Somebody asks for new pods.
    case restart
    /// Somebody changes an object, by a merge patch.
    case patch(Target, JSONValue)
    /// Somebody deletes an object.
    case delete(Target)
    /// Somebody deletes the ReplicaSets of a version.
    case deleteReplicaSets(Pods)
    /// What somebody has deleted is applied again.
    case restore
    /// Some of the controller's requests fail, for so many seconds.
    case apiFaults(Fault, rate: Double, seconds: Double)
    /// The controller crashes behind so many more writes, and starts again at once.
    case controllerCrash(afterWrites: Int)
    /// Watches break off and lose what happened before.
    case lostWatches
    /// Watches tell everything so many seconds late, for so many seconds.
    case slowWatches(by: Double, seconds: Double)
}

// MARK: - Words

extension ScenarioAction {
    /// The key by which a scenario file asks for it.
    public var key: String {
        switch self {
        case .promote: "promote"
        case .promoteFull: "promoteFull"
        case .abort: "abort"
        case .retry: "retry"
        case .pause: "pause"
        case .resume: "resume"
        case .setImage: "setImage"
        case .scale: "scale"
        case .pods: "pods"
        case .metric: "metric"
        case .undo: "undo"
        case .restart: "restart"
        case .patch: "patch"
        case .delete, .deleteReplicaSets: "delete"
        case .restore: "restore"
        case .slowWatches: "slowWatches"
        case .apiFaults: "apiFaults"
        case .controllerCrash: "controllerCrash"
        case .lostWatches: "lostWatches"
        }
    }

    /// What happens, in a few words.
    public var text: String {
        switch self {
        case .promote, .abort, .retry, .pause, .resume, .undo, .restart, .restore: key
        case .patch(let target, _): "change \(target.text)"
        case .delete(let target): "delete \(target.text)"
        case .deleteReplicaSets(let pods): "delete \(pods == .all ? "all" : "\(pods.rawValue)") ReplicaSets"
        case .slowWatches(let delay, let seconds):
            "watches \(ScenarioText.duration(delay)) late for \(ScenarioText.duration(seconds))"
        case .promoteFull: "promote in full"
        case .setImage(_, let image): "set image \(image)"
        case .scale(let count): "scale to \(count)"
        case .pods(let pods, let health): "\(pods == .all ? "" : pods.rawValue + " ")pods \(health.text)"
        case .metric(let metric): metric.text
        case .apiFaults(let fault, let rate, let seconds):
            "\(Int((rate * 100).rounded()))% \(fault.rawValue) for \(ScenarioText.duration(seconds))"
        case .controllerCrash(0): "controller crashes"
        case .controllerCrash(let count): "controller crashes after \(count) more write\(count == 1 ? "" : "s")"
        case .lostWatches: "watches are lost"
        }
    }
}

extension ScenarioAction.Target {
    /// The object, as a sentence names it.
    var text: String { name.map { "\(kind.rawValue) \($0)" } ?? "the \(kind.rawValue)" }
}

extension ScenarioAction.Health {
    /// What becomes of the pods, in a few words.
    var text: String {
        switch self {
        case .slow(let seconds): "take \(ScenarioText.duration(seconds))"
        case .neverReady: "never get ready"
        case .crash: "crash"
        case .crashAfter(let seconds): "crash after \(ScenarioText.duration(seconds))"
        case .healthy: "are healthy again"
        }
    }
}
