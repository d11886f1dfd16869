import ManifestKit

/// One request while it is being answered: all that it changes becomes visible at once, or not at all.
///
/// It cannot be copied: while there were two of it, each change would copy all that the cluster holds.
struct ClusterOperation: ~Copyable {
    var state: EmbeddedCluster.State
    private(set) var request: KubernetesRequest
    let now: KubernetesTime
    /// What has changed, to be told to watchers.
    private(set) var changes: [ObjectStore.Change] = []
    /// What the sender of the request is to be warned of.
    private(set) var warnings: [String] = []
    /// What was there before, to be put back where the request fails or is a dry run.
    private var storeBefore: ObjectStore?
    private var catalogBefore: ResourceCatalog?

    init(state: EmbeddedCluster.State, request: KubernetesRequest, now: KubernetesTime) {
        self.state = state
        self.request = request
        self.now = now
    }

    /// Answers the request.
    mutating func run() throws(KubernetesFailure) -> JSONValue {
        if request.resource.plural.isEmpty { return try discovery() }
        let entry = try served(request.resource)
        // AnalysisRuns and Experiments are such kinds: their status is a part of the object like any other.
        if request.subresource == .status, !entry.hasStatus {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        if request.isDryRun { storeBefore = state.store }
        switch request.verb {
        case .get:
            let object = try existing(entry)
            return try request.subresource == .scale ? scale(of: object, entry) : answered(object)
        case .list: return try list(entry)
        case .create:
            let object = try create(entry)
            return answered(object)
        case .update:
            let object = try update(entry)
            return answered(object)
        case .patch(let type):
            let object = try patch(entry, type)
            return answered(object)
        case .delete: return try delete(entry)
        case .deleteCollection: return try deleteCollection(entry)
        }
    }

    /// What a group and version has.
    private func discovery() throws(KubernetesFailure) -> JSONValue {
        let (group, version) = (request.resource.group, request.resource.version)
        guard let answer = Discovery(catalog: state.catalog).resources(group: group, version: version) else {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        return answer
    }

    /// Tells watchers what has changed.
    mutating func commit() {
        if let storeBefore {
            state.store = storeBefore
            if let catalogBefore { state.catalog = catalogBefore }
            return
        }
        for change in changes {
            for watcher in state.watchers.values where watcher.collection == change.collection {
                watcher.notify(change)
            }
        }
    }

    /// Forgets what a dry run has changed. A request that fails has changed nothing before it fails.
    mutating func rollBack() {
        if let storeBefore { state.store = storeBefore }
        if let catalogBefore { state.catalog = catalogBefore }
    }

    /// Takes note of changes that another operation has made for this one.
    mutating func takeNote(of more: [ObjectStore.Change]) { changes += more }

    /// Does what another request asks for, as a part of this one.
    mutating func answering(
        _ other: KubernetesRequest,
        _ body: (inout ClusterOperation) throws(KubernetesFailure) -> JSONValue
    ) throws(KubernetesFailure) -> JSONValue {
        let own = request
        request = other
        defer { request = own }
        return try body(&self)
    }

    /// An object with the defaults of its kind and without the fields that the kind does not have. Those are refused or
    /// warned of, as the client wants it.
    mutating func admitted(
        _ object: JSONValue, _ entry: ResourceCatalog.Entry
    ) throws(KubernetesFailure) -> JSONValue {
        var object = object
        if let validation = request.fieldValidation {
            let stored = object["apiVersion"]
            object["apiVersion"] = .string(request.resource.apiVersion)
            let outcome = entry.schema.map { CustomSchema.pruned(object, schema: $0) }
                ?? KubernetesSchema.pruned(object)
            if !outcome.mistyped.isEmpty || !outcome.missing.isEmpty { throw refusal(of: outcome, entry) }
            object = outcome.object
            object["apiVersion"] = stored
            let complaints = outcome.unknown.map { "unknown field \"\($0)\"" }
            if validation == .strict, !complaints.isEmpty { throw refusal(of: complaints, entry) }
            if validation == .warn { warnings += complaints }
        }
        if let schema = entry.schema { return CustomSchema.admitted(object, schema: schema) }
        return ObjectDefaults.applied(to: object, entry.type.kind)
    }

    private func refusal(of outcome: KubernetesSchema.Outcome, _ entry: ResourceCatalog.Entry) -> KubernetesFailure {
        // Go's decoder stops at the first one; a schema names them all.
        let kind = ResourceKind(apiVersion: entry.type.apiVersion, kind: entry.type.kind)
        if let first = outcome.mistyped.first, !entry.isCustom, kind?.isBuiltIn != false {
            return KubernetesFailure(
                .badRequest, "\(entry.type.kind) in version \"\(request.resource.version)\" cannot be handled as a "
                    + "\(entry.type.kind): json: cannot unmarshal \(first.found) into Go struct field "
                    + "\(entry.type.kind).\(first.path) of type \(first.wanted)")
        }
        let name = request.name ?? request.body?["metadata"]?["name"]?.string ?? ""
        let missing = outcome.missing.map { path in
            KubernetesFailure.Cause(field: path, reason: "FieldValueRequired", message: "Required value")
        }
        return .invalid(entry.type, name, missing + outcome.mistyped.map { value in
            KubernetesFailure.Cause(
                field: value.path, reason: "FieldValueTypeInvalid",
                message: "Invalid value: \"\(value.found)\": \(value.path) in body must be of type \(value.wanted): "
                    + "\"\(value.found)\"")
        })
    }

    private func refusal(of complaints: [String], _ entry: ResourceCatalog.Entry) -> KubernetesFailure {
        let reason = "strict decoding error: " + complaints.joined(separator: ", ")
        if case .patch(let type) = request.verb, type != .apply, let patch = request.body {
            let message = "Invalid value: \(JSONWriter.quoted(JSONWriter.text(patch))): \(reason)"
            return KubernetesFailure(
                .invalid, " \"\" is invalid: patch: \(message)", resource: entry.type, name: request.name,
                causes: [KubernetesFailure.Cause(field: "patch", message: message)])
        }
        return KubernetesFailure(
            .badRequest, "\(entry.type.kind) in version \"\(request.resource.version)\" cannot be handled as a "
                + "\(entry.type.kind): \(reason)")
    }

    // MARK: Finding

    /// The entry of a type, or the failure that a path gets which nothing serves.
    func served(_ resource: ResourceType) throws(KubernetesFailure) -> ResourceCatalog.Entry {
        guard let entry = state.catalog.entry(
            group: resource.group, version: resource.version, plural: resource.plural)
        else { throw KubernetesFailure(.notFound, "the server could not find the requested resource") }
        return entry
    }

    /// The name that the request is about.
    func objectName(_ entry: ResourceCatalog.Entry) -> ObjectName {
        ObjectName(namespace: entry.type.isNamespaced ? request.namespace : "", name: request.name ?? "")
    }

    /// The object that the request is about.
    func existing(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let name = objectName(entry)
        guard let object = state.store.object(ObjectStore.Collection(entry.type), name) else {
            throw .notFound(entry.type, name.name)
        }
        return object
    }

    /// The object in the version that the request speaks.
    func answered(_ object: JSONValue) -> JSONValue {
        var object = object
        if object["kind"]?.string != "Scale", object["apiVersion"]?.string != request.resource.apiVersion {
            object["apiVersion"] = .string(request.resource.apiVersion)
        }
        return object
    }

    // MARK: Keeping

    /// Keeps an object, unless nothing has changed; the object as it is kept.
    mutating func keep(_ entry: ResourceCatalog.Entry, _ name: ObjectName, _ object: JSONValue) -> JSONValue {
        let collection = ObjectStore.Collection(entry.type)
        if let before = state.store.object(collection, name), before == object { return before }
        let change = state.store.put(collection, name, object)
        changes.append(change)
        followDefinition(entry, change.after)
        return change.object
    }

    /// Removes an object and, in the background, what only it owns.
    mutating func remove(_ entry: ResourceCatalog.Entry, _ name: ObjectName, orphans: Bool) -> JSONValue? {
        guard let change = state.store.remove(ObjectStore.Collection(entry.type), name) else { return nil }
        changes.append(change)
        if entry.type.kind == "CustomResourceDefinition" { dropDefinition(change.object) }
        if let uid = change.object["metadata"]?["uid"]?.string { releaseOwned(by: uid, orphans: orphans) }
        endForegroundDeletions(afterRemovalOf: change.object)
        return change.object
    }

    private mutating func followDefinition(_ entry: ResourceCatalog.Entry, _ object: JSONValue?) {
        guard entry.type.kind == "CustomResourceDefinition", let object,
            let defined = ResourceCatalog.entry(definition: object)
        else { return }
        if catalogBefore == nil { catalogBefore = state.catalog }
        state.catalog.addCustom(defined)
    }

    private mutating func dropDefinition(_ object: JSONValue) {
        guard let defined = ResourceCatalog.entry(definition: object) else { return }
        if catalogBefore == nil { catalogBefore = state.catalog }
        let collection = ObjectStore.Collection(defined.type)
        for (name, _) in state.store.objects(collection) {
            if let change = state.store.remove(collection, name) { changes.append(change) }
        }
        state.catalog.remove(group: defined.type.group, plural: defined.type.plural)
    }
}
