/// Cuts a stream of YAML documents into one stretch of bytes a document, before any of it is parsed.
///
/// A line that begins with `---` or `...` and white space ends a document wherever it stands, inside a block scalar
/// too. Cutting there first lets a long stream be read in pieces and on several cores, and lets a syntax error in one
/// document leave the others alone.
public struct DocumentSplitter {
    /// One document: its bytes and where they are.
    public struct Piece: Hashable, Sendable {
        /// The bytes, from the `---` line if there is one to the next document's.
        public var range: Range<Int>
        /// Whether there is anything in it but comments, blank lines and directives.
        public var hasContent: Bool
    }

    private var pieces: [Piece] = []
    private var start = 0
    private var hasContent = false
    private var hasMarker = false

    /// Cuts bytes into documents. Stretches of mere comments belong to the document that follows, the last one's to
    /// the document before, and a stream of nothing else has no pieces.
    ///
    /// - Parameter isLast: Whether the stream ends here. If not, what may go on in the next bytes is not returned.
    public static func pieces(of bytes: [UInt8], isLast: Bool = true) -> [Piece] {
        var splitter = DocumentSplitter()
        bytes.withUnsafeBufferPointer { splitter.scan($0) }
        if isLast { splitter.end(at: bytes.count) }
        return splitter.pieces
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var line = 0
        while line < bytes.count {
            let end = ByteSearch.firstIndex(of: UInt8(ascii: "\n"), in: bytes, from: line) ?? bytes.count
            take(line: line, end: end, in: bytes)
            line = end + 1
        }
    }

    @inline(__always)
    private mutating func take(line: Int, end: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let first = line < end ? bytes[line] : UInt8(ascii: "\n")
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "."), isMarker(line: line, end: end, in: bytes) {
            if first == UInt8(ascii: "-") {
                if hasContent || hasMarker { cut(at: line) }
                hasMarker = true
                if hasText(from: line + 3, to: end, in: bytes) { hasContent = true }
            } else if hasContent || hasMarker {
                cut(at: min(end + 1, bytes.count))
            } else if !pieces.isEmpty {
                // A document that has ended can be ended again, which says nothing.
                start = min(end + 1, bytes.count)
            }
        } else if !hasContent {
            let isDirective = first == UInt8(ascii: "%") && !hasMarker
            if !isDirective, hasText(from: line, to: end, in: bytes) { hasContent = true }
        }
    }

    private mutating func cut(at place: Int) {
        pieces.append(Piece(range: start..<place, hasContent: hasContent))
        start = place
        hasContent = false
        hasMarker = false
    }

    private mutating func end(at count: Int) {
        if hasContent || hasMarker {
            cut(at: count)
        } else if !pieces.isEmpty {
            pieces[pieces.count - 1].range = pieces[pieces.count - 1].range.lowerBound..<count
        }
    }

    /// Whether a line is `---` or `...`, alone or before white space.
    @inline(__always)
    private func isMarker(line: Int, end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard end - line >= 3, bytes[line + 1] == bytes[line], bytes[line + 2] == bytes[line] else { return false }
        return end - line == 3 || Self.isBlank(bytes[line + 3])
    }

    /// Whether there is anything but white space and a comment.
    private func hasText(from: Int, to end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = from
        while index < end, Self.isBlank(bytes[index]) { index += 1 }
        return index < end && bytes[index] != UInt8(ascii: "#")
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
