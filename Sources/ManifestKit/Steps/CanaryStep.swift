/// One step of a canary, read once from the manifest.
public protocol CanaryStep: Sendable {
    /// The field that makes it this step.
    static var key: String { get }

    /// Reads the value of that field.
    init(_ settings: JSONValue)

    /// The step in a word or two, as events name it: `setWeight: 10`.
    var label: String { get }
    /// The canary's share of the traffic from this step on.
    var weight: Int? { get }
    /// The canary's size from this step on.
    var scale: CanaryScale? { get }
    /// How long the step lasts by itself, in seconds; nil where it waits for a person or an analysis.
    var durationSeconds: Int? { get }
    /// Whether it may take as long as it likes, so that the progress deadline does not count.
    var isOpenEnded: Bool { get }

    /// Does what has to be done as long as the update is at this step.
    func work(in pass: inout UpdatePass)
    /// Whether the step has reached what it asks for.
    func progress(in pass: UpdatePass) -> StepProgress
}

/// How far a step is.
public enum StepProgress: Hashable, Sendable {
    /// It has reached what it asks for.
    case complete
    /// It waits for this.
    case waiting(String)
}

/// The size that a canary has apart from its share of the traffic.
public enum CanaryScale: Hashable, Sendable {
    /// So many pods.
    case replicas(Int)
    /// So many of a hundred.
    case weight(Int)
    /// As its share of the traffic.
    case matchTrafficWeight
}

extension CanaryStep {
    public var weight: Int? { nil }
    public var scale: CanaryScale? { nil }
    public var durationSeconds: Int? { 0 }
    public var isOpenEnded: Bool { false }
    public func work(in pass: inout UpdatePass) {}
}

/// The steps that a canary may have.
public enum CanarySteps {
    /// Every step, sorted by the field that makes it.
    public static let all: [any CanaryStep.Type] = [
        AnalysisStep.self,
        ExperimentStep.self,
        PauseStep.self,
        PluginStep.self,
        SetCanaryScaleStep.self,
        SetHeaderRouteStep.self,
        SetMirrorRouteStep.self,
        SetWeightStep.self,
    ]

    /// The step that one entry of `steps` is.
    static func step(_ value: JSONValue) -> any CanaryStep {
        for type in all {
            if let settings = value.present(type.key) { return type.init(settings) }
        }
        return UnknownStep(value)
    }
}

/// An entry of `steps` that is none of the steps; an update never gets past it.
struct UnknownStep: CanaryStep {
    static let key = ""
    let label = "invalid"
    let durationSeconds: Int? = nil

    init(_ settings: JSONValue) {}

    func progress(in pass: UpdatePass) -> StepProgress { .waiting("the step is none that is known") }
}
