/// RR0220: the settings of the traffic routers.
enum TrafficRouterRule: RolloutRule {
    static let id: RuleID = "RR0220"
    static let severity = Severity.error
    static let summary = "`trafficRouting` names a router, and each router the objects that it needs."
    static let rationale = """
        The controller finds some of these faults only when it reconciles, and stops at some with a crash. With no \
        router that it knows, nobody splits the traffic: a made-up `trafficRouting.gatewayAPI` once left it at half \
        and half (argo-rollouts 4569).
        """
    static let failing = [
        RuleExample("# ↓\ntrafficRouting: {}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  nginx:\n    stableIngress: web\n    # ↓\n"
                + "    stableIngresses: [web]", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  nginx: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  alb:\n    ingress: web\n    # ↓\n    servicePort: 0", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  alb:\n    ingress: web\n    servicePort: 80\n    stickinessConfig:\n"
                + "      enabled: true\n      # ↓\n      durationSeconds: 700000", in: .routedCanary),
        RuleExample("trafficRouting:\n  istio:\n    # ↓\n    virtualServices: []", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio:\n    virtualService: {name: web}\n    destinationRule:\n      name: web\n"
                + "      canarySubsetName: a\n      # ↓\n      stableSubsetName: a", in: .routedCanary),
        RuleExample("trafficRouting:\n  ambassador:\n    # ↓\n    mappings: []", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  apisix: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  traefik:\n    # ↓\n    weightedTraefikServiceName: ''", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  appMesh:\n    virtualService: {name: web}", in: .routedCanary),
    ]
    static let passing = [
        RuleExample("trafficRouting:\n  nginx: {stableIngresses: [web, shop]}\n  smi: {}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio: {virtualServices: [{name: web}]}\n"
                + "  apisix: {route: {name: web}}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  alb:\n    ingress: web\n    servicePort: 80\n"
                + "    stickinessConfig: {enabled: false, durationSeconds: 0}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  ambassador: {mappings: [web]}\n"
                + "  traefik: {weightedTraefikServiceName: web}", in: .routedCanary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let trafficRouting = rollout.trafficRouting else { return }
        let routers = rollout.routers
        if routers.isEmpty {
            let byPlugin = Set(TrafficRouters.all.filter { $0.plugin != nil }.map { $0.key })
            let fields = TrafficRouterCapabilities.all.map(\.field).filter { !byPlugin.contains($0) }
            findings.report(
                self, field: trafficRouting, "trafficRouting names no router, so that nothing splits the traffic",
                hint: "add one of \(Wording.alternatives(fields)), or remove it")
        }
        for router in routers where router.node.isMapping {
            switch router.capabilities.field {
            case "alb": checkALB(router.node, &findings)
            case "ambassador": checkAmbassador(router.node, &findings)
            case "apisix": checkAPISIX(router.node, &findings)
            case "appMesh": checkAppMesh(router.node, &findings)
            case "istio": checkIstio(router.node, &findings)
            case "nginx": checkOneOrMany("stableIngress", "stableIngresses", "Ingress", router.node, &findings)
            case "traefik": checkFilled("weightedTraefikServiceName", "TraefikService", router.node, &findings)
            default: break
            }
        }
    }

    private static func checkALB(_ alb: YAMLNode, _ findings: inout Findings) {
        checkOneOrMany("ingress", "ingresses", "Ingress", alb, &findings)
        if let port = alb["servicePort"], let number = port.integer, !(1...65535).contains(number) {
            findings.report(
                self, field: port, "\(number) is no port of a Service",
                hint: "write the Service's port, from 1 to 65535")
        }
        guard let stickiness = alb.mapping("stickinessConfig"), stickiness["enabled"]?.boolean == true,
            let duration = stickiness["durationSeconds"], let seconds = duration.integer,
            !(1...604_800).contains(seconds)
        else { return }
        findings.report(
            self, field: duration, "an ALB keeps a client on its target group for 1 to 604800 seconds, not \(seconds)",
            hint: "write at most 604800, which is 7 days")
    }

    private static func checkAmbassador(_ ambassador: YAMLNode, _ findings: inout Findings) {
        guard let mappings = ambassador.present("mappings"), mappings.isSequence else { return }
        if mappings.elements.isEmpty {
            findings.report(
                self, field: mappings, "ambassador names no Mapping",
                hint: "list the Mappings that route to the stable service")
        }
        checkList(mappings, "Mapping", &findings)
    }

    private static func checkAPISIX(_ apisix: YAMLNode, _ findings: inout Findings) {
        guard let route = apisix.present("route") else {
            findings.report(
                self, missing: "route", in: apisix, "apisix names no route",
                hint: "add `route` with the `name` of an ApisixRoute")
            return
        }
        if route.isMapping { checkFilled("name", "ApisixRoute", route, &findings) }
    }

    private static func checkAppMesh(_ appMesh: YAMLNode, _ findings: inout Findings) {
        for field in ["virtualService", "virtualNodeGroup"] where appMesh.present(field) == nil {
            findings.report(self, missing: field, in: appMesh, "appMesh has no \(field)", hint: "add `\(field)`")
        }
        guard let group = appMesh.mapping("virtualNodeGroup"),
            let canary = group["canaryVirtualNodeRef"]?.filled("name"),
            let stable = group["stableVirtualNodeRef"]?.filled("name"), canary.hasText(of: stable)
        else { return }
        findings.report(
            self, field: stable, "the canary and the stable virtual node are both \(Wording.quoted(stable.text))",
            hint: "name two different VirtualNodes", related: [(canary, "the canary's")])
    }

    private static func checkIstio(_ istio: YAMLNode, _ findings: inout Findings) {
        let one = istio.present("virtualService")
        let many = istio.present("virtualServices")
        switch (one, many) {
        case (nil, nil):
            findings.report(
                self, field: istio, "istio names no VirtualService",
                hint: "add `virtualService` with its `name`, or several under `virtualServices`")
        case (let one?, let many?): reportBoth(one, many, &findings)
        default: break
        }
        if let one, one.isMapping { checkFilled("name", "VirtualService", one, &findings) }
        if let many, many.isSequence, many.elements.isEmpty {
            findings.report(self, field: many, "virtualServices is empty", hint: "list at least one VirtualService")
        }
        let names = many?.elements.compactMap { $0.filled("name") } ?? []
        for (index, name) in names.enumerated() {
            guard let first = names[..<index].first(where: { $0.hasText(of: name) }) else { continue }
            findings.report(
                self, field: name, "the VirtualService \(Wording.quoted(name.text)) is listed twice",
                hint: "list all of its routes in one place", related: [(first, "first here")], severity: .warning)
        }
        guard let rule = istio.mapping("destinationRule") else { return }
        for field in ["name", "canarySubsetName", "stableSubsetName"] { checkFilled(field, nil, rule, &findings) }
        guard let canary = rule.filled("canarySubsetName"), let stable = rule.filled("stableSubsetName"),
            canary.hasText(of: stable)
        else { return }
        let isStableLast = stable.range.lowerBound > canary.range.lowerBound
        findings.report(
            self, field: isStableLast ? stable : canary, "both subsets are \(Wording.quoted(stable.text))",
            hint: "name two different subsets of the DestinationRule",
            related: [(isStableLast ? canary : stable, "the other subset")])
    }

    /// A single name or a list of them: exactly one of the two fields.
    private static func checkOneOrMany(
        _ single: String, _ several: String, _ kind: String, _ router: YAMLNode, _ findings: inout Findings
    ) {
        let one = router.filled(single)
        let many = router.present(several)
        switch (one, many) {
        case (nil, nil):
            findings.report(
                self, field: router, "the router names no \(kind)",
                hint: "add `\(single)`, or several under `\(several)`")
        case (let one?, let many?): reportBoth(one, many, &findings)
        default: break
        }
        guard let many, many.isSequence else { return }
        if many.elements.isEmpty, one == nil {
            findings.report(self, field: many, "\(several) is empty", hint: "list at least one \(kind)")
        }
        checkList(many, kind, &findings)
    }

    private static func checkList(_ list: YAMLNode, _ kind: String, _ findings: inout Findings) {
        let names = list.elements.filter(\.isScalar)
        for (index, name) in names.enumerated() {
            if name.withText({ $0.isEmpty }) {
                findings.report(self, at: name, "the \(kind)'s name is empty", hint: "name the \(kind)")
            } else if let first = names[..<index].first(where: { $0.hasText(of: name) }) {
                findings.report(
                    self, at: name, "the \(kind) \(Wording.quoted(name.text)) is listed twice",
                    hint: "remove one of them", related: [(first, "first here")], severity: .warning)
            }
        }
    }

    private static func reportBoth(_ one: YAMLNode, _ many: YAMLNode, _ findings: inout Findings) {
        let isManyLast = many.range.lowerBound > one.range.lowerBound
        let names = "\(one.key?.text ?? "one") and \(many.key?.text ?? "several")"
        findings.report(
            self, field: isManyLast ? many : one, "\(names) are both set", hint: "keep one of them",
            related: [(isManyLast ? one : many, "the other one")])
    }

    /// A name that is there has to say something; whether it is there is the schema's question.
    private static func checkFilled(_ field: String, _ kind: String?, _ node: YAMLNode, _ findings: inout Findings) {
        guard let value = node[field], value.isScalar, !value.isNull, value.withText({ $0.isEmpty }) else { return }
        findings.report(
            self, field: value, "\(field) is empty", hint: kind.map { "name the \($0)" } ?? "give it a name")
    }
}
