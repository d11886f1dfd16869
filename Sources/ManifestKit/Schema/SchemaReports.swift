/// What the checker says of a value.
extension SchemaChecker {
    /// A list or mapping stands where another kind of node must be, or none.
    func reportKind(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let node = node(site)
        let wanted = table.container(field) == .list ? "a list" : "a mapping"
        var hint: String?
        if table.container(field) == .list {
            hint = node.isMapping
                ? "begin each item with `- `"
                : "write it as a list of one: `- \(node.source.text(node.range))`"
            if node.isScalar, node.range.count > 40 || node.style == .literal || node.style == .folded {
                hint = "begin each item with `- `"
            }
        } else if node.isSequence {
            hint = "drop the `- ` before the keys"
        }
        findings.report(
            FieldTypeRule.self, field: node, "`\(node.label)` must be \(wanted), and is \(Self.description(of: node))",
            hint: hint)
    }

    /// A value, or an item, is of the wrong type.
    func reportType(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let node = node(site)
        let code = table.code(field)
        let wanted = Self.words(for: code)
        if node.isScalar {
            let mending = mending(of: node, to: code)
            findings.report(
                FieldTypeRule.self, at: node, "`\(node.label)` must be \(wanted), and \(Self.reading(of: node))",
                hint: mending?.hint, fix: mending?.fix)
            return
        }
        var hint: String?
        if node.isSequence, table.container(field) == .single { hint = "it is one value, not a list" }
        if node.isMapping, let only = node.entries.first, node.count == 1, code != .reference, code != .object {
            hint = only.key.isScalar
                ? "it is a single value; `\(only.key.text)` has no place here"
                : "a text that begins with `{` must be in quotes"
        }
        findings.report(
            FieldTypeRule.self, field: node, "`\(node.label)` must be \(wanted), and is \(Self.description(of: node))",
            hint: hint)
    }

    /// An item of a list is null.
    func reportNullItem(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let node = node(site)
        let isEmptyText = table.code(field) == .string
        findings.report(
            FieldTypeRule.self, at: node,
            "`\(node.label)` must be \(Self.words(for: table.code(field))), and is empty (null)",
            hint: isEmptyText
                ? "remove the item, or write \"\" for an empty string" : "remove the `-`, or indent what belongs to it")
    }

    /// A number lies outside its bounds.
    func reportRange(_ site: UInt32, low: Int64, high: Int64, _ findings: inout Findings) {
        let node = node(site)
        let text = node.text
        let isBelow = text.hasPrefix("-") || node.integer.map { Int64($0) < low } ?? false
        findings.report(
            NumberRangeRule.self, at: node, isBelow
                ? "`\(node.label)` is \(text), and must be at least \(low)"
                : "`\(node.label)` is \(text), and must be at most \(high)")
    }

    /// A string is none of the values that are allowed.
    func reportValue(_ site: UInt32, _ values: [Substring], _ findings: inout Findings) {
        let node = node(site)
        let words = values.map { String($0) }
        let meant = Spelling.closest(to: node.text, among: words)
        findings.report(
            FieldValueRule.self, at: node,
            "`\(node.label)` is \(Self.quoted(node)), and must be one of \(words.joined(separator: ", "))",
            hint: meant.map { "did you mean `\($0)`?" },
            fix: meant.map { Diagnostic.Fix(span: node.span, replacement: $0) })
    }

    /// Two items of a list have the same keys.
    func reportDuplicate(
        _ item: YAMLNode, _ other: YAMLNode, _ keys: [Substring], _ value: String, _ findings: inout Findings
    ) {
        findings.report(
            ListKeyRule.self, at: item["\(keys[0])"] ?? item,
            "`\(item.label)` has the same \(keys.joined(separator: " and ")) as `\(other.label)`: \(value)",
            hint: "remove one of the two",
            related: [(other["\(keys[0])"] ?? other, "first here")])
    }

    /// Fields that must be there are absent or null.
    func reportMissing(
        _ missing: UInt64, in site: UInt32, _ type: SchemaTable.TypeReference, _ findings: inout Findings
    ) {
        let node = node(site)
        for position in 0..<64 where missing & 1 << UInt64(position) != 0 {
            let field = table.field(type, position)
            guard table.exists(field, inMinor: minor) else { continue }
            let name = table.name(field)
            if let value = node[name] {
                findings.report(
                    RequiredFieldRule.self, field: value, "`\(name)` of `\(node.label)` is required and empty (null)")
            } else {
                let owner = type == root ? "the \(node["kind"]?.text ?? "object")" : "`\(node.label)`"
                findings.report(
                    RequiredFieldRule.self, missing: name, in: node, "\(owner) has no `\(name)`, which is required")
            }
        }
    }
}

// MARK: - Forms of strings

extension SchemaChecker {
    /// A string is no quantity.
    func reportQuantity(_ site: UInt32, _ findings: inout Findings) {
        let node = node(site)
        // Go trims spaces off a quantity in quotes.
        guard Quantity(node) == nil else { return }
        let meant = Self.quantity(meantBy: node.text)
        findings.report(
            QuantityRule.self, at: node, "`\(node.label)` is \(Self.quoted(node)), which is no quantity",
            hint: meant.map { "did you mean `\($0)`?" }
                ?? "write a number and, if need be, one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei behind it",
            fix: meant.map { Diagnostic.Fix(span: node.span, replacement: $0) })
    }

    /// The quantity that somebody may have meant with `1GB`, `512 Mi` or `2 cores`.
    private static func quantity(meantBy text: String) -> String? {
        let number = String(text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") })
        let unit = text.dropFirst(number.count).filter { $0 != " " }
        guard !number.isEmpty, Quantity(number) != nil else { return nil }
        let units = [
            "k": "k", "kb": "k", "kib": "Ki", "ki": "Ki", "mb": "M", "mib": "Mi", "mi": "Mi", "gb": "G", "g": "G",
            "gib": "Gi", "gi": "Gi", "tb": "T", "t": "T", "tib": "Ti", "ti": "Ti", "pib": "Pi", "b": "", "bytes": "",
            "core": "", "cores": "", "cpu": "", "cpus": "", "millicores": "m", "millicpu": "m", "mcpu": "m",
            "mcores": "m",
        ]
        return units[unit.lowercased()].map { number + $0 }
    }

    /// A string is no time.
    func reportTime(_ site: UInt32, _ findings: inout Findings) {
        let node = node(site)
        findings.report(
            TimeRule.self, at: node, "`\(node.label)` is \(Self.quoted(node)), which is no time",
            hint: "write it as RFC 3339 has it: 2026-11-23T09:30:00Z")
    }

    /// A string is neither a number nor a percentage.
    func reportPercent(_ site: UInt32, _ findings: inout Findings) {
        let node = node(site)
        let text = node.text
        var meant = String(text.filter { $0 != " " })
        if Int(meant) == nil, IntOrPercent(percent: meant) == nil { meant = "" }
        let isNumber = Int(meant) != nil
        findings.report(
            IntOrPercentRule.self, at: node,
            "`\(node.label)` is \(Self.quoted(node)), which is neither a whole number nor a percentage",
            hint: isNumber ? "remove the quotes: \(meant)" : "write a whole number, or a percentage such as 25%",
            fix: meant.isEmpty ? nil : Diagnostic.Fix(span: node.span, replacement: meant))
    }
}

// MARK: - Words

extension SchemaChecker {
    /// What a value of a code must be.
    static func words(for code: SchemaTable.Code) -> String {
        switch code {
        case .any: "something"
        case .string: "a string"
        case .int32, .int64: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .object, .reference: "a mapping"
        case .quantity: "a quantity"
        case .intOrString: "a whole number or a string"
        case .intOrPercent: "a whole number or a percentage"
        case .time: "a time"
        }
    }

    /// What a node is, to go behind "is".
    static func description(of node: YAMLNode) -> String {
        if node.isMapping { return "a mapping" }
        if node.isSequence { return "a list" }
        switch node.scalar {
        case .null: return "empty (null)"
        case .boolean, .integer, .float: return node.text
        case .string: return "the string \(quoted(node))"
        }
    }

    /// How a scalar is read, to go behind "and".
    static func reading(of node: YAMLNode) -> String {
        if case .boolean(let value) = node.scalar, node.text.lowercased() != "\(value)" {
            return "`\(node.text)` is read as \(value)"
        }
        if case .boolean(let value) = node.scalar { return "is the truth value \(value)" }
        if case .integer(let value) = node.scalar, node.text != String(value) {
            return "`\(node.text)` is read as the number \(value)"
        }
        if case .integer = node.scalar { return "is the number \(node.text)" }
        if case .float = node.scalar { return "is the number \(node.text)" }
        return "is \(description(of: node))"
    }

    /// A scalar's text in quotes, cut where it is long.
    static func quoted(_ node: YAMLNode) -> String {
        let text = node.text
        return JSONWriter.quoted(text.count > 60 ? text.prefix(57) + "..." : text)
    }

    /// What to do about a scalar of the wrong type.
    private func mending(of node: YAMLNode, to code: SchemaTable.Code) -> (hint: String, fix: Diagnostic.Fix)? {
        let replacement: String?
        let text = node.text
        switch (code, node.scalar) {
        case (.string, .boolean), (.string, .integer), (.string, .float), (.string, .null), (.time, .integer),
            (.quantity, .float):
            replacement = JSONWriter.quoted(text)
            return replacement.map { ("quote it: \($0)", Diagnostic.Fix(span: node.span, replacement: $0)) }
        case (.int32, .string), (.int64, .string), (.number, .string):
            let isNumber = code == .number ? Double(text) != nil : Int64(text) != nil
            replacement = isNumber ? text : nil
        case (.boolean, .string):
            replacement = ScalarResolution.resolve(text) == .boolean(true)
                ? "true" : ScalarResolution.resolve(text) == .boolean(false) ? "false" : nil
        default:
            replacement = nil
        }
        guard let replacement else { return nil }
        return ("remove the quotes: \(replacement)", Diagnostic.Fix(span: node.span, replacement: replacement))
    }
}

extension YAMLNode {
    /// The last part of the node's path that says what it is: `replicas`, or `containers[0]` for an item of a list.
    var label: String {
        guard let parent else { return "the document" }
        if parent.isMapping { return key?.text ?? text }
        let position = parent.elements.firstIndex { $0.isSame(as: self) } ?? 0
        return "\(parent.label)[\(position)]"
    }
}
