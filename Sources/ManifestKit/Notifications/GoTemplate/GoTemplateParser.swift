/// Reads the pieces of a template as statements.
struct GoTemplateParser {
    typealias Program = GoTemplateProgram
    private typealias Token = GoTemplateLexer.Token

    /// How deep actions and parentheses may stand inside each other.
    private static let deepest = 100

    /// What ended a list of statements.
    private enum End {
        case end
        case otherwise(ArraySlice<Token>, Range<Int>)
        case text
    }

    private var pieces: ArraySlice<GoTemplateLexer.Piece>
    private var program = Program()
    /// The variables that can be named here, `$` first.
    private var variables = ["$"]
    private var loops = 0
    private var depth = 0
    /// The tokens of the action that is read.
    private var tokens: ArraySlice<Token> = []
    private var action = 0..<0

    private init(_ pieces: [GoTemplateLexer.Piece]) { self.pieces = pieces[...] }

    /// Reads a whole template.
    static func parse(_ text: String) throws(GoTemplateFailure) -> GoTemplateProgram {
        var parser = GoTemplateParser(try GoTemplateLexer.pieces(of: text))
        let (list, end) = try parser.statements()
        switch end {
        case .text: break
        case .end: throw GoTemplateFailure("this `end` closes nothing", parser.action)
        case .otherwise(_, let range): throw GoTemplateFailure("this `else` belongs to nothing", range)
        }
        parser.program.main = list
        return parser.program
    }

    // MARK: Statements

    private mutating func statements() throws(GoTemplateFailure) -> ([Program.Statement], End) {
        var list: [Program.Statement] = []
        while let piece = pieces.popFirst() {
            switch piece {
            case .text(let text): list.append(.text(text))
            case .action(let tokens, let range):
                self.tokens = tokens[...]
                action = range
                if case .word(let word) = tokens[0].kind {
                    switch word {
                    case "end":
                        self.tokens.removeFirst()
                        try expectEnd(of: "end")
                        return (list, .end)
                    case "else": return (list, .otherwise(self.tokens.dropFirst(), range))
                    default: break
                    }
                }
                if let statement = try statement() { list.append(statement) }
            }
        }
        return (list, .text)
    }

    private mutating func statement() throws(GoTemplateFailure) -> Program.Statement? {
        guard case .word(let word) = tokens.first?.kind else { return .action(try pipeline("action")) }
        switch word {
        case "if", "with", "range":
            tokens.removeFirst()
            return try nested { parser throws(GoTemplateFailure) in try parser.block(word) }
        case "break", "continue":
            tokens.removeFirst()
            try expectEnd(of: word)
            guard loops > 0 else { throw GoTemplateFailure("`\(word)` stands outside of a `range`", action) }
            return .leave(word == "break" ? .end : .next)
        case "template":
            tokens.removeFirst()
            let name = try name(of: word)
            let range = action
            return .template(name, tokens.isEmpty ? nil : try pipeline(word), range)
        case "define":
            tokens.removeFirst()
            let name = try name(of: word)
            try expectEnd(of: word)
            try define(name)
            return nil
        case "block":
            tokens.removeFirst()
            let name = try name(of: word)
            let range = action
            guard !tokens.isEmpty else { throw GoTemplateFailure("`block` needs a value behind its name", range) }
            let pipeline = try pipeline(word)
            try define(name)
            return .template(name, pipeline, range)
        default: return .action(try pipeline("action"))
        }
    }

    private mutating func nested<Result>(
        _ body: (inout GoTemplateParser) throws(GoTemplateFailure) -> Result
    ) throws(GoTemplateFailure) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw GoTemplateFailure("the template is nested more than \(Self.deepest) deep", action)
        }
        return try body(&self)
    }

    private mutating func block(_ word: String) throws(GoTemplateFailure) -> Program.Statement {
        let opening = action
        let outer = variables
        defer { variables = outer }
        let pipeline = try pipeline(word)
        if word == "range" { loops += 1 }
        let (body, end) = try statements()
        if word == "range" { loops -= 1 }
        var otherwise: [Program.Statement] = []
        switch end {
        case .text: throw GoTemplateFailure("this `\(word)` is not closed by `{{end}}`", opening)
        case .end: break
        case .otherwise(let rest, let range):
            variables = Array(variables.prefix(outer.count + pipelineVariables(pipeline)))
            otherwise = try alternative(rest, range, of: word, opening)
        }
        switch word {
        case "range": return .range(pipeline, body: body, otherwise: otherwise)
        default: return .branch(pipeline, then: body, otherwise: otherwise, setsDot: word == "with")
        }
    }

    private func pipelineVariables(_ pipeline: Program.Pipeline) -> Int {
        pipeline.isAssignment ? 0 : pipeline.variables.count
    }

    private mutating func alternative(
        _ rest: ArraySlice<Token>, _ range: Range<Int>, of word: String, _ opening: Range<Int>
    ) throws(GoTemplateFailure) -> [Program.Statement] {
        tokens = rest
        action = range
        if case .word(let next) = tokens.first?.kind, next == word, word != "range" {
            tokens.removeFirst()
            // The `end` of `else if` closes the whole of it.
            return [try nested { parser throws(GoTemplateFailure) in try parser.block(next) }]
        }
        try expectEnd(of: "else")
        let (list, end) = try statements()
        switch end {
        case .end: return list
        case .text: throw GoTemplateFailure("this `\(word)` is not closed by `{{end}}`", opening)
        case .otherwise(_, let second): throw GoTemplateFailure("there is an `else` before this one", second)
        }
    }

    private mutating func define(_ name: String) throws(GoTemplateFailure) {
        let opening = action
        let (outer, outerLoops) = (variables, loops)
        (variables, loops) = (["$"], 0)
        defer { (variables, loops) = (outer, outerLoops) }
        let (list, end) = try nested { parser throws(GoTemplateFailure) in try parser.statements() }
        guard case .end = end else { throw GoTemplateFailure("this definition is not closed by `{{end}}`", opening) }
        program.definitions[name] = list
    }

    private mutating func name(of word: String) throws(GoTemplateFailure) -> String {
        guard case .string(let name) = tokens.first?.kind else {
            throw GoTemplateFailure("`\(word)` needs a name in quotes", tokens.first?.range ?? action)
        }
        tokens.removeFirst()
        return name
    }

    private func expectEnd(of word: String) throws(GoTemplateFailure) {
        guard let token = tokens.first else { return }
        throw GoTemplateFailure("nothing may stand behind `\(word)` here", token.range)
    }

    // MARK: Pipelines

    private mutating func pipeline(_ word: String) throws(GoTemplateFailure) -> Program.Pipeline {
        guard let first = tokens.first else { throw GoTemplateFailure("`\(word)` needs a value", action) }
        var pipeline = Program.Pipeline(range: first.range)
        try declarations(&pipeline, word)
        let (commands, end) = try commands(word)
        pipeline.commands = commands
        pipeline.range = first.range.lowerBound..<end
        if let token = tokens.first { throw unexpected(token) }
        if !pipeline.isAssignment { variables += pipeline.variables }
        return pipeline
    }

    /// `$x :=`, `$x =` and, for `range`, `$i, $x :=`.
    private mutating func declarations(_ pipeline: inout Program.Pipeline, _ word: String) throws(GoTemplateFailure) {
        let list = Array(tokens.prefix(4))
        guard case .variable(let first) = list[0].kind, list.count > 1 else { return }
        var names = [first]
        var position = 1
        if word == "range", list.count > 3, list[1].kind == .comma, case .variable(let second) = list[2].kind {
            names.append(second)
            position = 3
        }
        guard list[position].kind == .declare || list[position].kind == .assign else { return }
        pipeline.isAssignment = list[position].kind == .assign
        if pipeline.isAssignment {
            for name in names where !variables.contains(name) { throw undefined(name, list[0].range) }
        }
        pipeline.variables = names
        tokens = tokens.dropFirst(position + 1)
    }

    private mutating func commands(_ word: String) throws(GoTemplateFailure) -> ([Program.Command], Int) {
        var commands: [Program.Command] = []
        while true {
            let operands = try operands()
            guard let first = operands.first, let last = operands.last else {
                let range = tokens.first?.range ?? action
                let message = commands.isEmpty ? "a value is missing here" : "nothing stands behind `|`"
                throw GoTemplateFailure(message, range)
            }
            if !commands.isEmpty { try checkPiped(first) }
            commands.append(
                Program.Command(operands: operands, range: first.range.lowerBound..<last.range.upperBound))
            guard tokens.first?.kind == .pipe else { return (commands, last.range.upperBound) }
            tokens.removeFirst()
        }
    }

    /// What gets a value from `|` has to be able to take one.
    private func checkPiped(_ operand: Program.Operand) throws(GoTemplateFailure) {
        switch operand.kind {
        case .constant, .null, .dot:
            throw GoTemplateFailure("what stands behind `|` has to be a function", operand.range)
        default: break
        }
    }

    private mutating func operands() throws(GoTemplateFailure) -> [Program.Operand] {
        var operands: [Program.Operand] = []
        while let token = tokens.first {
            switch token.kind {
            case .pipe, .close: return operands
            case .comma, .declare, .assign: throw unexpected(token)
            default: break
            }
            if !operands.isEmpty, !token.isApart {
                throw GoTemplateFailure("a blank has to stand between two values", token.range)
            }
            operands.append(try operand())
        }
        return operands
    }

    private mutating func operand() throws(GoTemplateFailure) -> Program.Operand {
        let token = tokens.removeFirst()
        var operand = Program.Operand(kind: .dot, range: token.range)
        switch token.kind {
        case .dot: break
        case .field(let name): operand.kind = .fields(operand, [name])
        case .variable(let name):
            guard variables.contains(name) else { throw undefined(name, token.range) }
            operand.kind = .variable(name)
        case .string(let text): operand.kind = .constant(.string(text))
        case .number(.integer(let value)): operand.kind = .constant(.integer(value))
        case .number(.float(let value)): operand.kind = .constant(.float(value))
        case .word(let word): operand.kind = try meaning(of: word, token.range)
        case .open:
            let inner = try nested { parser throws(GoTemplateFailure) in try parser.parenthesized(from: token.range) }
            operand = Program.Operand(kind: .pipeline(inner), range: inner.range)
        case .pipe, .close, .comma, .declare, .assign: throw unexpected(token)
        }
        var fields: [String] = []
        var end = operand.range.upperBound
        while let next = tokens.first, !next.isApart, case .field(let name) = next.kind {
            fields.append(name)
            end = next.range.upperBound
            tokens.removeFirst()
        }
        guard !fields.isEmpty else { return operand }
        let range = operand.range.lowerBound..<end
        switch operand.kind {
        case .fields(let base, let names):
            return Program.Operand(kind: .fields(base, names + fields), range: range)
        case .constant, .null:
            throw GoTemplateFailure("a constant has no fields", range)
        default: return Program.Operand(kind: .fields(operand, fields), range: range)
        }
    }

    private mutating func parenthesized(from opening: Range<Int>) throws(GoTemplateFailure) -> Program.Pipeline {
        let (commands, _) = try commands("(")
        guard let close = tokens.first, close.kind == .close else {
            throw GoTemplateFailure("this parenthesis is not closed", opening)
        }
        tokens.removeFirst()
        return Program.Pipeline(commands: commands, range: opening.lowerBound..<close.range.upperBound)
    }

    private func meaning(of word: String, _ range: Range<Int>) throws(GoTemplateFailure) -> Program.Operand.Kind {
        switch word {
        case "true": return .constant(.boolean(true))
        case "false": return .constant(.boolean(false))
        case "nil": return .null
        default: break
        }
        if GoTemplateFunctions.arity(of: word) != nil { return .function(word) }
        if let reason = GoTemplateFunctions.reasonAgainst(word) {
            throw GoTemplateFailure("the function \"\(word)\" is not available: \(reason)", range)
        }
        let closest = GoTemplateFunctions.closest(to: word).map { "; did you mean \"\($0)\"?" } ?? ""
        throw GoTemplateFailure("function \"\(word)\" not defined\(closest)", range)
    }

    private func undefined(_ name: String, _ range: Range<Int>) -> GoTemplateFailure {
        GoTemplateFailure("undefined variable \"\(name)\"", range)
    }

    private func unexpected(_ token: Token) -> GoTemplateFailure {
        let text = switch token.kind {
        case .close: "`)` closes nothing"
        case .comma: "`,` has no meaning here: arguments are separated by blanks"
        case .declare: "`:=` stands only behind a variable at the beginning of an action"
        case .assign: "`=` stands only behind a variable at the beginning; to compare two values, write `eq A B`"
        default: "this is not expected here"
        }
        return GoTemplateFailure(text, token.range)
    }
}
