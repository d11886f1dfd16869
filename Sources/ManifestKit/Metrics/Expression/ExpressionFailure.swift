/// Why an expression is refused or cannot be worked out, and where in its text.
public struct ExpressionFailure: Error, Hashable, Sendable {
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// The bytes of the expression's text that are at fault.
    public var range: Range<Int>

    /// Makes a failure.
    public init(_ message: String, _ range: Range<Int>) {
        self.message = message
        self.range = range
    }
}

/// What is wrong with the use of a function; whoever called it knows where.
struct FunctionProblem: Error, Hashable {
    var message: String

    init(_ message: String) { self.message = message }
}
