import ManifestKit

/// What the schema in a CustomResourceDefinition says of an object: fields that it lacks, and defaults.
enum CustomSchema {
    /// Fields that every object has whatever its schema says.
    private static let common: Set<String> = ["apiVersion", "kind", "metadata"]

    /// The paths of the fields that a schema does not have.
    static func unknownFields(in object: JSONValue, schema: JSONValue) -> [String] {
        var paths: [String] = []
        walk(object, schema, "", isRoot: true) { paths.append($0) }
        return paths
    }

    /// An object without the fields that its schema does not have, and with the defaults that it names.
    static func admitted(_ object: JSONValue, schema: JSONValue) -> JSONValue {
        formed(object, schema, isRoot: true)
    }

    private static func isOpen(_ schema: JSONValue) -> Bool {
        schema["x-kubernetes-preserve-unknown-fields"]?.boolean == true || schema["type"] == nil
            || schema["x-kubernetes-embedded-resource"]?.boolean == true
    }

    private static func additional(_ schema: JSONValue) -> JSONValue? {
        schema["additionalProperties"].flatMap { $0.object == nil ? nil : $0 }
    }

    private static func walk(
        _ value: JSONValue, _ schema: JSONValue, _ path: String, isRoot: Bool, _ report: (String) -> Void
    ) {
        switch value {
        case .object(let object):
            let properties = schema["properties"]
            for (key, child) in object.fields where !(isRoot && common.contains(key)) {
                let place = path.isEmpty ? key : "\(path).\(key)"
                if let known = properties?[key] ?? additional(schema) {
                    walk(child, known, place, isRoot: false, report)
                } else if !isOpen(schema), schema["additionalProperties"]?.boolean != true {
                    report(place)
                }
            }
        case .array(let elements):
            guard let items = schema["items"] else { return }
            for (place, element) in elements.enumerated() {
                walk(element, items, "\(path)[\(place)]", isRoot: false, report)
            }
        default: break
        }
    }

    private static func formed(_ value: JSONValue, _ schema: JSONValue, isRoot: Bool) -> JSONValue {
        switch value {
        case .object(let object):
            var result = JSONObject()
            let properties = schema["properties"]
            let keepsAll = isOpen(schema) || schema["additionalProperties"]?.boolean == true
            for (key, child) in object.fields {
                if isRoot, common.contains(key) {
                    result[key] = child
                } else if let known = properties?[key] ?? additional(schema) {
                    let isDefaulted = child.isNull && known["nullable"]?.boolean != true
                    if !isDefaulted || known["default"] == nil { result[key] = formed(child, known, isRoot: false) }
                } else if keepsAll {
                    result[key] = child
                }
            }
            for (key, known) in properties?.object?.fields ?? [] where result[key] == nil {
                if let value = known["default"] { result[key] = formed(value, known, isRoot: false) }
            }
            return .object(result)
        case .array(let elements):
            guard let items = schema["items"] else { return value }
            return .array(elements.map { formed($0, items, isRoot: false) })
        default: return value
        }
    }
}
