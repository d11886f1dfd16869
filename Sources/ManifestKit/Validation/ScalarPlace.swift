extension YAMLNode {
    /// Where a part of a scalar's text stands in the source's bytes; the whole scalar where that cannot be told.
    ///
    /// A plain or quoted scalar on one line and a literal block keep their characters in order, so that a fault inside
    /// an expression can be underlined where it is. A folded one does not.
    func sourceRange(ofText range: Range<Int>) -> Range<Int> {
        let record = record
        let isInside = range.lowerBound >= 0 && range.upperBound <= Int(record.count)
        guard isScalar, !isAlias, isInside else { return self.range }
        if !record.isPooled {
            let start = Int(record.offset)
            return start + range.lowerBound..<start + range.upperBound
        }
        switch style {
        case .singleQuoted, .doubleQuoted:
            guard let start = quotedOffset(range.lowerBound), let end = quotedOffset(range.upperBound) else {
                return self.range
            }
            return start..<max(start, end)
        case .literal:
            guard let start = literalOffset(range.lowerBound), let end = literalOffset(range.upperBound) else {
                return self.range
            }
            return start..<max(start, end)
        default:
            return self.range
        }
    }

    /// The byte in the source of a byte of a quoted text on one line.
    private func quotedOffset(_ offset: Int) -> Int? {
        let bytes = source.bytes
        let whole = range
        guard whole.count >= 2, !bytes[whole].contains(UInt8(ascii: "\n")) else { return nil }
        let isDouble = style == .doubleQuoted
        var place = whole.lowerBound + 1
        var taken = 0
        while taken < offset, place < whole.upperBound - 1 {
            let byte = bytes[place]
            guard isDouble, byte == UInt8(ascii: "\\") else {
                place += !isDouble && byte == UInt8(ascii: "'") ? 2 : 1
                taken += 1
                continue
            }
            // Escapes for characters by their codes take more bytes, and say nothing about how many they stand for.
            switch bytes[place + 1] {
            case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "N"), UInt8(ascii: "_"),
                UInt8(ascii: "L"), UInt8(ascii: "P"):
                return nil
            default:
                place += 2
                taken += 1
            }
        }
        return taken == offset ? place : nil
    }

    /// The byte in the source of a byte of a literal block: its lines stand there behind a margin.
    private func literalOffset(_ offset: Int) -> Int? {
        let text = withText { Array($0) }
        let line = text[..<offset].count { $0 == UInt8(ascii: "\n") }
        let lineStart = text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lineEnd = text[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        let written = source.lineRange(source.lineIndex(of: range.lowerBound) + 1 + line)
        let margin = written.count - (lineEnd - lineStart)
        guard margin >= 0, source.bytes[written].dropFirst(margin).elementsEqual(text[lineStart..<lineEnd]) else {
            return nil
        }
        return written.lowerBound + margin + offset - lineStart
    }
}
