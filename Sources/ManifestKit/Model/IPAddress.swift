/// Addresses of the Internet Protocol as the API server reads them, leading zeros in IPv4 included.
enum IPAddress {
    /// Whether a text is an IPv4 or IPv6 address.
    static func isValid(_ text: String) -> Bool { isIPv4(text[...]) || isIPv6(text) }

    /// Whether a text is an address, a slash and the length of a prefix.
    static func isRange(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), length >= 0 else { return false }
        return isIPv4(parts[0]) && length <= 32 || isIPv6(String(parts[0])) && length <= 128
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in
            guard !part.isEmpty, part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(part) else {
                return false
            }
            return value <= 255
        }
    }

    private static func isIPv6(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ":")), text.utf8.count <= 45 else { return false }
        let halves = halves(of: text)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let isLast = index == halves.count - 1
            guard let count = groupCount(half, mayEndInIPv4: isLast) else { return false }
            groups += count
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    /// The text before and behind each `::`.
    private static func halves(of text: String) -> [Substring] {
        var halves: [Substring] = []
        var start = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                halves.append(text[start..<index])
                start = text.index(after: next)
                index = start
            } else {
                index = next
            }
        }
        return halves + [text[start...]]
    }

    /// The number of 16-bit groups in a part of an address, or nil where it is malformed.
    private static func groupCount(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        for (index, group) in groups.enumerated() {
            if mayEndInIPv4, index == groups.count - 1, group.contains(".") {
                guard isIPv4(group) else { return nil }
                count += 2
                continue
            }
            guard !group.isEmpty, group.utf8.count <= 4, group.utf8.allSatisfy(isHexDigit) else { return nil }
            count += 1
        }
        return count
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66
    }
}
