/// RR0122: the taints that a pod tolerates.
enum TolerationsRule: PodTemplateRule {
    static let id: RuleID = "RR0122"
    static let severity = Severity.error
    static let summary = "A toleration has an operator that goes with its key and value, and an effect that exists."
    static let rationale = """
        `Exists` takes no value; without a key only `Exists` makes sense, and tolerates everything. Seconds are for \
        the effect `NoExecute`, the only one that drives pods away.
        """
    static let failing = [
        RuleExample("tolerations:\n- key: a\n  # ↓\n  operator: Is", in: .podSpec),
        RuleExample("tolerations:\n- key: a\n  operator: Exists\n  # ↓\n  value: x", in: .podSpec),
        RuleExample("tolerations:\n# ↓\n- value: x", in: .podSpec),
        RuleExample("tolerations:\n- key: a\n  # ↓\n  effect: NoRun", in: .podSpec),
        RuleExample("tolerations:\n- key: a\n  operator: Exists\n  # ↓\n  tolerationSeconds: 5", in: .podSpec),
        RuleExample("tolerations:\n# ↓\n- key: a b\n  operator: Exists", in: .podSpec),
        RuleExample("tolerations:\n- key: a\n  # ↓\n  value: x y", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            tolerations:
            - operator: Exists
            - {key: example.com/spot, value: "true", effect: NoSchedule}
            - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 60}
            """, in: .podSpec)
    ]

    private static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let list = template.spec?["tolerations"] else { return }
        let comparesNumbers = !template.isCheckedByReference && findings.settings.kubernetesMinor >= 37
        let operators = ["Equal", "Exists"] + (comparesNumbers ? ["Lt", "Gt"] : [])
        for toleration in list.elements where toleration.isMapping {
            expect(toleration["key"], form: .qualifiedName, &findings, emptyIsAbsent: true)
            expect(toleration["operator"], oneOf: operators, &findings)
            expect(toleration["effect"], oneOf: effects, &findings)
            checkTogether(toleration, &findings)
        }
    }

    private static func checkTogether(_ toleration: YAMLNode, _ findings: inout Findings) {
        let isExists = toleration["operator"]?.textEquals("Exists") == true
        if !isExists, toleration.filledString("key") == nil {
            findings.report(
                self, at: toleration, "a toleration without `key` needs `operator: Exists`",
                hint: "add the `key` of the taint, or use `Exists` to tolerate all")
        }
        if isExists, let value = toleration["value"], !value.isNull, !value.isEmptyString {
            findings.report(
                self, field: value, "`value` does not go with `operator: Exists`",
                hint: "remove `value`, or use `operator: Equal`")
        } else if !isExists {
            expect(toleration["value"], form: .labelValue, &findings)
        }
        guard let seconds = toleration.present("tolerationSeconds"),
            toleration["effect"]?.textEquals("NoExecute") != true
        else { return }
        findings.report(
            self, field: seconds, "`tolerationSeconds` needs `effect: NoExecute`",
            hint: "add `effect: NoExecute`, or remove the seconds")
    }
}
