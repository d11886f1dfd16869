/// The order in which Go's encoder writes the fields of a pod template and of canary steps.
///
/// A pod-template hash is taken over those bytes, so order and empty fields decide the name of every ReplicaSet. The
/// facts are in `GoFieldOrder.generated.swift`, one type a line: `name?type`, where `?` leaves an empty field out, `!` a
/// zero one, and `:` always writes it.
enum GoFieldOrder {
    /// When a field is left out.
    enum Omission: Sendable {
        case never, empty, zero
    }

    /// What a field holds.
    indirect enum FieldType: Sendable {
        case string, boolean, integer, float, quantity, integerOrString, time, raw
        case pointer(FieldType)
        case list(FieldType)
        case map(FieldType)
        case structure(Int)
    }

    /// One field of a struct.
    struct Field: Sendable {
        let name: String
        let omission: Omission
        let type: FieldType
    }

    /// The fields of each struct, by the number that `FieldType.structure` holds.
    static let structures: [[Field]] = parsed.structures
    /// The number of `PodTemplateSpec`.
    static let podTemplate = parsed.numbers["PodTemplateSpec"] ?? 0
    /// The number of `CanaryStep`.
    static let canaryStep = parsed.numbers["CanaryStep"] ?? 0

    private static let parsed: (structures: [[Field]], numbers: [Substring: Int]) = {
        let whole = text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        let rows = whole.split(separator: "\n").map { $0.split(separator: " ") }
        var numbers: [Substring: Int] = [:]
        for (number, row) in rows.enumerated() { numbers[row[0]] = number }
        return (rows.map { row in row.dropFirst().compactMap { field($0, numbers) } }, numbers)
    }()

    private static func field(_ text: Substring, _ numbers: [Substring: Int]) -> Field? {
        let marks: [(Character, Omission)] = [("?", .empty), (":", .never), ("!", .zero)]
        for (mark, omission) in marks {
            guard let place = text.firstIndex(of: mark) else { continue }
            guard let type = type(text[text.index(after: place)...], numbers) else { return nil }
            return Field(name: String(text[..<place]), omission: omission, type: type)
        }
        return nil
    }

    private static func type(_ text: Substring, _ numbers: [Substring: Int]) -> FieldType? {
        let rest = text.dropFirst()
        switch text.first {
        case "s": return .string
        case "b": return .boolean
        case "i": return .integer
        case "f": return .float
        case "q": return .quantity
        case "x": return .integerOrString
        case "t": return .time
        case "r": return .raw
        case "*": return type(rest, numbers).map { .pointer($0) }
        case "[": return type(rest, numbers).map { .list($0) }
        case "{": return type(rest, numbers).map { .map($0) }
        case "=": return numbers[rest].map { .structure($0) }
        default: return nil
        }
    }
}
