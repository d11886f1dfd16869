/// Checks that the settings of several routers have in common.
enum RouterSettings {
    /// A name that is there has to say something; whether it is there is the schema's question.
    static func checkFilled(_ field: String, _ kind: String?, _ node: YAMLNode, _ findings: inout Findings) {
        guard let value = node[field], value.isScalar, !value.isNull, value.withText({ $0.isEmpty }) else { return }
        findings.report(
            TrafficRouterRule.self, field: value, "\(field) is empty",
            hint: kind.map { "name the \($0)" } ?? "give it a name")
    }

    /// A list of names: not empty, and each once.
    static func checkNames(_ field: String, _ kind: String, _ router: YAMLNode, _ findings: inout Findings) {
        guard let list = router.present(field) else {
            findings.report(
                TrafficRouterRule.self, missing: field, in: router, "the router names no \(kind)",
                hint: "list the names under `\(field)`")
            return
        }
        guard list.isSequence else { return }
        if list.elements.isEmpty {
            findings.report(
                TrafficRouterRule.self, field: list, "the router names no \(kind)", hint: "list at least one")
        }
        checkList(list, kind, &findings)
    }

    /// A single name or a list of them: exactly one of the two fields.
    static func checkOneOrMany(
        _ single: String, _ several: String, _ kind: String, _ router: YAMLNode, _ findings: inout Findings
    ) {
        let one = router.filled(single)
        let many = router.present(several)
        switch (one, many) {
        case (nil, nil):
            findings.report(
                TrafficRouterRule.self, field: router, "the router names no \(kind)",
                hint: "add `\(single)`, or several under `\(several)`")
        case (let one?, let many?): reportBoth(one, many, &findings)
        default: break
        }
        guard let many, many.isSequence else { return }
        if many.elements.isEmpty, one == nil {
            findings.report(
                TrafficRouterRule.self, field: many, "\(several) is empty", hint: "list at least one \(kind)")
        }
        checkList(many, kind, &findings)
    }

    /// The names of a list: none empty, and none twice.
    static func checkList(_ list: YAMLNode, _ kind: String, _ findings: inout Findings) {
        let names = list.elements.filter(\.isScalar)
        for (index, name) in names.enumerated() {
            if name.withText({ $0.isEmpty }) {
                findings.report(
                    TrafficRouterRule.self, at: name, "the \(kind)'s name is empty", hint: "name the \(kind)")
            } else if let first = names[..<index].first(where: { $0.hasText(of: name) }) {
                findings.report(
                    TrafficRouterRule.self, at: name, "the \(kind) \(Wording.quoted(name.text)) is listed twice",
                    hint: "remove one of them", related: [(first, "first here")], severity: .warning)
            }
        }
    }

    /// Two fields of which only one may be there.
    static func reportBoth(_ one: YAMLNode, _ many: YAMLNode, _ findings: inout Findings) {
        let isManyLast = many.range.lowerBound > one.range.lowerBound
        let names = "\(one.key?.text ?? "one") and \(many.key?.text ?? "several")"
        findings.report(
            TrafficRouterRule.self, field: isManyLast ? many : one, "\(names) are both set",
            hint: "keep one of them", related: [(isManyLast ? one : many, "the other one")])
    }
}
