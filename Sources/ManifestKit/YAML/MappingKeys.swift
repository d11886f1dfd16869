/// The keys of a mapping that is being read, to compare with each other.
///
/// Every mapping of every document comes through here, so nothing is copied and no string is made.
struct MappingKeys {
    /// All nodes read so far.
    let records: [YAMLTree.Record]
    /// Nodes that wait for the end of their collection; a mapping's keys are every second of the last ones.
    let pending: [UInt32]
    /// The text of scalars that is not in the source as it is.
    let pool: [UInt8]
    /// The document's bytes.
    let bytes: UnsafeBufferPointer<UInt8>
    /// Where the document starts in its source.
    let base: Int

    /// A key with an alias followed.
    @inline(__always)
    func record(at place: Int) -> YAMLTree.Record {
        let record = records[Int(pending[place])]
        return record.kind == .alias ? records[Int(record.offset)] : record
    }

    /// The place of the first key that equals a later one, or nil.
    func place(ofKeyAt later: Int, from first: Int) -> Int? {
        let key = record(at: later)
        guard key.kind == .scalar else { return nil }
        for place in stride(from: first, to: later, by: 2) {
            let other = record(at: place)
            if other.count == key.count, other.kind == .scalar, isSameText(key, other) { return place }
        }
        return nil
    }

    @inline(__always)
    private func isSameText(_ left: YAMLTree.Record, _ right: YAMLTree.Record) -> Bool {
        guard !left.isPooled, !right.isPooled else { return text(left).elementsEqual(text(right)) }
        return ByteSearch.equal(source(left), source(right))
    }

    @inline(__always)
    private func source(_ record: YAMLTree.Record) -> UnsafeBufferPointer<UInt8> {
        let start = Int(record.offset) - base
        return UnsafeBufferPointer(rebasing: bytes[start..<start + Int(record.count)])
    }

    private func text(_ record: YAMLTree.Record) -> ArraySlice<UInt8> {
        let range = Int(record.offset)..<Int(record.offset + record.count)
        return record.isPooled ? pool[range] : Array(source(record))[...]
    }
}
