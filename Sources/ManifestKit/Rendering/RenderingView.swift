/// A way to show what the steps of updates look like.
///
/// It writes each Rollout by itself, so that several can be written at once and none has to be kept, and then puts the
/// parts together.
public protocol RenderingView: Sendable {
    /// What `--output` calls it.
    static var name: String { get }
    /// What it shows, in a few words.
    static var summary: String { get }

    /// What it says of one Rollout.
    ///
    /// - Parameter number: Its place among all Rollouts, from 0.
    static func text(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> String

    /// The whole text, from what it says of each Rollout.
    static func whole(_ parts: [RenderingPart], style: RenderingStyle) -> String
}

extension RenderingView {
    /// The whole text for one or several Rollouts.
    public static func text(of renderings: [RolloutRendering], style: RenderingStyle) -> String {
        whole(renderings.enumerated().map { part(of: $1, number: $0, style: style) }, style: style)
    }

    /// What it says of one Rollout, with its name.
    public static func part(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> RenderingPart {
        RenderingPart(name: rendering.fullName, text: text(of: rendering, number: number, style: style))
    }
}

/// What a view says of one Rollout.
public struct RenderingPart: Hashable, Sendable {
    /// The Rollout's name behind its namespace.
    public var name: String
    /// The text.
    public var text: String
}

/// The views that there are.
public enum RenderingViews {
    /// Every view, sorted by name.
    public static let all: [any RenderingView.Type] = [
        RenderingHTML.self,
        RenderingJSON.self,
        RenderingTable.self,
        RenderingYAML.self,
    ]

    /// The view of a name, or nil.
    public static func named(_ name: String) -> (any RenderingView.Type)? { all.first { $0.name == name } }
}

/// For what the text is.
public struct RenderingStyle: Hashable, Sendable {
    /// Whether to colour.
    public var isColored: Bool
    /// The number of characters that fit a line.
    public var width: Int
    /// Whether a program reads it, which needs no blanks.
    public var isCompact: Bool

    /// Makes a style.
    public init(isColored: Bool = false, width: Int = 100, isCompact: Bool = false) {
        self.isColored = isColored
        self.width = width
        self.isCompact = isCompact
    }
}

// MARK: - Words

extension RolloutRendering {
    /// The Rollout's name behind its namespace.
    public var fullName: String { namespace.map { "\($0)/\(rollout)" } ?? rollout }

    /// What users of the strategy call the new version.
    var newVersionName: String { strategy == .canary ? "canary" : "preview" }

    /// The number of steps in the manifest.
    var stepCount: Int { max(0, steps.map(\.index).max() ?? 0) }

    /// A step's place in the manifest, counted from 1 as people count, or an empty text for what is no step of it.
    func number(of step: RenderedStep) -> String {
        strategy == .canary && (0..<stepCount).contains(step.index) ? String(step.index + 1) : ""
    }

    /// A step in a sentence: `step 1 of 6, setWeight: 20`.
    func title(of step: RenderedStep) -> String {
        let number = number(of: step)
        return number.isEmpty ? step.step : "step \(number) of \(stepCount), \(step.step)"
    }

    /// When each step begins, and whether something before it waits for a person or an analysis.
    var beginnings: [(seconds: Int, isOpen: Bool)] {
        var seconds = 0
        var isOpen = false
        return steps.map { step in
            defer {
                seconds += step.durationSeconds ?? 0
                isOpen = isOpen || step.durationSeconds == nil
            }
            return (seconds, isOpen)
        }
    }
}

/// The words and numbers that several views share.
enum RenderingWords {
    /// Seconds as `1h30m`, at most two units where that is exact.
    static func duration(_ seconds: Int) -> String {
        guard seconds > 0 else { return "0s" }
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }

    /// How long a step lasts.
    static func length(of step: RenderedStep) -> String {
        switch step.durationSeconds {
        case nil: "waits"
        case 0?: ""
        case let seconds?: duration(seconds)
        }
    }

    /// When a step begins: `10m`, or `10m+` where something before it waits.
    static func beginning(_ beginning: (seconds: Int, isOpen: Bool)) -> String {
        beginning.isOpen ? duration(beginning.seconds) + "+" : duration(beginning.seconds)
    }

    /// What an abort leads to: the sizes of both ReplicaSets, and how long the canary stays.
    static func abort(_ abort: RenderedStep.Abort) -> String {
        var text = "\(abort.stableReplicas)+\(abort.canaryReplicas)"
        if abort.canaryReplicas > 0 {
            text += abort.canaryScaleDownDelaySeconds.map { " for \(duration($0))" } ?? " stays"
        }
        if let weight = abort.weight, weight != 0 { text += " at \(weight)" }
        return text
    }

    /// A name with everything taken out that could make a terminal or a comment do something.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            let isShown = QuotedScalar.isPrintable(scalar) && scalar != "\n" && scalar != "\t"
            shown.unicodeScalars.append(isShown ? scalar : "\u{FFFD}")
        }
        return shown
    }
}

extension JSONValue {
    /// The kind of an object.
    var objectKind: String { self["kind"]?.string ?? "" }
    /// The name of an object.
    var objectName: String { self["metadata"]?["name"]?.string ?? "" }
    /// What tells an object from every other.
    var objectIdentity: String {
        let group = (self["apiVersion"]?.string ?? "").split(separator: "/").dropLast().joined()
        return "\(group)/\(objectKind)/\(self["metadata"]?["namespace"]?.string ?? "")/\(objectName)"
    }
}
