/// Whether load balancers have followed what their objects ask for.
extension UpdatePass {
    /// What a question came to.
    private enum Verdict: Equatable {
        case verified
        case notYet
        /// Nobody knows so far; somebody is asked.
        case unknown
    }

    private var albRouter: ALBRouter? {
        canary?.trafficRouting?.routers.compactMap { $0 as? ALBRouter }.first
    }

    // MARK: Weights

    /// Compares the shares that are in force with those of an intent, at a step that sets one and at the end; notes
    /// `status.canary.weights.verified` and `status.alb`.
    mutating func verifyWeights(_ intent: TrafficIntent, maximum: Int) {
        guard let router = albRouter else { return }
        guard world.loadBalancers != nil else {
            weights?.isVerified = nil
            loadBalancerStatus = .some(nil)
            return
        }
        let status = world.rollout.status
        let isUpdate = !status.stableHash.isEmpty && !world.rollout.isFullyPromoted
        let isAtEnd = currentStep == nil && intent.weight == maximum
        let isDue = isUpdate && (currentStep is SetWeightStep || isAtEnd)
        guard isDue || status.others["alb"] == nil && status.others["albs"] == nil else {
            weights?.isVerified = nil
            return
        }
        var isVerified = true
        var statuses: [JSONValue] = []
        for name in router.ingresses {
            if verdict(on: name, router, intent, &statuses) != .verified { isVerified = false }
        }
        if let last = statuses.last(where: { $0.object?.isEmpty == false }) {
            loadBalancerStatus = .some(["alb": last, "albs": .array(statuses)])
        }
        guard isDue else {
            weights?.isVerified = nil
            return
        }
        weights?.isVerified = isVerified
        guard !isVerified else { return }
        reasons.append("the load balancer does not divide the traffic as intended yet")
        if isAtEnd { trafficProblem = "the load balancer does not send all traffic to the new version yet" }
    }

    private mutating func verdict(
        on name: String, _ router: ALBRouter, _ intent: TrafficIntent, _ statuses: inout [JSONValue]
    ) -> Verdict {
        statuses.append(.object(JSONObject()))
        guard let ingress = world.object(.ingress, name) else { return .notYet }
        let hostNames = (ingress["status"]?["loadBalancer"]?["ingress"]?.array ?? []).compactMap { $0.text("hostname") }
        guard !hostNames.isEmpty else {
            reasons.append("Ingress \(name) has no load balancer yet")
            wake(at: now.after(world.loadBalancers?.settings.retrySeconds ?? 0))
            return .notYet
        }
        let question = LoadBalancerQuestion.divisions(
            ingress: name, hostNames: hostNames, action: router.action(in: ingress, of: rollout) ?? "")
        guard let answer = world.loadBalancers?.answers[question] else {
            questions.insert(question)
            return .unknown
        }
        var result = Verdict.notYet
        let isNews = isNews(answer, to: question)
        switch answer.content {
        case .loadBalancers(let found):
            let groups = router.groups(for: intent, of: rollout)
            let namespace = rollout.namespace ?? ""
            let ids = groups.map { "\(namespace)/\(name)-\($0.service):\(router.servicePort)" }
            let wanted = Dictionary(zip(ids, groups.map(\.weight))) { first, _ in first }
            if let last = found.last {
                statuses[statuses.count - 1] = Self.status(
                    of: last, ingress: name, canary: ids[0], stable: ids.last ?? "")
            }
            let isVerified = found.allSatisfy { Self.divides($0, as: wanted) }
            result = isVerified ? .verified : .notYet
            if isNews { tell(found, ids[0], groups[0], isVerified) }
        case .missing(let hostName):
            if isNews { emit(.warning, "LoadBalancerNotFound", "Failed to find load balancer: \(hostName)") }
        case .failure(let reason):
            reasons.append("the load balancer of Ingress \(name) cannot be asked: \(reason)")
            if isNews { emit(.warning, "WeightVerifyError", "Failed to verify weight: \(reason)") }
        case .registrations: break
        }
        if result != .verified { askAgain(question, after: answer) }
        return result
    }

    /// Whether every rule that divides requests between versions gives them the shares that are wanted. A rule that
    /// leads to one of them alone, as one for headers does, says nothing about shares.
    private static func divides(_ loadBalancer: LoadBalancer, as wanted: [String: Int]) -> Bool {
        let ids = Dictionary(loadBalancer.targetGroups.map { ($0.arn, $0.resourceID) }) { first, _ in first }
        let divisions = loadBalancer.divisions.map { division in
            division.compactMap { arn, weight in ids[arn].flatMap { wanted[$0] == nil ? nil : ($0, weight) } }
        }.filter { $0.count > 1 }
        return !divisions.isEmpty && divisions.allSatisfy { division in
            division.count == wanted.count && division.allSatisfy { wanted[$0.0] == $0.1 }
        }
    }

    private mutating func tell(
        _ found: [LoadBalancer], _ id: String, _ canary: (service: String, weight: Int), _ isVerified: Bool
    ) {
        for loadBalancer in found {
            guard let group = loadBalancer.targetGroups.first(where: { $0.resourceID == id }) else { continue }
            let subject = "Service \(canary.service) (TargetGroup \(group.arn))"
            if isVerified {
                emit(.normal, "TargetGroupVerified", "\(subject) verified: canary weight \(canary.weight) set")
                continue
            }
            let current = loadBalancer.divisions.first { $0.count > 1 && $0[group.arn] != nil }?[group.arn]
            emit(
                .warning, "TargetGroupUnverified",
                "\(subject) not verified: canary weight \(canary.weight) not yet set "
                    + "(current: \(current.map(String.init) ?? "none"))")
        }
    }

    private static func status(
        of loadBalancer: LoadBalancer, ingress: String, canary: String, stable: String
    ) -> JSONValue {
        let none: JSONValue = ["name": "", "arn": "", "fullName": ""]
        func group(_ id: String) -> JSONValue { loadBalancer.targetGroups.first { $0.resourceID == id }?.json ?? none }
        return [
            "loadBalancer": loadBalancer.json, "canaryTargetGroup": group(canary), "stableTargetGroup": group(stable),
            "ingress": .string(ingress),
        ]
    }

    // MARK: Targets

    /// Whether versions of a canary may lose their pods: not before the pods behind the stable Service, which has just
    /// been pointed at the new version, are targets of the load balancer.
    mutating func stableTargetsAreVerified(before old: [Int]) -> Bool {
        guard world.loadBalancers != nil, albRouter != nil, world.rollout.isFullyPromoted,
            old.contains(where: { !world.replicaSets[$0].hasScaleDownDeadline })
        else { return true }
        return targetsAreVerified(of: VersionServices(rollout, prefersPingPong: true).stable)
    }

    /// Whether the pods behind the active Service of blue-green are targets of the load balancer, right after it was
    /// pointed at the new version.
    mutating func activeTargetsAreVerified(_ blueGreen: BlueGreenStrategy) -> Bool {
        let status = world.rollout.status
        guard world.loadBalancers != nil, !status.stableHash.isEmpty, status.stableHash != newHash,
            world.service(blueGreen.activeService)?.podTemplateHash == newHash, runs.postPromotion == nil
        else { return true }
        return targetsAreVerified(of: blueGreen.activeService)
    }

    private mutating func targetsAreVerified(of service: String) -> Bool {
        guard let hash = world.service(service)?.podTemplateHash else { return true }
        let question = LoadBalancerQuestion.targets(service: service, hash: hash)
        guard let answer = world.loadBalancers?.answers[question] else {
            questions.insert(question)
            reasons.append("the load balancer is asked whether the pods behind service \(service) are its targets")
            return false
        }
        let isNews = isNews(answer, to: question)
        switch answer.content {
        case .registrations(let registrations):
            let missing = registrations.first { $0.registered < $0.total }
            if isNews {
                for registration in missing.map({ [$0] }) ?? registrations { tell(registration, of: service) }
            }
            guard let missing else { return true }
            reasons.append(
                "\(missing.registered) of \(missing.total) pods behind service \(service) are targets of the load "
                    + "balancer")
        case .failure(let reason):
            reasons.append("the load balancer cannot be asked for the targets of service \(service): \(reason)")
            if isNews {
                emit(
                    .warning, "TargetGroupVerifyError",
                    "Failed to verify Service \(service) (TargetGroup unknown): \(reason)")
            }
        case .loadBalancers, .missing: break
        }
        askAgain(question, after: answer)
        return false
    }

    private mutating func tell(_ registration: TargetGroupRegistration, of service: String) {
        let subject = "Service \(service) (TargetGroup \(registration.targetGroup))"
        if registration.registered == registration.total {
            emit(.normal, "TargetGroupVerified", "\(subject) verified: \(registration.registered) endpoints registered")
        } else {
            emit(
                .warning, "TargetGroupUnverified",
                "\(subject) not verified: \(registration.registered)/\(registration.total) endpoints registered")
        }
    }

    // MARK: Asking

    /// Whether people have to be told of an answer: once, by the first plan that is made with it.
    private mutating func isNews(_ answer: LoadBalancerAnswer, to question: LoadBalancerQuestion) -> Bool {
        answer.isNews && toldAnswers.insert(question).inserted
    }

    private mutating func askAgain(_ question: LoadBalancerQuestion, after answer: LoadBalancerAnswer) {
        let due = answer.time.after(world.loadBalancers?.settings.retrySeconds ?? 0)
        if due <= now { questions.insert(question) } else { wake(at: due) }
    }
}
