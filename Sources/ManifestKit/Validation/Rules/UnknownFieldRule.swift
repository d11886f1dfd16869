/// RR0022: a field that its type does not have.
enum UnknownFieldRule: SchemaRule {
    static let id: RuleID = "RR0022"
    static let severity = Severity.error
    static let summary = "Every field is one that its type has, in the version of Kubernetes that is checked for."
    static let rationale = """
        An API server drops unknown fields, or refuses the object where it checks strictly, as kubectl asks it to. A \
        field that is spelled wrong or stands one level too high has no effect: `trafficRouting.gatewayAPI`, which \
        never was a field, left traffic at 50:50 (argo-rollouts 4569).
        """
    static let failing = [
        RuleExample("# ↓\nimagePullPolice: Always", in: .container),
        RuleExample("# ↓\nactiveService: web\nsteps:\n- setWeight: 10", in: .canary),
        RuleExample("# ↓\n- setweight: 10", in: .steps),
        RuleExample("# ↓\nhttpGet:\n  path: /\n  port: 80", in: .container),
        RuleExample("trafficRouting:\n  # ↓\n  gatewayAPI: {}", in: .canary),
        RuleExample(
            """
            template:
              metadata:
                # ↓
                name: web
                labels:
                  app: web
              spec:
                containers:
                - name: web
                  image: web
            """, in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("imagePullPolicy: Always", in: .container),
        RuleExample("- setWeight: 10", in: .steps),
        RuleExample(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: web
            spec:
              newField: 1
            """),
    ]
}
