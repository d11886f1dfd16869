/// The canary's share of a route as the weights in it show it, whatever they come to together.
///
/// Before our first write a route has somebody else's weights, as 1 and 3; and other destinations of a route, which
/// keep theirs, take nothing from the two versions' shares.
struct RouteShare {
    /// Above this a weight says nothing more; no router takes a greater one.
    private static let greatest = 1_000_000
    private var canary = 0
    private var total = 0

    /// Adds what a destination has; a weight below zero counts for nothing.
    mutating func add(_ weight: Int, isCanary: Bool) {
        let weight = min(Self.greatest, max(0, weight))
        total += weight
        if isCanary { canary += weight }
    }

    /// The share of a maximum, or nil where no destination has anything.
    ///
    /// It is rounded up, since pods are counted by it, but comes to all there is only where nothing is left for others.
    func of(_ maximum: Int) -> Int? {
        guard total > 0 else { return nil }
        let share = (canary * maximum + total - 1) / total
        return canary < total ? min(share, maximum - 1) : maximum
    }
}

extension RouteShare {
    /// Reads a list of destinations, of which only those that the two versions are called by count. Nil where the list
    /// does not lead to both, so that nothing is divided.
    init?(
        _ list: [JSONValue], canary: String, stable: String, defaultWeight: Int,
        isDestination: (JSONValue, String) -> Bool
    ) {
        for name in [canary, stable] {
            guard list.contains(where: { isDestination($0, name) }) else { return nil }
        }
        for destination in list {
            let isCanary = isDestination(destination, canary)
            guard isCanary || isDestination(destination, stable) else { continue }
            add(destination.count("weight") ?? defaultWeight, isCanary: isCanary)
        }
    }

    /// Reads a list of destinations, of which only those of the two services of a Rollout count.
    init?(
        _ list: [JSONValue], _ rollout: Rollout, defaultWeight: Int, isDestination: (JSONValue, String) -> Bool
    ) {
        let services = VersionServices(rollout, prefersPingPong: false)
        self.init(
            list, canary: services.canary, stable: services.stable, defaultWeight: defaultWeight,
            isDestination: isDestination)
    }
}
