// What runs the controller, and what finds and protects it.

extension Installation {
    private static let metricsPort: JSONValue = 8090
    private static let healthPort: JSONValue = 8080

    var namespaceObject: JSONValue {
        // The controller asks for nothing that the strictest profile refuses.
        object(
            "v1", "Namespace", name: namespace, labels: ["pod-security.kubernetes.io/enforce": "restricted"])
    }

    var serviceAccount: JSONValue {
        var account = object("v1", "ServiceAccount", name: name, namespace: namespace)
        // The pods ask for their token themselves; nobody else's get it by accident.
        account["automountServiceAccountToken"] = false
        return account
    }

    var deployment: JSONValue {
        var deployment = object("apps/v1", "Deployment", name: name, namespace: namespace)
        deployment["spec"] = [
            "replicas": .int(replicas),
            "revisionHistoryLimit": 3,
            "selector": ["matchLabels": .strings(selectorLabels)],
            // One more before one less: while the lease changes hands, somebody is ready to take it.
            "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]],
            "template": ["metadata": ["labels": .strings(labels)], "spec": podSpec],
        ]
        return deployment
    }

    private var podSpec: JSONValue {
        [
            "automountServiceAccountToken": true,
            "containers": [container],
            "enableServiceLinks": false,
            "nodeSelector": ["kubernetes.io/os": "linux"],
            "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
            "serviceAccountName": .string(name),
            // A little longer than the controller takes at the most to finish what it does.
            "terminationGracePeriodSeconds": 40,
            "topologySpreadConstraints": .array(
                ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map { key in
                    [
                        "labelSelector": ["matchLabels": .strings(selectorLabels)], "maxSkew": 1,
                        "topologyKey": .string(key), "whenUnsatisfiable": "ScheduleAnyway",
                    ]
                }),
        ]
    }

    private var container: JSONValue {
        [
            "args": .array(arguments.map { .string($0) }),
            "image": .string(image),
            "imagePullPolicy": "IfNotPresent",
            "livenessProbe": Self.probe("/healthz", period: 10, delay: 5),
            "name": "controller",
            "ports": [
                ["containerPort": Self.healthPort, "name": "healthz", "protocol": "TCP"],
                ["containerPort": Self.metricsPort, "name": "metrics", "protocol": "TCP"],
            ],
            "readinessProbe": Self.probe("/readyz", period: 5, delay: 0),
            // No limit of CPU: a controller that is held back renews its lease too late.
            "resources": ["limits": ["memory": "1Gi"], "requests": ["cpu": "50m", "memory": "128Mi"]],
            "securityContext": [
                "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "readOnlyRootFilesystem": true,
            ],
        ]
    }

    private static func probe(_ path: String, period: Int, delay: Int) -> JSONValue {
        [
            "failureThreshold": 3, "httpGet": ["path": .string(path), "port": "healthz"],
            "initialDelaySeconds": .int(delay), "periodSeconds": .int(period), "timeoutSeconds": 5,
        ]
    }

    /// What the controller is started with.
    public var arguments: [String] {
        var arguments = ["runtime", "run"]
        if let watchedNamespace { arguments.append("--namespace=\(watchedNamespace)") }
        if !instanceID.isEmpty { arguments.append("--instance-id=\(instanceID)") }
        arguments += [
            "--leader-election-namespace=\(namespace)", "--metrics-port=8090", "--healthz-port=8080",
            "--log-level=info", "--log-format=json",
        ]
        // It may not read where they are set, and each try would be a refusal.
        if !features.contains("notifications") { arguments.append("--no-notifications") }
        if hasSelfServiceNotifications { arguments.append("--self-service-notification-enabled") }
        return arguments + extraArguments
    }

    var metricsService: JSONValue {
        var service = object("v1", "Service", name: "\(name)-metrics", namespace: namespace)
        service["spec"] = [
            "ports": [["name": "metrics", "port": Self.metricsPort, "protocol": "TCP", "targetPort": "metrics"]],
            "selector": .strings(selectorLabels),
        ]
        return service
    }

    var disruptionBudget: JSONValue {
        var budget = object("policy/v1", "PodDisruptionBudget", name: name, namespace: namespace)
        budget["spec"] = [
            "maxUnavailable": 1, "selector": ["matchLabels": .strings(selectorLabels)],
            // A controller that does not get ready must not keep a node from being drained.
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        ]
        return budget
    }

    var serviceMonitor: JSONValue {
        var monitor = object("monitoring.coreos.com/v1", "ServiceMonitor", name: name, namespace: namespace)
        monitor["spec"] = [
            "endpoints": [["interval": "30s", "port": "metrics"]],
            "selector": ["matchLabels": .strings(selectorLabels)],
        ]
        return monitor
    }
}
