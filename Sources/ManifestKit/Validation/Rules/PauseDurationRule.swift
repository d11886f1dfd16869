/// RR0213: how long a pause is.
enum PauseDurationRule: RolloutRule {
    static let id: RuleID = "RR0213"
    static let severity = Severity.error
    static let summary = "The duration of a pause is a number of seconds or a Go duration such as `10m`."
    static let rationale = """
        The controller refuses a duration that Go cannot read: there are no days, no words and no spaces. What is \
        shorter than a second is cut to no pause at all. A pause without a duration waits until someone promotes.
        """
    static let failing = [
        RuleExample("- pause:\n    # ↓\n    duration: 1d", in: .steps),
        RuleExample("- pause:\n    # ↓\n    duration: 10 minutes", in: .steps),
        RuleExample("- pause:\n    # ↓\n    duration: -5", in: .steps),
        RuleExample("- pause:\n    # ↓\n    duration: 500ms", in: .steps),
        RuleExample("- pause:\n    # ↓\n    duration: ''", in: .steps),
    ]
    static let passing = [
        RuleExample(
            "- pause: {duration: 10}\n- pause: {duration: 1h30m}\n- pause: {duration: '30'}\n- pause: {}", in: .steps)
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for step in rollout.steps {
            guard let duration = step["pause"]?.present("duration"), duration.isScalar else { continue }
            check(duration, &findings)
        }
    }

    private static func check(_ duration: YAMLNode, _ findings: inout Findings) {
        switch duration.scalar {
        case .integer(let seconds):
            if seconds < 0 {
                reportNegative(duration, &findings)
            } else if seconds == 0 {
                reportZero(duration, "is 0 seconds long", &findings)
            }
        case .string(let text):
            switch GoDuration.pauseSeconds(text) {
            case .failure(let malformation):
                findings.report(
                    self, field: duration, "\(Wording.quoted(text)) is not a duration: \(malformation.reason)",
                    hint: malformation.hint)
            case .success(let seconds):
                if seconds < 0 {
                    reportNegative(duration, &findings)
                } else if seconds == 0 {
                    let isCut = GoDuration(text).map { $0.nanoseconds > 0 } ?? false
                    let problem = isCut ? "is cut to whole seconds, which leaves 0" : "is 0 seconds long"
                    reportZero(duration, problem, &findings)
                }
            }
        default: return
        }
    }

    private static func reportNegative(_ duration: YAMLNode, _ findings: inout Findings) {
        findings.report(
            self, field: duration, "a pause cannot last \(duration.text)",
            hint: "write a positive duration, such as 10m")
    }

    private static func reportZero(_ duration: YAMLNode, _ problem: String, _ findings: inout Findings) {
        findings.report(
            self, field: duration, "the pause \(problem)",
            hint: "write at least 1s, or `pause: {}` to wait until someone promotes", severity: .warning)
    }
}
