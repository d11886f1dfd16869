/// What rules about several objects need to know, gathered from each object while its document is in memory.
public struct ManifestIndex: Sendable {
    /// Makes an empty index.
    public init() {}

    /// Notes what an object says of itself and of others.
    public mutating func add(_ object: ManifestDocument) {}

    /// Adds what another index holds, such as that of another file.
    public mutating func merge(_ other: ManifestIndex) {}
}
