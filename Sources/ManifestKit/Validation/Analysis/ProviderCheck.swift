/// What several providers of measurements have in common.
enum ProviderCheck {
    /// Reports a query that is empty or missing.
    static func reportQuery(
        _ rule: any ValidationRule.Type, _ metric: MetricManifest, _ settings: YAMLNode, _ noun: String,
        _ findings: inout Findings
    ) {
        if let query = settings["query"] {
            let isBlank = query.isNull || metric.resolved(query)?.allSatisfy(\.isWhitespace) == true
            guard query.isScalar, isBlank else { return }
            findings.report(rule, field: query, "the query is empty", hint: "write \(noun)")
        } else {
            findings.report(rule, missing: "query", in: settings, "there is no query", hint: "add query with \(noun)")
        }
    }

    /// Reports an address that no request can be made to; one that holds open arguments passes.
    static func reportAddress(
        _ rule: any ValidationRule.Type, _ metric: MetricManifest, _ node: YAMLNode, needsHTTP: Bool = false,
        _ findings: inout Findings
    ) {
        guard node.isScalar, let text = metric.resolved(node), !text.isEmpty else { return }
        switch WebAddress.parse(text) {
        case .failure(let malformation):
            findings.report(
                rule, field: node, "\(Wording.quoted(text)) is no address: \(malformation.message)",
                hint: "write one such as http://prometheus.monitoring:9090")
        case .success(let address):
            let isWeb = !needsHTTP || address.scheme == "http" || address.scheme == "https"
            guard address.scheme.isEmpty || address.host.isEmpty || !isWeb else { return }
            let problem = !isWeb && !address.scheme.isEmpty && !address.host.isEmpty
                ? "has the scheme \(address.scheme) and not http or https" : "has no scheme and host"
            findings.report(
                rule, field: node, "the address \(Wording.quoted(text)) \(problem)",
                hint: "write it in full, such as "
                    + "http://\(address.scheme.isEmpty ? text : "prometheus.monitoring:9090")")
        }
    }

    /// Reports headers without a name or with one that HTTP does not allow.
    static func reportHeaders(_ rule: any ValidationRule.Type, _ settings: YAMLNode, _ findings: inout Findings) {
        var seen: [YAMLNode] = []
        for header in settings["headers"]?.elements.map(\.self) ?? [] where header.isMapping {
            guard let key = header["key"], key.isScalar, !key.text.contains("{{") else { continue }
            let text = key.text
            if text.isEmpty || !text.utf8.allSatisfy(isTokenByte) {
                findings.report(
                    rule, field: key, "\(Wording.quoted(text)) is no name of a header",
                    hint: "a name is of letters, digits and `-`, such as Authorization")
            } else if let first = seen.first(where: { $0.text.lowercased() == text.lowercased() }) {
                findings.report(
                    rule, field: key, "the header \(Wording.quoted(text)) is there twice, and only the last is sent",
                    hint: "keep one of them", related: [(first, "first here")], severity: .warning)
            }
            seen.append(key)
        }
    }

    /// Whether a byte may be part of a header's name or a method.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Reports an authentication that lacks a part.
    static func reportAuthentication(
        _ rule: any ValidationRule.Type, _ settings: YAMLNode, _ findings: inout Findings
    ) {
        guard let authentication = settings.mapping("authentication") else { return }
        if let oauth = authentication.mapping("oauth2") {
            let isOn = oauth.filled("tokenUrl") != nil
            for field in ["clientId", "clientSecret"] where isOn && oauth.filled(field) == nil {
                findings.report(
                    rule, missing: field, in: oauth, "OAuth 2 has a tokenUrl but no \(field)", hint: "add \(field)")
            }
            if !isOn, let given = oauth.filled("clientId") ?? oauth.filled("clientSecret") {
                findings.report(
                    rule, field: given, "without a tokenUrl OAuth 2 is not used", hint: "add "
                        + "tokenUrl", severity: .warning)
            }
        }
        guard let basic = authentication.mapping("basicAuth") else { return }
        let user = basic.filled("username")
        let password = basic.filled("password")
        guard (user == nil) != (password == nil) else { return }
        let missing = user == nil ? "username" : "password"
        findings.report(
            rule, missing: missing, in: basic, "basic authentication has no \(missing)", hint: "add \(missing)")
    }

    /// Reports a length of time in whole seconds that is negative.
    static func reportSeconds(
        _ rule: any ValidationRule.Type, _ field: String, in settings: YAMLNode, severity: Severity? = nil,
        _ findings: inout Findings
    ) {
        guard let node = settings[field], let seconds = node.integer, seconds < 0 else { return }
        findings.report(
            rule, field: node, "\(field) is \(seconds)", hint: "write a positive number of seconds", severity: severity)
    }
}
