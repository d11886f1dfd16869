/// Checks of single fields that rules share, so that the same fault is told in the same words everywhere.
extension ValidationRule {
    /// Reports a string that is none of a few words. An empty one counts as absent unless the API tells them apart.
    static func expect(
        _ value: YAMLNode?, oneOf words: [String], _ findings: inout Findings, emptyIsAbsent: Bool = true
    ) {
        guard let value, value.isScalar, !words.contains(where: { value.textEquals($0) }) else { return }
        guard let text = value.string, !(text.isEmpty && emptyIsAbsent) else { return }
        let near = Spelling.closest(to: text, among: words)
        let fix = near.map { Diagnostic.Fix(span: value.span, replacement: $0) }
        findings.report(
            Self.self, at: value, "\(quoted(text)) is not a value of `\(fieldName(of: value))`",
            hint: near.map { "did you mean `\($0)`?" } ?? "use \(alternatives(words))", fix: fix)
    }

    /// Reports a whole number outside a range.
    static func expect(_ value: YAMLNode?, within range: ClosedRange<Int>, _ findings: inout Findings) {
        guard let value, let number = value.integer, !range.contains(number) else { return }
        let wanted = range.lowerBound == range.upperBound
            ? "\(range.lowerBound)"
            : range.upperBound == Int.max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        findings.report(
            Self.self, at: value, "`\(fieldName(of: value))` is \(number), but has to be \(wanted)",
            hint: "write a number that is \(wanted)")
    }

    /// Reports a string that does not have the form of a name. An empty one counts as absent if told so.
    static func expect(
        _ value: YAMLNode?, form: KubernetesNames, _ findings: inout Findings, emptyIsAbsent: Bool = false
    ) {
        guard let value, value.isScalar, !form.accepts(value) else { return }
        guard let text = value.string, !(text.isEmpty && emptyIsAbsent), let problem = form.problem(text) else {
            return
        }
        let suggestion = form.suggestion(for: text).map { ", as in `\($0)`" } ?? ""
        findings.report(
            Self.self, at: value, "`\(fieldName(of: value))` \(problem)", hint: "use \(form.allowed)\(suggestion)")
    }

    /// Reports a field that is absent, null or an empty string, and returns it if it is there.
    @discardableResult
    static func require(
        _ field: String, in node: YAMLNode, _ findings: inout Findings, hint: String? = nil
    ) -> YAMLNode? {
        guard let value = node.present(field) else {
            reportMissing(field, in: node, &findings, hint: hint)
            return nil
        }
        expectFilled(value, &findings, hint: hint)
        return value
    }

    /// Reports a string that is empty.
    static func expectFilled(_ value: YAMLNode?, _ findings: inout Findings, hint: String? = nil) {
        guard let value, value.isEmptyString else { return }
        let field = fieldName(of: value)
        findings.report(Self.self, at: value, "`\(field)` is empty", hint: hint ?? "give `\(field)` a value")
    }

    /// Reports a list that is absent or has nothing in it.
    static func requireList(_ field: String, in node: YAMLNode, _ findings: inout Findings, hint: String? = nil) {
        guard let value = node.present(field) else {
            reportMissing(field, in: node, &findings, hint: hint)
            return
        }
        if value.isSequence, value.count == 0 {
            findings.report(Self.self, field: value, "`\(field)` is an empty list", hint: hint ?? "add at least one")
        }
    }

    /// Reports a file mode above 0777 or below zero.
    static func expectMode(_ value: YAMLNode?, _ findings: inout Findings) {
        guard let value, let mode = value.integer, !(0...0o777).contains(mode) else { return }
        findings.report(
            Self.self, at: value,
            "`\(fieldName(of: value))` is \(mode) (octal \(octal(mode))), but a mode is from 0 to 0777 (decimal 511)",
            hint: "write permissions in octal with a leading zero, as in 0644")
    }

    /// Reports a path that is absolute or climbs out of its volume.
    static func expectInside(_ value: YAMLNode?, _ findings: inout Findings, reservesDots: Bool = true) {
        guard let value, let path = value.string, let problem = RelativePath.problem(path, reservesDots: reservesDots)
        else { return }
        findings.report(
            Self.self, at: value, "`\(fieldName(of: value))` \(quoted(path)) \(problem)",
            hint: "name a path inside the volume, such as `config/app.yaml`")
    }

    /// The key under which a value stands; for an element of a list the key of the list.
    static func fieldName(of value: YAMLNode) -> String {
        if let key = value.key { return key.text }
        return value.parent?.key?.text ?? "value"
    }

    /// A user's text in quotes, cut where it is long.
    static func quoted(_ text: String) -> String {
        "\"" + (text.utf8.count > 80 ? String(text.prefix(77)) + "..." : text) + "\""
    }

    /// Words as a choice: `a, b or c`.
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first.map { "`\($0)`" } ?? "" }
        return words.dropLast().map { "`\($0)`" }.joined(separator: ", ") + " or `\(last)`"
    }

    /// Advice to use one of a few names: the closest one, or all of them where none is close.
    static func choice(for text: String, among names: [String]) -> String {
        Spelling.closest(to: text, among: names).map { "did you mean `\($0)`?" } ?? "use \(alternatives(names))"
    }

    private static func reportMissing(
        _ field: String, in node: YAMLNode, _ findings: inout Findings, hint: String?
    ) {
        findings.report(
            Self.self, missing: field, in: node, "`\(field)` is missing", hint: hint ?? "add `\(field)`")
    }

    private static func octal(_ mode: Int) -> String {
        mode < 0 ? "-0" + String(mode.magnitude, radix: 8) : "0" + String(mode, radix: 8)
    }
}

/// Paths that have to stay inside a volume.
enum RelativePath {
    /// What is wrong with a path, to go behind it, or nil. Names that begin with `..` are kept for the kubelet.
    static func problem(_ path: String, reservesDots: Bool) -> String? {
        if path.hasPrefix("/") { return "is absolute, but has to be relative" }
        if hasBackstep(path) { return "has `..` in it" }
        return reservesDots && path.hasPrefix("..") ? "begins with `..`" : nil
    }

    /// Whether one part of a path is `..`.
    static func hasBackstep(_ path: String) -> Bool {
        path.utf8.contains(UInt8(ascii: ".")) && path.split(separator: "/").contains("..")
    }
}

/// The first place of each text, to tell what stands there twice.
struct FirstPlaces {
    private var places: [String: YAMLNode] = [:]

    /// Notes a text and returns where it stood before, or nil.
    mutating func earlier(_ text: String, at node: YAMLNode) -> YAMLNode? {
        if let place = places[text] { return place }
        places[text] = node
        return nil
    }
}

extension YAMLNode {
    /// Whether it is a string with nothing in it.
    var isEmptyString: Bool { isScalar && withText { $0.isEmpty } && string != nil }

    /// The mappings in the list under a key; none where there is no such list.
    func mappings(in key: String) -> [YAMLNode] {
        guard let list = self[key], list.isSequence else { return [] }
        return list.elements.filter(\.isMapping)
    }

    /// Those fields of a few that are set, in the order in which they are written.
    func present(anyOf keys: [String]) -> [YAMLNode] {
        let found = keys.compactMap { present($0) }
        return found.count < 2 ? found : found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The mapping nested under a key, or nil.
    func nested(_ key: String) -> YAMLNode? {
        guard let value = self[key], value.isMapping else { return nil }
        return value
    }

    /// Whether a field is `true`.
    func isTrue(_ key: String) -> Bool { self[key]?.boolean == true }

    /// The string under a key if it is not empty.
    func filledString(_ key: String) -> String? {
        guard let text = self[key]?.string, !text.isEmpty else { return nil }
        return text
    }
}

extension PodTemplateManifest {
    /// Whether Argo Rollouts' controller checks the template itself. It knows Kubernetes 1.34 with the gates of new
    /// features shut, so that it refuses some things that a newer API server takes.
    var isCheckedByReference: Bool { document.kind == .rollout }

    /// Whether the template is kept by a custom resource. Its schema refuses doubles in lists that have keys, which
    /// `ListKeyRule` reports; for its own kinds the API server only warns.
    var isInCustomResource: Bool {
        switch document.kind {
        case .rollout, .experiment, .analysisTemplate, .clusterAnalysisTemplate, .analysisRun: true
        default: false
        }
    }

    /// Whether the pods come from a Job, as those of a metric do, and not from a ReplicaSet.
    var isOfJob: Bool {
        switch document.kind {
        case .analysisTemplate, .clusterAnalysisTemplate, .analysisRun: true
        default: false
        }
    }

    /// The containers, to look up by name.
    var namedContainers: NamedNodes { NamedNodes(containers.map(\.node)) }

    /// Containers that probes and lifecycle hooks are for: all but init containers that end.
    var servingContainers: [ContainerManifest] {
        containers.filter { $0.role == .container || $0.isSidecar }
    }
}
