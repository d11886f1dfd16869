/// Writes values as Go's `fmt` does.
enum GoFormat {
    /// What an action writes; what is not there is `<no value>`.
    static func printed(_ value: ExpressionValue) -> String {
        if case .null = value { return "<no value>" }
        return text(value)
    }

    /// Whether a value counts as true in `if`: whether it is not the empty one of its type.
    static func isTrue(_ value: ExpressionValue) -> Bool {
        switch value {
        case .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .bytes(let value): !value.isEmpty
        case .array(let value): !value.isEmpty
        case .map(let value): !value.isEmpty
        case .duration(let value): value != 0
        case .time, .location, .function: true
        }
    }

    /// A value as `%v` writes it.
    static func text(_ value: ExpressionValue) -> String {
        switch value {
        case .null: return "<nil>"
        case .float(let value): return GoNumber.general(value)
        case .array(let elements): return "[" + elements.map { text($0) }.joined(separator: " ") + "]"
        case .map(let entries):
            let sorted = entries.map { (text($0.key), $0.value) }
                .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            return "map[" + sorted.map { "\($0.0):\(text($0.1))" }.joined(separator: " ") + "]"
        case .time(let instant):
            return instant.text(layout: GoTimeLayout.plain)
        default: return value.text
        }
    }
}
