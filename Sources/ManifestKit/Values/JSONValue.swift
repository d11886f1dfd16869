/// A value as the Kubernetes API exchanges it, with the order of its fields kept.
///
/// Two objects with the same fields in another order are equal.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// A whole number.
    public static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    /// An object whose values are strings, sorted by key.
    public static func strings(_ values: [String: String]) -> JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// Whether this is null.
    public var isNull: Bool { self == .null }
    /// The truth value, or nil.
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// The whole number, or nil; `3.0` is one.
    public var integer: Int? {
        switch self {
        case .integer(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }
    /// The number, whole or not, or nil.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
    /// The string, or nil.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The elements, or nil.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The fields, or nil.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// A field of an object. Setting nil removes it; setting a field of what is no object makes it one.
    public subscript(key: String) -> JSONValue? {
        get { object?[key] }
        set {
            var object = object ?? JSONObject()
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The value at the end of a path of fields, or nil.
    public subscript(first: String, second: String, rest: String...) -> JSONValue? {
        var value = self[first]?[second]
        for key in rest { value = value?[key] }
        return value
    }

    /// An element of an array, or nil.
    public subscript(position: Int) -> JSONValue? {
        guard let array, array.indices.contains(position) else { return nil }
        return array[position]
    }

    /// An object's string fields as a dictionary; fields that are no strings are left out.
    public var stringDictionary: [String: String] {
        var result: [String: String] = [:]
        for (key, value) in object?.fields ?? [] { result[key] = value.string }
        return result
    }

    /// Sets the value at the end of a path of fields, making the objects on the way.
    public mutating func set(_ path: [String], to value: JSONValue?) {
        guard let first = path.first else { return }
        if path.count == 1 {
            self[first] = value
        } else {
            if value == nil, self[first] == nil { return }
            var child = self[first] ?? .object(JSONObject())
            child.set(Array(path.dropFirst()), to: value)
            self[first] = child
        }
    }
}

/// The fields of an object in their order.
public struct JSONObject: Sendable {
    /// The fields in their order.
    public private(set) var fields: [(key: String, value: JSONValue)]

    /// Makes an object without fields.
    public init() { fields = [] }

    /// Takes fields in their order; of two with one key the last wins.
    public init(_ fields: [(String, JSONValue)]) {
        self.fields = []
        self.fields.reserveCapacity(fields.count)
        for (key, value) in fields { self[key] = value }
    }

    /// Takes fields that are known to have different keys.
    public init(distinct fields: [(key: String, value: JSONValue)]) { self.fields = fields }

    /// The number of fields.
    public var count: Int { fields.count }
    /// Whether there are no fields.
    public var isEmpty: Bool { fields.isEmpty }
    /// The keys in their order.
    public var keys: [String] { fields.map(\.key) }

    /// A field. Setting nil removes it; a new field goes last.
    public subscript(key: String) -> JSONValue? {
        get {
            fields.withUnsafeBufferPointer { fields in
                for place in fields.indices where fields[place].key == key { return fields[place].value }
                return nil
            }
        }
        set {
            let place = fields.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): fields[place].value = value
            case (let place?, nil): fields.remove(at: place)
            case (nil, let value?): fields.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// The fields in the order of their keys' bytes, as Go writes a map.
    public var sortedFields: [(key: String, value: JSONValue)] {
        fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        // Copies share their storage until one is changed, and most that are compared are such copies.
        if left.hasSameStorage(as: right) { return true }
        return zip(left.fields, right.fields).allSatisfy { $0.key == $1.key && $0.value == $1.value }
            || left.fields.allSatisfy { right[$0.key] == $0.value }
    }

    private func hasSameStorage(as other: JSONObject) -> Bool {
        fields.withUnsafeBufferPointer { own in
            other.fields.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
        }
    }

    public func hash(into hasher: inout Hasher) {
        for field in sortedFields {
            hasher.combine(field.key)
            hasher.combine(field.value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension YAMLNode {
    /// The value as kubectl would send it: aliases followed, merge keys applied, keys made strings.
    public var json: JSONValue {
        switch kind {
        case .mapping:
            var fields: [(key: String, value: JSONValue)] = []
            fields.reserveCapacity(count)
            for entry in entries { fields.append((entry.key.keyText, entry.value.json)) }
            return .object(JSONObject(distinct: fields))
        case .sequence:
            return .array(elements.map(\.json))
        case .scalar:
            switch scalar {
            case .null: return .null
            case .boolean(let value): return .boolean(value)
            case .integer(let value): return .integer(value)
            case .float(let value): return .double(value)
            case .string(let value): return .string(value)
            }
        }
    }

    /// The string that a key becomes in JSON: `on` becomes `true`, `0x10` becomes `16`.
    public var keyText: String {
        switch scalar {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .null, .float, .string: text
        }
    }
}
