/// RR0219: plugins by name.
enum PluginNameRule: RolloutRule {
    static let id: RuleID = "RR0219"
    static let severity = Severity.error
    static let summary = "A plugin is named as the controller knows it, `owner/name`."
    static let rationale = """
        The controller finds plugins by the name in its ConfigMap `argo-rollouts-config`, which it takes only in the \
        form `owner/name`, such as `argoproj-labs/gatewayAPI`. A name without an owner can never be found, and the \
        update stands still at it.
        """
    static let failing = [
        RuleExample("- plugin:\n    # ↓\n    name: ''", in: .steps),
        RuleExample("- plugin:\n    # ↓\n    name: notify", in: .steps),
        RuleExample("trafficRouting:\n  plugins:\n    # ↓\n    gatewayAPI: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  plugins: {}", in: .routedCanary),
    ]
    static let passing = [
        RuleExample("- plugin:\n    name: example/notify\n    config: {channel: releases}", in: .steps),
        RuleExample("trafficRouting:\n  plugins:\n    argoproj-labs/gatewayAPI: {}", in: .routedCanary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for step in rollout.steps {
            guard let name = step["plugin"]?["name"], name.isScalar, !isName(name) else { continue }
            report(name, &findings)
        }
        guard let plugins = rollout.trafficRouting?.present("plugins"), plugins.isMapping else { return }
        if plugins.entries.isEmpty {
            findings.report(
                self, field: plugins, "plugins names no plugin", hint: "name one, such as argoproj-labs/gatewayAPI")
        }
        for entry in plugins.entries where !isName(entry.key) { report(entry.key, &findings) }
    }

    private static func report(_ name: YAMLNode, _ findings: inout Findings) {
        let isEmpty = name.withText { $0.isEmpty }
        findings.report(
            self, at: name, isEmpty ? "the plugin's name is empty" : "\(Wording.quoted(name.text)) is no plugin's name",
            hint: "write `owner/name` as in the controller's ConfigMap, such as argoproj-labs/gatewayAPI")
    }

    private static func isName(_ node: YAMLNode) -> Bool {
        let parts = node.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        func isWord(_ byte: UInt8) -> Bool {
            (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x2D
        }
        return parts[0].allSatisfy(isWord) && parts[1].allSatisfy { isWord($0) || $0 == 0x5F || $0 == 0x2E }
    }
}
