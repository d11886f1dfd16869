/// A template of the ConfigMap: a message for every service, and parts for some of them.
public struct NotificationTemplate: Sendable {
    /// Text and structure of a part; every text is a template of its own.
    indirect enum Part: Sendable {
        case text(GoTemplate)
        case plain(JSONValue)
        case list([Part])
        case map([(key: String, part: Part)])

        /// The part with its texts made for a value.
        func rendered(
            _ value: ExpressionValue, now: PresentMoment
        ) throws(GoTemplateFailure) -> JSONValue {
            switch self {
            case .text(let template): return .string(try template.rendered(value, now: now))
            case .plain(let value): return value
            case .list(let parts):
                var elements: [JSONValue] = []
                for part in parts { elements.append(try part.rendered(value, now: now)) }
                return .array(elements)
            case .map(let entries):
                var object = JSONObject()
                for entry in entries { object[entry.key] = try entry.part.rendered(value, now: now) }
                return .object(object)
            }
        }
    }

    /// Its name.
    public let name: String
    let message: Part?
    /// The parts by the type of the service.
    let sections: [String: Part]

    /// Whether some text of it speaks of a word.
    func mentions(_ word: String) -> Bool {
        ([message].compactMap { $0 } + sections.values).contains { Self.mentions(word, $0) }
    }

    private static func mentions(_ word: String, _ part: Part) -> Bool {
        switch part {
        case .text(let template): ExpressionText.position(of: word, in: template.text) != nil
        case .plain: false
        case .list(let parts): parts.contains { mentions(word, $0) }
        case .map(let entries): entries.contains { mentions(word, $0.part) }
        }
    }
}

/// A message with its texts made, for one service.
public struct RenderedNotification: Hashable, Sendable {
    /// The message for every service.
    public var message = ""
    /// The part for the service at hand.
    public var section: JSONValue = .object(JSONObject())
    /// The name of the last template.
    public var template = ""
    /// Whether a template has a part for the service.
    public var hasSection = false

    /// Makes an empty message.
    public init() {}

    /// A text of the service's part; empty where there is none.
    func text(_ field: String) -> String { section[field]?.string ?? "" }

    /// A text of the service's part, or another where there is none or it is empty.
    func text(_ field: String, or other: String) -> String {
        let text = text(field)
        return text.isEmpty ? other : text
    }

    /// The types of services whose parts are put together field by field; in the others the last part stands alone.
    private static let merged: Set = ["email", "teams", "teams-workflows"]

    /// Adds what a template says, for a service by its type and name.
    mutating func add(
        _ template: NotificationTemplate, type: String, service: String, _ value: ExpressionValue,
        now: PresentMoment
    ) throws(GoTemplateFailure) {
        self.template = template.name
        if let message = try template.message?.rendered(value, now: now).string, !message.isEmpty {
            self.message = message
        }
        guard let part = template.sections[type] else { return }
        var section = try part.rendered(value, now: now)
        if type == "webhook" {
            // A webhook's part is looked up by the name of the service.
            guard let own = section[service] else { return }
            section = own
        }
        hasSection = true
        guard Self.merged.contains(type) else {
            self.section = section
            return
        }
        for (key, value) in section.object?.fields ?? [] where value != "" { self.section[key] = value }
    }
}
