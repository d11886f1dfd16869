/// What the functions for texts and numbers need of the standard library.
enum ExpressionText {
    /// The byte at which a text begins in another, or nil.
    static func position(of needle: String, in text: String) -> Int? {
        positions(of: Array(needle.utf8), in: Array(text.utf8), limit: 1).first
    }

    /// The byte at which a text begins for the last time in another, or nil.
    static func lastPosition(of needle: String, in text: String) -> Int? {
        let wanted = Array(needle.utf8)
        let bytes = Array(text.utf8)
        guard wanted.count <= bytes.count else { return nil }
        return (0...bytes.count - wanted.count).last { bytes[$0...].starts(with: wanted) }
    }

    private static func positions(of needle: [UInt8], in text: [UInt8], limit: Int) -> [Int] {
        guard needle.count <= text.count, limit > 0 else { return [] }
        var found: [Int] = []
        var place = 0
        while place <= text.count - needle.count, found.count < limit {
            if text[place...].starts(with: needle) {
                found.append(place)
                place += max(needle.count, 1)
            } else {
                place += 1
            }
        }
        return found
    }

    /// The parts of a text between separators, at most so many; a negative number means all.
    static func split(_ text: String, by separator: String, limit: Int, keepsSeparator: Bool) -> [String] {
        if limit == 0 { return [] }
        let most = limit < 0 ? Int.max : limit
        if separator.isEmpty {
            let scalars = Array(text.unicodeScalars)
            guard scalars.count > most else { return scalars.map { String(Character($0)) } }
            let last = String(String.UnicodeScalarView(scalars[(most - 1)...]))
            return scalars[..<(most - 1)].map { String(Character($0)) } + [last]
        }
        let bytes = Array(text.utf8)
        let length = separator.utf8.count
        var parts: [String] = []
        var start = 0
        for place in positions(of: Array(separator.utf8), in: bytes, limit: most - 1) {
            parts.append(String(decoding: bytes[start..<place + (keepsSeparator ? length : 0)], as: UTF8.self))
            start = place + length
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// A text with one part replaced by another, at most so many times; a negative number means all.
    static func replace(_ old: String, with new: String, in text: String, limit: Int) -> String {
        if limit == 0 { return text }
        let most = limit < 0 ? Int.max : limit
        if old.isEmpty {
            var result = ""
            var count = 0
            for scalar in text.unicodeScalars {
                if count < most { result += new }
                count += 1
                result.unicodeScalars.append(scalar)
            }
            return count < most ? result + new : result
        }
        return split(text, by: old, limit: most == .max ? -1 : most + 1, keepsSeparator: false).joined(separator: new)
    }

    /// A text without the characters of a set at its ends; without a set, without blanks.
    static func trim(_ text: String, _ set: String?) -> String {
        let isCut: (Unicode.Scalar) -> Bool = { scalar in
            set.map { $0.unicodeScalars.contains(scalar) } ?? scalar.properties.isWhitespace
        }
        let scalars = text.unicodeScalars.drop(while: isCut)
        let end = scalars.lastIndex { !isCut($0) }.map { scalars.index(after: $0) } ?? scalars.startIndex
        return String(String.UnicodeScalarView(scalars[..<end]))
    }

    /// A text in capitals or small letters, character by character.
    static func recased(_ text: String, upper: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let mapped = upper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping
            let scalars = mapped.unicodeScalars
            result.append(scalars.count == 1 ? scalars.first ?? scalar : scalar)
        }
        return String(result)
    }
}
