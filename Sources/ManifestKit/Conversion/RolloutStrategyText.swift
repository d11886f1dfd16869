/// Writes a Rollout's strategy where a Deployment's stands.
///
/// What can be carried over stays where it is, with its comments: `rollingUpdate` is renamed `canary`, and the rest is
/// put in behind it. What has no counterpart goes, and the report says so.
struct RolloutStrategyText {
    /// The Deployment.
    var workload: ConversionObject
    /// The fields of the new strategy, without what is carried over.
    var fields: [(String, JSONValue)]

    private static let path: [FieldStep] = ["spec", "strategy"]
    private static let carried: Set = ["maxSurge", "maxUnavailable"]

    private var entry: YAMLEntry? { workload.spec?.entry("strategy") }

    /// The changes that make a canary, keeping how many pods may be missing or too many.
    func canary() -> [FieldChange] {
        let rolling = entry?.value["rollingUpdate"]
        guard let rolling, rolling.isMapping, rolling.count > 0 else { return whole("canary", fields) }
        let kept = rolling.entries.filter { Self.carried.contains($0.key.text) }
        let values = kept.map { ($0.key.text, $0.value.json) } + fields
        guard let entry, !entry.isMerged, !entry.value.isAlias, !rolling.isAlias, !kept.isEmpty,
            kept.allSatisfy({ !$0.isMerged }), rolling.parent?.isSame(as: entry.value) == true
        else { return whole("canary", values) }
        let isJSON = entry.key.style == .doubleQuoted
        guard isJSON || entry.value.style == .block else { return whole("canary", values) }
        var changes: [FieldChange] = []
        for other in entry.value.entries where !other.isMerged && other.key.text != "rollingUpdate" {
            changes.append(.remove(Self.path + [.key(other.key.text)]))
        }
        let inner = Self.path + ["rollingUpdate"]
        if isJSON || rolling.style == .block {
            for other in rolling.entries where !Self.carried.contains(other.key.text) {
                changes.append(.remove(inner + [.key(other.key.text)]))
            }
            if !fields.isEmpty { changes.append(.insert(inner, fields)) }
        } else {
            changes.append(.set(inner, .object(JSONObject(values))))
        }
        return changes + [.rename(inner, "canary")]
    }

    /// The changes that make a blue-green strategy.
    func blueGreen() -> [FieldChange] { whole("blueGreen", fields) }

    /// The changes that put a strategy in the place of the whole old one.
    func whole(_ key: String, _ fields: [(String, JSONValue)]) -> [FieldChange] {
        let strategy = JSONValue.object(JSONObject([(key, .object(JSONObject(fields)))]))
        guard let entry, !entry.isMerged else {
            return [.insert(["spec"], [("strategy", strategy)], after: ["selector", "replicas"])]
        }
        return [.set(Self.path, strategy)]
    }
}

/// Finds comments in a text.
enum SourceComments {
    /// The comments that go when an object is changed: those on lines that are removed or replaced as a whole.
    static func lost(by changes: [FieldChange], in root: YAMLNode) -> [(node: YAMLNode, text: String)] {
        changes.flatMap { change -> [(node: YAMLNode, text: String)] in
            var node: YAMLNode? = root
            for step in change.path {
                switch step {
                case .key(let key): node = node?.entry(key).flatMap { $0.isMerged ? nil : $0.value }
                case .index(let index): node = node?[index]
                }
            }
            guard let node, !node.isAlias else { return [] }
            let isReplaced: Bool
            switch change.action {
            case .set: isReplaced = !node.isScalar && node.style == .block
            case .remove: isReplaced = true
            default: isReplaced = false
            }
            return isReplaced ? inside(node).map { (node, $0) } : []
        }
    }

    /// The comments on the lines of a node, from its first line to its last.
    static func inside(_ node: YAMLNode) -> [String] {
        guard !node.range.isEmpty else { return [] }
        let first = node.source.lineIndex(of: node.firstChild?.range.lowerBound ?? node.range.lowerBound)
        let last = node.source.lineIndex(of: max(node.range.lowerBound, node.range.upperBound - 1))
        guard first <= last else { return [] }
        return (first...last).compactMap { line in
            let range = node.source.lineRange(line)
            return node.source.bytes[range].contains(UInt8(ascii: "#")) ? comment(node.source.text(range)) : nil
        }
    }

    /// The comment of a line, or nil.
    static func comment(_ line: String) -> String? {
        var quote: Character?
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "#", previous == " " || previous == "\t" {
                return String(line[index...])
            } else if character == "\"" || character == "'", " [{,:-".contains(previous) {
                quote = character
            }
            previous = character
        }
        return nil
    }
}
