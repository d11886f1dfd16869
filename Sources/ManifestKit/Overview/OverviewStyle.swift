/// For what terminal an overview is written, and how much of it.
public struct OverviewStyle: Hashable, Sendable {
    /// The cells of a line; nil is as wide as it gets.
    public var width: Int?
    /// Whether columns are shown that are seldom wanted, such as nodes and images.
    public var isWide: Bool
    /// Whether nothing is folded.
    public var showsAll: Bool

    /// Makes a style.
    public init(width: Int? = nil, isWide: Bool = false, showsAll: Bool = false) {
        self.width = width
        self.isWide = isWide
        self.showsAll = showsAll
    }
}

/// The signs and colours by which states are told apart; each stands beside a word that says the same.
enum OverviewSigns {
    static func of(_ phase: RolloutStatus.Phase) -> (sign: String, style: TextStyle) {
        switch phase {
        case .healthy: ("✔", .good)
        case .degraded: ("✖", .bad)
        case .progressing: ("◌", .accent)
        case .paused: ("‖", .caution)
        }
    }

    static func of(_ state: ReplicaSetOverview.State) -> (sign: String, style: TextStyle) {
        switch state {
        case .healthy: ("✔", .good)
        case .failing: ("✖", .bad)
        case .progressing: ("◌", .accent)
        case .scaledDown: ("·", .dim)
        }
    }

    static func of(_ health: PodOverview.Health) -> (sign: String, style: TextStyle) {
        switch health {
        case .ready, .finished: ("✔", .good)
        case .failing: ("✖", .bad)
        case .starting: ("◌", .accent)
        case .ending: ("·", .dim)
        }
    }

    /// The phase of a run, an experiment or a Job.
    static func of(analysis phase: String) -> (sign: String, style: TextStyle) {
        switch phase {
        case "Successful": ("✔", .good)
        case "Failed", "Error": ("✖", .bad)
        case "Inconclusive": ("?", .caution)
        default: ("◌", .accent)
        }
    }

    static func style(of role: ReplicaSetOverview.Role) -> TextStyle {
        switch role {
        case .canary: .caution
        case .preview, .ping, .pong: .accent
        case .active, .stable: .good
        }
    }

    /// A sign and a word.
    static func line(_ sign: (sign: String, style: TextStyle), _ word: String) -> StyledLine {
        var line = StyledLine(sign.sign, sign.style)
        line.append(" \(word)", sign.style == .bad ? .bad : .plain)
        return line
    }
}

extension RolloutOverview.Weight {
    /// A share as people write it: `20%`, or `20/1000` where all is not a hundred.
    public func text(_ share: Int) -> String { maximum == 100 ? "\(share)%" : "\(share)/\(maximum)" }

    /// The actual share; one that is worked out from counts says so.
    public var actualText: String { (isEstimate && actual != 0 && actual != maximum ? "~" : "") + text(actual) }
}
