import ManifestKit

/// Writes scenarios as files that can be read again.
public enum ScenarioText {
    /// The file.
    public static func text(of scenario: Scenario) -> String { YAMLEmitter.text(value(of: scenario)) }

    /// The scenario as a value.
    public static func value(of scenario: Scenario) -> JSONValue {
        var value: JSONValue = [:]
        if let until = scenario.until { value["until"] = .string(duration(until)) }
        if scenario.podDelay != Scenario().podDelay { value["podDelay"] = .string(duration(scenario.podDelay)) }
        if !scenario.metrics.isEmpty { value["metrics"] = .array(scenario.metrics.map { settings(of: $0) }) }
        value["events"] = .array(scenario.events.map { event in
            .object(JSONObject([("at", .string(duration(event.at))), (event.action.key, settings(of: event.action))]))
        })
        return value
    }

    private static func settings(of action: ScenarioAction) -> JSONValue {
        switch action {
        case .promote, .promoteFull, .abort, .retry, .pause, .resume, .undo, .restart, .restore, .lostWatches:
            return [:]
        case .setImage(let container, let image):
            var value: JSONValue = [:]
            if let container { value["container"] = .string(container) }
            value["image"] = .string(image)
            return value
        case .scale(let count): return .int(count)
        case .pods(let pods, let health):
            var value: JSONValue = ["version": .string(pods.rawValue)]
            switch health {
            case .slow(let seconds): value["slow"] = .string(duration(seconds))
            case .neverReady: value["neverReady"] = [:]
            case .crash: value["crash"] = [:]
            case .crashAfter(let seconds): value["crashAfter"] = .string(duration(seconds))
            case .healthy: value["healthy"] = [:]
            }
            return value
        case .metric(let metric): return settings(of: metric)
        case .patch(let target, let patch):
            var value = settings(of: target)
            value["patch"] = patch
            return value
        case .delete(let target): return settings(of: target)
        case .deleteReplicaSets(let pods): return ["kind": "ReplicaSet", "version": .string(pods.rawValue)]
        case .slowWatches(let delay, let seconds):
            return ["by": .string(duration(delay)), "for": .string(duration(seconds))]
        case .apiFaults(let fault, let rate, let seconds):
            return .object(JSONObject([(fault.rawValue, .double(rate)), ("for", .string(duration(seconds)))]))
        case .controllerCrash(let count): return count == 0 ? [:] : ["afterWrites": .int(count)]
        }
    }

    private static func settings(of metric: ScenarioMetric) -> JSONValue {
        var value: JSONValue = ["name": .string(metric.name)]
        if let template = metric.template { value["template"] = .string(template) }
        switch metric.answers {
        case .recorded(let series): value["series"] = .string(series.path)
        case .listed(let answers) where answers.count == 1:
            for answer in answers {
                let (key, settings) = settings(of: answer)
                value[key] = settings
            }
        case .listed(let answers):
            value["values"] = .array(answers.map { answer in
                let (key, settings) = settings(of: answer)
                // A value goes without its key, unless it would be read as something else.
                let isPlain = key == "value" && settings.object == nil
                return isPlain ? settings : .object(JSONObject([(key, settings)]))
            })
        }
        if metric.slowSeconds > 0 { value["slow"] = .string(duration(metric.slowSeconds)) }
        return value
    }

    private static func settings(of answer: ScriptedAnswer) -> (key: String, value: JSONValue) {
        switch answer {
        case .value(let value): ("value", value)
        case .nothing: ("nothing", [:])
        case .error(let message): ("error", .string(message))
        case .outcome(let phase): ("outcome", .string(phase.rawValue))
        }
    }

    private static func settings(of target: ScenarioAction.Target) -> JSONValue {
        var value: JSONValue = ["kind": .string(target.kind.rawValue)]
        if let name = target.name { value["name"] = .string(name) }
        return value
    }

    /// Seconds as a scenario has them: `1h30m`, `2.5s`.
    public static func duration(_ seconds: Double) -> String {
        let thousandths = Int((min(max(seconds, 0), 1e9) * 1000).rounded())
        let (whole, rest) = (thousandths / 1000, thousandths % 1000)
        var parts: [String] = []
        if whole >= 3600 { parts.append("\(whole / 3600)h") }
        if whole / 60 % 60 > 0 { parts.append("\(whole / 60 % 60)m") }
        if rest > 0 {
            var digits = String(rest)
            while digits.utf8.count < 3 { digits = "0" + digits }
            while digits.hasSuffix("0") { digits.removeLast() }
            parts.append("\(whole % 60).\(digits)s")
        } else if whole % 60 > 0 || parts.isEmpty {
            parts.append("\(whole % 60)s")
        }
        return parts.joined()
    }
}
