import ManifestKit
import NIOCore

/// Cuts the body of a watch into lines, however it comes, and reads them.
struct WatchLines {
    /// Why a watch cannot be followed.
    enum Failure: Error, Hashable {
        /// A line of more than so many bytes.
        case tooLong(Int)
        /// A line that is no event.
        case malformed(String)
    }

    private let greatestLine: Int
    /// The beginning of a line whose end has not come yet.
    private var rest = ByteBuffer()
    /// How many bytes of the rest have no line end in them.
    private var searched = 0

    /// Takes lines of at most so many bytes.
    init(greatestLine: Int) { self.greatestLine = greatestLine }

    /// Whether the body ended in the middle of a line.
    var isCut: Bool { rest.readableBytes > 0 }

    /// Takes a part of the body; the events whose lines end in it.
    mutating func take(_ part: ByteBuffer) throws(Failure) -> [WatchEvent] {
        var part = part
        if rest.readableBytes == 0 { swap(&rest, &part) } else { rest.writeBuffer(&part) }
        var events: [WatchEvent] = []
        while let length = nextLine() {
            guard length <= greatestLine else { throw .tooLong(greatestLine) }
            if let event = try event(of: length) { events.append(event) }
            rest.moveReaderIndex(forwardBy: length + 1)
            searched = 0
        }
        guard rest.readableBytes <= greatestLine else { throw .tooLong(greatestLine) }
        if rest.readableBytes == 0 { rest = ByteBuffer() }
        return events
    }

    /// The length of the first line, or nil where its end has not come.
    private mutating func nextLine() -> Int? {
        let place = rest.readableBytesView.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n"))
        guard let place else {
            searched = rest.readableBytes
            return nil
        }
        return place - rest.readerIndex
    }

    private func event(of length: Int) throws(Failure) -> WatchEvent? {
        let line: JSONValue? = rest.withUnsafeReadableBytes { bytes in
            let line = UnsafeRawBufferPointer(rebasing: bytes[..<length])
            guard line.contains(where: { $0 > 0x20 }) else { return .null }
            return line.withMemoryRebound(to: UInt8.self) { try? JSONReader.value(in: $0) }
        }
        if let line {
            if line.isNull { return nil }
            let kind = line["type"]?.string.flatMap { WatchEvent.Kind(rawValue: $0) }
            if let kind, let object = line["object"] { return WatchEvent(kind, object) }
            // A refusal comes as a bare status where something in between has taken the event apart.
            if line["kind"] == "Status" { return WatchEvent(.error, line) }
        }
        let text = String(decoding: rest.readableBytesView.prefix(length).prefix(1000), as: UTF8.self)
        throw .malformed(KubernetesFailure.excerpt(text))
    }
}
