/// What a router needs to divide a workload's traffic.
struct RoutePlan {
    /// The value of `trafficRouting`.
    var routing: JSONValue
    /// The objects that are changed.
    var changes: [(object: ConversionObject, changes: [FieldChange], message: String)] = []
    /// New objects.
    var additions: [ConversionDraft.Addition] = []
    /// What else to say.
    var notes: [(outcome: ConversionReport.Outcome, object: ConversionObject, message: String, reason: String?)] = []
}

/// What the companions of all routers are told.
struct RouteContext {
    let input: ConversionInput
    let workload: ConversionObject
    /// The Service in front of the workload; nil where the input has none and its name is a guess.
    let service: ConversionObject?
    let stable: String
    let canary: String

    /// Whether a text names the stable Service: `web`, `web.shop`, `web.shop.svc.cluster.local`.
    func isStable(host: String) -> Bool { Self.names(host: host, service: stable, namespace: workload.namespace) }

    /// Whether a host name is that of a Service.
    static func names(host: String, service: String, namespace: String?) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, first == service else { return false }
        if parts.count == 1 { return true }
        guard parts.count == 2 || parts[2] == "svc" else { return false }
        return namespace.map { $0 == String(parts[1]) } ?? true
    }

    /// The host name of the canary Service, in the form in which that of the stable one is written.
    func canaryHost(like host: String) -> String {
        host.firstIndex(of: ".").map { canary + host[$0...] } ?? canary
    }
}

/// A router: finds its objects in the input and makes them ready to divide traffic.
protocol RouteCompanion: Sendable {
    /// Its name on the command line.
    static var router: ConversionRouter { get }
    /// The kinds of object that it routes with.
    static var kinds: Set<String> { get }
    /// The names of the Services that an object routes to.
    static func services(in object: ConversionObject) -> [String]
    /// What makes the objects that route to the stable Service divide its traffic; nil where they cannot.
    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan?
    /// The configuration for objects that are not in the input, by their names.
    static func routing(for names: [String], _ context: RouteContext) -> JSONValue
}

/// Every router, sorted by name.
enum RouteCompanions {
    static let all: [any RouteCompanion.Type] = [
        ALBCompanion.self,
        AmbassadorCompanion.self,
        ApisixCompanion.self,
        AppMeshCompanion.self,
        ContourCompanion.self,
        GatewayCompanion.self,
        IstioCompanion.self,
        NginxCompanion.self,
        OpenShiftCompanion.self,
        SMICompanion.self,
        TraefikCompanion.self,
    ]

    static func companion(for router: ConversionRouter) -> (any RouteCompanion.Type)? {
        all.first { $0.router == router }
    }
}

extension RouteCompanion {
    static func routing(of key: String, _ value: JSONValue) -> JSONValue { .object(JSONObject([(key, value)])) }

    /// Puts a copy of the stable Service's backend beside it, which names the canary's Service and has weight 0.
    static func secondBackend(
        _ service: String, in field: String = "name", like stable: YAMLNode, at path: [FieldStep]
    ) -> [FieldChange] {
        var copy = stable.json
        copy[field] = .string(service)
        copy["weight"] = 0
        return added(copy, beside: stable, at: path)
    }

    /// Puts a backend into the list in which the stable Service's is, which has all the weight where it had none.
    static func added(_ backend: JSONValue, beside stable: YAMLNode, at path: [FieldStep]) -> [FieldChange] {
        let weight: [FieldChange] = stable["weight"] == nil ? [.insert(path, [("weight", 100)])] : []
        return weight + [.append(Array(path.dropLast()), backend)]
    }

    /// `single: name`, or `several: [names]` where there is more than one.
    static func named(_ names: [String], single: String, several: String) -> (String, JSONValue) {
        names.count == 1 ? (single, .string(names[0])) : (several, .array(names.map { .string($0) }))
    }
}
