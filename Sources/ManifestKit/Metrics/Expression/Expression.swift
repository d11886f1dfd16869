/// An expression of the expr language, as `successCondition` and `failureCondition` of a metric hold it.
public struct Expression: Sendable {
    /// The text.
    public let text: String
    /// Its syntax tree.
    public let root: ExpressionNode
    /// The type of its outcome, as far as it can be told.
    public let type: ExpressionType
    let environment: ExpressionEnvironment

    /// Reads and checks an expression as the controller does before it takes a measurement.
    public init(_ text: String, in environment: ExpressionEnvironment) throws(ExpressionFailure) {
        self.text = text
        self.environment = environment
        root = try ExpressionParser.parse(text)
        var checker = ExpressionChecker(environment)
        type = try checker.check(root)
    }

    /// Reads a condition, which has to come out as a boolean.
    public static func condition(
        _ text: String, result: ExpressionType = .unknown
    ) throws(ExpressionFailure) -> Expression {
        let expression = try Expression(text, in: .condition(result: result))
        if expression.type.isSurelyNotBoolean {
            let outcome = expression.type == .arithmetic ? "a number or a text" : expression.type.name
            throw ExpressionFailure("a condition comes out as true or false, and this is "
                + "\(outcome)", expression.root.range)
        }
        return expression
    }

    /// Reads the start or the end of a range query, which has to come out as a time.
    public static func time(_ text: String) throws(ExpressionFailure) -> Expression {
        let expression = try Expression(text, in: .time)
        switch expression.type {
        case .time, .unknown, .arithmetic: return expression
        default:
            throw ExpressionFailure("a time is needed, and this is \(expression.type.name)", expression.root.range)
        }
    }
}

// MARK: - Evaluation

extension Expression {
    /// How many steps an evaluation may take, so that no expression holds up what waits for it.
    public static let stepLimit = 1_000_000

    /// Works the expression out for a result of a metric.
    public func value(
        result: ExpressionValue, now: PresentMoment, stepLimit: Int = Expression.stepLimit
    ) -> Result<ExpressionValue, ExpressionFailure> {
        var variables: [String: ExpressionValue] = [:]
        for (name, type) in environment.names {
            if case .function = type { variables[name] = .function(name) } else { variables[name] = result }
        }
        return value(of: variables, now: now, stepLimit: stepLimit)
    }

    /// Works the expression out with values for the names of its environment.
    public func value(
        of variables: [String: ExpressionValue], now: PresentMoment, stepLimit: Int = Expression.stepLimit
    ) -> Result<ExpressionValue, ExpressionFailure> {
        var evaluator = ExpressionEvaluator(variables: variables, now: now, budget: stepLimit)
        do throws(ExpressionFailure) {
            return .success(try evaluator.value(of: root))
        } catch {
            return .failure(error)
        }
    }

    /// Whether a condition holds for a result, the way the controller decides it for each measurement: it checks the
    /// condition anew with what the result turned out to be.
    public static func holds(
        _ condition: String, result: ExpressionValue, type: ExpressionType? = nil, now: PresentMoment
    ) -> Result<Bool, ExpressionFailure> {
        do throws(ExpressionFailure) {
            let expression = try Expression.condition(condition, result: type ?? result.type)
            switch expression.value(result: result, now: now) {
            case .failure(let failure): throw failure
            case .success(.boolean(let answer)): return .success(answer)
            case .success(let other):
                throw ExpressionFailure(
                    "a condition comes out as true or false, and this is \(other.type.name)", expression.root.range)
            }
        } catch {
            return .failure(error)
        }
    }
}
