/// `analysis`: runs an analysis and goes on when it has succeeded.
public struct AnalysisStep: CanaryStep {
    public static let key = "analysis"
    public let label = "analysis"
    public let durationSeconds: Int? = nil
    public let isOpenEnded = true

    public init(_ settings: JSONValue) {}

    public func progress(in pass: UpdatePass) -> StepProgress {
        pass.mode.passesWhatIsMissing ? .complete : .waiting("analysis steps are not there yet")
    }
}
