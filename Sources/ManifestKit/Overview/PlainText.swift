/// Makes text of users safe for a terminal: what would move its cursor, colour it or turn its direction is shown.
public enum PlainText {
    /// Text with every such character replaced by a picture of it.
    public static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) || isHidden($0) }) else { return text }
        return text.unicodeScalars.map { shown($0) }.joined()
    }

    /// One character.
    public static func shown(_ scalar: Unicode.Scalar) -> String {
        if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) { return String(picture) }
        if scalar.value == 0x7F { return "␡" }
        return isControl(scalar) || isHidden(scalar) ? "\u{FFFD}" : String(scalar)
    }

    /// Whether a character turns the direction of what follows, so that text reads as what it is not.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
