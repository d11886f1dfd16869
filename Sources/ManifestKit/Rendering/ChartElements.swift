/// Numbers as drawings have them.
enum ChartNumber {
    /// A length with at most one digit behind the point.
    static func text(_ value: Double) -> String {
        let tenths = Int((min(max(value, -1e9), 1e9) * 10).rounded())
        guard tenths % 10 != 0 else { return String(tenths / 10) }
        return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

/// What every chart has.
enum ChartElements {
    /// A line across a panel, with what it stands for before it.
    static func gridLine(_ y: Double, label: String, left: Double, right: Double) -> String {
        let (start, end, height) = (ChartNumber.text(left), ChartNumber.text(right), ChartNumber.text(y))
        return "<line class=\"grid\" x1=\"\(start)\" x2=\"\(end)\" y1=\"\(height)\" y2=\"\(height)\"/>\n"
            + "<text class=\"tick\" x=\"\(ChartNumber.text(left - 8))\" y=\"\(ChartNumber.text(y + 4))\">"
            + "\(label)</text>\n"
    }
}
