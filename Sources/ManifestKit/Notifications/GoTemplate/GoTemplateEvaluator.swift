/// Makes a text from a template and a value.
struct GoTemplateEvaluator {
    typealias Program = GoTemplateProgram

    /// How deep templates may call each other.
    private static let deepest = 100

    private let program: Program
    private let root: ExpressionValue
    private let now: PresentMoment
    private let limits: GoTemplate.Limits
    private var steps: Int
    private var output: [UInt8] = []
    private var variables: [(name: String, value: ExpressionValue)] = []
    private var depth = 0

    init(_ program: Program, root: ExpressionValue, now: PresentMoment, limits: GoTemplate.Limits) {
        self.program = program
        self.root = root
        self.now = now
        self.limits = limits
        steps = limits.steps
    }

    /// The whole text.
    mutating func run() throws(GoTemplateFailure) -> String {
        variables = [("$", root)]
        _ = try walk(program.main, dot: root)
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Statements

    private mutating func spend(_ range: Range<Int>) throws(GoTemplateFailure) {
        steps -= 1
        if steps < 0 { throw GoTemplateFailure("the template takes more than \(limits.steps) steps", range) }
    }

    private mutating func write(_ text: String, _ range: Range<Int>) throws(GoTemplateFailure) {
        output.append(contentsOf: text.utf8)
        if output.count > limits.bytes {
            throw GoTemplateFailure("the template writes more than \(limits.bytes) bytes", range)
        }
    }

    private mutating func walk(
        _ list: [Program.Statement], dot: ExpressionValue
    ) throws(GoTemplateFailure) -> Program.Leaving? {
        for statement in list {
            switch statement {
            case .text(let text): try write(text, 0..<0)
            case .action(let pipeline):
                let value = try value(of: pipeline, dot: dot)
                if pipeline.variables.isEmpty { try write(GoFormat.printed(value), pipeline.range) }
            case .branch(let pipeline, let then, let otherwise, let setsDot):
                let mark = variables.count
                defer { variables.removeLast(variables.count - mark) }
                let value = try value(of: pipeline, dot: dot)
                let isTrue = GoFormat.isTrue(value)
                if let leaving = try walk(isTrue ? then : otherwise, dot: isTrue && setsDot ? value : dot) {
                    return leaving
                }
            case .range(let pipeline, let body, let otherwise):
                if let leaving = try loop(pipeline, body, otherwise, dot) { return leaving }
            case .template(let name, let pipeline, let range): try include(name, pipeline, range, dot)
            case .leave(let leaving): return leaving
            }
        }
        return nil
    }

    private mutating func loop(
        _ pipeline: Program.Pipeline, _ body: [Program.Statement], _ otherwise: [Program.Statement],
        _ dot: ExpressionValue
    ) throws(GoTemplateFailure) -> Program.Leaving? {
        let mark = variables.count
        defer { variables.removeLast(variables.count - mark) }
        var bare = pipeline
        bare.variables = []
        let entries = try entries(of: try value(of: bare, dot: dot), pipeline.range)
        if entries.isEmpty { return try walk(otherwise, dot: dot) }
        let names = pipeline.variables
        if !pipeline.isAssignment { for name in names { variables.append((name, .null)) } }
        let inner = variables.count
        for entry in entries {
            try spend(pipeline.range)
            if let last = names.last { assign(last, entry.value) }
            if names.count > 1, let first = names.first { assign(first, entry.key) }
            let leaving = try walk(body, dot: entry.value)
            variables.removeLast(variables.count - inner)
            if leaving == .end { break }
        }
        return nil
    }

    /// What `range` goes through: the elements of a list, the entries of a map in the order of their keys, numbers.
    private func entries(
        of value: ExpressionValue, _ range: Range<Int>
    ) throws(GoTemplateFailure) -> [ExpressionValue.Entry] {
        switch value {
        case .null: return []
        case .array, .bytes:
            return zip(0..., value.elements ?? []).map { .init(key: .integer(Int64($0)), value: $1) }
        case .map(let entries):
            return entries.sorted { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) }
        case .integer(let count):
            guard count <= limits.steps else {
                throw GoTemplateFailure("the template takes more than \(limits.steps) steps", range)
            }
            return (0..<max(0, count)).map { .init(key: .integer($0), value: .integer($0)) }
        default: throw GoTemplateFailure("range cannot go through \(value.type.name)", range)
        }
    }

    private mutating func include(
        _ name: String, _ pipeline: Program.Pipeline?, _ range: Range<Int>, _ dot: ExpressionValue
    ) throws(GoTemplateFailure) {
        guard let list = program.definitions[name] else {
            throw GoTemplateFailure("template \"\(name)\" not defined", range)
        }
        guard depth < Self.deepest else {
            throw GoTemplateFailure("templates call each other more than \(Self.deepest) deep", range)
        }
        try spend(range)
        var inner = ExpressionValue.null
        if let pipeline { inner = try value(of: pipeline, dot: dot) }
        let outer = variables
        variables = [("$", inner)]
        depth += 1
        defer {
            variables = outer
            depth -= 1
        }
        _ = try walk(list, dot: inner)
    }

    private mutating func assign(_ name: String, _ value: ExpressionValue) {
        guard let place = variables.lastIndex(where: { $0.name == name }) else { return }
        variables[place].value = value
    }

    // MARK: Pipelines

    private mutating func value(
        of pipeline: Program.Pipeline, dot: ExpressionValue
    ) throws(GoTemplateFailure) -> ExpressionValue {
        var last: ExpressionValue?
        for command in pipeline.commands {
            try spend(command.range)
            last = try value(of: command, dot: dot, piped: last)
        }
        let value = last ?? .null
        for name in pipeline.variables {
            if pipeline.isAssignment { assign(name, value) } else { variables.append((name, value)) }
        }
        return value
    }

    private mutating func value(
        of command: Program.Command, dot: ExpressionValue, piped: ExpressionValue?
    ) throws(GoTemplateFailure) -> ExpressionValue {
        let first = command.operands[0]
        let rest = command.operands.dropFirst()
        switch first.kind {
        case .function(let name):
            return try call(name, Array(rest), dot: dot, piped: piped, command.range)
        case .fields(let base, let names):
            let object = try value(of: base, dot: dot)
            return try chain(names, of: object, Array(rest), dot: dot, piped: piped, first.range)
        default:
            guard rest.isEmpty, piped == nil else {
                throw GoTemplateFailure("this is no function and takes no arguments", first.range)
            }
            return try value(of: first, dot: dot)
        }
    }

    private mutating func value(
        of operand: Program.Operand, dot: ExpressionValue
    ) throws(GoTemplateFailure) -> ExpressionValue {
        switch operand.kind {
        case .dot: return dot
        case .null: return .null
        case .constant(let value): return value
        case .variable(let name): return variables.last { $0.name == name }?.value ?? .null
        case .function(let name): return try call(name, [], dot: dot, piped: nil, operand.range)
        case .pipeline(let pipeline): return try value(of: pipeline, dot: dot)
        case .fields(let base, let names):
            let object = try value(of: base, dot: dot)
            return try chain(names, of: object, [], dot: dot, piped: nil, operand.range)
        }
    }

    /// Goes from field to field; what takes arguments is the last.
    private mutating func chain(
        _ names: [String], of object: ExpressionValue, _ operands: [Program.Operand], dot: ExpressionValue,
        piped: ExpressionValue?, _ range: Range<Int>
    ) throws(GoTemplateFailure) -> ExpressionValue {
        var arguments: [ExpressionValue] = []
        for operand in operands { arguments.append(try value(of: operand, dot: dot)) }
        if let piped { arguments.append(piped) }
        var current = object
        for (position, name) in names.enumerated() {
            try spend(range)
            let isLast = position == names.count - 1
            do throws(FunctionProblem) {
                current = try GoTemplateMethods.field(name, of: current, isLast ? arguments : [])
            } catch {
                throw GoTemplateFailure(error.message, range)
            }
        }
        return current
    }

    private mutating func call(
        _ name: String, _ operands: [Program.Operand], dot: ExpressionValue, piped: ExpressionValue?,
        _ range: Range<Int>
    ) throws(GoTemplateFailure) -> ExpressionValue {
        try spend(range)
        if name == "and" || name == "or" { return try shortcut(name, operands, dot: dot, piped: piped, range) }
        var values: [ExpressionValue] = []
        for operand in operands { values.append(try value(of: operand, dot: dot)) }
        if let piped { values.append(piped) }
        do throws(FunctionProblem) {
            try charge(name, values)
            if steps >= 0 {
                let value = try GoTemplateFunctions.call(
                    GoTemplateArguments(name: name, values: values, now: now, longestText: limits.bytes))
                try charge(value)
                if steps >= 0 { return value }
            }
        } catch {
            throw GoTemplateFailure("\(name): \(error.message)", range)
        }
        throw GoTemplateFailure("the template takes more than \(limits.steps) steps", range)
    }

    /// What a function has to look through costs steps too: an element of a list or a map one, a text as many as it is
    /// long, and where each part of one argument may be compared with each of another, as many as there are pairs.
    private mutating func charge(_ name: String, _ values: [ExpressionValue]) throws(FunctionProblem) {
        switch name {
        case "eq", "has", "ne", "uniq", "without": for value in values { try charge(value) }
        default: break
        }
        let sizes = values.map { value in
            switch value {
            case .string(let text): text.utf8.count
            case .map(let entries): entries.count * 64
            default: (value.elements?.count ?? 0) * 64
            }
        }
        steps -= sizes.reduce(0, +) / 64
        guard steps >= 0 else { return }
        let (sum, first) = (sizes.reduce(0, +), sizes.first ?? 0)
        let pairs = switch name {
        case "merge", "uniq": sum / 64 * sum / 1024
        case "omit", "pick", "without": values.count * first / 64
        case "contains", "mustRegexMatch", "regexMatch", "replace", "split", "splitList", "splitn", "trimAll":
            first * (sum - first) / 1024
        default: 0
        }
        steps -= pairs
    }

    /// What a function makes costs as many steps as it is large, so that nothing grows without end.
    private mutating func charge(_ value: ExpressionValue) throws(FunctionProblem) {
        steps -= 1
        guard steps >= 0 else { return }
        switch value {
        case .string(let text):
            if text.utf8.count > limits.bytes {
                throw FunctionProblem("the text would be longer than \(limits.bytes) bytes")
            }
            steps -= text.utf8.count / 64
        case .array(let elements): for element in elements where steps >= 0 { try charge(element) }
        case .map(let entries): for entry in entries where steps >= 0 { try charge(entry.value) }
        default: break
        }
    }

    /// `and` and `or` work out no more of their arguments than they need.
    private mutating func shortcut(
        _ name: String, _ operands: [Program.Operand], dot: ExpressionValue, piped: ExpressionValue?,
        _ range: Range<Int>
    ) throws(GoTemplateFailure) -> ExpressionValue {
        guard !operands.isEmpty || piped != nil else {
            throw GoTemplateFailure("\(name) takes at least 1 argument", range)
        }
        var last = ExpressionValue.null
        for operand in operands {
            last = try value(of: operand, dot: dot)
            if GoFormat.isTrue(last) == (name == "or") { return last }
        }
        return piped ?? last
    }
}

/// Fields and methods of values.
enum GoTemplateMethods {
    /// A field of a map, or a method of a time or a length of time.
    static func field(
        _ name: String, of object: ExpressionValue, _ arguments: [ExpressionValue]
    ) throws(FunctionProblem) -> ExpressionValue {
        switch object {
        case .time, .duration:
            guard let value = try ExpressionTimes.method(name, of: object, arguments) else {
                throw FunctionProblem("\(object.type.name) has no method \(name)")
            }
            return value
        case .null: return .null
        case .map:
            guard arguments.isEmpty else {
                throw FunctionProblem("\(name) is no method and takes no arguments; a function is called by `call`")
            }
            return object.value(forKey: .string(name)) ?? .null
        default: throw FunctionProblem("can't evaluate field \(name) of \(object.type.name)")
        }
    }
}
