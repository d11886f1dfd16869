import ManifestKit

/// What the schema in a CustomResourceDefinition says of an object: fields that it lacks, and defaults.
enum CustomSchema {
    /// Fields that every object has whatever its schema says.
    private static let common: Set<String> = ["apiVersion", "kind", "metadata"]

    /// An object without the fields that its schema does not have, and what is wrong with it.
    static func pruned(_ object: JSONValue, schema: JSONValue) -> KubernetesSchema.Outcome {
        var outcome = KubernetesSchema.Outcome(object: admitted(object, schema: schema))
        walk(object, schema, "", isRoot: true, &outcome)
        return outcome
    }

    /// An object without the fields that its schema does not have, and with the defaults that it names.
    static func admitted(_ object: JSONValue, schema: JSONValue) -> JSONValue {
        formed(object, schema, isRoot: true)
    }

    /// What a schema wants in the place of a value, and what stands there; nil where the value is what it wants.
    private static func misfit(_ value: JSONValue, _ schema: JSONValue) -> (wanted: String, found: String)? {
        guard let wanted = schema["type"]?.string, !value.isNull,
            schema["x-kubernetes-int-or-string"]?.boolean != true
        else { return nil }
        if schema["format"] == "date-time", let text = value.string {
            return KubernetesTime(text) == nil ? ("date-time", text) : nil
        }
        if wanted == "integer" || wanted == "number", value.number != nil {
            return wanted == "number" || value.integer != nil ? nil : (wanted, "number")
        }
        let found = KubernetesSchema.typeName(of: value)
        return found == wanted ? nil : (wanted, found)
    }

    private static func isOpen(_ schema: JSONValue) -> Bool {
        schema["x-kubernetes-preserve-unknown-fields"]?.boolean == true || schema["type"] == nil
            || schema["x-kubernetes-embedded-resource"]?.boolean == true
    }

    private static func additional(_ schema: JSONValue) -> JSONValue? {
        schema["additionalProperties"].flatMap { $0.object == nil ? nil : $0 }
    }

    private static func walk(
        _ value: JSONValue, _ schema: JSONValue, _ path: String, isRoot: Bool, _ outcome: inout KubernetesSchema.Outcome
    ) {
        if let misfit = misfit(value, schema) {
            outcome.mistyped.append(KubernetesSchema.Mistyped(path: path, wanted: misfit.wanted, found: misfit.found))
        }
        switch value {
        case .object(let object):
            let properties = schema["properties"]
            for name in schema["required"]?.array?.compactMap(\.string) ?? []
            where object[name] == nil && properties?[name]?["default"] == nil {
                outcome.missing.append(path.isEmpty ? name : "\(path).\(name)")
            }
            for (key, child) in object.fields where !(isRoot && common.contains(key)) {
                let place = path.isEmpty ? key : "\(path).\(key)"
                if let known = properties?[key] ?? additional(schema) {
                    walk(child, known, place, isRoot: false, &outcome)
                } else if !isOpen(schema), schema["additionalProperties"]?.boolean != true {
                    outcome.unknown.append(place)
                }
            }
        case .array(let elements):
            guard let items = schema["items"] else { return }
            for (place, element) in elements.enumerated() {
                walk(element, items, "\(path)[\(place)]", isRoot: false, &outcome)
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
