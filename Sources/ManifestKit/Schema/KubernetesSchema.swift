/// What the schemas say of an object's fields, for those who serve objects and not files.
public enum KubernetesSchema {
    /// The paths of the fields that an object has and its type does not, in their order; none for an unknown kind.
    public static func unknownFields(in object: JSONValue) -> [String] {
        let text = JSONWriter.text(object, layout: .pretty)
        let document = YAMLParser.documents(in: SourceFile(name: "object", text: text)).first
        guard let root = document?.root, root.isMapping else { return [] }
        let manifest = ManifestDocument(root: root)
        var findings = Findings()
        findings.begin(manifest)
        if let kind = manifest.kind {
            guard let root = SchemaTable.roots(of: kind).first(where: { $0.apiVersion == manifest.apiVersion }) else {
                return []
            }
            SchemaChecker.check(
                manifest.root, against: root.reference, isCustomResource: !kind.isBuiltIn, &findings)
        } else if let type = specType(apiVersion: manifest.apiVersion, kind: manifest.kindName),
            let spec = manifest.spec, spec.isMapping {
            SchemaChecker.check(spec, against: type, isCustomResource: false, &findings)
        }
        return findings.diagnostics.filter { $0.rule == UnknownFieldRule.id && $0.severity == .error }.map(\.path)
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
