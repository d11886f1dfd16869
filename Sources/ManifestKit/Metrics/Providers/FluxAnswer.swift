/// Reads the answer to a query in Flux: comma-separated values with annotations (`#datatype`, `#group`, `#default`).
struct FluxAnswer {
    private var types: [String] = []
    private var defaults: [String] = []
    private var names: [String]?
    private var values: [ExpressionValue] = []

    /// The values of the column `_value` in all rows of all tables.
    static func values(_ text: String) throws(AnalysisProblem) -> [ExpressionValue] {
        var answer = FluxAnswer()
        for row in try rows(of: text) { try answer.take(row) }
        return answer.values
    }

    private mutating func take(_ row: [String]) throws(AnalysisProblem) {
        // Tables have an empty line between them.
        guard row != [""] else { return }
        switch row[0] {
        case "#datatype":
            self = FluxAnswer(values: values)
            types = row
        case "#default": defaults = row
        case let annotation where annotation.hasPrefix("#"): break
        default:
            guard let names else {
                self.names = row
                return
            }
            try take(row, named: names)
        }
    }

    private init(values: [ExpressionValue] = []) { self.values = values }

    private mutating func take(_ row: [String], named names: [String]) throws(AnalysisProblem) {
        func cell(_ name: String) -> Int? { names.firstIndex(of: name).flatMap { $0 < row.count ? $0 : nil } }
        // A table of this kind stands for a query that failed on the way.
        if names.first(where: { !$0.isEmpty }) == "error" {
            let message = cell("error").map { row[$0] } ?? ""
            let reference = cell("reference").map { row[$0] } ?? ""
            throw AnalysisProblem(
                (message.isEmpty ? "unknown query error" : MetricAnswer.excerpt(message))
                    + (reference.isEmpty ? "" : ",\(reference)"))
        }
        guard row.count == names.count else {
            throw AnalysisProblem("the answer of InfluxDB has a row of \(row.count) fields under \(names.count) names")
        }
        guard let column = cell("_value") else {
            values.append(.null)
            return
        }
        var text = row[column]
        if text.isEmpty, column < defaults.count { text = defaults[column] }
        guard text.isEmpty || column < types.count else {
            throw AnalysisProblem("the answer of InfluxDB does not say what its values are")
        }
        values.append(text.isEmpty ? .null : try Self.value(text, type: types[column]))
    }

    private static func value(_ text: String, type: String) throws(AnalysisProblem) -> ExpressionValue {
        let value: ExpressionValue?
        switch type {
        case "string": value = .string(text)
        case "double": value = ExpressionNumber.float(text).map { .float($0) }
        case "long": value = Int64(text).map { .integer($0) }
        case "unsignedLong":
            value = Int64(text).map { .integer($0) } ?? UInt64(text).map { .float(Double($0)) }
        case "boolean": value = .boolean(text.lowercased() != "false")
        case "duration": value = GoDuration(text).map { .duration($0.nanoseconds) }
        case "base64Binary": value = Base64.decoded(text).map { .bytes($0) }
        case "dateTime:RFC3339", "dateTime:RFC3339Nano", "dateTime":
            value = GoTimeReader.instant(from: text, layout: GoTimeLayout.standard).map { .time($0) }
        default: throw AnalysisProblem("_value has unknown data type \(type)")
        }
        guard let value else {
            throw AnalysisProblem("the answer of InfluxDB has \(GoText.quoted(text)) for a value of type \(type)")
        }
        return value
    }

    // MARK: Rows

    /// The fields of each line (RFC 4180).
    private static func rows(of text: String) throws(AnalysisProblem) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var bytes = Array(text.utf8)[...]
        func take() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\"") where isQuoted:
                if bytes.first == byte {
                    field.append(byte)
                    bytes.removeFirst()
                } else {
                    isQuoted = false
                }
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case UInt8(ascii: ",") where !isQuoted: take()
            case 0x0D where !isQuoted && bytes.first == 0x0A: break
            case 0x0A where !isQuoted:
                take()
                rows.append(row)
                row = []
            default: field.append(byte)
            }
        }
        guard !isQuoted else { throw AnalysisProblem("the answer of InfluxDB ends within quotes") }
        if !field.isEmpty || !row.isEmpty {
            take()
            rows.append(row)
        }
        return rows
    }
}
