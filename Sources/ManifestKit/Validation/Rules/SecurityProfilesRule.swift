/// RR0132: seccomp and AppArmor profiles.
enum SecurityProfilesRule: PodTemplateRule {
    static let id: RuleID = "RR0132"
    static let severity = Severity.error
    static let summary = "A seccomp or AppArmor profile has a type that exists, and a file where that wants one."
    static let rationale = """
        Profiles are `RuntimeDefault`, `Unconfined` or `Localhost`; the last names a file on the node, the others do \
        not. The annotations from before Kubernetes 1.19 and 1.30 still count, and have to say what the fields say.
        """
    static let failing = [
        RuleExample("securityContext:\n  seccompProfile:\n    # ↓\n    type: Default", in: .podSpec),
        RuleExample("securityContext:\n  seccompProfile:\n    # ↓\n    type: Localhost", in: .container),
        RuleExample(
            "securityContext:\n  seccompProfile:\n    type: Unconfined\n    # ↓\n    localhostProfile: a",
            in: .container),
        RuleExample(
            "securityContext:\n  seccompProfile:\n    type: Localhost\n    # ↓\n    localhostProfile: /a",
            in: .podSpec),
        RuleExample(
            "securityContext:\n  appArmorProfile:\n    type: Localhost\n    # ↓\n    localhostProfile: \"\"",
            in: .podSpec),
        RuleExample(
            """
            template:
              metadata:
                labels: {app: web}
                annotations:
                  # ↓
                  container.apparmor.security.beta.kubernetes.io/log: runtime/default
                  # ↓
                  container.apparmor.security.beta.kubernetes.io/web: strict
                  # ↓
                  seccomp.security.alpha.kubernetes.io/pod: strict
              spec:
                containers:
                - {name: web, image: "web:1"}
            """, in: .rolloutSpec),
        RuleExample(
            """
            template:
              metadata:
                labels: {app: web}
                annotations:
                  # ↓
                  seccomp.security.alpha.kubernetes.io/pod: unconfined
              spec:
                securityContext: {seccompProfile: {type: RuntimeDefault}}
                containers:
                - {name: web, image: "web:1"}
            """, in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample(
            """
            securityContext:
              seccompProfile: {type: RuntimeDefault}
              appArmorProfile: {type: Localhost, localhostProfile: web}
            """, in: .container),
        RuleExample(
            """
            template:
              metadata:
                labels: {app: web}
                annotations:
                  container.apparmor.security.beta.kubernetes.io/web: localhost/web
                  seccomp.security.alpha.kubernetes.io/pod: docker/default
              spec:
                securityContext: {seccompProfile: {type: RuntimeDefault}}
                containers:
                - {name: web, image: "web:1"}
            """, in: .rolloutSpec),
    ]

    private static let types = ["RuntimeDefault", "Localhost", "Unconfined"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        if let context = template.spec?.nested("securityContext") { check(context, &findings) }
        for container in template.containers {
            if let context = container.node.nested("securityContext") { check(context, &findings) }
        }
        if let annotations = template.metadata?.nested("annotations") {
            ProfileAnnotations(template: template).check(annotations, &findings)
        }
    }

    private static func check(_ context: YAMLNode, _ findings: inout Findings) {
        for field in ["seccompProfile", "appArmorProfile"] {
            guard let profile = context.nested(field) else { continue }
            expect(profile["type"], oneOf: types, &findings, emptyIsAbsent: false)
            let file = profile.present("localhostProfile")
            guard profile["type"]?.textEquals("Localhost") == true else {
                guard let file else { continue }
                findings.report(
                    self, field: file, "`localhostProfile` needs `type: Localhost`",
                    hint: "remove it, or use `type: Localhost`")
                continue
            }
            guard let file else {
                findings.report(
                    self, field: profile["type"] ?? profile, "`type: Localhost` needs a `localhostProfile`",
                    hint: "name the profile on the node in `localhostProfile`, or use `type: RuntimeDefault`")
                continue
            }
            expectFilled(file, &findings, hint: "name the profile on the node")
            guard let name = file.string, !name.isEmpty else { continue }
            if field == "seccompProfile" {
                expectInside(file, &findings, reservesDots: false)
            } else {
                checkAppArmor(name, file, &findings)
            }
        }
    }

    private static func checkAppArmor(_ name: String, _ node: YAMLNode, _ findings: inout Findings) {
        let isSpace: (Character?) -> Bool = { $0?.isWhitespace == true }
        if isSpace(name.first) || isSpace(name.last) {
            findings.report(
                self, at: node, "`localhostProfile` \(quoted(name)) begins or ends with white space", hint: "remove it")
        }
        if name.utf8.count > 4095 {
            findings.report(
                self, at: node, "`localhostProfile` has \(name.utf8.count) bytes, and at most 4095 are allowed",
                hint: "give the profile a shorter name")
        }
    }
}
