/// The files that the sources of one projected volume put together.
struct ProjectedFiles {
    /// The containers of the pod that the volume is in.
    let containers: NamedNodes
    private var paths = FirstPlaces()

    private typealias Rule = VolumeFilesRule

    private static let kinds = [
        "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate",
    ]
    private static let keyTypes = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"]

    /// Takes a volume without files.
    init(containers: NamedNodes) { self.containers = containers }

    /// Checks one source and notes its files.
    mutating func check(_ source: YAMLNode, _ findings: inout Findings) {
        let found = source.present(anyOf: Self.kinds)
        for other in found.dropFirst() {
            findings.report(
                Rule.self, field: other, "one entry of `sources` has more than one source",
                hint: "make each an entry of its own")
        }
        for field in ["secret", "configMap"] {
            guard let object = source.nested(field) else { continue }
            Rule.require("name", in: object, &findings)
            for item in object.mappings(in: "items") {
                Rule.checkItem(item, &findings)
                note(item["path"], &findings)
            }
        }
        for item in source["downwardAPI"]?.mappings(in: "items") ?? [] {
            Rule.checkDownward(item, containers, &findings)
            note(item["path"], &findings)
        }
        if let token = source.nested("serviceAccountToken") {
            Rule.expect(token["expirationSeconds"], within: 600...4_294_967_296, &findings)
            checkPath(token["path"], &findings)
        }
        if let bundle = source.nested("clusterTrustBundle") { checkBundle(bundle, &findings) }
        if let certificate = source.nested("podCertificate") { checkCertificate(certificate, &findings) }
    }

    private func checkPath(_ path: YAMLNode?, _ findings: inout Findings) {
        Rule.expectFilled(path, &findings)
        Rule.expectInside(path, &findings)
    }

    private mutating func checkBundle(_ bundle: YAMLNode, _ findings: inout Findings) {
        let found = bundle.present(anyOf: ["name", "signerName"])
        if found.isEmpty {
            findings.report(
                Rule.self, field: bundle, "the trust bundle has neither `name` nor `signerName`",
                hint: "set one of the two")
        } else if found.count > 1 {
            findings.report(
                Rule.self, field: found[1], "`name` and `signerName` are both set", hint: "remove one of the two")
        }
        for field in found { Rule.expectFilled(field, &findings) }
        if let selector = bundle.nested("labelSelector") {
            if bundle.present("name") != nil {
                findings.report(
                    Rule.self, field: selector, "`labelSelector` does not go with `name`",
                    hint: "remove one of the two")
            }
            SelectorRequirements(rule: Rule.self, target: .labels).checkSelector(selector, &findings)
        }
        checkPath(bundle["path"], &findings)
        note(bundle["path"], &findings)
    }

    private mutating func checkCertificate(_ certificate: YAMLNode, _ findings: inout Findings) {
        Rule.expectFilled(certificate["signerName"], &findings)
        Rule.expect(certificate["keyType"], oneOf: Self.keyTypes, &findings, emptyIsAbsent: false)
        Rule.expect(certificate["maxExpirationSeconds"], within: 3600...7_862_400, &findings)
        let fields = ["credentialBundlePath", "keyPath", "certificateChainPath"]
        let found = certificate.present(anyOf: fields)
        if found.isEmpty {
            findings.report(
                Rule.self, field: certificate, "the certificate is written nowhere", hint: "add `credentialBundlePath`")
        }
        for path in found {
            Rule.expectInside(path, &findings)
            note(path, &findings)
        }
    }

    private mutating func note(_ node: YAMLNode?, _ findings: inout Findings) {
        guard let node, let path = node.string, !path.isEmpty, let first = paths.earlier(path, at: node) else { return }
        findings.report(
            Rule.self, at: node, "another source of the volume writes \(Rule.quoted(path)) too",
            hint: "use another path",
            related: [(first, "first here")])
    }
}
