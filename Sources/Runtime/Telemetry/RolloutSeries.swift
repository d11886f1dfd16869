import ManifestKit

/// What metrics tell of one Rollout.
struct RolloutSeries: Sendable {
    /// How a Rollout is.
    struct Figures: Hashable, Sendable {
        var strategy: String
        var router: String
        var phase: String
        var desired: Int
        var replicas: Int
        var available: Int
        var updated: Int
    }

    /// A kind of event, of which there are few.
    struct EventKind: Hashable, Sendable {
        var type: String
        var reason: String
    }

    /// How it is, as far as it has been planned.
    var figures: Figures?
    /// What happened to it.
    var events: [EventKind: Int] = [:]
    /// The messages about it that were delivered, and those that were not, by what happened to it.
    var delivered: [EventKind: Int] = [:]
    var undelivered: [EventKind: Int] = [:]
    /// How long sending them took.
    var sending = Histogram(Histogram.reference)
}

extension RolloutSeries.Figures {
    /// The phases that the reference's metrics know, in its order.
    static let phases = ["Completed", "Progressing", "Paused", "Timeout", "Error", "Abort", "InvalidSpec"]

    /// The figures of a Rollout with a status.
    init(_ rollout: Rollout, _ status: RolloutStatus) {
        let canary = rollout.spec.strategy.canary
        strategy = canary == nil ? "blueGreen" : "canary"
        router = canary?.trafficRouting?.routers.last.map { Self.label(ofRouter: type(of: $0).key) } ?? ""
        phase = Self.phase(of: status)
        desired = rollout.spec.replicas
        replicas = status.replicas
        available = status.availableReplicas
        updated = status.updatedReplicas
    }

    /// A router as the reference's metrics call it.
    private static func label(ofRouter key: String) -> String {
        let names = [
            "alb": "ALB", "ambassador": "Ambassador", "appMesh": "AppMesh", "istio": "Istio", "nginx": "Nginx",
            "smi": "SMI",
        ]
        return names[key] ?? key
    }

    private static func phase(of status: RolloutStatus) -> String {
        if status.conditions.contains(where: { $0.type == RolloutCondition.Kind.invalidSpec.rawValue }) {
            return "InvalidSpec"
        }
        let progressing = status.conditions.first { $0.type == RolloutCondition.Kind.progressing.rawValue }
        switch progressing?.reason {
        case "NewReplicaSetAvailable": return "Completed"
        case "RolloutPaused": return "Paused"
        case "ReplicaSetCreateError": return "Error"
        case "ProgressDeadlineExceeded": return "Timeout"
        case "RolloutAborted": return "Abort"
        default: return "Progressing"
        }
    }
}
