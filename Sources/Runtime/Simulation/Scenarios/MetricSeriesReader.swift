import ManifestKit

/// Reads recorded values of a metric: CSV of times and values, or an AnalysisRun as `kubectl get -o json` prints it.
enum MetricSeriesReader {
    /// Why a recording cannot be used.
    struct Failure: Error, Hashable {
        /// What is wrong, in one sentence without a full stop.
        var message: String
    }

    /// How many points a recording may have.
    private static let limit = 100_000

    /// Reads the recording of a metric.
    static func series(_ bytes: [UInt8], path: String, metric: String) throws(Failure) -> MetricSeries {
        let text = String(decoding: bytes, as: UTF8.self)
        let first = text.utf8.first { !" \t\r\n".utf8.contains($0) }
        let series = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            ? try recording(text, path, metric) : try samples(text, path)
        guard series.points.count <= limit else {
            throw Failure(message: "\(path) has more than \(limit) values")
        }
        return series
    }

    // MARK: CSV

    private static func samples(_ text: String, _ path: String) throws(Failure) -> MetricSeries {
        var points: [MetricSeries.Point] = []
        var start: Double?
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (number, line) in lines.enumerated() {
            guard let (time, value) = try cells(line, path, number + 1) else { continue }
            guard let moment = Moment(time) else {
                // The titles of the columns.
                if points.isEmpty, start == nil, MeasuredValue.number(.string(value)) == nil { continue }
                throw Failure(message: "\(path) line \(number + 1): \"\(time)\" is no time")
            }
            if start == nil, moment.isAbsolute { start = moment.seconds }
            let seconds = moment.seconds - (start ?? 0)
            if let last = points.last, last.seconds > seconds {
                throw Failure(message: "\(path) line \(number + 1): this time is before the one above it")
            }
            let answer: ScriptedAnswer = value.isEmpty ? .nothing : .value(MeasuredValue.json(value))
            points.append(MetricSeries.Point(seconds: seconds, answer: answer))
        }
        guard !points.isEmpty else { throw Failure(message: "\(path) has no line with a time and a value") }
        return MetricSeries(path: path, kind: .samples, points: points)
    }

    /// The time and the value of a line; nil for a blank line or a comment.
    private static func cells(
        _ line: Substring, _ path: String, _ number: Int
    ) throws(Failure) -> (time: String, value: String)? {
        let line = trimmed(line)
        guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
        guard let comma = line.firstIndex(where: { $0 == "," || $0 == ";" || $0 == "\t" }) else {
            throw Failure(message: "\(path) line \(number): a line is a time, a comma and a value")
        }
        let value = unquoted(trimmed(line[line.index(after: comma)...]))
        return (unquoted(trimmed(line[..<comma])), value)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text.drop { $0.isWhitespace }
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }

    /// A time in a recording.
    private struct Moment {
        var seconds: Double
        /// Whether it is a point in time and not a length of time.
        var isAbsolute = false
        /// Numbers from here on are seconds since 1970.
        private static let earliest = 1e9

        /// Reads seconds, seconds or milliseconds since 1970, `5m30s`, or RFC 3339.
        init?(_ text: String) {
            if let number = Double(text), number.isFinite {
                guard number >= 0 else { return nil }
                isAbsolute = number >= Self.earliest
                seconds = number >= Self.earliest * 1000 ? number / 1000 : number
            } else if let duration = GoDuration(text), duration.nanoseconds >= 0 {
                seconds = duration.seconds
            } else if let time = KubernetesTime(text.replacing(" ", with: "T", maxReplacements: 1)) {
                seconds = Double(time.seconds)
                isAbsolute = true
            } else {
                return nil
            }
        }
    }

    // MARK: JSON

    private static func recording(_ text: String, _ path: String, _ metric: String) throws(Failure) -> MetricSeries {
        let value: JSONValue
        do throws(JSONReader.Failure) {
            value = try JSONReader.value(text)
        } catch {
            throw Failure(message: "\(path) is \(error)")
        }
        let objects = value.array ?? value["items"]?.array ?? [value]
        let runs = objects.compactMap { AnalysisRun($0) }
        guard !runs.isEmpty else { throw Failure(message: "\(path) holds no AnalysisRun") }
        let results = runs.compactMap { run in run.status.result(metric).map { (run, $0) } }
        guard let (run, result) = results.last(where: { !$0.1.measurements.isEmpty }) else {
            let names = Set(runs.flatMap { $0.status.results.map(\.name) }).sorted().joined(separator: ", ")
            throw Failure(
                message: "\(path) has no measurements of metric \(metric)"
                    + (names.isEmpty ? "" : "; it has some of \(names)"))
        }
        let times = result.measurements.compactMap { ($0.finishedAt ?? $0.startedAt)?.seconds }
        let start = run.status.startedAt?.seconds ?? times.min() ?? 0
        let points = result.measurements.compactMap { measurement -> MetricSeries.Point? in
            guard let answer = ScriptedAnswer(recorded: measurement) else { return nil }
            let time = (measurement.startedAt ?? measurement.finishedAt)?.seconds ?? start
            return MetricSeries.Point(seconds: Double(time - start), answer: answer)
        }
        guard !points.isEmpty else { throw Failure(message: "\(path) has no completed measurement of \(metric)") }
        return MetricSeries(
            path: path, kind: .measurements, points: points.sorted { $0.seconds < $1.seconds })
    }
}
