/// Tells texts that are IP addresses from those that are not.
enum IPAddress {
    /// Whether a text is an address of either family.
    static func isAddress(_ text: some StringProtocol) -> Bool { isVersion4(text) || isVersion6(text) }

    /// Whether a text is four numbers from 0 to 255 with dots between them.
    static func isVersion4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in
            part.utf8.count <= 3 && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && UInt8(part) != nil
        }
    }

    /// Whether a text is eight groups of hexadecimal digits, of which `::` may stand for some.
    static func isVersion6(_ text: some StringProtocol) -> Bool {
        guard text.contains(":"), !text.contains(":::") else { return false }
        let gaps = text.indices.filter { text[$0...].hasPrefix("::") }.count
        guard gaps <= 1 else { return false }
        var groups = text.split(separator: ":", omittingEmptySubsequences: false)
        if groups.first?.isEmpty == true {
            guard text.hasPrefix("::") else { return false }
            groups.removeFirst()
        }
        if groups.last?.isEmpty == true {
            guard text.hasSuffix("::") else { return false }
            groups.removeLast()
        }
        var count = 0
        for (position, group) in groups.enumerated() {
            if position == groups.count - 1, group.contains(".") {
                guard isVersion4(group) else { return false }
                count += 2
            } else {
                guard group.utf8.count <= 4, group.allSatisfy(\.isHexDigit), !group.isEmpty || gaps == 1 else {
                    return false
                }
                count += group.isEmpty ? 0 : 1
            }
        }
        return gaps == 1 ? count < 8 : count == 8
    }

    /// Whether a text is an address, a slash and the length of a prefix.
    static func isRange(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), length >= 0 else { return false }
        return isVersion4(parts[0]) && length <= 32 || isVersion6(parts[0]) && length <= 128
    }
}
