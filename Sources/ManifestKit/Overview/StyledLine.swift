/// How a piece of text stands out on a terminal; what it says never depends on it.
public enum TextStyle: Hashable, Sendable {
    /// As everything else.
    case plain
    /// A title.
    case bold
    /// Of lesser weight.
    case dim
    /// All is well.
    case good
    /// Something waits, or is new.
    case caution
    /// Something is wrong.
    case bad
    /// Something moves.
    case accent

    /// The code by which a terminal shows it, or nil for plain text.
    var code: String? {
        switch self {
        case .plain: nil
        case .bold: "1"
        case .dim: "2"
        case .good: "32"
        case .caution: "33"
        case .bad: "31"
        case .accent: "36"
        }
    }
}

/// A line of text whose pieces have styles; nothing in it can move a terminal's cursor or end the line.
public struct StyledLine: Hashable, Sendable {
    /// A piece of text with one style.
    public struct Piece: Hashable, Sendable {
        /// The text.
        public var text: String
        /// Its style.
        public var style: TextStyle
    }

    /// The pieces in their order.
    public private(set) var pieces: [Piece] = []

    /// Makes an empty line.
    public init() {}

    /// Makes a line of one piece.
    public init(_ text: String, _ style: TextStyle = .plain) { append(text, style) }

    /// Adds a piece; line breaks become blanks.
    public mutating func append(_ text: String, _ style: TextStyle = .plain) {
        guard !text.isEmpty else { return }
        let flat = text.contains { $0.isNewline || $0 == "\t" } ? Self.flattened(text) : text
        pieces.append(Piece(text: PlainText.shown(flat), style: style))
    }

    /// Adds another line's pieces.
    public mutating func append(_ line: StyledLine) { pieces += line.pieces }

    private static func flattened(_ text: String) -> String {
        text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { pieces.isEmpty }

    /// The cells that it takes.
    public var width: Int { pieces.reduce(0) { $0 + CharacterWidth.cells($1.text) } }

    /// The text without styles.
    public var plainText: String { pieces.map(\.text).joined() }

    /// The line within a number of cells; where something is cut off, its last cell says so.
    public func cut(to width: Int) -> StyledLine {
        guard self.width > width else { return self }
        guard width > 0 else { return StyledLine() }
        var line = StyledLine()
        var left = width - 1
        for piece in pieces {
            let (head, cells) = CharacterWidth.prefix(of: piece.text, within: left)
            if !head.isEmpty { line.pieces.append(Piece(text: String(head), style: piece.style)) }
            left -= cells
            guard head.endIndex == piece.text.endIndex else {
                line.pieces.append(Piece(text: "…", style: piece.style))
                return line
            }
        }
        return line
    }

    /// The line with blanks behind or before it, so that it takes a number of cells.
    public func padded(to width: Int, isRightAligned: Bool = false) -> StyledLine {
        let blanks = width - self.width
        guard blanks > 0 else { return self }
        var line = StyledLine()
        let space = String(repeating: " ", count: blanks)
        if isRightAligned { line.append(space) }
        line.append(self)
        if !isRightAligned { line.append(space) }
        return line
    }

    /// The line as it is written; blanks at its end are left out.
    public func text(isColored: Bool) -> String {
        var pieces = pieces
        while let last = pieces.last {
            let trimmed = last.text.trimmingBlanksAtEnd
            pieces.removeLast()
            if !trimmed.isEmpty {
                pieces.append(Piece(text: trimmed, style: last.style))
                break
            }
        }
        guard isColored else { return pieces.map(\.text).joined() }
        return pieces.map { piece in
            piece.style.code.map { "\u{1B}[\($0)m\(piece.text)\u{1B}[0m" } ?? piece.text
        }.joined()
    }
}

extension String {
    /// The text without the blanks at its end.
    fileprivate var trimmingBlanksAtEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}

/// Lines as they are written one below the other.
public enum StyledText {
    /// The text of lines, each with a line break.
    public static func text(_ lines: [StyledLine], isColored: Bool) -> String {
        lines.map { $0.text(isColored: isColored) + "\n" }.joined()
    }

    /// A complaint on as many lines as it takes.
    public static func complaint(_ text: String, width: Int?) -> [StyledLine] {
        wrapped(text, width: width).map { StyledLine($0, .bad) }
    }

    /// A text on lines of at most so many cells, broken at blanks where there are some; nil is as wide as it gets.
    ///
    /// Of more lines than wanted the last one is cut.
    static func wrapped(_ text: String, width: Int?, atMost most: Int = .max) -> [String] {
        let flat = StyledLine(text).plainText
        guard let width, CharacterWidth.cells(flat) > width else { return [flat] }
        let room = max(8, width)
        var lines: [String] = []
        var rest = Substring(flat)
        while !rest.isEmpty {
            if CharacterWidth.cells(String(rest)) <= room || lines.count == most - 1 {
                lines.append(StyledLine(String(rest)).cut(to: room).plainText)
                break
            }
            var head = CharacterWidth.prefix(of: String(rest), within: room).text[...]
            // A break behind the first third looks better in the middle of a word than far from the edge.
            if rest.dropFirst(head.count).first != " ", let blank = head.lastIndex(of: " "),
                head.distance(from: head.startIndex, to: blank) > room / 3 {
                head = head[..<blank]
            }
            lines.append(String(head))
            rest = rest.dropFirst(max(1, head.count)).drop { $0 == " " }
        }
        return lines
    }
}
