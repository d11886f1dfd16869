/// RR0422: an object that the controller makes itself.
enum MadeObjectRule: ManifestSetRule {
    static let id: RuleID = "RR0422"
    static let severity = Severity.error
    static let summary = "No manifest has the name of an object that the controller makes for a Rollout."
    static let rationale = """
        With nginx the controller makes an Ingress for the canary beside each that it is given, with Ambassador a \
        Mapping, with SMI the TrafficSplit, with APISIX an ApisixRoute for each of `managedRoutes`. It leaves objects \
        alone that it has not made, so where one of these names is taken no traffic is divided and the update stands \
        still.
        """
    static let failing = [
        RuleExample(
            routedRollout("smi: {trafficSplitName: split}", namespace: "shop")
                + object("split.smi-spec.io/v1alpha2", "TrafficSplit", "split")),
        RuleExample(routedRollout("smi: {}", namespace: "shop")
            + object("split.smi-spec.io/v1alpha2", "TrafficSplit", "web")),
        RuleExample(
            routedRollout("nginx: {stableIngress: main}", namespace: "shop")
                + object("networking.k8s.io/v1", "Ingress", "web-main-canary")),
        RuleExample(
            routedRollout("managedRoutes: [{name: beta}]\napisix: {route: {name: web}}", namespace: "shop")
                + object("apisix.apache.org/v2", "ApisixRoute", "beta")),
        RuleExample(
            routedRollout("ambassador: {mappings: [main]}", namespace: "shop")
                + object("getambassador.io/v2", "Mapping", "main-canary")),
    ]
    static let passing = [
        RuleExample(
            routedRollout("ambassador: {mappings: [main]}", namespace: "shop")
                + object("getambassador.io/v2", "Mapping", "main-canary", mark: false)
                .replacing("spec: {}", with: "spec: {prefix: /, service: 'web-canary:80', weight: 20}")),
        RuleExample(
            routedRollout("nginx: {stableIngress: main}", namespace: "shop")
                + object("networking.k8s.io/v1", "Ingress", "main", mark: false)),
        RuleExample(
            routedRollout("smi: {}", namespace: "shop")
                + object(
                    "split.smi-spec.io/v1alpha2", "TrafficSplit",
                    "web, ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, "
                        + "controller: true}]", mark: false)),
        RuleExample(
            routedRollout("managedRoutes: [{name: beta}]\nistio: {virtualService: {name: web}}", namespace: "shop")
                + object("apisix.apache.org/v2", "ApisixRoute", "beta", mark: false)),
    ]

    private static func object(_ apiVersion: String, _ kind: String, _ name: String, mark: Bool = true) -> String {
        "---\napiVersion: \(apiVersion)\nkind: \(kind)\nmetadata:\n  namespace: shop\n\(mark ? "  # ↓\n" : "")"
            + name.split(separator: ", ", maxSplits: 1).enumerated()
            .map { $0 == 0 ? "  name: \($1)\n" : "  \($1)\n" }.joined() + "spec: {}\n"
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for made in rollout.madeObjects {
                let canary = rollout.service("canaryService")?.name
                for object in index.objects(made.kind, named: made.name, beside: facts)
                where !object.isControlled && !isOurs(object, canary) {
                    findings.report(
                        self, at: object.place,
                        "Rollout \"\(facts.name)\" makes the \(object.kind.name) of this name itself, and leaves one "
                            + "alone that is there",
                        hint: "remove it, or give one of the two another name",
                        related: [(made.place, "the Rollout's name for it comes from here")])
                }
            }
        }
    }

    /// Whether an object is one that the controller makes without an owner: a Mapping that gives the canary a weight.
    private static func isOurs(_ object: ObjectFacts, _ canary: String?) -> Bool {
        guard case .mapping(_?, let service?) = object.detail, let canary else { return false }
        return MappingAddress(service.text).name == canary
    }
}
