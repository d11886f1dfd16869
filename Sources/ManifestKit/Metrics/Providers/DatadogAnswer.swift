/// What Datadog answered to a query.
struct DatadogAnswer {
    /// A version of Datadog's API.
    enum Version: Sendable {
        /// A time series, whose last point counts.
        case first
        /// One value, or one for each group.
        case second
    }

    /// Groups that the metadata of a measurement has room for; conditions see all of them.
    private static let shownGroups = 100

    private let json: JSONValue
    private let version: Version

    init(_ json: JSONValue, _ version: Version) {
        self.json = json
        self.version = version
    }

    /// The measurement that the answer stands for.
    func measurement(_ context: MeasurementContext) throws(AnalysisProblem) -> Measurement {
        switch version {
        case .first: try series(context)
        case .second: try columns(context)
        }
    }

    // MARK: Version 1

    private func series(_ context: MeasurementContext) throws(AnalysisProblem) -> Measurement {
        let series = json["series"]
        if let series, series.array == nil, !series.isNull {
            throw AnalysisProblem("Could not parse JSON body: `series` is no list")
        }
        guard let first = series?.array?.first, let point = first["pointlist"]?.array?.last else {
            let text = switch series?.array {
            case nil: "null"
            case .some(let all):
                "[" + all.map { $0["pointlist"]?.array == nil ? #"{"Pointlist":null}"# : #"{"Pointlist":[]}"# }
                    .joined(separator: ",") + "]"
            }
            return context.begun.judged(.null, value: text, context)
        }
        guard let pair = point.array, pair.count == 2 else {
            throw AnalysisProblem("Datapoint does not have 2 values")
        }
        // A point without a value reads as 0, as it always has.
        guard let value = pair[1].isNull ? 0 : pair[1].number else {
            throw AnalysisProblem("Could not parse JSON body: the value of a point is no number")
        }
        return context.begun.judged(.float(value), value: GoNumber.plain(value), context)
    }

    // MARK: Version 2

    /// A value and the tags of its group.
    private struct Group {
        var name: String
        var value: Double
    }

    private func columns(_ context: MeasurementContext) throws(AnalysisProblem) -> Measurement {
        let data = json["data"]
        if let errors = data?.text("errors") {
            throw AnalysisProblem("There were errors in your query: \(MetricAnswer.excerpt(errors))")
        }
        let columns = data?["attributes"]?["columns"]?.array ?? []
        // Answers of old have columns without a type.
        let numbers = columns.first { $0.text("type") == nil || $0.text("type") == "number" }
        let labels = columns.filter { $0.text("type") == "group" }
        var groups: [Group] = []
        for (row, value) in (numbers?["values"]?.array ?? []).enumerated() where !value.isNull {
            guard let number = value.number else {
                let name = numbers?.text("name") ?? ""
                throw AnalysisProblem("could not parse numeric value \(GoText.quoted(JSONWriter.text(value))) in "
                    + "column \(GoText.quoted(name))")
            }
            groups.append(Group(name: try Self.name(ofRow: row, labels), value: number))
        }
        guard !groups.isEmpty else { return context.begun.judged(.null, value: "[]", context) }
        guard !labels.isEmpty else {
            let value = groups[0].value
            return context.begun.judged(.float(value), value: GoNumber.plain(value), context)
        }
        var measurement = context.begun.judged(
            .array(groups.map { .float($0.value) }),
            value: "[" + groups.map { GoNumber.plain($0.value) }.joined(separator: ",") + "]",
            type: .array(.floats, .float), context)
        if measurement.phase != .error { measurement.metadata = Self.metadata(groups) }
        return measurement
    }

    /// The tags of a row from all columns of tags; a row without them is a problem, for no value may lose its name.
    private static func name(ofRow row: Int, _ labels: [JSONValue]) throws(AnalysisProblem) -> String {
        var tags: [String] = []
        for column in labels {
            let cell = column["values"]?[row]?.array ?? []
            guard !cell.isEmpty, cell.allSatisfy({ $0.string != nil }) else {
                throw AnalysisProblem("could not parse group label at index \(row)")
            }
            tags += cell.compactMap(\.string)
        }
        return tags.joined(separator: ",")
    }

    /// The groups for people; of too many the least and the greatest values, as the bad ones are at either end.
    private static func metadata(_ groups: [Group]) -> [String: String] {
        var shown = groups
        if groups.count > shownGroups {
            let sorted = groups.enumerated()
                .sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }.map(\.element)
            shown = Array(sorted.prefix(shownGroups / 2) + sorted.suffix(shownGroups - shownGroups / 2))
        }
        let texts = shown.map { #"{"name":\#(JSONWriter.quoted($0.name)),"value":\#(GoNumber.json($0.value))}"# }
        var metadata = ["groups": "[" + texts.joined(separator: ",") + "]"]
        if groups.count > shownGroups { metadata["groups_truncated"] = "true" }
        return metadata
    }
}
