/// What containers and volumes can be told of their own pod.
enum DownwardFields {
    /// Who asks: an environment variable or a file in a volume.
    enum Reader {
        case environment, volume

        /// The fields that can be named as they are.
        var paths: [String] {
            switch self {
            case .environment:
                [
                    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
                    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
                ]
            case .volume:
                ["metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"]
            }
        }
    }

    private static let resources = [
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory",
        "requests.ephemeral-storage",
    ]
    private static let sizeDivisors: Set<String> = [
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ]

    /// Checks a `fieldRef`.
    static func checkField(
        _ reference: YAMLNode, for reader: Reader, _ rule: any ValidationRule.Type, _ findings: inout Findings
    ) {
        if let version = reference.present("apiVersion"), let text = version.string, !text.isEmpty, text != "v1" {
            findings.report(
                rule, at: version, "`apiVersion` is \(rule.quoted(text)), but fields are named as in `v1`",
                hint: "remove `apiVersion`")
        }
        guard let node = reference["fieldPath"], let path = node.string, !reader.paths.contains(path) else { return }
        if reader == .environment, path == "spec.host" { return }
        if path.isEmpty { return rule.expectFilled(node, &findings) }
        if let open = path.range(ofBracket: "['"), path.hasSuffix("']") {
            let field = String(path[..<open.lowerBound])
            let key = String(path[open.upperBound...].dropLast(2))
            if field == "metadata.labels" || field == "metadata.annotations" {
                let form = KubernetesNames.qualifiedName
                guard let problem = form.problem(field == "metadata.labels" ? key : key.lowercased()) else { return }
                findings.report(rule, at: node, "the key in `fieldPath` \(problem)", hint: "use \(form.allowed)")
                return
            }
        }
        let keys = "`metadata.labels['KEY']` or `metadata.annotations['KEY']`"
        findings.report(
            rule, at: node, "`fieldPath` \(rule.quoted(path)) cannot be read from here",
            hint: Spelling.closest(to: path, among: reader.paths).map { "did you mean `\($0)`?" }
                ?? "use \(rule.alternatives(reader.paths)), or \(keys)")
    }

    /// Checks a `resourceFieldRef`.
    static func checkResource(
        _ reference: YAMLNode, for reader: Reader, among containers: NamedNodes, _ rule: any ValidationRule.Type,
        _ findings: inout Findings
    ) {
        let container = reader == .volume
            ? rule.require("containerName", in: reference, &findings, hint: "name a container of the pod")
            : reference.present("containerName")
        if let container, let name = container.string, !name.isEmpty, containers.first(named: name) == nil {
            findings.report(
                rule, at: container, "the pod has no container \(rule.quoted(name))",
                hint: "name one of the pod's containers", severity: .warning)
        }
        guard let node = reference["resource"], let name = node.string else { return }
        if name.isEmpty { return rule.expectFilled(node, &findings) }
        let isHugePages = name.hasPrefix("limits.hugepages-") || name.hasPrefix("requests.hugepages-")
        if !resources.contains(name), !isHugePages {
            findings.report(
                rule, at: node, "the resource \(rule.quoted(name)) cannot be read from here",
                hint: rule.choice(for: name, among: resources))
            return
        }
        guard let node = reference.present("divisor"), let divisor = Quantity(node), !divisor.isZero else { return }
        let isCPU = name.hasSuffix(".cpu")
        let isAllowed = isCPU
            ? divisor.canonical == "1" || divisor.canonical == "1m" : sizeDivisors.contains(divisor.canonical)
        if !isAllowed {
            findings.report(
                rule, at: node, "`divisor` is \(divisor.canonical), which `\(name)` cannot be divided by",
                hint: isCPU ? "use `1` or `1m`" : "use `1` or one unit, such as `1Mi` or `1M`")
        }
    }
}

extension String {
    /// Where a short ASCII text first stands, or nil.
    fileprivate func range(ofBracket bracket: String) -> Range<String.Index>? {
        var rest = self[...]
        while let start = rest.firstIndex(of: "[") {
            if self[start...].hasPrefix(bracket) { return start..<index(start, offsetBy: bracket.count) }
            rest = self[index(after: start)...]
        }
        return nil
    }
}
