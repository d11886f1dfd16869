/// The text that a set of documents was read from, and where its lines begin.
///
/// A long stream is read in segments; each is a `SourceFile` of its own that knows at which line, byte and document
/// of the stream it starts, so that what is reported always speaks of the whole file.
public final class SourceFile: Sendable {
    /// The name as the user gave it; `-` is standard input.
    public let name: String
    /// The bytes of this segment, without a byte order mark.
    public let bytes: [UInt8]
    /// The zero-based line of the file at which this segment starts.
    public let firstLine: Int
    /// The byte of the file at which this segment starts.
    public let firstByte: Int
    /// The zero-based number, in the file, of the segment's first document.
    public let firstDocument: Int
    /// Where each line of the segment starts, as an index into `bytes`; the first element is 0.
    let lineStarts: [UInt32]

    /// Takes a text and notes where its lines start.
    public init(
        name: String, bytes: [UInt8], firstLine: Int = 0, firstByte: Int = 0, firstDocument: Int = 0
    ) {
        self.name = name
        self.bytes = bytes
        self.firstLine = firstLine
        self.firstByte = firstByte
        self.firstDocument = firstDocument
        self.lineStarts = LineTable.lineStarts(of: bytes)
    }

    /// Takes a text from a string; for tests, examples and generated manifests.
    public convenience init(name: String, text: String) {
        self.init(name: name, bytes: ByteOrderMark.removed(from: Array(text.utf8)))
    }

    /// The number of line breaks in the segment: what the next segment's `firstLine` grows by.
    public var lineBreaks: Int { lineStarts.count - 1 }

    /// The line, column and byte of an index into `bytes`.
    public func location(of offset: Int) -> SourceLocation {
        let offset = min(max(offset, 0), bytes.count)
        let line = lineIndex(of: offset)
        let start = Int(lineStarts[line])
        var column = 1
        for index in start..<offset where bytes[index] & 0xC0 != 0x80 { column += 1 }
        return SourceLocation(line: firstLine + line + 1, column: column, byte: firstByte + offset)
    }

    /// The place of a range of `bytes`, with its file.
    public func span(of range: Range<Int>) -> SourceSpan {
        SourceSpan(file: name, start: location(of: range.lowerBound), end: location(of: range.upperBound))
    }

    /// The text of the line that holds an index into `bytes`, without its line break.
    public func lineText(at offset: Int) -> String {
        let line = lineIndex(of: min(max(offset, 0), bytes.count))
        return String(decoding: bytes[lineRange(line)], as: UTF8.self)
    }

    /// The text of a range of `bytes`.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    /// The number of the line, counted from 0 in this segment, that holds an index into `bytes`.
    public func lineIndex(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The bytes of a line, counted from 0 in this segment, without its line break.
    public func lineRange(_ line: Int) -> Range<Int> {
        guard line >= 0, line < lineStarts.count else { return bytes.count..<bytes.count }
        let start = Int(lineStarts[line])
        var end = line + 1 < lineStarts.count ? Int(lineStarts[line + 1]) : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }

    /// The number of lines in this segment.
    public var lineCount: Int { lineStarts.count }
}

/// Finds line starts.
enum LineTable {
    /// Where each line starts: 0, and after every line feed.
    static func lineStarts(of bytes: [UInt8]) -> [UInt32] {
        var starts: [UInt32] = [0]
        starts.reserveCapacity(bytes.count / 24 + 1)
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            while let next = ByteSearch.firstIndex(of: UInt8(ascii: "\n"), in: buffer, from: index) {
                starts.append(UInt32(truncatingIfNeeded: next + 1))
                index = next + 1
            }
        }
        return starts
    }
}
