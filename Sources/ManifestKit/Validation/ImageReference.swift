/// Names of container images: `registry.example.com/team/web:1.2@sha256:...`.
enum ImageReference {
    /// Whether bytes are so plain a name that nothing can be wrong: lower-case words with single separators, a port
    /// and a tag. Most are, and it takes no string to see it.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count < 128 else { return false }
        var wasSeparator = true
        var isInFirstPart = true
        var isBehindColon = false
        var isNumber = true
        for byte in bytes {
            if isDigit(byte) {
                wasSeparator = false
                continue
            }
            let wasNumber = isNumber
            isNumber = false
            if byte >= 0x61 && byte <= 0x7A || isBehindColon && byte >= 0x41 && byte <= 0x5A {
                wasSeparator = false
                continue
            }
            guard !wasSeparator else { return false }
            wasSeparator = true
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                break
            case UInt8(ascii: ":"):
                if isBehindColon { return false }
                isBehindColon = true
                isNumber = true
            case UInt8(ascii: "/"):
                // A colon before the first slash was that of a port; any other colon begins the tag, the last part.
                if isBehindColon, !isInFirstPart || !wasNumber { return false }
                isBehindColon = false
                isInFirstPart = false
            default:
                return false
            }
        }
        return !wasSeparator
    }

    /// What is wrong with the name of an image, to go behind it, or nil.
    static func problem(_ text: String) -> String? {
        var name = Substring(text)
        if let at = name.firstIndex(of: "@") {
            if let problem = digestProblem(name[name.index(after: at)...]) { return problem }
            name = name[..<at]
        }
        let lastPart = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        if let colon = name[lastPart...].lastIndex(of: ":") {
            let tag = name[name.index(after: colon)...]
            if tag.isEmpty { return "ends with `:` but has no tag" }
            if !isTag(tag) { return "has the tag \"\(tag.prefix(80))\", which is none" }
            name = name[..<colon]
        }
        return nameProblem(name)
    }

    private static func nameProblem(_ name: Substring) -> String? {
        if name.isEmpty { return "has no name" }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let first = parts.first, isRegistry(first) { parts.removeFirst() }
        for part in parts where !isPathPart(part) {
            if part.isEmpty { return "has an empty part between slashes" }
            if part.utf8.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) { return "has upper-case letters in its name" }
            return "has \"\(part.prefix(80))\" in its name, which cannot be part of one"
        }
        return nil
    }

    /// Whether the first part of a name is a host and not a folder.
    private static func isRegistry(_ part: Substring) -> Bool {
        guard part == "localhost" || part.contains(where: { $0 == "." || $0 == ":" || $0.isUppercase }) else {
            return false
        }
        if part.hasPrefix("[") { return true }
        let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = pieces.first, pieces.count <= 2, pieces.dropFirst().allSatisfy({ $0.utf8.allSatisfy(isDigit) })
        else { return false }
        return host.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D || $0 == 0x2E }
    }

    /// Whether a text is lower-case letters and digits with single `.`, `_`, `__` or any number of `-` between them.
    private static func isPathPart(_ part: Substring) -> Bool {
        var separator: [UInt8] = [0x2E]
        for byte in part.utf8 {
            if isDigit(byte) || byte >= 0x61 && byte <= 0x7A {
                separator = []
            } else {
                separator.append(byte)
                let isAllowed = separator == [0x2E] || separator == [0x5F] || separator == [0x5F, 0x5F]
                    || separator.allSatisfy { $0 == 0x2D }
                guard isAllowed else { return false }
            }
        }
        return separator.isEmpty
    }

    private static func isTag(_ tag: Substring) -> Bool {
        guard let first = tag.utf8.first, first != 0x2E, first != 0x2D, tag.utf8.count <= 128 else { return false }
        return tag.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    private static func digestProblem(_ digest: Substring) -> String? {
        guard let colon = digest.firstIndex(of: ":") else { return "has a digest without an algorithm in front" }
        let hex = digest[digest.index(after: colon)...].utf8
        let isHex = hex.allSatisfy { isDigit($0) || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66 }
        if !isHex || hex.count < 32 { return "has a digest that is not a hexadecimal number" }
        let isCut = digest[..<colon] == "sha256" && hex.count != 64
        return isCut ? "has a SHA-256 digest of \(hex.count) digits, not 64" : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
}
