extension RegularExpressionParser {
    /// A class in brackets, at whose `[` the parser stands.
    mutating func parseClass() throws(Malformation) -> RegularExpressionClass {
        position += 1
        var result = RegularExpressionClass(isNegated: take("^"), foldsCase: foldsCase)
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if scalar == "[", let item = try takeNamedClass() {
                result.items.append(item)
            } else if scalar == "\\", let item = try takeClassEscape() {
                result.items.append(item)
            } else {
                let low = try takeClassCharacter()
                var high = low
                if next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                    position += 1
                    high = try takeClassCharacter()
                    guard high >= low else { throw Malformation(message: "the range \(low)-\(high) runs backwards") }
                }
                result.items.append(.range(low.value, high.value))
            }
        }
        guard take("]") else { throw Malformation(message: "a \"[\" has no \"]\"") }
        return result
    }

    private mutating func takeClassCharacter() throws(Malformation) -> Unicode.Scalar {
        guard let scalar = next else { throw Malformation(message: "a \"[\" has no \"]\"") }
        if scalar == "\\" { return try takeEscape() }
        position += 1
        return scalar
    }

    /// `[:alpha:]` and `[:^alpha:]`, or nil where there is none.
    private mutating func takeNamedClass() throws(Malformation) -> RegularExpressionClass.Item? {
        guard position + 1 < scalars.count, scalars[position + 1] == ":" else { return nil }
        var end = position + 2
        while end + 1 < scalars.count, !(scalars[end] == ":" && scalars[end + 1] == "]") { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        var name = String(String.UnicodeScalarView(scalars[position + 2..<end]))
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let ranges = RegularExpressionCategories.posix[name] else {
            throw Malformation(message: "\"[:\(name):]\" names no class of characters")
        }
        position = end + 2
        return Self.item(ranges, isNegated: isNegated)
    }

    private static func item(_ ranges: [(UInt32, UInt32)], isNegated: Bool) -> RegularExpressionClass.Item {
        let inner = RegularExpressionClass(items: ranges.map { .range($0.0, $0.1) }, isNegated: isNegated)
        return .not(RegularExpressionClass(items: [.not(inner)]))
    }

    /// `\d`, `\W`, `\pL`, `\p{Greek}` and the like, or nil where another escape stands.
    mutating func takeClassEscape() throws(Malformation) -> RegularExpressionClass.Item? {
        guard position + 1 < scalars.count else { return nil }
        let letter = scalars[position + 1]
        switch letter {
        case "d", "D", "s", "S", "w", "W":
            position += 2
            let lower = letter.properties.lowercaseMapping
            let ranges = RegularExpressionCategories.perl[lower] ?? []
            return Self.item(ranges, isNegated: lower.unicodeScalars.first != letter)
        case "p", "P":
            position += 2
            return try takeUnicodeClass(isNegated: letter == "P")
        default: return nil
        }
    }

    private mutating func takeUnicodeClass(isNegated: Bool) throws(Malformation) -> RegularExpressionClass.Item {
        var name = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw Malformation(message: "a \"\\p{\" has no \"}\"") }
        } else if let scalar = next {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        var isNegated = isNegated
        if name.hasPrefix("^") {
            isNegated.toggle()
            name.removeFirst()
        }
        guard let item = RegularExpressionCategories.item(named: name) else {
            throw Malformation(message: "\"\\p{\(name)}\" names no class of characters")
        }
        return isNegated ? .not(RegularExpressionClass(items: [item])) : item
    }

    /// The character that an escape stands for, at whose backslash the parser stands.
    mutating func takeEscape() throws(Malformation) -> Unicode.Scalar {
        position += 1
        guard let letter = next else { throw Malformation(message: "a backslash stands at the end") }
        position += 1
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "a": "\u{7}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
        ]
        if let scalar = simple[letter] { return scalar }
        switch letter {
        case "1"..."7":
            guard let follower = next, ("0"..."7").contains(follower) else { break }
            return octal(letter.value - 48)
        case "0": return octal(0)
        case "x": return try hexadecimal()
        default:
            let isWord = letter.isASCII && (letter.properties.isAlphabetic || ("0"..."9").contains(letter))
            if letter.isASCII, !isWord { return letter }
        }
        throw Malformation(message: "\"\\\(letter)\" is no escape")
    }

    private mutating func octal(_ first: UInt32) -> Unicode.Scalar {
        var value = first
        for _ in 0..<2 {
            guard let digit = next, ("0"..."7").contains(digit) else { break }
            value = value * 8 + digit.value - 48
            position += 1
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(Malformation) -> Unicode.Scalar {
        var digits = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw Malformation(message: "a \"\\x{\" has no \"}\"") }
        } else {
            while digits.utf8.count < 2, let scalar = next {
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            guard digits.utf8.count == 2 else { throw Malformation(message: "a \"\\x\" has no two digits") }
        }
        guard digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }), let value = UInt32(digits, radix: 16),
            value <= 0x10FFFF
        else { throw Malformation(message: "\"\\x\(digits)\" is no character") }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}

/// The classes of characters that have names.
enum RegularExpressionCategories {
    static let perl: [String: [(UInt32, UInt32)]] = [
        "d": [(48, 57)], "s": [(9, 10), (12, 13), (32, 32)], "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
    ]

    static let posix: [String: [(UInt32, UInt32)]] = [
        "alnum": [(48, 57), (65, 90), (97, 122)], "alpha": [(65, 90), (97, 122)], "ascii": [(0, 127)],
        "blank": [(9, 9), (32, 32)], "cntrl": [(0, 31), (127, 127)], "digit": [(48, 57)], "graph": [(33, 126)],
        "lower": [(97, 122)], "print": [(32, 126)], "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
        "space": [(9, 13), (32, 32)], "upper": [(65, 90)], "word": [(48, 57), (65, 90), (95, 95), (97, 122)],
        "xdigit": [(48, 57), (65, 70), (97, 102)],
    ]

    private static let categories: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]

    /// The scripts in wide use, by the ranges that hold nearly all of their characters.
    private static let scripts: [String: [(UInt32, UInt32)]] = [
        "Latin": [(0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2B8)],
        "Greek": [(0x370, 0x373), (0x375, 0x377), (0x37A, 0x37D), (0x384, 0x3E1), (0x3F0, 0x3FF), (0x1F00, 0x1FFE)],
        "Cyrillic": [(0x400, 0x52F), (0x1C80, 0x1C8A), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)],
        "Hebrew": [(0x591, 0x5F4)], "Arabic": [(0x600, 0x6FF), (0x750, 0x77F)], "Thai": [(0xE01, 0xE5B)],
        "Han": [(0x2E80, 0x2FD5), (0x3005, 0x3007), (0x3021, 0x303B), (0x3400, 0x9FFF), (0x20000, 0x323AF)],
        "Hiragana": [(0x3041, 0x309F)], "Katakana": [(0x30A1, 0x30FF)], "Hangul": [(0x1100, 0x11FF), (0xAC00, 0xD7A3)],
        "Devanagari": [(0x900, 0x97F)], "Armenian": [(0x531, 0x58F)], "Georgian": [(0x10A0, 0x10FF)],
    ]

    /// The other scripts: patterns may name them, and nothing that metrics deal with is written in them.
    private static let rareScripts: Set<Substring> = Set("""
        Adlam Ahom Anatolian_Hieroglyphs Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo \
        Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee \
        Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Deseret Dives_Akuru Dogra Duployan \
        Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Glagolitic Gothic Grantha Gujarati Gunjala_Gondi Gurmukhi \
        Hanifi_Rohingya Hanunoo Hatran Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian \
        Javanese Kaithi Kannada Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Lepcha \
        Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen \
        Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi \
        Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu \
        Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian \
        Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene \
        Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian \
        Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa \
        Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Tibetan Tifinagh Tirhuta Toto Ugaritic \
        Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square
        """.split(separator: " "))

    static func item(named name: String) -> RegularExpressionClass.Item? {
        if name == "Any" { return .any }
        if categories.contains(name) { return .category(name) }
        guard let ranges = scripts[name] ?? (rareScripts.contains(Substring(name)) ? [] : nil) else { return nil }
        return .not(RegularExpressionClass(items: ranges.map { .range($0.0, $0.1) }, isNegated: true))
    }

    /// The short name of a character's general category.
    static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
