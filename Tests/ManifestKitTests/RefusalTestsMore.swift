@testable import ManifestKit

// MARK: - Analysis and experiments

extension RefusalTests {
    static let refusedAnalyses = cases(.metric, [
        "# ↓\nprovider: {}", "interval: 1x\nprovider: {web: {url: http://a, jsonPath: \"{$.a}\"}}", "# ↓\ncount: many\nprovider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}",
        "# ↓\nsuccessCondition: result >\nprovider: {prometheus: {address: http://a, query: b}}", "# ↓\nfailureCondition: result[0 > 1\nprovider: {prometheus: {address: http://a, query: b}}",
        "# ↓\nsuccessCondition: rslt > 1\nprovider: {prometheus: {address: http://a, query: b}}",
        "provider:\n  # ↓\n  promtheus: {address: http://a, query: b}", "provider:\n  prometheus: {address: http://a, query: b}\n  # ↓\n  web: {url: http://a}",
        "# ↓\nfailureLimit: -1\nprovider: {prometheus: {address: http://a, query: b}}", "# ↓\ninitialDelay: soon\nprovider: {prometheus: {address: http://a, query: b}}",
        "# ↓\ncount: 5\nprovider: {prometheus: {address: http://a, query: b}}", "interval: 1m\ncount: 3\n# ↓\nfailureLimit: 4\nprovider: {prometheus: {address: http://a, query: b}}",
        "provider:\n  # ↓\n  prometheus: {address: http://a, query: \"{{args.none}}\"}", "provider:\n  # ↓\n  web: {jsonPath: \"{$.a}\"}",
    ]) + cases(.analysisSpec, [
        "# ↓\nmetrics: []", "metrics:\n# ↓\n- provider: {prometheus: {address: http://a, query: b}}",
        "args: [{name: a, value: b}, {name: a, value: c}]\nmetrics: [{name: m, provider: {prometheus: {address: http://a, query: \"{{args.a}}\"}}}]",
        "args:\n# ↓\n- {name: a, value: b, valueFrom: {secretKeyRef: {name: c, key: d}}}\nmetrics: [{name: m, provider: {prometheus: {address: http://a, query: \"{{args.a}}\"}}}]",
        "metrics: [{name: m, provider: {prometheus: {address: http://a, query: b}}}]\ndryRun:\n# ↓\n- metric: m", "# ↓\nmetric: []\nmetrics: [{name: m, provider: {prometheus: {address: http://a, query: b}}}]",
    ]) + cases(.experimentSpec, [
        "# ↓\ntemplates: []", "duration: 1h\ntemplates:\n# ↓\n- name: a",
        "templates:\n- {name: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}\n# ↓\n- {name: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}",
    ])

    static let takenAnalyses = cases(.metric, [
        "successCondition: result[0] >= 0.95\ninterval: 1m\ncount: 5\nfailureLimit: 2\nprovider: {prometheus: {address: http://a, query: b}}",
        "successCondition: \"len(result) > 0 && all(result, # > 1) && !isNaN(result[0])\"\nprovider: {prometheus: {address: http://a, query: b}}",
        "successCondition: result.ok == true and result.count in [1, 2]\nprovider: {web: {url: https://a/b, jsonPath: \"{$.data}\", headers: [{key: A, value: b}]}}",
        "successCondition: \"default(result, 0) < 0.05\"\nprovider: {datadog: {apiVersion: v2, query: a, interval: 5m}}",
        "provider: {job: {spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}",
        "count: \"5\"\ninterval: 10s\nprovider: {newRelic: {query: a}}", "interval: 1h30m\nprovider: {graphite: {address: http://a, query: b}}",
        "successCondition: \"asFloat(result) >= 0.9 ? true : false\"\nprovider: {wavefront: {address: a, query: b}}",
        "successCondition: result matches \"^a.*\" || result contains 'b' || result startsWith \"c\"\nprovider: {web: {url: http://a}}",
    ]) + cases(.analysisSpec, [
        "args: [{name: a}, {name: b, value: c}, {name: d, valueFrom: {secretKeyRef: {name: e, key: f}}}]\nmetrics: [{name: m, provider: {prometheus: {address: \"http://{{args.b}}/{{ args.d }}\", query: \"{{args.a}}\"}}}]",
        "templates: [{templateName: a}]", "metrics: [{name: m, interval: \"{{args.i}}\", count: \"{{args.c}}\", provider: {prometheus: {address: http://a, query: b}}}]\nargs: [{name: i, value: 1m}, {name: c, value: \"3\"}]",
        "metrics: [{name: m, provider: {prometheus: {address: http://a, query: b}}}]\ndryRun: [{metricName: .*}]\nmeasurementRetention: [{metricName: m, limit: 5}]",
    ]) + cases(.experimentSpec, [
        "duration: 1h\nprogressDeadlineSeconds: 60\ntemplates:\n- {name: a, replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}\nanalyses: [{name: c, templateName: d, requiredForCompletion: true}]",
    ])
}

// MARK: - Other objects

extension RefusalTests {
    private static func object(_ header: String, _ spec: String, metadata: String = "name: web") -> String {
        "\(header)\nmetadata:\n" + indented(metadata) + "\nspec:\n" + indented(spec) + "\n"
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }

    private static let service = "apiVersion: v1\nkind: Service"
    private static let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress"
    private static let autoscaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler"
    private static let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget"
    private static let deployment = "apiVersion: apps/v1\nkind: Deployment"
    private static let target = "scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}"
    private static let pod = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}"

    static let refusedObjects = cases(.whole, [
        object(service, "selector: {app: web}"), object(service, "ports:\n# ↓\n- {port: 0}"), object(service, "ports:\n# ↓\n- {targetPort: 80}"),
        object(service, "ports:\n- {port: 80, name: a}\n# ↓\n- {port: 80, name: b}"), object(service, "ports:\n- {port: 80}\n# ↓\n- {port: 81}"),
        object(service, "ports:\n- {port: 80, name: a}\n# ↓\n- {port: 81, name: a}"), object(service, "ports:\n# ↓\n- {port: 80, protocol: HTTP}"),
        object(service, "ports:\n# ↓\n- {port: 80, targetPort: Bad_Name}"), object(service, "# ↓\ntype: Internal\nports: [{port: 80}]"),
        object(service, "selector:\n  # ↓\n  app: 5\nports: [{port: 80}]"), object(service, "# ↓\nselectors: {app: web}\nports: [{port: 80}]"),
        object(service, "ports: [{port: 80}]", metadata: "# ↓\nname: Web_1"),
        object(service, "type: ExternalName"), object(service, "# ↓\nsessionAffinity: Client\nports: [{port: 80}]"),
        object(ingress, "rules:\n- http:\n    paths:\n    # ↓\n    - {path: /, backend: {service: {name: a, port: {number: 80}}}}"),
        object(ingress, "rules:\n- http:\n    paths:\n    # ↓\n    - {path: a, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}"),
        object(ingress, "rules:\n- http:\n    paths:\n    # ↓\n    - {path: /, pathType: prefix, backend: {service: {name: a, port: {number: 80}}}}"),
        object(ingress, "rules:\n- http:\n    paths:\n    # ↓\n    - {path: /, pathType: Prefix, backend: {serviceName: a, servicePort: 80}}"),
        object(ingress, "rules:\n- http:\n    paths:\n    # ↓\n    - {path: /, pathType: Prefix, backend: {service: {name: a}}}"),
        object(ingress, "rules:\n# ↓\n- {host: A_B}"), object(ingress, "ingressClassName: a"),
        "# ↓\napiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\nspec: {backend: {serviceName: a, servicePort: 80}}\n",
        object(autoscaler, "\(target)\nminReplicas: 5\n# ↓\nmaxReplicas: 3"), object(autoscaler, target), object(autoscaler, "maxReplicas: 3"),
        object(autoscaler, "\(target)\nmaxReplicas: 3\nmetrics:\n# ↓\n- {type: Resource}"), object(autoscaler, "\(target)\n# ↓\nmaxReplicas: 0"),
        object(autoscaler, "\(target)\nmaxReplicas: 3\nmetrics:\n# ↓\n- {type: Resource, resource: {name: cpu, target: {type: Utilization}}}"),
        object(budget, "minAvailable: 1\n# ↓\nmaxUnavailable: 1\nselector: {matchLabels: {app: web}}"), object(budget, "# ↓\nminAvailable: -1\nselector: {matchLabels: {app: web}}"),
        object(budget, "# ↓\nminAvailable: half\nselector: {matchLabels: {app: web}}"),
        object(deployment, "selector: {matchLabels: {app: other}}\n\(pod)"), object(deployment, pod), object(deployment, "selector: {matchLabels: {app: web}}"),
        object(deployment, "selector: {matchLabels: {app: web}}\n# ↓\nstrategy: {type: Canary}\n\(pod)"),
        object(deployment, "selector: {matchLabels: {app: web}}\n# ↓\nstrategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\n\(pod)"),
        object(deployment, "selector: {matchLabels: {app: web}}\n# ↓\nstrategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n\(pod)"),
        "# ↓\napiVersion: argoproj.io/v1beta1\nkind: Rollout\nmetadata: {name: a}\nspec: {}\n", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {}\nspec: {selector: {matchLabels: {app: web}}, strategy: {canary: {}}, \(pod)}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n# ↓\nspec: []\n",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n  # ↓\n  spec: {ports: [{port: 99999}]}\n",
        object(service, "ports: [{port: 80}]", metadata: "name: web\nlabels:\n  # ↓\n  app: 1"), object(service, "ports: [{port: 80}]", metadata: "name: web\nannotations:\n  # ↓\n  a: true"),
        object(service, "ports: [{port: 80}]", metadata: "name: web\nlabels:\n  # ↓\n  a/b/c: d"), object(service, "ports: [{port: 80}]", metadata: "name: web\n# ↓\nlabel: {a: b}"),
    ])

    static let takenObjects = cases(.whole, [
        object(service, "ports: [{port: 80, targetPort: http, name: http}, {port: 443, name: https}]\nselector: {app: web}"), object(service, "type: ExternalName\nexternalName: a.b"),
        object(service, "clusterIP: None\nports: [{port: 80}]"), object(service, "ports: [{port: 53, protocol: UDP, name: u}, {port: 53, protocol: TCP, name: t}]"),
        object(ingress, "ingressClassName: a\nrules:\n- host: \"*.a.b\"\n  http: {paths: [{path: /a, pathType: Exact, backend: {service: {name: a, port: {name: http}}}}]}"),
        object(ingress, "defaultBackend: {service: {name: a, port: {number: 80}}}\ntls: [{hosts: [a.b], secretName: c}]"),
        object(ingress, "rules:\n- host: a.b\n  http: {paths: [{pathType: ImplementationSpecific, backend: {service: {name: a, port: {number: 80}}}}]}"),
        object(autoscaler, "\(target)\nminReplicas: 1\nmaxReplicas: 3\nmetrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]\nbehavior: {scaleDown: {stabilizationWindowSeconds: 300}}"),
        object(budget, "maxUnavailable: 10%\nselector: {matchLabels: {app: web}}"), object(budget, "minAvailable: 1\nselector: {}"),
        object(deployment, "selector: {matchLabels: {app: web}}\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}\n\(pod)"),
        object(deployment, "selector: {matchLabels: {app: web}}\nstrategy: {type: Recreate}\n\(pod)"),
        "apiVersion: v1\nkind: List\nitems: []\n", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {anything: goes}\n",
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {\(target), maxReplicas: 3, targetCPUUtilizationPercentage: 80}\n",
    ])
}
