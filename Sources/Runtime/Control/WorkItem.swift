/// An object that the controller looks after by itself.
struct WorkItem: Hashable, Sendable, Comparable {
    /// What it is.
    enum Kind: Int, Hashable, Sendable, Comparable, CaseIterable {
        case rollout, experiment, analysisRun

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        /// As `kind` of a reference to an owner has it.
        init?(owner kind: String) {
            switch kind {
            case "Rollout": self = .rollout
            case "Experiment": self = .experiment
            case "AnalysisRun": self = .analysisRun
            default: return nil
            }
        }

        /// As logs name it.
        var word: String {
            switch self {
            case .rollout: "rollout"
            case .experiment: "experiment"
            case .analysisRun: "analysisrun"
            }
        }

        /// As metrics of queues name it, which is what the reference calls its queues.
        var queueName: String {
            switch self {
            case .rollout: "Rollouts"
            case .experiment: "Experiments"
            case .analysisRun: "AnalysisRuns"
            }
        }

        /// As names of metrics begin that are about it.
        var metricPrefix: String {
            switch self {
            case .rollout: "rollout"
            case .experiment: "experiment"
            case .analysisRun: "analysis_run"
            }
        }

        /// The type of its objects.
        var resource: ResourceType {
            switch self {
            case .rollout: .rollouts
            case .experiment: .experiments
            case .analysisRun: .analysisRuns
            }
        }
    }

    /// What it is.
    var kind: Kind
    /// What it is called.
    var name: ObjectName

    init(_ kind: Kind, _ name: ObjectName) {
        self.kind = kind
        self.name = name
    }

    static func < (left: WorkItem, right: WorkItem) -> Bool { (left.name, left.kind) < (right.name, right.kind) }
}
