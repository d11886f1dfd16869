/// Cuts a template into the text outside of actions and the tokens inside of them.
struct GoTemplateLexer {
    /// A piece of a template.
    enum Piece {
        case text(String)
        /// What stands between `{{` and `}}`; never empty.
        case action([Token], Range<Int>)
    }

    /// A token of an action.
    struct Token {
        enum Kind: Hashable {
            case word(String), field(String), variable(String), dot
            case string(String), number(Number)
            case pipe, open, close, comma, declare, assign
        }

        var kind: Kind
        var range: Range<Int>
        /// Whether a blank stands before it.
        var isApart: Bool
    }

    /// A number as it is written.
    enum Number: Hashable { case integer(Int64), float(Double) }

    private let bytes: [UInt8]
    private var place = 0
    private var pieces: [Piece] = []

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// The pieces of a template in their order.
    static func pieces(of text: String) throws(GoTemplateFailure) -> [Piece] {
        var lexer = GoTemplateLexer(text)
        try lexer.run()
        return lexer.pieces
    }

    // MARK: Text and actions

    private func stands(_ mark: StaticString, at place: Int) -> Bool {
        let length = mark.utf8CodeUnitCount
        guard place + length <= bytes.count else { return false }
        return mark.withUTF8Buffer { buffer in (0..<length).allSatisfy { bytes[place + $0] == buffer[$0] } }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B }

    private mutating func run() throws(GoTemplateFailure) {
        var start = 0
        while place < bytes.count {
            guard stands("{{", at: place) else {
                place += 1
                continue
            }
            let opening = place
            var end = opening
            let trims = stands("-", at: place + 2) && place + 3 < bytes.count && Self.isBlank(bytes[place + 3])
            if trims { while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 } }
            append(text: start..<end)
            place += trims ? 3 : 2
            let trimsBehind = try action(from: opening)
            if trimsBehind { while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 } }
            start = place
        }
        append(text: start..<bytes.count)
    }

    private mutating func append(text range: Range<Int>) {
        if !range.isEmpty { pieces.append(.text(String(decoding: bytes[range], as: UTF8.self))) }
    }

    /// Whether a trim marker and the end stand here.
    private var isTrimmedEnd: Bool {
        place > 0 && Self.isBlank(bytes[place - 1]) && stands("-}}", at: place)
    }

    /// Reads what stands up to `}}`, and says whether blanks behind it are to go.
    private mutating func action(from opening: Int) throws(GoTemplateFailure) -> Bool {
        var tokens: [Token] = []
        var isApart = true
        skipBlanks()
        if stands("/*", at: place) {
            try comment(from: opening)
        } else {
            while true {
                guard place < bytes.count else {
                    throw GoTemplateFailure("this action is not closed by `}}`", opening..<opening + 2)
                }
                if stands("}}", at: place) || isTrimmedEnd { break }
                if Self.isBlank(bytes[place]) {
                    skipBlanks()
                    isApart = true
                    continue
                }
                tokens.append(try token(isApart: isApart))
                isApart = false
            }
            if tokens.isEmpty {
                throw GoTemplateFailure("there is nothing between `{{` and `}}`", opening..<min(place + 2, bytes.count))
            }
        }
        let trims = isTrimmedEnd
        place += trims ? 3 : 2
        if !tokens.isEmpty { pieces.append(.action(tokens, opening..<place)) }
        return trims
    }

    private mutating func skipBlanks() { while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 } }

    private mutating func comment(from opening: Int) throws(GoTemplateFailure) {
        let start = place
        place += 2
        while place < bytes.count, !stands("*/", at: place) { place += 1 }
        guard place < bytes.count else {
            throw GoTemplateFailure("this comment is not closed by `*/`", start..<start + 2)
        }
        place += 2
        let end = place
        skipBlanks()
        guard stands("}}", at: place) || isTrimmedEnd else {
            throw GoTemplateFailure("`}}` has to stand right behind a comment", opening..<end)
        }
    }

    // MARK: Tokens

    private mutating func token(isApart: Bool) throws(GoTemplateFailure) -> Token {
        let start = place
        func token(_ kind: Token.Kind) -> Token { Token(kind: kind, range: start..<place, isApart: isApart) }
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="):
            place += 1
            switch byte {
            case UInt8(ascii: "|"): return token(.pipe)
            case UInt8(ascii: "("): return token(.open)
            case UInt8(ascii: ")"): return token(.close)
            case UInt8(ascii: ","): return token(.comma)
            default: return token(.assign)
            }
        case UInt8(ascii: ":"):
            guard stands(":=", at: place) else { throw GoTemplateFailure("`:=` is meant here", start..<start + 1) }
            place += 2
            return token(.declare)
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return token(.string(try string()))
        case UInt8(ascii: "'"): return token(.number(.integer(try character())))
        case UInt8(ascii: "$"):
            place += 1
            return token(.variable("$" + name()))
        case UInt8(ascii: "."):
            if place + 1 < bytes.count, Self.isDigit(bytes[place + 1]) { return token(.number(try number())) }
            place += 1
            let name = name()
            return token(name.isEmpty ? .dot : .field(name))
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return token(.number(try number()))
        default:
            let name = name()
            guard !name.isEmpty else {
                var end = place + 1
                while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
                let text = String(decoding: bytes[place..<end], as: UTF8.self)
                throw GoTemplateFailure("the character `\(text)` has no meaning here", place..<end)
            }
            return token(.word(name))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Letters, digits and `_`; bytes of characters beyond ASCII count as letters.
    private mutating func name() -> String {
        let start = place
        while place < bytes.count, Self.isDigit(bytes[place]) || bytes[place] == 0x5F || bytes[place] >= 0x80
            || (0x41...0x5A).contains(bytes[place] & 0xDF) && bytes[place] < 0x80 {
            place += 1
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func string() throws(GoTemplateFailure) -> String {
        let start = place
        let quote = bytes[place]
        place += 1
        while place < bytes.count, bytes[place] != quote {
            if quote == 0x22 {
                if bytes[place] == UInt8(ascii: "\n") { break }
                if bytes[place] == UInt8(ascii: "\\") { place += 1 }
            }
            place += 1
        }
        guard place < bytes.count, bytes[place] == quote else {
            throw GoTemplateFailure("this text is not closed", start..<min(start + 1, bytes.count))
        }
        place += 1
        let inner = bytes[(start + 1)..<(place - 1)]
        if quote == UInt8(ascii: "`") { return String(decoding: inner.filter { $0 != 0x0D }, as: UTF8.self) }
        return String(decoding: try unescaped(inner, start..<place), as: UTF8.self)
    }

    private mutating func character() throws(GoTemplateFailure) -> Int64 {
        let start = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "'"), bytes[place] != UInt8(ascii: "\n") {
            if bytes[place] == UInt8(ascii: "\\") { place += 1 }
            place += 1
        }
        guard place < bytes.count, bytes[place] == UInt8(ascii: "'") else {
            throw GoTemplateFailure("this character is not closed by `'`", start..<start + 1)
        }
        place += 1
        let text = String(decoding: try unescaped(bytes[(start + 1)..<(place - 1)], start..<place), as: UTF8.self)
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw GoTemplateFailure("between `'` stands one character; a text stands between `\"`", start..<place)
        }
        return Int64(scalar.value)
    }

    private func unescaped(_ bytes: ArraySlice<UInt8>, _ range: Range<Int>) throws(GoTemplateFailure) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let mark = rest.popFirst() ?? 0
            if let plain = Self.escapes[mark] {
                result.append(plain)
                continue
            }
            let lengths: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
            guard let length = lengths[mark],
                let value = UInt32(String(decoding: rest.prefix(length), as: UTF8.self), radix: 16),
                rest.prefix(length).count == length
            else { throw GoTemplateFailure("the text holds a `\\` that begins nothing known", range) }
            rest = rest.dropFirst(length)
            if length == 2 {
                result.append(UInt8(truncatingIfNeeded: value))
            } else if let scalar = Unicode.Scalar(value) {
                result += Array(String(Character(scalar)).utf8)
            } else {
                throw GoTemplateFailure("the text names a character that does not exist", range)
            }
        }
        return result
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "v"): 0x0B,
    ]

    private mutating func number() throws(GoTemplateFailure) -> Number {
        let start = place
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            let isSign = (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"))
                && [0x65, 0x45].contains(bytes[place - 1]) && !stands("0x", at: start)
            let isPart = Self.isDigit(byte) || byte == 0x2E || byte == 0x5F || isSign
                || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80
            guard isPart else { break }
            place += 1
        }
        var text = String(decoding: bytes[start..<place], as: UTF8.self)
        text.removeAll { $0 == "_" }
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { $0 == "-" || $0 == "+" }
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        where digits.hasPrefix(prefix) {
            if let value = Int64(digits.dropFirst(2), radix: radix) { return .integer(isNegative ? -value : value) }
        }
        let isOctal = digits.count > 1 && digits.hasPrefix("0") && digits.allSatisfy { ("0"..."7").contains($0) }
        if let value = Int64(digits, radix: isOctal ? 8 : 10) { return .integer(isNegative ? -value : value) }
        let isDecimal = digits.utf8.allSatisfy { Self.isDigit($0) || [0x2E, 0x65, 0x45, 0x2B, 0x2D].contains($0) }
        if isDecimal, let value = Double(String(digits)), value.isFinite { return .float(isNegative ? -value : value) }
        throw GoTemplateFailure("`\(text)` is no number", start..<place)
    }
}
