/// An argument of an AnalysisRun or of a template.
public struct AnalysisArgument: Hashable, Sendable {
    /// A key of a Secret.
    public struct SecretKey: Hashable, Sendable {
        /// `name` of the Secret.
        public var name: String
        /// `key` in it.
        public var key: String
    }

    /// `name`.
    public var name: String
    /// `value`.
    public var value: String?
    /// `valueFrom.secretKeyRef`.
    public var secretKey: SecretKey?
    /// The argument as it is written.
    private(set) var object: JSONValue

    init?(_ object: JSONValue) {
        guard let name = object.text("name") else { return nil }
        self.name = name
        value = object["value"]?.string
        secretKey = object["valueFrom"]?.present("secretKeyRef").map {
            SecretKey(name: $0.text("name") ?? "", key: $0.text("key") ?? "")
        }
        self.object = object
    }

    /// Makes an argument with a value.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
        object = ["name": .string(name), "value": .string(value)]
    }

    /// Whether it says where its value comes from.
    var isResolved: Bool { value != nil || object.present("valueFrom") != nil }

    /// Takes what another argument of this name says.
    mutating func take(_ other: AnalysisArgument) {
        if other.value != nil {
            value = other.value
            object["value"] = other.object["value"]
        } else if let source = other.object.present("valueFrom") {
            secretKey = other.secretKey
            object["valueFrom"] = source
        }
    }

    /// As a run carries it.
    var json: JSONValue { object }
}

/// The values that stand for `{{args.name}}` in a metric.
public struct AnalysisArguments: Sendable {
    private var values: [String: String] = [:]

    /// Takes values by the names of their arguments.
    public init(_ values: [String: String]) { self.values = values }

    /// Takes the values of arguments; one without a value is a problem.
    init(_ arguments: [AnalysisArgument]) throws(AnalysisProblem) {
        for argument in arguments {
            guard let value = argument.value else {
                throw AnalysisProblem("argument \"\(argument.name)\" was not supplied")
            }
            values[argument.name] = value
        }
    }

    /// A value with every `{{args.name}}` in its texts and keys filled in.
    public func filled(_ value: JSONValue) throws(AnalysisProblem) -> JSONValue {
        switch value {
        case .string(let text): return .string(try filled(text))
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(try filled(element)) }
            return .array(result)
        case .object(let object):
            var result: [(String, JSONValue)] = []
            for (key, field) in object.fields { result.append((try filled(key), try filled(field))) }
            return .object(JSONObject(result))
        default: return value
        }
    }

    private func filled(_ text: String) throws(AnalysisProblem) -> String {
        let tags = ArgumentTags(text)
        if tags.isEmpty { return text }
        guard tags.unclosed == nil else {
            throw AnalysisProblem("cannot find end tag=\"}}\" in \(GoText.quoted(text))")
        }
        if let unknown = tags.tags.first(where: { $0.argument.flatMap { values[$0] } == nil }) {
            throw AnalysisProblem("failed to resolve {{\(unknown.name)}}")
        }
        return tags.replaced { tag in tag.argument.flatMap { values[$0] } ?? "" }
    }

    /// The arguments of a run: those that its templates declare, with the values that are given.
    ///
    /// A value for an argument that no template declares is ignored, as the reference does.
    static func merged(
        given: [AnalysisArgument], declared: [AnalysisArgument]
    ) throws(AnalysisProblem) -> [AnalysisArgument] {
        var result = declared
        for argument in given {
            if let place = result.firstIndex(where: { $0.name == argument.name }) { result[place].take(argument) }
        }
        if let open = result.first(where: { !$0.isResolved }) {
            throw AnalysisProblem("args.\(open.name) was not resolved")
        }
        return result
    }
}
