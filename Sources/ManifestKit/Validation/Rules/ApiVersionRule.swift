/// RR0020: a group, version and kind that no API server has.
enum ApiVersionRule: SchemaRule {
    static let id: RuleID = "RR0020"
    static let severity = Severity.error
    static let summary = "An object's `apiVersion` and `kind` name something that an API server serves."
    static let rationale = """
        A version that was removed (`extensions/v1beta1`), or never was, is refused by the API server with no word \
        of what to use instead. For kinds of other projects a version that is not known here is only a warning.
        """
    static let failing = [
        RuleExample(
            """
            # ↓
            apiVersion: apps/v1beta1
            kind: Deployment
            metadata:
              name: web
            spec:
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
            # ↓
            apiVersion: argoproj.io/v1beta1
            kind: Rollout
            metadata:
              name: web
            spec: {}
            """),
        RuleExample(
            """
            # ↓
            apiVersion: v1
            kind: Deployment
            metadata:
              name: web
            spec:
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
            apiVersion: argoproj.io/v1alpha1
            # ↓
            kind: Rolout
            metadata:
              name: web
            spec: {}
            """),
        RuleExample(
            """
            # ↓
            apiVersion: autoscaling/v2beta2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              maxReplicas: 3
              scaleTargetRef: {kind: Rollout, name: web}
            """),
        RuleExample(
            """
            # ↓
            apiVersion: gateway.networking.k8s.io/v2
            kind: HTTPRoute
            metadata:
              name: web
            spec: {}
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
            apiVersion: rollouts.kruise.io/v1beta1
            kind: Rollout
            metadata:
              name: web
            """),
        RuleExample("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  name: web\n"),
    ]
}
