/// What keeps a Rollout from being acted on: its own fields, and what it refers to.
extension UpdatePass {
    /// The first problem in the words of the reference, or nil.
    var specProblem: String? {
        if let invalidity = world.invalidity { return invalidity }
        let spec = world.rollout.spec
        if world.template == nil {
            guard let workload = spec.workload else { return "spec.template: Required value: there is no pod template" }
            return Self.invalid(
                "spec.workloadRef.name", workload.name, "\(workload.kind) \(GoText.quoted(workload.name)) not found")
        }
        for case (let field, let name?) in services {
            if let problem = serviceProblem(field, name) { return problem }
        }
        return mode.passesWhatIsMissing ? nil : routerProblem ?? templateProblem
    }

    private static func invalid(_ field: String, _ value: String, _ detail: String) -> String {
        "\(field): Invalid value: \(GoText.quoted(value)): \(detail)"
    }

    private var services: [(field: String, name: String?)] {
        switch world.rollout.spec.strategy {
        case .canary(let canary):
            [
                ("spec.strategy.canary.stableService", canary.stableService),
                ("spec.strategy.canary.canaryService", canary.canaryService),
                ("spec.strategy.canary.pingPong.pingService", canary.pingPong?.pingService),
                ("spec.strategy.canary.pingPong.pongService", canary.pingPong?.pongService),
            ]
        case .blueGreen(let blueGreen):
            [
                ("spec.strategy.blueGreen.activeService", blueGreen.activeService),
                ("spec.strategy.blueGreen.previewService", blueGreen.previewService),
            ]
        }
    }

    /// A service must be there, select the Rollout's pods, and be nobody else's.
    private func serviceProblem(_ field: String, _ name: String) -> String? {
        guard let service = world.service(name) else {
            return Self.invalid(field, name, "service \(GoText.quoted(name)) not found")
        }
        let labels = world.template?["metadata"]?["labels"]
        for (key, value) in service.object["spec"]?["selector"]?.object?.sortedFields ?? []
        where key != RolloutMarks.podTemplateHash && labels?[key] != value {
            return Self.invalid(
                field, name, "Service \(GoText.quoted(name)) has unmatch label \(GoText.quoted(key)) in rollout")
        }
        if let manager = service.manager, manager != world.rollout.name {
            return Self.invalid(field, name, "Service \(GoText.quoted(name)) is managed by another Rollout")
        }
        return nil
    }

    /// Which of the kinds of a router's objects the cluster does not serve.
    private func missingDefinitions(for router: any TrafficRouter) -> (names: String, text: String)? {
        let kinds = router.kinds(for: world.rollout).sorted { $0.rawValue < $1.rawValue }
        let missing = kinds.compactMap { kind in world.missingDefinitions[kind].map { (kind: kind, name: $0) } }
        guard !missing.isEmpty else { return nil }
        let names = missing.map(\.name).joined(separator: ", ")
        let kindNames = Wording.all(missing.map(\.kind.name))
        return (names, missing.count == 1
            ? "the cluster does not serve \(kindNames): its CustomResourceDefinition is missing"
            : "the cluster does not serve \(kindNames): their CustomResourceDefinitions are missing")
    }

    private var routerProblem: String? {
        let field = "spec.strategy.canary.trafficRouting"
        guard let routing = canary?.trafficRouting else { return nil }
        if let router = routing.missingRouters.first {
            return Self.invalid(field, router, "this router is not there yet")
        }
        for router in routing.routers {
            let path = type(of: router).path
            if let problem = missingDefinitions(for: router) { return Self.invalid(path, problem.names, problem.text) }
            let linked = router.linkedObjects(for: world.rollout, in: world.objects)
            for key in router.objects(for: world.rollout) + linked {
                guard let object = world.objects[key] else {
                    return Self.invalid(path, key.name, "\(key.kind.name) \(GoText.quoted(key.name)) not found")
                }
                if let refusal = router.refusal(of: object, at: key, for: world.rollout) { return refusal }
                if let service = router.service(in: key, of: world.rollout), !Ingress.leads(object, to: service) {
                    return Self.invalid(
                        path, key.name, "ingress `\(key.name)` has no rules using service \(service) backend")
                }
            }
            if let problem = router.problem(of: world.rollout, in: world) { return "\(path): \(problem)" }
        }
        return nil
    }
}
