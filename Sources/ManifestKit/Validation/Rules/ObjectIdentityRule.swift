/// RR0021: an object that does not say what or who it is.
enum ObjectIdentityRule: SchemaRule {
    static let id: RuleID = "RR0021"
    static let severity = Severity.error
    static let summary = "An object has an `apiVersion`, a `kind` and a name."
    static let rationale = """
        Without a kind no tool can check an object, and most skip it without a word; without a name no API server \
        takes it. `generateName` is as good as a name.
        """
    static let failing = [
        RuleExample("# ↓\nmetadata:\n  name: web\nspec:\n  strategy:\n    canary: {}\n"),
        RuleExample("# ↓\nkind: Rollout\nmetadata:\n  name: web\nspec: {}\n"),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            # ↓
            metadata:
              labels: {app: web}
            spec:
              ports:
              - port: 80
            """),
        RuleExample("# ↓\napiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: 80\n"),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              generateName: web-
            spec:
              ports:
              - port: 80
            """),
        RuleExample("replicas: 3\nspec: {}\n"),
    ]
}
