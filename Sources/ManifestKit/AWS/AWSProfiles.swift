/// The profiles of AWS's shared files, `~/.aws/credentials` and `~/.aws/config`.
///
/// See "Configuration and credential file settings" in the AWS SDKs and Tools Reference Guide.
public struct AWSProfiles: Sendable {
    /// The settings of each profile; the credentials file has the last word.
    private(set) var profiles: [String: [String: String]] = [:]

    /// Reads the texts of the two files; nil is a file that is not there.
    public init(credentials: String? = nil, configuration: String? = nil) {
        read(configuration ?? "") { section in
            if section == "default" { return section }
            let words = section.split(whereSeparator: \.isWhitespace)
            return words.count == 2 && words[0] == "profile" ? String(words[1]) : nil
        }
        read(credentials ?? "") { $0 }
    }

    /// The settings of a profile, or nil where there is none of this name.
    public subscript(_ name: String) -> [String: String]? { profiles[name] }

    private mutating func read(_ text: String, _ profile: (String) -> String?) {
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                let name = line.dropFirst().prefix { $0 != "]" }
                current = profile(Self.trimmed(name))
                if let current { profiles[current, default: [:]] = profiles[current] ?? [:] }
                continue
            }
            // Indented lines are settings within a setting, none of which concern credentials.
            guard let current, !first.isWhitespace, let mark = line.firstIndex(of: "=") else { continue }
            let key = Self.trimmed(line[..<mark]).lowercased()
            let value = Self.trimmed(Self.withoutComment(line[line.index(after: mark)...]))
            profiles[current]?[key] = value.isEmpty ? nil : value
        }
    }

    /// A value up to a mark of a comment with a blank before it.
    private static func withoutComment(_ value: Substring) -> Substring {
        var wasBlank = false
        for place in value.indices {
            if wasBlank, value[place] == "#" || value[place] == ";" { return value[..<place] }
            wasBlank = value[place].isWhitespace
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
