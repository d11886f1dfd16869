/// The part of an OpenAPI schema that merging needs: which lists are merged, and by which key.
enum KustomizeSchema {
    /// A list that is merged by a key.
    private typealias MergedList = (field: String, key: String, strategy: String, element: String?)

    private static let pod = "rollout-render.PodSpec"
    private static let template = "rollout-render.PodTemplateSpec"
    private static let container = "rollout-render.Container"
    private static let analysis = "rollout-render.Analysis"

    /// The schema.
    static var document: JSONValue {
        var definitions: [(String, JSONValue)] = [
            (
                container,
                object(
                    [],
                    lists: [
                        ("ports", "containerPort", "merge", nil), ("env", "name", "merge", nil),
                        ("volumeMounts", "mountPath", "merge", nil), ("volumeDevices", "devicePath", "merge", nil),
                    ])
            ),
            (
                pod,
                object(
                    [],
                    lists: [
                        ("containers", "name", "merge", container), ("initContainers", "name", "merge", container),
                        ("ephemeralContainers", "name", "merge", container),
                        ("volumes", "name", "merge,retainKeys", nil),
                        ("imagePullSecrets", "name", "merge", nil), ("hostAliases", "ip", "merge", nil),
                        ("topologySpreadConstraints", "topologyKey", "merge", nil),
                        ("schedulingGates", "name", "merge", nil),
                        ("resourceClaims", "name", "merge,retainKeys", nil),
                    ])
            ),
            (template, object([("spec", reference(pod))], lists: [])),
            (analysis, object([], lists: [("args", "name", "merge", nil), ("dryRun", "metricName", "merge", nil)])),
        ]
        definitions += rollouts + builtIns
        return [
            "swagger": "2.0", "info": ["title": "Rollouts for kustomize", "version": "v1"], "paths": [:],
            "definitions": .object(JSONObject(definitions)),
        ]
    }

    /// The kinds of Argo Rollouts.
    private static var rollouts: [(String, JSONValue)] {
        let experiment = object(
            [],
            lists: [
                ("templates", "name", "merge", nil), ("analyses", "name", "merge", nil),
                ("dryRun", "metricName", "merge", nil),
            ])
        let step = object([("experiment", experiment), ("analysis", reference(analysis))], lists: [])
        let canary = object(
            [("analysis", reference(analysis)), ("steps", ["type": "array", "items": step])], lists: [])
        let blueGreen = object(
            [("prePromotionAnalysis", reference(analysis)), ("postPromotionAnalysis", reference(analysis))], lists: [])
        let strategy = object([("canary", canary), ("blueGreen", blueGreen)], lists: [])
        let job = object([("spec", object([("template", reference(template))], lists: []))], lists: [])
        let metric = object([("provider", object([("job", job)], lists: []))], lists: [])
        let metrics = list("name", "merge", metric)
        let templates = list("name", "merge", object([("template", reference(template))], lists: []))
        let arguments: [MergedList] = [("args", "name", "merge", nil), ("dryRun", "metricName", "merge", nil)]
        func kind(_ name: String, _ spec: JSONValue) -> (String, JSONValue) {
            self.kind("argoproj.io", "v1alpha1", name, spec)
        }
        return [
            kind("Rollout", object([("template", reference(template)), ("strategy", strategy)], lists: [])),
            kind(
                "Experiment",
                object(
                    [("templates", templates)],
                    lists: [("analyses", "name", "merge", nil), ("dryRun", "metricName", "merge", nil)])),
            kind("AnalysisTemplate", object([("metrics", metrics)], lists: arguments)),
            kind("ClusterAnalysisTemplate", object([("metrics", metrics)], lists: arguments)),
            kind("AnalysisRun", object([("metrics", metrics)], lists: arguments)),
        ]
    }

    /// The kinds of Kubernetes that have such lists.
    private static var builtIns: [(String, JSONValue)] {
        let workload = object([("template", reference(template))], lists: [])
        let deployment = object(
            [
                ("template", reference(template)),
                ("strategy", ["type": "object", "x-kubernetes-patch-strategy": "retainKeys"]),
            ], lists: [])
        let job = object([("jobTemplate", object([("spec", workload)], lists: []))], lists: [])
        return [
            kind("", "v1", "Pod", reference(pod)), kind("", "v1", "ReplicationController", workload),
            kind("", "v1", "Service", object([], lists: [("ports", "port", "merge", nil)])),
            kind("apps", "v1", "Deployment", deployment), kind("apps", "v1", "ReplicaSet", workload),
            kind("apps", "v1", "StatefulSet", workload), kind("apps", "v1", "DaemonSet", workload),
            kind("batch", "v1", "Job", workload), kind("batch", "v1", "CronJob", job),
            (
                "v1.PodTemplate",
                identified(object([("template", reference(template))], lists: []), "", "v1", "PodTemplate")
            ),
            (
                "v1.ServiceAccount",
                identified(
                    object([], lists: [("secrets", "name", "merge", nil), ("imagePullSecrets", "name", "merge", nil)]),
                    "", "v1", "ServiceAccount")
            ),
        ]
    }

    private static func kind(_ group: String, _ version: String, _ kind: String, _ spec: JSONValue) -> (
        String, JSONValue
    ) {
        let name = (group.isEmpty ? "" : group + ".") + version + "." + kind
        return (name, identified(object([("spec", spec)], lists: []), group, version, kind))
    }

    private static func identified(_ schema: JSONValue, _ group: String, _ version: String, _ kind: String) -> JSONValue
    {
        var schema = schema
        var properties: [(String, JSONValue)] = [
            ("apiVersion", ["type": "string"]), ("kind", ["type": "string"]), ("metadata", ["type": "object"]),
        ]
        properties += schema["properties"]?.object?.fields.map { ($0.key, $0.value) } ?? []
        schema["properties"] = .object(JSONObject(properties))
        schema["x-kubernetes-group-version-kind"] = [
            ["group": .string(group), "version": .string(version), "kind": .string(kind)]
        ]
        return schema
    }

    private static func object(_ properties: [(String, JSONValue)], lists: [MergedList]) -> JSONValue {
        let merged = lists.map {
            ($0.field, list($0.key, $0.strategy, $0.element.map(reference) ?? ["type": "object"]))
        }
        return ["type": "object", "properties": .object(JSONObject(properties + merged))]
    }

    private static func list(_ key: String, _ strategy: String, _ element: JSONValue) -> JSONValue {
        [
            "type": "array", "items": element, "x-kubernetes-patch-merge-key": .string(key),
            "x-kubernetes-patch-strategy": .string(strategy),
        ]
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/definitions/" + name)] }
}
