/// RR0420: routes that do not lead to both versions.
enum RouteDestinationRule: ManifestSetRule {
    static let id: RuleID = "RR0420"
    static let severity = Severity.error
    static let summary = "The objects that a router divides lead to both versions of the Rollout."
    static let rationale = """
        The controller sets weights of destinations that are there and adds none. Where a TraefikService, ApisixRoute, \
        HTTPProxy or VirtualRouter does not lead to both versions, or a Mapping or Route does not lead to the stable \
        one, the update stops at its first weight, or goes on while the traffic stays where it is.
        """
    static let failing = [
        RuleExample(
            routedRollout("traefik: {weightedTraefikServiceName: web}")
                + object(
                    "traefik.io/v1alpha1", "TraefikService",
                    "weighted:\n    # ↓\n    services: [{name: web, port: 80}, {name: other, port: 80}]")),
        RuleExample(
            routedRollout("# ↓\napisix: {route: {name: web, rules: [main]}}")
                + object("apisix.apache.org/v2", "ApisixRoute", "http: [{name: other, backends: []}]")),
        RuleExample(
            routedRollout("plugins: {argoproj-labs/contour: {httpProxies: [web]}}")
                + object(
                    "projectcontour.io/v1", "HTTPProxy",
                    "routes:\n  # ↓\n  - services: [{name: web-canary, port: 80}]")),
        RuleExample(
            routedRollout("plugins: {argoproj-labs/openshift: {routes: [web]}}")
                + object("route.openshift.io/v1", "Route", "# ↓\n  to: {kind: Service, name: other}")),
        RuleExample(
            routedRollout("plugins: {argoproj-labs/openshift: {routes: [edge/web]}}", namespace: "shop")
                + object("route.openshift.io/v1", "Route", "# ↓\n  to: {kind: Service, name: other}", in: "edge")),
        RuleExample(
            routedRollout("ambassador: {mappings: [web]}")
                + object("getambassador.io/v2", "Mapping", "prefix: /\n  # ↓\n  service: http://other:80")),
        RuleExample(
            routedRollout(mesh) + """
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualService
                metadata:
                  # ↓
                  name: web
                spec: {provider: {virtualNode: {virtualNodeRef: {name: old}}}}

                """),
    ]
    static let passing = [
        RuleExample(
            routedRollout("traefik: {weightedTraefikServiceName: web}")
                + object(
                    "traefik.io/v1alpha1", "TraefikService",
                    "weighted:\n    services: [{name: web, port: 80}, {name: web-canary, port: 80}]")),
        RuleExample(
            routedRollout("apisix: {route: {name: web}}")
                + object(
                    "apisix.apache.org/v2", "ApisixRoute",
                    "http: [{name: web, backends: [{serviceName: web}, {serviceName: web-canary}]}]")),
        RuleExample(
            routedRollout("plugins: {argoproj-labs/openshift: {routes: [edge/web]}}", namespace: "shop")
                + object("route.openshift.io/v1", "Route", "to: {kind: Service, name: web}", in: "edge")
                + object("route.openshift.io/v1", "Route", "to: {kind: Service, name: other}", in: "shop")),
        RuleExample(
            routedRollout("ambassador: {mappings: [web]}")
                + object("getambassador.io/v2", "Mapping", "prefix: /\n  service: https://web.shop:443")),
        RuleExample(
            routedRollout(mesh)
                + object(
                    "appmesh.k8s.aws/v1beta2", "VirtualService",
                    "provider: {virtualRouter: {virtualRouterRef: {name: web}}}")
                + object(
                    "appmesh.k8s.aws/v1beta2", "VirtualRouter",
                    "routes: [{httpRoute: {action: {weightedTargets: [{virtualNodeRef: {name: old}}, "
                        + "{virtualNodeRef: {name: new}}]}}}, {tcpRoute: {action: {weightedTargets: "
                        + "[{virtualNodeRef: {name: other}}]}}}]")),
    ]

    private static let mesh =
        "appMesh: {virtualService: {name: web}, virtualNodeGroup: {stableVirtualNodeRef: {name: old}, "
        + "canaryVirtualNodeRef: {name: new}}}"

    private static func object(
        _ apiVersion: String, _ kind: String, _ spec: String, in namespace: String? = nil
    ) -> String {
        "---\napiVersion: \(apiVersion)\nkind: \(kind)\n"
            + "metadata: {name: web\(namespace.map { ", namespace: \($0)" } ?? "")}\nspec:\n  \(spec)\n"
    }

    /// A reference to an object, with what it has to lead to.
    private struct Subject {
        var reference: ObjectReference
        var object: ObjectFacts
        var stable: String
        var canary: String
        var rollout: String
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for reference in rollout.routerObjects {
                guard let (stable, canary) = destinations(of: reference, rollout) else { continue }
                let namespace = reference.namespace.isEmpty ? nil : reference.namespace
                for object in index.objects(
                    reference.kind, named: reference.name, beside: facts, namespace: namespace) {
                    let subject = Subject(
                        reference: reference, object: object, stable: stable, canary: canary, rollout: facts.name)
                    switch object.detail {
                    case .mapping(_, let service?): check(subject, mapping: service, &findings)
                    case .route(let route): check(subject, route, rollout, index, &findings)
                    default: break
                    }
                }
            }
        }
    }

    /// What stands for the versions in an object; nil where the Rollout does not say, which is another rule's matter.
    private static func destinations(
        of reference: ObjectReference, _ rollout: RolloutFacts
    ) -> (stable: String, canary: String)? {
        let names: [String?] = if reference.kind == .appMeshVirtualService {
            ["stableVirtualNodeRef", "canaryVirtualNodeRef"].map { role in
                rollout.routerObjects.first { $0.role == role }?.name
            }
        } else {
            [rollout.service("stableService")?.name, rollout.service("canaryService")?.name]
        }
        guard let stable = names[0], let canary = names[1] else { return nil }
        return (stable, canary)
    }

    private static func check(
        _ subject: Subject, mapping service: (text: String, place: ManifestPlace), _ findings: inout Findings
    ) {
        guard MappingAddress(service.text).name != subject.stable else { return }
        report(subject, at: service.place, "leads to \(Wording.quoted(service.text))", subject.stable, &findings)
    }

    private static func check(
        _ subject: Subject, _ route: RouteFacts, _ rollout: RolloutFacts, _ index: ManifestIndex,
        _ findings: inout Findings
    ) {
        var subject = subject
        var groups = route.groups
        var names: [(name: String, place: ManifestPlace)] = []
        switch subject.object.kind {
        case .apisixRoute:
            names = rollout.dividedRules
            if names.isEmpty { names = [(subject.reference.name, subject.reference.place)] }
        case .appMeshVirtualService:
            // What the VirtualService names divides the traffic.
            guard let link = route.links.first else {
                findings.report(
                    self, at: subject.object.place,
                    "VirtualService \"\(subject.object.name)\" has no VirtualRouter behind it, and Rollout "
                        + "\"\(subject.rollout)\" divides its traffic",
                    hint: "let it name one under `provider.virtualRouter`",
                    related: [(subject.reference.place, "the Rollout names it here")])
                return
            }
            guard let router = index.objects(
                    link.kind, named: link.name, beside: subject.object,
                    namespace: link.namespace.isEmpty ? nil : link.namespace
                ).first,
                case .route(let routes) = router.detail
            else { return }
            subject.object = router
            names = rollout.dividedRules
            // Without names, routes to neither version are somebody else's.
            groups = routes.groups.filter { group in
                !names.isEmpty || [subject.stable, subject.canary].contains { group.destinations.contains($0) }
            }
        case .httpProxy: groups = groups.filter { $0.destinations.contains(subject.canary) }
        default: break
        }
        for wanted in names where !groups.contains(where: { $0.name == wanted.name }) {
            findings.report(
                self, at: wanted.place,
                "\(subject.object.kind.name) \"\(subject.object.name)\" has no route named \"\(wanted.name)\"",
                hint: "write the name of a route that is there", related: [(subject.object.place, "the object")])
        }
        if !names.isEmpty { groups = groups.filter { group in names.contains { $0.name == group.name } } }
        if groups.isEmpty, names.isEmpty {
            report(subject, at: subject.object.place, "leads to neither version", subject.canary, &findings)
        }
        let wanted = subject.object.kind == .openShiftRoute ? [subject.stable] : [subject.stable, subject.canary]
        for group in groups {
            guard let missing = wanted.first(where: { !group.destinations.contains($0) }) else { continue }
            report(subject, at: group.place, "does not lead to \"\(missing)\"", missing, &findings)
        }
    }

    private static func report(
        _ subject: Subject, at place: ManifestPlace, _ what: String, _ missing: String, _ findings: inout Findings
    ) {
        findings.report(
            self, at: place,
            "\(subject.object.kind.name) \"\(subject.object.name)\" \(what), and Rollout \"\(subject.rollout)\" "
                + "divides its traffic",
            hint: "let it lead to \"\(missing)\"; the controller adds no destinations",
            related: [(subject.reference.place, "the Rollout names it here")])
    }
}
