/// The forms that names take in Kubernetes, and what is wrong with a text that does not have one.
///
/// `problem` is nil for a good name, so that a rule reads as `if let problem = KubernetesNames.label.problem(node)`.
public enum KubernetesNames: Sendable, CaseIterable {
    /// A DNS label as RFC 1123 has it: namespaces, containers, volumes.
    case label
    /// A DNS label as RFC 1035 has it, which begins with a letter: Services.
    case rfc1035Label
    /// A DNS subdomain, labels with dots between them: most objects.
    case subdomain
    /// A subdomain whose first label is `*`.
    case wildcardSubdomain
    /// A name with an optional DNS prefix, `example.com/name`: keys of labels and annotations, resources, taints.
    case qualifiedName
    /// The value of a label, which may be empty.
    case labelValue
    /// The name of a port as IANA has it: `http`, `grpc-web`.
    case portName
    /// A key of a ConfigMap or Secret.
    case configMapKey
    /// The name of an environment variable, as Kubernetes 1.34 and newer take it.
    case environmentName
    /// The name of an HTTP header.
    case headerName

    /// What a text of this form looks like, to go behind "must be".
    public var allowed: String {
        switch self {
        case .label: "at most 63 lower-case letters, digits and `-`, with a letter or digit at both ends"
        case .rfc1035Label:
            "at most 63 lower-case letters, digits and `-`, with a letter in front and a letter or digit at the end"
        case .subdomain:
            "at most 253 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part"
        case .wildcardSubdomain: "`*.` and a DNS name, as in `*.example.com`"
        case .qualifiedName:
            "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, and optionally a DNS "
                + "name and `/` in front"
        case .labelValue: "empty, or at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"
        case .portName:
            "at most 15 lower-case letters, digits and single `-`, with at least one letter and no `-` at the ends"
        case .configMapKey: "at most 253 letters, digits, `-`, `_` and `.`, and neither `.` nor start with `..`"
        case .environmentName: "printable ASCII characters without `=`"
        case .headerName: "letters, digits and `-`"
        }
    }

    /// The greatest number of bytes, the DNS prefix of a qualified name not counted.
    public var limit: Int {
        switch self {
        case .label, .rfc1035Label, .qualifiedName, .labelValue: 63
        case .subdomain, .wildcardSubdomain, .configMapKey: 253
        case .portName: 15
        case .environmentName, .headerName: Int.max
        }
    }
}

// MARK: - Questions

extension KubernetesNames {
    /// Whether a scalar's text has this form; no string is made.
    public func accepts(_ node: YAMLNode) -> Bool { node.withText { accepts($0) } }

    /// Whether a text has this form.
    public func accepts(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { accepts($0) }
    }

    /// What is wrong with a scalar's text, to go behind "the name", as `"Web" has upper-case letters`; else nil.
    public func problem(_ node: YAMLNode) -> String? { accepts(node) ? nil : describe(node.text) }

    /// What is wrong with a text, to go behind "the name", as `"Web" has upper-case letters`; else nil.
    public func problem(_ text: String) -> String? { accepts(text) ? nil : describe(text) }

    /// A text of this form that looks like another, for "did you mean"; nil where nothing of it is left.
    public func suggestion(for text: String) -> String? {
        let isLower = self == .label || self == .rfc1035Label || self == .subdomain || self == .portName
        var bytes: [UInt8] = []
        for byte in isLower ? Array(text.lowercased().utf8) : Array(text.utf8) {
            let isAllowed = Self.isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E && self != .label
                && self != .rfc1035Label && self != .portName || byte == 0x5F && !isLower
            bytes.append(isAllowed ? byte : 0x2D)
        }
        while let last = bytes.last, !Self.isAlphanumeric(last) { bytes.removeLast() }
        let trimmed = bytes.drop { !Self.isAlphanumeric($0) }
        let suggestion = String(decoding: trimmed.prefix(limit), as: UTF8.self)
        return suggestion.isEmpty || suggestion == text || !accepts(suggestion) ? nil : suggestion
    }

    /// Whether bytes have this form.
    public func accepts(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = bytes.count
        switch self {
        case .label: return count <= limit && Self.isLabel(bytes[...])
        case .rfc1035Label: return count <= limit && Self.isLabel(bytes[...]) && !Self.isDigit(bytes[0])
        case .subdomain: return count <= limit && Self.isSubdomain(bytes[...])
        case .wildcardSubdomain:
            return count <= limit && count > 2 && bytes[0] == UInt8(ascii: "*") && bytes[1] == UInt8(ascii: ".")
                && Self.isSubdomain(bytes[2...])
        case .qualifiedName: return Self.isQualifiedName(bytes)
        case .labelValue: return count == 0 || count <= limit && Self.isName(bytes[...])
        case .portName: return count <= limit && Self.isPortName(bytes)
        case .configMapKey: return count <= limit && Self.isConfigMapKey(bytes)
        case .environmentName: return count > 0 && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x3D }
        case .headerName: return count > 0 && bytes.allSatisfy { Self.isAlphanumeric($0) || $0 == 0x2D }
        }
    }
}

// MARK: - Bytes

extension KubernetesNames {
    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    @inline(__always)
    private static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

    @inline(__always)
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
    }

    /// Whether bytes are a DNS label, whatever their number.
    private static func isLabel(_ bytes: Bytes) -> Bool {
        guard let first = bytes.first, let last = bytes.last, first != 0x2D, last != 0x2D else { return false }
        return bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x2D }
    }

    private static func isSubdomain(_ bytes: Bytes) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            let isInside = isLower(byte) || isDigit(byte)
            if !isInside {
                guard byte == 0x2D || byte == 0x2E, previous != 0x2E, byte != 0x2E || previous != 0x2D else {
                    return false
                }
            }
            previous = byte
        }
        return previous != 0x2E && previous != 0x2D
    }

    /// Whether bytes are letters, digits, `-`, `_` and `.` with letters or digits at both ends.
    private static func isName(_ bytes: Bytes) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }

    private static func isQualifiedName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else {
            return bytes.count <= 63 && isName(bytes[...])
        }
        return slash > 0 && slash <= 253 && isSubdomain(bytes[..<slash])
            && bytes.count - slash - 1 <= 63 && isName(bytes[(slash + 1)...])
    }

    private static func isPortName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isLabel(bytes[...]), bytes.contains(where: isLower) else { return false }
        return !zip(bytes, bytes.dropFirst()).contains { $0 == 0x2D && $1 == 0x2D }
    }

    private static func isConfigMapKey(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        if first == 0x2E, bytes.count == 1 || bytes[1] == 0x2E { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }
}

// MARK: - Words

extension KubernetesNames {
    /// What is wrong with a text that has not this form.
    private func describe(_ text: String) -> String {
        guard !text.isEmpty else { return "is empty" }
        if self == .qualifiedName, let slash = text.firstIndex(of: "/") {
            let name = String(text[text.index(after: slash)...])
            if name.contains("/") { return "\"\(text)\" has more than one `/`" }
            if let problem = Self.subdomain.problem(String(text[..<slash])) {
                return "\"\(text)\": the prefix \(problem)"
            }
            if name.isEmpty { return "\"\(text)\" has nothing behind its `/`" }
            return "\"\(text)\": the part behind the `/` \(describe(name))"
        }
        let shown = "\"" + (text.utf8.count > 80 ? String(text.prefix(77)) + "..." : text) + "\""
        if text.utf8.count > limit { return "\(shown) has \(text.utf8.count) bytes, and at most \(limit) are allowed" }
        if let stranger = text.unicodeScalars.first(where: { !isAllowed($0) }) {
            return "\(shown) has \(Self.word(for: stranger, in: self)) in it"
        }
        return "\(shown) \(shape(of: text))"
    }

    /// What is wrong with a text whose characters are all allowed.
    private func shape(of text: String) -> String {
        let first = text.utf8.first ?? 0
        let last = text.utf8.last ?? 0
        if self == .wildcardSubdomain { return "does not begin with `*.` and go on as a DNS name" }
        if self == .configMapKey { return "is or begins with dots, which are kept for directories" }
        if !Self.isAlphanumeric(first) { return "begins with `\(Character(Unicode.Scalar(first)))`" }
        if !Self.isAlphanumeric(last) { return "ends with `\(Character(Unicode.Scalar(last)))`" }
        if self == .rfc1035Label, Self.isDigit(first) { return "begins with a digit" }
        if self == .portName { return text.contains("--") ? "has `--` in it" : "has no letter in it" }
        return "has a part between dots that is empty, or begins or ends with `-`"
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return false }
        let byte = UInt8(scalar.value)
        switch self {
        case .label, .rfc1035Label, .portName: return Self.isLower(byte) || Self.isDigit(byte) || byte == 0x2D
        case .subdomain: return Self.isLower(byte) || Self.isDigit(byte) || byte == 0x2D || byte == 0x2E
        case .wildcardSubdomain: return Self.isLower(byte) || Self.isDigit(byte) || [0x2D, 0x2E, 0x2A].contains(byte)
        case .environmentName: return byte >= 0x20 && byte < 0x7F && byte != 0x3D
        case .headerName: return Self.isAlphanumeric(byte) || byte == 0x2D
        default: return Self.isAlphanumeric(byte) || byte == 0x2D || byte == 0x5F || byte == 0x2E
        }
    }

    private static func word(for scalar: Unicode.Scalar, in form: KubernetesNames) -> String {
        switch scalar {
        case " ": return "a space"
        case "A"..."Z": return "the upper-case letter `\(scalar)`"
        case "\n", "\r": return "a line break"
        case "\t": return "a tab"
        default: return scalar.value < 0x20 ? "a control character" : "`\(scalar)`"
        }
    }
}
