/// Makes Rollouts of Deployments, or the other way round, with everything in the input that goes with them.
///
/// Pure: texts in, texts and a report out. Nothing is returned as changed that does not read back as what was meant.
public struct DeploymentConverter: Sendable {
    /// What the user chose.
    public let options: ConversionOptions

    /// Makes a converter.
    public init(options: ConversionOptions = ConversionOptions()) { self.options = options }

    /// What came of a conversion.
    public struct Result: Sendable {
        /// Every input file in its order, and new files behind.
        public var files: [ConvertedFile]
        /// What was done and what was not.
        public var report: ConversionReport
        /// What is wrong with the input; then nothing is changed.
        public var diagnostics: [Diagnostic]

        /// Whether everything that was asked for could be done.
        public var isComplete: Bool { diagnostics.isEmpty && !report.hasRefusals }
    }

    /// Converts what a set of files holds.
    public func convert(_ files: [SourceFile]) -> Result {
        let input = ConversionInput(files)
        let faults = input.faults.map(Self.aboutConversion)
        guard faults.isEmpty else { return unchanged(input, ConversionReport(), faults) }
        var draft = ConversionDraft(input: input, options: options)
        let kind: ResourceKind = options.direction == .toRollout ? .deployment : .rollout
        for workload in input.objects(kind) where isWanted(workload) {
            if let reason = reasonToLeave(workload, in: input) {
                draft.note(.kept, workload, "is left as it is", because: reason)
                continue
            }
            convert(workload, &draft)
        }
        followConverted(&draft)
        explainMissing(&draft)
        guard !draft.report.hasRefusals else { return unchanged(input, draft.report, []) }
        let writer = ConversionWriter(draft: draft)
        switch writer.write() {
        case .success(let files): return Result(files: files, report: draft.report, diagnostics: [])
        case .failure(let fault): return unchanged(input, draft.report, [fault.diagnostic])
        }
    }

    /// The fault of a template that was not rendered, with the command that converts what it renders to.
    private static func aboutConversion(_ fault: Diagnostic) -> Diagnostic {
        guard fault.rule == HelmTemplateRule.id else { return fault }
        var fault = fault
        fault.hint = "helm template CHART | rollout-render convert -"
        return fault
    }

    private func unchanged(_ input: ConversionInput, _ report: ConversionReport, _ faults: [Diagnostic]) -> Result {
        let files = input.files.map { ConvertedFile(name: $0.name, before: $0.bytes, after: $0.bytes, isNew: false) }
        return Result(files: files, report: report, diagnostics: faults)
    }

    private func isWanted(_ workload: ConversionObject) -> Bool {
        options.names.isEmpty || options.names.contains(workload.name)
    }

    /// Converts one workload, or leaves no trace of the attempt but the reason why not.
    private func convert(_ workload: ConversionObject, _ draft: inout ConversionDraft) {
        if let action = templateAction(in: workload) {
            draft.note(
                .refused, workload, at: action, "is a Helm template: \(action.path) is \(action.text)",
                because: "convert what it renders to: helm template CHART | rollout-render convert -")
            return
        }
        var trial: ConversionDraft
        if options.direction == .toRollout {
            var conversion = WorkloadConversion(workload, draft)
            trial = conversion.convert()
        } else {
            var conversion = ReverseConversion(workload, draft)
            trial = conversion.convert()
        }
        if let fault = ConversionWriter(draft: trial).firstFault(since: draft) {
            let line = fault.source.location(of: fault.failure.range.lowerBound).line
            draft.note(
                .refused, workload,
                "cannot be converted in place: \(fault.failure.message) (\(fault.source.name):\(line))",
                because: "write that part out in full, then convert again")
        } else {
            draft = trial
        }
    }

    /// A field that names or selects and holds an action of Helm in quotes, which leaves the text readable as YAML.
    private func templateAction(in workload: ConversionObject) -> YAMLNode? {
        let metadata = workload.root["metadata"]
        let fields = [metadata?["name"], metadata?["namespace"], workload.spec?["replicas"]]
        let maps = [
            metadata?["labels"], workload.spec?["selector", "matchLabels"],
            workload.spec?["template", "metadata", "labels"],
        ]
        let nodes = fields.compactMap { $0 } + maps.compactMap { $0 }.flatMap { $0.entries.map(\.value) }
        return nodes.first { node in node.isScalar && node.text.contains("{{") }
    }

    /// Why a workload is not converted though it could be; nil where it is.
    private func reasonToLeave(_ workload: ConversionObject, in input: ConversionInput) -> String? {
        guard options.direction == .toRollout else {
            guard workload.spec?.present("workloadRef") == nil else { return nil }
            let isThere = input.object(.deployment, named: workload.name, near: workload) != nil
            return isThere ? "a Deployment of that name is in the input already" : nil
        }
        for rollout in input.objects(.rollout) where rollout.sharesNamespace(with: workload) {
            if rollout.spec?["workloadRef", "name"]?.text == workload.name {
                return "Rollout \(rollout.name) refers to it already"
            }
            if rollout.name == workload.name { return "a Rollout of that name is in the input already" }
        }
        return nil
    }

    /// Autoscalers that still name the Deployment that a Rollout in the input once was.
    private func followConverted(_ draft: inout ConversionDraft) {
        let (old, new, apiVersion): (ResourceKind, ResourceKind, String) =
            options.direction == .toRollout
            ? (.deployment, .rollout, WorkloadConversion.apiVersion) : (.rollout, .deployment, "apps/v1")
        for workload in draft.input.objects(new) where isWanted(workload) && workload.spec?["workloadRef"] == nil {
            let isBoth = draft.input.object(old, named: workload.name, near: workload) != nil
            if !isBoth { _ = draft.retarget(workload, from: old.rawValue, to: new.rawValue, apiVersion: apiVersion) }
        }
    }

    private func explainMissing(_ draft: inout ConversionDraft) {
        for name in options.names
        where !draft.input.objects.contains(where: {
            ($0.manifest.kind == .deployment || $0.manifest.kind == .rollout) && $0.name == name
        }) {
            let kind = options.direction == .toRollout ? "Deployment" : "Rollout"
            let object = ConversionReport.ObjectName(kind: kind, namespace: nil, name: name)
            draft.report.entries.append(
                ConversionReport.Entry(
                    outcome: .refused, object: object, file: draft.input.files.first?.name ?? "-", line: nil,
                    message: "is not in the input", reason: nil))
        }
    }
}
