import ManifestKit

extension ClusterOperation {
    /// Deletes the object that the request is about.
    mutating func delete(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let object = try existing(entry)
        if let version = request.resourceVersion ?? request.body?["preconditions"]?["resourceVersion"]?.string,
            version != object["metadata"]?["resourceVersion"]?.string {
            throw .conflict(entry.type, request.name ?? "")
        }
        if let uid = request.body?["preconditions"]?["uid"]?.string, uid != object["metadata"]?["uid"]?.string {
            throw .conflict(entry.type, request.name ?? "")
        }
        return delete(object, entry, objectName(entry))
    }

    /// Deletes all objects that a list would show.
    mutating func deleteCollection(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let matches = try filter()
        let found = state.store.objects(ObjectStore.Collection(entry.type), namespace: request.namespace)
            .filter { matches($0.object) }
        for (name, object) in found { _ = delete(object, entry, name) }
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success"]
    }

    /// Removes an object, or marks it where something has to happen first.
    private mutating func delete(
        _ object: JSONValue, _ entry: ResourceCatalog.Entry, _ name: ObjectName
    ) -> JSONValue {
        let propagation = request.propagation ?? request.body?["propagationPolicy"]?.string
            .flatMap { KubernetesRequest.Propagation(rawValue: $0) } ?? .background
        let grace = request.body?["gracePeriodSeconds"]?.integer
        if entry.type.kind == "Namespace" { return terminate(object, entry, name) }
        var finalizers = object["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? []
        if propagation == .foreground, owns(object) { finalizers.append("foregroundDeletion") }
        let waitsForKubelet =
            entry.type.kind == "Pod" && grace != 0 && object["spec"]?["nodeName"] != nil
            && object["status"]?["phase"]?.string != "Succeeded" && object["status"]?["phase"]?.string != "Failed"
        guard finalizers.isEmpty, !waitsForKubelet else {
            let period = grace ?? object["spec"]?["terminationGracePeriodSeconds"]?.integer ?? 30
            return mark(object, entry, name, finalizers: finalizers, grace: waitsForKubelet ? period : nil)
        }
        let orphans = propagation == .orphan
        let last = remove(entry, name, orphans: orphans) ?? object
        guard entry.type.kind != "Pod" else { return last }
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
            "details": [
                "name": .string(name.name), "group": .string(entry.type.group), "kind": .string(entry.type.plural),
                "uid": last["metadata"]?["uid"] ?? .null,
            ],
        ]
    }

    /// Marks an object as being deleted.
    private mutating func mark(
        _ object: JSONValue, _ entry: ResourceCatalog.Entry, _ name: ObjectName, finalizers: [String], grace: Int?
    ) -> JSONValue {
        var marked = object
        if object["metadata"]?["deletionTimestamp"] == nil {
            let moment = KubernetesTime(seconds: now.seconds + Int64(grace ?? 0))
            marked.set(["metadata", "deletionTimestamp"], to: .string(moment.description))
            marked.set(["metadata", "deletionGracePeriodSeconds"], to: .int(grace ?? 0))
        }
        if !finalizers.isEmpty {
            var seen: Set<String> = []
            let unique = finalizers.filter { seen.insert($0).inserted }
            marked.set(["metadata", "finalizers"], to: .array(unique.map { .string($0) }))
            if unique.contains("foregroundDeletion") { deleteOwned(by: object) }
        }
        return keep(entry, name, marked)
    }

    /// Evicts a pod: a delete by another name.
    mutating func evict(_ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> JSONValue {
        let object = try existing(entry)
        try checkDisruption(object)
        _ = delete(object, entry, objectName(entry))
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success"]
    }

    // MARK: Namespaces

    /// Deletes a namespace with everything in it.
    private mutating func terminate(
        _ object: JSONValue, _ entry: ResourceCatalog.Entry, _ name: ObjectName
    ) -> JSONValue {
        var marked = object
        marked.set(["metadata", "deletionTimestamp"], to: .string(now.description))
        marked.set(["status", "phase"], to: "Terminating")
        _ = keep(entry, name, marked)
        for content in state.catalog.entries where content.type.isNamespaced {
            let collection = ObjectStore.Collection(content.type)
            for (name, object) in state.store.objects(collection, namespace: name.name) {
                if object["metadata"]?["finalizers"]?.array?.isEmpty == false {
                    _ = mark(object, content, name, finalizers: [], grace: nil)
                }
                if let change = state.store.remove(collection, name) { takeNote(of: [change]) }
            }
        }
        return remove(entry, name, orphans: false) ?? marked
    }

    // MARK: Owners

    /// Whether any object names this one as its owner.
    private func owns(_ object: JSONValue) -> Bool {
        guard let uid = object["metadata"]?["uid"]?.string else { return false }
        return !state.store.objects(ownedBy: uid).isEmpty
    }

    /// The objects that name a uid as one of their owners.
    private func owned(by uid: String) -> [(entry: ResourceCatalog.Entry, name: ObjectName, object: JSONValue)] {
        state.store.objects(ownedBy: uid).compactMap { reference in
            let entry = state.catalog.entries.first { ObjectStore.Collection($0.type) == reference.collection }
            guard let entry, let object = state.store.object(reference.collection, reference.name) else { return nil }
            return (entry, reference.name, object)
        }
    }

    /// Deletes what only a removed object owned, or sets it free.
    mutating func releaseOwned(by uid: String, orphans: Bool) {
        for (entry, name, object) in owned(by: uid) {
            let others = (object["metadata"]?["ownerReferences"]?.array ?? []).filter { $0["uid"]?.string != uid }
            if orphans || !others.isEmpty {
                var free = object
                free.set(["metadata", "ownerReferences"], to: others.isEmpty ? nil : .array(others))
                _ = keep(entry, name, free)
            } else {
                _ = delete(object, entry, name)
            }
        }
    }

    /// Lets those owners of a removed object go that only waited for what they own.
    mutating func endForegroundDeletions(afterRemovalOf object: JSONValue) {
        let namespace = object["metadata"]?["namespace"]?.string ?? ""
        for reference in object["metadata"]?["ownerReferences"]?.array ?? [] {
            let entry = state.catalog.entry(
                apiVersion: reference["apiVersion"]?.string ?? "", kind: reference["kind"]?.string ?? "")
            guard let entry, let ownerName = reference["name"]?.string else { continue }
            let name = ObjectName(namespace: entry.type.isNamespaced ? namespace : "", name: ownerName)
            guard var owner = state.store.object(ObjectStore.Collection(entry.type), name),
                owner["metadata"]?["uid"] == reference["uid"], owner["metadata"]?["deletionTimestamp"] != nil,
                let finalizers = owner["metadata"]?["finalizers"]?.array,
                finalizers.contains(Self.foreground), !owns(owner)
            else { continue }
            let others = finalizers.filter { $0 != Self.foreground }
            owner.set(["metadata", "finalizers"], to: others.isEmpty ? nil : .array(others))
            if others.isEmpty { _ = remove(entry, name, orphans: false) } else { _ = keep(entry, name, owner) }
        }
    }

    /// Goes on with deletions that were under way when the cluster's state was taken. Of what an object waited for,
    /// something may not have come back with it.
    mutating func resumeDeletions() {
        for entry in state.catalog.entries where entry.type.kind != "Pod" && entry.type.kind != "Namespace" {
            let collection = ObjectStore.Collection(entry.type)
            for (name, _) in state.store.objects(collection) {
                // What came before may have removed it.
                guard var object = state.store.object(collection, name),
                    object["metadata"]?["deletionTimestamp"] != nil
                else { continue }
                var finalizers = object["metadata"]?["finalizers"]?.array ?? []
                if finalizers.contains(Self.foreground) {
                    deleteOwned(by: object)
                    guard let current = state.store.object(collection, name), !owns(current) else { continue }
                    object = current
                    finalizers.removeAll { $0 == Self.foreground }
                    object.set(["metadata", "finalizers"], to: finalizers.isEmpty ? nil : .array(finalizers))
                }
                if finalizers.isEmpty { _ = remove(entry, name, orphans: false) } else { _ = keep(entry, name, object) }
            }
        }
    }

    private static let foreground: JSONValue = "foregroundDeletion"

    /// Deletes what an object owns while the object itself waits for that.
    private mutating func deleteOwned(by object: JSONValue) {
        guard let uid = object["metadata"]?["uid"]?.string else { return }
        for (entry, name, owned) in owned(by: uid) { _ = delete(owned, entry, name) }
    }
}
