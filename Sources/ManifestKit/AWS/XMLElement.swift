/// An element of an XML document, as far as answers of AWS need one: names, texts and children.
public struct XMLElement: Hashable, Sendable {
    /// The name without the prefix of a namespace.
    public var name: String
    /// The text that stands directly in it, blanks around it taken away.
    public var text = ""
    /// The elements in it, in their order.
    public var children: [XMLElement] = []

    /// Why a text is no document.
    public struct Failure: Error, Hashable, Sendable {
        /// What is wrong, in a few words.
        public var message: String
    }

    /// Elements within elements that are read.
    private static let greatestDepth = 64
    /// Elements that are read.
    private static let mostElements = 200_000

    /// The first child with a name.
    public subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The children of the first child with a name that are called `member`, as AWS writes lists.
    public func members(_ name: String) -> [XMLElement] {
        self[name]?.children.filter { $0.name == "member" } ?? []
    }

    /// The text of a child, nil where there is none or it is empty.
    public func text(_ name: String) -> String? { self[name].flatMap { $0.text.isEmpty ? nil : $0.text } }

    /// Reads a document. There are no document types in what AWS answers, so entities of one's own are refused.
    public static func parse(_ text: String) throws(Failure) -> XMLElement {
        var reader = Reader(rest: Array(text.utf8)[...])
        return try reader.document()
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        var count = 0

        mutating func document() throws(Failure) -> XMLElement {
            var open: [XMLElement] = []
            while true {
                let text = try characters()
                if open.isEmpty {
                    guard text.allSatisfy(\.isWhitespace) else { throw Failure(message: "text outside of elements") }
                } else {
                    open[open.count - 1].text += text
                }
                guard !rest.isEmpty else { throw Failure(message: "it ends too early") }
                if try skipsAside(into: &open) { continue }
                if take("</") {
                    let name = try self.name()
                    skipBlanks()
                    guard take(">"), var element = open.popLast(), element.name == name else {
                        throw Failure(message: "the end of <\(name)> stands where it does not belong")
                    }
                    element.text = XMLElement.trimmed(element.text)
                    guard let last = open.indices.last else { return element }
                    open[last].children.append(element)
                    continue
                }
                let (element, isEmpty) = try startTag()
                guard open.count < XMLElement.greatestDepth else { throw Failure(message: "it is nested too deeply") }
                count += 1
                guard count <= XMLElement.mostElements else { throw Failure(message: "it has too many elements") }
                if !isEmpty {
                    open.append(element)
                } else if let last = open.indices.last {
                    open[last].children.append(element)
                } else {
                    return element
                }
            }
        }

        /// Goes over a comment, an instruction or a section of plain characters; whether there was one.
        private mutating func skipsAside(into open: inout [XMLElement]) throws(Failure) -> Bool {
            if take("<!--") {
                _ = try text(before: "-->")
                return true
            }
            if take("<?") {
                _ = try text(before: "?>")
                return true
            }
            if take("<![CDATA[") {
                let text = try text(before: "]]>")
                guard let last = open.indices.last else { throw Failure(message: "text outside of elements") }
                open[last].text += text
                return true
            }
            guard !rest.starts(with: "<!".utf8) else { throw Failure(message: "it has a document type") }
            return false
        }

        private mutating func startTag() throws(Failure) -> (XMLElement, isEmpty: Bool) {
            guard take("<") else { throw Failure(message: "an element was expected") }
            let element = XMLElement(name: try name())
            while true {
                skipBlanks()
                if take("/>") { return (element, true) }
                if take(">") { return (element, false) }
                _ = try name()
                skipBlanks()
                guard take("=") else { throw Failure(message: "an attribute of <\(element.name)> has no value") }
                skipBlanks()
                if take("\"") { _ = try text(before: "\"") } else if take("'") { _ = try text(before: "'") } else {
                    throw Failure(message: "an attribute of <\(element.name)> has no quotes")
                }
            }
        }

        private mutating func name() throws(Failure) -> String {
            let bytes = rest.prefix { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF, UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
            guard !bytes.isEmpty else { throw Failure(message: "a name was expected") }
            rest = rest.dropFirst(bytes.count)
            return String(decoding: bytes.split(separator: UInt8(ascii: ":")).last ?? bytes, as: UTF8.self)
        }

        /// The text up to the next `<`, entities resolved.
        private mutating func characters() throws(Failure) -> String {
            let bytes = rest.prefix { $0 != UInt8(ascii: "<") }
            rest = rest.dropFirst(bytes.count)
            guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
            var result = ""
            let parts = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            for (place, part) in parts.enumerated() {
                guard place > 0 else {
                    result += String(decoding: part, as: UTF8.self)
                    continue
                }
                guard let end = part.firstIndex(of: UInt8(ascii: ";")),
                    let scalar = XMLElement.entity(String(decoding: part[..<end], as: UTF8.self))
                else { throw Failure(message: "an entity is not known") }
                result.unicodeScalars.append(scalar)
                result += String(decoding: part[(end + 1)...], as: UTF8.self)
            }
            return result
        }

        private mutating func text(before end: String) throws(Failure) -> String {
            let end = Array(end.utf8)
            var place = rest.startIndex
            while place + end.count <= rest.endIndex {
                if rest[place..<place + end.count].elementsEqual(end) {
                    let text = String(decoding: rest[..<place], as: UTF8.self)
                    rest = rest[(place + end.count)...]
                    return text
                }
                place += 1
            }
            throw Failure(message: "it ends too early")
        }

        private mutating func skipBlanks() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

        private mutating func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    private static func entity(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let isHexadecimal = digits.hasPrefix("x")
            return UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
                .flatMap { Unicode.Scalar($0) }
        }
    }
}
