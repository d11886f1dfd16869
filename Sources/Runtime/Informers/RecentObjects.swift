import ManifestKit

/// The objects that were asked for last, so that one that is looked at several times in a row is read only once.
///
/// There are two generations: what has not been asked for while a whole generation was filled is forgotten.
struct RecentObjects: Sendable {
    /// How many objects a generation holds.
    private let limit: Int
    private var young: [ObjectName: JSONValue] = [:]
    private var old: [ObjectName: JSONValue] = [:]

    init(limit: Int = 96) { self.limit = limit }

    /// An object, if it was asked for or put here not long ago.
    mutating func object(_ name: ObjectName) -> JSONValue? {
        if let object = young[name] { return object }
        guard let object = old[name] else { return nil }
        put(name, object)
        return object
    }

    /// Takes an object as it is now, nil for one that is no more.
    mutating func put(_ name: ObjectName, _ object: JSONValue?) {
        old[name] = nil
        if young.count >= limit, young[name] == nil, object != nil {
            old = young
            young = [:]
        }
        young[name] = object
    }
}
