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
        let (message, hint) = wording(failure.message)
        return YAMLFault(
            kind: .syntax, message: message, hint: hint, range: range,
            relatedRange: context.flatMap { $0 < range.lowerBound ? $0..<min($0 + 1, base + bytes.count) : nil })
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
    static func helmFault(in bytes: UnsafeBufferPointer<UInt8>, base: Int) -> YAMLFault? {
        guard let place = ByteSearch.firstIndex(of: "{{", in: bytes),
            let end = ByteSearch.firstIndex(of: "}}", in: bytes, from: place)
        else { return nil }
        let line = ByteSearch.firstIndex(of: UInt8(ascii: "\n"), in: bytes, from: place) ?? bytes.count
        return YAMLFault(
            kind: .helmTemplate, message: "this is a Helm template; pipe `helm template` instead",
            hint: "helm template CHART | rollout-render validate -",
            range: base + place..<base + min(end + 2, line))
    }
}
