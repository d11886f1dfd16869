/// What a probe or a lifecycle hook does: a command, a request, a connection or a pause.
struct Handlers {
    /// The rule in whose name faults are reported.
    let rule: any ValidationRule.Type
    /// The fields that name an action, in the order of the API.
    let actions: [String]

    private static let schemes = ["HTTP", "HTTPS"]

    /// Checks that a probe or hook names one action, and the action.
    func check(_ handler: YAMLNode, _ findings: inout Findings) {
        var count = 0
        for name in actions {
            guard let action = handler.present(name) else { continue }
            count += 1
            if action.isMapping { check(action, named: name, &findings) }
        }
        if count == 0 {
            findings.report(
                rule, field: handler, "`\(rule.fieldName(of: handler))` does not say what to do",
                hint: "add one of \(rule.alternatives(actions))")
        } else if count > 1 {
            let found = handler.present(anyOf: actions)
            for other in found.dropFirst() {
                findings.report(
                    rule, field: other, "`\(rule.fieldName(of: handler))` has more than one action", hint: "keep one",
                    related: [(found[0], "the first one")])
            }
        }
    }

    private func check(_ action: YAMLNode, named name: String, _ findings: inout Findings) {
        switch name {
        case "exec":
            rule.requireList("command", in: action, &findings, hint: "add the command as a list of words")
        case "httpGet":
            checkPort(action["port"], &findings)
            rule.expect(action["scheme"], oneOf: Self.schemes, &findings)
            for header in action.mappings(in: "httpHeaders") {
                rule.expect(header["name"], form: .headerName, &findings)
            }
        case "tcpSocket":
            checkPort(action["port"], &findings)
        case "grpc":
            rule.expect(action["port"], within: 1...65535, &findings)
        default:
            break
        }
    }

    private func checkPort(_ port: YAMLNode?, _ findings: inout Findings) {
        guard let port else { return }
        if port.integer != nil { return rule.expect(port, within: 1...65535, &findings) }
        guard let text = port.string, let problem = KubernetesNames.portName.problem(text) else { return }
        if let number = Int(text), (1...65535).contains(number) {
            findings.report(
                rule, at: port, "`port` is the string \"\(text)\", which would be the name of a port",
                hint: "write the number without quotes", fix: Diagnostic.Fix(span: port.span, replacement: text))
        } else {
            findings.report(
                rule, at: port, "`port` \(problem)",
                hint: "use a number from 1 to 65535, or a name with \(KubernetesNames.portName.allowed)")
        }
    }
}
