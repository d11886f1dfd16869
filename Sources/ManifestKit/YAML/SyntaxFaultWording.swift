/// Says in a user's words what libyaml says in a parser's.
enum SyntaxFaultWording {
    static func fault(
        _ failure: LibYAMLParser.Failure, bytes: UnsafeBufferPointer<UInt8>, local: Int, base: Int,
        _ offsets: inout CharacterOffsets
    ) -> YAMLFault {
        var range = base + local..<base + min(local + 1, bytes.count)
        if range.isEmpty { range = max(base, range.lowerBound - 1)..<range.upperBound }
        let context = failure.contextCharacter.map { base + offsets.byte(of: $0) }
        if bytes.indices.contains(local), bytes[local] == UInt8(ascii: "\t") {
            return YAMLFault(
                kind: .syntax, message: "a tab, which YAML does not take for indentation",
                hint: "indent with spaces", range: range)
        }
        if failure.message.contains("scanning a quoted scalar"), let context {
            let quote = bytes[context - base] == UInt8(ascii: "'") ? "'" : "\""
            return YAMLFault(
                kind: .syntax, message: "the quote \(quote) that opens here is never closed",
                hint: "close it on the line where the text ends", range: context..<context + 1, relatedRange: range)
        }
        if let context, failure.message.contains("did not find expected ',' or"),
            isOutside(local, of: context - base, in: bytes) {
            let bracket = bytes[context - base] == UInt8(ascii: "{") ? "{" : "["
            return YAMLFault(
                kind: .syntax, message: "the bracket \(bracket) that opens here is never closed",
                hint: "close it on the line where its last value ends", range: context..<context + 1,
                relatedRange: range)
        }
        range = min(base + firstSuspect(of: failure, at: local, in: bytes), range.lowerBound)..<range.upperBound
        let (message, hint) = wording(failure.message)
        return YAMLFault(
            kind: .syntax, message: message, hint: hint, range: range,
            relatedRange: context.flatMap { $0 < range.lowerBound ? $0..<min($0 + 1, base + bytes.count) : nil })
    }

    /// Whether a place is on a later line that stands no deeper than the one on which a bracket opens, where nothing
    /// that belongs into the brackets would be written.
    private static func isOutside(_ place: Int, of bracket: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let line = lineStart(of: place, in: bytes)
        guard line > bracket, bytes[place] != UInt8(ascii: "}"), bytes[place] != UInt8(ascii: "]") else { return false }
        return indentation(of: line, in: bytes) <= indentation(of: lineStart(of: bracket, in: bytes), in: bytes)
    }

    /// Where what is wrong may begin: a comma is missing at the end of the line above as a rule, and where one line
    /// alone stands deeper than its neighbours, it is the one to move.
    private static func firstSuspect(
        of failure: LibYAMLParser.Failure, at place: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Int {
        let line = lineStart(of: place, in: bytes)
        guard line > 0 else { return place }
        if failure.message.contains("did not find expected ',' or") {
            guard bytes[line..<place].allSatisfy({ $0 == UInt8(ascii: " ") }) else { return place }
            return bytes[..<line].lastIndex { $0 > UInt8(ascii: " ") } ?? place
        }
        guard failure.message.contains("did not find expected key") else { return place }
        let above = lineStart(of: line - 1, in: bytes)
        guard above > 0 else { return place }
        let (own, deeper) = (indentation(of: line, in: bytes), indentation(of: above, in: bytes))
        let isAlone = indentation(of: lineStart(of: above - 1, in: bytes), in: bytes) < own
        return deeper > own && isAlone ? above + deeper : place
    }

    private static func lineStart(of place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes[..<min(place, bytes.count)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }

    private static func indentation(of line: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes[line...].prefix { $0 == UInt8(ascii: " ") }.count
    }

    private static let table: [(contains: String, message: String, hint: String?)] = [
        ("mapping values are not allowed", "a mapping cannot start here",
         "look for a value with \": \" in it that needs quotes, or for wrong indentation"),
        ("could not find expected ':'", "a key without its colon", "write \"key: value\""),
        ("did not find expected key", "the indentation does not fit what is above",
         "line this key up with its neighbours"),
        ("did not find expected '-' indicator", "the indentation does not fit the list above",
         "line the dashes up, and the list's fields with each other"),
        ("block sequence entries are not allowed", "a list cannot start here", "put the dash on a line of its own"),
        ("found character that cannot start any token", "a character that no value can start with",
         "put the value in quotes"),
        ("did not find expected ',' or ']'", "a list in brackets that is not closed, or a comma that is missing", nil),
        ("did not find expected ',' or '}'", "a mapping in braces that is not closed, or a comma that is missing", nil),
        ("did not find expected node content", "a value is missing here, or a bracket above is not closed", nil),
        ("found undefined tag handle", "a tag handle that nothing defines", "remove the tag"),
        ("did not find expected <document start>", "more text after the document's end",
         "separate documents by a line with ---"),
    ]

    private static func wording(_ problem: String) -> (message: String, hint: String?) {
        for row in table where problem.contains(row.contains) { return (row.message, row.hint) }
        return ("this is not YAML: " + problem, nil)
    }

    /// The fault that a text is a Helm template, where it has an action in it.
    ///
    /// `{{args.name}}` is none: in an AnalysisTemplate it is an argument, and stands in texts that are in order.
    static func helmFault(in bytes: UnsafeBufferPointer<UInt8>, base: Int) -> YAMLFault? {
        var found = ByteSearch.firstIndex(of: "{{", in: bytes)
        while let next = found, isArgument(at: next + 2, in: bytes) {
            found = ByteSearch.firstIndex(of: "{{", in: bytes, from: next + 2)
        }
        guard let place = found, let end = ByteSearch.firstIndex(of: "}}", in: bytes, from: place) else { return nil }
        let line = ByteSearch.firstIndex(of: UInt8(ascii: "\n"), in: bytes, from: place) ?? bytes.count
        return YAMLFault(
            kind: .helmTemplate, message: "this is a Helm template; pipe `helm template` instead",
            hint: "helm template CHART | rollout-render validate -",
            range: base + place..<base + min(end + 2, line))
    }

    /// Whether what follows two braces is the name of an argument.
    private static func isArgument(at place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let name = bytes[min(place, bytes.count)...].drop { $0 == UInt8(ascii: " ") }
        return name.starts(with: "args.".utf8)
    }
}
