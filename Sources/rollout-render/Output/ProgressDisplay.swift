import ManifestKit
import RolloutRuntime
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Shows how far Rollouts are: a line each that is drawn again in a terminal, a line for each change elsewhere.
final class ProgressDisplay: Sendable {
    private struct Drawn {
        var lines: [ObjectName: String] = [:]
        /// How many lines are on the screen to be drawn over.
        var height = 0
    }

    private let namespace: String
    private let usesStandardError: Bool
    private let isTerminal: Bool
    private let drawn = Mutex(Drawn())

    /// Makes a display that leaves out one namespace's name.
    init(namespace: String, usesStandardError: Bool) {
        self.namespace = namespace
        self.usesStandardError = usesStandardError
        isTerminal = isatty(usesStandardError ? STDERR_FILENO : STDOUT_FILENO) == 1
            && Environment.value("TERM") != "dumb"
    }

    /// Shows what has changed.
    func show(_ states: [RolloutWaiter.State]) {
        drawn.withLock { drawn in
            if isTerminal {
                draw(states, &drawn)
            } else {
                for state in states {
                    let line = text(of: state)
                    if drawn.lines.updateValue(line, forKey: state.name) != line { write(line + "\n") }
                }
            }
        }
    }

    /// Leaves the last state on the screen, whole.
    func finish(_ states: [RolloutWaiter.State]) {
        guard isTerminal, !states.isEmpty else { return }
        drawn.withLock { drawn in
            write(Self.clearing(drawn.height) + states.map { text(of: $0) + "\n" }.joined())
            drawn.height = 0
        }
    }

    private func draw(_ states: [RolloutWaiter.State], _ drawn: inout Drawn) {
        let (rows, columns) = Self.size(usesStandardError ? STDERR_FILENO : STDOUT_FILENO)
        let room = max(1, rows - 2)
        // Those that are not there yet are what people look at.
        let order = states.filter { !$0.isSettled } + states.filter(\.isSettled)
        var lines = order.prefix(room).map { Self.cut(text(of: $0), to: columns - 1) }
        if order.count > room { lines.append(Self.cut("and \(order.count - room) more", to: columns - 1)) }
        write(Self.clearing(drawn.height) + lines.map { $0 + "\n" }.joined())
        drawn.height = lines.count
    }

    private func text(of state: RolloutWaiter.State) -> String {
        let name = state.name.namespace == namespace ? state.name.name : "\(state.name)"
        let progress = state.progress?.text ?? "Waiting"
        let trouble = state.trouble.map { " (no newer news: \($0))" } ?? ""
        return PlainText.shown("\(name): \(progress)\(state.progress == .gone ? "" : trouble)")
    }

    private func write(_ text: String) {
        if usesStandardError {
            var text = text
            text.withUTF8 { _ = try? FileDescriptor.standardError.writeAll(UnsafeRawBufferPointer($0)) }
        } else {
            try? StandardOutput.write(text)
        }
    }

    /// Goes up so many lines and clears what is below.
    private static func clearing(_ height: Int) -> String { height == 0 ? "" : "\u{1B}[\(height)A\u{1B}[J" }

    private static func cut(_ line: String, to width: Int) -> String {
        StyledLine(line).cut(to: max(1, width)).plainText
    }

    private static func size(_ descriptor: Int32) -> (rows: Int, columns: Int) {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        return isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
    }
}
