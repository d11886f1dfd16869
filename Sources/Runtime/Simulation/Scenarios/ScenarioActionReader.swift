import ManifestKit

extension ScenarioReader {
    /// The keys of what can happen, sorted.
    static let actions = [
        "abort", "apiFaults", "controllerCrash", "delete", "lostWatches", "metric", "patch", "pause", "pods",
        "promote", "promoteFull", "restart", "restore", "resume", "retry", "scale", "setImage", "slowWatches", "undo",
    ]

    /// Reads what happens at an event; nil where that is not said rightly.
    mutating func readAction(_ entry: YAMLEntry) -> ScenarioAction? {
        let (key, value) = (entry.key, entry.value)
        switch key.text {
        case "promote": return plain(.promote, value)
        case "promoteFull": return plain(.promoteFull, value)
        case "abort": return plain(.abort, value)
        case "retry": return plain(.retry, value)
        case "pause": return plain(.pause, value)
        case "resume": return plain(.resume, value)
        case "undo": return plain(.undo, value)
        case "restart": return plain(.restart, value)
        case "restore": return plain(.restore, value)
        case "lostWatches": return plain(.lostWatches, value)
        case "slowWatches": return readSlowWatches(value)
        case "patch": return readPatch(value)
        case "delete": return readDeletion(value)
        case "setImage": return readImage(value)
        case "scale": return readScale(value)
        case "pods": return readPods(value)
        case "metric": return readMetric(value, "metric").map { .metric($0) }
        case "apiFaults": return readFaults(value)
        case "controllerCrash": return readCrash(value)
        default:
            unknown(key, "event", among: Self.actions)
            return nil
        }
    }

    /// Something without settings: nothing, `{}` or `true` stands behind its key.
    mutating func plain(_ action: ScenarioAction, _ node: YAMLNode) -> ScenarioAction? {
        guard node.isNull || node.isMapping && node.count == 0 || node.boolean == true else {
            fault(node, "\(action.key) has no settings", hint: "write \(action.key): {}")
            return nil
        }
        return action
    }

    private mutating func readImage(_ node: YAMLNode) -> ScenarioAction? {
        guard fields(of: node, "setImage", ["container", "image"], example: "{container: web, image: web:2}") else {
            return nil
        }
        if let container = node["container"], container.string?.isEmpty ?? true {
            fault(container, "container is the name of a container")
            return nil
        }
        guard let image = node["image"] else {
            fault(node, "setImage needs an image", hint: "add image, such as image: web:2")
            return nil
        }
        guard let text = image.string, !text.isEmpty else {
            fault(image, "image is the name of an image, such as web:2")
            return nil
        }
        return .setImage(container: node["container"]?.string, image: text)
    }

    private mutating func readScale(_ node: YAMLNode) -> ScenarioAction? {
        guard node.isScalar, let count = node.integer, (0...5000).contains(count) else {
            let shown = node.isScalar ? "\"\(node.text)\"" : "this"
            fault(node, "scale is a number of pods from 0 to 5000, and \(shown) is none", hint: "write scale: 5")
            return nil
        }
        return .scale(count)
    }

    private mutating func readPods(_ node: YAMLNode) -> ScenarioAction? {
        let fates = ["crash", "crashAfter", "healthy", "neverReady", "slow"]
        guard fields(of: node, "pods", fates + ["version"], example: "{version: canary, neverReady: {}}") else {
            return nil
        }
        var pods = ScenarioAction.Pods.all
        if let version = node["version"] {
            guard version.isScalar, let named = ScenarioAction.Pods(rawValue: version.text) else {
                unknown(version, "version of pods", among: ScenarioAction.Pods.allCases.map(\.rawValue))
                return nil
            }
            pods = named
        }
        let given = node.entries.filter { $0.key.text != "version" }
        guard let first = given.first, given.count == 1 else {
            fault(
                given.dropFirst().first?.key ?? node, "pods has exactly one of \(fates.joined(separator: ", "))",
                hint: "write {version: \(pods.rawValue), neverReady: {}}")
            return nil
        }
        switch first.key.text {
        case "slow": return duration(first.value, "slow").map { .pods(pods, .slow($0)) }
        case "crashAfter": return duration(first.value, "crashAfter").map { .pods(pods, .crashAfter($0)) }
        case "neverReady": return plain(.pods(pods, .neverReady), first.value)
        case "healthy": return plain(.pods(pods, .healthy), first.value)
        default: return plain(.pods(pods, .crash), first.value)
        }
    }

    private mutating func readFaults(_ node: YAMLNode) -> ScenarioAction? {
        let names = ["conflicts", "errors", "for", "outages"]
        guard fields(of: node, "apiFaults", names, example: "{errors: 0.5, for: 1m}") else { return nil }
        let kinds = ScenarioAction.Fault.allCases.filter { node[$0.rawValue] != nil }
        guard let kind = kinds.first, kinds.count == 1, let rate = node[kind.rawValue] else {
            fault(node, "apiFaults has one of conflicts, errors and outages", hint: "write {errors: 0.5, for: 1m}")
            return nil
        }
        guard rate.isScalar, let share = Self.number(rate), share > 0, share <= 1 else {
            fault(
                rate, "\(kind.rawValue) is the share of requests that fail, more than 0 and at most 1",
                hint: "write \(kind.rawValue): 0.5 for every second one")
            return nil
        }
        guard let length = node["for"] else {
            fault(node, "apiFaults needs a length of time", hint: "add for, such as for: 1m")
            return nil
        }
        return duration(length, "for").map { .apiFaults(kind, rate: share, seconds: $0) }
    }

    private mutating func readCrash(_ node: YAMLNode) -> ScenarioAction? {
        if node.isNull || node.boolean == true { return .controllerCrash(afterWrites: 0) }
        guard fields(of: node, "controllerCrash", ["afterWrites"], example: "{afterWrites: 2}") else { return nil }
        guard let count = node["afterWrites"] else { return .controllerCrash(afterWrites: 0) }
        guard count.isScalar, let writes = count.integer, (0...100_000).contains(writes) else {
            fault(count, "afterWrites is a number of writes, 0 or more")
            return nil
        }
        return .controllerCrash(afterWrites: writes)
    }

    /// Whether a node is a mapping; names fields that are unknown.
    mutating func fields(of node: YAMLNode, _ key: String, _ names: [String], example: String) -> Bool {
        guard node.isMapping else {
            fault(node, "\(key) is a mapping", hint: "write \(key): \(example)")
            return false
        }
        let others = node.entries.filter { !names.contains($0.key.text) }
        for other in others { unknown(other.key, "field of \(key)", among: names.sorted()) }
        return others.isEmpty
    }

    private static func number(_ node: YAMLNode) -> Double? {
        switch node.scalar {
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }
}
