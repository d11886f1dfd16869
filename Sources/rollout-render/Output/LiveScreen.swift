import ManifestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The terminal that standard output leads to.
enum Terminal {
    /// Whether standard output leads to one that knows colours and moves its cursor.
    static var canDraw: Bool { StandardOutput.isTerminal && Environment.value("TERM") != "dumb" }

    /// Whether standard error leads to one that knows colours.
    static var standardErrorCanDraw: Bool { isatty(STDERR_FILENO) == 1 && Environment.value("TERM") != "dumb" }

    /// Its columns and rows; nil where standard output leads elsewhere or the terminal does not say.
    static var size: (columns: Int, rows: Int)? {
        guard StandardOutput.isTerminal else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// The cells of a line; nil where lines may be as long as they like.
    static var width: Int? { size.map { $0.columns } ?? (StandardOutput.isTerminal ? 80 : nil) }
}

/// Draws lines at one place of a terminal again and again.
///
/// Each drawing is one write: the cursor goes up to where the last one began, every line is written over the old one
/// and its rest is cleared, so that nothing flickers. What was drawn last stays in the terminal's history.
struct LiveScreen {
    private var drawnLines = 0
    private var lastSize: (columns: Int, rows: Int)?
    private var last = ""
    private let isColored: Bool

    init(isColored: Bool) { self.isColored = isColored }

    /// Draws lines in the place of those that were drawn before.
    mutating func draw(_ lines: [StyledLine]) throws {
        let size = Terminal.size ?? (80, 24)
        let shown = Self.fitted(lines, rows: size.rows)
        let body = Self.body(shown, columns: size.columns, isColored: isColored)
        let hasNewSize = lastSize.map { $0.columns != size.columns || $0.rows != size.rows } ?? false
        guard hasNewSize || body != last || drawnLines == 0 else { return }
        // No cursor, and no line that goes on in the next one, while it draws.
        var text = "\u{1B}[?25l\u{1B}[?7l"
        if hasNewSize {
            // The terminal may have broken the lines anew, so nobody knows where the last drawing began.
            text += "\u{1B}[H\u{1B}[2J"
        } else if drawnLines > 0 {
            text += "\u{1B}[\(drawnLines)A\r"
        }
        text += body + "\u{1B}[J\u{1B}[?7h"
        try StandardOutput.write(text)
        (drawnLines, lastSize, last) = (shown.count, size, body)
    }

    /// The lines as they are written over older ones.
    static func body(_ lines: [StyledLine], columns: Int, isColored: Bool) -> String {
        lines.map { line in
            let line = line.cut(to: columns)
            // Behind a full line the cursor stands on its last cell, which must not be cleared. Blanks at the end of a
            // line are not written, and so make none full.
            let isFull = StyledLine(line.text(isColored: false)).width >= columns
            return line.text(isColored: isColored) + (isFull ? "\n" : "\u{1B}[K\n")
        }.joined()
    }

    /// As many lines as fit, with a word about the rest.
    static func fitted(_ lines: [StyledLine], rows: Int) -> [StyledLine] {
        // The cursor stands on a line of its own below.
        guard lines.count > rows - 1 else { return lines }
        let room = max(1, rows - 2)
        return lines.prefix(room) + [StyledLine("… \(lines.count - room) more lines than fit", .dim)]
    }

    /// Gives the cursor back.
    func end() { try? StandardOutput.write("\u{1B}[?7h\u{1B}[?25h") }
}
