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
        let result: Result<JSONValue?, JSONReader.Failure> = rest.withUnsafeReadableBytes { bytes in
            let line = UnsafeRawBufferPointer(rebasing: bytes[..<length])
            guard line.contains(where: { $0 > 0x20 }) else { return .success(nil) }
            return line.withMemoryRebound(to: UInt8.self) { line in
                do throws(JSONReader.Failure) {
                    return .success(try JSONReader.value(in: line))
                } catch {
                    return .failure(error)
                }
            }
        }
        switch result {
        case .failure(let failure): throw .malformed(failure.description)
        case .success(nil): return nil
        case .success(let line?):
            guard let kind = line["type"]?.string.flatMap({ WatchEvent.Kind(rawValue: $0) }), let object = line["object"]
            else {
                // A refusal comes as a bare status where something in between has taken the event apart.
                if line["kind"] == "Status" { return WatchEvent(.error, line) }
                throw .malformed("not an event: \(JSONWriter.text(line).prefix(100))")
            }
            return WatchEvent(kind, object)
        }
    }
}
