/// When a message is sent, and by which templates.
public struct NotificationTrigger: Sendable {
    /// One of a trigger's conditions.
    public struct Condition: Sendable {
        /// When it holds; nil for always.
        public var when: Expression?
        /// Of messages for which it has the same value only the first is sent; nil for every one.
        public var oncePer: Expression?
        /// The names of the templates.
        public var templates: [String] = []

        /// Makes a condition that always holds.
        public init(templates: [String] = []) { self.templates = templates }
    }

    /// The conditions, each of which stands for itself.
    public var conditions: [Condition]

    /// Makes a trigger.
    public init(conditions: [Condition]) { self.conditions = conditions }

    /// The trigger that stands for a kind of event: `RolloutCompleted` is `on-rollout-completed`.
    public static func name(forReason reason: String) -> String {
        let characters = Array(reason)
        var name = "on-"
        for (position, character) in characters.enumerated() {
            let next = position + 1 < characters.count ? characters[position + 1] : nil
            let previous = position > 0 ? characters[position - 1] : nil
            let begins = character.isUppercase && previous.map {
                !$0.isUppercase && $0 != "-" || next?.isLowercase == true
            } == true
            if begins { name += "-" }
            name += character.lowercased()
        }
        return name
    }
}

/// What conditions and templates can name, made once for an event.
public struct NotificationContext: Sendable {
    /// The values of the names.
    let variables: [String: ExpressionValue]
    /// The present moment.
    let now: PresentMoment

    /// Makes a context from the Rollout as it was when the event happened, the AnalysisRuns of its current update, the
    /// newest first and nil where there are none, and the values of the Secret.
    public init(
        rollout: JSONValue, analysisRuns: [JSONValue]? = nil, secrets: [String: [UInt8]] = [:],
        now: PresentMoment
    ) {
        variables = [
            "rollout": ExpressionValue(rollout),
            "analysisRuns": analysisRuns.map { .array($0.map { ExpressionValue($0) }) } ?? .null,
            "time": ExpressionTimes.functions,
            "secrets": .map(secrets.sorted { $0.key < $1.key }.map {
                .init(key: .string($0.key), value: .bytes($0.value))
            }),
        ]
        self.now = now
    }

    /// The names that conditions can use.
    static let environment = ExpressionEnvironment([
        "rollout": .unknown, "analysisRuns": .unknown, "time": .unknown, "secrets": .unknown,
    ])

    /// The value that templates call `.`, for a message to somebody.
    func value(for destination: NotificationDestination) -> ExpressionValue {
        var all = variables
        all["serviceType"] = .string(destination.service)
        all["recipient"] = .string(destination.recipient)
        return .map(all.sorted { $0.key < $1.key }.map { .init(key: .string($0.key), value: $0.value) })
    }
}

extension NotificationTrigger.Condition {
    /// Reads an expression of a trigger.
    public static func expression(_ text: String) throws(ExpressionFailure) -> Expression {
        try Expression(text, in: NotificationContext.environment)
    }

    /// Whether the condition holds.
    public func holds(in context: NotificationContext) throws(ExpressionFailure) -> Bool {
        guard let when else { return true }
        if case .boolean(let holds) = try when.value(of: context.variables, now: context.now).get() { return holds }
        // As the reference has it: what does not come out as true is not true.
        return false
    }

    /// What messages are sent once for, or nil where every one is sent.
    public func occasion(in context: NotificationContext) throws(ExpressionFailure) -> String? {
        guard let oncePer else { return nil }
        return GoFormat.text(try oncePer.value(of: context.variables, now: context.now).get())
    }
}
