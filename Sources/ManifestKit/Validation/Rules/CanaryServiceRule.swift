/// RR0205: the services of a canary.
enum CanaryServiceRule: RolloutRule {
    static let id: RuleID = "RR0205"
    static let severity = Severity.error
    static let summary = "A canary has two different services, and names both where its router sends traffic by service."
    static let rationale = """
        A router splits traffic between the Service of the stable pods and the Service of the canary's pods. Without both \
        the controller refuses the Rollout. Istio with a DestinationRule needs none, since subsets tell the pods apart, \
        and `pingPong` names its own two; a plugin is not asked by the controller, but most need both.
        """
    static let failing = [
        RuleExample("canaryService: web\n# ↓\nstableService: web", in: .canary),
        RuleExample(
            "stableService: web\n# ↓\ntrafficRouting:\n  nginx:\n    stableIngress: web", in: .canary),
        RuleExample(
            "# ↓\ntrafficRouting:\n  plugins:\n    argoproj-labs/gatewayAPI:\n      httpRoute: web", in: .canary),
    ]
    static let passing = [
        RuleExample(
            "canaryService: web-canary\nstableService: web-stable\ntrafficRouting:\n  nginx:\n    stableIngress: web",
            in: .canary),
        RuleExample(
            "trafficRouting:\n  istio:\n    virtualService: {name: web}\n    destinationRule:\n      name: web\n"
                + "      canarySubsetName: canary\n      stableSubsetName: stable", in: .canary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let canary = rollout.canary else { return }
        let canaryService = canary.filled("canaryService")
        let stableService = canary.filled("stableService")
        if let canaryService, let stableService, canaryService.hasText(of: stableService) {
            let isStableLast = stableService.range.lowerBound > canaryService.range.lowerBound
            findings.report(
                self, field: isStableLast ? stableService : canaryService,
                "stableService and canaryService are both \(Wording.quoted(stableService.text))",
                hint: "name two different Services that select the same pods",
                related: [(isStableLast ? canaryService : stableService, "the other service")])
        }
        guard let trafficRouting = rollout.trafficRouting, canaryService == nil || stableService == nil else { return }
        let missing = [("canaryService", canaryService), ("stableService", stableService)].filter { $0.1 == nil }
        let names = Wording.all(missing.map(\.0))
        for router in rollout.routers {
            let isNeeded = needsServices(router, canary)
            guard isNeeded || router.capabilities.services == .never && canary.present("pingPong") == nil else { continue }
            findings.report(
                self, field: trafficRouting.key ?? trafficRouting,
                isNeeded ? "\(router.capabilities.name) splits traffic between two services, and \(names) is not set"
                    : "most plugins split traffic between two services, and \(names) is not set",
                hint: "set " + names, related: [(router.node.key ?? router.node, "the router")],
                severity: isNeeded ? .error : .warning)
            return
        }
    }

    private static func needsServices(_ router: RolloutManifest.Router, _ canary: YAMLNode) -> Bool {
        let hasPingPong = canary.present("pingPong") != nil
        switch router.capabilities.services {
        case .always: return true
        case .unlessPingPong: return !hasPingPong
        case .unlessPingPongOrSubsets: return !hasPingPong && router.node.present("destinationRule") == nil
        case .never: return false
        }
    }
}
