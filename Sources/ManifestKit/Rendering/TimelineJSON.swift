/// Everything that happened, for programs.
public enum TimelineJSON: TimelineView {
    public static let name = "json"
    public static let summary = "every entry with times, steps, weights and pods, for programs"

    public static func text(of timelines: [SimulatedTimeline], style: RenderingStyle) -> String {
        let layout: JSONWriter.Layout = style.isCompact ? .compact : .pretty
        guard !timelines.isEmpty else { return "[]\n" }
        let texts = timelines.map { JSONWriter.text(value(of: $0), layout: layout) }
        return "[\n" + texts.joined(separator: ",\n") + "\n]\n"
    }

    private static func value(of timeline: SimulatedTimeline) -> JSONValue {
        [
            "rollout": .string(timeline.rollout),
            "namespace": timeline.namespace.map { .string($0) } ?? .null,
            "strategy": .string(timeline.strategy.rawValue),
            "replicas": .int(timeline.replicas),
            "steps": .int(timeline.stepCount),
            "maxWeight": .int(timeline.maximumWeight),
            // As text: not every reader of JSON takes numbers of 64 bits.
            "seed": .string(String(timeline.seed)),
            "durationSeconds": number(timeline.duration),
            "phase": .string(timeline.entries.last?.state.phase ?? ""),
            "message": .string(timeline.entries.last?.state.message ?? ""),
            "notes": .array(timeline.notes.map { .string($0) }),
            "broken": .array(timeline.violations.map { violation in
                [
                    "invariant": .string(violation.invariant), "message": .string(violation.message),
                    "atSeconds": number(violation.seconds),
                ]
            }),
            "analyses": .array(timeline.analyses.map(value)),
            "timeline": .array(timeline.entries.map(value)),
        ]
    }

    private static func value(of analysis: SimulatedAnalysis) -> JSONValue {
        [
            "analysisRun": .string(analysis.name), "purpose": .string(analysis.purpose),
            "startSeconds": number(analysis.start), "endSeconds": analysis.end.map { number($0) } ?? .null,
            "phase": .string(analysis.phase?.rawValue ?? ""), "message": .string(analysis.message),
            "metrics": .array(analysis.metrics.map { metric in
                [
                    "name": .string(metric.name), "dryRun": .boolean(metric.isDryRun),
                    "successCondition": metric.successCondition.map { .string($0) } ?? .null,
                    "failureCondition": metric.failureCondition.map { .string($0) } ?? .null,
                    "phase": .string(metric.phase?.rawValue ?? ""),
                    "measurements": .array(metric.samples.map { sample in
                        [
                            "atSeconds": number(sample.seconds), "phase": .string(sample.phase.rawValue),
                            "value": .string(sample.value), "message": .string(sample.message),
                        ]
                    }),
                ]
            }),
        ]
    }

    private static func value(of entry: SimulatedTimeline.Entry) -> JSONValue {
        let state = entry.state
        return [
            "atSeconds": number(entry.seconds),
            "kind": .string(entry.kind.rawValue),
            "event": entry.kind == .event ? .string(entry.text) : .null,
            "analysis": entry.kind == .analysis ? .string(entry.text) : .null,
            "stepIndex": state.stepIndex.map { .int($0) } ?? .null,
            "step": .string(state.step),
            "weight": state.weight.map { .int($0) } ?? .null,
            "versions": .array(state.versions.map { version in
                [
                    "role": .string(version.role.rawValue), "hash": .string(version.hash),
                    "revision": version.revision.map { .int($0) } ?? .null,
                    "share": version.share.map { .int($0) } ?? .null, "ready": .int(version.ready),
                    "pods": .int(version.pods), "wanted": .int(version.wanted),
                ]
            }),
            "phase": .string(state.phase),
            "message": .string(state.message),
        ]
    }

    private static func number(_ seconds: Double) -> JSONValue {
        Int(exactly: seconds).map { .int($0) } ?? .double((seconds * 1000).rounded() / 1000)
    }
}
