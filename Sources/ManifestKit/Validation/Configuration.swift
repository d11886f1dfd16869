/// What a `.rollout-render.yaml` says.
public struct Configuration: Hashable, Sendable {
    /// Something wrong in a configuration file.
    public struct Fault: Hashable, Sendable {
        /// What is wrong, in one sentence without a full stop.
        public var message: String
        /// What to do about it.
        public var hint: String?
        /// Where.
        public var span: SourceSpan
    }

    /// The name of the file.
    public static let fileName = ".rollout-render.yaml"

    /// What the rules depend on.
    public var settings = ValidationSettings()
    /// The paths that are left alone, counted from the file's folder.
    public var ignored: [PathPattern] = []

    /// The configuration where there is no file.
    public init() {}

    /// Reads a configuration file, with everything that is wrong in it.
    public static func read(_ source: SourceFile) -> (configuration: Configuration, faults: [Fault]) {
        var reader = ConfigurationReader()
        let documents = YAMLParser.documents(in: source)
        for document in documents { reader.note(document.faults, in: source) }
        for document in documents.dropFirst() {
            guard let root = document.root else { continue }
            reader.fault(root, "a configuration is one document, and this is another", hint: "remove it")
        }
        if let root = documents.first?.root { reader.read(root) }
        return (reader.configuration, reader.faults)
    }
}

extension ValidationSettings {
    /// The minor versions of Kubernetes 1 that there are field tables for.
    public static let kubernetesMinors = 25...37

    /// Reads `1.36`, `v1.36` or `1.36.2`; nil where the text is something else or another version.
    public static func kubernetesMinor(of text: String) -> Int? {
        let parts = (text.hasPrefix("v") ? text.dropFirst() : text[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0] == "1", let minor = Int(parts[1]),
            kubernetesMinors.contains(minor), parts.count == 2 || Int(parts[2]) != nil
        else { return nil }
        return minor
    }
}

/// Reads a configuration's settings one after the other.
private struct ConfigurationReader {
    var configuration = Configuration()
    var faults: [Configuration.Fault] = []

    /// The settings there are, sorted.
    private static let names = ["annotationPrefixes", "ignore", "kubernetesVersion", "requireReferences", "severities"]

    mutating func fault(_ node: YAMLNode, _ message: String, hint: String? = nil) {
        faults.append(Configuration.Fault(message: message, hint: hint, span: node.span))
    }

    mutating func note(_ yaml: [YAMLFault], in source: SourceFile) {
        faults += yaml.map { Configuration.Fault(message: $0.message, hint: $0.hint, span: source.span(of: $0.range)) }
    }

    mutating func read(_ root: YAMLNode) {
        guard root.isMapping else {
            if !root.isNull { fault(root, "a configuration is a mapping of settings", hint: settingsHint) }
            return
        }
        for entry in root.entries {
            switch entry.key.text {
            case "annotationPrefixes": readPrefixes(entry.value)
            case "ignore": readIgnored(entry.value)
            case "kubernetesVersion": readVersion(entry.value)
            case "requireReferences": readReferences(entry.value)
            case "severities": readSeverities(entry.value)
            default: unknown(entry.key, "setting", among: Self.names)
            }
        }
    }

    private var settingsHint: String { "the settings are " + Self.names.joined(separator: ", ") }

    private mutating func unknown(_ key: YAMLNode, _ what: String, among names: [String]) {
        let nearest = Spelling.nearestName(to: key.text, among: names)
        fault(
            key, "there is no \(what) \"\(key.text)\"",
            hint: nearest.map { "did you mean \($0)?" } ?? "there are " + names.joined(separator: ", "))
    }

    private mutating func readVersion(_ node: YAMLNode) {
        guard node.isScalar, let minor = ValidationSettings.kubernetesMinor(of: node.text) else {
            let range = ValidationSettings.kubernetesMinors
            fault(
                node, "\"\(node.text)\" is no version of Kubernetes that there are rules for",
                hint: "write one from 1.\(range.lowerBound) to 1.\(range.upperBound)")
            return
        }
        configuration.settings.kubernetesMinor = minor
    }

    private mutating func readReferences(_ node: YAMLNode) {
        guard let value = node.boolean else {
            fault(node, "requireReferences is true or false")
            return
        }
        configuration.settings.requiresReferences = value
    }

    private mutating func readIgnored(_ node: YAMLNode) {
        guard node.isSequence || node.isNull else {
            fault(node, "ignore is a list of path patterns", hint: "write each behind a dash")
            return
        }
        for element in node.elements {
            if !element.isScalar || element.text.isEmpty {
                fault(element, "a path pattern is text such as vendor/**")
            } else if element.text.hasPrefix("!") {
                fault(element, "a path pattern cannot take back what another ignores", hint: "make the others narrower")
            } else {
                configuration.ignored.append(PathPattern(element.text))
            }
        }
    }

    private mutating func readSeverities(_ node: YAMLNode) {
        guard node.isMapping || node.isNull else {
            fault(node, "severities is a mapping from rules to severities", hint: "write RR0203: warning")
            return
        }
        for entry in node.entries {
            guard let id = RuleID(entry.key.text), ValidationRules.rule(id) != nil else {
                let ids = ValidationRules.all.map { $0.id.description }
                let nearest = Spelling.nearestName(to: entry.key.text, among: ids)
                fault(
                    entry.key, "there is no rule \"\(entry.key.text)\"",
                    hint: nearest.map { "did you mean \($0)?" } ?? "`rollout-render rules` lists the rules")
                continue
            }
            // The text and not the value: YAML reads an unquoted `off` as false.
            guard entry.value.isScalar, let severity = Severity(rawValue: entry.value.text) else {
                let names = Severity.allCases.map(\.rawValue)
                unknown(entry.value, "severity", among: names)
                continue
            }
            configuration.settings.severities[id] = severity
        }
    }

    private mutating func readPrefixes(_ node: YAMLNode) {
        guard node.isMapping || node.isNull else {
            fault(node, "annotationPrefixes is a mapping", hint: "write nginx: nginx.example.com below it")
            return
        }
        for entry in node.entries {
            let isKnown = ["alb", "nginx"].contains(entry.key.text)
            if isKnown, entry.value.string.map(Self.isPrefix) != true {
                fault(entry.value, "an annotation prefix is a DNS name such as nginx.ingress.kubernetes.io")
                continue
            }
            switch entry.key.text {
            case "alb": configuration.settings.albAnnotationPrefix = entry.value.text
            case "nginx": configuration.settings.nginxAnnotationPrefix = entry.value.text
            default: unknown(entry.key, "annotation prefix", among: ["alb", "nginx"])
            }
        }
    }

    private static func isPrefix(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy {
            $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }
}
