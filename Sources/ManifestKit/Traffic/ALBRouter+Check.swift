extension ALBRouter {
    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkOneOrMany("ingress", "ingresses", "Ingress", settings, &findings)
        if let port = settings["servicePort"], let number = port.integer, !(1...65535).contains(number) {
            findings.report(
                TrafficRouterRule.self, field: port, "\(number) is no port of a Service",
                hint: "write the Service's port, from 1 to 65535")
        }
        guard let stickiness = settings.mapping("stickinessConfig"), stickiness["enabled"]?.boolean == true,
            let duration = stickiness["durationSeconds"], let seconds = duration.integer,
            !(1...604_800).contains(seconds)
        else { return }
        findings.report(
            TrafficRouterRule.self, field: duration,
            "an ALB keeps a client on its target group for 1 to 604800 seconds, not \(seconds)",
            hint: "write at most 604800, which is 7 days")
    }

    public static func ownNames(in settings: YAMLNode, of rollout: RolloutManifest) -> [YAMLNode] {
        let service = settings.filled("rootService") ?? rollout.canary?.filled("stableService")
        return service.map { [$0] } ?? []
    }
}
