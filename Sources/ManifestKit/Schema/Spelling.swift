/// Finds the word that somebody may have meant.
enum Spelling {
    /// The closest of some words that is close enough to be meant, or nil; another case of letters is closest.
    static func closest(
        to word: String, among words: some Sequence<String>, atMost most: Int = 3
    ) -> String? {
        let lower = Array(word.lowercased().utf8)
        let limit = lower.count < 3 ? 0 : min(most, max(1, lower.count / 3))
        return closest(to: lower, among: words.lazy.filter { $0 != word }, within: limit)
    }

    /// The closest of a few names, of which one is surely meant, or nil: a third of the letters may be wrong.
    static func nearestName(to text: String, among names: some Sequence<String>) -> String? {
        let lower = Array(text.lowercased().utf8.prefix(64))
        return closest(to: lower, among: names, within: max(1, lower.count / 3))
    }

    private static func closest(
        to lower: [UInt8], among words: some Sequence<String>, within limit: Int
    ) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in words {
            let distance = distance(lower, Array(candidate.lowercased().utf8), atMost: limit)
            if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// How many letters must be added, dropped, changed or swapped with their neighbour; `limit + 1` for any more.
    static func distance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int {
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return min(last[right.count], limit + 1)
    }
}
