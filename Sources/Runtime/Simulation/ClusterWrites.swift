import ManifestKit

extension ClusterOperation {
    // MARK: Making

    /// Makes an object.
    mutating func create(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        var object = try body(for: entry)
        var metadata = object["metadata"]?.object ?? JSONObject()
        if request.subresource == .eviction { return try evict(entry) }
        let namespace = try self.namespace(of: metadata, entry)
        let name = try newName(&metadata, entry)
        let key = ObjectName(namespace: namespace, name: name)
        guard state.store.object(ObjectStore.Collection(entry.type), key) == nil else {
            throw .alreadyExists(entry.type, name)
        }
        metadata["namespace"] = entry.type.isNamespaced ? .string(namespace) : nil
        metadata["uid"] = .string(state.random.uniqueID())
        metadata["creationTimestamp"] = .string(now.description)
        metadata["generation"] = entry.type.kind == "Event" ? nil : 1
        for key in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
            metadata[key] = nil
        }
        object["metadata"] = .object(metadata)
        object["kind"] = .string(entry.type.kind)
        object["apiVersion"] = .string(entry.type.apiVersion)
        // An event's or a lease's status is nobody's; what has one gets it from its controller.
        if entry.hasStatus, entry.type.kind != "Node" { object["status"] = nil }
        if entry.type.kind == "Service" { ObjectDefaults.giveAddress(to: &object, &state.random) }
        object = try admitted(object, entry)
        try ObjectAdmission.check(object, entry, request)
        object = FieldOwnership.recorded(object, before: nil, request: request, now: now)
        return keep(entry, key, object)
    }

    /// The object in the request, which has to be of the type that the path names.
    func body(for entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        guard let body = request.body, body.object != nil else {
            throw KubernetesFailure(.badRequest, "the body of the request has to be an object")
        }
        if let kind = body["kind"]?.string, request.subresource == nil, kind != entry.type.kind {
            throw KubernetesFailure(
                .badRequest, "\(kind) in version \"\(body["apiVersion"]?.string ?? "")\" cannot be handled as a "
                    + "\(entry.type.kind)")
        }
        if let version = body["apiVersion"]?.string, request.subresource == nil,
            version != request.resource.apiVersion {
            throw KubernetesFailure(
                .badRequest, "the API version in the data (\(version)) does not match the expected API version ("
                    + "\(request.resource.apiVersion))")
        }
        return body
    }

    private func namespace(
        of metadata: JSONObject, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) -> String {
        guard entry.type.isNamespaced else { return "" }
        let written = metadata["namespace"]?.string ?? ""
        guard written.isEmpty || request.namespace.isEmpty || written == request.namespace else {
            throw KubernetesFailure(
                .badRequest, "the namespace of the provided object does not match the namespace sent on the request")
        }
        let namespace = request.namespace.isEmpty ? written : request.namespace
        let found = state.store.object(
            ObjectStore.Collection(.namespaces), ObjectName(namespace: "", name: namespace))
        guard let found else { throw .notFound(.namespaces, namespace) }
        guard found["metadata"]?["deletionTimestamp"] == nil else {
            throw KubernetesFailure(
                .forbidden, "unable to create new content in namespace \(namespace) because it is being terminated")
        }
        return namespace
    }

    private mutating func newName(
        _ metadata: inout JSONObject, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) -> String {
        if let name = metadata["name"]?.string, !name.isEmpty { return name }
        guard let prefix = metadata["generateName"]?.string, !prefix.isEmpty else {
            throw .invalid(entry.type, "", [
                KubernetesFailure.Cause(
                    field: "metadata.name", reason: "FieldValueRequired",
                    message: "Required value: name or generateName is required"),
            ])
        }
        let name = String(prefix.prefix(58)) + state.random.nameSuffix()
        metadata["name"] = .string(name)
        return name
    }

    // MARK: Changing

    /// Puts the object in the request in the place of the one that is there.
    mutating func update(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let wanted = try body(for: entry)
        let before = try existing(entry)
        if request.subresource == .scale { return try setScale(wanted, before, entry) }
        return try replace(before, with: wanted, entry)
    }

    /// Changes the object by a patch.
    mutating func patch(
        _ entry: ResourceCatalog.Entry, _ type: KubernetesRequest.PatchType
    ) throws(KubernetesFailure) -> JSONValue {
        guard let patch = request.body else { throw KubernetesFailure(.badRequest, "a patch has a body") }
        if type == .apply { return try apply(patch, entry) }
        let before = try existing(entry)
        if request.subresource == .scale {
            let scale = try self.scale(of: before, entry)
            return try setScale(patched(scale, patch, type, kind: "Scale"), before, entry)
        }
        return try replace(before, with: patched(before, patch, type, kind: entry.type.kind), entry)
    }

    private func patched(
        _ object: JSONValue, _ patch: JSONValue, _ type: KubernetesRequest.PatchType, kind: String
    ) throws(KubernetesFailure) -> JSONValue {
        switch type {
        case .json: return try JSONPatch.apply(patch, to: object)
        case .strategicMerge: return try StrategicMergePatch.apply(patch, to: object, kind: kind)
        case .merge, .apply:
            guard patch.object != nil else { throw KubernetesFailure(.badRequest, "a merge patch is an object") }
            return object.merging(patch)
        }
    }

    /// Server-side apply: makes the object, or changes the fields that the applier names and those that it named
    /// before.
    private mutating func apply(
        _ patch: JSONValue, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) -> JSONValue {
        guard request.fieldManager?.isEmpty == false else {
            throw KubernetesFailure(
                .badRequest, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for "
                    + "apply patch")
        }
        let name = objectName(entry)
        guard let before = state.store.object(ObjectStore.Collection(entry.type), name) else {
            return try answering(request.creating(patch)) { operation throws(KubernetesFailure) in
                try operation.create(entry)
            }
        }
        let merged = try FieldOwnership.merged(before, patch, request: request, kind: entry.type.kind, now: now)
        return try replace(before, with: merged, entry, isApply: true)
    }

    /// Keeps a new form of an object with what an API server guards of it.
    mutating func replace(
        _ before: JSONValue, with wanted: JSONValue, _ entry: ResourceCatalog.Entry, isApply: Bool = false
    ) throws(KubernetesFailure) -> JSONValue {
        let name = objectName(entry)
        try checkPreconditions(wanted["metadata"], before, entry)
        guard wanted["metadata"]?["name"]?.string ?? name.name == name.name else {
            throw KubernetesFailure(
                .badRequest, "the name of the object (\(wanted["metadata"]?["name"]?.string ?? "")) does not match the "
                    + "name on the URL (\(name.name))")
        }
        var object: JSONValue
        if request.subresource == .status {
            object = before
            object["status"] = wanted["status"]
        } else {
            object = wanted
            object["metadata"] = guardedMetadata(wanted["metadata"], before["metadata"])
            if entry.hasStatus { object["status"] = before["status"] }
            object = try admitted(object, entry)
        }
        object["kind"] = .string(entry.type.kind)
        object["apiVersion"] = .string(entry.type.apiVersion)
        let hasStatus = entry.hasStatus
        let hasChanged = Self.content(object, hasStatus: hasStatus) != Self.content(before, hasStatus: hasStatus)
        if hasChanged, let generation = before["metadata"]?["generation"]?.integer {
            object.set(["metadata", "generation"], to: .int(generation + 1))
        }
        if request.subresource != .status { try ObjectAdmission.check(object, entry, request) }
        guard object != before else { return before }
        if !isApply { object = FieldOwnership.recorded(object, before: before, request: request, now: now) }
        if object["metadata"]?["deletionTimestamp"] != nil, (object["metadata"]?["finalizers"]?.array ?? []).isEmpty,
            entry.type.kind != "Pod", entry.type.kind != "Namespace" {
            return remove(entry, name, orphans: false) ?? object
        }
        return keep(entry, name, object)
    }

    private func checkPreconditions(
        _ metadata: JSONValue?, _ before: JSONValue, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) {
        let name = request.name ?? ""
        if let version = metadata?["resourceVersion"]?.string, !version.isEmpty,
            version != before["metadata"]?["resourceVersion"]?.string {
            throw .conflict(entry.type, name)
        }
        if let uid = metadata?["uid"]?.string, !uid.isEmpty, uid != before["metadata"]?["uid"]?.string {
            throw KubernetesFailure(
                .conflict, "Operation cannot be fulfilled on \(entry.type) \"\(name)\": Precondition failed: UID in "
                    + "precondition: \(uid), UID in object meta: \(before["metadata"]?["uid"]?.string ?? "")",
                resource: entry.type, name: name)
        }
    }

    /// Metadata as a writer wants it, with what only the server writes put back.
    private func guardedMetadata(_ wanted: JSONValue?, _ before: JSONValue?) -> JSONValue {
        var metadata = wanted ?? .object(JSONObject())
        let guarded = [
            "name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ]
        for key in guarded { metadata[key] = before?[key] }
        if metadata["managedFields"] == nil { metadata["managedFields"] = before?["managedFields"] }
        return metadata
    }

    /// What a change of raises the generation: everything but metadata and status.
    private static func content(_ object: JSONValue, hasStatus: Bool) -> JSONValue {
        var content = object
        content["metadata"] = nil
        if hasStatus { content["status"] = nil }
        return content
    }

    private mutating func setScale(
        _ scale: JSONValue, _ before: JSONValue, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) -> JSONValue {
        guard let paths = entry.scale else {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        let replicas = scale["spec"]?["replicas"]?.integer ?? 0
        guard replicas >= 0 else {
            throw .invalid(entry.type, request.name ?? "", [
                KubernetesFailure.Cause(
                    field: "spec.replicas",
                    message: "Invalid value: \(replicas): must be greater than or equal to 0"),
            ])
        }
        try checkPreconditions(scale["metadata"], before, entry)
        var wanted = before
        wanted.set(paths.replicas, to: .int(replicas))
        var plain = self.requestWithoutSubresource
        plain.body = nil
        let object = try answering(plain) { operation throws(KubernetesFailure) in
            try operation.replace(before, with: wanted, entry)
        }
        return try self.scale(of: object, entry)
    }
}

extension ClusterOperation {
    /// The request without its subresource.
    var requestWithoutSubresource: KubernetesRequest {
        var request = request
        request.subresource = nil
        return request
    }
}

extension KubernetesRequest {
    /// The request that makes an object which an apply finds missing.
    func creating(_ object: JSONValue) -> KubernetesRequest {
        var request = self
        request.verb = .create
        request.body = object
        return request
    }
}
