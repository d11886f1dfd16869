import ManifestKit

extension ScenarioReader {
    private static let example = "{name: success-rate, value: [0.99]}"
    private static let answers = ["error", "nothing", "outcome", "series", "value", "values"]

    /// Reads the metrics of a scenario: what they come to from the beginning, or from a moment on.
    mutating func readMetrics(_ node: YAMLNode) -> (fromStart: [ScenarioMetric], later: [Scenario.Event]) {
        guard node.isSequence || node.isNull else {
            fault(node, "metrics is a list", hint: "write each metric behind a dash: - \(Self.example)")
            return ([], [])
        }
        var fromStart: [ScenarioMetric] = []
        var later: [Scenario.Event] = []
        for element in node.elements {
            guard let metric = readMetric(element, "metrics", others: ["at"]) else { continue }
            guard let moment = element["at"] else {
                fromStart.append(metric)
                continue
            }
            if let seconds = duration(moment, "at") { later.append(Scenario.Event(at: seconds, .metric(metric))) }
        }
        return (fromStart, later)
    }

    /// Reads `{name: errors, value: 3}`.
    mutating func readMetric(_ node: YAMLNode, _ key: String, others: [String] = []) -> ScenarioMetric? {
        let names = Self.answers + ["name", "slow", "template"] + others
        guard fields(of: node, key, names, example: Self.example) else { return nil }
        guard let name = node["name"], let text = name.string, !text.isEmpty else {
            fault(node["name"] ?? node, "a metric has a name", hint: "write \(Self.example)")
            return nil
        }
        if let template = node["template"], template.string?.isEmpty ?? true {
            fault(template, "template is the name of the template that the metric is in")
            return nil
        }
        var seconds = 0.0
        if let slow = node["slow"] {
            guard let length = duration(slow, "slow") else { return nil }
            seconds = length
        }
        let given = node.entries.filter { Self.answers.contains($0.key.text) }
        guard let first = given.first, given.count == 1 else {
            fault(
                given.dropFirst().first?.key ?? node,
                "a metric has exactly one of \(Self.answers.joined(separator: ", "))", hint: "write \(Self.example)")
            return nil
        }
        return readAnswers(first, text).map {
            ScenarioMetric(text, template: node["template"]?.string, $0, slowSeconds: seconds)
        }
    }

    private mutating func readAnswers(_ entry: YAMLEntry, _ metric: String) -> ScenarioMetric.Answers? {
        switch entry.key.text {
        case "series": return readSeries(entry.value, metric).map { .recorded($0) }
        case "values":
            guard entry.value.isSequence, entry.value.count > 0 else {
                fault(entry.value, "values is a list, one value a measurement", hint: "write values: [0.99, 0.5]")
                return nil
            }
            let answers = entry.value.elements.map { readElement($0) }
            return answers.contains(nil) ? nil : .listed(answers.compactMap { $0 })
        default: return readAnswer(entry).map { .listed([$0]) }
        }
    }

    /// An element of `values`: a value, or `{error: ...}` and the like in the place of one.
    private mutating func readElement(_ node: YAMLNode) -> ScriptedAnswer? {
        guard node.isMapping, node.count == 1, let entry = node.entries.first,
            ["error", "nothing", "outcome", "value"].contains(entry.key.text)
        else { return .value(node.json) }
        return readAnswer(entry)
    }

    private mutating func readAnswer(_ entry: YAMLEntry) -> ScriptedAnswer? {
        let node = entry.value
        switch entry.key.text {
        case "value": return .value(node.json)
        case "nothing":
            guard node.isNull || node.isMapping && node.count == 0 || node.boolean == true else {
                fault(node, "nothing has no settings", hint: "write nothing: {}")
                return nil
            }
            return .nothing
        case "error":
            guard let text = node.string, !text.isEmpty else {
                fault(node, "error is the message of an error", hint: "write error: connection refused")
                return nil
            }
            return .error(text)
        default:
            let phases = AnalysisPhase.allCases.filter(\.isCompleted)
            guard node.isScalar, let phase = phases.first(where: { $0.rawValue == node.text }) else {
                unknown(node, "outcome of a measurement", among: phases.map(\.rawValue))
                return nil
            }
            return .outcome(phase)
        }
    }

    private mutating func readSeries(_ node: YAMLNode, _ metric: String) -> MetricSeries? {
        guard let path = node.string, !path.isEmpty else {
            fault(
                node, "series is a file with recorded values",
                hint: "write series: errors.csv, with lines of a time and a value, or name an AnalysisRun as JSON")
            return nil
        }
        do {
            return try MetricSeriesReader.series(try contents(path), path: path, metric: metric)
        } catch let failure as MetricSeriesReader.Failure {
            fault(node, failure.message)
        } catch {
            fault(node, "\(error)")
        }
        return nil
    }
}
