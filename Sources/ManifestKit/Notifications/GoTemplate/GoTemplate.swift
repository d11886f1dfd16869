/// A text in the template language of Go's `text/template`, as templates of notifications are written.
public struct GoTemplate: Sendable {
    /// What a run may use up, so that no template holds up what waits for it.
    public struct Limits: Hashable, Sendable {
        /// How many steps it may take.
        public var steps = 500_000
        /// How many bytes it may write, and how long a text in it may become.
        public var bytes = 1 << 20

        /// The usual limits.
        public init() {}
    }

    /// How long a template may be, in bytes; a ConfigMap holds no more.
    static let longestText = 1 << 20

    /// The text.
    public let text: String
    let program: GoTemplateProgram

    /// Reads a template. The failure says which bytes of the text are at fault.
    public init(_ text: String) throws(GoTemplateFailure) {
        guard text.utf8.count <= Self.longestText else {
            throw GoTemplateFailure("the template is longer than \(Self.longestText) bytes", 0..<0)
        }
        self.text = text
        program = try GoTemplateParser.parse(text)
    }

    /// Writes the text for a value, which is `.` and `$` in it.
    public func rendered(
        _ value: ExpressionValue, now: PresentMoment, limits: Limits = Limits()
    ) throws(GoTemplateFailure) -> String {
        var evaluator = GoTemplateEvaluator(program, root: value, now: now, limits: limits)
        return try evaluator.run()
    }

    /// The line and the column, both from 1, of a byte of a text; columns count characters.
    public static func place(ofByte byte: Int, in text: String) -> (line: Int, column: Int) {
        let before = Array(text.utf8.prefix(max(0, byte)))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return (line, String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1)
    }
}

/// Why a template cannot be read or a text cannot be made from it, and where in the template.
public struct GoTemplateFailure: Error, Hashable, Sendable {
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// The bytes of the template's text that are at fault.
    public var range: Range<Int>

    /// Makes a failure.
    public init(_ message: String, _ range: Range<Int>) {
        self.message = message
        self.range = range
    }
}

/// A template that has been read, with those that are defined in it.
struct GoTemplateProgram: Sendable {
    var main: [Statement] = []
    var definitions: [String: [Statement]] = [:]

    /// A part of a template.
    indirect enum Statement: Sendable {
        case text(String)
        case action(Pipeline)
        /// `if` and `with`, which differ in what `.` is inside.
        case branch(Pipeline, then: [Statement], otherwise: [Statement], setsDot: Bool)
        case range(Pipeline, body: [Statement], otherwise: [Statement])
        case template(String, Pipeline?, Range<Int>)
        case leave(Leaving)
    }

    /// A way out of a loop.
    enum Leaving: Sendable { case end, next }

    /// Commands of which each gets the outcome of the one before as its last argument.
    struct Pipeline: Sendable {
        var variables: [String] = []
        /// Whether the variables are there already and get another value.
        var isAssignment = false
        var commands: [Command] = []
        var range: Range<Int>
    }

    /// A function or a field with its arguments, or a value.
    struct Command: Sendable {
        var operands: [Operand]
        var range: Range<Int>
    }

    /// A value as it is written.
    struct Operand: Sendable {
        indirect enum Kind: Sendable {
            case dot
            case null
            case constant(ExpressionValue)
            case function(String)
            case variable(String)
            case pipeline(Pipeline)
            /// Fields of a value.
            case fields(Operand, [String])
        }

        var kind: Kind
        var range: Range<Int>
    }
}
