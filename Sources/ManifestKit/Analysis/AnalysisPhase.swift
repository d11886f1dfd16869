/// How far an AnalysisRun, one of its metrics, or one measurement is; the raw value is what a cluster stores.
public enum AnalysisPhase: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"
    case inconclusive = "Inconclusive"

    /// Whether nothing more will come of it.
    public var isCompleted: Bool { self != .pending && self != .running }

    /// Whether it is one that people should look at.
    var isBad: Bool { self == .failed || self == .error }

    /// Whether this is a worse end than another one; a failure is worse than an error, as the reference ranks them.
    public func isWorse(than other: AnalysisPhase) -> Bool { rank > other.rank }

    private var rank: Int {
        switch self {
        case .successful: 0
        case .running: 1
        case .pending: 2
        case .inconclusive: 3
        case .error: 4
        case .failed: 5
        }
    }
}
