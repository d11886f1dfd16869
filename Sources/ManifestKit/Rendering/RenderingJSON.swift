/// Everything about every step, for programs.
public enum RenderingJSON: RenderingView {
    public static let name = "json"
    public static let summary = "sizes, weights and objects at every step, for programs"

    public static func text(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> String {
        JSONWriter.text(value(of: rendering), layout: style.isCompact ? .compact : .pretty)
    }

    public static func whole(_ parts: [RenderingPart], style: RenderingStyle) -> String {
        guard !parts.isEmpty else { return "[]\n" }
        return "[\n" + parts.map(\.text).joined(separator: ",\n") + "\n]\n"
    }

    private static func value(of rendering: RolloutRendering) -> JSONValue {
        [
            "rollout": .string(rendering.rollout),
            "namespace": rendering.namespace.map { .string($0) } ?? .null,
            "strategy": .string(rendering.strategy.rawValue),
            "replicas": .int(rendering.replicas),
            "notes": .array(rendering.notes.map { .string($0) }),
            "steps": .array(rendering.steps.map(value)),
        ]
    }

    private static func value(of step: RenderedStep) -> JSONValue {
        [
            "index": .int(step.index),
            "step": .string(step.step),
            "weight": optional(step.weight),
            "stable": value(of: step.stable),
            "canary": value(of: step.canary),
            "pods": ["total": .int(step.totalPods), "leastAvailable": .int(step.leastAvailablePods)],
            "setWeight": optional(step.setWeight),
            "maxWeight": .int(step.maximumWeight),
            "durationSeconds": optional(step.durationSeconds),
            "objects": .array(step.objects),
            "starts": .array(step.starts),
            "abort": step.abort.map(value) ?? .null,
        ]
    }

    private static func value(of version: RenderedStep.Version?) -> JSONValue {
        guard let version else { return .null }
        return ["name": .string(version.name), "hash": .string(version.hash), "replicas": .int(version.replicas)]
    }

    private static func value(of abort: RenderedStep.Abort) -> JSONValue {
        [
            "weight": optional(abort.weight),
            "stableReplicas": .int(abort.stableReplicas),
            "canaryReplicas": .int(abort.canaryReplicas),
            "canaryScaleDownDelaySeconds": optional(abort.canaryScaleDownDelaySeconds),
            "objects": .array(abort.objects),
        ]
    }

    private static func optional(_ number: Int?) -> JSONValue { number.map { .int($0) } ?? .null }
}
