import ManifestKit

/// The roles and bindings that are there in every cluster with RBAC, as far as people and installations name them.
enum BootstrapRoles {
    private static let reading: JSONValue = ["get", "list", "watch"]
    private static let writing: JSONValue = ["create", "delete", "deletecollection", "patch", "update"]

    /// All of them, each with its type.
    static let objects: [(type: ResourceType, object: JSONValue)] = roles.map { (RoleIndex.clusterRoles, $0) }
        + bindings.map { (RoleIndex.clusterRoleBindings, $0) }

    private static let roles: [JSONValue] = [
        role("cluster-admin", [
            ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]], ["verbs": ["*"], "nonResourceURLs": ["*"]],
        ]),
        role("system:discovery", [[
            "verbs": ["get"],
            "nonResourceURLs": [
                "/", "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                "/version", "/version/",
            ],
        ]]),
        role("system:basic-user", [
            [
                "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
                "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
            ],
            ["verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]],
        ]),
        role("system:auth-delegator", [
            ["verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"]],
            ["verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["subjectaccessreviews"]],
        ]),
        aggregated("admin", of: "admin", for: nil),
        aggregated("edit", of: "edit", for: "admin"),
        aggregated("view", of: "view", for: "edit"),
        role("system:aggregate-to-view", rules(reading, readable), for: "view"),
        role("system:aggregate-to-edit", rules(writing, writable) + [
            ["verbs": reading, "apiGroups": [""], "resources": ["secrets"]],
            ["verbs": ["create"], "apiGroups": [""], "resources": ["pods/eviction", "serviceaccounts/token"]],
            ["verbs": ["impersonate"], "apiGroups": [""], "resources": ["serviceaccounts"]],
        ], for: "edit"),
        role("system:aggregate-to-admin", [
            [
                "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings", "roles"],
            ],
            [
                "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
                "resources": ["localsubjectaccessreviews"],
            ],
        ], for: "admin"),
    ]

    private static let bindings: [JSONValue] = [
        binding("cluster-admin", to: ClusterUser.masters),
        binding("system:discovery", to: ClusterUser.authenticated),
        binding("system:basic-user", to: ClusterUser.authenticated),
    ]

    /// What those who may view can read, by group.
    private static let readable: [(String, [JSONValue])] = [
        ("", [
            "configmaps", "endpoints", "events", "namespaces", "persistentvolumeclaims", "pods", "pods/log",
            "pods/status", "replicationcontrollers", "services", "services/status", "serviceaccounts",
        ]),
        ("apps", [
            "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status",
            "replicasets", "replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale",
            "statefulsets/status",
        ]),
        ("autoscaling", ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        ("batch", ["cronjobs", "jobs", "jobs/status"]),
        ("discovery.k8s.io", ["endpointslices"]),
        ("networking.k8s.io", ["ingresses", "ingresses/status", "networkpolicies"]),
        ("policy", ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
    ]

    /// What those who may edit can write, by group.
    private static let writable: [(String, [JSONValue])] = [
        ("", [
            "configmaps", "events", "persistentvolumeclaims", "pods", "replicationcontrollers", "secrets", "services",
            "serviceaccounts",
        ]),
        ("apps", [
            "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets",
            "replicasets/scale", "statefulsets", "statefulsets/scale",
        ]),
        ("autoscaling", ["horizontalpodautoscalers"]),
        ("batch", ["cronjobs", "jobs"]),
        ("networking.k8s.io", ["ingresses", "networkpolicies"]),
        ("policy", ["poddisruptionbudgets"]),
    ]

    private static func rules(_ verbs: JSONValue, _ groups: [(String, [JSONValue])]) -> [JSONValue] {
        groups.map { group, resources in
            ["verbs": verbs, "apiGroups": [.string(group)], "resources": .array(resources)]
        }
    }

    private static let marks: JSONValue = ["kubernetes.io/bootstrapping": "rbac-defaults"]

    private static func role(_ name: String, _ rules: [JSONValue], for whole: String? = nil) -> JSONValue {
        var labels = marks
        if let whole { labels["rbac.authorization.k8s.io/aggregate-to-\(whole)"] = "true" }
        return ["metadata": ["name": .string(name), "labels": labels], "rules": .array(rules)]
    }

    private static func aggregated(_ name: String, of part: String, for whole: String?) -> JSONValue {
        var value = role(name, [], for: whole)
        let label = "rbac.authorization.k8s.io/aggregate-to-\(part)"
        value["aggregationRule"] = ["clusterRoleSelectors": [["matchLabels": [label: "true"]]]]
        return value
    }

    private static func binding(_ role: String, to group: String) -> JSONValue {
        [
            "metadata": ["name": .string(role), "labels": marks],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role)],
            "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string(group)]],
        ]
    }
}
