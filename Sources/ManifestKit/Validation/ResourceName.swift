/// The name of a resource that containers ask for.
enum ResourceName {
    case cpu, memory, ephemeralStorage
    /// Pages of this size.
    case hugePages(String)
    /// A resource that someone else defines: `example.com/gpu`.
    case extended(String)
    case unknown(String)

    /// Reads a key.
    init(_ key: YAMLNode) {
        if key.textEquals("cpu") {
            self = .cpu
        } else if key.textEquals("memory") {
            self = .memory
        } else if key.textEquals("ephemeral-storage") {
            self = .ephemeralStorage
        } else {
            let text = key.text
            if text.hasPrefix("hugepages-") {
                self = .hugePages(String(text.dropFirst("hugepages-".count)))
            } else {
                self = text.contains("/") && !text.contains("kubernetes.io/") ? .extended(text) : .unknown(text)
            }
        }
    }

    /// Whether it is a size of huge pages.
    var isHugePages: Bool { if case .hugePages = self { true } else { false } }

    /// Whether nodes cannot promise more of it than they have, so that request and limit are one.
    var needsLimit: Bool {
        switch self {
        case .hugePages, .extended: true
        case .cpu, .memory, .ephemeralStorage, .unknown: false
        }
    }

    /// Why a container cannot ask for it, to go behind the name, or nil.
    var problemForContainer: String? {
        switch self {
        case .cpu, .memory, .ephemeralStorage: return nil
        case .hugePages(let size):
            return KubernetesNames.qualifiedName.accepts("hugepages-" + size) ? nil : "is not a size of huge pages"
        case .extended(let name):
            if name.hasPrefix("requests.") { return "begins with `requests.`, which is for quotas" }
            return KubernetesNames.qualifiedName.accepts(name) ? nil : "is not a prefix, `/` and a name"
        case .unknown(let name):
            if name.contains("/"), KubernetesNames.qualifiedName.accepts(name) { return nil }
            return "is not one that containers can ask for"
        }
    }

    /// Why a whole pod cannot ask for it, to go behind the name, or nil.
    var problemForPod: String? {
        switch self {
        case .cpu, .memory: nil
        case .hugePages: problemForContainer
        case .ephemeralStorage, .extended, .unknown: "is not one that a pod as a whole can ask for"
        }
    }
}

/// The values of a mapping, looked up by keys of another: one by one in a short mapping, by an index in a long one.
struct KeyedValues {
    private let mapping: YAMLNode
    private let index: [String: YAMLNode]?

    /// Takes a mapping.
    init(_ mapping: YAMLNode) {
        self.mapping = mapping
        index = mapping.count > 16
            ? Dictionary(mapping.entries.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first }) : nil
    }

    /// The value under a key with the same text as a scalar, or nil.
    func value(underKeyOf scalar: YAMLNode) -> YAMLNode? {
        guard let index else { return mapping.value(underKeyOf: scalar) }
        return index[scalar.text]
    }
}

extension YAMLNode {
    /// The value under a key with the same text as another scalar, or nil.
    func value(underKeyOf scalar: YAMLNode) -> YAMLNode? {
        entries.first { $0.key.equalsText(of: scalar) }?.value
    }

    /// Whether two scalars have the same text; no string is made.
    func equalsText(of other: YAMLNode) -> Bool {
        withText { own in other.withText { ByteSearch.equal(own, $0) } }
    }
}
