/// RR0030: two items of a list with one key.
enum ListKeyRule: SchemaRule {
    static let id: RuleID = "RR0030"
    static let severity = Severity.error
    static let summary = "In an object of Argo Rollouts, the items of a keyed list differ in their keys."
    static let rationale = """
        An API server takes two environment variables of one name in a Deployment and lets the last win. In a \
        Rollout it refuses them, as it does two ports of one number and protocol, since the CRD declares the lists \
        as keyed.
        """
    static let failing = [
        RuleExample("env:\n- name: A\n  value: a\n# ↓\n- name: A\n  value: b", in: .container),
        RuleExample(
            """
            ports:
            - containerPort: 80
            # ↓
            - containerPort: 80
              protocol: TCP
            """, in: .container),
    ]
    static let passing = [
        RuleExample("env:\n- name: A\n  value: a\n- name: B\n  value: b", in: .container),
        RuleExample(
            """
            ports:
            - containerPort: 80
            - containerPort: 80
              protocol: UDP
            """, in: .container),
    ]
}
