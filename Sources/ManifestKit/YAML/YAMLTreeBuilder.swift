import CLibYAML

/// Builds one document's tree out of libyaml's events.
struct YAMLTreeBuilder {
    /// A collection whose end has not been read.
    private struct Open {
        var record: UInt32
        var firstPending: Int
        var expandedNodes: Int
    }

    /// What an anchor names.
    private struct Anchor {
        var record: UInt32
        var expandedNodes: Int
        var isOpen: Bool
    }

    private let source: SourceFile
    private let range: Range<Int>
    private let limits: YAMLLimits
    /// What is wrong with the document so far.
    private(set) var faults: [YAMLFault] = []
    private var records: [YAMLTree.Record] = []
    private var children: [UInt32] = []
    private var pool: [UInt8] = []
    private var properties: [UInt32: YAMLTree.Properties] = [:]
    private var ownEntryCounts: [UInt32: Int] = [:]
    private var pending: [UInt32] = []
    private var open: [Open] = []
    private var anchors: [String: Anchor] = [:]
    private var root: UInt32?
    /// Entries brought in by merge keys so far: merging copies, so it counts against the limit at once.
    private var mergedNodes = 0

    init(source: SourceFile, range: Range<Int>, limits: YAMLLimits) {
        self.source = source
        self.range = range
        self.limits = limits
        records.reserveCapacity(range.count / 10 + 4)
        children.reserveCapacity(range.count / 10 + 4)
        pending.reserveCapacity(64)
        open.reserveCapacity(16)
    }

    /// Reads the document; nil where it is empty or its syntax is wrong.
    mutating func build() -> YAMLNode? {
        let isComplete = source.bytes.withUnsafeBufferPointer { all in
            let bytes = UnsafeBufferPointer(rebasing: all[range])
            guard let joined = SurrogateEscapes.replaced(in: bytes) else { return read(bytes) }
            return joined.withUnsafeBufferPointer { read($0) }
        }
        guard isComplete, let root else { return nil }
        let tree = YAMLTree(
            source: source, records: records, children: children, pool: pool, properties: properties,
            ownEntryCounts: ownEntryCounts)
        return tree.node(root)
    }

    // MARK: Events

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let parser = LibYAMLParser(bytes)
        var offsets = CharacterOffsets(bytes)
        var event = yaml_event_t()
        while true {
            guard parser.next(&event) else {
                note(parser.failure, in: bytes, &offsets)
                return false
            }
            defer { yaml_event_delete(&event) }
            switch event.type {
            case YAML_STREAM_END_EVENT:
                return true
            case YAML_SCALAR_EVENT:
                addScalar(event, bytes, &offsets)
            case YAML_ALIAS_EVENT:
                addAlias(event, &offsets)
            case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT:
                guard begin(event, &offsets) else { return false }
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
                guard end(event, bytes, &offsets) else { return false }
            default:
                break
            }
        }
    }

    @inline(__always)
    private func place(_ mark: yaml_mark_t, _ offsets: inout CharacterOffsets) -> UInt32 {
        UInt32(truncatingIfNeeded: range.lowerBound + offsets.byte(of: mark.index))
    }

    private mutating func addScalar(
        _ event: yaml_event_t, _ bytes: UnsafeBufferPointer<UInt8>, _ offsets: inout CharacterOffsets
    ) {
        let scalar = event.data.scalar
        let start = place(event.start_mark, &offsets)
        let end = place(event.end_mark, &offsets)
        let style: YAMLNode.Style =
            switch scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
        var record = YAMLTree.Record(
            kind: .scalar, style: style, start: start, end: end, offset: 0,
            count: UInt32(truncatingIfNeeded: scalar.length), parent: parent)
        record.resolvesByLooks = style == .plain && scalar.tag == nil
        // Most scalars are their own source text, perhaps in quotes: then there is nothing to copy.
        let shift = style == .plain ? 0 : 1
        let local = Int(start) - range.lowerBound + shift
        if scalar.anchor == nil, scalar.tag == nil, scalar.length > 0,
            local + scalar.length + shift <= Int(end) - range.lowerBound,
            let base = bytes.baseAddress, memcmp(base + local, scalar.value, scalar.length) == 0 {
            record.offset = start + UInt32(shift)
        } else {
            record.isPooled = true
            record.offset = UInt32(truncatingIfNeeded: pool.count)
            pool.append(contentsOf: UnsafeBufferPointer(start: scalar.value, count: scalar.length))
        }
        let index = append(record, tag: scalar.tag, anchor: scalar.anchor, isOpen: false)
        attach(index, expandedNodes: 1)
    }

    private mutating func addAlias(_ event: yaml_event_t, _ offsets: inout CharacterOffsets) {
        let name = String(cString: event.data.alias.anchor)
        let start = place(event.start_mark, &offsets)
        let end = place(event.end_mark, &offsets)
        let anchor = anchors[name]
        if let anchor, !anchor.isOpen {
            let record = YAMLTree.Record(
                kind: .alias, style: .plain, start: start, end: end, offset: anchor.record, count: 0, parent: parent)
            records.append(record)
            attach(UInt32(records.count - 1), expandedNodes: anchor.expandedNodes)
            return
        }
        let message =
            anchor == nil
            ? "the alias *\(name) names an anchor that is not defined above it"
            : "the alias *\(name) stands inside what &\(name) names, so it would have no end"
        fault(
            .alias, message, hint: anchor == nil ? "write &\(name) above it, or the value itself" : nil,
            Int(start)..<Int(end))
        var record = YAMLTree.Record(
            kind: .scalar, style: .plain, start: start, end: end, offset: 0, count: 0, parent: parent)
        record.isPooled = true
        record.resolvesByLooks = true
        records.append(record)
        attach(UInt32(records.count - 1), expandedNodes: 1)
    }

    private mutating func begin(_ event: yaml_event_t, _ offsets: inout CharacterOffsets) -> Bool {
        let isMapping = event.type == YAML_MAPPING_START_EVENT
        let start = place(event.start_mark, &offsets)
        let isFlow =
            isMapping
            ? event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
            : event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
        guard open.count < limits.nesting else {
            fault(
                .limit, "more than \(limits.nesting) levels of nesting",
                hint: "no Kubernetes object is this deep; look for a bracket or indentation that is too much",
                Int(start)..<Int(start) + 1)
            return false
        }
        let record = YAMLTree.Record(
            kind: isMapping ? .mapping : .sequence, style: isFlow ? .flow : .block, start: start,
            end: place(event.end_mark, &offsets), offset: 0, count: 0, parent: parent)
        let tag = isMapping ? event.data.mapping_start.tag : event.data.sequence_start.tag
        let anchor = isMapping ? event.data.mapping_start.anchor : event.data.sequence_start.anchor
        let index = append(record, tag: tag, anchor: anchor, isOpen: true)
        open.append(Open(record: index, firstPending: pending.count, expandedNodes: 1))
        return true
    }

    private mutating func end(
        _ event: yaml_event_t, _ bytes: UnsafeBufferPointer<UInt8>, _ offsets: inout CharacterOffsets
    ) -> Bool {
        guard let collection = open.popLast() else { return false }
        let index = Int(collection.record)
        let isMapping = records[index].kind == .mapping
        if isMapping { checkKeys(from: collection.firstPending, in: bytes) }
        let lastWritten = pending.count > collection.firstPending ? pending.last : nil
        let own = isMapping ? merge(from: collection.firstPending) : pending.count - collection.firstPending
        records[index].offset = UInt32(truncatingIfNeeded: children.count)
        records[index].count = UInt32(truncatingIfNeeded: pending.count - collection.firstPending)
        if pending.count - collection.firstPending != own { ownEntryCounts[collection.record] = own / 2 }
        children.append(contentsOf: pending[collection.firstPending...])
        if records[index].style == .flow {
            records[index].end = place(event.end_mark, &offsets)
        } else if let lastWritten {
            // libyaml ends a block collection at the next token, behind blank lines and comments.
            records[index].end = records[Int(lastWritten)].end
        }
        pending.removeSubrange(collection.firstPending...)
        if let anchor = properties[collection.record]?.anchor {
            anchors[anchor] = Anchor(
                record: collection.record, expandedNodes: collection.expandedNodes, isOpen: false)
        }
        guard max(collection.expandedNodes, mergedNodes) <= limits.expandedNodes else {
            fault(
                .limit, "more than \(limits.expandedNodes) values once every alias is followed",
                hint: "aliases of aliases grow without measure; write the values out",
                Int(records[index].start)..<Int(records[index].end))
            return false
        }
        attach(collection.record, expandedNodes: collection.expandedNodes)
        return true
    }

    // MARK: Nodes

    private var parent: UInt32 { open.last?.record ?? YAMLTree.Record.none }

    private mutating func append(
        _ record: YAMLTree.Record, tag: UnsafeMutablePointer<yaml_char_t>?,
        anchor: UnsafeMutablePointer<yaml_char_t>?, isOpen: Bool
    ) -> UInt32 {
        let index = UInt32(truncatingIfNeeded: records.count)
        records.append(record)
        guard tag != nil || anchor != nil else { return index }
        let tag = tag.map { String(cString: $0) }
        let anchor = anchor.map { String(cString: $0) }
        properties[index] = YAMLTree.Properties(tag: tag, anchor: anchor)
        if let anchor { anchors[anchor] = Anchor(record: index, expandedNodes: 1, isOpen: isOpen) }
        return index
    }

    private mutating func attach(_ index: UInt32, expandedNodes: Int) {
        guard !open.isEmpty else {
            root = index
            return
        }
        pending.append(index)
        open[open.count - 1].expandedNodes += expandedNodes
    }

    /// Adds the entries that a merge key (`<<`) brings in, behind the mapping's own; the number of children that are
    /// the mapping's own.
    private mutating func merge(from first: Int) -> Int {
        guard let place = mergeKey(from: first) else { return pending.count - first }
        let value = target(pending[place + 1])
        let sources = records[Int(value)].kind == .sequence ? childIndexes(of: value).map { target($0) } : [value]
        pending.removeSubrange(place...place + 1)
        let own = pending.count - first
        var names = Set(stride(from: first, to: pending.count, by: 2).map { text(of: pending[$0]) })
        for source in sources {
            guard records[Int(source)].kind == .mapping else {
                fault(
                    .key, "<< merges mappings, and this is none", hint: "name a mapping, or a list of them",
                    Int(records[Int(source)].start)..<Int(records[Int(source)].end))
                continue
            }
            let entries = childIndexes(of: source)
            mergedNodes += entries.count
            guard mergedNodes <= limits.expandedNodes else { return own }
            for entry in stride(from: entries.startIndex, to: entries.endIndex, by: 2)
            where names.insert(text(of: entries[entry])).inserted {
                pending.append(entries[entry])
                pending.append(entries[entry + 1])
            }
        }
        return own
    }

    private func mergeKey(from first: Int) -> Int? {
        for place in stride(from: first, to: pending.count, by: 2) {
            let record = records[Int(pending[place])]
            if record.count == 2, record.resolvesByLooks, text(of: pending[place]) == [0x3C, 0x3C] { return place }
        }
        return nil
    }

    private func target(_ index: UInt32) -> UInt32 {
        records[Int(index)].kind == .alias ? records[Int(index)].offset : index
    }

    private func childIndexes(of index: UInt32) -> ArraySlice<UInt32> {
        let record = records[Int(index)]
        return children[Int(record.offset)..<Int(record.offset + record.count)]
    }

    private func text(of index: UInt32) -> ArraySlice<UInt8> {
        let record = records[Int(target(index))]
        guard record.kind == .scalar else { return [] }
        let range = Int(record.offset)..<Int(record.offset + record.count)
        return record.isPooled ? pool[range] : source.bytes[range]
    }

    // MARK: Keys

    /// Reports keys that stand twice and keys that are no scalars.
    private mutating func checkKeys(from first: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let keys = MappingKeys(records: records, pending: pending, pool: pool, bytes: bytes, base: range.lowerBound)
        for place in stride(from: first, to: pending.count, by: 2) where keys.record(at: place).kind != .scalar {
            reportComplexKey(pending[place], in: bytes)
        }
        if (pending.count - first) / 2 > 16 {
            checkManyKeys(from: first)
        } else {
            for place in stride(from: first + 2, to: pending.count, by: 2) {
                guard let earlier = keys.place(ofKeyAt: place, from: first) else { continue }
                reportDuplicate(pending[place], of: pending[earlier])
            }
        }
    }

    private mutating func checkManyKeys(from first: Int) {
        var seen: [ArraySlice<UInt8>: UInt32] = Dictionary(minimumCapacity: (pending.count - first) / 2)
        for place in stride(from: first, to: pending.count, by: 2)
        where records[Int(target(pending[place]))].kind == .scalar {
            let name = text(of: pending[place])
            if let earlier = seen[name] {
                reportDuplicate(pending[place], of: earlier)
            } else {
                seen[name] = pending[place]
            }
        }
    }

    private mutating func reportDuplicate(_ later: UInt32, of earlier: UInt32) {
        let name = String(decoding: text(of: later), as: UTF8.self)
        let first = records[Int(earlier)]
        let record = records[Int(later)]
        fault(
            .duplicateKey, "the key \"\(name)\" stands twice in this mapping",
            hint: "remove one of them; most readers silently keep the last", Int(record.start)..<Int(record.end),
            related: Int(first.start)..<Int(first.end))
    }

    private mutating func reportComplexKey(_ key: UInt32, in bytes: UnsafeBufferPointer<UInt8>) {
        let record = records[Int(key)]
        let start = Int(record.start)
        if bytes[start - range.lowerBound] == UInt8(ascii: "{"),
            let helm = SyntaxFaultWording.helmFault(in: bytes, base: range.lowerBound) {
            faults.contains { $0.kind == .helmTemplate } ? () : add(helm)
            return
        }
        fault(
            .key, "a key has to be a string, and this is a collection",
            hint: "put the text in quotes if the brackets belong to it", start..<Int(record.end))
    }

    // MARK: Faults

    private mutating func add(_ fault: YAMLFault) {
        if faults.count < limits.faults { faults.append(fault) }
    }

    private mutating func fault(
        _ kind: YAMLFault.Kind, _ message: String, hint: String? = nil, _ range: Range<Int>,
        related: Range<Int>? = nil
    ) {
        add(YAMLFault(kind: kind, message: message, hint: hint, range: range, relatedRange: related))
    }

    private mutating func note(
        _ failure: LibYAMLParser.Failure, in bytes: UnsafeBufferPointer<UInt8>, _ offsets: inout CharacterOffsets
    ) {
        let local = min(failure.byte ?? offsets.byte(of: failure.character), max(bytes.count - 1, 0))
        let start = range.lowerBound + local
        if failure.isEncoding {
            let isNull = bytes.count > local && bytes[local] == 0
            fault(
                .encoding, isNull ? "a NUL byte" : "not valid UTF-8 text: \(failure.message)",
                hint: "save the file as UTF-8 text", start..<start + 1)
        } else if let helm = SyntaxFaultWording.helmFault(in: bytes, base: range.lowerBound) {
            add(helm)
        } else {
            add(SyntaxFaultWording.fault(failure, bytes: bytes, local: local, base: range.lowerBound, &offsets))
        }
    }
}
