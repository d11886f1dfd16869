/// What is known of a value before an expression is worked out.
public indirect enum ExpressionType: Hashable, Sendable {
    /// Anything; only the value itself will tell.
    case unknown
    /// The outcome of arithmetic on unknown values: a number, a text, a time or a length of time, but never a boolean.
    case arithmetic
    case null
    case boolean
    case integer
    /// What `asInt` returns; a type of its own in Go.
    case integer64
    case float
    case string
    case bytes
    case time
    case duration
    case location
    /// A list: how Go stores it, and what its elements are.
    case array(Storage, ExpressionType)
    /// A map: whether its keys are texts (or anything), and what its values are.
    case map(hasTextKeys: Bool, ExpressionType)
    case function(Signature)

    /// How Go stores a list.
    public enum Storage: Hashable, Sendable {
        case any, strings, integers, floats
    }

    /// What a function takes and returns.
    public struct Signature: Hashable, Sendable {
        /// The types of the arguments.
        public var parameters: [ExpressionType]
        /// Whether the last argument can stand any number of times.
        public var isVariadic = false
        /// The type of the outcome.
        public var result: ExpressionType

        /// Makes a signature.
        public init(_ parameters: [ExpressionType], isVariadic: Bool = false, _ result: ExpressionType) {
            self.parameters = parameters
            self.isVariadic = isVariadic
            self.result = result
        }
    }

    /// A list of anything.
    static let anyArray = ExpressionType.array(.any, .unknown)
    /// A list of texts as `split` returns it.
    static let stringArray = ExpressionType.array(.strings, .string)
}

extension ExpressionType {
    var isUnknown: Bool { self == .unknown || self == .arithmetic }
    var isInteger: Bool { self == .integer || self == .integer64 }
    var isNumber: Bool { isInteger || self == .float }
    var isArray: Bool {
        switch self {
        case .array, .bytes: true
        default: false
        }
    }
    /// What an element of a list or a value of a map is.
    var element: ExpressionType {
        switch self {
        case .array(_, let element), .map(_, let element): element
        case .bytes: .integer
        default: .unknown
        }
    }

    /// Whether a value of this type can be told not to be a boolean.
    var isSurelyNotBoolean: Bool { self != .boolean && self != .unknown }

    /// The type's name in a message.
    var name: String {
        switch self {
        case .unknown, .arithmetic: "unknown"
        case .null: "nil"
        case .boolean: "a boolean"
        case .integer, .integer64: "a whole number"
        case .float: "a number"
        case .string: "a text"
        case .bytes: "a literal of bytes"
        case .time: "a time"
        case .duration: "a length of time"
        case .location: "a time zone"
        case .array: "a list"
        case .map: "a map"
        case .function: "a function"
        }
    }

    /// Whether Go could assign a value of this type to a variable of another.
    func isAssignable(to other: ExpressionType) -> Bool {
        switch (self, other) {
        case (.unknown, _), (.arithmetic, _), (_, .unknown), (_, .arithmetic): false
        case (.null, .array), (.null, .map), (.null, .function), (.null, .bytes), (.null, .location): true
        case (.array(let left, _), .array(let right, _)): left == right
        case (.map(let left, _), .map(let right, _)): left == right
        case (.function, .function): self == other
        default: self == other
        }
    }

    /// Whether `==` has a meaning between two types.
    func isComparable(to other: ExpressionType) -> Bool {
        isUnknown || other.isUnknown || self == .null || other == .null || isNumber && other.isNumber
            || isArray && other.isArray || isAssignable(to: other)
    }

    /// The type of the sum or product of two numbers.
    func promoted(with other: ExpressionType) -> ExpressionType {
        self == .float || other == .float ? .float : .integer
    }
}

/// The variables and functions that an expression can name.
public struct ExpressionEnvironment: Sendable {
    /// The names with the types of what they stand for.
    public var names: [String: ExpressionType]

    /// Makes an environment.
    public init(_ names: [String: ExpressionType]) { self.names = names }

    /// What `successCondition` and `failureCondition` can name.
    public static func condition(result: ExpressionType = .unknown) -> ExpressionEnvironment {
        ExpressionEnvironment([
            "result": result,
            "asInt": .function(.init([.unknown], .integer64)),
            "asFloat": .function(.init([.unknown], .float)),
            "isNaN": .function(.init([.float], .boolean)),
            "isInf": .function(.init([.float], .boolean)),
            "isNil": .function(.init([.unknown], .boolean)),
            "default": .function(.init([.unknown, .unknown], .unknown)),
        ])
    }

    /// What the start and the end of a Prometheus range query can name.
    public static let time = ExpressionEnvironment([
        "isNaN": .function(.init([.float], .boolean)),
        "isInf": .function(.init([.float], .boolean)),
    ])
}
