extension AnalysisRunStatus {
    /// Reads a status; what is missing has its zero value.
    public init(_ value: JSONValue) {
        phase = value.text("phase").flatMap { AnalysisPhase(rawValue: $0) }
        message = value.text("message") ?? ""
        results = (value["metricResults"]?.array ?? []).compactMap { MetricResult($0) }
        startedAt = value.time("startedAt")
        summary = RunSummary(value["runSummary"] ?? .null)
        dryRunSummary = value.present("dryRunSummary").map { RunSummary($0) }
        completedAt = value.time("completedAt")
    }

    /// The status as a cluster stores it, fields with their zero value left out.
    public var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("phase", .string(phase?.rawValue ?? "")))
        fields.add("message", message)
        fields.add("metricResults", results.map(\.json))
        fields.add("startedAt", startedAt)
        fields.values.append(("runSummary", summary.json))
        if let dryRunSummary { fields.values.append(("dryRunSummary", dryRunSummary.json)) }
        fields.add("completedAt", completedAt)
        return fields.json
    }
}

extension RunSummary {
    init(_ value: JSONValue) {
        count = value.count("count") ?? 0
        successful = value.count("successful") ?? 0
        failed = value.count("failed") ?? 0
        inconclusive = value.count("inconclusive") ?? 0
        error = value.count("error") ?? 0
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.add("count", count)
        fields.add("successful", successful)
        fields.add("failed", failed)
        fields.add("inconclusive", inconclusive)
        fields.add("error", error)
        return fields.json
    }
}

extension MetricResult {
    init?(_ value: JSONValue) {
        guard let name = value.text("name") else { return nil }
        self.name = name
        phase = value.text("phase").flatMap { AnalysisPhase(rawValue: $0) } ?? .pending
        measurements = (value["measurements"]?.array ?? []).compactMap { Measurement($0) }
        message = value.text("message") ?? ""
        count = value.count("count") ?? 0
        successful = value.count("successful") ?? 0
        failed = value.count("failed") ?? 0
        inconclusive = value.count("inconclusive") ?? 0
        error = value.count("error") ?? 0
        consecutiveError = value.count("consecutiveError") ?? 0
        consecutiveSuccess = value.count("consecutiveSuccess") ?? 0
        isDryRun = value.flag("dryRun")
        metadata = value["metadata"]?.stringDictionary ?? [:]
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("name", .string(name)))
        fields.values.append(("phase", .string(phase.rawValue)))
        fields.add("measurements", measurements.map(\.json))
        fields.add("message", message)
        fields.add("count", count)
        fields.add("successful", successful)
        fields.add("failed", failed)
        fields.add("inconclusive", inconclusive)
        fields.add("error", error)
        fields.add("consecutiveError", consecutiveError)
        fields.add("dryRun", isDryRun)
        if !metadata.isEmpty { fields.values.append(("metadata", .strings(metadata))) }
        fields.add("consecutiveSuccess", consecutiveSuccess)
        return fields.json
    }
}

extension Measurement {
    init?(_ value: JSONValue) {
        guard let phase = value.text("phase").flatMap({ AnalysisPhase(rawValue: $0) }) else { return nil }
        self.phase = phase
        message = value.text("message") ?? ""
        startedAt = value.time("startedAt")
        finishedAt = value.time("finishedAt")
        self.value = value.text("value") ?? ""
        metadata = value["metadata"]?.stringDictionary ?? [:]
        resumeAt = value.time("resumeAt")
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("phase", .string(phase.rawValue)))
        fields.add("message", message)
        fields.add("startedAt", startedAt)
        fields.add("finishedAt", finishedAt)
        fields.add("value", value)
        if !metadata.isEmpty { fields.values.append(("metadata", .strings(metadata))) }
        fields.add("resumeAt", resumeAt)
        return fields.json
    }
}
