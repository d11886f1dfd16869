/// What rules about a Rollout ask of it again and again.
extension RolloutManifest {
    /// A router that a Rollout sets under `trafficRouting`.
    struct Router {
        let capabilities: TrafficRouterCapabilities
        let node: YAMLNode
    }

    /// The routers that are set.
    var routers: [Router] {
        guard let trafficRouting else { return [] }
        return TrafficRouterCapabilities.all.compactMap { capabilities in
            trafficRouting.present(capabilities.field).map { Router(capabilities: capabilities, node: $0) }
        }
    }

    /// The weight that stands for all traffic.
    var maxTrafficWeight: Int { trafficRouting?.present("maxTrafficWeight")?.integer ?? 100 }

    /// `spec.revisionHistoryLimit`, 10 where it is absent.
    var revisionHistoryLimit: Int { spec.present("revisionHistoryLimit")?.integer ?? 10 }

    /// The strategies that are set and mappings, each with its name.
    var strategies: [(name: String, node: YAMLNode)] {
        [("canary", canary), ("blueGreen", blueGreen)].compactMap { name, node in node.map { (name, $0) } }
    }
}

extension YAMLNode {
    /// The scalar under a key, unless it is absent, null or empty.
    func filled(_ key: String) -> YAMLNode? {
        guard let value = present(key), value.isScalar, !value.withText({ $0.isEmpty }) else { return nil }
        return value
    }

    /// The mapping under a key, or nil where something else is there.
    func mapping(_ key: String) -> YAMLNode? { self[key].flatMap { $0.isMapping ? $0 : nil } }

    /// Whether two scalars have the same text; no string is made.
    func hasText(of other: YAMLNode) -> Bool {
        withText { own in other.withText { ByteSearch.equal(own, $0) } }
    }

    /// The value under a key that has the same text as another scalar.
    func value(forKeyOf scalar: YAMLNode) -> YAMLNode? { entries.first { $0.key.hasText(of: scalar) }?.value }
}

/// How many pods an update may add or take away, as the controller reads `maxSurge` and `maxUnavailable`.
enum PodAllowance: Hashable {
    case count(Int)
    case percent(Int)

    /// Reads a value; nil where it is neither a number nor a percentage.
    ///
    /// The controller takes any percent sign away and reads a number that stands in quotes as a percentage too.
    init?(_ node: YAMLNode) {
        switch node.scalar {
        case .integer(let value) where node.isScalar: self = .count(Int(value))
        case .string(let text):
            guard let value = Int(text.filter { $0 != "%" }) else { return nil }
            self = .percent(value)
        default: return nil
        }
    }

    /// How many of the replicas that is.
    func pods(of replicas: Int, roundingUp: Bool) -> Int {
        switch self {
        case .count(let count): return count
        case .percent(let percent):
            let exact = Double(percent) * Double(replicas) / 100
            return Int(clamping: roundingUp ? exact.rounded(.up) : exact.rounded(.down))
        }
    }

    /// What an update of so many replicas may add and take away; where both come to nothing it may take one away.
    static func limits(surge: PodAllowance?, unavailable: PodAllowance?, replicas: Int) -> (surge: Int, unavailable: Int) {
        let surge = (surge ?? .percent(25)).pods(of: replicas, roundingUp: true)
        let unavailable = (unavailable ?? .percent(25)).pods(of: replicas, roundingUp: false)
        return surge == 0 && unavailable == 0 ? (0, min(1, replicas)) : (surge, min(unavailable, replicas))
    }
}

extension Int {
    /// A number cut to the range of whole numbers.
    fileprivate init(clamping value: Double) {
        self = Int(exactly: value) ?? (value < 0 ? .min : .max)
    }
}
