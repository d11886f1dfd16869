/// Names of Windows users: `USER` or `DOMAIN\USER`.
enum WindowsUserName {
    /// What is wrong with a name, to go behind it, or nil.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "has control characters in it"
        }
        let parts = name.split(separator: "\\", omittingEmptySubsequences: false)
        guard parts.count <= 2, let user = parts.last else { return "has more than one backslash" }
        if parts.count == 2, let domain = parts.first {
            if domain.utf8.count >= 256 { return "has a domain of more than 255 bytes" }
            if !isNetBIOSName(domain), !isDNSName(domain) { return "has a domain that is no name" }
        }
        if user.isEmpty { return "has no user" }
        if user.utf8.count > 104 { return "has a user of more than 104 bytes" }
        if user.allSatisfy({ $0 == "." || $0 == " " }) { return "has a user of nothing but dots and spaces" }
        guard let stranger = user.first(where: { "\"/\\:;|=,+*?<>@[]".contains($0) }) else { return nil }
        return "has `\(stranger)` in it"
    }

    private static func isNetBIOSName(_ text: Substring) -> Bool {
        guard let first = text.first, first != "." else { return false }
        return text.count <= 15 && !text.contains { "\\/:*?\"<>|".contains($0) }
    }

    private static func isDNSName(_ text: Substring) -> Bool {
        KubernetesNames.subdomain.accepts(text.lowercased())
    }
}
