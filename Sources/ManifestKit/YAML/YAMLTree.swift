/// All the nodes of one YAML document, kept in flat arrays.
///
/// A tree of classes or indirect enums would cost an allocation a node; a large repository has millions of nodes, and
/// a pre-commit hook has milliseconds. `YAMLNode` is the handle that code works with.
public final class YAMLTree: Sendable {
    /// What a record stands for.
    enum RecordKind: UInt8 {
        case scalar, sequence, mapping, alias
    }

    /// One node as it is stored.
    struct Record {
        var kind: RecordKind
        var style: YAMLNode.Style
        /// Whether a scalar's text is in `pool` and not in the source.
        var isPooled = false
        /// Whether a scalar, untagged and plain, is to be resolved by its looks.
        var resolvesByLooks = false
        /// Where the node starts in the source's bytes.
        var start: UInt32
        /// Where it ends in the source's bytes.
        var end: UInt32
        /// A scalar's text, a collection's first child in `children`, or an alias's target.
        var offset: UInt32
        /// A scalar's length in bytes, or the number of a collection's children (a mapping has two an entry).
        var count: UInt32
        /// The collection that this node is written in, or `Record.none`.
        var parent: UInt32

        static let none = UInt32.max
    }

    /// A tag or anchor, which few nodes have.
    struct Properties {
        var tag: String?
        var anchor: String?
    }

    /// The text that the document was read from.
    public let source: SourceFile
    let records: [Record]
    let children: [UInt32]
    let pool: [UInt8]
    let properties: [UInt32: Properties]
    /// Mappings whose last children came from a merge key: their number of entries written in place.
    let ownEntryCounts: [UInt32: Int]

    init(
        source: SourceFile, records: [Record], children: [UInt32], pool: [UInt8], properties: [UInt32: Properties],
        ownEntryCounts: [UInt32: Int]
    ) {
        self.source = source
        self.records = records
        self.children = children
        self.pool = pool
        self.properties = properties
        self.ownEntryCounts = ownEntryCounts
    }

    /// Where in `children` a key of a mapping stands, or nil. Rules ask for a few hundred fields a document, so nothing
    /// is made or retained on the way.
    func place(ofKey key: String, in mapping: Record) -> Int? {
        guard mapping.kind == .mapping else { return nil }
        var key = key
        return key.withUTF8 { wanted in
            records.withUnsafeBufferPointer { records in
                children.withUnsafeBufferPointer { children in
                    var place = Int(mapping.offset)
                    let end = place + Int(mapping.count)
                    while place < end {
                        if isKey(Int(children[place]), wanted, records) { return place }
                        place += 2
                    }
                    return nil
                }
            }
        }
    }

    @inline(__always)
    private func isKey(
        _ index: Int, _ wanted: UnsafeBufferPointer<UInt8>, _ records: UnsafeBufferPointer<Record>
    ) -> Bool {
        let index = records[index].kind == .alias ? Int(records[index].offset) : index
        guard Int(records[index].count) == wanted.count, records[index].kind == .scalar else { return false }
        let start = Int(records[index].offset)
        return (records[index].isPooled ? pool : source.bytes).withUnsafeBufferPointer { text in
            guard let first = wanted.first else { return true }
            guard text[start] == first else { return false }
            return ByteSearch.equal(UnsafeBufferPointer(rebasing: text[start..<start + wanted.count]), wanted)
        }
    }

    /// The node of a record, an alias followed to what it names.
    @inline(__always)
    func node(_ index: UInt32) -> YAMLNode {
        let record = records[Int(index)]
        return YAMLNode(tree: self, index: record.kind == .alias ? record.offset : index, site: index)
    }
}
