import ManifestKit
import SystemPackage

/// Reads a file in segments that hold whole documents, so that a stream of any length needs little memory and can be
/// checked on several cores.
struct SegmentReader: ~Copyable {
    /// How many bytes are read before documents are cut off.
    static let blockSize = 128 << 10

    private let file: InputFile
    private let descriptor: FileDescriptor
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var isAtStart = true
    /// Whether what comes is the rest of a document that was too long to keep.
    private var isSkipping = false
    /// Whether it begins in the middle of a line.
    private var isInLine = false
    private var line = 0
    private var byte = 0
    private var document = 0

    /// Opens a file.
    init(_ file: InputFile) throws(UnreadableInput) {
        self.file = file
        do {
            descriptor =
                file.isStandardInput ? .standardInput : try FileDescriptor.open(FilePath(file.path), .readOnly)
        } catch {
            throw UnreadableInput(path: file.path, reason: "\(error)")
        }
    }

    deinit { if descriptor.rawValue != FileDescriptor.standardInput.rawValue { try? descriptor.close() } }

    /// The next segment, or nil at the end.
    mutating func next() throws(UnreadableInput) -> SourceFile? {
        while true {
            if !isAtEnd { try fill() }
            if isSkipping { skip() }
            if isAtEnd { return isSkipping || rest.isEmpty ? nil : segment(of: rest.count, documents: 1) }
            if !isSkipping, let segment = cut() { return segment }
        }
    }

    private mutating func fill() throws(UnreadableInput) {
        let wanted = rest.count + Self.blockSize
        do {
            while rest.count < wanted {
                // A regular file is read by one call, and its end found by a second.
                let size = file.size.map { max($0 - byte - rest.count, 0) + 1 } ?? Self.blockSize
                if try descriptor.append(to: &rest, atMost: min(size, wanted - rest.count)) == 0 {
                    isAtEnd = true
                    break
                }
            }
        } catch {
            isAtEnd = true
            rest = []
            throw UnreadableInput(path: file.path, reason: "\(error)")
        }
        guard isAtStart else { return }
        isAtStart = false
        rest = ByteOrderMark.removed(from: rest)
        // Text in UTF-16 has no documents that could be found; the reader says what is wrong with it.
        if rest.starts(with: [0xFF, 0xFE]) || rest.starts(with: [0xFE, 0xFF]) { isAtEnd = true }
    }

    /// Cuts off the documents that are known to be whole.
    private mutating func cut() -> SourceFile? {
        let pieces = DocumentSplitter.pieces(of: wholeLines(), isLast: false)
        if let last = pieces.last { return segment(of: last.range.upperBound, documents: pieces.count) }
        guard rest.count > YAMLLimits().documentBytes else { return nil }
        // The reader has a finding for a document past the limit. What follows of it is dropped.
        isSkipping = true
        isInLine = rest.last != UInt8(ascii: "\n")
        return segment(of: rest.count, documents: 1)
    }

    /// The bytes up to the last line break: what is behind it may turn out to be another marker, or none.
    private func wholeLines() -> [UInt8] {
        if isAtEnd { return rest }
        return rest.lastIndex(of: UInt8(ascii: "\n")).map { Array(rest[...$0]) } ?? []
    }

    /// Drops bytes up to the next document.
    private mutating func skip() {
        if isInLine {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return drop(rest.count) }
            drop(end + 1)
            isInLine = false
        }
        let lines = wholeLines()
        let pieces = DocumentSplitter.pieces(of: lines, isLast: false)
        let startsDocument = lines.starts(with: [0x2D, 0x2D, 0x2D])
        if startsDocument || !pieces.isEmpty { isSkipping = false }
        if !startsDocument { drop(pieces.first?.range.upperBound ?? lines.count) }
    }

    private mutating func drop(_ count: Int) { _ = segment(of: count, documents: 0) }

    private mutating func segment(of count: Int, documents: Int) -> SourceFile {
        let isWhole = count == rest.count
        let source = SourceFile(
            name: file.path, bytes: isWhole ? rest : Array(rest[..<count]), firstLine: line, firstByte: byte,
            firstDocument: document)
        rest = isWhole ? [] : Array(rest[count...])
        line += source.lineBreaks
        byte += count
        document += documents
        return source
    }
}
