/// RR0027: an amount of a resource that cannot be read.
enum QuantityRule: SchemaRule {
    static let id: RuleID = "RR0027"
    static let severity = Severity.error
    static let summary = "An amount of CPU, memory or storage is a number with one of the suffixes of Kubernetes."
    static let rationale = """
        `1GB` and `512 Mi` are no quantities: the suffixes are m, k, M, G, T, P and E for powers of a thousand, and \
        Ki, Mi, Gi, Ti, Pi and Ei for powers of 1024. The CRD of a Rollout does not look at them, so that an API \
        server takes the Rollout and the controller fails.
        """
    static let failing = [
        RuleExample("resources:\n  requests:\n    # ↓\n    memory: 1GB", in: .container),
        RuleExample("resources:\n  limits:\n    # ↓\n    cpu: 2 cores", in: .container),
        RuleExample(
            """
            volumes:
            - name: cache
              emptyDir:
                # ↓
                sizeLimit: 10MiB
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            resources:
              requests:
                memory: 1.5Gi
                cpu: 0.1
              limits:
                memory: 2e9
                cpu: 1500m
            """, in: .container),
    ]
}
