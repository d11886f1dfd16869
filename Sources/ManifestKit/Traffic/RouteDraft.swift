/// An object of a router while its weights are being changed: whatever is not touched stays as it is, known or not.
struct RouteDraft {
    let key: ObjectKey
    private let before: JSONValue
    /// The object as it is to be.
    var object: JSONValue

    init(_ key: ObjectKey, _ object: JSONValue) {
        self.key = key
        self.object = object
        before = object
    }

    /// What there is to be written; nothing where nothing has changed.
    var actions: [Action] { before.mergePatch(to: object).map { [.patch(key, $0)] } ?? [] }

    /// Changes the elements of a list at a path of fields. False where there is no such list, or it has no elements.
    mutating func change(listAt path: [String], _ change: (inout [JSONValue]) -> Void) -> Bool {
        guard var list = path.reduce(object as JSONValue?, { $0?[$1] })?.array, !list.isEmpty else { return false }
        let old = list
        change(&list)
        if list != old { object.set(path, to: .array(list)) }
        return true
    }
}

/// The two services between which a list of destinations divides the traffic, with the share of each.
struct VersionShares {
    let canary: (service: String, weight: Int)
    let stable: (service: String, weight: Int)

    init(_ rollout: Rollout, _ weight: Int, total: Int = 100) {
        let services = VersionServices(rollout, prefersPingPong: false)
        canary = (services.canary, weight)
        stable = (services.stable, total - weight)
    }

    /// Gives the first destination of each service its weight, and leaves all others alone; the service that no
    /// destination leads to, if there is one.
    func apply(to list: inout [JSONValue], isDestination: (JSONValue, String) -> Bool) -> String? {
        var places: [Int] = []
        for service in [canary.service, stable.service] {
            guard let place = list.firstIndex(where: { isDestination($0, service) }) else { return service }
            places.append(place)
        }
        list[places[0]].setWeight(canary.weight)
        list[places[1]].setWeight(stable.weight)
        return nil
    }
}

extension JSONValue {
    /// The same with another `weight`.
    func with(weight: Int) -> JSONValue {
        var value = self
        value.setWeight(weight)
        return value
    }

    /// Sets `weight`, unless it has that value already in whatever form.
    mutating func setWeight(_ weight: Int) {
        if count("weight") != weight { self["weight"] = .int(weight) }
    }
}
