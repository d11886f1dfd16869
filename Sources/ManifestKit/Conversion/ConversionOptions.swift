/// What a user chooses about a conversion.
public struct ConversionOptions: Hashable, Sendable {
    /// Which way a conversion goes.
    public enum Direction: String, Sendable {
        /// A Deployment becomes a Rollout.
        case toRollout
        /// A Rollout becomes a Deployment.
        case toDeployment
    }

    /// How the Rollout is to update.
    public enum Strategy: String, Sendable, CaseIterable {
        case canary
        case blueGreen = "bluegreen"
    }

    /// What the controller does with a referenced Deployment once the Rollout runs.
    public enum ScaleDown: String, Sendable, CaseIterable {
        case never, onsuccess, progressively
    }

    /// Which way the conversion goes.
    public var direction = Direction.toRollout
    /// How the Rollout is to update.
    public var strategy = Strategy.canary
    /// The steps of a canary; nil takes those of the preset.
    public var steps: [ConversionStep]?
    /// How carefully an update goes.
    public var preset = ConversionPreset.standard
    /// What divides the traffic.
    public var router = ConversionRouter.none
    /// Names of the Ingress, VirtualService or other object that the router changes; empty looks for it in the input.
    public var routes: [String] = []
    /// Names of the workloads to convert; empty converts every one.
    public var names: [String] = []
    /// Whether the Deployment stays and a Rollout refers to it.
    public var usesWorkloadReference = false
    /// What happens to a referenced Deployment.
    public var scaleDown = ScaleDown.never

    /// The choices of someone who makes none.
    public init() {}
}

/// What divides the traffic between the stable version and the canary.
public enum ConversionRouter: String, Sendable, CaseIterable {
    case none, alb, ambassador, apisix
    case appMesh = "appmesh"
    case contour
    case gatewayAPI = "gateway-api"
    case istio, nginx
    case openShift = "openshift"
    case smi, traefik
}

/// A step of a canary as it is given on a command line.
public enum ConversionStep: Hashable, Sendable {
    /// Sends this share of the traffic, in percent, to the canary.
    case weight(Int)
    /// Waits: this long, or until a person promotes.
    case pause(String?)

    /// Why a list of steps cannot be read.
    public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }

    /// Reads `10,pause,50,pause:10m,100`.
    public static func list(_ text: String) throws(Unreadable) -> [ConversionStep] {
        var steps: [ConversionStep] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            steps.append(try step(part.trimmed))
        }
        return steps
    }

    private static func step(_ text: Substring) throws(Unreadable) -> ConversionStep {
        if text == "pause" { return .pause(nil) }
        if text.hasPrefix("pause:") {
            let duration = text.dropFirst("pause:".count)
            guard isDuration(duration) else {
                throw Unreadable(
                    description: "\"\(duration)\" is no duration; write 30s, 10m, 1h30m or a number of seconds")
            }
            return .pause(String(duration))
        }
        let digits = text.hasSuffix("%") ? text.dropLast() : text
        guard let weight = Int(digits), (0...100).contains(weight) else {
            throw Unreadable(description: "\"\(text)\" is no step; write a weight from 0 to 100, pause, or pause:10m")
        }
        return .weight(weight)
    }

    /// Whether a text is a count of seconds or a duration such as `1h30m` that is longer than nothing.
    private static func isDuration(_ text: Substring) -> Bool {
        if let seconds = Int32(text) { return seconds > 0 }
        var rest = text
        var isPositive = false
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard let value = Double(number) else { return false }
            isPositive = isPositive || value > 0
            rest = rest.dropFirst(number.count)
            guard let unit = ["ms", "us", "ns", "s", "m", "h"].first(where: { rest.hasPrefix($0) }) else {
                return false
            }
            rest = rest.dropFirst(unit.count)
        }
        return isPositive
    }

    /// The step as a field of the Rollout.
    var json: JSONValue {
        switch self {
        case .weight(let weight): ["setWeight": .int(weight)]
        case .pause(nil): ["pause": [:]]
        case .pause(let duration?): ["pause": ["duration": Int(duration).map { .int($0) } ?? .string(duration)]]
        }
    }
}

extension Substring {
    /// Without white space at either end.
    fileprivate var trimmed: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

/// How carefully an update goes when no steps are given.
public enum ConversionPreset: String, Sendable, CaseIterable {
    case cautious, standard, fast

    /// The steps of a canary.
    public var steps: [ConversionStep] {
        switch self {
        case .cautious:
            [
                .weight(5), .pause(nil), .weight(25), .pause("15m"), .weight(50), .pause("15m"), .weight(75),
                .pause("15m"),
            ]
        case .standard:
            [
                .weight(20), .pause("5m"), .weight(40), .pause("5m"), .weight(60), .pause("5m"), .weight(80),
                .pause("5m"),
            ]
        case .fast:
            [.weight(25), .pause("1m"), .weight(50), .pause("1m")]
        }
    }

    /// The fields of a blue-green strategy beside its services.
    var blueGreenFields: [(String, JSONValue)] {
        switch self {
        case .cautious: [("autoPromotionEnabled", false), ("scaleDownDelaySeconds", 600)]
        case .standard: [("autoPromotionEnabled", false)]
        case .fast: []
        }
    }
}
