/// Cuts an expression of the expr language (github.com/expr-lang/expr) into tokens.
///
/// Conditions of metrics are written in that language. Where its lexer has quirks (`a ?.5 : 1` is an optional field
/// and not a condition) this one has them too: what the cluster refuses has to be refused here, and nothing else.
struct ExpressionLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [ExpressionToken] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The tokens of a text; the last is `.end` or `.malformed`.
    static func tokens(of text: String) -> [ExpressionToken] {
        var lexer = ExpressionLexer(Array(text.utf8))
        do throws(ExpressionFailure) {
            while try lexer.scanToken() {}
        } catch {
            lexer.tokens.append(ExpressionToken(kind: .malformed, text: error.message, range: error.range))
        }
        return lexer.tokens
    }

    private static let wordOperators: Set<String> = [
        "not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else",
    ]

    /// Takes one token, blank or comment; false at the end.
    private mutating func scanToken() throws(ExpressionFailure) -> Bool {
        let start = position
        guard let scalar = next() else {
            tokens.append(ExpressionToken(kind: .end, text: "", range: max(start - 1, 0)..<start))
            return false
        }
        if scalar.properties.isWhitespace { return true }
        switch scalar {
        case "'", "\"":
            position = start
            try scanQuoted(from: start, asBytes: false)
        case "`":
            try scanRaw(from: start)
        case "b" where peek() == "'" || peek() == "\"", "B" where peek() == "'" || peek() == "\"":
            try scanQuoted(from: start, asBytes: true)
        case "0"..."9":
            position = start
            try scanNumber(from: start)
        case "/":
            try scanSlash(from: start)
        case ".":
            try scanDot(from: start)
        case "#":
            scanPointer(from: start)
        default:
            try scanMark(scalar, from: start)
        }
        return true
    }

    private mutating func scanMark(_ scalar: Unicode.Scalar, from start: Int) throws(ExpressionFailure) {
        switch scalar {
        case "(", "[", "{", ")", "]", "}": emit(.bracket, from: start)
        case ",", ";", "%", "+", "-", "^": emit(.operation, from: start)
        case "?":
            _ = accept(".?")
            emit(.operation, from: start)
        case "|", ":":
            _ = accept(scalar == "|" ? "|" : ":")
            emit(.operation, from: start)
        case "&", "!", "=", "*", "<", ">":
            _ = accept("&=*")
            emit(.operation, from: start)
        default:
            guard Self.isWordPart(scalar) else {
                throw ExpressionFailure("the character \"\(scalar)\" has no meaning here", start..<position)
            }
            skipWord()
            let word = text(from: start)
            emit(Self.wordOperators.contains(word) ? .operation : .identifier, from: start)
        }
    }

    // MARK: Numbers and marks with a tail

    /// Takes a number that begins at the current position, or behind a point that stands before it.
    private mutating func scanNumber(from start: Int) throws(ExpressionFailure) {
        var digits = "0123456789_"
        if accept("0") {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
            } else if accept("oO") {
                digits = "01234567_"
            } else if accept("bB") {
                digits = "01_"
            }
        }
        acceptRun(digits)
        let end = position
        if accept(".") {
            if peek() == "." {
                position = end
                emit(.number, from: start)
                return
            }
            acceptRun(digits)
        }
        if accept("eE") {
            _ = accept("+-")
            acceptRun(digits)
        }
        if let follower = peek(), Self.isWordPart(follower) {
            skipWord()
            throw ExpressionFailure("\"\(text(from: start))\" is no number", start..<position)
        }
        emit(.number, from: start)
    }

    private mutating func scanDot(from start: Int) throws(ExpressionFailure) {
        if let follower = peek(), ("0"..."9").contains(follower) { return try scanNumber(from: start) }
        _ = accept(".")
        emit(.operation, from: start)
    }

    private mutating func scanPointer(from start: Int) {
        _ = accept("#")
        emit(.operation, from: start)
        let nameStart = position
        skipWord()
        if position > nameStart { emit(.identifier, from: nameStart) }
    }

    private mutating func scanSlash(from start: Int) throws(ExpressionFailure) {
        if accept("/") {
            while let scalar = next(), scalar != "\n" {}
        } else if accept("*") {
            while true {
                guard let scalar = next() else {
                    throw ExpressionFailure("the comment that begins with \"/*\" has no end", start..<start + 2)
                }
                if scalar == "*", accept("/") { return }
            }
        } else {
            emit(.operation, from: start)
        }
    }

    // MARK: Texts

    private mutating func scanQuoted(from start: Int, asBytes: Bool) throws(ExpressionFailure) {
        var literal = ExpressionTextLiteral(bytes: bytes, position: position, asBytes: asBytes)
        try literal.read()
        position = literal.position
        tokens.append(ExpressionToken(
            kind: asBytes ? .bytes : .string, text: asBytes ? "" : String(decoding: literal.value, as: UTF8.self),
            bytes: asBytes ? literal.value : [], range: start..<position))
    }

    /// Takes a text between backticks, in which two backticks stand for one.
    private mutating func scanRaw(from start: Int) throws(ExpressionFailure) {
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "`") else {
                value.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == byte else {
                tokens.append(ExpressionToken(
                    kind: .string, text: String(decoding: value, as: UTF8.self), range: start..<position))
                return
            }
            value.append(byte)
            position += 1
        }
        throw ExpressionFailure("the text that begins with a backtick has no end", start..<position)
    }

    // MARK: Characters

    /// Whether a character can be part of a name: a letter or digit of any script, `_` or `$`.
    static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "$": return true
        default:
            guard !scalar.isASCII else { return false }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
                return true
            default: return false
            }
        }
    }

    /// Whether a text could be a name.
    static func isWord(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.properties.generalCategory != .decimalNumber else {
            return false
        }
        return text.unicodeScalars.allSatisfy(isWordPart)
    }

    private func peek() -> Unicode.Scalar? {
        var copy = position
        return Self.scalar(in: bytes, at: &copy)
    }

    private mutating func next() -> Unicode.Scalar? { Self.scalar(in: bytes, at: &position) }

    /// Decodes the character at a position of valid UTF-8 and moves behind it.
    static func scalar(in bytes: [UInt8], at position: inout Int) -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = length == 1 ? UInt32(first) : UInt32(first & (0xFF >> UInt8(length + 1)))
        for offset in 1..<max(length, 1) where position + offset < bytes.count {
            value = value << 6 | UInt32(bytes[position + offset] & 0x3F)
        }
        position = min(position + length, bytes.count)
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func accept(_ wanted: String) -> Bool {
        guard position < bytes.count, wanted.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    private mutating func acceptRun(_ wanted: String) { while accept(wanted) {} }

    private mutating func skipWord() {
        while let scalar = peek(), Self.isWordPart(scalar) { _ = next() }
    }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    private mutating func emit(_ kind: ExpressionToken.Kind, from start: Int) {
        tokens.append(ExpressionToken(kind: kind, text: text(from: start), range: start..<position))
    }
}
