import ManifestKit

/// Something that holds whatever happens: checked after every write to a simulated cluster, and when all is at rest.
public protocol SimulationInvariant: Sendable {
    /// Its name in reports.
    static var name: String { get }
    /// What holds, in a sentence.
    static var summary: String { get }

    /// What a write has broken, or nil.
    static func violation(by change: ObservedChange) -> String?
    /// What is broken when all is at rest, or nil.
    static func violation(at rest: ObservedRest) -> String?
}

extension SimulationInvariant {
    public static func violation(by change: ObservedChange) -> String? { nil }
    public static func violation(at rest: ObservedRest) -> String? { nil }
}

/// The invariants that there are.
public enum SimulationInvariants {
    /// Every invariant, sorted by name.
    public static let all: [any SimulationInvariant.Type] = [
        AbortInvariant.self,
        AnalysisInvariant.self,
        AvailabilityInvariant.self,
        CapacityInvariant.self,
        HealthyInvariant.self,
        MeasurementInvariant.self,
        PauseInvariant.self,
        QuietInvariant.self,
        RestInvariant.self,
        StepOrderInvariant.self,
        TrafficInvariant.self,
        WeightInvariant.self,
    ]
}
