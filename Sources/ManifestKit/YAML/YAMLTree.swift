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

    /// The node of a record, an alias followed to what it names.
    @inline(__always)
    func node(_ index: UInt32) -> YAMLNode {
        let record = records[Int(index)]
        return YAMLNode(tree: self, index: record.kind == .alias ? record.offset : index, site: index)
    }
}
