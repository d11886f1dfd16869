import Testing

@testable import ManifestKit

/// What an API server, the controller or common sense refuses gets an error on the line of the fault, and what they
/// take gets none: a wide net of small manifests, whichever rule finds the fault.
@Suite struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var frame: RuleExample.Frame
        var text: String
        var testDescription: String { "\(frame): \(text.replacing("\n", with: "⏎"))" }
    }

    static func cases(_ frame: RuleExample.Frame, _ texts: [String]) -> [Case] {
        texts.map { Case(frame: frame, text: $0) }
    }

    static func errors(in manifest: String) -> [Diagnostic] {
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: "case.yaml", text: manifest)) {
            validator.check(document)
        }
        return validator.finish().filter { $0.severity == .error }
    }

    @Test(arguments: refusedContainers + refusedPods + refusedRollouts + refusedAnalyses + refusedObjects)
    func refuses(_ example: Case) {
        let manifest = RuleExample(example.text, in: example.frame).manifest
        let lines = manifest.split(separator: "\n", omittingEmptySubsequences: false)
        let marked = lines.indices.filter { lines[$0].contains("# ↓") }.map { $0 + 2 }
        let errors = Self.errors(in: manifest)
        #expect(!errors.isEmpty, "no error in\n\(manifest)")
        for line in marked {
            #expect(
                errors.contains { ($0.span.start.line...$0.span.end.line).contains(line) },
                "no error on line \(line), but \(errors.map { "\($0.span.start.line): \($0.message)" }) in\n\(manifest)"
            )
        }
    }

    @Test(arguments: takenContainers + takenPods + takenRollouts + takenAnalyses + takenObjects)
    func takes(_ example: Case) {
        let manifest = RuleExample(example.text, in: example.frame).manifest
        #expect(Self.errors(in: manifest).map(\.message) == [], "\(manifest)")
    }
}

// MARK: - Containers

extension RefusalTests {
    static let refusedContainers = cases(
        .container,
        [
            "# ↓\nimagePullPolicy: Sometimes", "# ↓\nimagepullPolicy: Always", "# ↓\nimage: 5", "# ↓\ncommand: run",
            "args:\n# ↓\n- 1", "# ↓\nworkingDir: [a]", "ports:\n# ↓\n- containerPort: 0",
            "ports:\n# ↓\n- containerPort: 65536", "ports:\n# ↓\n- {name: http}",
            "ports:\n# ↓\n- {containerPort: 80, name: a_b}",
            "ports:\n# ↓\n- {containerPort: 80, name: this-is-far-too-long}",
            "ports:\n# ↓\n- {containerPort: 80, name: \"80\"}",
            "ports:\n# ↓\n- {containerPort: 80, name: a--b}",
            "ports:\n- {containerPort: 80, name: a}\n# ↓\n- {containerPort: 81, name: a}",
            "ports:\n# ↓\n- {containerPort: 80, protocol: tcp}", "ports:\n# ↓\n- {containerPort: 80, hostPort: 70000}",
            "ports:\n# ↓\n- {containerPort: \"80\"}", "ports:\n# ↓\n- {containerPort: 80.5}",
            "env:\n# ↓\n- value: a", "env:\n# ↓\n- {name: A, value: 5}", "env:\n# ↓\n- {name: A, value: true}",
            "env:\n# ↓\n- {name: \"\", value: a}", "env:\n# ↓\n- {name: A=B, value: a}",
            "env:\n# ↓\n- {name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {}}",
            "env:\n# ↓\n- {name: A, valueFrom: {fieldRef: {fieldPath: metadata.nme}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {secretKeyRef: {name: a}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {secretKeyRef: {name: a, key: \"\"}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {configMapKeyRef: {name: a, key: b c}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {resourceFieldRef: {resource: limits.gpus}}}",
            "env:\n# ↓\n- {name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: a, "
                + "key: b}}}",
            "envFrom:\n# ↓\n- {}", "envFrom:\n# ↓\n- {configMapRef: {name: A_B}}",
            "envFrom:\n# ↓\n- {configMapRef: {name: a}, secretRef: {name: b}}",
            "resources:\n  requests:\n    # ↓\n    cpu: 1 core", "resources:\n  requests:\n    # ↓\n    memory: 1GB",
            "resources:\n  limits:\n    # ↓\n    memory: -1Mi", "resources:\n  limits:\n    # ↓\n    disk: 1Gi",
            "resources:\n  requests:\n    # ↓\n    memory: 2Gi\n  limits:\n    memory: 1Gi",
            "resources:\n  requests:\n    # ↓\n    nvidia.com/gpu: 1",
            "resources:\n  limits:\n    # ↓\n    nvidia.com/gpu: 500m",
            "resources:\n  # ↓\n  request: {cpu: 1}", "# ↓\nresources: small",
            "livenessProbe:\n  # ↓\n  periodSeconds: -1\n  tcpSocket: {port: 80}", "# ↓\nlivenessProbe: {}",
            "livenessProbe:\n  # ↓\n  httpGet: {path: /}", "livenessProbe:\n  # ↓\n  httpGet: {port: 0}",
            "livenessProbe:\n  httpGet: {port: 80}\n  # ↓\n  tcpSocket: {port: 80}",
            "livenessProbe:\n  # ↓\n  httpGet: {port: 80, scheme: http}",
            "livenessProbe:\n  # ↓\n  exec: {command: []}",
            "livenessProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  successThreshold: 3",
            "startupProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  successThreshold: 2",
            "readinessProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  terminationGracePeriodSeconds: 5",
            "livenessProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  terminationGracePeriodSeconds: 0",
            "livenessProbe:\n  # ↓\n  httpGet: {port: bad_name}",
            "livenessProbe:\n  # ↓\n  httpGet: {port: 80, httpHeaders: [{name: \"a b\", value: c}]}",
            "# ↓\nlivenessProbe: {tcpSocket: {}}", "livenessProbe:\n  # ↓\n  grpc: {}",
            "lifecycle:\n  # ↓\n  preStop: {}",
            "lifecycle:\n  # ↓\n  preStop: {exec: {command: [a]}, httpGet: {port: 80}}",
            "lifecycle:\n  # ↓\n  preStop: {exec: {}}", "lifecycle:\n  # ↓\n  prestop: {exec: {command: [a]}}",
            "volumeMounts:\n# ↓\n- {name: missing, mountPath: /a}", "volumeMounts:\n# ↓\n- {name: missing}",
            "securityContext:\n  # ↓\n  runAsUser: -5", "securityContext:\n  # ↓\n  runAsUser: root",
            "securityContext:\n  # ↓\n  privileged: \"yes\"", "securityContext:\n  # ↓\n  procMount: Open",
            "securityContext:\n  privileged: true\n  # ↓\n  allowPrivilegeEscalation: false",
            "securityContext:\n  # ↓\n  capabilities: {add: NET_ADMIN}",
            "securityContext:\n  # ↓\n  seccompProfile: {type: Custom}",
            "securityContext:\n  # ↓\n  seccompProfile: {type: Localhost}",
            "# ↓\nterminationMessagePolicy: Log", "# ↓\nrestartPolicy: Sometimes", "# ↓\nstdin: 1",
            "# ↓\nsecurityContext: []",
            "resizePolicy:\n# ↓\n- {resourceName: cpu, restartPolicy: Always}",
        ])

    static let takenContainers = cases(
        .container,
        [
            "ports:\n- containerPort: 80\n- {containerPort: 53, protocol: UDP, name: dns}",
            "imagePullPolicy: IfNotPresent",
            "env:\n- {name: a.b-c, value: \"\"}\n- name: EMPTY\n- {name: A, valueFrom: {fieldRef: {fieldPath: "
                + "\"metadata.labels['app']\"}}}",
            "env:\n- {name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}",
            "env:\n- {name: A, valueFrom: {secretKeyRef: {name: a, key: b.c_d-e, optional: true}}}",
            "envFrom:\n- {prefix: A_, configMapRef: {name: a.b}}\n- secretRef: {name: c, optional: true}",
            "resources:\n  requests: {cpu: 0.5, memory: 128974848}\n  limits: {cpu: \"1\", memory: 129e6, "
                + "ephemeral-storage: 1Gi}",
            "resources:\n  limits: {nvidia.com/gpu: 1}",
            "resources:\n  requests: {nvidia.com/gpu: 1}\n  limits: {nvidia.com/gpu: 1}",
            "livenessProbe:\n  httpGet: {path: /healthz, port: http, httpHeaders: [{name: X-A, value: "
                + "b}]}\nports:\n- {name: http, containerPort: 80}",
            "startupProbe:\n  exec: {command: [cat, /tmp/x]}\n  failureThreshold: 30",
            "livenessProbe: {grpc: {port: 9090}}",
            "lifecycle:\n  preStop:\n    sleep: {seconds: 5}",
            "lifecycle:\n  preStop:\n    exec: {command: [sleep, \"5\"]}",
            "securityContext:\n  runAsNonRoot: true\n  runAsUser: 1000\n  capabilities: {drop: [ALL]}\n  "
                + "seccompProfile: {type: RuntimeDefault}",
            "args: [\"1\", 'true', a]", "command:\n- sh\n- -c\n- |\n  exec run\n", "stdin: true\ntty: yes", "env:",
            "ports: []",
            "resources: {}", "resources:\n  requests:\n    cpu: 100m\n    memory: 1Gi",
            "terminationMessagePolicy: FallbackToLogsOnError",
        ])
}

// MARK: - Pods

extension RefusalTests {
    static let refusedPods = cases(
        .podSpec,
        [
            "containers:\n- name: a\n  image: b\n# ↓\n- name: a\n  image: c", "containers:\n# ↓\n- image: b",
            "containers:\n# ↓\n- name: A\n  image: b", "containers:\n- name: a\n  # ↓\n  image: \"\"",
            "# ↓\ncontainers: []",
            "# ↓\ncontainers: {name: a}",
            "containers:\n- name: a\n  image: b\n  volumeMounts:\n  # ↓\n  - {name: v, mountPath: /a}",
            "containers:\n- name: a\n  image: b\n  volumeMounts:\n  - {name: v, mountPath: /a}\n  # ↓\n  - {name: "
                + "v, mountPath: /a}\nvolumes: [{name: v}]",
            "containers:\n- name: a\n  image: b\n  volumeMounts:\n  # ↓\n  - {name: v, mountPath: /a, subPath: "
                + "../b}\nvolumes: [{name: v}]",
            "containers:\n- name: a\n  image: b\n  volumeMounts:\n  # ↓\n  - {name: v, mountPath: \"\"}\nvolumes: "
                + "[{name: v}]",
            "containers:\n- name: a\n  image: b\n  volumeMounts:\n  # ↓\n  - {name: v, mountPath: /a, subPath: b, "
                + "subPathExpr: c}\nvolumes: [{name: v}]",
            "initContainers:\n# ↓\n- name: web\n  image: b",
            "initContainers:\n- name: i\n  image: b\n  # ↓\n  lifecycle: {preStop: {exec: {command: [a]}}}",
            "initContainers:\n- name: i\n  image: b\n  # ↓\n  restartPolicy: Maybe",
            "volumes:\n# ↓\n- name: A", "volumes:\n# ↓\n- emptyDir: {}", "volumes:\n- name: a\n# ↓\n- name: a",
            "volumes:\n- name: a\n  # ↓\n  emptyDir: {sizeLimit: 1x}",
            "volumes:\n- name: a\n  # ↓\n  hostPath: {path: \"\"}",
            "volumes:\n- name: a\n  # ↓\n  hostPath: {path: /a/../b}",
            "volumes:\n- name: a\n  # ↓\n  hostPath: {path: /a, type: Folder}",
            "volumes:\n- name: a\n  # ↓\n  configMap: {name: b, defaultMode: 512}",
            "volumes:\n- name: a\n  # ↓\n  configMap: {}",
            "volumes:\n- name: a\n  # ↓\n  configMap: {name: b, items: [{key: c}]}",
            "volumes:\n- name: a\n  # ↓\n  secret: {}", "volumes:\n- name: a\n  # ↓\n  secret: {name: b}",
            "volumes:\n- name: a\n  # ↓\n  secret: {secretName: b, items: [{key: c, path: /d}]}",
            "volumes:\n- name: a\n  # ↓\n  persistentVolumeClaim: {}", "volumes:\n- name: a\n  # ↓\n  nfs: {server: b}",
            "volumes:\n- name: a\n  # ↓\n  projected: {sources: [{serviceAccountToken: {path: t, "
                + "expirationSeconds: 60}}]}",
            "volumes:\n- name: a\n  # ↓\n  downwardAPI: {items: [{path: b}]}", "volumes:\n- name: a\n  # ↓\n  csi: {}",
            "volumes:\n- name: a\n  emptyDir: {}\n  # ↓\n  secret: {secretName: b}",
            "# ↓\nrestartPolicy: Never", "# ↓\nactiveDeadlineSeconds: 10", "# ↓\ndnsPolicy: Cluster",
            "# ↓\ndnsPolicy: None",
            "# ↓\nterminationGracePeriodSeconds: soon", "# ↓\nserviceAccountName: A B", "# ↓\nnodeSelector: {a b: c}",
            "nodeSelector:\n  # ↓\n  a: 1", "# ↓\nhostname: A_B", "# ↓\npriorityClassName: A_B", "# ↓\nnodename: a",
            "tolerations:\n# ↓\n- {key: a, operator: Exists, value: b}",
            "tolerations:\n# ↓\n- {operator: Equal, value: b}",
            "tolerations:\n# ↓\n- {key: a, operator: Exists, effect: Never}",
            "tolerations:\n# ↓\n- {key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}",
            "topologySpreadConstraints:\n# ↓\n- {maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}",
            "topologySpreadConstraints:\n# ↓\n- {maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}",
            "topologySpreadConstraints:\n# ↓\n- {maxSkew: 1, whenUnsatisfiable: DoNotSchedule}",
            "topologySpreadConstraints:\n# ↓\n- {maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway, "
                + "minDomains: 2}",
            "affinity:\n  nodeAffinity:\n    # ↓\n    requiredDuringSchedulingIgnoredDuringExecution: "
                + "{nodeSelectorTerms: []}",
            "affinity:\n  nodeAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n    # ↓\n    - "
                + "{weight: 0, preference: {matchExpressions: [{key: a, operator: Exists}]}}",
            "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n    # ↓\n    - "
                + "{labelSelector: {matchLabels: {a: b}}}",
            "affinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n    # ↓\n    - "
                + "{weight: 101, podAffinityTerm: {topologyKey: a}}",
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n      "
                + "nodeSelectorTerms:\n      # ↓\n      - matchExpressions: [{key: a, operator: In}]",
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n      "
                + "nodeSelectorTerms:\n      # ↓\n      - matchExpressions: [{key: a, operator: Gt, values: [\"1\", \"2\"]}]",
            "securityContext:\n  # ↓\n  fsGroup: -1", "securityContext:\n  # ↓\n  fsGroupChangePolicy: Never",
            "securityContext:\n  # ↓\n  sysctls: [{name: kernel.shm_rmid_forced}, {name: kernel.shm_rmid_forced}]",
            "hostAliases:\n# ↓\n- {ip: 1.2.3, hostnames: [a]}",
            "hostAliases:\n# ↓\n- {ip: 1.2.3.4, hostnames: [\"a b\"]}",
            "dnsConfig:\n  # ↓\n  nameservers: [a]", "imagePullSecrets:\n# ↓\n- name: {a: b}",
            "# ↓\nephemeralContainers: [{name: a, image: b}]",
            "readinessGates:\n# ↓\n- conditionType: a b", "# ↓\nhostNetwork: \"true\"", "# ↓\nshareProcessNamespace: 1",
            "hostNetwork: true\ncontainers:\n- name: a\n  image: b\n  ports:\n  # ↓\n  - {containerPort: 80, "
                + "hostPort: 81}",
            "# ↓\noverhead: 5", "# ↓\npreemptionPolicy: Maybe", "# ↓\nschedulingGates: [{name: a b}]",
            "# ↓\nos: {name: macos}",
        ])

    static let takenPods = cases(
        .podSpec,
        [
            "restartPolicy: Always", "volumes:\n- name: a\n- name: b\n  emptyDir: {medium: Memory, sizeLimit: 1Gi}",
            "volumes:\n- name: a\n  configMap: {name: b, defaultMode: 0644, items: [{key: c, path: d/e}]}",
            "volumes:\n- name: a\n  secret: {secretName: b, defaultMode: 420, optional: true}",
            "volumes:\n- name: a\n  projected:\n    sources:\n    - serviceAccountToken: {path: t, "
                + "expirationSeconds: 3600}\n    - configMap: {name: b}\n    - downwardAPI: {items: [{path: c, fieldRef: {fieldPath: metadata.labels}}]}",
            "volumes:\n- name: a\n  hostPath: {path: /a, type: DirectoryOrCreate}",
            "volumes:\n- name: a\n  persistentVolumeClaim: {claimName: b}",
            "volumes:\n- name: a\n  ephemeral:\n    volumeClaimTemplate:\n      spec:\n        accessModes: "
                + "[ReadWriteOnce]\n        resources: {requests: {storage: 1Gi}}",
            "tolerations:\n- operator: Exists\n- {key: a, value: b, effect: NoExecute, tolerationSeconds: 60}",
            "affinity:\n  podAntiAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n    - {weight: "
                + "100, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}}}",
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n      "
                + "nodeSelectorTerms:\n      - matchExpressions: [{key: a, operator: NotIn, values: [b]}, {key: c, operator: Gt, values: [\"5\"]}]",
            "topologySpreadConstraints:\n- {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, "
                + "labelSelector: {matchLabels: {app: web}}}",
            "dnsPolicy: None\ndnsConfig: {nameservers: [10.0.0.1], searches: [a.b], options: [{name: ndots, "
                + "value: \"2\"}]}",
            "hostAliases:\n- {ip: 10.0.0.1, hostnames: [a.b]}\n- {ip: \"::1\", hostnames: [c]}",
            "securityContext: {fsGroup: 1000, runAsUser: 0, supplementalGroups: [5], sysctls: [{name: "
                + "net.core.somaxconn, value: \"1024\"}]}",
            "initContainers:\n- name: i\n  image: b\n  restartPolicy: Always\n  readinessProbe: {tcpSocket: "
                + "{port: 80}}",
            "serviceAccountName: a.b",
            "terminationGracePeriodSeconds: 0",
            "hostNetwork: true\ncontainers:\n- name: a\n  image: b\n  ports: [{containerPort: 80, hostPort: 80}]",
            "enableServiceLinks: false\nautomountServiceAccountToken: false",
            "priorityClassName: high\npreemptionPolicy: Never",
            "imagePullSecrets: [{name: a}]", "nodeSelector: {kubernetes.io/os: linux}", "runtimeClassName: gvisor",
            "os: {name: linux}",
            "volumes:\n- name: cfg\n  configMap:\n    name: b\ncontainers:\n- name: a\n  image: b\n  "
                + "volumeMounts:\n  - {name: cfg, mountPath: /a, readOnly: true, subPath: c/d}",
        ])
}

// MARK: - Rollouts

extension RefusalTests {
    static let refusedRollouts =
        cases(
            .rolloutSpec,
            [
                "# ↓\nreplicas: -1", "# ↓\nreplicas: two", "# ↓\nminReadySeconds: -1", "# ↓\nrevisionHistoryLimit: -1",
                "# ↓\nprogressDeadlineSeconds: -1",
                "minReadySeconds: 60\n# ↓\nprogressDeadlineSeconds: 30", "# ↓\nselector: {}",
                "selector:\n  # ↓\n  matchLabels: {app: other}",
                "selector:\n  matchExpressions:\n  # ↓\n  - {key: app, operator: In}",
                "selector:\n  matchExpressions:\n  # ↓\n  - {key: app, operator: Exists, values: [web]}",
                "selector:\n  # ↓\n  matchlabels: {app: web}", "# ↓\nstrategy: {}",
                "# ↓\nstrategy: {canary: {}, blueGreen: {activeService: a}}",
                "strategy:\n  # ↓\n  rollingUpdate: {maxSurge: 1}",
                "strategy:\n  # ↓\n  type: RollingUpdate\n  canary: {}", "# ↓\nrestartAt: now",
                "# ↓\nstrategy: canary", "# ↓\npaused: \"no\"", "# ↓\ntemplates: {}",
                "strategy:\n  # ↓\n  bluegreen: {activeService: a}",
                "strategy:\n  canary:\n    maxSurge: 10\n    # ↓\n    maxUnavailable: 10.5",
                "workloadRef: {kind: Deployment, name: a, apiVersion: apps/v1}\n# ↓\ntemplate: {metadata: "
                    + "{labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}",
            ])
        + cases(
            .canary,
            [
                "# ↓\nmaxSurge: 10 percent", "maxSurge: 0\n# ↓\nmaxUnavailable: 0", "# ↓\nmaxSurge: -1",
                "# ↓\nminPodsPerReplicaSet: none", "# ↓\nstableservice: a", "canaryService: a\n# ↓\nstableService: a",
                "# ↓\ndynamicStableScale: true",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  # ↓\n  ngnix: {stableIngress: a}",
                "trafficRouting:\n  nginx: {stableIngress: a}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  # ↓\n  nginx: {}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  # ↓\n  gatewayAPI: {httpRoute: a}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  # ↓\n  istio: {}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  alb: {ingress: a, servicePort: 80}\n  # "
                    + "↓\n  maxTrafficWeight: 1000",
                "antiAffinity:\n  # ↓\n  preferredDuringSchedulingIgnoredDuringExecution: {weight: 0}",
                "# ↓\nsteps: {setWeight: 5}", "steps:\n# ↓\n- 5",
                "# ↓\nabortScaleDownDelaySeconds: -1", "canaryMetadata:\n  labels:\n    # ↓\n    a b: c",
                "canaryMetadata:\n  labels:\n    # ↓\n    a: b c",
                "analysis:\n  # ↓\n  templates: {templateName: a}", "analysis:\n  templates:\n  # ↓\n  - name: a",
            ])
        + cases(
            .steps,
            [
                "# ↓\n- setWeight: -1", "# ↓\n- setWeight: 101", "# ↓\n- setWeight: 1e3", "# ↓\n- setWeight: -5.0", "# ↓\n- setWeight: \"10\"", "# ↓\n- setWeight: 10%",
                "# ↓\n- {}", "# ↓\n- setWeights: 10",
                "# ↓\n- {setWeight: 10, pause: {}}", "- pause:\n    # ↓\n    duration: 10x",
                "- pause:\n    # ↓\n    duration: -5", "- pause:\n    # ↓\n    duration: 1d",
                "- pause:\n    # ↓\n    durations: 10m", "# ↓\n- pause: 10m", "# ↓\n- setCanaryScale: {weight: 10}",
                "# ↓\n- setHeaderRoute: {name: a}",
                "# ↓\n- setMirrorRoute: {name: a}", "# ↓\n- analysis: {}",
                "- analysis:\n    templates:\n    # ↓\n    - templatename: a",
                "- experiment:\n    templates:\n    - {name: a, specRef: stable}\n    # ↓\n    - {name: a, "
                    + "specRef: canary}",
                "- experiment:\n    # ↓\n    duration: 5q\n    templates: [{name: a, specRef: stable}]",
                "# ↓\n- plugin: {}",
                "- experiment:\n    templates:\n    # ↓\n    - specRef: stable",
            ])
        + cases(
            .routedSteps,
            [
                "# ↓\n- setCanaryScale: {weight: 10, replicas: 2}", "# ↓\n- setCanaryScale: {replicas: -1}",
                "# ↓\n- setHeaderRoute: {match: [{headerName: a, headerValue: {exact: b}}]}",
                "# ↓\n- setHeaderRoute: {name: a, match: [{headerName: a, headerValue: {exact: b}}]}",
                "# ↓\n- setMirrorRoute: {name: a, percentage: 5}",
                "# ↓\n- setCanaryScale: {weight: 10, matchTrafficWeight: true}",
            ])
        + cases(
            .blueGreen,
            [
                "previewService: a", "activeService: a\n# ↓\npreviewService: a",
                "activeService: a\n# ↓\nautoPromotionSeconds: soon",
                "activeService: a\n# ↓\nscaleDownDelaySeconds: 30s", "activeService: a\n# ↓\nsteps: []",
                "activeService: a\n# ↓\npreviewReplicaCount: -1",
                "# ↓\nactiveService: [a]",
                "activeService: a\nantiAffinity:\n  # ↓\n  preferredDuringSchedulingIgnoredDuringExecution: "
                    + "{weight: 101}",
                "activeService: a\nprePromotionAnalysis:\n  templates:\n  # ↓\n  - template: a",
            ])

    static let takenRollouts =
        cases(
            .rolloutSpec,
            [
                "replicas: 0", "paused: true", "restartAt: \"2026-01-01T00:00:00Z\"",
                "revisionHistoryLimit: 0\nminReadySeconds: 10", "rollbackWindow: {revisions: 3}",
                "progressDeadlineAbort: true\nprogressDeadlineSeconds: 60",
                "selector:\n  matchExpressions: [{key: app, operator: In, values: [web, api]}]",
                "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: onsuccess}\nselector: "
                    + "{matchLabels: {app: web}}",
                "analysis: {successfulRunHistoryLimit: 10, unsuccessfulRunHistoryLimit: 10}",
            ])
        + cases(
            .canary,
            [
                "maxSurge: 25%\nmaxUnavailable: 0", "maxSurge: 0\nmaxUnavailable: 1", "steps: []",
                "minPodsPerReplicaSet: 2",
                "canaryMetadata: {labels: {role: canary}, annotations: {a/b: c d}}\nstableMetadata: {labels: "
                    + "{role: stable}}",
                "canaryService: a\nstableService: b",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  nginx: {stableIngress: a, "
                    + "additionalIngressAnnotations: {canary-by-header: X}}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  nginx: {stableIngresses: [a, b]}\n  "
                    + "maxTrafficWeight: 1000\nsteps: [{setWeight: 500}]",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  istio:\n    virtualServices: [{name: a, "
                    + "routes: [p]}, {name: b}]\n    destinationRule: {name: c, canarySubsetName: d, stableSubsetName: e}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  alb: {ingress: a, servicePort: 80, "
                    + "stickinessConfig: {enabled: true, durationSeconds: 60}}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  plugins:\n    argoproj-labs/gatewayAPI: "
                    + "{httpRoute: a, namespace: b}",
                "canaryService: a\nstableService: b\ntrafficRouting:\n  traefik: {weightedTraefikServiceName: a}",
                "canaryService: a\nstableService: b\ndynamicStableScale: true\ntrafficRouting:\n  smi: {}",
                "antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}",
                "analysis: {startingStep: 1, templates: [{templateName: a}, {templateName: b, clusterScope: "
                    + "true}], args: [{name: c, value: d}]}\nsteps: [{setWeight: 5}, {pause: {}}]",
            ])
        + cases(
            .steps,
            [
                "- setWeight: 0\n- setWeight: 100", "- pause: {}",
                "- pause: {duration: 10}\n- pause: {duration: \"10\"}\n- pause: {duration: 1h30m}",
                "- setWeight: 10\n- analysis: {templates: [{templateName: a}], args: [{name: b, valueFrom: "
                    + "{podTemplateHashValue: Latest}}]}",
                "- experiment: {duration: 1h, templates: [{name: a, specRef: stable}, {name: b, specRef: canary, "
                    + "replicas: 2}], analyses: [{name: c, templateName: d}]}",
                "- plugin: {name: org/step, config: {a: 1}}", "- setWeight: 10\n- pause: {duration: 1.5h}",
            ])
        + cases(
            .routedSteps,
            [
                "- setCanaryScale: {weight: 25}\n- setCanaryScale: {replicas: 3}\n- setCanaryScale: "
                    + "{matchTrafficWeight: true}",
                "- setWeight: 5\n- pause: {}",
            ])
        + cases(
            .blueGreen,
            [
                "activeService: a",
                "activeService: a\npreviewService: b\nautoPromotionEnabled: false\nscaleDownDelaySeconds: "
                    + "0\npreviewReplicaCount: 1",
                "activeService: a\nautoPromotionSeconds: 30\nabortScaleDownDelaySeconds: 0",
                "activeService: a\nprePromotionAnalysis: {templates: [{templateName: a}]}",
            ])
}
