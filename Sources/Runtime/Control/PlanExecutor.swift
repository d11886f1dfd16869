import ManifestKit

/// Does what a plan says, each action by the smallest request that does it.
///
/// It stops at the first action that fails: what is left is planned anew from what the cluster is like then.
struct PlanExecutor: Sendable {
    private struct Target: Hashable {
        var resource: ResourceType
        var name: ObjectName
    }

    let cache: ClusterCache
    let events: EventRecorder
    let item: WorkItem
    private var rollout: ObjectName { item.name }
    private let transport: any ClusterTransport
    /// The objects that the plan was made from, and what our own writes have made of them since. The stores may have
    /// gone on: what somebody else has changed meanwhile must stop a guarded write and not be written over.
    private var known: [Target: JSONValue] = [:]
    /// The Rollout's status before the last one was written: people are told of an event as the reference tells it,
    /// with the status that it came from.
    private var formerStatus: JSONValue?
    /// The pod template of a Rollout that has it from another workload; people are told of it as if it were its own.
    private let template: JSONValue?

    /// Makes one for a plan about an item, made from these objects.
    init(
        cache: ClusterCache, events: EventRecorder, item: WorkItem, object: JSONValue, replicaSets: [ReplicaSet] = [],
        objects: [ObjectKey: JSONValue] = [:], template: JSONValue? = nil
    ) {
        self.template = template
        self.cache = cache
        self.events = events
        self.item = item
        transport = cache.transport
        know(item.kind.resource, object)
        for replicaSet in replicaSets { know(.replicaSets, replicaSet.object) }
        for (key, object) in objects {
            if let resource = ResourceType(key.kind) { know(resource, object) }
        }
    }

    private mutating func know(_ resource: ResourceType, _ object: JSONValue) {
        known[Target(resource: resource, name: ObjectName(of: object))] = object
    }

    /// Does one action.
    mutating func perform(_ action: Action) async throws(KubernetesFailure) {
        switch action {
        case .createReplicaSet(let replicaSet): try await create(.replicaSets, replicaSet.json)
        case .scaleReplicaSet(let name, let replicas, let annotations):
            var patch: JSONValue = ["spec": ["replicas": .int(replicas)]]
            if !annotations.isEmpty { patch["metadata"] = ["annotations": Self.changes(annotations)] }
            try await self.patch(.replicaSets, name, patch)
        case .annotateReplicaSet(let name, let annotations):
            try await patch(.replicaSets, name, ["metadata": ["annotations": Self.changes(annotations)]])
        case .changeReplicaSet(let name, let change): try await self.change(name, change)
        case .deleteReplicaSet(let name): try await delete(.replicaSets, name)
        case .markPod(let name, let labels, let annotations): try await mark(name, labels, annotations)
        case .evictPod(let name): try await evict(name)
        case .annotateRollout(let annotations):
            try await patch(
                .rollouts, rollout.name, ["metadata": ["annotations": Self.changes(annotations)]], isGuarded: true)
        case .setReplicas(let replicas):
            try await patch(.rollouts, rollout.name, ["spec": ["replicas": .int(replicas)]], isGuarded: true)
        case .updateStatus(let status): try await write(status)
        case .pointService(let name, let hash):
            guard let object = current(.services, name) else { throw .notFound(.services, name) }
            try await patch(.services, name, Service(object).patch(pointingAt: hash, manager: rollout.name))
        case .create(let key, let object): try await create(Self.resource(key), object, namespace: key.namespace)
        case .patch(let key, let patch):
            try await self.patch(
                Self.resource(key), key.name, patch, namespace: key.namespace, isGuarded: Self.replacesLists(patch))
        case .patchStatus(let key, let patch):
            // AnalysisRuns and Experiments have no status of their own: the reference's CRDs give them no subresource.
            try await self.patch(
                Self.resource(key), key.name, ["status": patch], namespace: key.namespace, isGuarded: true)
        case .delete(let key): try await delete(key)
        case .scaleWorkload(let key, let replicas):
            try await patch(Self.resource(key), key.name, ["spec": ["replicas": .int(replicas)]])
        case .emit(let event):
            guard let object = current(item.kind.resource, rollout.name) else { return }
            await events.record(event, about: object)
            tell(event, object)
        }
    }

    /// Tells people of an event: what led to it is written down, so no later plan will have it again.
    private func tell(_ event: RolloutEvent, _ object: JSONValue) {
        var object = object
        if let template, object["spec"]?["template"] == nil { object.set(["spec", "template"], to: template) }
        if let formerStatus { object["status"] = formerStatus }
        events.tell(event, about: object)
    }

    // MARK: Requests

    private func name(_ name: String, _ namespace: String? = nil) -> ObjectName {
        ObjectName(namespace: namespace ?? rollout.namespace, name: name)
    }

    private func current(_ resource: ResourceType, _ name: String) -> JSONValue? {
        known[Target(resource: resource, name: self.name(name))]
    }

    /// Makes an object; where one of that name is there, it is kept for the next plan to see.
    private mutating func create(
        _ resource: ResourceType, _ object: JSONValue, namespace: String? = nil
    ) async throws(KubernetesFailure) {
        let name = name(object["metadata"]?["name"]?.string ?? "", namespace)
        do throws(KubernetesFailure) {
            let made = try await transport.send(.create(resource, namespace: name.namespace, object))
            try await cache.store(resource).note(made)
            know(resource, made)
        } catch {
            if error.reason == .alreadyExists { try await refresh(resource, name) }
            throw error
        }
    }

    /// Patches an object. A guarded patch is refused where somebody else has changed the object meanwhile.
    private mutating func patch(
        _ resource: ResourceType, _ name: String, _ patch: JSONValue, namespace: String? = nil,
        subresource: KubernetesRequest.Subresource? = nil, isGuarded: Bool = false
    ) async throws(KubernetesFailure) {
        let name = self.name(name, namespace)
        let store = try await cache.store(resource)
        var patch = patch
        if isGuarded, let version = known[Target(resource: resource, name: name)]?["metadata"]?["resourceVersion"] {
            patch.set(["metadata", "resourceVersion"], to: version)
        }
        do throws(KubernetesFailure) {
            let written = try await transport.send(.patch(resource, name, patch, subresource: subresource))
            store.note(written)
            know(resource, written)
        } catch {
            if error.reason == .conflict { try await refresh(resource, name) }
            if error.reason == .notFound { store.noteRemoval(of: name) }
            throw error
        }
    }

    private func delete(_ resource: ResourceType, _ name: String) async throws(KubernetesFailure) {
        let name = self.name(name)
        let store = try await cache.store(resource)
        var request = KubernetesRequest.delete(resource, name)
        // Only as it was when the plan was made: without pods.
        let object = known[Target(resource: resource, name: name)]
        request.resourceVersion = object?["metadata"]?["resourceVersion"]?.string
        do throws(KubernetesFailure) {
            _ = try await transport.send(request)
            store.noteRemoval(of: name)
        } catch {
            if error.reason == .notFound { store.noteRemoval(of: name) }
            if error.reason == .conflict { try await refresh(resource, name) }
            throw error
        }
    }

    /// Deletes an object, and in the background what it owns; one that has gone is as good.
    private func delete(_ key: ObjectKey) async throws(KubernetesFailure) {
        let resource = try Self.resource(key)
        let name = name(key.name, key.namespace)
        let store = try await cache.store(resource)
        do throws(KubernetesFailure) {
            _ = try await transport.send(.delete(resource, name))
        } catch {
            guard error.reason == .notFound else { throw error }
        }
        store.noteRemoval(of: name)
    }

    /// Reads an object that others have changed, so that the next plan sees it though the watch may be behind.
    private func refresh(_ resource: ResourceType, _ name: ObjectName) async throws(KubernetesFailure) {
        let store = try await cache.store(resource)
        do throws(KubernetesFailure) {
            store.note(try await transport.send(.get(resource, name)))
        } catch {
            guard error.reason == .notFound else { throw error }
            store.noteRemoval(of: name)
        }
    }

    // MARK: Actions

    /// Writes what has changed in the status, unless somebody else has written to the Rollout since it was read.
    private mutating func write(_ status: RolloutStatus) async throws(KubernetesFailure) {
        guard let object = current(.rollouts, rollout.name) else { throw .notFound(.rollouts, rollout.name) }
        // Against what was understood of it: a field that says nothing, such as `abort: false`, is left as it is.
        guard let change = RolloutStatus(object["status"] ?? .null).json.mergePatch(to: status.json) else { return }
        formerStatus = object["status"] ?? .object(JSONObject())
        try await patch(.rollouts, rollout.name, ["status": change], subresource: .status, isGuarded: true)
    }

    private mutating func change(_ name: String, _ change: ReplicaSetChange) async throws(KubernetesFailure) {
        var patch = JSONValue.object(JSONObject())
        if !change.annotations.isEmpty { patch.set(["metadata", "annotations"], to: Self.changes(change.annotations)) }
        if let seconds = change.minReadySeconds { patch.set(["spec", "minReadySeconds"], to: .int(seconds)) }
        let metadata = ["spec", "template", "metadata"]
        if !change.podLabels.isEmpty { patch.set(metadata + ["labels"], to: Self.changes(change.podLabels)) }
        if !change.podAnnotations.isEmpty {
            patch.set(metadata + ["annotations"], to: Self.changes(change.podAnnotations))
        }
        if let affinity = change.affinity {
            let old = current(.replicaSets, name)?["spec", "template", "spec", "affinity"] ?? .null
            if let difference = old.mergePatch(to: affinity) {
                patch.set(["spec", "template", "spec", "affinity"], to: difference)
            }
        }
        try await self.patch(.replicaSets, name, patch)
    }

    /// Changes labels and annotations of a pod; one that has gone needs no change.
    private func mark(
        _ name: String, _ labels: [String: String?], _ annotations: [String: String?]
    ) async throws(KubernetesFailure) {
        var metadata = JSONObject()
        if !labels.isEmpty { metadata["labels"] = Self.changes(labels) }
        if !annotations.isEmpty { metadata["annotations"] = Self.changes(annotations) }
        do throws(KubernetesFailure) {
            _ = try await transport.send(.patch(.pods, self.name(name), ["metadata": .object(metadata)]))
        } catch {
            guard error.reason == .notFound else { throw error }
        }
    }

    /// Evicts a pod. Where a disruption budget forbids it, the planner tries again later.
    private func evict(_ name: String) async throws(KubernetesFailure) {
        let body: JSONValue = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(name), "namespace": .string(rollout.namespace)],
        ]
        do throws(KubernetesFailure) {
            _ = try await transport.send(KubernetesRequest(
                .create, .pods, namespace: rollout.namespace, name: name, subresource: .eviction, body: body))
        } catch {
            guard error.reason == .notFound || error.reason == .tooManyRequests else { throw error }
        }
    }

    // MARK: Values

    private static func resource(_ key: ObjectKey) throws(KubernetesFailure) -> ResourceType {
        guard let resource = ResourceType(key.kind) else {
            throw KubernetesFailure(.badRequest, "plans do not change objects of kind \(key.kind.rawValue)")
        }
        return resource
    }

    /// Entries as a merge patch, null for those that go.
    private static func changes(_ changes: [String: String?]) -> JSONValue {
        .object(JSONObject(changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.map { .string($0) } ?? .null) }))
    }

    /// Whether a merge patch puts whole lists in the place of those that are there, with what others put into them.
    private static func replacesLists(_ patch: JSONValue) -> Bool {
        switch patch {
        case .array: true
        case .object(let object): object.fields.contains { replacesLists($0.value) }
        default: false
        }
    }
}
