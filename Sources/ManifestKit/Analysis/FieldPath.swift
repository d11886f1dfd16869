/// Values of an object's fields by a path such as `metadata.labels['app']` or `spec.replicas`.
enum FieldPath {
    /// The value as text; a path that leads nowhere, or to no single value, is a problem in the reference's words.
    static func text(at path: String, of object: JSONValue) throws(AnalysisProblem) -> String {
        if path.hasPrefix("metadata") { return try metadata(path, object["metadata"] ?? .null) }
        var value: JSONValue? = object
        for part in path.split(whereSeparator: { ".[]".contains($0) }) {
            switch value {
            case .array(let elements):
                guard let index = Int(part) else { throw AnalysisProblem("invalid index '\(part)'") }
                guard elements.indices.contains(index) else { throw AnalysisProblem("index \(index) out of range") }
                value = elements[index]
            case .object(let fields): value = fields[String(part)]
            default: throw AnalysisProblem("invalid path \(path) in rollout")
            }
        }
        switch value {
        case nil, .null: throw AnalysisProblem("invalid path \(path) in rollout")
        case .array, .object: throw AnalysisProblem("path \(path) in rollout must terminate in a primitive value")
        case .string(let text): return text
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .double(let number): return GoText.json(.double(number))
        }
    }

    private static func metadata(_ path: String, _ metadata: JSONValue) throws(AnalysisProblem) -> String {
        switch path {
        case "metadata.name", "metadata.namespace", "metadata.uid":
            return metadata[String(path.dropFirst("metadata.".count))]?.string ?? ""
        case "metadata.labels", "metadata.annotations":
            let map = metadata[String(path.dropFirst("metadata.".count))]?.stringDictionary ?? [:]
            return map.sorted { $0.key < $1.key }.map { "\($0.key)=\(GoText.quoted($0.value))" }
                .joined(separator: "\n")
        default: break
        }
        for map in ["labels", "annotations"] {
            let opening = "metadata.\(map)['"
            if path.hasPrefix(opening), path.hasSuffix("']"), path.utf8.count >= opening.utf8.count + 2 {
                let key = String(path.dropFirst(opening.count).dropLast(2))
                return metadata[map]?[key]?.string ?? ""
            }
        }
        throw AnalysisProblem("unsupported fieldPath: \(path)")
    }
}
