/// How much a finding weighs.
public enum Severity: String, Sendable, Comparable, CaseIterable {
    /// Never shown: how a configuration switches a rule off.
    case off
    /// Worth knowing; nothing needs to be done.
    case note
    /// Works, but probably not as meant.
    case warning
    /// Will be refused by the cluster, or breaks an update.
    case error

    private var rank: Int {
        switch self {
        case .off: 0
        case .note: 1
        case .warning: 2
        case .error: 3
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// The lasting name of a rule, `RR` and four digits; never used again for another rule.
public struct RuleID: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The digits as a number.
    public let number: Int

    /// Makes the id of a number from 1 to 9999.
    public init(number: Int) {
        precondition((1...9999).contains(number), "a rule's number has at most four digits")
        self.number = number
    }

    /// Reads `RR0012`, or nil where the text is something else.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("RR"), text.utf8.count == 6, let number = Int(text.dropFirst(2)), number > 0 else {
            return nil
        }
        self.number = number
    }

    /// Writes an id in code; a wrong literal is a programmer's mistake.
    public init(stringLiteral value: StaticString) {
        guard let id = RuleID(value.description) else { preconditionFailure("not a rule id: \(value)") }
        self = id
    }

    public var description: String {
        let digits = String(number)
        return "RR" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    public static func < (left: RuleID, right: RuleID) -> Bool { left.number < right.number }
}

/// One finding in what a user wrote: which rule, where, what, and what to do.
public struct Diagnostic: Hashable, Sendable {
    /// Another place that the finding speaks of.
    public struct Related: Hashable, Sendable {
        /// Where.
        public var span: SourceSpan
        /// What is there.
        public var message: String

        /// Makes a related place.
        public init(span: SourceSpan, message: String) {
            self.span = span
            self.message = message
        }
    }

    /// A change of the text that mends the fault.
    public struct Fix: Hashable, Sendable {
        /// The text that is replaced.
        public var span: SourceSpan
        /// What takes its place.
        public var replacement: String

        /// Makes a fix.
        public init(span: SourceSpan, replacement: String) {
            self.span = span
            self.replacement = replacement
        }
    }

    /// The rule that found it.
    public var rule: RuleID
    /// How much it weighs.
    public var severity: Severity
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// What to do about it.
    public var hint: String?
    /// Where.
    public var span: SourceSpan
    /// The text of the line on which `span` starts.
    public var line: String
    /// The field, as `spec.strategy.canary.steps[0].setWeight`; empty for the whole document.
    public var path: String
    /// The number of the document in its file, from 1.
    public var document: Int
    /// The template that `helm template` names in a `# Source:` line above the document.
    public var origin: String?
    /// Other places that have to do with it.
    public var related: [Related]
    /// A change that would mend it.
    public var fix: Fix?

    /// Makes a finding.
    public init(
        rule: RuleID, severity: Severity, message: String, hint: String? = nil, span: SourceSpan, line: String = "",
        path: String = "", document: Int = 1, origin: String? = nil, related: [Related] = [], fix: Fix? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.message = message
        self.hint = hint
        self.span = span
        self.line = line
        self.path = path
        self.document = document
        self.origin = origin
        self.related = related
        self.fix = fix
    }
}
