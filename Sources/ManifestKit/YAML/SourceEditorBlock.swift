/// Changes in block style, where white space carries the meaning.
extension SourceEditor {
    mutating func setBlock(_ entry: YAMLEntry, _ value: JSONValue) throws(Failure) {
        let old = entry.value
        let isBlockText = old.isScalar && !old.isAlias && (old.style == .literal || old.style == .folded)
        guard let colon = colon(after: entry.key) else { throw unusual(entry.key) }
        let end = max(colon + 1, old.range.upperBound)
        guard value.isCollection else {
            let isBlock = !old.isScalar && !old.isAlias && old.style == .block
            guard !isBlock, !isBlockText else { throw unusual(old) }
            if old.range.isEmpty {
                edits.append(SourceEdit(colon + 1..<colon + 1, " " + SourceEditText.flow(value)))
            } else {
                edits.append(SourceEdit(old.range, Self.styled(value, as: old)))
            }
            return
        }
        guard !isBlockText else { throw unusual(old) }
        if old.style == .block, !old.isScalar, !old.isAlias, let first = old.firstChild {
            let start = lineStart(of: first.range.lowerBound)
            guard start > colon else { throw unusual(old) }
            let column =
                old.isMapping ? source.byteColumn(of: first.range.lowerBound) : keyColumn(entry) + layout.indentation
            let lines = childLines(value)
            edits.append(
                SourceEdit(
                    start..<source.nextLineStart(after: end),
                    joined(text.indented(lines, by: column), at: source.nextLineStart(after: end))))
        } else {
            let place = source.nextLineStart(after: end)
            let step = value.array == nil ? layout.indentation : layout.sequenceIndentation
            edits.append(SourceEdit(colon + 1..<end, ""))
            edits.append(
                SourceEdit(at: place, joined(text.indented(childLines(value), by: keyColumn(entry) + step), at: place)))
        }
    }

    mutating func removeBlock(_ plan: MappingPlan) throws(Failure) {
        let own = plan.node.entries.filter { !$0.isMerged }
        for (place, entry) in own.enumerated() where plan.removed.contains(entry.key.text) {
            let start = entry.key.range.lowerBound
            if source.leadingSpace(before: start) != nil {
                let end = source.nextLineStart(after: max(entry.key.range.upperBound + 1, entry.value.range.upperBound))
                edits.append(SourceEdit(lineStart(of: start)..<end, ""))
            } else {
                guard place + 1 < own.count else { throw unusual(entry.key) }
                edits.append(SourceEdit(start..<own[place + 1].key.range.lowerBound, ""))
            }
        }
    }

    mutating func insertBlock(_ entries: JSONObject, _ after: [String], _ node: YAMLNode) throws(Failure) {
        let own = node.entries.filter { !$0.isMerged }
        guard let first = own.first, let last = own.last else { throw unusual(node) }
        let wanted = after.lazy.compactMap { key in own.first { $0.key.textEquals(key) } }.first
        let entry = wanted ?? last
        let place = source.nextLineStart(after: max(entry.key.range.upperBound + 1, entry.value.range.upperBound))
        let column = source.byteColumn(of: first.key.range.lowerBound)
        edits.append(SourceEdit(at: place, joined(text.indented(text.lines(entries), by: column), at: place)))
    }

    mutating func append(_ element: JSONValue, to node: YAMLNode) throws(Failure) {
        guard let first = node.elements.first, let last = node.elements.last else { throw unusual(node) }
        guard node.style == .block else {
            let prefix = source.leadingSpace(before: last.range.lowerBound)
            let separator = prefix.map { "," + layout.newline + $0 } ?? ", "
            let isJSON = last.isMapping && last.firstChild?.style == .doubleQuoted
            let text = isJSON ? text.json(element, prefix: prefix) : SourceEditText.flow(element)
            edits.append(SourceEdit(at: last.range.upperBound, separator + text))
            return
        }
        guard let dash = dash(before: first.range.lowerBound) else { throw unusual(first) }
        let width = first.range.lowerBound - dash
        let place = source.nextLineStart(after: last.range.upperBound)
        let lines = elementLines(element, width: width)
        edits.append(SourceEdit(at: place, joined(text.indented(lines, by: source.byteColumn(of: dash)), at: place)))
    }

    /// The lines of an element whose text starts `width` columns behind its dash.
    func elementLines(_ element: JSONValue, width: Int) -> [String] {
        let space = String(repeating: " ", count: max(width - 1, 1))
        guard case .object(let object) = element, !object.isEmpty else {
            return ["-" + space + SourceEditText.flow(element)]
        }
        let lines = text.lines(object)
        return ["-" + space + (lines.first ?? "{}")] + text.indented(Array(lines.dropFirst()), by: max(width, 2))
    }

    /// The dash in front of an element, on the same line.
    func dash(before place: Int) -> Int? {
        var index = place - 1
        while index >= 0, source.bytes[index] == 0x20 { index -= 1 }
        return index >= 0 && source.bytes[index] == UInt8(ascii: "-") ? index : nil
    }

    /// Whole lines as they go in at a place, which may be the end of a text without a last line break.
    func joined(_ lines: [String], at place: Int) -> String {
        let text = lines.joined(separator: layout.newline)
        return source.isLineStart(place) ? text + layout.newline : layout.newline + text
    }

    private func childLines(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let object): text.lines(object)
        case .array(let elements): elements.flatMap(text.element)
        default: [SourceEditText.flow(value)]
        }
    }

    private func keyColumn(_ entry: YAMLEntry) -> Int { source.byteColumn(of: entry.key.range.lowerBound) }

    private func lineStart(of place: Int) -> Int { source.lineRange(source.lineIndex(of: place)).lowerBound }

    private func colon(after key: YAMLNode) -> Int? {
        var index = key.range.upperBound
        while index < source.bytes.count, source.bytes[index] == 0x20 { index += 1 }
        return index < source.bytes.count && source.bytes[index] == UInt8(ascii: ":") ? index : nil
    }

    func unusual(_ node: YAMLNode) -> Failure {
        Failure(range: node.range, message: "this is written in a way that cannot be changed in place")
    }
}

extension JSONValue {
    /// Whether this is an object or array with something in it.
    var isCollection: Bool {
        switch self {
        case .object(let object): !object.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }
}
