import Foundation
import Testing

@testable import ManifestKit

/// The CustomResourceDefinitions that `runtime install` prints are such that an API server takes them.
@Suite struct CustomResourceDefinitionTests {
    static let definitions = CustomResourceDefinitions.all()

    static func name(_ definition: JSONValue) -> String { definition["metadata"]?["name"]?.string ?? "" }
    static func version(_ definition: JSONValue) -> JSONValue { definition["spec"]?["versions"]?[0] ?? .null }
    static func schema(_ definition: JSONValue) -> JSONValue { version(definition)["schema"]?["openAPIV3Schema"] ?? .null }

    /// Every schema in a schema, with its path.
    static func nodes(_ schema: JSONValue, _ path: String = "") -> [(path: String, schema: JSONValue)] {
        var found = [(path, schema)]
        for (key, value) in schema["properties"]?.object?.fields ?? [] { found += nodes(value, "\(path).\(key)") }
        if let items = schema["items"] { found += nodes(items, path + "[]") }
        if let values = schema["additionalProperties"], values.object != nil { found += nodes(values, path + "{}") }
        return found
    }

    @Test func thereAreAllFive() {
        let names = ["rollouts", "analysistemplates", "clusteranalysistemplates", "analysisruns", "experiments"]
        #expect(Self.definitions.map(Self.name) == names.map { $0 + ".argoproj.io" })
        #expect(Self.definitions.compactMap { $0["spec"]?["names"]?["shortNames"]?[0]?.string } == ["ro", "at", "cat", "ar", "exp"])
        #expect(Self.definitions.filter { $0["spec"]?["scope"] == "Cluster" }.map(Self.name) == ["clusteranalysistemplates.argoproj.io"])
        for definition in Self.definitions {
            let spec = definition["spec"] ?? .null
            #expect(Self.name(definition) == "\(spec["names"]?["plural"]?.string ?? "").\(spec["group"]?.string ?? "")")
            #expect(spec["names"]?["listKind"]?.string == "\(spec["names"]?["kind"]?.string ?? "")List")
            #expect(spec["versions"]?.array?.count == 1)
            #expect(Self.version(definition)["storage"] == true && Self.version(definition)["served"] == true)
        }
    }

    /// A client-side apply keeps the object, written compactly, in an annotation.
    @Test func clientSideApplyCanTakeThem() {
        for definition in Self.definitions {
            let size = JSONWriter.text(definition).utf8.count
            #expect(size < CustomResourceDefinitions.annotationLimit / 3, "\(Self.name(definition)): \(size) bytes")
            #expect(YAMLEmitter.text(definition).utf8.count < CustomResourceDefinitions.annotationLimit)
        }
    }

    @Test func onlyTheRolloutHasSubresources() {
        let subresources = Self.definitions.map { Self.version($0)["subresources"] }
        #expect(subresources[0]?["status"] == [:])
        #expect(subresources[0]?["scale"] == [
            "labelSelectorPath": ".status.selector", "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.HPAReplicas",
        ])
        for other in subresources.dropFirst() { #expect(other == [:]) }
    }

    @Test func columnsLeadToFieldsOfTheirType() throws {
        for definition in Self.definitions {
            for column in Self.version(definition)["additionalPrinterColumns"]?.array ?? [] {
                let path = column["jsonPath"]?.string ?? ""
                guard path != ".metadata.creationTimestamp" else { continue }
                var schema: JSONValue? = Self.schema(definition)
                for key in path.split(separator: ".") { schema = schema?["properties"]?[String(key)] }
                #expect(schema?["type"] == column["type"], "\(Self.name(definition)) \(path)")
            }
        }
    }

    // MARK: Structural schemas

    /// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
    @Test func schemasAreStructural() {
        let known: Set<String> = [
            "type", "properties", "items", "additionalProperties", "required", "description", "format", "default",
            "enum", "pattern", "minimum", "maximum", "anyOf", "x-kubernetes-int-or-string", "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-validations",
        ]
        let types: Set<JSONValue> = ["object", "array", "string", "integer", "number", "boolean"]
        for definition in Self.definitions {
            let schema = Self.schema(definition)
            #expect(schema["type"] == "object" && schema["default"] == nil)
            for (path, node) in Self.nodes(schema) {
                let place = "\(Self.name(definition)) \(path)"
                let isEither = node["x-kubernetes-int-or-string"] == true
                let isOpen = node["x-kubernetes-preserve-unknown-fields"] == true
                let strange = (node.object?.keys ?? []).filter { !known.contains($0) }
                #expect(strange.isEmpty, "\(place)")
                if let type = node["type"] {
                    #expect(types.contains(type) && !isEither, "\(place)")
                } else {
                    #expect(isEither || isOpen, "\(place) has no type")
                }
                #expect(node["properties"] == nil || node["additionalProperties"] == nil, "\(place)")
                #expect(node["properties"] == nil || node["type"] == "object", "\(place)")
                #expect((node["items"] != nil) == (node["type"] == "array"), "\(place)")
                // In a junctor there may be nothing that has to be outside of it, but for the one form of int-or-string.
                #expect(node["anyOf"] == nil || isEither && node["anyOf"] == [["type": "integer"], ["type": "string"]], "\(place)")
                for name in node["required"]?.array ?? [] {
                    #expect(node["properties"]?[name.string ?? ""] != nil, "\(place) has no \(name)")
                }
            }
            for key in ["metadata", "apiVersion", "kind"] { #expect(schema["properties"]?[key] != nil) }
            #expect(schema["properties"]?["metadata"] == ["type": "object"])
        }
    }

    @Test func listsAreMergedByKeysThatTheirElementsHave() {
        var count = 0
        for definition in Self.definitions {
            for (path, node) in Self.nodes(Self.schema(definition)) {
                let place = "\(Self.name(definition)) \(path)"
                let kind = node["x-kubernetes-list-type"]?.string
                #expect((kind == "map") == (node["x-kubernetes-list-map-keys"] != nil), "\(place)")
                guard let kind else { continue }
                #expect(node["type"] == "array" && ["atomic", "map", "set"].contains(kind), "\(place)")
                guard let items = node["items"], kind == "map" else { continue }
                count += 1
                #expect(items["type"] == "object", "\(place)")
                for key in node["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? [] {
                    let field = items["properties"]?[key]
                    #expect(["string", "integer", "boolean"].contains(field?["type"]), "\(place) \(key)")
                    let isRequired = items["required"]?.array?.contains(.string(key)) == true
                    #expect(isRequired || field?["default"] != nil, "\(place) \(key) may be absent")
                }
            }
        }
        #expect(count > 50)
    }

    @Test func defaultsAreOfTheirFieldsTypes() {
        for definition in Self.definitions {
            for (path, node) in Self.nodes(Self.schema(definition)) {
                guard let value = node["default"] else { continue }
                let type = KubernetesSchema.typeName(of: value)
                #expect(node["type"]?.string == type, "\(Self.name(definition)) \(path)")
                if let values = node["enum"]?.array { #expect(values.contains(value)) }
            }
        }
    }

    /// The one default in a pod template that its hash depends on.
    @Test func aPortsProtocolIsTCP() {
        let paths = [
            ".spec.template.spec.containers[].ports[].protocol", ".spec.template.spec.initContainers[].ports[].protocol",
            ".spec.template.spec.ephemeralContainers[].ports[].protocol",
        ]
        let nodes = Self.nodes(Self.schema(Self.definitions[0]))
        for path in paths { #expect(nodes.first { $0.path == path }?.schema["default"] == "TCP", "\(path)") }
        let template = nodes.filter { $0.path.hasPrefix(".spec.template.") && $0.schema["default"] != nil }
        let others = Set(template.compactMap { $0.path.split(separator: ".").last }).subtracting(["protocol"])
        // They stand in fields that have to be there anyway, or that Go leaves out when they are empty.
        #expect(others == ["name", "optional", "service"])
    }

    // MARK: Agreement with the checker

    /// What `validate` knows of a kind is what the API server will know of it.
    @Test func everyFieldIsOneThatValidateKnows() {
        for definition in Self.definitions {
            let kind = definition["spec"]?["names"]?["kind"]?.string ?? ""
            var object = Self.sample(Self.schema(definition))
            object["apiVersion"] = "argoproj.io/v1alpha1"
            object["kind"] = .string(kind)
            object["metadata"] = ["name": "sample"]
            object["status"] = nil
            let outcome = KubernetesSchema.pruned(object)
            #expect(outcome.unknown.isEmpty, "\(kind): \(outcome.unknown.prefix(5))")
            #expect(outcome.mistyped.isEmpty, "\(kind): \(outcome.mistyped.prefix(5))")
            #expect(outcome.missing.isEmpty, "\(kind): \(outcome.missing.prefix(5))")
        }
    }

    /// An object with every field that a schema has.
    static func sample(_ schema: JSONValue, _ name: String = "") -> JSONValue {
        if schema["x-kubernetes-int-or-string"] == true { return 1 }
        // Which are taken as they are.
        if name == "volumes" { return [] }
        switch schema["type"]?.string {
        case "object":
            if let values = schema["additionalProperties"], values.object != nil { return ["key": sample(values)] }
            let fields = (schema["properties"]?.object?.fields ?? []).map { ($0.key, sample($0.value, $0.key)) }
            return .object(JSONObject(fields))
        case "array": return [sample(schema["items"] ?? [:])]
        case "integer": return 1
        case "number": return 1
        case "boolean": return true
        case "string":
            if let value = schema["enum"]?[0] { return value }
            return schema["format"] == "date-time" ? "2026-01-01T00:00:00Z" : "text"
        default: return [:]
        }
    }
}
