import ManifestKit

extension ClusterOperation {
    /// The objects that a list request asks for, page by page where it has a limit.
    func list(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let matches = try filter()
        let position = try position()
        // Later pages show what was there when the first was made, so that a watch can go on from its version.
        let version = position?.version ?? state.store.version
        let limit = request.limit.flatMap { $0 > 0 ? $0 : nil }
        let page = state.store.page(
            ObjectStore.Collection(entry.type), namespace: request.namespace, at: version, after: position?.last,
            limit: limit, where: matches)
        guard let page else { throw Self.tooOld }
        var metadata: JSONObject = JSONObject([("resourceVersion", .string(String(version)))])
        if page.rest > 0, let last = page.objects.last?.name {
            metadata["continue"] = .string("\(version)/\(last.namespace)/\(last.name)")
            // How many of them a selector wants, nobody knows.
            let isSelecting = !(request.labelSelector ?? "").isEmpty || !(request.fieldSelector ?? "").isEmpty
            if !isSelecting { metadata["remainingItemCount"] = .int(page.rest) }
        }
        return .object(JSONObject([
            ("kind", .string(entry.type.kind + "List")), ("apiVersion", .string(request.resource.apiVersion)),
            ("metadata", .object(metadata)), ("items", .array(page.objects.map { answered($0.object) })),
        ]))
    }

    /// Whether an object is among those that the request's selectors name.
    func filter() throws(KubernetesFailure) -> @Sendable (JSONValue) -> Bool {
        try Self.filter(request)
    }

    /// Whether an object is among those that a request's selectors name.
    static func filter(_ request: KubernetesRequest) throws(KubernetesFailure) -> @Sendable (JSONValue) -> Bool {
        var labels: LabelSelector?
        var fields: FieldSelector?
        if let query = request.labelSelector, !query.isEmpty { labels = try LabelSelector(query: query) }
        if let query = request.fieldSelector, !query.isEmpty { fields = try FieldSelector(query: query) }
        let (labelSelector, fieldSelector) = (labels, fields)
        return { object in
            (labelSelector?.matches(object["metadata"]?["labels"]?.object) ?? true)
                && (fieldSelector?.matches(object) ?? true)
        }
    }

    /// Where a list goes on; nil where it begins.
    private func position() throws(KubernetesFailure) -> (version: Int, last: ObjectName)? {
        guard let continuation = request.continuation else { return nil }
        let parts = continuation.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let version = Int(parts[0]) else {
            throw KubernetesFailure(.badRequest, "continue key is not valid")
        }
        // A version of the future is one of another cluster that was here before this one.
        guard version <= state.store.version else { throw Self.tooOld }
        return (version, ObjectName(namespace: parts[1], name: parts[2]))
    }

    private static let tooOld = KubernetesFailure(
        .expired, "The provided continue parameter is too old to display a consistent list result. You can start a new "
            + "list without the continue parameter.")

    /// The scale subresource of an object.
    func scale(of object: JSONValue, _ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        guard let paths = entry.scale else {
            throw KubernetesFailure(.notFound, "the server could not find the requested resource")
        }
        var metadata = JSONObject()
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[key] = object["metadata"]?[key]
        }
        var status: JSONValue = ["replicas": .int(Self.value(at: paths.statusReplicas, in: object)?.integer ?? 0)]
        if let path = paths.selector {
            status["selector"] = Self.value(at: path, in: object)
        } else {
            let labels = object["spec"]?["selector"]?["matchLabels"]?.object?.fields ?? []
            status["selector"] = .string(labels.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": .int(Self.value(at: paths.replicas, in: object)?.integer ?? 0)], "status": status,
        ]
    }

    static func value(at path: [String], in object: JSONValue) -> JSONValue? {
        var value: JSONValue? = object
        for key in path { value = value?[key] }
        return value
    }
}

// MARK: - Watches

extension EmbeddedCluster: ClusterTransport {
    public func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue { try perform(request) }

    public func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> {
        AsyncThrowingStream { continuation in
            do {
                let stop = try follow(request) { continuation.yield($0) }
                continuation.onTermination = { _ in stop() }
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    public func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        do throws(KubernetesFailure) {
            return try follow(request, onEvent)
        } catch {
            onEnd(error)
            return {}
        }
    }

    /// Hands on the changes of a list from its version on, those of the past at once, until the returned closure is
    /// called. Without a version it begins with the objects that are there.
    func follow(
        _ request: KubernetesRequest, _ body: @escaping @Sendable (WatchEvent) -> Void
    ) throws(KubernetesFailure) -> @Sendable () -> Void {
        let matches = try ClusterOperation.filter(request)
        let translate = Self.translator(request, matches)
        let result: Result<Int, KubernetesFailure> = state.withLock { state in
            guard let entry = state.catalog.entry(
                group: request.resource.group, version: request.resource.version, plural: request.resource.plural)
            else { return .failure(KubernetesFailure(.notFound, "the server could not find the requested resource")) }
            let collection = ObjectStore.Collection(entry.type)
            if let text = request.resourceVersion, let version = Int(text), version > 0 {
                // A version of the future is one of another cluster that was here before this one.
                guard version <= state.store.version, let changes = state.store.changes(since: version) else {
                    return .failure(KubernetesFailure(
                        .expired, "too old resource version: \(version) (\(state.store.forgottenVersion))"))
                }
                for change in changes where change.collection == collection { translate(change).map(body) }
            } else {
                for (_, object) in state.store.objects(collection, namespace: request.namespace)
                where matches(object) {
                    body(WatchEvent(.added, Self.answered(object, request)))
                }
            }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(collection: collection) { translate($0).map(body) }
            return .success(state.nextWatcher)
        }
        let id = try result.get()
        return { [weak self] in self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) } }
    }

    /// What a watcher with selectors sees of a change: an object that comes to match is added, one that ceases to is
    /// deleted.
    private static func translator(
        _ request: KubernetesRequest, _ matches: @escaping @Sendable (JSONValue) -> Bool
    ) -> @Sendable (ObjectStore.Change) -> WatchEvent? {
        { change in
            guard request.namespace.isEmpty || change.name.namespace == request.namespace else { return nil }
            let before = change.before.map(matches) ?? false
            let after = change.after.map(matches) ?? false
            switch (before, after) {
            case (false, true): return WatchEvent(.added, answered(change.object, request))
            case (true, true): return WatchEvent(.modified, answered(change.object, request))
            case (true, false): return WatchEvent(.deleted, answered(change.object, request))
            case (false, false): return nil
            }
        }
    }

    private static func answered(_ object: JSONValue, _ request: KubernetesRequest) -> JSONValue {
        var object = object
        if object["apiVersion"]?.string != request.resource.apiVersion {
            object["apiVersion"] = .string(request.resource.apiVersion)
        }
        return object
    }
}
