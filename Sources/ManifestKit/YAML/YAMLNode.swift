/// A mapping, sequence or scalar of a YAML document, with its place in the source.
///
/// A handle of a few words; the nodes themselves are in the `YAMLTree`. An alias reads as the node that it names, but
/// keeps its own place.
public struct YAMLNode: Sendable {
    /// What a node is.
    public enum Kind: Sendable {
        case scalar, sequence, mapping
    }

    /// How a node is written.
    public enum Style: UInt8, Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
        case block, flow
    }

    /// The document that the node belongs to.
    public let tree: YAMLTree
    let index: UInt32
    /// The record that stands where the node is used: the alias, or the node itself.
    let site: UInt32

    init(tree: YAMLTree, index: UInt32, site: UInt32) {
        self.tree = tree
        self.index = index
        self.site = site
    }

    @inline(__always)
    var record: YAMLTree.Record { tree.records[Int(index)] }

    /// What the node is.
    public var kind: Kind {
        switch record.kind {
        case .mapping: .mapping
        case .sequence: .sequence
        case .scalar, .alias: .scalar
        }
    }

    /// How it is written.
    public var style: Style { record.style }
    /// Whether it is a mapping.
    public var isMapping: Bool { record.kind == .mapping }
    /// Whether it is a sequence.
    public var isSequence: Bool { record.kind == .sequence }
    /// Whether it is a scalar.
    public var isScalar: Bool { record.kind == .scalar }
    /// Whether an alias (`*name`) stands in this place.
    public var isAlias: Bool { site != index }
    /// The text that it was read from.
    public var source: SourceFile { tree.source }

    /// Where it is used, in the source's bytes.
    public var range: Range<Int> {
        let record = tree.records[Int(site)]
        return Int(record.start)..<Int(max(record.start, record.end))
    }

    /// Where it is used, by line and column.
    public var span: SourceSpan { source.span(of: range) }

    /// The tag as it is written out, such as `tag:yaml.org,2002:str`, or nil.
    public var tag: String? { tree.properties[index]?.tag }
    /// The name after `&`, or nil.
    public var anchor: String? { tree.properties[index]?.anchor }

    /// Whether both are the same node of the same document.
    public func isSame(as other: YAMLNode) -> Bool { tree === other.tree && site == other.site }
}

// MARK: - Scalars

extension YAMLNode {
    /// A scalar's text with quotes, escapes and folding undone; empty for a collection.
    public var text: String { withText { String(decoding: $0, as: UTF8.self) } }

    /// Hands a scalar's bytes to a closure without copying them; no bytes for a collection.
    @inline(__always)
    public func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let record = record
        guard record.kind == .scalar else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        let range = Int(record.offset)..<Int(record.offset + record.count)
        if record.isPooled {
            return tree.pool.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
        }
        return tree.source.bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Whether a scalar's text is this, with no string made.
    @inline(__always)
    public func textEquals(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { wanted in
            withText { $0.count == wanted.count && ByteSearch.equal($0, wanted) }
        }
    }

    /// What a scalar means, as kubectl reads it; a collection reads as null.
    public var scalar: YAMLScalar {
        let record = record
        guard record.kind == .scalar else { return .null }
        if record.resolvesByLooks { return withText { ScalarResolution.resolve($0) } }
        guard let tag else { return .string(text) }
        return withText { ScalarResolution.resolve($0, tag: tag) }
    }

    /// Whether it is a null, in any spelling.
    public var isNull: Bool {
        let record = record
        guard record.kind == .scalar else { return false }
        if !record.resolvesByLooks, tree.properties.isEmpty { return false }
        return scalar == .null
    }

    /// The string, where it is one for kubectl (`"1"` but not `1`); else nil.
    public var string: String? {
        if case .string(let value) = scalar { return value }
        return nil
    }

    /// The whole number, where it is one; else nil. `1e3` and `4.0` are, as Go writes them without a fraction.
    public var integer: Int? {
        switch scalar {
        case .integer(let value): Int(value)
        case .float(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The truth value, where it is one; else nil.
    public var boolean: Bool? {
        if case .boolean(let value) = scalar { return value }
        return nil
    }
}

// MARK: - Collections

/// A key and its value in a mapping.
public struct YAMLEntry: Sendable {
    /// The key.
    public let key: YAMLNode
    /// The value.
    public let value: YAMLNode
    /// Whether the entry came in by a merge key (`<<`) and is written elsewhere.
    public let isMerged: Bool
}

extension YAMLNode {
    /// The elements of a sequence; empty for anything else.
    public struct Elements: RandomAccessCollection, Sendable {
        let tree: YAMLTree
        let first: Int
        public let count: Int

        public var startIndex: Int { 0 }
        public var endIndex: Int { count }
        public subscript(position: Int) -> YAMLNode {
            precondition(position >= 0 && position < count, "no such element")
            return tree.node(tree.children[first + position])
        }
    }

    /// The entries of a mapping, merged ones last; empty for anything else.
    public struct Entries: RandomAccessCollection, Sendable {
        let tree: YAMLTree
        let first: Int
        let ownCount: Int
        public let count: Int

        public var startIndex: Int { 0 }
        public var endIndex: Int { count }
        public subscript(position: Int) -> YAMLEntry {
            precondition(position >= 0 && position < count, "no such entry")
            let place = first + 2 * position
            return YAMLEntry(
                key: tree.node(tree.children[place]), value: tree.node(tree.children[place + 1]),
                isMerged: position >= ownCount)
        }
    }

    /// The elements of a sequence; empty for anything else.
    public var elements: Elements {
        let record = record
        guard record.kind == .sequence else { return Elements(tree: tree, first: 0, count: 0) }
        return Elements(tree: tree, first: Int(record.offset), count: Int(record.count))
    }

    /// The entries of a mapping, merged ones last; empty for anything else.
    public var entries: Entries {
        let record = record
        guard record.kind == .mapping else { return Entries(tree: tree, first: 0, ownCount: 0, count: 0) }
        let count = Int(record.count) / 2
        let own = tree.ownEntryCounts.isEmpty ? count : tree.ownEntryCounts[index] ?? count
        return Entries(tree: tree, first: Int(record.offset), ownCount: own, count: count)
    }

    /// The number of elements of a sequence or of entries of a mapping.
    public var count: Int {
        let record = record
        switch record.kind {
        case .sequence: return Int(record.count)
        case .mapping: return Int(record.count) / 2
        case .scalar, .alias: return 0
        }
    }

    /// The value under a key, or nil where this is no mapping or has no such key.
    public subscript(key: String) -> YAMLNode? {
        guard let place = tree.place(ofKey: key, in: record) else { return nil }
        return tree.node(tree.children[place + 1])
    }

    /// The value at the end of a path of keys, or nil.
    public subscript(first: String, second: String, rest: String...) -> YAMLNode? {
        var node = self[first]?[second]
        for key in rest { node = node?[key] }
        return node
    }

    /// The element at a position, or nil where this is no sequence or has no such element.
    public subscript(position: Int) -> YAMLNode? {
        let elements = elements
        return position >= 0 && position < elements.count ? elements[position] : nil
    }

    /// The entry under a key, or nil.
    public func entry(_ key: String) -> YAMLEntry? {
        guard let place = tree.place(ofKey: key, in: record) else { return nil }
        return entries[(place - Int(record.offset)) / 2]
    }

    /// The value under a key unless it is absent or null: what an API server would see as set.
    public func present(_ key: String) -> YAMLNode? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }
}

// MARK: - Place in the document

extension YAMLNode {
    /// The collection in which this node is written, or nil for the root.
    public var parent: YAMLNode? {
        let parent = tree.records[Int(site)].parent
        return parent == YAMLTree.Record.none ? nil : YAMLNode(tree: tree, index: parent, site: parent)
    }

    /// The key under which this value is written, or nil for elements, keys and the root.
    public var key: YAMLNode? {
        guard let parent, parent.isMapping else { return nil }
        let first = Int(parent.record.offset)
        for place in stride(from: first, to: first + Int(parent.record.count), by: 2)
        where tree.children[place + 1] == site {
            return tree.node(tree.children[place])
        }
        return nil
    }

    /// The field's name in its document, as `spec.strategy.canary.steps[0].setWeight`; empty for the root.
    ///
    /// A key that is no plain word stands in brackets: `metadata.annotations["a.b/c"]`.
    public var path: String {
        var parts: [String] = []
        var node = self
        while let parent = node.parent {
            parts.append(parent.step(to: node))
            node = parent
        }
        var path = parts.reversed().joined()
        if path.hasPrefix(".") { path.removeFirst() }
        return path
    }

    /// The last part of a child's path.
    private func step(to child: YAMLNode) -> String {
        let first = Int(record.offset)
        let width = isMapping ? 2 : 1
        for position in 0..<count {
            let place = first + width * position
            if isSequence, tree.children[place] == child.site { return "[\(position)]" }
            if isMapping, tree.children[place] == child.site || tree.children[place + 1] == child.site {
                return Self.step(forKey: tree.node(tree.children[place]).text)
            }
        }
        return ""
    }

    /// `.key`, or `["a.b/c"]` where a dot would mislead.
    static func step(forKey key: String) -> String {
        let isWord = !key.isEmpty && key.utf8.allSatisfy {
            ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F || $0 == 0x2D
        }
        return isWord ? "." + key : "[\"" + key + "\"]"
    }
}
