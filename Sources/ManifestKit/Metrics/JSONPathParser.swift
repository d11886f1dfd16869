/// Reads a JSONPath template; accepts and refuses what client-go's `util/jsonpath` does.
struct JSONPathParser {
    typealias Failure = JSONPath.Failure
    typealias Node = JSONPath.Node

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var root: [Node] = []
    private let depth: Int

    init(_ text: String, depth: Int = 0) {
        scalars = Array(text.unicodeScalars)
        self.depth = depth
    }

    /// The steps outside braces as text, each pair of braces as a list.
    mutating func parse() throws(Failure) -> [Node] {
        guard depth < 20 else { throw failure("the path is nested too deeply", from: 0) }
        var text = ""
        while let scalar = next() {
            if scalar == "{" {
                if !text.isEmpty { root.append(.text(text)) }
                text = ""
                root.append(.list(try parseAction()))
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        if !text.isEmpty { root.append(.text(text)) }
        return root
    }

    // MARK: Characters

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private mutating func next() -> Unicode.Scalar? {
        guard position < scalars.count else { return nil }
        position += 1
        return scalars[position - 1]
    }

    private func string(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    private func failure(_ message: String, from start: Int) -> Failure {
        let width: (ArraySlice<Unicode.Scalar>) -> Int = { $0.reduce(0) { $0 + UTF8.width($1) } }
        let low = width(scalars[..<min(start, scalars.count)])
        return Failure(message: message, range: low..<low + width(scalars[min(start, scalars.count)..<position]))
    }

    private static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "$" && ExpressionLexer.isWordPart(scalar)
    }

    // MARK: Inside braces

    /// The steps up to the closing brace; the parser stands behind the opening one.
    private mutating func parseAction() throws(Failure) -> [Node] {
        var nodes: [Node] = []
        let opening = position - 1
        while true {
            let start = position
            if peek() == "}" {
                position += 1
                return nodes
            }
            if peek() == "[", peek(1) == "?", peek(2) == "(" {
                nodes.append(try parseFilter())
                continue
            }
            if peek() == ".", peek(1) == "." {
                if case .recursive? = nodes.last { throw failure("\"..\" stands twice", from: start) }
                position += 2
                nodes.append(.recursive)
                if let scalar = peek(), Self.isAlphanumeric(scalar) { nodes.append(parseField()) }
                continue
            }
            guard let scalar = next(), scalar != "\n", scalar != "\r" else {
                throw failure("the brace is not closed", from: opening)
            }
            switch scalar {
            case " ", "@", "$": break
            case "[": nodes += try parseBrackets(from: start)
            case "\"", "'": nodes.append(.text(try parseQuote(scalar, from: start)))
            case ".": nodes.append(parseField())
            case "+", "-": nodes.append(try parseNumber(from: start))
            default:
                if Self.isDigit(scalar) {
                    nodes.append(try parseNumber(from: start))
                } else if Self.isAlphanumeric(scalar) {
                    nodes.append(parseIdentifier(from: start))
                } else {
                    throw failure("the character \"\(scalar)\" has no meaning inside braces", from: start)
                }
            }
        }
    }

    private mutating func parseIdentifier(from start: Int) -> Node {
        while let scalar = peek(), !Self.isTerminator(scalar) { position += 1 }
        switch string(start..<position) {
        case "true": return .value(.boolean(true))
        case "false": return .value(.boolean(false))
        case let name: return .identifier(name)
        }
    }

    /// A field's name up to a mark that is not escaped with a backslash.
    private mutating func parseField() -> Node {
        var name = ""
        while let scalar = peek() {
            if scalar == "\\" {
                position += 1
                if let escaped = next(), escaped != "\\" { name.unicodeScalars.append(escaped) }
                continue
            }
            if Self.isTerminator(scalar) { break }
            name.unicodeScalars.append(scalar)
            position += 1
        }
        return name == "*" ? .wildcard : .field(name)
    }

    private mutating func parseNumber(from start: Int) throws(Failure) -> Node {
        while let scalar = peek(), scalar == "." || Self.isDigit(scalar) { position += 1 }
        let text = string(start..<position)
        if let number = Int64(text) { return .value(.integer(number)) }
        if let number = ExpressionNumber.float(text) { return .value(.double(number)) }
        throw failure("\"\(text)\" is no number", from: start)
    }

    private mutating func parseQuote(_ quote: Unicode.Scalar, from start: Int) throws(Failure) -> String {
        while let scalar = next(), scalar != "\n" {
            guard scalar == quote, scalars[position - 2] != "\\" else { continue }
            guard let text = JSONPathQuote.unquoted(scalars[start..<position]) else {
                throw failure("an escape in this text is none", from: start)
            }
            return text
        }
        throw failure("the text in quotes has no end", from: start)
    }

    // MARK: Brackets

    /// An index, a slice, a key or a union; the parser stands behind the bracket.
    private mutating func parseBrackets(from start: Int) throws(Failure) -> [Node] {
        while true {
            guard let scalar = next(), scalar != "\n" else { throw failure("the bracket is not closed", from: start) }
            if scalar == "]" { break }
        }
        var text = string(start + 1..<position - 1)
        if text == "*" { text = ":" }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        if parts.count > 1 {
            var lists: [[Node]] = []
            for part in parts {
                lists.append(try nested("[\(Self.trimmed(part))]", from: start))
            }
            return [.union(lists)]
        }
        if text.utf8.count >= 2, text.first == "'", text.last == "'", !text.dropFirst().dropLast().contains("'") {
            return try nested(".\(text.dropFirst().dropLast())", from: start)
        }
        guard let slice = Self.slice(text) else { throw failure("\"\(text)\" is no index", from: start) }
        return [.slice(slice)]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The steps that a text would have inside braces of its own.
    private func nested(_ text: String, from start: Int) throws(Failure) -> [Node] {
        var parser = JSONPathParser("{\(text)}", depth: depth + 1)
        let nodes: [Node]
        do throws(Failure) {
            nodes = try parser.parse()
        } catch {
            throw failure(error.message, from: start)
        }
        if case .list(let list)? = nodes.first { return list }
        return []
    }

    /// `1`, `-1`, `1:3`, `:3`, `::2`.
    private static func slice(_ text: String) -> JSONPath.Slice? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        var numbers: [Int?] = []
        for part in parts {
            let digits = part.first == "-" ? part.dropFirst() : part
            guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            guard !part.isEmpty else {
                numbers.append(nil)
                continue
            }
            guard let number = Int(part) else { return nil }
            numbers.append(number)
        }
        var slice = JSONPath.Slice(from: numbers[0])
        if parts.count == 1 {
            slice.end = (numbers[0] ?? 0).addingReportingOverflow(1).partialValue
            slice.isIndex = true
        } else {
            slice.end = numbers[1]
            if parts.count == 3 { slice.step = numbers[2] }
        }
        return slice
    }

    // MARK: Filters

    /// `[?(left operator right)]` or `[?(path)]`, at whose bracket the parser stands.
    private mutating func parseFilter() throws(Failure) -> Node {
        let start = position
        position += 3
        let begin = position
        var quote: Unicode.Scalar?
        var isClosed = false
        while true {
            guard let scalar = next(), scalar != "\n" else { throw failure("the filter is not closed", from: start) }
            if scalar == "\"" || scalar == "'" {
                if quote == nil {
                    quote = scalar
                } else if scalars[position - 2] != "\\", scalar == quote {
                    isClosed = true
                }
            } else if scalar == ")", (quote != nil) == isClosed {
                break
            }
        }
        let content = Array(scalars[begin..<position - 1])
        guard next() == "]" else { throw failure("the filter is not closed with \")]\"", from: start) }
        let isMark: (Unicode.Scalar) -> Bool = { "!<>=".unicodeScalars.contains($0) }
        let left = content.prefix { !isMark($0) }
        var marks = content[left.count...].prefix { isMark($0) }
        // Something has to be left for the right side, even if it looks like part of the operator.
        if left.count + marks.count == content.count { marks = marks.dropLast() }
        let right = content[(left.count + marks.count)...]
        guard !left.isEmpty, !marks.isEmpty, !right.isEmpty else {
            let steps = try nested(String(String.UnicodeScalarView(content)), from: start)
            return .filter(left: steps, right: [], operation: "exists")
        }
        return .filter(
            left: try nested(String(String.UnicodeScalarView(left)), from: start),
            right: try nested(String(String.UnicodeScalarView(right)), from: start),
            operation: String(String.UnicodeScalarView(marks)))
    }
}

/// Undoes the escapes of a text in a JSONPath, as Go's `strconv.UnquoteChar` does.
enum JSONPathQuote {
    /// The text between two quotes, or nil where an escape is none.
    static func unquoted(_ quoted: ArraySlice<Unicode.Scalar>) -> String? {
        let inner = quoted.dropFirst().dropLast()
        guard let quote = quoted.first, inner.contains("\\") || inner.contains(quote) else {
            return String(String.UnicodeScalarView(inner))
        }
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "\\": "\\",
        ]
        let lengths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
        var rest = inner
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                if scalar == quote { return nil }
                text.append(scalar)
                continue
            }
            guard let letter = rest.popFirst() else { return nil }
            if let plain = simple[letter] {
                text.append(plain)
            } else if letter == quote {
                text.append(quote)
            } else if let length = lengths[letter] {
                let digits = rest.prefix(length)
                let isHexadecimal = digits.allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
                guard digits.count == length, isHexadecimal,
                    let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
                    let decoded = Unicode.Scalar(value)
                else { return nil }
                text.append(decoded)
                rest = rest.dropFirst(length)
            } else if ("0"..."7").contains(letter) {
                let digits = [letter] + rest.prefix(2)
                guard digits.count == 3, digits.allSatisfy({ ("0"..."7").contains($0) }),
                    let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 8), value < 256,
                    let decoded = Unicode.Scalar(value)
                else { return nil }
                text.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                return nil
            }
        }
        return String(text)
    }
}
