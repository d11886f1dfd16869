import ManifestKit

/// The patch that `kubectl apply` and `kubectl patch` send for built-in kinds: a merge patch that knows which lists are
/// maps in disguise.
enum StrategicMergePatch {
    /// The object after a patch.
    static func apply(_ patch: JSONValue, to object: JSONValue, kind: String) throws(KubernetesFailure) -> JSONValue {
        guard patch.object != nil else {
            throw KubernetesFailure(.badRequest, "a strategic merge patch is an object")
        }
        let isCustom = ResourceCatalog.builtIn.contains { $0.type.kind == kind && $0.type.group.contains(".") }
            && !["Ingress", "IngressClass", "EndpointSlice", "Lease", "CustomResourceDefinition", "Role", "RoleBinding",
                "ClusterRole", "ClusterRoleBinding"].contains(kind)
        guard !isCustom else {
            throw KubernetesFailure(
                .unsupportedMediaType, "the body of the request was in an unknown format - accepted media types "
                    + "include: application/json-patch+json, application/merge-patch+json, "
                    + "application/apply-patch+yaml")
        }
        return merge(patch, into: object, field: "", kind: kind) ?? .object(JSONObject())
    }

    private static func merge(_ patch: JSONValue, into value: JSONValue?, field: String, kind: String) -> JSONValue? {
        guard case .object(let changes) = patch else { return patch.isNull ? nil : patch }
        switch changes["$patch"]?.string {
        case "delete": return nil
        case "replace":
            var replacement = changes
            replacement["$patch"] = nil
            return .object(replacement)
        default: break
        }
        var result = value?.object ?? JSONObject()
        for (key, change) in changes.fields where !key.hasPrefix("$") {
            switch change {
            case .null: result[key] = nil
            case .object: result[key] = merge(change, into: result[key], field: key, kind: kind)
            case .array(let elements):
                result[key] = .array(merge(
                    elements, into: result[key]?.array ?? [], field: key, parent: field, kind: kind,
                    order: changes["$setElementOrder/\(key)"]?.array))
            default: result[key] = change
            }
        }
        applyDirectives(changes, &result, parent: field, kind: kind)
        return .object(result)
    }

    private static func applyDirectives(
        _ changes: JSONObject, _ result: inout JSONObject, parent: String, kind: String
    ) {
        if let kept = changes["$retainKeys"]?.array?.compactMap(\.string) {
            for key in result.keys where !kept.contains(key) { result[key] = nil }
        }
        for (key, change) in changes.fields {
            if key.hasPrefix("$deleteFromPrimitiveList/"), let removed = change.array {
                let list = String(key.dropFirst("$deleteFromPrimitiveList/".utf8.count))
                result[list] = result[list]?.array.map { .array($0.filter { !removed.contains($0) }) }
            } else if key.hasPrefix("$setElementOrder/"), let order = change.array {
                let list = String(key.dropFirst("$setElementOrder/".utf8.count))
                guard changes[list] == nil, let elements = result[list]?.array else { continue }
                result[list] = .array(ordered(elements, order, field: list, parent: parent, kind: kind))
            }
        }
    }

    private static func merge(
        _ patch: [JSONValue], into elements: [JSONValue], field: String, parent: String, kind: String,
        order: [JSONValue]?
    ) -> [JSONValue] {
        let replaces = patch.contains { $0["$patch"]?.string == "replace" && $0.object?.count == 1 }
        guard !replaces else { return patch.filter { $0["$patch"] == nil } }
        switch ListKeys.merging(of: field, in: parent, kind: kind) {
        case .atomic: return patch
        case .set:
            let merged = elements + patch.filter { !elements.contains($0) }
            return order.map { ordered(merged, $0, field: field, parent: parent, kind: kind) } ?? merged
        case .map(let keys):
            let key = keys[0]
            var merged = elements
            for change in patch {
                let place = merged.firstIndex { $0[key] == change[key] }
                if change["$patch"]?.string == "delete" {
                    if let place { merged.remove(at: place) }
                } else if let place {
                    merged[place] = merge(change, into: merged[place], field: field, kind: kind) ?? merged[place]
                } else if let new = merge(change, into: nil, field: field, kind: kind) {
                    merged.append(new)
                }
            }
            return order.map { ordered(merged, $0, field: field, parent: parent, kind: kind) } ?? merged
        }
    }

    /// Elements in the order that a patch names; those that it does not name stay behind what they followed.
    private static func ordered(
        _ elements: [JSONValue], _ order: [JSONValue], field: String, parent: String, kind: String
    ) -> [JSONValue] {
        func rank(_ element: JSONValue) -> Int? {
            if case .map(let keys) = ListKeys.merging(of: field, in: parent, kind: kind) {
                return order.firstIndex { $0[keys[0]] == element[keys[0]] }
            }
            return order.firstIndex(of: element)
        }
        var result = elements.filter { rank($0) != nil }.sorted { (rank($0) ?? 0) < (rank($1) ?? 0) }
        for (place, element) in elements.enumerated() where rank(element) == nil {
            let before = place > 0 ? result.firstIndex(of: elements[place - 1]).map { $0 + 1 } : 0
            result.insert(element, at: before ?? result.count)
        }
        return result
    }
}
