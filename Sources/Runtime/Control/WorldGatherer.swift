import ManifestKit

/// Makes the snapshot that a plan is made from.
struct WorldGatherer: Sendable {
    let cache: ClusterCache
    let clock: any ClusterClock

    /// The world of a Rollout.
    func world(of rollout: Rollout, invalidity: String?) async throws(KubernetesFailure) -> World {
        let namespace = rollout.namespace ?? ""
        let replicaSets = try await cache.store(.replicaSets)
        let own = replicaSets.objects(controlledBy: rollout.uid ?? "").compactMap { ReplicaSet($0) }
        var objects: [ObjectKey: JSONValue] = [:]
        var missing: [ResourceKind: String] = [:]
        let isNew = rollout.status.observedGeneration != String(rollout.generation)
        try await collect(rollout.references, beside: namespace, readsAbsent: isNew, into: &objects, missing: &missing)
        let linked = rollout.linkedReferences(in: objects)
        try await collect(linked, beside: namespace, readsAbsent: isNew, into: &objects, missing: &missing)
        try await templates.collect(into: &objects, namespace: namespace)
        if rollout.mayHaveRuns {
            let uid = rollout.uid ?? ""
            try await cache.collect(.analysisRun, controlledBy: uid, into: &objects)
            try await cache.collect(.experiment, controlledBy: uid, into: &objects)
        }
        let pods = rollout.needsPods ? try await self.pods(of: own, in: namespace) : nil
        var world = World(rollout: rollout, replicaSets: own, objects: objects, pods: pods)
        world.invalidity = invalidity
        world.missingDefinitions = missing
        // A ReplicaSet of somebody else that has the name of ours.
        let name = PodTemplateHash.replicaSetName(rollout: rollout.name, hash: world.templateHash)
        if let found = replicaSets.object(ObjectName(namespace: namespace, name: name)),
            OwnerReference.controller(of: found)?.uid != rollout.uid {
            world.foreignReplicaSets = [name]
        }
        // Runs and experiments of somebody else that have names which ours would get.
        for key in world.wantedRunNames {
            guard let resource = ResourceType(key.kind) else { continue }
            let store = try await cache.store(resource)
            var candidate = key
            var collisions = 0
            while world.objects[candidate] == nil,
                let found = store.object(ObjectName(namespace: namespace, name: candidate.name)) {
                world.set(candidate, found)
                collisions += 1
                candidate.name = World.runName(key, collisions)
            }
        }
        return world
    }

    /// Takes the objects that keys name, and notes which kinds the cluster does not serve.
    ///
    /// A manifest is often applied right after the objects that it names, and the watch of Rollouts may tell of it
    /// before the watch of the others does. So what a new manifest seems to lack is looked for in the API itself.
    private func collect(
        _ keys: [ObjectKey], beside namespace: String, readsAbsent: Bool, into objects: inout [ObjectKey: JSONValue],
        missing: inout [ResourceKind: String]
    ) async throws(KubernetesFailure) {
        for key in keys {
            guard let resource = ResourceType(key.kind) else { continue }
            let name = key.name(within: namespace, resource)
            if key.namesAll {
                for object in try await cache.store(resource).objects(in: name.namespace) {
                    objects[ObjectKey(key.kind, ObjectName(of: object).name, namespace: key.namespace)] = object
                }
            } else {
                let store = resource == .replicaSets ? nil : try await cache.store(resource)
                objects[key] = store?.object(name)
                // A ReplicaSet that a Rollout takes its template from is no Rollout's own, and those alone are cached.
                let isSought = store == nil || readsAbsent && cache.isServed(resource)
                if objects[key] == nil, isSought, let found = try await read(resource, name) {
                    objects[key] = found
                    store?.note(found)
                }
            }
            if !cache.isServed(resource) { missing[key.kind] = resource.description }
        }
    }

    private var templates: TemplateGatherer { TemplateGatherer(cache: cache) }

    /// An object as the API has it now, or nil.
    private func read(_ resource: ResourceType, _ name: ObjectName) async throws(KubernetesFailure) -> JSONValue? {
        do throws(KubernetesFailure) {
            return try await cache.transport.send(.get(resource, name))
        } catch {
            guard error.reason == .notFound else { throw error }
            return nil
        }
    }

    /// The pods of ReplicaSets, read from the API itself: few plans need them, and a cache of all pods is large.
    private func pods(of replicaSets: [ReplicaSet], in namespace: String) async throws(KubernetesFailure) -> [Pod] {
        var owners: [String: ReplicaSet] = [:]
        for replicaSet in replicaSets { owners[replicaSet.object["metadata"]?["uid"]?.string ?? ""] = replicaSet }
        guard !owners.isEmpty else { return [] }
        var request = KubernetesRequest.list(.pods, namespace: namespace)
        let hashes = Set(replicaSets.map(\.hash)).sorted().joined(separator: ",")
        request.labelSelector = "\(RolloutMarks.podTemplateHash) in (\(hashes))"
        request.limit = 500
        var pods: [Pod] = []
        repeat {
            let page = try await cache.transport.send(request)
            for object in page["items"]?.array ?? [] {
                guard let uid = OwnerReference.controller(of: object)?.uid, let owner = owners[uid] else { continue }
                pods.append(Pod(object, of: owner, now: clock.time))
            }
            request.continuation = page["metadata"]?["continue"]?.string
        } while request.continuation?.isEmpty == false
        return pods
    }
}

extension Pod {
    /// Reads a pod of a ReplicaSet.
    init(_ object: JSONValue, of replicaSet: ReplicaSet, now: KubernetesTime) {
        let metadata = object["metadata"]
        let ready = object["status"]?["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        let since = ready?["lastTransitionTime"]?.string.flatMap { KubernetesTime($0) }
        let isReady = ready?["status"]?.string == "True"
        let isOldEnough = replicaSet.minReadySeconds == 0
            || since.map { $0.seconds + Int64(replicaSet.minReadySeconds) <= now.seconds } ?? false
        let created = metadata?["creationTimestamp"]?.string.flatMap { KubernetesTime($0) }
        self.init(
            name: metadata?["name"]?.string ?? "", replicaSet: replicaSet.name, createdAt: created ?? now,
            isAvailable: isReady && isOldEnough, isBeingDeleted: metadata?["deletionTimestamp"] != nil,
            labels: metadata?["labels"]?.stringDictionary ?? [:],
            annotations: metadata?["annotations"]?.stringDictionary ?? [:])
    }
}
