/// Objects by the labels that they have, so that those of a selector are found without a look at all.
struct LabelIndex {
    /// A label within a namespace.
    fileprivate struct Label: Hashable {
        var namespace: String
        var key: String
        var value: String
    }

    private var labels: [ObjectName: [String: String]] = [:]
    private var names: [Label: Set<ObjectName>] = [:]

    /// The labels that an object was last known to have.
    func labels(of name: ObjectName) -> [String: String] { labels[name] ?? [:] }

    /// Takes note of an object's labels; nil where the object has gone.
    mutating func set(_ name: ObjectName, to new: [String: String]?) {
        let old = labels[name]
        guard old != new else { return }
        for (key, value) in old ?? [:] {
            let label = Label(namespace: name.namespace, key: key, value: value)
            names[label]?.remove(name)
            if names[label]?.isEmpty == true { names[label] = nil }
        }
        labels[name] = new
        for (key, value) in new ?? [:] {
            names[Label(namespace: name.namespace, key: key, value: value), default: []].insert(name)
        }
    }

    /// The objects of a namespace that have all of some labels, in the order of their names.
    func matching(_ selector: [String: String], in namespace: String) -> [ObjectName] {
        var fewest: Set<ObjectName>?
        for (key, value) in selector {
            let found = names[Label(namespace: namespace, key: key, value: value)] ?? []
            if found.count < fewest?.count ?? .max { fewest = found }
        }
        return (fewest ?? []).filter { labels(of: $0).contains(selector) }.sorted()
    }
}

/// Selectors by a label that each of them asks for, so that those that select an object are found without a look at
/// all of them.
struct SelectorIndex {
    private var selectors: [ObjectName: [String: String]] = [:]
    private var names: [LabelIndex.Label: Set<ObjectName>] = [:]
    private var places: [ObjectName: LabelIndex.Label] = [:]

    /// Takes note of what an object selects; nil where that is nothing.
    mutating func set(_ name: ObjectName, to new: [String: String]?) {
        guard selectors[name] != new else { return }
        if let place = places.removeValue(forKey: name) {
            names[place]?.remove(name)
            if names[place]?.isEmpty == true { names[place] = nil }
        }
        selectors[name] = new
        // It is kept under the label that the fewest others are kept under.
        let labels = (new ?? [:]).map { LabelIndex.Label(namespace: name.namespace, key: $0.key, value: $0.value) }
        guard let place = labels.min(by: { names[$0]?.count ?? 0 < names[$1]?.count ?? 0 }) else { return }
        names[place, default: []].insert(name)
        places[name] = place
    }

    /// The objects of a namespace that select what has some labels.
    func selecting(_ labels: [String: String], in namespace: String) -> [ObjectName] {
        labels.flatMap { key, value in
            (names[LabelIndex.Label(namespace: namespace, key: key, value: value)] ?? []).filter { name in
                selectors[name].map { labels.contains($0) } ?? false
            }
        }
    }
}

extension [String: String] {
    /// Whether all of some labels are among these.
    func contains(_ others: [String: String]) -> Bool { others.allSatisfy { self[$0.key] == $0.value } }
}
