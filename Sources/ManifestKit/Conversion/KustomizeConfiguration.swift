/// What kustomize has to be told to treat a Rollout like a Deployment.
///
/// `configurations` says in which fields names, labels, images and sizes stand. `openapi` says which lists are merged
/// by which key; without it a patch of one container replaces all of them. A schema given there takes the place of
/// the one that kustomize has built in, so this one says the same of the kinds of Kubernetes itself.
public enum KustomizeConfiguration {
    /// A file to be written.
    public struct File: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its text.
        public var text: String
    }

    /// The transformer configuration's file name.
    public static let transformerName = "rollout-transform.yaml"
    /// The schema's file name.
    public static let schemaName = "rollout-openapi.json"

    /// The stanza for `kustomization.yaml`, and the two files that it names.
    public static var files: [File] {
        [
            File(name: "kustomization.yaml", text: stanza), File(name: transformerName, text: transformer),
            File(name: schemaName, text: JSONWriter.text(KustomizeSchema.document, layout: .pretty) + "\n"),
        ]
    }

    private static let stanza = """
        # Merge this into the kustomization.yaml beside your Rollouts.
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        configurations:
          - \(transformerName)
        openapi:
          path: \(schemaName)

        """

    // MARK: Transformers

    /// The kinds that hold pod templates, and where.
    private static let templates: [(kind: String, path: String)] = [
        ("Rollout", "spec/template"), ("Experiment", "spec/templates/template"),
        ("AnalysisTemplate", "spec/metrics/provider/job/spec/template"),
        ("ClusterAnalysisTemplate", "spec/metrics/provider/job/spec/template"),
    ]

    private static let containers = ["containers", "initContainers"]

    /// Fields of a pod template's spec that name an object.
    private static let podReferences: [(kind: String, group: String?, paths: [String])] = [
        (
            "ConfigMap", nil,
            ["volumes/configMap/name", "volumes/projected/sources/configMap/name"]
                + containers.flatMap {
                    ["\($0)/env/valueFrom/configMapKeyRef/name", "\($0)/envFrom/configMapRef/name"]
                }
        ),
        (
            "Secret", nil,
            [
                "volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name",
                "volumes/csi/nodePublishSecretRef/name",
            ] + containers.flatMap { ["\($0)/env/valueFrom/secretKeyRef/name", "\($0)/envFrom/secretRef/name"] }
        ),
        ("ServiceAccount", nil, ["serviceAccountName"]),
        ("PersistentVolumeClaim", nil, ["volumes/persistentVolumeClaim/claimName"]),
        ("PriorityClass", "scheduling.k8s.io", ["priorityClassName"]),
    ]

    private static let canary = "spec/strategy/canary/"
    private static let blueGreen = "spec/strategy/blueGreen/"

    /// The path of a plugin's settings; a slash within a name has a backslash before it.
    private static func plugin(_ name: String?) -> String {
        canary + "trafficRouting/plugins/" + (name ?? "").replacing("/", with: "\\/") + "/"
    }

    /// Fields of a Rollout's own that name an object.
    private static let ownReferences: [(kind: String, group: String?, fields: [(String, String)])] = [
        (
            "Service", nil,
            [
                blueGreen + "activeService", blueGreen + "previewService", canary + "canaryService",
                canary + "stableService",
                canary + "pingPong/pingService", canary + "pingPong/pongService",
                canary + "trafficRouting/alb/rootService", canary + "trafficRouting/smi/rootService",
            ].map { ($0, "Rollout") }
        ),
        (
            "Ingress", "networking.k8s.io",
            [
                canary + "trafficRouting/alb/ingress", canary + "trafficRouting/alb/ingresses",
                canary + "trafficRouting/nginx/stableIngress", canary + "trafficRouting/nginx/stableIngresses",
            ].map { ($0, "Rollout") }
        ),
        (
            "VirtualService", "networking.istio.io",
            [
                canary + "trafficRouting/istio/virtualService/name",
                canary + "trafficRouting/istio/virtualServices/name",
            ].map { ($0, "Rollout") }
        ),
        ("DestinationRule", "networking.istio.io", [(canary + "trafficRouting/istio/destinationRule/name", "Rollout")]),
        ("TraefikService", "traefik.io", [(canary + "trafficRouting/traefik/weightedTraefikServiceName", "Rollout")]),
        ("ApisixRoute", "apisix.apache.org", [(canary + "trafficRouting/apisix/route/name", "Rollout")]),
        ("Mapping", "getambassador.io", [(canary + "trafficRouting/ambassador/mappings", "Rollout")]),
        (
            "VirtualService", "appmesh.k8s.aws",
            [(canary + "trafficRouting/appMesh/virtualService/name", "Rollout")]
        ),
        (
            "VirtualNode", "appmesh.k8s.aws",
            ["canaryVirtualNodeRef", "stableVirtualNodeRef"].map {
                (canary + "trafficRouting/appMesh/virtualNodeGroup/\($0)/name", "Rollout")
            }
        ),
        ("HTTPProxy", "projectcontour.io", [(plugin(ContourRouter.plugin) + "httpProxies", "Rollout")]),
        ("Route", "route.openshift.io", [(plugin(OpenShiftRouter.plugin) + "routes", "Rollout")]),
        (
            "AnalysisTemplate", "argoproj.io",
            [
                blueGreen + "prePromotionAnalysis/templates/templateName",
                blueGreen + "postPromotionAnalysis/templates/templateName", canary + "analysis/templates/templateName",
                canary + "steps/analysis/templates/templateName", canary + "steps/experiment/analyses/templateName",
            ].map { ($0, "Rollout") } + [
                ("spec/analyses/templateName", "Experiment"), ("spec/templates/templateName", "AnalysisTemplate"),
                ("spec/templates/templateName", "ClusterAnalysisTemplate"),
            ]
        ),
        ("Deployment", "apps", [("spec/workloadRef/name", "Rollout")]),
        (
            "Rollout", "argoproj.io",
            [
                ("spec/scaleTargetRef/name", "HorizontalPodAutoscaler"), ("spec/scaleTargetRef/name", "ScaledObject"),
                ("spec/targetRef/name", "VerticalPodAutoscaler"),
            ]
        ),
    ]

    /// The routes of Gateway API, of each kind one or several.
    private static let gatewayReferences = GatewayAPIRouter.fields.map { kind, name -> JSONValue in
        let path = plugin(GatewayAPIRouter.plugin) + name
        return reference(kind.name, kind.group, [path, path + "s/name"].map { field($0, "Rollout") })
    }

    private static let selectorPaths =
        ["podAffinity", "podAntiAffinity"].flatMap { kind in
            let path = "spec/affinity/\(kind)/"
            return [
                path + "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
                path + "requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
            ]
        } + ["spec/topologySpreadConstraints/labelSelector/matchLabels"]

    private static func field(_ path: String, _ kind: String, create: Bool? = nil) -> JSONValue {
        var fields: [(String, JSONValue)] = [("path", .string(path))]
        if let create { fields.append(("create", .boolean(create))) }
        return .object(JSONObject(fields + [("kind", .string(kind))]))
    }

    /// The text of the transformer configuration.
    private static var transformer: String {
        var references: [JSONValue] = []
        for (kind, group, paths) in podReferences {
            let fields = templates.flatMap { template in
                paths.map { field("\(template.path)/spec/\($0)", template.kind) }
            }
            references.append(reference(kind, group, fields))
        }
        references += ownReferences.map { reference($0.kind, $0.group, $0.fields.map { field($0, $1) }) }
        references += gatewayReferences
        let variables = templates.flatMap { template in
            containers.flatMap { name in
                ["args", "command", "env/value", "volumeMounts/mountPath"].map {
                    field("\(template.path)/spec/\(name)/\($0)", template.kind)
                }
            }
        }
        let labels =
            [
                field("spec/selector/matchLabels", "Rollout", create: true),
                field("spec/template/metadata/labels", "Rollout", create: true),
            ]
            + selectorPaths.map { field("spec/template/\($0)", "Rollout", create: false) }
        let sections: JSONObject = JSONObject([
            ("nameReference", .array(references)), ("commonLabels", .array(labels)),
            ("templateLabels", [field("spec/template/metadata/labels", "Rollout", create: true)]),
            ("commonAnnotations", [field("spec/template/metadata/annotations", "Rollout", create: true)]),
            ("varReference", .array(variables)), ("replicas", [field("spec/replicas", "Rollout", create: true)]),
        ])
        let lines = SourceEditText(layout: SourceEditLayout()).lines(sections)
        return
            "# Tells kustomize where Rollouts name other objects. kustomization.yaml lists it under configurations.\n"
            + lines.joined(separator: "\n") + "\n"
    }

    private static func reference(_ kind: String, _ group: String?, _ fields: [JSONValue]) -> JSONValue {
        let own: [(String, JSONValue)] =
            [("kind", .string(kind))] + (group.map { [("group", .string($0))] } ?? [("version", "v1")])
        return .object(JSONObject(own + [("fieldSpecs", .array(fields))]))
    }
}
