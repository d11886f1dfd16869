import ManifestKit

/// Something wrong in a scenario file.
public struct ScenarioFault: Hashable, Sendable {
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// What to do about it.
    public var hint: String?
    /// Where.
    public var span: SourceSpan
}

extension Scenario {
    /// Reads a scenario file, with everything that is wrong in it; `contents` gives the files that it names.
    public static func read(
        _ source: SourceFile, contents: @escaping (String) throws -> [UInt8] = { throw NoSuchFile(path: $0) }
    ) -> (scenario: Scenario, faults: [ScenarioFault]) {
        var reader = ScenarioReader(contents: contents)
        let documents = YAMLParser.documents(in: source).filter { $0.root != nil || !$0.faults.isEmpty }
        for document in documents { reader.note(document.faults, in: source) }
        for document in documents.dropFirst() {
            if let root = document.root { reader.fault(root, "a scenario is one document, and this is another") }
        }
        if let root = documents.first?.root { reader.read(root) }
        return (reader.scenario, reader.faults.sorted { $0.span.start < $1.span.start })
    }
}

/// A file that a scenario names and that is not given.
public struct NoSuchFile: Error, CustomStringConvertible {
    /// The path as it is written.
    public var path: String

    /// Names a file.
    public init(path: String) { self.path = path }

    public var description: String { "there is no file \(path)" }
}

/// Reads a scenario's settings one after the other.
struct ScenarioReader {
    private(set) var scenario = Scenario()
    private(set) var faults: [ScenarioFault] = []
    /// Gives the bytes of a file that the scenario names.
    let contents: (String) throws -> [UInt8]

    private static let settings = ["events", "metrics", "podDelay", "until"]

    init(contents: @escaping (String) throws -> [UInt8]) { self.contents = contents }
    /// Longer than any update; keeps arithmetic on times exact.
    static let longest = GoDuration(seconds: 366 * 86_400)

    mutating func fault(_ node: YAMLNode, _ message: String, hint: String? = nil) {
        faults.append(ScenarioFault(message: message, hint: hint, span: node.span))
    }

    mutating func note(_ yaml: [YAMLFault], in source: SourceFile) {
        faults += yaml.map { ScenarioFault(message: $0.message, hint: $0.hint, span: source.span(of: $0.range)) }
    }

    mutating func read(_ root: YAMLNode) {
        guard root.isMapping else {
            if !root.isNull {
                fault(root, "a scenario is a mapping with a list of events", hint: "write events: and a list below it")
            }
            return
        }
        var events: [Scenario.Event] = []
        for entry in root.entries {
            switch entry.key.text {
            case "events": events += readEvents(entry.value)
            case "metrics":
                let (fromStart, later) = readMetrics(entry.value)
                scenario.metrics = fromStart
                events += later
            case "until": scenario.until = duration(entry.value, "until")
            case "podDelay": scenario.podDelay = duration(entry.value, "podDelay") ?? scenario.podDelay
            default: unknown(entry.key, "setting of a scenario", among: Self.settings)
            }
        }
        scenario.events = Scenario.inOrder(events)
    }

    private mutating func readEvents(_ node: YAMLNode) -> [Scenario.Event] {
        guard node.isSequence || node.isNull else {
            fault(node, "events is a list", hint: "write each event behind a dash: - at: 5m")
            return []
        }
        return node.elements.compactMap { readEvent($0) }
    }

    private mutating func readEvent(_ node: YAMLNode) -> Scenario.Event? {
        guard node.isMapping else {
            fault(node, "an event is a mapping with at and what happens", hint: "write {at: 5m, promote: {}}")
            return nil
        }
        var moment: Double?
        var actions: [(key: YAMLNode, action: ScenarioAction?)] = []
        for entry in node.entries {
            switch entry.key.text {
            case "at": moment = duration(entry.value, "at") ?? 0
            default: actions.append((entry.key, readAction(entry)))
            }
        }
        if moment == nil { fault(node, "this event does not say when it happens", hint: "add at, such as at: 5m") }
        guard let first = actions.first else {
            let names = Self.actions.joined(separator: ", ")
            fault(node, "this event does not say what happens", hint: "add one of \(names)")
            return nil
        }
        for other in actions.dropFirst() {
            fault(
                other.key, "one event is one thing, and this one has \(first.key.text) already",
                hint: "write \(other.key.text) as an event of its own")
        }
        guard let moment, let action = first.action else { return nil }
        return Scenario.Event(at: moment, action)
    }

    // MARK: Words

    mutating func unknown(_ key: YAMLNode, _ what: String, among names: [String]) {
        let wanted = key.text.lowercased()
        let nearest = names.first { $0.lowercased() == wanted || $0.lowercased().hasPrefix(wanted) && wanted.count > 2 }
        fault(
            key, "there is no \(what) \"\(key.text)\"",
            hint: nearest.map { "did you mean \($0)?" } ?? "there are " + names.joined(separator: ", "))
    }

    /// A length of time as Go writes it; a fault where the text is none.
    mutating func duration(_ node: YAMLNode, _ field: String) -> Double? {
        guard node.isScalar, let duration = GoDuration(node.text), duration.nanoseconds >= 0 else {
            let shown = node.isScalar ? "\"\(node.text)\"" : "this"
            fault(node, "\(field) is a length of time, and \(shown) is none", hint: "write 90s, 5m or 1h30m")
            return nil
        }
        guard duration <= Self.longest else {
            fault(node, "\(field) is \(node.text), and a simulation lasts a year at the most")
            return nil
        }
        return duration.seconds
    }
}
