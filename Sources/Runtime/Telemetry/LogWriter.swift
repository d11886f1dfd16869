@preconcurrency import Dispatch
import ManifestKit
import Synchronization
import SystemPackage

/// Writes a log to standard error, a line for each entry: as text for people, or as JSON for those who collect logs.
///
/// Lines never mix, whoever writes at once, and whoever logs never waits: where nobody reads fast enough, lines are
/// dropped and counted, as a controller that stands still for its log would lose its lease.
public final class LogWriter: Sendable {
    /// How much an entry matters.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        case debug, info, warn, error

        public static func < (left: Level, right: Level) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How lines look.
    public enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    /// A field of an entry.
    public typealias Field = (name: String, value: String)

    private struct Pending {
        var lines = 0
        var dropped = 0
    }

    /// How many lines may wait to be written.
    private static let mostPending = 10_000
    /// How many bytes of a value are written.
    private static let longestValue = 8_192

    private let level: Level
    private let format: Format
    private let clock: any ClusterClock
    private let write: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "log")
    private let pending = Mutex(Pending())

    /// Makes a writer of the entries that matter at least so much.
    public convenience init(level: Level = .info, format: Format = .text, clock: any ClusterClock = ScaledClock()) {
        self.init(level: level, format: format, clock: clock) { line in
            var line = line
            line.withUTF8 { _ = try? FileDescriptor.standardError.writeAll(UnsafeRawBufferPointer($0)) }
        }
    }

    init(level: Level, format: Format, clock: any ClusterClock, write: @escaping @Sendable (String) -> Void) {
        self.level = level
        self.format = format
        self.clock = clock
        self.write = write
    }

    /// Logs something that happened.
    public func log(_ level: Level, _ message: String, _ fields: [Field] = []) {
        guard level >= self.level else { return }
        let line = line(level, message, fields)
        let dropped: Int? = pending.withLock { pending in
            guard pending.lines < Self.mostPending else {
                pending.dropped += 1
                return nil
            }
            pending.lines += 1
            defer { pending.dropped = 0 }
            return pending.dropped
        }
        guard let dropped else { return }
        let notice = dropped == 0 ? "" : self.line(.warn, "\(dropped) lines of this log were dropped", [])
        queue.async {
            self.write(notice + line)
            self.pending.withLock { $0.lines -= 1 }
        }
    }

    /// Waits until all that was logged is written, but no longer than some seconds.
    public func flush(seconds: Double = 2) async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        queue.async { continuation.finish() }
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            continuation.finish()
        }
        for await _ in stream {}
        timer.cancel()
    }

    // MARK: Lines

    private func line(_ level: Level, _ message: String, _ fields: [Field]) -> String {
        let time = clock.time.description
        switch format {
        case .json:
            var entry: [(String, JSONValue)] = [
                ("time", .string(time)), ("level", .string(level.rawValue)), ("msg", .string(Self.cut(message))),
            ]
            entry += fields.map { ($0.name, .string(Self.cut($0.value))) }
            return JSONWriter.text(.object(JSONObject(entry))) + "\n"
        case .text:
            let word = level.rawValue.uppercased()
            var line = time + " " + word + String(repeating: " ", count: 6 - word.count) + Self.printable(message)
            for field in fields { line += " \(field.name)=\(Self.value(field.value))" }
            return line + "\n"
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= longestValue ? text : String(decoding: text.utf8.prefix(longestValue), as: UTF8.self) + "…"
    }

    /// A text on one line: what could end it, or play with a terminal, is shown and not done.
    private static func printable(_ text: String) -> String {
        let text = cut(text)
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || 0x7F...0x9F ~= $0.value }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case let other where other.value < 0x20 || 0x7F...0x9F ~= other.value:
                result += "\\u{" + String(other.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func value(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D || $0 == 0x5C }
        return isPlain ? printable(text) : JSONWriter.quoted(cut(text))
    }
}
