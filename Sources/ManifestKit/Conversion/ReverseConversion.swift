/// Makes a Deployment of one Rollout.
struct ReverseConversion {
    let workload: ConversionObject
    var draft: ConversionDraft

    init(_ workload: ConversionObject, _ draft: ConversionDraft) {
        self.workload = workload
        self.draft = draft
    }

    /// What a Rollout has and a Deployment has not, and what becomes of it.
    private static let foreign: [(key: String, reason: String)] = [
        ("rollbackWindow", "a Deployment goes back to an old revision like to any other"),
        (
            "progressDeadlineAbort",
            "a Deployment that makes no progress says so and stays as it is; kubectl rollout undo takes it back"
        ),
        ("restartAt", "kubectl rollout restart does it for a Deployment"),
        ("analysis", "a Deployment runs no analysis"),
    ]

    /// The draft with the conversion in it.
    mutating func convert() -> ConversionDraft {
        if let reference = workload.spec?.present("workloadRef") {
            explainReference(reference)
            return draft
        }
        guard workload.spec?.isMapping == true, workload.spec?["template"]?.isMapping == true else {
            draft.note(.refused, workload, "has no pod template, so there is nothing to convert")
            return draft
        }
        var changes: [FieldChange] = [.set(["apiVersion"], "apps/v1"), .set(["kind"], "Deployment")]
        changes += strategyChanges()
        for (key, reason) in Self.foreign {
            guard let entry = workload.spec?.entry(key) else { continue }
            changes.append(.remove(["spec", .key(key)]))
            draft.note(
                .attention, workload, at: entry.key, "spec.\(key) is gone: a Deployment has no such field",
                because: reason)
        }
        if workload.root["status"] != nil {
            changes.append(.remove(["status"]))
            draft.note(
                .changed, workload, at: workload.root["status"], "status is removed",
                because: "the controller writes it, and a Deployment's has other types")
        }
        draft.change(workload, changes)
        draft.note(.changed, workload, "is a Deployment now, with a rolling update")
        noteStrategy()
        if let paused = workload.spec?["paused"], paused.boolean == true {
            draft.note(
                .attention, workload, at: paused, "spec.paused stays true",
                because: "a paused Deployment starts no pods of a new template, its first one included")
        }
        finish(usesWorkloadReference: false)
        return draft
    }

    private var strategy: YAMLNode? { workload.spec?.present("strategy") }

    private func strategyChanges() -> [FieldChange] {
        guard let entry = workload.spec?.entry("strategy"), !entry.isMerged else { return [] }
        let canary = entry.value["canary"]
        let kept =
            canary?.entries.filter { ["maxSurge", "maxUnavailable"].contains($0.key.text) && !$0.value.isNull } ?? []
        guard let canary, !kept.isEmpty else { return [.remove(["spec", "strategy"])] }
        let path: [FieldStep] = ["spec", "strategy"]
        let isPlain =
            !entry.value.isAlias && !canary.isAlias && kept.allSatisfy { !$0.isMerged }
            && (entry.value.style == .block && canary.style == .block || entry.key.style == .doubleQuoted)
        guard isPlain else {
            let rolling = JSONValue.object(JSONObject(kept.map { ($0.key.text, $0.value.json) }))
            return [.set(path, ["type": "RollingUpdate", "rollingUpdate": rolling])]
        }
        var changes: [FieldChange] = []
        let inner = path + ["canary"]
        for other in canary.entries where !kept.contains(where: { $0.key.isSame(as: other.key) }) {
            changes.append(.remove(inner + [.key(other.key.text)]))
        }
        for other in entry.value.entries where other.key.text != "canary" {
            changes.append(.remove(path + [.key(other.key.text)]))
        }
        return changes + [.insert(path, [("type", "RollingUpdate")]), .rename(inner, "rollingUpdate")]
    }

    private mutating func noteStrategy() {
        for key in ["canary", "blueGreen"] {
            for entry in strategy?[key]?.entries ?? workload.root.noEntries
            where !(key == "canary" && ["maxSurge", "maxUnavailable"].contains(entry.key.text)) {
                draft.note(
                    .attention, workload, at: entry.key,
                    "strategy.\(key).\(entry.key.text) is gone: a Deployment has no counterpart",
                    because: Self.reason(entry.key.text))
            }
        }
    }

    private static func reason(_ key: String) -> String? {
        switch key {
        case "steps": "it replaces pods one after the other, as maxSurge and maxUnavailable allow, without a stop"
        case "trafficRouting":
            "traffic follows the pods; take the second destination out of the route objects afterwards"
        case "canaryService", "previewService": "nothing uses this Service any more; delete it after the cut-over"
        case "stableService", "activeService":
            "the Service stays and selects the Deployment's pods; see the cut-over for its selector"
        case "analysis", "prePromotionAnalysis", "postPromotionAnalysis": "a Deployment runs no analysis"
        default: nil
        }
    }

    private mutating func explainReference(_ reference: YAMLNode) {
        let name = reference["name"]?.text ?? ""
        draft.note(
            .attention, workload, at: reference,
            "is left as it is: it takes its pods from \(reference["kind"]?.text ?? "Deployment") \(name), which is "
                + "what you want back",
            because:
                "scale that one up, wait for its pods, and delete the Rollout, in the order below; then remove "
                    + "this manifest"
        )
        finish(usesWorkloadReference: true)
    }

    private mutating func finish(usesWorkloadReference: Bool) {
        var facts = CutOverFacts()
        facts.usesWorkloadReference = usesWorkloadReference
        facts.file = workload.file
        facts.replicas = workload.spec?["replicas"]?.integer
        let scalers = draft.retarget(workload, from: "Rollout", to: "Deployment", apiVersion: "apps/v1")
        facts.autoscalers = scalers
        facts.autoscalerFiles = draft.files(of: scalers)
        let fields = [
            ("canary", "stableService"), ("canary", "canaryService"), ("blueGreen", "activeService"),
            ("blueGreen", "previewService"),
        ]
        let services = fields.compactMap { strategy?[$0]?[$1]?.filledText }
        var name = workload.objectName
        if usesWorkloadReference, let target = workload.spec?["workloadRef", "name"]?.filledText { name.name = target }
        BystanderCompanion.explain(workload, was: "Rollout", in: &draft)
        draft.report.cutOvers.append(CutOver.toDeployment(name, facts, services: services))
    }
}

extension YAMLNode {
    /// No entries, of the right type.
    fileprivate var noEntries: Entries { Entries(tree: tree, first: 0, ownCount: 0, count: 0) }
}

extension ConversionDraft {
    /// The files of objects, by their names.
    func files(of names: [ConversionReport.ObjectName]) -> [String] {
        var files: [String] = []
        for object in input.objects where names.contains(object.objectName) {
            if !files.contains(object.file) { files.append(object.file) }
        }
        return files
    }
}
