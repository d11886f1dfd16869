/// What the schemas say of an object's fields, for those who serve objects and not files.
public enum KubernetesSchema {
    /// A value that its field cannot hold.
    public struct Mistyped: Hashable, Sendable {
        /// The field, as `spec.replicas`.
        public var path: String
        /// What it holds, as `int32` or `array`.
        public var wanted: String
        /// What stands there, as `string`.
        public var found: String

        /// Makes a note of a value.
        public init(path: String, wanted: String, found: String) {
            self.path = path
            self.wanted = wanted
            self.found = found
        }
    }

    /// What comes of holding an object against its type.
    public struct Outcome: Sendable {
        /// The object without the fields that its type does not have.
        public var object: JSONValue
        /// The paths of those fields.
        public var unknown: [String] = []
        /// The values that their fields cannot hold.
        public var mistyped: [Mistyped] = []

        /// Makes an outcome.
        public init(object: JSONValue, unknown: [String] = [], mistyped: [Mistyped] = []) {
            self.object = object
            self.unknown = unknown
            self.mistyped = mistyped
        }
    }

    /// Holds an object against its type; one of an unknown kind stays as it is.
    public static func pruned(_ object: JSONValue) -> Outcome {
        let apiVersion = object["apiVersion"]?.string ?? ""
        let kind = object["kind"]?.string ?? ""
        var pruning = Pruning(isCustomResource: false)
        if let known = ResourceKind(apiVersion: apiVersion, kind: kind) {
            guard let root = SchemaTable.roots(of: known).first(where: { $0.apiVersion == apiVersion }) else {
                return Outcome(object: object)
            }
            pruning.isCustomResource = !known.isBuiltIn
            let object = pruning.pruned(object, root.reference, "")
            return Outcome(object: object, unknown: pruning.unknown, mistyped: pruning.mistyped)
        }
        guard let type = specType(apiVersion: apiVersion, kind: kind), let spec = object["spec"] else {
            return Outcome(object: object)
        }
        var object = object
        object["spec"] = pruning.pruned(spec, type, "spec")
        return Outcome(object: object, unknown: pruning.unknown, mistyped: pruning.mistyped)
    }

    /// What JSON calls the type of a value.
    public static func typeName(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean: "boolean"
        case .integer: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A walk through an object along its type.
    private struct Pruning {
        let table = SchemaTable()
        let minor = ValidationSettings().kubernetesMinor
        var isCustomResource: Bool
        var unknown: [String] = []
        var mistyped: [Mistyped] = []

        init(isCustomResource: Bool) { self.isCustomResource = isCustomResource }

        mutating func pruned(_ value: JSONValue, _ type: SchemaTable.TypeReference, _ path: String) -> JSONValue {
            guard case .object(let object) = value else { return value }
            let isOpen = table.isOpen(type)
            var result = JSONObject()
            for (key, child) in object.fields {
                let place = path.isEmpty ? key : "\(path).\(key)"
                let field = table.field(type, named: key).flatMap { field in
                    table.exists(field, inMinor: minor) && !(isCustomResource && table.isLackingInCRDs(field))
                        ? field : nil
                }
                if let field {
                    check(child, field, place)
                    result[key] = table.code(field) == .reference ? pruned(child, field, place) : child
                } else if isOpen {
                    result[key] = child
                } else {
                    unknown.append(place)
                }
            }
            return .object(result)
        }

        private mutating func check(_ value: JSONValue, _ field: SchemaTable.Field, _ path: String) {
            switch (table.container(field), value) {
            case (_, .null): break
            case (.list, .array(let elements)):
                for (place, element) in elements.enumerated() { checkSingle(element, field, "\(path)[\(place)]") }
            case (.map, .object(let object)):
                for (key, child) in object.fields { checkSingle(child, field, "\(path).\(key)") }
            case (.single, _): checkSingle(value, field, path)
            case (.list, _): note(value, "array", path)
            case (.map, _): note(value, "object", path)
            }
        }

        private mutating func checkSingle(_ value: JSONValue, _ field: SchemaTable.Field, _ path: String) {
            switch (table.code(field), value) {
            case (_, .null), (.any, _), (.string, .string), (.time, .string), (.boolean, .boolean),
                (.int32, .integer), (.int64, .integer), (.number, .integer), (.number, .double), (.object, .object),
                (.reference, .object), (.quantity, .string), (.quantity, .integer), (.quantity, .double),
                (.intOrString, .integer), (.intOrString, .string), (.intOrPercent, .integer),
                (.intOrPercent, .string):
                break
            case (.int32, .double(let number)) where number.rounded() == number: break
            case (.int64, .double(let number)) where number.rounded() == number: break
            case (.int32, _): note(value, isCustomResource ? "integer" : "int32", path)
            case (.int64, _): note(value, isCustomResource ? "integer" : "int64", path)
            case (.boolean, _): note(value, isCustomResource ? "boolean" : "bool", path)
            case (.number, _): note(value, "number", path)
            case (.object, _), (.reference, _): note(value, "object", path)
            case (.string, _), (.time, _), (.quantity, _): note(value, "string", path)
            case (.intOrString, _), (.intOrPercent, _): note(value, "intstr.IntOrString", path)
            }
        }

        private mutating func note(_ value: JSONValue, _ wanted: String, _ path: String) {
            mistyped.append(Mistyped(path: path, wanted: wanted, found: typeName(of: value)))
        }

        private mutating func pruned(_ value: JSONValue, _ field: SchemaTable.Field, _ path: String) -> JSONValue {
            let type = table.type(field)
            switch (table.container(field), value) {
            case (.list, .array(let elements)):
                var result: [JSONValue] = []
                result.reserveCapacity(elements.count)
                for (place, element) in elements.enumerated() {
                    result.append(pruned(element, type, "\(path)[\(place)]"))
                }
                return .array(result)
            case (.map, .object(let object)):
                var result = JSONObject()
                for (key, child) in object.fields { result[key] = pruned(child, type, "\(path).\(key)") }
                return .object(result)
            case (.single, _): return pruned(value, type, path)
            default: return value
            }
        }
    }

    /// The OpenAPI schema of a kind's objects; nil for a kind whose fields are not known.
    public static func openAPI(apiVersion: String, kind: String) -> JSONValue? {
        let table = SchemaTable()
        if let known = ResourceKind(apiVersion: apiVersion, kind: kind),
            let root = SchemaTable.roots(of: known).first(where: { $0.apiVersion == apiVersion }) {
            return schema(of: root.reference, table, depth: 0)
        }
        guard let type = specType(apiVersion: apiVersion, kind: kind) else { return nil }
        return [
            "type": "object",
            "properties": [
                "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
                "spec": schema(of: type, table, depth: 1), "status": ["type": "object"],
            ],
        ]
    }

    /// The type of the spec of a kind that has no type of its own here, but stands within another's.
    private static func specType(apiVersion: String, kind: String) -> SchemaTable.TypeReference? {
        let path: [String]
        let owner: ResourceKind
        switch (apiVersion, kind) {
        case ("v1", "Pod"): (owner, path) = (.deployment, ["spec", "template", "spec"])
        case ("batch/v1", "Job"): (owner, path) = (.analysisTemplate, ["spec", "metrics", "provider", "job", "spec"])
        default: return nil
        }
        let table = SchemaTable()
        guard var type = SchemaTable.roots(of: owner).first?.reference else { return nil }
        for name in path {
            guard let field = table.field(type, named: name), table.code(field) == .reference else { return nil }
            type = table.type(field)
        }
        return type
    }

    private static func schema(of type: SchemaTable.TypeReference, _ table: SchemaTable, depth: Int) -> JSONValue {
        var schema: JSONValue = ["type": "object"]
        // No type holds itself; the bound is against one that some day will.
        guard depth < 32 else { return schema }
        var properties = JSONObject()
        var required: [JSONValue] = []
        let needed = table.requiredFields(type)
        for field in table.fields(type) {
            let name = table.name(field)
            properties[name] = property(field, table, depth: depth)
            if field.position < 64, needed & (1 << UInt64(field.position)) != 0 { required.append(.string(name)) }
        }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        if !required.isEmpty { schema["required"] = .array(required) }
        if table.isOpen(type) { schema["x-kubernetes-preserve-unknown-fields"] = true }
        return schema
    }

    private static func property(_ field: SchemaTable.Field, _ table: SchemaTable, depth: Int) -> JSONValue {
        let value = single(field, table, depth: depth)
        switch table.container(field) {
        case .single: return value
        case .list: return ["type": "array", "items": value]
        case .map: return ["type": "object", "additionalProperties": value]
        }
    }

    private static func single(_ field: SchemaTable.Field, _ table: SchemaTable, depth: Int) -> JSONValue {
        switch table.code(field) {
        case .any: return ["x-kubernetes-preserve-unknown-fields": true]
        case .string, .quantity:
            let values = table.constraints(field)?.values ?? []
            let words: [JSONValue] = values.map { .string(String($0)) }
            return values.isEmpty ? ["type": "string"] : ["type": "string", "enum": .array(words)]
        case .int32: return ["type": "integer", "format": "int32"]
        case .int64: return ["type": "integer", "format": "int64"]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .object: return ["type": "object"]
        case .reference: return schema(of: table.type(field), table, depth: depth + 1)
        case .intOrString, .intOrPercent: return ["type": "string", "format": "int-or-string"]
        case .time: return ["type": "string", "format": "date-time"]
        }
    }
}
