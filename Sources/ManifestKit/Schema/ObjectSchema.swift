/// Holds whole objects against the schemas of their kinds.
enum ObjectSchema {
    /// Checks an object of a known kind: its version, its name, and every field.
    static func check(_ object: ManifestDocument, _ kind: ResourceKind, _ findings: inout Findings) {
        let roots = SchemaTable.roots(of: kind)
        guard let preferred = roots.first else { return }
        let root = roots.first { $0.apiVersion == object.apiVersion }
        let minor = findings.settings.kubernetesMinor
        if root.map({ $0.lastMinor ?? minor < minor }) ?? true {
            reportVersion(object, kind, roots, &findings)
        }
        checkName(object, &findings)
        SchemaChecker.check(
            object.root, against: (root ?? preferred).reference, isCustomResource: !kind.isBuiltIn, &findings)
    }

    /// Checks an object that names no kind that the product knows, in case it was meant to.
    static func checkUnrecognized(_ object: ManifestDocument, _ findings: inout Findings) {
        if object.root.present("kind")?.string?.isEmpty ?? true { return checkKindless(object, &findings) }
        let group = group(of: object.apiVersion)
        if let kind = ResourceKind(rawValue: object.kindName) {
            if object.apiVersion.isEmpty {
                guard object.root["metadata"] != nil || object.spec != nil else { return }
                findings.report(
                    ObjectIdentityRule.self, missing: "apiVersion", in: object.root,
                    "the \(object.kindName) has no `apiVersion`",
                    hint: "write `apiVersion: \(preferredVersion(of: kind))`")
            } else if isMisspelled(group, for: kind), let node = object.root["apiVersion"] {
                reportVersion(node, object, kind, SchemaTable.roots(of: kind), .error, &findings)
            }
            return
        }
        // The other kinds of Argo are spelled quite differently; elsewhere there is a TCPRoute beside an HTTPRoute.
        let siblings = ResourceKind.allCases.filter { $0.group == group }.map(\.rawValue)
        let limit = group == "argoproj.io" ? 3 : 1
        guard let meant = Spelling.closest(to: object.kindName, among: siblings, atMost: limit),
            let node = object.root["kind"], node.isScalar
        else { return }
        findings.report(
            ApiVersionRule.self, at: node, "`\(object.apiVersion)` has no kind `\(object.kindName)`",
            hint: "did you mean `\(meant)`?", fix: Diagnostic.Fix(span: node.span, replacement: meant))
    }

    private static func group(of apiVersion: String) -> String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    private static func preferredVersion(of kind: ResourceKind) -> String {
        SchemaTable.roots(of: kind).first?.apiVersion ?? ""
    }

    /// Whether a group that is not a kind's own cannot be another project's with a kind of the same name.
    private static func isMisspelled(_ group: String, for kind: ResourceKind) -> Bool {
        // Groups without a dot are Kubernetes' own, and none has a kind of another's name.
        if !group.contains(".") { return true }
        let distance = Spelling.distance(Array(group.utf8), Array(kind.group.utf8), atMost: 2)
        return distance <= 2 && !ResourceKind.allCases.contains { $0.group == group }
    }
}

// MARK: - What an object says of itself

extension ObjectSchema {
    private static func checkName(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let metadata = object.root.present("metadata") else {
            findings.report(
                ObjectIdentityRule.self, missing: "metadata", in: object.root,
                "the \(object.kindName) has no `metadata`", hint: "give it a name: `metadata: {name: ...}`")
            return
        }
        guard metadata.isMapping, metadata.present("name") == nil, metadata.present("generateName") == nil else {
            return
        }
        if let name = metadata["name"] {
            findings.report(ObjectIdentityRule.self, field: name, "the \(object.kindName) has an empty name")
        } else {
            findings.report(
                ObjectIdentityRule.self, missing: "name", in: metadata,
                "the \(object.kindName) has no name: `metadata` has neither `name` nor `generateName`")
        }
    }

    /// Reports a document without a kind that has what only one of the kinds here has.
    private static func checkKindless(_ object: ManifestDocument, _ findings: inout Findings) {
        var likely: ResourceKind?
        let strategy = object.spec?["strategy"]
        if strategy?["canary"] != nil || strategy?["blueGreen"] != nil { likely = .rollout }
        if let metrics = object.spec?["metrics"], metrics.elements.contains(where: { $0["provider"] != nil }) {
            likely = .analysisTemplate
        }
        guard likely != nil || object.apiVersion.hasPrefix("argoproj.io/") else { return }
        if let kind = object.root["kind"] {
            findings.report(ObjectIdentityRule.self, field: kind, "the document's `kind` is empty or no string")
        } else {
            findings.report(
                ObjectIdentityRule.self, missing: "kind", in: object.root, "the document has no `kind`",
                hint: likely.map { "it looks like `kind: \($0.rawValue)`" })
        }
    }

    private static func reportVersion(
        _ object: ManifestDocument, _ kind: ResourceKind, _ roots: [SchemaRoot], _ findings: inout Findings
    ) {
        guard let node = object.root["apiVersion"] else { return }
        let isOurs = kind.isBuiltIn || kind.group == "argoproj.io"
        reportVersion(node, object, kind, roots, isOurs ? .error : .warning, &findings)
    }

    private static func reportVersion(
        _ node: YAMLNode, _ object: ManifestDocument, _ kind: ResourceKind, _ roots: [SchemaRoot],
        _ severity: Severity, _ findings: inout Findings
    ) {
        let minor = findings.settings.kubernetesMinor
        let served = roots.filter { $0.lastMinor ?? minor >= minor }.map(\.apiVersion)
        guard let preferred = served.first else { return }
        let removal = removals["\(object.apiVersion) \(kind.rawValue)"]
        let message = removal.map { "`\(object.apiVersion)` of \(kind.rawValue) is gone since Kubernetes 1.\($0)" }
            ?? "there is no \(kind.rawValue) in `\(object.apiVersion)`"
        let others = kind.isBuiltIn ? [] : served.dropFirst()
        findings.report(
            ApiVersionRule.self, at: node, message,
            hint: "use `\(preferred)`" + (others.isEmpty ? "" : " (or \(others.joined(separator: ", ")))"),
            severity: severity, fix: Diagnostic.Fix(span: node.span, replacement: preferred))
    }

    /// The minor version of Kubernetes 1 that no longer serves a version that once was.
    private static let removals = [
        "extensions/v1beta1 Deployment": 16, "apps/v1beta1 Deployment": 16, "apps/v1beta2 Deployment": 16,
        "extensions/v1beta1 ReplicaSet": 16, "apps/v1beta2 ReplicaSet": 16, "extensions/v1beta1 Ingress": 22,
        "networking.k8s.io/v1beta1 Ingress": 22, "policy/v1beta1 PodDisruptionBudget": 25,
        "autoscaling/v2beta1 HorizontalPodAutoscaler": 25, "autoscaling/v2beta2 HorizontalPodAutoscaler": 26,
    ]
}

extension ResourceKind {
    /// Whether Kubernetes itself has the kind; the others come from CRDs.
    public var isBuiltIn: Bool {
        switch self {
        case .deployment, .replicaSet, .podTemplate, .service, .ingress, .horizontalPodAutoscaler,
            .podDisruptionBudget: true
        default: false
        }
    }
}
