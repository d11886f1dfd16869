/// Writes metrics in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
    /// What a metric counts.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// The media type of the format.
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// What has been written so far.
    private(set) var text = ""
    private var name = ""

    /// Begins a metric; its samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes a value of the metric.
    mutating func sample(_ value: Double, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
        text += name
        text += suffix
        if !labels.isEmpty {
            text += "{"
            for (position, label) in labels.enumerated() {
                if position > 0 { text += "," }
                text += label.name
                text += "=\""
                text += Self.escaped(label.value, quotes: true)
                text += "\""
            }
            text += "}"
        }
        text += " "
        text += Self.number(value)
        text += "\n"
    }

    /// Writes a whole number of the metric.
    mutating func sample(_ value: Int, _ labels: [(name: String, value: String)] = []) {
        sample(Double(value), labels)
    }

    /// Writes a histogram.
    mutating func sample(_ histogram: Histogram, _ labels: [(name: String, value: String)] = []) {
        var count = 0
        for (position, bound) in histogram.bounds.enumerated() {
            count += histogram.counts[position]
            sample(Double(count), labels + [("le", Self.number(bound))], suffix: "_bucket")
        }
        sample(Double(histogram.count), labels + [("le", "+Inf")], suffix: "_bucket")
        sample(histogram.sum, labels, suffix: "_sum")
        sample(Double(histogram.count), labels, suffix: "_count")
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
