/// `experiment`: runs an experiment and goes on when it has succeeded.
public struct ExperimentStep: CanaryStep {
    public static let key = "experiment"
    public let label = "experiment"
    public let durationSeconds: Int? = nil
    public let isOpenEnded = true

    public init(_ settings: JSONValue) {}

    public func progress(in pass: UpdatePass) -> StepProgress {
        pass.mode.passesWhatIsMissing ? .complete : .waiting("experiment steps are not there yet")
    }
}
