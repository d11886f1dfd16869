/// RR0222: the settings of Gateway API.
enum GatewayAPIRule: RolloutRule {
    static let id: RuleID = "RR0222"
    static let severity = Severity.error
    static let summary = "Gateway API's settings name the routes that are divided, in the form that the plugin reads."
    static let rationale = """
        The CRD takes any settings of a plugin, and nobody looks at them before an update. Without a route, or with a \
        value of the wrong type, nothing can be divided and the update stands still; a field whose name is wrong is \
        passed over in silence, and `setHeaderRoute` does nothing where no route has `useHeaderRoutes: true`.
        """
    static let failing = [
        example("# ↓\nargoproj-labs/gatewayAPI: {namespace: shop}"),
        example("argoproj-labs/gatewayAPI:\n  # ↓\n  httpRoute: [web]"),
        example("argoproj-labs/gatewayAPI:\n  # ↓\n  httpRoutes: web"),
        example("argoproj-labs/gatewayAPI:\n  httpRoutes:\n  # ↓\n  - useHeaderRoutes: true"),
        example("argoproj-labs/gatewayAPI:\n  grpcRoutes:\n  - name: web\n    # ↓\n    useHeaderRoutes: yes please"),
        example("argoproj-labs/gatewayAPI:\n  # ↓\n  tcpRouteSelector: app=web"),
        example("argoproj-labs/gatewayAPI:\n  httpRoute: web\n  # ↓\n  useHeaderRoutes: true"),
        example("argoproj-labs/gatewayAPI:\n  # ↓\n  httproute: web\n  tlsRoute: web"),
        example("# ↓\nargoproj-labs/gatewayAPI: web"),
        RuleExample(
            """
            trafficRouting:
              managedRoutes: [{name: beta}]
              plugins:
                argoproj-labs/gatewayAPI:
                  # ↓
                  httpRoutes: [{name: web}]
            steps:
            - setHeaderRoute: {name: beta, match: [{headerName: beta, headerValue: {exact: 'yes'}}]}
            """, in: .routedCanary),
    ]
    static let passing = [
        example("argoproj-labs/gatewayAPI: {httpRoute: web, namespace: shop}"),
        example("argoproj-labs/gatewayAPI:\n  httpRoutes: [{name: web, useHeaderRoutes: true}]\n  grpcRoute: web"),
        example("argoproj-labs/gatewayAPI:\n  httpRouteSelector: {matchLabels: {app: web}}"),
        example("argoproj-labs/gatewayAPI: {tcpRoute: a, tlsRoutes: [{name: b}], disableInProgressLabel: true}"),
    ]

    private static func example(_ settings: String) -> RuleExample {
        let lines = settings.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        return RuleExample("trafficRouting:\n  plugins:\n\(lines)", in: .routedCanary)
    }

    private static let kinds = GatewayAPIRouter.fields.map { $0.single }
    private static let texts = kinds + ["namespace", "inProgressLabelKey", "inProgressLabelValue"]
    private static let lists = kinds.map { $0 + "s" }
    private static let selectors = kinds.map { $0 + "Selector" }
    /// `configMap` was a field of the plugin before 0.13; it is of no use any more and does no harm.
    private static let names = texts + lists + selectors + ["disableInProgressLabel", "configMap"]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let plugin = GatewayAPIRouter.plugin,
            let settings = rollout.trafficRouting?.mapping("plugins")?.present(plugin)
        else { return }
        guard settings.isMapping else {
            findings.report(
                self, field: settings, "the settings of Gateway API are no mapping",
                hint: "write `httpRoute: NAME`, or another kind of route")
            return
        }
        checkTypes(settings, &findings)
        for entry in settings.entries where !names.contains(entry.key.text) {
            reportUnknown(entry.key, &findings)
        }
        let named = kinds.contains { settings.filled($0) != nil }
            || (lists + selectors).contains { settings.present($0) != nil }
        if !named, !settings.entries.contains(where: { isMisspelt($0.key.text) }) {
            findings.report(
                self, field: settings, "no route is named, so that nothing splits the traffic",
                hint: "name one as \(Wording.alternatives(kinds)), or several as \(Wording.alternatives(lists))")
        }
        checkHeaders(settings, rollout, &findings)
    }

    private static func isMisspelt(_ name: String) -> Bool {
        !names.contains(name) && Spelling.closest(to: name, among: kinds + lists) != nil
    }

    private static func checkTypes(_ settings: YAMLNode, _ findings: inout Findings) {
        for name in texts {
            guard let node = settings.present(name), node.string == nil else { continue }
            findings.report(self, field: node, "\(name) is no text", hint: "write one name, in quotes if need be")
        }
        if let node = settings.present("disableInProgressLabel"), node.boolean == nil {
            findings.report(self, field: node, "disableInProgressLabel is neither true nor false")
        }
        for name in selectors {
            guard let node = settings.present(name), !node.isMapping else { continue }
            findings.report(
                self, field: node, "\(name) is no label selector", hint: "write `matchLabels: {KEY: VALUE}`")
        }
        for name in lists {
            guard let list = settings.present(name) else { continue }
            guard list.isSequence else {
                findings.report(self, field: list, "\(name) is no list", hint: "write `\(name): [{name: NAME}]`")
                continue
            }
            for route in list.elements {
                guard route.isMapping, route.filled("name")?.string != nil else {
                    findings.report(self, at: route, "a route of \(name) has no name", hint: "write `name: NAME`")
                    continue
                }
                if let node = route.present("useHeaderRoutes"), node.boolean == nil {
                    findings.report(self, field: node, "useHeaderRoutes is neither true nor false")
                }
            }
        }
    }

    /// Nobody reads such a field; that it is there keeps nobody from working.
    private static func reportUnknown(_ key: YAMLNode, _ findings: inout Findings) {
        let name = key.text
        let meant = Spelling.closest(to: name, among: names)
        let hint = name == "useHeaderRoutes"
            ? "a route named by \(Wording.alternatives(kinds)) takes header routes as it is; remove it"
            : meant.map { "did you mean `\($0)`?" } ?? "remove it"
        findings.report(
            self, at: key, "Gateway API's settings have no field `\(name)`", hint: hint, severity: .warning)
    }

    /// A step for headers that no route heeds.
    private static func checkHeaders(
        _ settings: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings
    ) {
        let fields = ["httpRoute", "grpcRoute"]
        guard rollout.routers.count == 1, rollout.steps.contains(where: { $0["setHeaderRoute"] != nil }),
            !fields.contains(where: { settings.filled($0) != nil })
        else { return }
        let routes = fields.compactMap { settings.present($0 + "s") }
        let heed = routes.flatMap(\.elements).contains { $0["useHeaderRoutes"]?.boolean == true }
        guard !heed, let list = routes.first else { return }
        findings.report(
            self, field: list, "no route has `useHeaderRoutes: true`, so that setHeaderRoute does nothing",
            hint: "add it to the routes that are to heed the headers", severity: .warning)
    }
}
