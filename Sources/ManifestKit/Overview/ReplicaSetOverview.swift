/// A ReplicaSet with its pods, and the part that it plays.
public struct ReplicaSetOverview: Hashable, Sendable {
    /// The parts that a version plays, in the order in which they are named.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case canary, preview, active, stable, ping, pong
    }

    /// How it is.
    public enum State: String, Sendable {
        /// All pods are available.
        case healthy = "Healthy"
        /// Pods are on their way, to or fro.
        case progressing = "Progressing"
        /// It has no pods and wants none.
        case scaledDown = "ScaledDown"
        /// Pods cannot be made, or something is wrong with some.
        case failing = "Failing"
    }

    /// Its name.
    public var name: String
    /// The hash of its pod template.
    public var hash: String
    /// The number of the update that made it; nil for one of an experiment.
    public var revision: Int?
    /// The parts that it plays.
    public var roles: [Role] = []
    /// The template of the experiment that it belongs to; empty for none.
    public var experimentTemplate: String
    /// The number of pods that it is to have.
    public var wanted: Int
    /// The number of pods that it has.
    public var current: Int
    /// The number of pods that are ready.
    public var ready: Int
    /// The number of pods that have been ready for long enough.
    public var available: Int
    /// How it is.
    public var state: State
    /// Why pods cannot be made; empty where they can.
    public var failure: String
    /// When it is scaled to zero, where there is such a moment.
    public var scaleDownAt: KubernetesTime?
    /// The images of its containers.
    public var images: [String]
    /// When it was made.
    public var createdAt: KubernetesTime?
    /// Its pods: those in trouble first, then the older ones.
    public var pods: [PodOverview]

    init(_ object: JSONValue, pods: [JSONValue]) {
        let (metadata, spec) = (object["metadata"] ?? .null, object["spec"] ?? .null)
        let status = object["status"] ?? .null
        let annotations = metadata["annotations"] ?? .null
        name = object.objectName
        hash = metadata["labels"]?.text(RolloutMarks.podTemplateHash) ?? ""
        revision = object.revisionNumber
        experimentTemplate = annotations.text("experiment.argoproj.io/template-name") ?? ""
        wanted = max(0, spec.count("replicas") ?? 1)
        current = status.count("replicas") ?? 0
        ready = status.count("readyReplicas") ?? 0
        available = status.count("availableReplicas") ?? 0
        scaleDownAt = annotations.time(RolloutMarks.scaleDownDeadline)
        images = spec["template"]?.templateImages ?? []
        createdAt = object.creationTime
        let condition = status["conditions"]?.array?.first { $0.text("type") == "ReplicaFailure" }
        failure = condition?.text("status") == "True"
            ? condition?.text("message") ?? condition?.text("reason") ?? "pods cannot be made" : ""
        self.pods = pods.sorted { $0.isOlder(than: $1) }.map { PodOverview($0) }
        let rank: [PodOverview.Health: Int] = [.failing: 0, .starting: 1, .ready: 2, .finished: 3, .ending: 4]
        self.pods = self.pods.enumerated()
            .sorted { (rank[$0.element.health] ?? 5, $0.offset) < (rank[$1.element.health] ?? 5, $1.offset) }
            .map(\.element)
        let isSeen = (metadata.count("generation") ?? 0) <= (status.count("observedGeneration") ?? .max)
        let hasTrouble = self.pods.contains { $0.health == .failing }
        if !failure.isEmpty || (hasTrouble && wanted > 0) {
            state = .failing
        } else if wanted == 0, current == 0 {
            state = .scaledDown
        } else {
            state = isSeen && available >= wanted && current <= wanted ? .healthy : .progressing
        }
    }

    /// Whether it has pods or is to have some.
    public var isScaledUp: Bool { wanted > 0 || current > 0 }
}

extension ReplicaSetOverview {
    /// The parts that a version plays in a Rollout.
    static func roles(ofHash hash: String, in status: RolloutStatus, _ strategy: Strategy?) -> [Role] {
        guard !hash.isEmpty, let strategy else { return [] }
        let isStable = status.stableHash == hash
        switch strategy {
        case .canary(let canary):
            var roles: [Role] = isStable ? [.stable] : status.currentPodHash == hash ? [.canary] : []
            if canary.pingPong != nil, !roles.isEmpty {
                let stableIsPing = status.stablePingPong == .ping
                roles.append(isStable == stableIsPing ? .ping : .pong)
            }
            return roles
        case .blueGreen:
            var roles: [Role] = []
            if status.activeSelector == hash {
                roles.append(.active)
            } else if status.previewSelector == hash {
                roles.append(.preview)
            }
            if isStable { roles.append(.stable) }
            return roles
        }
    }
}
