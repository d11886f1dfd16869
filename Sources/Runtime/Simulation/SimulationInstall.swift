import ManifestKit

extension Simulation {
    /// The annotation by which the old version differs where nobody has said what it is.
    static let mark = "rollout-render/version"
    /// How long the old version may take until it is at rest, in seconds.
    private static let installLimit = 86_400.0

    /// Installs the objects and the old version, and waits until it is at rest.
    func install() async {
        observer.writes(as: .user)
        for namespace in Set([name.namespace] + manifest.references.compactMap(\.namespace)).sorted() {
            _ = try? cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(namespace)]]))
        }
        let old = input.stable.flatMap { Rollout($0) }
        for rollout in [old, manifest].compactMap({ $0 }) { supplyObjects(of: rollout) }
        guard !input.isInitial else { return }
        if input.stable != nil, old == nil {
            timeline.notes.append("the old version is no Rollout that can be simulated")
        }
        var object = Self.clean(input.stable ?? input.rollout)
        object.set(["spec", "paused"], to: nil)
        object.set(["spec", "restartAt"], to: nil)
        if input.stable == nil { markOldVersion(&object) }
        create(.rollouts, object)
        var next = await settle()
        let end = clock.now + Self.installLimit
        while let moment = next, moment <= end {
            clock.advance(to: moment)
            next = await settle()
        }
        if let status = observer.world.rollout?.status, status.phase != .healthy {
            timeline.notes.append("the old version does not become healthy: \(status.message)")
        }
        clock.advance(to: clock.now.rounded(.up) + 60)
    }

    /// Puts the new version in the place of the old one, as `kubectl apply` does.
    func begin() {
        observer.writes(as: .user)
        let wanted = Self.clean(input.rollout)
        guard !input.isInitial, var object = cluster.object(.rollouts, name) else {
            create(.rollouts, wanted)
            return
        }
        object["spec"] = wanted["spec"]
        for key in ["labels", "annotations"] {
            for (entry, value) in wanted["metadata"]?[key]?.object?.fields ?? [] {
                object.set(["metadata", key, entry], to: value)
            }
        }
        object.set(["metadata", "resourceVersion"], to: nil)
        send(KubernetesRequest(.update, .rollouts, namespace: name.namespace, name: name.name, body: object))
        if input.stable == nil, let workload = manifest.spec.workload { unmark(workload) }
    }

    // MARK: Objects

    /// Applies again what somebody has deleted.
    func restoreObjects() {
        let notes = timeline.notes
        supplyObjects(of: manifest)
        timeline.notes = notes
        if cluster.object(.rollouts, name) == nil { create(.rollouts, Self.clean(input.rollout)) }
    }

    private func supplyObjects(of rollout: Rollout) {
        supply(rollout.references.flatMap { input.objects.keys(for: $0, in: rollout.namespace) }, of: rollout)
        observer.catchUp()
        supply(rollout.linkedReferences(in: observer.world.objects), of: rollout)
        observer.catchUp()
        for choice in rollout.unmetChoices(in: observer.world.objects) {
            guard let resource = ResourceType(choice.key.kind), let object = rollout.placeholder(for: choice.key)
            else { continue }
            create(resource, object, in: choice.key.namespace ?? name.namespace)
            timeline.notes.append(
                "\(choice.text), so the least that one can be is simulated, under the name \(choice.key.name); "
                    + "add the route's file, or mend the labels")
        }
    }

    private func supply(_ keys: [ObjectKey], of rollout: Rollout) {
        for key in keys {
            guard let resource = ResourceType(key.kind) else { continue }
            if [.analysisTemplate, .clusterAnalysisTemplate].contains(key.kind) {
                supplyTemplate(key, resource)
                continue
            }
            let place = ObjectName(namespace: key.namespace ?? name.namespace, name: key.name)
            guard cluster.object(resource, place) == nil else { continue }
            if let object = input.objects.object(key, in: rollout.namespace) {
                // What the controller has made itself, as a dump of a cluster has it, is made anew.
                let owner = OwnerReference.controller(of: object)
                if owner?.kind == ResourceKind.rollout.rawValue, owner?.name == rollout.name { continue }
                create(resource, Self.clean(object), in: place.namespace)
            } else if let object = rollout.placeholder(for: key) {
                create(resource, object, in: place.namespace)
                timeline.notes.append(
                    "\(key.kind.name) \(key.name) is not among the files, so the least that it can be is simulated")
            }
        }
    }

    /// Puts a template into the cluster with the templates that it names in turn and the Secrets that it needs.
    private func supplyTemplate(_ key: ObjectKey, _ resource: ResourceType) {
        let place = key.name(within: name.namespace, resource)
        guard cluster.object(resource, place) == nil else { return }
        guard let template = input.objects.object(key, in: manifest.namespace) else {
            // Measured once, and as successful unless a scenario says otherwise.
            let metric: JSONValue = [
                "name": .string(key.name), "provider": ["web": ["url": "http://metrics.invalid"]],
            ]
            create(resource, ["metadata": ["name": .string(key.name)], "spec": ["metrics": [metric]]])
            timeline.notes.append(
                "\(key.kind.rawValue) \(key.name) is not among the files; one with a single metric \(key.name) is "
                    + "simulated")
            return
        }
        create(resource, Self.clean(template))
        for argument in template["spec"]?["args"]?.array ?? [] {
            if let secret = argument["valueFrom"]?["secretKeyRef"] { supplySecret(secret) }
        }
        for inner in RolloutAnalysis.templates(within: template) {
            if let resource = ResourceType(inner.key.kind) { supplyTemplate(inner.key, resource) }
        }
    }

    /// A Secret with something in it: no server is asked, so that it matters to nobody what.
    private func supplySecret(_ reference: JSONValue) {
        guard let secret = reference["name"]?.string, let key = reference["key"]?.string else { return }
        let place = ObjectName(namespace: name.namespace, name: secret)
        var object = cluster.object(.secrets, place) ?? ["metadata": ["name": .string(secret)]]
        let isThere = object["metadata"]?["uid"] != nil
        object.set(["data", key], to: .string(Base64.encoded(Array("secret".utf8))))
        if isThere {
            send(.patch(.secrets, place, ["data": object["data"] ?? .null]))
        } else {
            create(.secrets, object)
        }
    }

    private func create(_ resource: ResourceType, _ object: JSONValue, in namespace: String? = nil) {
        var object = object
        let namespace = resource.isNamespaced ? namespace ?? name.namespace : ""
        object.set(["metadata", "namespace"], to: resource.isNamespaced ? .string(namespace) : nil)
        var resource = resource
        // Manifests may be in another version than the controller speaks.
        if let version = object["apiVersion"]?.string?.split(separator: "/").last { resource.version = String(version) }
        object["apiVersion"] = .string(resource.apiVersion)
        object["kind"] = .string(resource.kind)
        send(.create(resource, namespace: namespace, object))
    }

    /// Sends a request from outside; a refusal is told.
    func send(_ request: KubernetesRequest) {
        do throws(KubernetesFailure) {
            _ = try cluster.perform(request)
        } catch {
            let what = "\(request.resource.kind) \(request.name ?? request.body?["metadata"]?["name"]?.string ?? "")"
            timeline.notes.append("the cluster refuses \(what): \(error.message)")
        }
    }

    /// An object as somebody would apply it, without what a cluster adds.
    private static func clean(_ object: JSONValue) -> JSONValue {
        var object = object
        object["status"] = nil
        for key in ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "ownerReferences",
            "deletionTimestamp"] { object.set(["metadata", key], to: nil) }
        for key in [RolloutMarks.revision, RolloutMarks.workloadGeneration] {
            object.set(["metadata", "annotations", key], to: nil)
        }
        return object
    }

    // MARK: The mark of the old version

    private func markOldVersion(_ object: inout JSONValue) {
        guard let workload = manifest.spec.workload else {
            object.set(["spec", "template", "metadata", "annotations", Self.mark], to: "stable")
            return
        }
        patchTemplate(of: workload, "stable")
    }

    private func unmark(_ workload: RolloutSpec.WorkloadReference) { patchTemplate(of: workload, .null) }

    private func patchTemplate(of workload: RolloutSpec.WorkloadReference, _ mark: JSONValue) {
        guard let kind = ResourceKind(rawValue: workload.kind), let resource = ResourceType(kind) else { return }
        var patch: JSONValue = [:]
        patch.set(workload.templatePath + ["metadata", "annotations", Self.mark], to: mark)
        send(.patch(resource, ObjectName(namespace: name.namespace, name: workload.name), patch))
    }
}
