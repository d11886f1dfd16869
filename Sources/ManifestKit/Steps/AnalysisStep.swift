/// `analysis`: runs an analysis and goes on when it has succeeded.
public struct AnalysisStep: CanaryStep {
    public static let key = "analysis"
    public let label = "analysis"
    public let durationSeconds: Int? = nil
    public let isOpenEnded = true
    /// The analysis.
    public let analysis: RolloutAnalysis?

    public init(_ settings: JSONValue) { analysis = RolloutAnalysis(settings) }

    public func progress(in pass: UpdatePass) -> StepProgress {
        if pass.mode.passesWhatIsMissing { return .complete }
        guard let analysis, !analysis.templates.isEmpty else { return .waiting("the analysis names no template") }
        if let problem = pass.analysisProblem { return .waiting("its run cannot begin: \(problem)") }
        guard let run = pass.runs.step else { return .waiting("its run has not begun") }
        return run.phase == .successful
            ? .complete : .waiting("AnalysisRun \(run.name) is \(run.phase?.rawValue ?? "about to start")")
    }
}
