/// `setCanaryScale`: gives the canary a size apart from its share of the traffic.
public struct SetCanaryScaleStep: CanaryStep {
    public static let key = "setCanaryScale"
    public let scale: CanaryScale?
    public let label: String

    public init(_ settings: JSONValue) {
        if settings.flag("matchTrafficWeight") {
            scale = .matchTrafficWeight
        } else if let replicas = settings.count("replicas") {
            scale = .replicas(max(0, replicas))
        } else if let weight = settings.count("weight") {
            scale = .weight(max(0, weight))
        } else {
            scale = .matchTrafficWeight
        }
        if let weight = settings.count("weight") {
            label = "setCanaryScale{weight: \(weight)}"
        } else if settings.flag("matchTrafficWeight") {
            label = "setCanaryScale{matchTrafficWeight: true}"
        } else {
            label = "setCanaryScale{replicas: \(settings.count("replicas") ?? 0)}"
        }
    }

    public func progress(in pass: UpdatePass) -> StepProgress {
        pass.isAtDesiredReplicas(weights: pass.weights) ? .complete : .waiting("pods are on their way")
    }
}
