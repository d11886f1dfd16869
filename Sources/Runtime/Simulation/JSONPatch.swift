import ManifestKit

/// A JSON patch (RFC 6902): a list of operations, all of which hold or none.
enum JSONPatch {
    /// The value after all operations of a patch.
    static func apply(_ patch: JSONValue, to value: JSONValue) throws(KubernetesFailure) -> JSONValue {
        guard let operations = patch.array else {
            throw KubernetesFailure(.badRequest, "a JSON patch is a list of operations")
        }
        var result = value
        for operation in operations {
            guard let name = operation["op"]?.string, let path = operation["path"]?.string else {
                throw KubernetesFailure(.badRequest, "an operation of a JSON patch needs op and path")
            }
            try apply(name, operation, to: &result, path: pointer(path))
        }
        return result
    }

    private static func apply(
        _ name: String, _ operation: JSONValue, to value: inout JSONValue, path: [String]
    ) throws(KubernetesFailure) {
        switch name {
        case "add":
            try change(&value, path[...]) { _ in operation["value"] ?? .null }
        case "replace":
            guard self.value(at: path, in: value) != nil else { throw missing(path) }
            try change(&value, path[...], replaces: true) { _ in operation["value"] ?? .null }
        case "remove":
            guard self.value(at: path, in: value) != nil else { throw missing(path) }
            try change(&value, path[...]) { _ in nil }
        case "test":
            guard self.value(at: path, in: value) == operation["value"] else {
                throw KubernetesFailure(
                    .invalid, "the server rejected our request: testing value /\(path.joined(separator: "/")) failed")
            }
        case "copy", "move":
            let from = pointer(operation["from"]?.string ?? "")
            guard let moved = self.value(at: from, in: value) else { throw missing(from) }
            if name == "move" { try change(&value, from[...]) { _ in nil } }
            try change(&value, path[...]) { _ in moved }
        default:
            throw KubernetesFailure(.badRequest, "unexpected kind of operation: \(name)")
        }
    }

    private static func missing(_ path: [String]) -> KubernetesFailure {
        KubernetesFailure(
            .invalid, "the server rejected our request due to an error in our request: there is no /"
                + path.joined(separator: "/"))
    }

    private static func pointer(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func value(at path: [String], in value: JSONValue) -> JSONValue? {
        var found: JSONValue? = value
        for key in path {
            if let array = found?.array {
                found = Int(key).flatMap { array.indices.contains($0) ? array[$0] : nil }
            } else {
                found = found?[key]
            }
        }
        return found
    }

    /// Sets what is at the end of a path; nil removes it, and in an array a value is inserted unless it replaces.
    private static func change(
        _ value: inout JSONValue, _ path: ArraySlice<String>, replaces: Bool = false,
        _ body: (JSONValue?) -> JSONValue?
    ) throws(KubernetesFailure) {
        guard let key = path.first else {
            value = body(value) ?? .null
            return
        }
        if case .array(var elements) = value {
            let position = key == "-" ? elements.count : Int(key) ?? -1
            if path.count > 1 {
                guard elements.indices.contains(position) else { throw missing(Array(path)) }
                try change(&elements[position], path.dropFirst(), replaces: replaces, body)
            } else if let new = body(nil) {
                guard (0...elements.count).contains(position) else { throw missing(Array(path)) }
                if replaces, position < elements.count {
                    elements[position] = new
                } else {
                    elements.insert(new, at: position)
                }
            } else {
                guard elements.indices.contains(position) else { throw missing(Array(path)) }
                elements.remove(at: position)
            }
            value = .array(elements)
            return
        }
        guard case .object(var object) = value else { throw missing(Array(path)) }
        if path.count > 1 {
            guard var child = object[key] else { throw missing(Array(path)) }
            try change(&child, path.dropFirst(), replaces: replaces, body)
            object[key] = child
        } else {
            object[key] = body(object[key])
        }
        value = .object(object)
    }
}
