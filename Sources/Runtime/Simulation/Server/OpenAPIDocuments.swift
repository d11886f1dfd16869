import ManifestKit

/// As much of the OpenAPI documents as `kubectl apply`, `kubectl patch` and `kubectl explain` ask for.
struct OpenAPIDocuments {
    let catalog: ResourceCatalog

    /// The document at a path.
    func answer(_ request: APIRequest) throws(KubernetesFailure) -> APIResponse {
        let path = request.path
        guard path.count >= 2, path[1] == "v3" else {
            // The older document is written for clients that this server has none of.
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        if path.count == 2 { return .json(200, root) }
        let group = path[2] == "api" ? "" : path.count > 3 ? path[3] : ""
        let version = path.last ?? ""
        let entries = catalog.entries.filter { $0.type.group == group && $0.versions.contains(version) }
        guard !entries.isEmpty else {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        return .json(200, document(group: group, version: version, entries))
    }

    private var root: JSONValue {
        var paths = JSONObject()
        for group in catalog.groups {
            for version in group.versions {
                let path = group.name.isEmpty ? "api/\(version)" : "apis/\(group.name)/\(version)"
                paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)")]
            }
        }
        return ["paths": .object(paths)]
    }

    private func document(group: String, version: String, _ entries: [ResourceCatalog.Entry]) -> JSONValue {
        var paths = JSONObject()
        var schemas = JSONObject()
        for entry in entries {
            var type = entry.type
            type.version = version
            let kind: JSONValue = [
                "group": .string(group), "version": .string(version), "kind": .string(entry.type.kind),
            ]
            let place = entry.type.isNamespaced ? "/namespaces/{namespace}" : ""
            let path = "\(type.root)\(place)/\(type.plural)"
            paths[path] = ["post": operation(kind, "post")]
            paths[path + "/{name}"] = [
                "get": operation(kind, "get"), "put": operation(kind, "put"), "patch": operation(kind, "patch"),
            ]
            schemas[Self.schemaName(group, version, entry.type.kind)] = schema(entry, kind)
        }
        return [
            "openapi": "3.0.0", "info": ["title": "embedded cluster", "version": .string(APIHandler.gitVersion)],
            "paths": .object(paths), "components": ["schemas": .object(schemas)],
        ]
    }

    private static func schemaName(_ group: String, _ version: String, _ kind: String) -> String {
        let parts = group.split(separator: ".").reversed().joined(separator: ".")
        return parts.isEmpty ? "io.k8s.api.core.\(version).\(kind)" : "\(parts).\(version).\(kind)"
    }

    /// An operation with the parameters by which clients see that unknown fields can be refused and dry runs done.
    private func operation(_ kind: JSONValue, _ action: String) -> JSONValue {
        let parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map { name -> JSONValue in
            ["name": .string(name), "in": "query", "schema": ["type": "string", "uniqueItems": true]]
        }
        return [
            "parameters": .array(parameters), "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": kind, "responses": ["200": ["description": "OK"]],
        ]
    }

    private func schema(_ entry: ResourceCatalog.Entry, _ kind: JSONValue) -> JSONValue {
        let apiVersion = [kind["group"]?.string ?? "", kind["version"]?.string ?? ""].filter { !$0.isEmpty }
        let known = entry.schema
            ?? KubernetesSchema.openAPI(apiVersion: apiVersion.joined(separator: "/"), kind: entry.type.kind)
        if var schema = known {
            schema["x-kubernetes-group-version-kind"] = [kind]
            if schema["description"] == nil { schema["description"] = .string("A \(entry.type.kind).") }
            for key in ["apiVersion", "kind"] where schema["properties"]?[key] == nil {
                schema.set(["properties", key], to: ["type": "string"])
            }
            if schema["properties"]?["metadata"] == nil {
                schema.set(["properties", "metadata"], to: ["type": "object"])
            }
            return schema
        }
        var properties: JSONValue = [
            "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
            "spec": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
        ]
        if entry.hasStatus { properties["status"] = ["type": "object", "x-kubernetes-preserve-unknown-fields": true] }
        return [
            "type": "object", "description": .string("A \(entry.type.kind)."), "properties": properties,
            "x-kubernetes-group-version-kind": [kind],
        ]
    }
}
