/// Puts lists and numbers into sentences.
enum Wording {
    /// `a`, `a or b`, `a, b or c`.
    static func alternatives(_ words: [String]) -> String { list(words, last: "or") }

    /// `a`, `a and b`, `a, b and c`.
    static func all(_ words: [String]) -> String { list(words, last: "and") }

    /// `1 pod`, `2 pods`.
    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    /// A text in back quotes, cut where it is long.
    static func quoted(_ text: String) -> String {
        let line = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let isCut = line.utf8.count < text.utf8.count || line.utf8.count > 60
        return "`" + (isCut ? String(line.prefix(57)) + "..." : line) + "`"
    }

    private static func list(_ words: [String], last: String) -> String {
        guard words.count > 1, let end = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + end
    }
}
