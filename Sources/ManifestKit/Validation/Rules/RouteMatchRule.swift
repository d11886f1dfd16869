/// RR0216: what a header or mirror route matches.
enum RouteMatchRule: RolloutRule {
    static let id: RuleID = "RR0216"
    static let severity = Severity.error
    static let summary = "A route's match says exactly one of `exact`, `prefix` and `regex`, and mirrors 0 to 100 %."
    static let rationale = """
        The controller refuses a match with none or several of them, and for an ALB anything but `exact`. A route \
        without any match removes the route of that name, which is how a later step takes it away again.
        """
    static let failing = [
        RuleExample(header("exact: '1', prefix: '2'"), in: .routedSteps),
        RuleExample(header(""), in: .routedSteps),
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: beta}]\n  alb: {ingress: web, servicePort: 80}\nsteps:\n"
                + header("regex: '1'"), in: .routedCanary),
        RuleExample("- setMirrorRoute:\n    name: copy\n    # ↓\n    percentage: 200", in: .routedSteps),
        RuleExample(
            "- setMirrorRoute:\n    name: copy\n    match:\n    - path:\n        prefix: /\n"
                + "      # ↓\n      method: {}",
            in: .routedSteps),
    ]
    static let passing = [
        RuleExample(
            "- setHeaderRoute:\n    name: beta\n    match:\n    - {headerName: x-beta, headerValue: {exact: '1'}}",
            in: .routedSteps),
        RuleExample(
            "- setMirrorRoute:\n    name: copy\n    percentage: 50\n    match:\n    - method: {exact: GET}\n"
                + "      headers: {agent: {regex: .*}}\n- setMirrorRoute: {name: copy}", in: .routedSteps),
    ]

    private static func header(_ match: String) -> String {
        "- setHeaderRoute:\n    name: beta\n    match:\n    - headerName: x-beta\n      # ↓\n"
            + "      headerValue: {\(match)}"
    }

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for step in rollout.steps {
            if let route = step["setHeaderRoute"] { checkHeaders(route, rollout, &findings) }
            if let route = step["setMirrorRoute"] { checkMirror(route, &findings) }
        }
    }

    private static func checkHeaders(_ route: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let matches = route["match"]?.elements, !matches.isEmpty else { return }
        let isExactOnly = rollout.routers.contains { $0.capabilities.exactHeaderValuesOnly }
        for match in matches where match.isMapping {
            if let name = match["headerName"], name.isScalar, name.withText({ $0.isEmpty }) {
                findings.report(self, field: name, "headerName is empty", hint: "name the header to look at")
            }
            if let value = match.present("headerValue") { check(value, isExactOnly: isExactOnly, &findings) }
        }
    }

    private static func checkMirror(_ route: YAMLNode, _ findings: inout Findings) {
        if let percentage = route["percentage"], let number = percentage.integer, !(0...100).contains(number) {
            findings.report(
                self, field: percentage, "\(number) % of the requests cannot be mirrored",
                hint: "write a percentage from 0 to 100")
        }
        guard let matches = route["match"]?.elements else { return }
        for match in matches where match.isMapping {
            for field in ["method", "path"] {
                if let value = match.present(field) { check(value, isExactOnly: false, &findings) }
            }
            for header in match.mapping("headers")?.entries.map(\.value) ?? [] {
                // A header without a value is a question whether the request has it.
                guard header.isMapping, !header.entries.isEmpty else { continue }
                check(header, isExactOnly: false, &findings)
            }
        }
    }

    private static func check(_ match: YAMLNode, isExactOnly: Bool, _ findings: inout Findings) {
        guard match.isMapping else { return }
        let set = ["exact", "prefix", "regex"].compactMap { match.filled($0) }
        let words = "`exact`, `prefix` or `regex`"
        if set.isEmpty {
            findings.report(
                self, field: match, "the match says neither exact, prefix nor regex",
                hint: isExactOnly ? "write `exact`" : "write one of \(words)")
        } else if set.count > 1 {
            findings.report(
                self, field: match, "the match says \(Wording.all(set.compactMap { $0.key?.text })) at once",
                hint: "keep one of \(words)")
        } else if isExactOnly, match.filled("exact") == nil {
            findings.report(
                self, field: match, "an ALB can match a header only by its exact value", hint: "write `exact`")
        }
    }
}
