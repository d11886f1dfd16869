/// Something that divides traffic between two versions: the pure half, which says how its objects have to look.
public protocol TrafficRouter: Sendable {
    /// The field of `trafficRouting` that asks for it; for what the reference calls by a plugin, a name of our own.
    static var key: String { get }
    /// The name under `trafficRouting.plugins` that asks for it, or nil where it has a field of its own.
    static var plugin: String? { get }
    /// What it can do.
    static var capabilities: TrafficRouterCapabilities { get }

    /// Reads the value of that field.
    init(_ settings: JSONValue)

    /// The objects that it changes and that somebody else makes.
    func objects(for rollout: Rollout) -> [ObjectKey]
    /// The service that an object must have a rule for, or nil.
    func service(in key: ObjectKey, of rollout: Rollout) -> String?
    /// What keeps an object from being divided at all, in the words in which a Rollout is refused, or nil.
    func refusal(of object: JSONValue, at key: ObjectKey, for rollout: Rollout) -> String?
    /// The kinds of the objects that it changes and that only other objects name.
    var linkedKinds: Set<ResourceKind> { get }
    /// The objects that it changes and that only other objects name, as far as these are there.
    func linkedObjects(for rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [ObjectKey]
    /// The objects that it makes itself.
    func ownObjects(for rollout: Rollout) -> [ObjectKey]
    /// What else it looks at, as every ReferenceGrant of a namespace (`ObjectKey.all`), whether it is there or not.
    func onlookedObjects(for rollout: Rollout) -> [ObjectKey]
    /// Choices by labels that none of the objects meets.
    func unmetChoices(of rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [UnmetChoice]
    /// What keeps its objects from carrying the traffic though all of them are there, or nil: what somebody else has
    /// to mend before anything can be done.
    func problem(of rollout: Rollout, in world: World) -> String?
    /// The least that such an object has to be, for a rendering without it.
    func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue
    /// What has to be changed so that the traffic flows as intended.
    func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges
    /// The canary's shares as the objects show them, one for each route that says; empty where none does.
    ///
    /// Routes are written one after the other, and a write may fail between two. Who has to be on the safe side counts
    /// with the greatest for the canary's pods and with the least for those of the stable version.
    func observedWeights(of rollout: Rollout, in world: World) -> [Int]
    /// Whether the objects still send traffic to the pods with a hash.
    func refers(to hash: String, rollout: Rollout, in world: World) -> Bool
    /// The hashes of the pods that the objects themselves select for the two versions; nil where services select them.
    func versionHashes(in objects: [ObjectKey: JSONValue]) -> (stable: String, new: String)?
    /// Looks at its settings in a manifest, beyond what the schema says of them.
    static func check(_ settings: YAMLNode, _ findings: inout Findings)
    /// Names in its settings that no managed route may have, since they are what it divides.
    static func ownNames(in settings: YAMLNode, of rollout: RolloutManifest) -> [YAMLNode]
}

extension CanaryStrategy {
    /// The canary's shares as the objects of all routers show them; empty where none does.
    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        (trafficRouting?.routers ?? []).flatMap { $0.observedWeights(of: rollout, in: world) }
    }
}

extension TrafficRouter {
    public static var plugin: String? { nil }

    /// What people write under `trafficRouting` to ask for it: `nginx`, or `plugins.argoproj-labs/contour`.
    public static var field: String { plugin.map { "plugins.\($0)" } ?? key }

    /// Where its settings stand in a Rollout.
    public static var path: String { "spec.strategy.canary.trafficRouting.\(field)" }

    public func service(in key: ObjectKey, of rollout: Rollout) -> String? { nil }
    public func refusal(of object: JSONValue, at key: ObjectKey, for rollout: Rollout) -> String? { nil }
    public var linkedKinds: Set<ResourceKind> { [] }
    public func linkedObjects(for rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [ObjectKey] { [] }
    public func ownObjects(for rollout: Rollout) -> [ObjectKey] { [] }
    public func versionHashes(in objects: [ObjectKey: JSONValue]) -> (stable: String, new: String)? { nil }
    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {}
    public static func ownNames(in settings: YAMLNode, of rollout: RolloutManifest) -> [YAMLNode] { [] }
    public func onlookedObjects(for rollout: Rollout) -> [ObjectKey] { [] }

    /// All objects that a plan looks at and that its settings lead to.
    public func allObjects(for rollout: Rollout) -> [ObjectKey] {
        objects(for: rollout) + ownObjects(for: rollout) + onlookedObjects(for: rollout)
    }

    /// The kinds of all objects that a plan looks at.
    public func kinds(for rollout: Rollout) -> Set<ResourceKind> {
        linkedKinds.union(allObjects(for: rollout).map(\.kind))
    }

    public func unmetChoices(of rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [UnmetChoice] { [] }
    public func problem(of rollout: Rollout, in world: World) -> String? { nil }
    public func refers(to hash: String, rollout: Rollout, in world: World) -> Bool {
        versionHashes(in: world.objects).map { $0.stable == hash || $0.new == hash } ?? false
    }
}

/// A choice of objects by their labels that no object meets, for a rendering without them.
public struct UnmetChoice: Sendable {
    /// An object that would meet it; `TrafficRouter.placeholder` makes it.
    public var key: ObjectKey
    /// What is missing, in words.
    public var text: String
}

/// How traffic is to flow.
public struct TrafficIntent: Sendable {
    /// The moment of the plan.
    public var now: KubernetesTime
    /// The canary's share.
    public var weight = 0
    /// Shares of experiments.
    public var additional: [RolloutStatus.WeightDestination] = []
    /// The hash of the canary's pods.
    public var canaryHash = ""
    /// The hash of the stable version's pods.
    public var stableHash = ""
    /// Whether routes that steps have added go away.
    public var removesManagedRoutes = false
    /// Whether shares, hashes and routes stay as they are, since the stable version could not carry its part.
    public var leavesTraffic = false
    /// The route for headers that the current step asks for.
    public var headerRoute: SetHeaderRouteStep?
    /// The route for copies that the current step asks for.
    public var mirrorRoute: SetMirrorRouteStep?
    /// The routes for headers that are in force by all steps up to this one, in the order of the steps.
    public var headerRoutes: [SetHeaderRouteStep] = []
    /// The routes for copies that are in force by all steps up to this one, in the order of the steps.
    public var mirrorRoutes: [SetMirrorRouteStep] = []
    /// Whether the canary has no pods, so that its share must go before its hash changes.
    public var takesWeightFirst = false
    /// Names of versions whose pods are not all available yet, those that take traffic only.
    public var incomplete: [String] = []

    /// An intent that leaves all traffic with the stable version.
    public init(now: KubernetesTime) { self.now = now }
}

/// What a router wants to have changed.
public struct RouteChanges: Sendable {
    /// The changes, each safe without those that follow.
    public var actions: [Action] = []
    /// Why the traffic cannot flow as intended, if it cannot.
    public var problem: String?
    /// Whether the problem goes away by itself, as pods that are not there yet do.
    public var isTemporary = false
    /// When to look again though nothing else happens.
    public var wakeAt: KubernetesTime?

    static func problem(_ text: String) -> RouteChanges { RouteChanges(actions: [], problem: text) }
}

/// `spec.strategy.canary.trafficRouting`.
public struct TrafficRouting: Sendable {
    /// `maxTrafficWeight`, or nil where the manifest says nothing.
    public var declaredMaximumWeight: Int?
    /// The names of `managedRoutes`.
    public var managedRoutes: [String]
    /// The routers that it asks for.
    public var routers: [any TrafficRouter]
    /// The keys of routers that it asks for and that are not there yet.
    public var missingRouters: [String]

    /// The greatest weight.
    public var maximumWeight: Int { declaredMaximumWeight ?? RolloutDefaults.maximumWeight }

    init(_ value: JSONValue) {
        declaredMaximumWeight = value.count("maxTrafficWeight").map { max(1, $0) }
        managedRoutes = (value["managedRoutes"]?.array ?? []).compactMap { $0.text("name") }
        let plugins = value["plugins"]
        routers = TrafficRouters.all.compactMap { type in
            let settings = type.plugin.map { plugins?.present($0) } ?? value.present(type.key)
            return settings.map { type.init($0) }
        }
        let known = TrafficRouters.all.compactMap { $0.plugin }
        missingRouters = plugins?.object?.keys.filter { !known.contains($0) }.map { "plugin \($0)" } ?? []
    }
}

/// The routers that traffic may be divided by.
public enum TrafficRouters {
    /// Every router that is there, sorted by key.
    public static let all: [any TrafficRouter.Type] = [
        ALBRouter.self,
        AmbassadorRouter.self,
        ApisixRouter.self,
        AppMeshRouter.self,
        ContourRouter.self,
        GatewayAPIRouter.self,
        IstioRouter.self,
        NginxRouter.self,
        OpenShiftRouter.self,
        SMIRouter.self,
        TraefikRouter.self,
    ]
}

/// The services that stand for the two versions in routes.
struct VersionServices {
    var stable: String
    var canary: String

    /// The services of a Rollout; those of ping-pong where it has no others, or where the router prefers them.
    init(_ rollout: Rollout, prefersPingPong: Bool) {
        let canary = rollout.spec.strategy.canary
        stable = canary?.stableService ?? ""
        self.canary = canary?.canaryService ?? ""
        guard let pingPong = canary?.pingPong, prefersPingPong || (stable.isEmpty && self.canary.isEmpty)
        else { return }
        let isPing = rollout.status.stablePingPong == .ping
        stable = isPing ? pingPong.pingService : pingPong.pongService
        self.canary = isPing ? pingPong.pongService : pingPong.pingService
    }
}
