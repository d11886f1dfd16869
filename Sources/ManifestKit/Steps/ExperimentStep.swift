/// `experiment`: runs an experiment and goes on when it has succeeded.
public struct ExperimentStep: CanaryStep {
    public static let key = "experiment"
    public let label = "experiment"
    public let durationSeconds: Int? = nil
    public let isOpenEnded = true
    /// The step as it is written.
    let settings: JSONValue

    public init(_ settings: JSONValue) { self.settings = settings }

    /// The analyses that the experiment runs.
    var analyses: [RolloutAnalysis.TemplateReference] {
        (settings["analyses"]?.array ?? []).compactMap { RolloutAnalysis.TemplateReference($0) }
    }

    public func progress(in pass: UpdatePass) -> StepProgress {
        if pass.mode.passesWhatIsMissing { return .complete }
        if let problem = pass.analysisProblem { return .waiting("its Experiment cannot begin: \(problem)") }
        guard let experiment = pass.statedExperiment else { return .waiting("its Experiment has not begun") }
        return experiment.status.phase == .successful
            ? .complete
            : .waiting("Experiment \(experiment.name) is \(experiment.status.phase?.rawValue ?? "about to start")")
    }
}
