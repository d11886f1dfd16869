/// RR0116: what containers and pods ask for and are allowed.
enum ResourcesRule: PodTemplateRule {
    static let id: RuleID = "RR0116"
    static let severity = Severity.error
    static let summary = "A request is not negative, not above its limit, and for a resource that can exist."
    static let rationale = """
        Resources without a prefix are `cpu`, `memory`, `ephemeral-storage` and `hugepages-SIZE`; others have one, as \
        `example.com/gpu`, and come in whole numbers with request and limit equal. A request above its limit is \
        refused. `memory: 100m` is a tenth of a byte, where `100M` or `100Mi` was meant.
        """
    static let failing = [
        RuleExample("resources:\n  requests:\n    # ↓\n    cpu: -1", in: .container),
        RuleExample("resources:\n  requests:\n    # ↓\n    cpu: 2\n  limits:\n    cpu: 100m", in: .container),
        RuleExample("resources:\n  requests:\n    # ↓\n    gpu: 1", in: .container),
        RuleExample("resources:\n  limits:\n    # ↓\n    example.com/gpu: 500m", in: .container),
        RuleExample("resources:\n  requests:\n    # ↓\n    example.com/gpu: 1", in: .container),
        RuleExample("resources:\n  requests:\n    # ↓\n    memory: 100m", in: .container),
        RuleExample("resources:\n  limits:\n    cpu: 1\n    # ↓\n    hugepages-2Mi: 3Mi", in: .container),
        RuleExample("# ↓\nresources:\n  limits:\n    hugepages-2Mi: 4Mi", in: .container),
        RuleExample("overhead:\n  # ↓\n  cpu: -10m", in: .podSpec),
        RuleExample("resources:\n  limits:\n    # ↓\n    ephemeral-storage: 1Gi", in: .podSpec),
        RuleExample(
            """
            resources: {limits: {cpu: 100m}}
            containers:
            - name: web
              image: web:1
              resources:
                limits:
                  # ↓
                  cpu: 200m
            """, in: .podSpec),
        RuleExample(
            """
            resources:
              requests:
                # ↓
                cpu: 100m
            containers:
            - name: web
              image: web:1
              resources: {requests: {cpu: 60m}}
            - name: log
              image: log:1
              resources: {requests: {cpu: 60m}}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            resources:
              requests: {cpu: 0.5, memory: 64Mi, example.com/gpu: 1}
              limits: {cpu: "1", memory: 0.1Gi, example.com/gpu: 1, hugepages-2Mi: 4Mi, ephemeral-storage: 1G}
            """, in: .container),
        RuleExample("resources: {requests: {cpu: 1}}\noverhead: {cpu: 250m, memory: 120Mi}", in: .podSpec),
    ]

    private static let commonNames = ["cpu", "memory", "ephemeral-storage"]
    private static let podHint = "use `cpu`, `memory` or `hugepages-SIZE`"
    private static let containerHint =
        "use `cpu`, `memory`, `ephemeral-storage`, `hugepages-SIZE`, or a name with a prefix such as `example.com/gpu`"

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.containers {
            if let resources = container.node.nested("resources") { check(resources, ofPod: false, &findings) }
        }
        guard let spec = template.spec else { return }
        if let overhead = spec.nested("overhead") { checkAmounts(overhead, ofPod: false, &findings) }
        guard let resources = spec.nested("resources") else { return }
        check(resources, ofPod: true, &findings)
        if let claims = resources.present("claims") {
            findings.report(
                self, field: claims, "a pod's own `resources` take no `claims`", hint: "claim in a container")
        }
        checkSums(of: template, within: resources, &findings)
    }

    private static func check(_ resources: YAMLNode, ofPod: Bool, _ findings: inout Findings) {
        let limits = resources.nested("limits")
        let requests = resources.nested("requests")
        var hasHugePages = false
        if let limits { hasHugePages = checkAmounts(limits, ofPod: ofPod, &findings) }
        if let requests {
            hasHugePages = checkAmounts(requests, ofPod: ofPod, &findings) || hasHugePages
            let allowed = limits.map { KeyedValues($0) }
            for entry in requests.entries { compare(entry, with: allowed, &findings) }
        }
        let lists = [limits, requests].compactMap { $0 }
        if hasHugePages, !ofPod, !lists.contains(where: { $0["cpu"] != nil || $0["memory"] != nil }) {
            findings.report(
                self, field: resources, "huge pages need `cpu` or `memory` beside them",
                hint: "add a request or limit for `cpu` or `memory`")
        }
    }

    /// Checks a list of amounts, and says whether huge pages are among them.
    @discardableResult
    private static func checkAmounts(_ amounts: YAMLNode, ofPod: Bool, _ findings: inout Findings) -> Bool {
        var hasHugePages = false
        for entry in amounts.entries {
            let name = ResourceName(entry.key)
            if name.isHugePages { hasHugePages = true }
            if let problem = ofPod ? name.problemForPod : name.problemForContainer {
                findings.report(
                    self, field: entry.value, "the resource \(quoted(entry.key.text)) \(problem)",
                    hint: Spelling.closest(to: entry.key.text, among: commonNames).map { "did you mean `\($0)`?" }
                        ?? (ofPod ? podHint : containerHint))
            }
            guard let amount = ResourceAmount(entry.value) else { continue }
            if amount.isNegative {
                findings.report(
                    self, at: entry.value, "`\(entry.key.text)` is \(entry.value.text), but cannot be negative",
                    hint: "write zero or more")
            } else {
                checkUnit(amount, name, entry, &findings)
            }
        }
        return hasHugePages
    }

    private static func checkUnit(
        _ amount: ResourceAmount, _ name: ResourceName, _ entry: YAMLEntry, _ findings: inout Findings
    ) {
        let value = entry.value
        switch name {
        case .memory, .ephemeralStorage:
            // Fractions such as 0.1Gi are rounded up and meant so; thousandths of a byte are not.
            guard !amount.isWhole, value.withText({ $0.last == UInt8(ascii: "m") }) else { return }
            findings.report(
                self, at: value, "`\(entry.key.text)` is \(value.text), which is thousandths of a byte",
                hint: "write `M` or `Mi` for megabytes", severity: .warning)
        case .cpu:
            guard !amount.isThousandths else { return }
            findings.report(
                self, at: value, "`cpu` is \(value.text), which is finer than a thousandth and will be rounded up",
                hint: "write a number of `m`, such as `10m`", severity: .warning)
        case .hugePages(let size):
            guard !isMultiple(amount, of: size) else { return }
            findings.report(
                self, at: value, "`\(entry.key.text)` is \(value.text), which is not a number of such pages",
                hint: "write a multiple of the size in the name")
        case .extended:
            guard !amount.isWhole else { return }
            findings.report(
                self, at: value, "`\(entry.key.text)` is \(value.text), but comes in whole numbers only",
                hint: "write a whole number")
        case .unknown:
            break
        }
    }

    private static func isMultiple(_ amount: ResourceAmount, of size: String) -> Bool {
        guard let page = Quantity(size)?.wholeValue, page > 0, let value = amount.wholeValue else { return false }
        return value > 0 && value % page == 0
    }

    private static func compare(_ request: YAMLEntry, with limits: KeyedValues?, _ findings: inout Findings) {
        guard let limit = limits?.value(underKeyOf: request.key) else {
            guard ResourceName(request.key).needsLimit else { return }
            findings.report(
                self, field: request.value, "a request for `\(request.key.text)` needs a limit that is the same",
                hint: "add `\(request.key.text): \(request.value.text)` to `limits`")
            return
        }
        guard let wanted = ResourceAmount(request.value), let allowed = ResourceAmount(limit) else { return }
        if wanted == allowed { return }
        if ResourceName(request.key).needsLimit {
            findings.report(
                self, at: request.value,
                "the request for `\(request.key.text)` is \(request.value.text) and not its limit of \(limit.text)",
                hint: "use the same number for both", related: [(limit, "the limit")])
        } else if wanted > allowed {
            findings.report(
                self, at: request.value,
                "the request for `\(request.key.text)` is \(request.value.text), above its limit of \(limit.text)",
                hint: "lower the request or raise the limit", related: [(limit, "the limit")])
        }
    }

    /// Checks that no container wants more than its pod has, for the handful of resources that a pod can have.
    private static func checkSums(
        of template: PodTemplateManifest, within resources: YAMLNode, _ findings: inout Findings
    ) {
        for limit in resources.nested("limits")?.entries.prefix(8).map({ $0 }) ?? [] {
            guard let allowed = ResourceAmount(limit.value) else { continue }
            for container in template.containers where container.role == .container {
                guard let value = container.node["resources", "limits"]?.value(underKeyOf: limit.key),
                    let amount = ResourceAmount(value), amount > allowed
                else { continue }
                findings.report(
                    self, at: value,
                    "the container's `\(limit.key.text)` limit of \(value.text) is above its pod's \(limit.value.text)",
                    hint: "lower it, or raise the pod's limit", related: [(limit.value, "the pod's")])
            }
        }
        for request in resources.nested("requests")?.entries.prefix(8).map({ $0 }) ?? [] {
            let wanted = template.servingContainers.compactMap {
                $0.node["resources", "requests"]?.value(underKeyOf: request.key)
            }
            guard let allowed = ResourceAmount(request.value), let sum = ResourceAmount.sum(of: wanted),
                sum > allowed, let last = wanted.last
            else { continue }
            findings.report(
                self, at: request.value,
                "the pod asks for \(request.value.text) of `\(request.key.text)`, and its containers together for more",
                hint: "raise it to the sum of the containers' requests", related: [(last, "one of the containers")])
        }
    }
}
