/// `pause`: waits for a while, or until a person lets the update go on.
public struct PauseStep: CanaryStep {
    public static let key = "pause"
    public let durationSeconds: Int?
    public let isOpenEnded = true
    private let durationText: String?

    public init(_ settings: JSONValue) {
        let duration = settings.present("duration")
        if let text = duration?.string {
            durationText = text
            switch GoDuration.pauseSeconds(text) {
            case .success(let seconds): durationSeconds = max(0, Int(seconds))
            case .failure: durationSeconds = 0
            }
        } else {
            durationSeconds = duration.map { max(0, $0.integer ?? 0) }
            durationText = durationSeconds.map { String($0) }
        }
    }

    public var label: String { durationText.map { "pause: \($0)" } ?? "pause" }

    public func work(in pass: inout UpdatePass) {
        guard let pause = pass.rollout.status.pause(RolloutStatus.PauseCondition.canaryStep) else {
            // With the controller's own mark still there, a person has taken the pause away.
            if !pass.rollout.status.controllerPause { pass.pauses.add(RolloutStatus.PauseCondition.canaryStep) }
            return
        }
        if let durationSeconds { pass.wake(at: pause.startTime.after(durationSeconds)) }
    }

    public func progress(in pass: UpdatePass) -> StepProgress {
        guard let pause = pass.rollout.status.pause(RolloutStatus.PauseCondition.canaryStep) else {
            return pass.rollout.status.controllerPause ? .complete : .waiting("the pause has not begun")
        }
        guard let durationSeconds else { return .waiting("a person lets it go on") }
        let end = pause.startTime.after(durationSeconds)
        return pass.now >= end ? .complete : .waiting("the pause ends at \(end)")
    }
}
