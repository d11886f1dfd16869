extension IstioRouter {
    public static func check(_ istio: YAMLNode, _ findings: inout Findings) {
        let one = istio.present("virtualService")
        let many = istio.present("virtualServices")
        switch (one, many) {
        case (nil, nil):
            findings.report(
                TrafficRouterRule.self, field: istio, "istio names no VirtualService",
                hint: "add `virtualService` with its `name`, or several under `virtualServices`")
        case (let one?, let many?): RouterSettings.reportBoth(one, many, &findings)
        default: break
        }
        if let one, one.isMapping { RouterSettings.checkFilled("name", "VirtualService", one, &findings) }
        if let many, many.isSequence, many.elements.isEmpty {
            findings.report(
                TrafficRouterRule.self, field: many, "virtualServices is empty",
                hint: "list at least one VirtualService")
        }
        let names = many?.elements.compactMap { $0.filled("name") } ?? []
        for (index, name) in names.enumerated() {
            guard let first = names[..<index].first(where: { $0.hasText(of: name) }) else { continue }
            findings.report(
                TrafficRouterRule.self, field: name, "the VirtualService \(Wording.quoted(name.text)) is listed twice",
                hint: "list all of its routes in one place", related: [(first, "first here")], severity: .warning)
        }
        guard let rule = istio.mapping("destinationRule") else { return }
        for field in ["name", "canarySubsetName", "stableSubsetName"] {
            RouterSettings.checkFilled(field, nil, rule, &findings)
        }
        guard let canary = rule.filled("canarySubsetName"), let stable = rule.filled("stableSubsetName"),
            canary.hasText(of: stable)
        else { return }
        let isStableLast = stable.range.lowerBound > canary.range.lowerBound
        findings.report(
            TrafficRouterRule.self, field: isStableLast ? stable : canary,
            "both subsets are \(Wording.quoted(stable.text))",
            hint: "name two different subsets of the DestinationRule",
            related: [(isStableLast ? canary : stable, "the other subset")])
    }

    public static func ownNames(in settings: YAMLNode, of rollout: RolloutManifest) -> [YAMLNode] {
        let services = [settings["virtualService"]].compactMap { $0 }
            + (settings["virtualServices"]?.elements.map(\.self) ?? [])
        return services.flatMap { $0["routes"]?.elements.map(\.self) ?? [] }
    }
}
