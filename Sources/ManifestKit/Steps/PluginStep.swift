/// `plugin`: does what a plugin does, and goes on when it says so.
public struct PluginStep: CanaryStep {
    public static let key = "plugin"
    public let label: String
    public let durationSeconds: Int? = nil

    public init(_ settings: JSONValue) { label = "plugin: \(settings.text("name") ?? "")" }

    public func progress(in pass: UpdatePass) -> StepProgress {
        pass.mode.passesWhatIsMissing ? .complete : .waiting("plugin steps are not there yet")
    }
}
