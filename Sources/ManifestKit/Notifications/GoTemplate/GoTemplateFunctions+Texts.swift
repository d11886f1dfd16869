extension GoTemplateFunctions {
    static func text(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "trim": return .string(ExpressionText.trim(try a.string(0), nil))
        case "trimAll", "trimall": return .string(ExpressionText.trim(try a.string(1), try a.string(0)))
        case "trimSuffix":
            let (suffix, text) = (try a.string(0), try a.string(1))
            return .string(text.hasSuffix(suffix) ? cut(text, 0, text.utf8.count - suffix.utf8.count) : text)
        case "trimPrefix":
            let (prefix, text) = (try a.string(0), try a.string(1))
            return .string(text.hasPrefix(prefix) ? cut(text, prefix.utf8.count, text.utf8.count) : text)
        case "upper": return .string(ExpressionText.recased(try a.string(0), upper: true))
        case "lower": return .string(ExpressionText.recased(try a.string(0), upper: false))
        case "title": return .string(words(try a.string(0)) { $0.capitalized })
        case "untitle": return .string(words(try a.string(0)) { $0.prefix(1).lowercased() + $0.dropFirst() })
        case "repeat":
            let (count, text) = (max(0, try a.count(0)), try a.string(1))
            let (length, overflows) = count.multipliedReportingOverflow(by: text.utf8.count)
            try a.limited(overflows ? .max : length)
            return .string(String(repeating: text, count: count))
        case "substr":
            let (start, end, text) = (try a.count(0), try a.count(1), try a.string(2))
            return .string(cut(text, start < 0 ? 0 : start, end < 0 || start < 0 && end == 0 ? text.utf8.count : end))
        case "nospace": return .string(String(String.UnicodeScalarView(
            try a.string(0).unicodeScalars.filter { !$0.properties.isWhitespace })))
        case "trunc":
            let (count, text) = (try a.count(0), try a.string(1))
            let length = text.utf8.count
            if count < 0 { return .string(length + count > 0 ? cut(text, length + count, length) : text) }
            return .string(cut(text, 0, min(count, length)))
        case "abbrev":
            let (width, text) = (try a.count(0), try a.string(1))
            return .string(width < 4 || text.utf8.count <= width ? text : cut(text, 0, width - 3) + "...")
        case "initials":
            return .string(String(try a.string(0).split { $0.isWhitespace }.compactMap(\.first)))
        case "contains": return .boolean(ExpressionText.position(of: try a.string(0), in: try a.string(1)) != nil)
        case "hasPrefix": return .boolean(try a.string(1).hasPrefix(try a.string(0)))
        case "hasSuffix": return .boolean(try a.string(1).hasSuffix(try a.string(0)))
        default: return nil
        }
    }

    /// The bytes of a text from one place to another; what would cut a character in two leaves a mark.
    private static func cut(_ text: String, _ start: Int, _ end: Int) -> String {
        let bytes = Array(text.utf8)
        let end = min(max(0, end), bytes.count)
        return String(decoding: bytes[min(max(0, start), end)..<end], as: UTF8.self)
    }

    private static func words(_ text: String, _ change: (Substring) -> String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map(change).joined(separator: " ")
    }

    static func textChange(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "quote":
            return .string(a.values.filter { !$0.isNull }.map { GoText.quoted(plain($0)) }.joined(separator: " "))
        case "squote": return .string(a.values.filter { !$0.isNull }.map { "'\(plain($0))'" }.joined(separator: " "))
        case "cat": return .string(a.values.filter { !$0.isNull }.map { plain($0) }.joined(separator: " "))
        case "indent", "nindent":
            let (count, text) = (max(0, try a.count(0)), try a.string(1))
            let lines = text.utf8.count { $0 == 0x0A } + 1
            let (length, overflows) = count.multipliedReportingOverflow(by: lines)
            try a.limited(overflows ? .max : length + text.utf8.count)
            let blanks = String(repeating: " ", count: count)
            let moved = blanks + ExpressionText.replace("\n", with: "\n" + blanks, in: text, limit: -1)
            return .string(a.name == "nindent" ? "\n" + moved : moved)
        case "replace":
            let (old, new, text) = (try a.string(0), try a.string(1), try a.string(2))
            let (length, overflows) = (text.utf8.count + 1).multipliedReportingOverflow(by: new.utf8.count + 1)
            if overflows || length > a.longestText {
                let found = ExpressionText.split(text, by: old, limit: -1, keepsSeparator: false).count
                try a.limited(text.utf8.count + found.multipliedReportingOverflow(by: new.utf8.count).partialValue)
            }
            return .string(ExpressionText.replace(old, with: new, in: text, limit: -1))
        case "plural": return .string(a.integer(2) == 1 ? try a.string(0) : try a.string(1))
        case "snakecase": return .string(parts(of: try a.string(0)).joined(separator: "_"))
        case "kebabcase": return .string(parts(of: try a.string(0)).joined(separator: "-"))
        case "camelcase": return .string(parts(of: try a.string(0)).map(\.capitalized).joined())
        case "regexMatch", "mustRegexMatch":
            let (pattern, text) = (try a.string(0), try a.string(1))
            return .boolean(try matches(pattern, text))
        case "regexQuoteMeta":
            return .string(try a.string(0).map { "\\.+*?()|[]{}^$".contains($0) ? "\\\($0)" : "\($0)" }.joined())
        case "splitList":
            let parts = ExpressionText.split(try a.string(1), by: try a.string(0), limit: -1, keepsSeparator: false)
            return .array(parts.map { .string($0) })
        case "split", "splitn":
            let isCounted = a.name == "splitn"
            let parts = ExpressionText.split(
                try a.string(isCounted ? 2 : 1), by: try a.string(0), limit: isCounted ? try a.count(1) : -1,
                keepsSeparator: false)
            return .map(zip(0..., parts).map { .init(key: .string("_\($0)"), value: .string($1)) })
        case "join":
            let parts = a[1].elements?.filter { !$0.isNull }.map { plain($0) } ?? [plain(a[1])]
            let separator = try a.string(0)
            try a.limited(parts.reduce(0) { $0 + $1.utf8.count } + parts.count * separator.utf8.count)
            return .string(parts.joined(separator: separator))
        default: return nil
        }
    }

    private static func matches(_ pattern: String, _ text: String) throws(FunctionProblem) -> Bool {
        do throws(RegularExpression.Malformation) {
            return try RegularExpression(pattern).matches(text)
        } catch {
            throw FunctionProblem("the pattern cannot be read: \(error.message)")
        }
    }

    /// The words of a name, in small letters.
    private static func parts(of text: String) -> [String] {
        var parts: [String] = []
        var word = ""
        var previous: Character = " "
        for character in text {
            let begins = character.isUppercase && (previous.isLowercase || previous.isNumber)
            if !character.isLetter && !character.isNumber || begins {
                if !word.isEmpty { parts.append(word.lowercased()) }
                word = begins ? String(character) : ""
            } else {
                word.append(character)
            }
            previous = character
        }
        return word.isEmpty ? parts : parts + [word.lowercased()]
    }

    /// A value as a text: bytes as what they spell.
    static func plain(_ value: ExpressionValue) -> String {
        switch value {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: GoFormat.text(value)
        }
    }

    // MARK: From one type to another

    static func conversion(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "toString": return .string(plain(a[0]))
        case "toStrings": return .array((a[0].elements ?? [a[0]]).filter { !$0.isNull }.map { .string(plain($0)) })
        case "b64enc": return .string(Base64.encoded(Array(try a.string(0).utf8)))
        case "b64dec":
            guard let bytes = Base64.decoded(try a.string(0)) else { throw FunctionProblem("the text is no base64") }
            return .string(String(decoding: bytes, as: UTF8.self))
        case "atoi": return .integer(Int64(try a.string(0)) ?? 0)
        case "int", "int64": return .integer(a.integer(0))
        case "float64": return .float(a.float(0))
        case "fromJson", "mustFromJson":
            do throws(JSONReader.Failure) {
                return ExpressionValue(try JSONReader.value(try text(of: a[0], a)))
            } catch {
                if a.name == "fromJson" { return .null }
                throw FunctionProblem("the text is no JSON: \(error.message) at byte \(error.byte)")
            }
        case "toJson", "mustToJson": return .string(GoText.json(sorted(a[0])))
        case "toRawJson": return .string(JSONWriter.text(sorted(a[0])))
        case "toPrettyJson": return .string(JSONWriter.text(a[0].json, layout: .pretty, sortsKeys: true))
        default: return nil
        }
    }

    private static func text(of value: ExpressionValue, _ a: GoTemplateArguments) throws(JSONReader.Failure) -> String {
        guard case .string(let text) = value else { throw JSONReader.Failure(message: "it is no text", byte: 0) }
        return text
    }

    /// A value as JSON with whole numbers written as such, and keys in order, as Go has them.
    private static func sorted(_ value: ExpressionValue) -> JSONValue {
        switch value {
        case .float(let number): Int64(exactly: number).map { .integer($0) } ?? .double(number)
        case .array(let elements): .array(elements.map(sorted))
        case .map(let entries):
            .object(JSONObject(entries.map { (plain($0.key), sorted($0.value)) }
                .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
        default: value.json
        }
    }
}

extension StringProtocol {
    /// With the first letter in capitals.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
