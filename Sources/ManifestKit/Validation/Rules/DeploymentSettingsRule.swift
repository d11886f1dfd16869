/// RR0607: strategy and numbers of a Deployment or ReplicaSet.
enum DeploymentSettingsRule: ObjectRule {
    static let id: RuleID = "RR0607"
    static let severity = Severity.error
    static let summary = "The strategy and the numbers of a Deployment go together."
    static let rationale = """
        `Recreate` has no settings; a rolling update must be allowed at least one pod more or one pod less; numbers \
        of pods and seconds are not negative, and a deadline leaves room for `minReadySeconds`.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              strategy:
                # ↓
                type: Rolling
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              strategy:
                type: Recreate
                # ↓
                rollingUpdate: {maxSurge: 1}
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              strategy:
                rollingUpdate:
                  maxSurge: 0
                  # ↓
                  maxUnavailable: 0%
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              # ↓
              replicas: -1
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              minReadySeconds: 60
              # ↓
              progressDeadlineSeconds: 60
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              strategy:
                rollingUpdate:
                  # ↓
                  maxUnavailable: 120%
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              replicas: 0
              strategy:
                type: RollingUpdate
                rollingUpdate: {maxSurge: 200%, maxUnavailable: 0}
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              strategy: {type: Recreate}
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
    ]

    static let kinds: Set<ResourceKind> = [.deployment, .replicaSet]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        for name in ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
            guard let node = spec[name], let value = node.integer, value < 0 else { continue }
            findings.report(Self.self, at: node, "`\(name)` is \(value), and cannot be negative")
        }
        guard object.kind == .deployment else { return }
        let ready = spec["minReadySeconds"]?.integer ?? 0
        let node = spec["progressDeadlineSeconds"]
        let deadline = node?.integer ?? 600
        if deadline >= 0, deadline <= ready, let node = node ?? spec["minReadySeconds"] {
            findings.report(
                Self.self, at: node,
                "the deadline of \(deadline) seconds leaves no room for the \(ready) of `minReadySeconds`",
                hint: "set `progressDeadlineSeconds` above \(ready)")
        }
        if let strategy = spec.present("strategy"), strategy.isMapping { check(strategy, &findings) }
    }

    private static func check(_ strategy: YAMLNode, _ findings: inout Findings) {
        let type = strategy.present("type")
        let update = strategy.present("rollingUpdate")
        switch type?.text ?? "RollingUpdate" {
        case "Recreate":
            if let update {
                findings.report(
                    Self.self, field: update, "`Recreate` takes no `rollingUpdate`",
                    hint: "remove it, or set `type: RollingUpdate`")
            }
        case "RollingUpdate", "":
            if let update, update.isMapping { checkUpdate(update, &findings) }
        default:
            guard let type, type.string != nil else { return }
            findings.report(Self.self, unknown: type, "strategy of a Deployment", ["RollingUpdate", "Recreate"])
        }
    }

    private static func checkUpdate(_ update: YAMLNode, _ findings: inout Findings) {
        var areZero = true
        for name in ["maxSurge", "maxUnavailable"] {
            guard let node = update.present(name), let amount = IntOrPercent(node) else {
                areZero = false
                continue
            }
            switch amount {
            case .count(let count):
                areZero = areZero && count == 0
                if count < 0 { findings.report(Self.self, at: node, "`\(name)` is \(count), and cannot be negative") }
            case .percent(let percent):
                areZero = areZero && percent == 0
                if percent > 100, name == "maxUnavailable" {
                    findings.report(Self.self, at: node, "`\(name)` is \(percent)%, and cannot be more than 100%")
                }
            }
        }
        if areZero, let node = update["maxUnavailable"] {
            findings.report(
                Self.self, field: node, "`maxSurge` and `maxUnavailable` are both zero, so that no pod can be replaced",
                hint: "allow one of them at least one pod")
        }
    }
}
