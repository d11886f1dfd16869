import ManifestKit

/// The objects of one kind by their names, which are kept in order: a page of thousands costs what the page costs.
struct OrderedObjects: Sendable {
    /// The objects by their names.
    private(set) var objects: [ObjectName: JSONValue] = [:]
    /// The names in their order.
    private(set) var names: [ObjectName] = []

    /// An object, or nil.
    subscript(name: ObjectName) -> JSONValue? { objects[name] }

    /// Holds no objects.
    init() {}

    /// Holds objects; of several with one name the last.
    init(_ objects: some Sequence<(ObjectName, JSONValue)>) {
        self.objects = Dictionary(objects) { _, last in last }
        names = self.objects.keys.sorted()
    }

    /// Keeps an object; the one that had its name before, or nil.
    mutating func put(_ name: ObjectName, _ object: JSONValue) -> JSONValue? {
        let before = objects.updateValue(object, forKey: name)
        if before == nil { names.insert(name, at: place { $0 >= name }) }
        return before
    }

    /// Removes an object; what it was, or nil.
    mutating func remove(_ name: ObjectName) -> JSONValue? {
        guard let before = objects.removeValue(forKey: name) else { return nil }
        names.remove(at: place { $0 >= name })
        return before
    }

    /// The names behind one, all where that is nil; of one namespace unless that is empty.
    func names(in namespace: String, after last: ObjectName? = nil) -> ArraySlice<ObjectName> {
        let first = last.map { last in place { $0 > last } } ?? 0
        guard !namespace.isEmpty else { return names[first...] }
        let begin = max(first, place { $0.namespace >= namespace })
        return names[begin..<max(begin, place { $0.namespace > namespace })]
    }

    /// The place of the first name of which something is true; it must be true of all that follow.
    private func place(_ isBehind: (ObjectName) -> Bool) -> Int {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(names[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

// MARK: - Pages

extension ObjectStore {
    /// A part of a list.
    struct Page: Sendable {
        /// The objects in the order of their names.
        var objects: [(name: ObjectName, object: JSONValue)] = []
        /// How many objects follow, wanted or not, from the next that is wanted on; 0 at the end of the list.
        var rest = 0
    }

    /// The objects of a collection behind a name, as they were at a version; nil where that is forgotten.
    ///
    /// The changes since then lead back to the version, so that nothing has to be kept for a list that is under way.
    func page(
        _ collection: Collection, namespace: String, at version: Int, after last: ObjectName?, limit: Int?,
        where isWanted: (JSONValue) -> Bool
    ) -> Page? {
        guard let changes = changes(since: version) else { return nil }
        // What those objects were that have changed since; nil for one that was not there.
        var past: [ObjectName: JSONValue?] = [:]
        for change in changes.reversed() where change.collection == collection {
            guard namespace.isEmpty || change.name.namespace == namespace else { continue }
            if let last, change.name <= last { continue }
            past.updateValue(change.before, forKey: change.name)
        }
        let current = collections[collection] ?? OrderedObjects()
        var names = current.names(in: namespace, after: last)
        var gone = past.filter { $0.value != nil && current[$0.key] == nil }.keys.sorted()[...]
        var page = Page()
        while let name = Self.popFirst(&names, &gone) {
            guard let object = past[name] ?? current[name], isWanted(object) else { continue }
            if let limit, page.objects.count == limit {
                let newcomers = past.count { $0.value == nil && $0.key > name && current[$0.key] != nil }
                page.rest = 1 + names.count + gone.count - newcomers
                break
            }
            page.objects.append((name, object))
        }
        return page
    }

    /// Takes the first of the names at the heads of two ordered lists without common names.
    private static func popFirst(
        _ one: inout ArraySlice<ObjectName>, _ other: inout ArraySlice<ObjectName>
    ) -> ObjectName? {
        guard let first = one.first else { return other.popFirst() }
        guard let second = other.first, second < first else { return one.popFirst() }
        return other.popFirst()
    }
}
