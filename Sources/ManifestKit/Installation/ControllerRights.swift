/// What the controller must be allowed to do for one part of its work, and nothing more.
///
/// Whoever does not use a part leaves its rights out: `core` is always needed, a feature where Rollouts use it, a
/// router where traffic goes through it. A missing right does no harm until a Rollout needs it.
public struct ControllerRights: Hashable, Sendable {
    /// What the rights are for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Every Rollout.
        case core
        /// A feature that a Rollout may use.
        case feature
        /// A field of `trafficRouting`.
        case router
        /// Something that has to be asked for by an option of its own.
        case option
    }

    /// What the rights are for.
    public var purpose: Purpose
    /// The name by which they are chosen; a router's is its field, or its project's name where it has none.
    public var name: String
    /// What they are needed for, in a line.
    public var summary: String
    /// In every namespace that is looked after.
    public var rules: [AccessRule] = []
    /// On objects of the whole cluster; there are none for a controller that looks after one namespace.
    public var clusterRules: [AccessRule] = []
    /// In the namespace that the controller itself is in.
    public var ownRules: [AccessRule] = []

    /// All rights, those for every Rollout first.
    public static let all: [ControllerRights] = [core] + features + routers + [selfServiceNotifications]

    /// The names of the rights for a purpose.
    public static func names(for purpose: Purpose) -> [String] { all.filter { $0.purpose == purpose }.map(\.name) }

    /// What tells which rights are for what, for people who have to agree to them and for the chart.
    public var json: JSONValue {
        var value: JSONValue = [
            "name": .string(name), "purpose": .string(purpose.rawValue), "summary": .string(summary),
        ]
        for (key, rules) in [("rules", rules), ("clusterRules", clusterRules), ("ownRules", ownRules)]
        where !rules.isEmpty {
            value[key] = .array(rules.map(\.json))
        }
        return value
    }
}

// MARK: - Rollouts and features

extension ControllerRights {
    private static let argo = ["argoproj.io"]

    /// The lease, which the reference's controller waits for too; with an instance id `-` and the id are put behind it.
    static let lease = "argo-rollouts-controller-lock"

    static let core = ControllerRights(
        purpose: .core, name: "core", summary: "Rollouts, their ReplicaSets, pods and Services, events, and the lease",
        rules: [
            AccessRule(argo, ["rollouts"], AccessRule.read + ["patch"]),
            AccessRule(argo, ["rollouts/status"], ["patch"]),
            // Both may be made by people as well, so they are always followed.
            AccessRule(argo, ["analysisruns", "experiments"], ["list", "watch"]),
            // A cluster that enforces owner references asks for it before an object may block a Rollout's deletion.
            AccessRule(argo, ["rollouts/finalizers"], ["update"]),
            AccessRule(["apps"], ["replicasets"], AccessRule.read + ["create", "patch", "delete"]),
            AccessRule([""], ["services"], AccessRule.read + ["patch"]),
            AccessRule([""], ["pods"], ["list", "patch"]),
            AccessRule([""], ["pods/eviction"], ["create"]),
            AccessRule([""], ["events"], ["create", "patch"]),
        ],
        ownRules: [
            // To make something cannot be limited to a name.
            AccessRule(["coordination.k8s.io"], ["leases"], ["create"]),
            AccessRule(["coordination.k8s.io"], ["leases"], names: [lease], ["get", "patch"]),
        ])

    /// What notifications are set by; it is read when there is something to tell.
    private static let notificationSettings = [
        AccessRule([""], ["configmaps"], names: [NotificationSettings.configMap], ["get"]),
        AccessRule([""], ["secrets"], names: [NotificationSettings.secret], ["get"]),
    ]

    /// For `--self-service-notification-enabled`: those who own a namespace say where messages about it go.
    static let selfServiceNotifications = ControllerRights(
        purpose: .option, name: "selfServiceNotifications",
        summary: "messages that the namespaces of Rollouts set themselves, besides the controller's",
        rules: notificationSettings)

    static let features: [ControllerRights] = [
        ControllerRights(
            purpose: .feature, name: "analysis", summary: "AnalysisRuns, and the templates that they are made from",
            rules: [
                AccessRule(argo, ["analysisruns"], AccessRule.read + ["create", "patch", "delete"]),
                AccessRule(argo, ["analysisruns/finalizers"], ["update"]),
                AccessRule(argo, ["analysistemplates"], AccessRule.read),
            ],
            clusterRules: [AccessRule(argo, ["clusteranalysistemplates"], AccessRule.read)],
            // Credentials of metric providers.
            ownRules: [AccessRule([""], ["secrets"], ["get"])]),
        ControllerRights(
            purpose: .feature, name: "analysisJobs", summary: "metrics that a Job measures",
            rules: [AccessRule(["batch"], ["jobs"], ["get", "list", "create", "delete"])]),
        ControllerRights(
            purpose: .feature, name: "analysisSecrets", summary: "arguments of analyses that come from Secrets",
            rules: [AccessRule([""], ["secrets"], ["get"])]),
        ControllerRights(
            purpose: .feature, name: "experiments", summary: "Experiments, and the Services that they make",
            rules: [
                AccessRule(argo, ["experiments"], AccessRule.read + ["create", "patch", "delete"]),
                AccessRule(argo, ["experiments/finalizers"], ["update"]),
                AccessRule([""], ["services"], ["create", "delete"]),
            ]),
        ControllerRights(
            purpose: .feature, name: "notifications", summary: "messages to people, and what is needed to send them",
            ownRules: notificationSettings),
        ControllerRights(
            purpose: .feature, name: "workloadRef",
            summary: "pod templates and sizes of Deployments and other workloads in workloadRef",
            rules: [
                AccessRule(["apps"], ["deployments"], AccessRule.read + ["patch"]),
                AccessRule([""], ["podtemplates"], AccessRule.read),
            ]),
    ]
}

// MARK: - Routers

extension ControllerRights {
    private static func router(
        _ name: String, _ summary: String, _ rules: [AccessRule], own: [AccessRule] = []
    ) -> ControllerRights {
        ControllerRights(purpose: .router, name: name, summary: summary, rules: rules, ownRules: own)
    }

    static let routers: [ControllerRights] = [
        router("alb", "Ingresses of the AWS Load Balancer Controller, and whether their targets have taken over", [
            AccessRule(["networking.k8s.io"], ["ingresses"], AccessRule.read + ["patch"]),
            AccessRule(["elbv2.k8s.aws", "eks.amazonaws.com"], ["targetgroupbindings"], ["list"]),
            AccessRule([""], ["endpoints"], ["get"]),
        ]),
        router("ambassador", "Mappings of Ambassador and Emissary", [
            AccessRule(["getambassador.io"], ["mappings"], AccessRule.read + ["create", "patch", "delete"]),
            AccessRule(
                ["x.getambassador.io"], ["ambassadormappings"], AccessRule.read + ["create", "patch", "delete"]),
        ]),
        router("apisix", "ApisixRoutes", [
            AccessRule(
                ["apisix.apache.org"], ["apisixroutes"], AccessRule.read + ["create", "patch", "delete"]),
        ]),
        router("appMesh", "VirtualRouters and VirtualNodes of AWS App Mesh", [
            AccessRule(["appmesh.k8s.aws"], ["virtualservices"], AccessRule.read),
            AccessRule(["appmesh.k8s.aws"], ["virtualnodes", "virtualrouters"], AccessRule.read + ["patch"]),
        ]),
        router("contour", "HTTPProxies", [
            AccessRule(["projectcontour.io"], ["httpproxies"], AccessRule.read + ["patch"])
        ]),
        router("gatewayAPI", "HTTPRoutes, GRPCRoutes, TCPRoutes and TLSRoutes", [
            AccessRule(
                ["gateway.networking.k8s.io"], ["grpcroutes", "httproutes", "tcproutes", "tlsroutes"],
                AccessRule.read + ["patch"]),
            // Whether a route may lead to Services of another namespace.
            AccessRule(["gateway.networking.k8s.io"], ["referencegrants"], AccessRule.read),
        ]),
        router("istio", "VirtualServices and DestinationRules", [
            AccessRule(
                ["networking.istio.io"], ["destinationrules", "virtualservices"], AccessRule.read + ["patch"])
        ], own: [
            // Whether one of them says that Istio's configuration is in another cluster.
            AccessRule([""], ["secrets"], ["list"])
        ]),
        router("nginx", "Ingresses, and the canary Ingresses beside them", [
            AccessRule(["networking.k8s.io"], ["ingresses"], AccessRule.read + ["create", "patch"])
        ]),
        router("openshift", "Routes of OpenShift", [
            AccessRule(["route.openshift.io"], ["routes"], AccessRule.read + ["patch"])
        ]),
        router("smi", "TrafficSplits of the Service Mesh Interface", [
            AccessRule(["split.smi-spec.io"], ["trafficsplits"], AccessRule.read + ["create", "patch"])
        ]),
        router("traefik", "TraefikServices and IngressRoutes", [
            AccessRule(
                ["traefik.io", "traefik.containo.us"], ["ingressroutes", "traefikservices"],
                AccessRule.read + ["patch"])
        ]),
    ]
}
