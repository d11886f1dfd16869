/// What a traffic router can do, by the name of its field under `spec.strategy.canary.trafficRouting`.
///
/// A feature that the router of a Rollout lacks is a finding made from this table, never a step that does nothing.
public struct TrafficRouterCapabilities: Hashable, Sendable {
    /// When a router needs both `canaryService` and `stableService`.
    public enum ServiceNeed: Sendable, Hashable {
        case always
        /// Not where `pingPong` names the two services instead.
        case unlessPingPong
        /// Not where `pingPong` does, or a DestinationRule tells the pods apart by subsets.
        case unlessPingPongOrSubsets
        /// The controller does not ask; the router itself may.
        case never
    }

    /// The router's key: `nginx`, `alb`, `istio`, or `contour` for a plugin of the reference.
    public let field: String
    /// What people call it.
    public let name: String
    /// Whether `setHeaderRoute` works with it.
    public let headerRoutes: Bool
    /// Whether it matches header values only as a whole (`exact`), not by prefix or regular expression.
    public let exactHeaderValuesOnly: Bool
    /// Whether `setMirrorRoute` works with it.
    public let mirrorRoutes: Bool
    /// Whether weights may go up to another number than 100 (`maxTrafficWeight`).
    public let maxTrafficWeight: Bool
    /// Whether the templates of an experiment step can have weights of their own.
    public let experimentWeights: Bool
    /// Whether two services can change roles instead of selectors (`pingPong`).
    public let pingPong: Bool
    /// Whether the controller can ask it which weights are in force.
    public let verifiesWeights: Bool
    /// When it needs both services.
    public let services: ServiceNeed

    init(
        _ field: String, _ name: String, headerRoutes: Bool = false, exactHeaderValuesOnly: Bool = false,
        mirrorRoutes: Bool = false, maxTrafficWeight: Bool = false, experimentWeights: Bool = false,
        pingPong: Bool = false, verifiesWeights: Bool = false, services: ServiceNeed = .always
    ) {
        self.field = field
        self.name = name
        self.headerRoutes = headerRoutes
        self.exactHeaderValuesOnly = exactHeaderValuesOnly
        self.mirrorRoutes = mirrorRoutes
        self.maxTrafficWeight = maxTrafficWeight
        self.experimentWeights = experimentWeights
        self.pingPong = pingPong
        self.verifiesWeights = verifiesWeights
        self.services = services
    }

    /// A plugin that nothing is known about may do anything.
    static let anyPlugin = TrafficRouterCapabilities(
        "plugins", "a plugin", headerRoutes: true, mirrorRoutes: true, maxTrafficWeight: true,
        experimentWeights: true, pingPong: true, verifiesWeights: true, services: .never)

    /// Every router, sorted by field.
    public static let all: [TrafficRouterCapabilities] =
        (TrafficRouters.all.map { $0.capabilities } + [anyPlugin])
        .sorted { $0.field < $1.field }

    /// The router with this field, or nil.
    public static func router(_ field: String) -> TrafficRouterCapabilities? { all.first { $0.field == field } }

    /// The names of the routers that can do something, as `AWS ALB, Istio or a plugin`.
    public static func names(where can: KeyPath<TrafficRouterCapabilities, Bool>) -> String {
        Wording.alternatives(all.filter { $0[keyPath: can] }.map(\.name))
    }
}
