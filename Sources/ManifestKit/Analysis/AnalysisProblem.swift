/// Why an analysis cannot be run as it is written.
public struct AnalysisProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, for people.
    public var description: String

    /// Makes one of its description.
    public init(_ description: String) { self.description = description }
}
