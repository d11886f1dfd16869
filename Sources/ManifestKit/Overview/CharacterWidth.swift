/// How many cells of a terminal a character takes.
public enum CharacterWidth {
    /// 0 for marks that combine with what is before them, 2 for wide characters, else 1.
    public static func cells(_ scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        case .format where scalar.value != 0xAD && !PlainText.isHidden(scalar): return 0
        default: break
        }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The cells that a text takes.
    public static func cells(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + cells($1) }
    }

    /// The cells that a character of one or more code points takes; one that is followed by the sign for an emoji is
    /// wide.
    static func cells(_ character: Character) -> Int {
        var widest = 0
        for scalar in character.unicodeScalars {
            widest = max(widest, scalar.value == 0xFE0F ? 2 : cells(scalar))
        }
        return widest
    }

    /// As much of a text as fits a number of cells, and the cells that it takes.
    static func prefix(of text: String, within most: Int) -> (text: Substring, cells: Int) {
        var end = text.startIndex
        var taken = 0
        while end < text.endIndex {
            let width = cells(text[end])
            guard taken + width <= most else { break }
            taken += width
            end = text.index(after: end)
        }
        return (text[..<end], taken)
    }

    /// The end of a text that fits a number of cells, behind a sign where something is cut off before it.
    static func end(of text: String, within most: Int) -> String {
        guard cells(text) > most else { return text }
        var taken = 1
        var end: [Character] = []
        for character in text.reversed() {
            taken += cells(character)
            guard taken <= most else { break }
            end.append(character)
        }
        return "…" + String(end.reversed())
    }

    /// The wide and full-width ranges of Unicode's East Asian Width, joined where gaps are unassigned.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653,
        0x26A1...0x26A1, 0x26D4...0x26D4, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C,
        0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2E80...0x303E,
        0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x1F004...0x1F004,
        0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F64F,
        0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
