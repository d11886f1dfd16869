/// One metric of an analysis, its arguments filled in.
public struct AnalysisMetric: Sendable {
    /// `name`.
    public var name: String
    /// `interval`, nil where the metric is measured once.
    public var interval: GoDuration?
    /// `initialDelay`.
    public var initialDelay: GoDuration?
    /// `count`; 0 where it is absent.
    public var count: Int
    /// `successCondition`, nil where it is absent or empty.
    public var successCondition: String?
    /// `failureCondition`, nil where it is absent or empty.
    public var failureCondition: String?
    /// `failureLimit`, 0 where it is absent; below 0 failures do not count.
    public var failureLimit: Int
    /// `inconclusiveLimit`, 0 where it is absent.
    public var inconclusiveLimit: Int
    /// `consecutiveErrorLimit`, 4 where it is absent.
    public var consecutiveErrorLimit: Int
    /// `consecutiveSuccessLimit`, 0 where it is absent or not asked for.
    public var consecutiveSuccessLimit: Int
    /// The field under `provider`, and its value.
    public var provider: (key: String, settings: JSONValue)?
    /// The metric as it is written.
    public var object: JSONValue

    /// Reads a metric; a field that cannot be understood is a problem, in the reference's words.
    public init(_ object: JSONValue) throws(AnalysisProblem) {
        self.object = object
        name = object.text("name") ?? ""
        interval = try Self.duration(object, "interval", as: "interval")
        initialDelay = try Self.duration(object, "initialDelay", as: "startDelay")
        count = Self.number(object, "count") ?? 0
        successCondition = object.text("successCondition")
        failureCondition = object.text("failureCondition")
        failureLimit = Self.number(object, "failureLimit") ?? 0
        inconclusiveLimit = Self.number(object, "inconclusiveLimit") ?? 0
        consecutiveErrorLimit = Self.number(object, "consecutiveErrorLimit") ?? Self.consecutiveErrorLimit
        consecutiveSuccessLimit = Self.number(object, "consecutiveSuccessLimit") ?? 0
        try checkLimits()
        provider = try Self.provider(object)
    }

    /// Errors in a row that a metric gets over where it says nothing of them.
    static let consecutiveErrorLimit = 4

    /// How many measurements are wanted; nil for as many as time allows.
    public var wantedCount: Int? { count == 0 ? (interval == nil ? 1 : nil) : count }

    private static func duration(
        _ object: JSONValue, _ key: String, as name: String
    ) throws(AnalysisProblem) -> GoDuration? {
        guard let text = object.text(key) else { return nil }
        switch GoDuration.parse(text) {
        case .success(let duration): return duration
        case .failure(let malformation):
            throw AnalysisProblem("invalid \(name) string: \(GoText.quoted(text)): \(malformation.reason)")
        }
    }

    /// A number that may be written as text; a text that is none counts as 0, as in the reference.
    private static func number(_ object: JSONValue, _ key: String) -> Int? {
        guard let value = object.present(key) else { return nil }
        if let text = value.string { return Int32(text).map { Int($0) } ?? 0 }
        return object.count(key)
    }

    private static func provider(_ object: JSONValue) throws(AnalysisProblem) -> (key: String, settings: JSONValue) {
        let fields = (object["provider"]?.object?.fields ?? []).filter { !$0.value.isNull }
        var found: [(key: String, settings: JSONValue)] = []
        for (key, value) in fields {
            guard key == "plugin" else {
                found.append((key, value))
                continue
            }
            for (name, settings) in value.object?.fields ?? [] { found.append(("plugin", [name: settings])) }
        }
        guard let first = found.first else { throw AnalysisProblem("no provider specified") }
        guard found.count == 1 else { throw AnalysisProblem("multiple providers specified") }
        return first
    }

    private func checkLimits() throws(AnalysisProblem) {
        let success = consecutiveSuccessLimit
        if success < 0 { throw AnalysisProblem("consecutiveSuccessLimit must be >= 0") }
        if failureLimit < -1 { throw AnalysisProblem("failureLimit must be >= 0, or -1 to be disabled") }
        if success == 0, failureLimit == -1 {
            throw AnalysisProblem("failureLimit and consecutiveSuccessLimit cannot both be disabled")
        }
        if inconclusiveLimit < 0 { throw AnalysisProblem("inconclusiveLimit must be >= 0") }
        if consecutiveErrorLimit < 0 { throw AnalysisProblem("consecutiveErrorLimit must be >= 0") }
        if count > 0 {
            if failureLimit >= 0, count < failureLimit + success {
                throw AnalysisProblem(
                    "count (\(count)) must be >= failureLimit + consecutiveSuccessLimit (\(failureLimit) + \(success)) "
                        + "if both >= 0")
            }
            if failureLimit < 0, count < success { throw AnalysisProblem("count must be >= consecutiveSuccessLimit") }
            if count < inconclusiveLimit { throw AnalysisProblem("count must be >= inconclusiveLimit") }
        }
        if count > 1, interval == nil { throw AnalysisProblem("interval must be specified when count > 1") }
    }
}
