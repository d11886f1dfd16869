/// RR0515: a route to pods that are not there.
enum EarlyRouteRule: RolloutRule {
    static let id: RuleID = "RR0515"
    static let severity = Severity.warning
    static let summary = "A header or mirror route comes after a step that gives the canary pods."
    static let rationale = """
        As long as no pod of the canary is available, the controller removes all managed routes. A route that is set \
        before the first `setWeight` or `setCanaryScale` is therefore taken away again while the first pods start, and \
        nothing brings it back.
        """
    static let failing = [
        RuleExample(
            "# ↓\n- setHeaderRoute:\n    name: beta\n    match:\n"
                + "    - {headerName: x-beta, headerValue: {exact: '1'}}\n- setWeight: 20", in: .routedSteps)
    ]
    static let passing = [
        RuleExample(
            "- setCanaryScale: {replicas: 1}\n- setHeaderRoute:\n    name: beta\n    match:\n"
                + "    - {headerName: x-beta, headerValue: {exact: '1'}}", in: .routedSteps),
        RuleExample("- setHeaderRoute: {name: beta}\n- setWeight: 20", in: .routedSteps),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard rollout.trafficRouting != nil else { return }
        for step in rollout.steps {
            if let weight = step["setWeight"], weight.integer != 0 { return }
            if let scale = step["setCanaryScale"], givesPods(scale) { return }
            guard let route = step["setHeaderRoute"] ?? step["setMirrorRoute"], route.present("match") != nil else {
                continue
            }
            findings.report(
                self, field: route,
                "the canary has no pods at this step yet, and without them the route is removed again",
                hint: "put `setCanaryScale` or `setWeight` before it")
            return
        }
    }

    private static func givesPods(_ scale: YAMLNode) -> Bool {
        if let replicas = scale.present("replicas") { return replicas.integer != 0 }
        if let weight = scale.present("weight") { return weight.integer != 0 }
        return false
    }
}
