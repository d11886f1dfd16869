/// The rule that keeps a new version off the nodes of the stable one.
enum AntiAffinityInjection {
    private static let preferredKey = "preferredDuringSchedulingIgnoredDuringExecution"
    private static let requiredKey = "requiredDuringSchedulingIgnoredDuringExecution"

    /// The affinity of a template with the rule, or nil where none is to be added.
    static func affinity(
        of template: JSONValue, strategy: Strategy, stableHash: String, newHash: String, namespace: String?
    ) -> JSONValue? {
        guard let antiAffinity = strategy.antiAffinity, !stableHash.isEmpty, stableHash != newHash else { return nil }
        let requirement: JSONValue = [
            "key": .string(RolloutMarks.podTemplateHash), "operator": "In", "values": .array([.string(stableHash)]),
        ]
        var rule = JSONObject([("labelSelector", ["matchExpressions": .array([requirement])])])
        if let namespace { rule["namespaces"] = .array([.string(namespace)]) }
        rule["topologyKey"] = "kubernetes.io/hostname"
        var affinity = template["spec"]?.present("affinity") ?? .object(JSONObject())
        let (key, term): (String, JSONValue)
        switch antiAffinity {
        case .preferred(let weight):
            (key, term) = (preferredKey, ["weight": .int(weight), "podAffinityTerm": .object(rule)])
        case .required: (key, term) = (requiredKey, .object(rule))
        }
        let terms = affinity["podAntiAffinity"]?[key]?.array ?? []
        affinity.set(["podAntiAffinity", key], to: .array(terms + [term]))
        return affinity
    }

    /// The new affinity of a ReplicaSet whose rule names a version that is stable no longer; nil where all is well.
    static func update(
        of live: JSONValue, wanted: JSONValue, strategy: Strategy, stableHash: String, newHash: String,
        namespace: String?
    ) -> JSONValue? {
        guard stableHash != newHash, let (_, _, rule) = injected(in: live),
            let named = requirement(of: rule)?["values"]?[0]?.string, named != stableHash
        else { return nil }
        let new = affinity(
            of: wanted, strategy: strategy, stableHash: stableHash, newHash: newHash, namespace: namespace)
            ?? wanted["spec"]?.present("affinity") ?? .null
        // A manifest that was taken from a ReplicaSet has an old rule of its own, which stays.
        return new == (live["spec"]?["affinity"] ?? .null) ? nil : new
    }

    /// The affinity of a template without the rule, null where nothing else is in it; nil where there is no rule.
    static func removed(from template: JSONValue) -> JSONValue? {
        guard let (key, place, _) = injected(in: template), var affinity = template["spec"]?["affinity"],
            var terms = affinity["podAntiAffinity"]?[key]?.array
        else { return nil }
        terms.remove(at: place)
        affinity.set(["podAntiAffinity", key], to: terms.isEmpty ? nil : .array(terms))
        if affinity["podAntiAffinity"]?.object?.isEmpty == true { affinity["podAntiAffinity"] = nil }
        return affinity.object?.isEmpty == true ? .null : affinity
    }

    private static func injected(in template: JSONValue) -> (key: String, place: Int, rule: JSONValue)? {
        let rules = template["spec"]?["affinity"]?["podAntiAffinity"]
        for key in [preferredKey, requiredKey] {
            for (place, term) in (rules?[key]?.array ?? []).enumerated() {
                let rule = term["podAffinityTerm"] ?? term
                if requirement(of: rule) != nil { return (key, place, rule) }
            }
        }
        return nil
    }

    private static func requirement(of rule: JSONValue) -> JSONValue? {
        rule["labelSelector"]?["matchExpressions"]?.array?.first { $0["key"]?.string == RolloutMarks.podTemplateHash }
    }
}
