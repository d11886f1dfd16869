/// A way to show what happened in simulated updates.
public protocol TimelineView: Sendable {
    /// What `--output` calls it.
    static var name: String { get }
    /// What it shows, in a few words.
    static var summary: String { get }

    /// The whole text for one or several Rollouts.
    static func text(of timelines: [SimulatedTimeline], style: RenderingStyle) -> String
}

/// The views of simulated updates that there are.
public enum TimelineViews {
    /// Every view, sorted by name.
    public static let all: [any TimelineView.Type] = [
        TimelineHTML.self,
        TimelineJSON.self,
        TimelineTable.self,
    ]

    /// The view of a name, or nil.
    public static func named(_ name: String) -> (any TimelineView.Type)? { all.first { $0.name == name } }
}

/// The words and numbers that the views of timelines share.
enum TimelineWords {
    /// A moment as `1h30m`, with fractions of a second only where there are some.
    static func moment(_ seconds: Double) -> String {
        let tenths = Int((min(max(seconds, 0), 1e9) * 10).rounded())
        guard tenths % 10 != 0 else { return RenderingWords.duration(tenths / 10) }
        let whole = tenths / 10
        let minutes = whole >= 60 ? RenderingWords.duration(whole - whole % 60) : ""
        return minutes + "\(whole % 60).\(tenths % 10)s"
    }

    /// Ready pods, and all that are wanted or there where these are more.
    static func pods(_ pods: (ready: Int, pods: Int, wanted: Int)) -> String {
        let all = max(pods.pods, pods.wanted)
        return all == pods.ready ? String(all) : "\(pods.ready)/\(all)"
    }
}
