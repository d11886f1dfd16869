import ManifestKit

/// Who wrote which fields of an object (`metadata.managedFields`), and server-side apply, which lives by that.
enum FieldOwnership {
    /// A field on the way to a value, as `managedFields` writes it: `f:spec`, `k:{"name":"web"}`, `v:"a"`.
    typealias Path = [String]

    /// What one writer owns.
    private struct Writer {
        var name: String
        var operation: String
        var subresource: String
        var paths: Set<Path>
        var entry: JSONValue
    }

    /// An object as somebody other than an applier has written it: the fields that changed are that writer's.
    static func recorded(
        _ object: JSONValue, before: JSONValue?, request: KubernetesRequest, now: KubernetesTime
    ) -> JSONValue {
        let kind = object["kind"]?.string ?? ""
        let isApply = request.fieldManager != nil && request.body?["metadata"]?["managedFields"] == nil
            && request.isApplyCreation
        let old = before.map { leaves(of: $0, kind: kind) } ?? [:]
        let new = leaves(of: object, kind: kind)
        var changed = Set(new.filter { old[$0.key] != $0.value }.keys)
        if isApply, let applied = request.body { changed = Set(leaves(of: applied, kind: kind).keys) }
        let gone = Set(old.keys.filter { new[$0] == nil })
        guard !changed.isEmpty || !gone.isEmpty else { return object }
        let name = request.fieldManager ?? "unknown"
        let operation = isApply ? "Apply" : "Update"
        var managers = self.managers(of: before ?? object)
        for place in managers.indices { managers[place].paths.subtract(changed.union(gone)) }
        let subresource = request.subresource?.rawValue ?? ""
        if let place = managers.firstIndex(where: {
            $0.name == name && $0.operation == operation && $0.subresource == subresource
        }) {
            managers[place].paths.formUnion(changed)
            managers[place].entry["time"] = .string(now.description)
        } else if !changed.isEmpty {
            managers.append(manager(name, operation, subresource, changed, object, now))
        }
        return written(managers, in: object)
    }

    /// An object after an apply: the applier's fields, without those that it has named before and names no more.
    static func merged(
        _ before: JSONValue, _ patch: JSONValue, request: KubernetesRequest, kind: String, now: KubernetesTime
    ) throws(KubernetesFailure) -> JSONValue {
        let name = request.fieldManager ?? ""
        let subresource = request.subresource?.rawValue ?? ""
        let applied = leaves(of: patch, kind: kind)
        let live = leaves(of: before, kind: kind)
        var managers = self.managers(of: before)
        let own = managers.firstIndex {
            $0.name == name && $0.operation == "Apply" && $0.subresource == subresource
        }
        try checkConflicts(applied, live, managers, own: own, request: request, before: before)
        let previous = own.map { managers[$0].paths } ?? []
        let others = managers.enumerated().filter { $0.offset != own }.reduce(into: Set<Path>()) {
            $0.formUnion($1.element.paths)
        }
        var object = before
        for path in previous.subtracting(applied.keys).subtracting(others).sorted(by: { $0.count > $1.count }) {
            remove(path[...], from: &object, kind: kind)
        }
        object = merge(patch, into: object, field: "", parent: "", kind: kind)
        let taken = Set(applied.filter { live[$0.key] != $0.value }.keys)
        for place in managers.indices where place != own { managers[place].paths.subtract(taken) }
        if let own {
            if managers[own].paths != Set(applied.keys) || object != before {
                managers[own].entry["time"] = .string(now.description)
            }
            managers[own].paths = Set(applied.keys)
        } else {
            managers.append(manager(name, "Apply", subresource, Set(applied.keys), object, now))
        }
        return written(managers, in: object)
    }

    /// What is said of conflicts: one on a line, several under each manager.
    private static func conflictMessage(_ causes: [KubernetesFailure.Cause]) -> String {
        if causes.count == 1 { return "Apply failed with 1 conflict: \(causes[0].message): \(causes[0].field)" }
        let managers = Set(causes.map(\.message)).sorted().map { message in
            let fields = causes.filter { $0.message == message }.map { "\n- " + $0.field }
            return message.replacing("conflict with", with: "conflicts with", maxReplacements: 1) + ":"
                + fields.joined()
        }
        return "Apply failed with \(causes.count) conflicts: " + managers.joined(separator: "\n")
    }

    private static func checkConflicts(
        _ applied: [Path: JSONValue], _ live: [Path: JSONValue], _ managers: [Writer], own: Int?,
        request: KubernetesRequest, before: JSONValue
    ) throws(KubernetesFailure) {
        guard !request.isForced else { return }
        var causes: [KubernetesFailure.Cause] = []
        for (path, value) in applied.sorted(by: { $0.key.joined() < $1.key.joined() })
        where live[path].map({ $0 != value }) ?? false {
            for (place, manager) in managers.enumerated() where place != own && manager.paths.contains(path) {
                causes.append(KubernetesFailure.Cause(
                    field: fieldName(path), reason: "FieldManagerConflict",
                    message: "conflict with \"\(manager.name)\""
                        + (manager.operation == "Update" ? " using \(before["apiVersion"]?.string ?? "")" : "")))
            }
        }
        guard causes.isEmpty else {
            throw KubernetesFailure(
                .conflict, conflictMessage(causes),
                resource: request.resource, name: request.name, causes: causes)
        }
    }

    private static func fieldName(_ path: Path) -> String {
        path.map { step in
            if step.hasPrefix("f:") { return "." + step.dropFirst(2) }
            return "[" + step.dropFirst(2) + "]"
        }.joined()
    }

    // MARK: Reading and writing managedFields

    private static func managers(of object: JSONValue) -> [Writer] {
        (object["metadata"]?["managedFields"]?.array ?? []).map { entry in
            var paths: Set<Path> = []
            collect(entry["fieldsV1"], [], &paths)
            return Writer(
                name: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "",
                subresource: entry["subresource"]?.string ?? "", paths: paths, entry: entry)
        }
    }

    private static func collect(_ value: JSONValue?, _ path: Path, _ paths: inout Set<Path>) {
        guard let fields = value?.object?.fields else { return }
        if fields.isEmpty, !path.isEmpty { paths.insert(path) }
        for (key, child) in fields {
            if key == "." { paths.insert(path) } else { collect(child, path + [key], &paths) }
        }
    }

    private static func manager(
        _ name: String, _ operation: String, _ subresource: String, _ paths: Set<Path>, _ object: JSONValue,
        _ now: KubernetesTime
    ) -> Writer {
        var entry: JSONValue = [
            "manager": .string(name), "operation": .string(operation), "apiVersion": object["apiVersion"] ?? "v1",
            "time": .string(now.description), "fieldsType": "FieldsV1",
        ]
        if !subresource.isEmpty { entry["subresource"] = .string(subresource) }
        return Writer(name: name, operation: operation, subresource: subresource, paths: paths, entry: entry)
    }

    private static func written(_ managers: [Writer], in object: JSONValue) -> JSONValue {
        var object = object
        let entries: [JSONValue] = managers.filter { !$0.paths.isEmpty }.map { manager in
            var fields = JSONValue.object(JSONObject())
            for path in manager.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                // An element of a list is owned itself and has owned fields: the dot stands for itself.
                if fields.value(at: path) == nil { fields.set(path, to: .object(JSONObject())) }
                if let last = path.last, last.hasPrefix("k:") { fields.set(path + ["."], to: .object(JSONObject())) }
            }
            var entry = manager.entry
            entry["fieldsV1"] = fields
            return entry
        }
        object.set(["metadata", "managedFields"], to: entries.isEmpty ? nil : .array(entries))
        return object
    }

    // MARK: Fields

    /// The fields that can be owned, with their values: everything that is no map or map-like list.
    private static func leaves(of object: JSONValue, kind: String) -> [Path: JSONValue] {
        var leaves: [Path: JSONValue] = [:]
        var object = object
        for key in ["apiVersion", "kind"] { object[key] = nil }
        let guarded = [
            "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
            "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
        ]
        if var metadata = object["metadata"] {
            for key in guarded { metadata[key] = nil }
            object["metadata"] = metadata
        }
        gather(object, [], field: "", parent: "", kind: kind, &leaves)
        return leaves
    }

    private static func gather(
        _ value: JSONValue, _ path: Path, field: String, parent: String, kind: String, _ leaves: inout [Path: JSONValue]
    ) {
        switch value {
        case .object(let object) where !object.isEmpty:
            for (key, child) in object.fields {
                gather(child, path + ["f:" + key], field: key, parent: field, kind: kind, &leaves)
            }
        case .object where path.isEmpty || path == ["f:metadata"]: break
        case .array(let elements):
            switch ListKeys.merging(of: field, in: parent, kind: kind) {
            case .atomic: leaves[path] = value
            case .set:
                for element in elements { leaves[path + ["v:" + JSONWriter.text(element)]] = element }
            case .map(let keys):
                for element in elements {
                    let step = "k:" + key(of: element, keys)
                    leaves[path + [step]] = .null
                    gather(element, path + [step], field: field, parent: parent + "/" + field, kind: kind, &leaves)
                }
            }
        default: leaves[path] = value
        }
    }

    private static func key(of element: JSONValue, _ keys: [String]) -> String {
        let fields = keys.compactMap { key -> (String, JSONValue)? in
            // A port without a protocol is a TCP port: the default is part of its key.
            (element[key] ?? (key == "protocol" ? "TCP" : nil)).map { (key, $0) }
        }
        return JSONWriter.text(.object(JSONObject(fields)), sortsKeys: true)
    }

    // MARK: Merging

    private static func merge(
        _ patch: JSONValue, into value: JSONValue?, field: String, parent: String, kind: String
    ) -> JSONValue {
        switch patch {
        case .object(let fields):
            var result = value?.object ?? JSONObject()
            for (key, change) in fields.fields {
                result[key] = merge(change, into: result[key], field: key, parent: field, kind: kind)
            }
            return .object(result)
        case .array(let elements):
            let present = value?.array ?? []
            switch ListKeys.merging(of: field, in: parent, kind: kind) {
            case .atomic: return patch
            case .set: return .array(present + elements.filter { !present.contains($0) })
            case .map(let keys):
                var result = present
                for element in elements {
                    let name = key(of: element, keys)
                    if let place = result.firstIndex(where: { key(of: $0, keys) == name }) {
                        result[place] = merge(
                            element, into: result[place], field: field, parent: parent + "/" + field, kind: kind)
                    } else {
                        result.append(element)
                    }
                }
                return .array(result)
            }
        default: return patch
        }
    }

    private static func remove(_ path: ArraySlice<String>, from value: inout JSONValue, kind: String) {
        guard let step = path.first else { return }
        let rest = path.dropFirst()
        if step.hasPrefix("f:") {
            let key = String(step.dropFirst(2))
            guard var child = value[key] else { return }
            if rest.isEmpty {
                value[key] = nil
            } else {
                remove(rest, from: &child, kind: kind)
                value[key] = child
            }
            return
        }
        guard case .array(var elements) = value else { return }
        let text = String(step.dropFirst(2))
        let place = elements.firstIndex { element in
            guard step.hasPrefix("k:") else { return JSONWriter.text(element) == text }
            let keys = (try? JSONReader.value(text))?.object?.keys ?? []
            return key(of: element, keys) == text
        }
        guard let place else { return }
        if rest.isEmpty { elements.remove(at: place) } else { remove(rest, from: &elements[place], kind: kind) }
        value = .array(elements)
    }
}

extension JSONValue {
    /// The value at the end of a path of keys, or nil.
    fileprivate func value(at path: [String]) -> JSONValue? {
        var value: JSONValue? = self
        for key in path { value = value?[key] }
        return value
    }
}

extension KubernetesRequest {
    /// Whether this is the create that an apply of a missing object turns into.
    var isApplyCreation: Bool { verb == .create && name != nil }
}
