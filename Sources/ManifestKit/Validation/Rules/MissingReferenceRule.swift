/// RR0400: a Rollout names an object that no input has.
enum MissingReferenceRule: ManifestSetRule {
    static let id: RuleID = "RR0400"
    static let severity = Severity.warning
    static let summary = "Every object that a Rollout names is among the inputs."
    static let rationale = """
        The controller stops at a Service, Ingress, route, template or workload that is not there, with the Rollout in \
        the phase Degraded. It may be in the cluster already, so this is a warning; `--require-references` makes it an \
        error where the inputs are meant to be complete.
        """
    static let failing = [
        RuleExample("# ↓\nstableService: web-stable\n# ↓\ncanaryService: web-canary", in: .canary),
        RuleExample("- analysis:\n    templates:\n    # ↓\n    - templateName: success-rate", in: .steps),
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              strategy:
                canary:
                  trafficRouting:
                    plugins:
                      argoproj-labs/gatewayAPI:
                        # ↓
                        httpRouteSelector: {matchLabels: {team: shop}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web, namespace: shop, labels: {team: other}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web, namespace: edge, labels: {team: shop}}
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                blueGreen: {activeService: web}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              ports: [{port: 80}]
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        let severity: Severity? = findings.settings.requiresReferences ? .error : nil
        for (facts, rollout) in index.rollouts {
            var seen: Set<[String]> = []
            for reference in references(of: rollout) {
                let namespace = reference.namespace.isEmpty ? facts.namespace : reference.namespace
                let isNew = seen.insert([reference.kind.rawValue, namespace, reference.name]).inserted
                let scope = reference.kind == .clusterAnalysisTemplate ? "" : namespace
                guard isNew,
                    index.objects(reference.kind, named: reference.name, beside: facts, namespace: scope).isEmpty
                else { continue }
                findings.report(
                    self, at: reference.place,
                    "\(reference.kind.name) \"\(reference.name)\" is not among the inputs",
                    hint: "add its manifest to the inputs, or mend the name if it is not in the cluster either",
                    severity: severity)
            }
            for choice in rollout.routeChoices where index.routes(choice, of: facts).isEmpty {
                findings.report(
                    self, at: choice.reference.place,
                    "no \(choice.reference.kind.name) among the inputs has the labels that \(choice.reference.role) "
                        + "asks for",
                    hint: "add the route's manifest to the inputs, or mend the labels", severity: severity)
            }
        }
    }

    private static func references(of rollout: RolloutFacts) -> [ObjectReference] {
        var references = rollout.services + rollout.ingresses.map(\.ingress)
        references += rollout.virtualServices.map(\.virtualService)
        references += [rollout.subsets?.destinationRule].compactMap { $0 }
        references += rollout.routerObjects + rollout.analyses.flatMap(\.templates)
        if let workload = rollout.workload, let kind = ResourceKind(rawValue: workload.kind) {
            references.append(
                ObjectReference(
                    kind: kind, name: workload.name, namespace: "", role: "workloadRef", place: workload.place))
        }
        return references
    }
}
