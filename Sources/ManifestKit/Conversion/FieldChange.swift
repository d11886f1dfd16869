/// A step on the way from an object to one of its fields.
enum FieldStep: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)
    case index(Int)

    init(stringLiteral value: String) { self = .key(value) }
    init(integerLiteral value: Int) { self = .index(value) }
}

/// One change of an object, said in its fields.
///
/// The same change is made twice: in the text, and in the value that the text stood for. When the new text does not
/// read back as the new value, nothing is written.
struct FieldChange: Hashable, Sendable {
    /// What is done at the end of the path.
    enum Action: Hashable, Sendable {
        /// The field gets a value, whether it was there or not.
        case set(JSONValue)
        /// The mapping gets further entries, behind the first of these keys that it has, or else at its end.
        case insert(JSONObject, after: [String])
        /// The field gets another key.
        case rename(String)
        /// The field goes.
        case remove
        /// The list gets a further element.
        case append(JSONValue)
    }

    /// The way to the field, by the keys that it has before any change.
    var path: [FieldStep]
    /// What is done.
    var action: Action

    /// Sets a field.
    static func set(_ path: [FieldStep], _ value: JSONValue) -> FieldChange {
        FieldChange(path: path, action: .set(value))
    }
    /// Adds entries to a mapping.
    static func insert(_ path: [FieldStep], _ entries: [(String, JSONValue)], after: [String] = []) -> FieldChange {
        FieldChange(path: path, action: .insert(JSONObject(entries), after: after))
    }
    /// Gives a field another key; to come after the changes of what is in it.
    static func rename(_ path: [FieldStep], _ key: String) -> FieldChange {
        FieldChange(path: path, action: .rename(key))
    }
    /// Removes a field.
    static func remove(_ path: [FieldStep]) -> FieldChange { FieldChange(path: path, action: .remove) }
    /// Adds an element to a list.
    static func append(_ path: [FieldStep], _ value: JSONValue) -> FieldChange {
        FieldChange(path: path, action: .append(value))
    }

    /// Makes the change in a value. False where the value has no such place.
    func apply(to value: inout JSONValue) -> Bool { Self.apply(action, at: path[...], to: &value) }

    private static func apply(_ action: Action, at path: ArraySlice<FieldStep>, to value: inout JSONValue) -> Bool {
        guard let step = path.first else { return apply(action, to: &value) }
        switch step {
        case .index(let index):
            guard var elements = value.array, elements.indices.contains(index) else { return false }
            guard apply(action, at: path.dropFirst(), to: &elements[index]) else { return false }
            value = .array(elements)
            return true
        case .key(let key):
            if path.count == 1, action == .remove {
                guard value[key] != nil else { return false }
                value[key] = nil
                return true
            }
            if path.count == 1, case .rename(let name) = action {
                guard let object = value.object, object[key] != nil else { return false }
                value = .object(JSONObject(object.fields.map { ($0.key == key ? name : $0.key, $0.value) }))
                return true
            }
            var child = value[key] ?? .null
            guard value.object != nil || value.isNull, apply(action, at: path.dropFirst(), to: &child) else {
                return false
            }
            value[key] = child
            return true
        }
    }

    private static func apply(_ action: Action, to value: inout JSONValue) -> Bool {
        switch action {
        case .set(let new):
            value = new
        case .insert(let entries, _):
            guard value.object != nil || value.isNull else { return false }
            for (key, entry) in entries.fields { value[key] = entry }
        case .append(let element):
            guard let elements = value.array else { return false }
            value = .array(elements + [element])
        case .rename, .remove:
            return false
        }
        return true
    }
}
