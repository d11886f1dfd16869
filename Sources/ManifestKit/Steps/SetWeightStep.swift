/// `setWeight`: gives the canary a share of the traffic, or of the pods where no router divides it.
public struct SetWeightStep: CanaryStep {
    public static let key = "setWeight"
    public let weight: Int?

    public init(_ settings: JSONValue) {
        weight = settings.integer.map { min(max($0, 0), Int(Int32.max)) } ?? 0
    }

    public var label: String { "setWeight: \(weight ?? 0)" }

    public func progress(in pass: UpdatePass) -> StepProgress {
        guard pass.isAtDesiredReplicas(weights: pass.weights) else { return .waiting("pods are on their way") }
        guard pass.weights?.isVerified != false else { return .waiting("the load balancer has not followed yet") }
        return .complete
    }
}
