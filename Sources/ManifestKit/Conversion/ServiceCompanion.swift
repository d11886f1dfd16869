/// Finds the Service in front of a workload, and makes the second one that a Rollout needs.
///
/// The Service keeps its name and becomes the stable or active one: whoever calls it goes on calling it, and no moment
/// comes in which the name leads nowhere. The canary or preview Service is new, a copy of the first one's text.
struct ServiceCompanion {
    let input: ConversionInput
    let workload: ConversionObject

    /// The Services that select the workload's pods.
    var services: [ConversionObject] {
        let labels = workload.podLabels
        return input.objects(.service).filter { service in
            !service.selector.isEmpty && service.selector.allSatisfy { labels[$0.key] == $0.value }
                && service.sharesNamespace(with: workload) && service.spec?["type"]?.text != "ExternalName"
        }
    }

    /// The Service that the traffic comes through: the one that a route names, else the one with the workload's name,
    /// else one with an address of its own, else the first.
    func main(of services: [ConversionObject], routed: Set<String>) -> ConversionObject? {
        services.first { routed.contains($0.name) } ?? services.first { $0.name == workload.name }
            ?? services.first { $0.spec?["clusterIP"]?.text != "None" } ?? services.first
    }

    /// Another workload whose pods a Service selects too, or nil.
    func otherWorkload(behind service: ConversionObject) -> ConversionObject? {
        input.podOwners.first { other in
            let labels = other.podLabels
            let isSelected = service.selector.allSatisfy { labels[$0.key] == $0.value }
            guard isSelected, other.id != workload.id else { return false }
            let isSame =
                other.name == workload.name && other.sharesNamespace(with: workload)
                && ["Deployment", "Rollout"].contains(other.kind)
            return !isSame && other.sharesNamespace(with: service)
        }
    }

    /// The name of the second Service, cut to what a Service's name may have.
    static func name(of service: String, suffix: String) -> String {
        var base = service
        while base.utf8.count > 63 - suffix.utf8.count || base.hasSuffix("-") && base.utf8.count > 1 {
            base.removeLast()
        }
        return base + suffix
    }

    /// The changes that make the text of a Service that of a second one: another name, and nothing that only one
    /// Service can have.
    static func copyChanges(of service: ConversionObject, name: String) -> (changes: [FieldChange], removed: [String]) {
        var changes: [FieldChange] = [.set(["metadata", "name"], .string(name))]
        var removed: [String] = []
        func remove(_ path: [FieldStep], _ label: String) {
            changes.append(.remove(path))
            if !removed.contains(label) { removed.append(label) }
        }
        let metadata = service.root["metadata"]
        for key in [
            "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "ownerReferences",
        ]
        where metadata?[key] != nil { remove(["metadata", .key(key)], "metadata." + key) }
        let annotations = metadata?["annotations"]
        let exclusive = annotations?.entries.map(\.key.text).filter(isExclusive) ?? []
        if !exclusive.isEmpty, exclusive.count == annotations?.count {
            remove(["metadata", "annotations"], "annotations " + exclusive.joined(separator: ", "))
        } else {
            for key in exclusive { remove(["metadata", "annotations", .key(key)], "annotation " + key) }
        }
        let spec = service.spec
        let isLoadBalancer = spec?["type"]?.text == "LoadBalancer"
        var keys = [
            "clusterIPs", "externalIPs", "loadBalancerIP", "healthCheckNodePort", "loadBalancerSourceRanges",
            "loadBalancerClass",
        ]
        if spec?["clusterIP"]?.text != "None" { keys.append("clusterIP") }
        if isLoadBalancer { keys += ["externalTrafficPolicy", "allocateLoadBalancerNodePorts"] }
        for key in keys where spec?[key] != nil { remove(["spec", .key(key)], "spec." + key) }
        if isLoadBalancer {
            changes.append(.set(["spec", "type"], "ClusterIP"))
            removed.append("the load balancer (type: ClusterIP)")
        }
        for (index, port) in (spec?["ports"]?.elements ?? service.root.elements).enumerated()
        where port["nodePort"] != nil {
            remove(["spec", "ports", .index(index), "nodePort"], "nodePort")
        }
        if service.root["status"] != nil { remove(["status"], "status") }
        return (changes, removed)
    }

    /// Whether an annotation claims something that two Services cannot share: a DNS name, an address, a load balancer.
    private static func isExclusive(_ key: String) -> Bool {
        let prefixes = [
            "external-dns.alpha.kubernetes.io/", "service.beta.kubernetes.io/", "service.kubernetes.io/", "metallb.",
            "cloud.google.com/load-balancer", "networking.gke.io/load-balancer", "kube-vip.io/",
            "kubectl.kubernetes.io/last-applied-configuration", "argo-rollouts.argoproj.io/managed-by-rollouts",
        ]
        return prefixes.contains { key.hasPrefix($0) }
    }
}

extension ConversionDraft {
    /// Adds the second Service, unless the input has it already. Its name.
    mutating func addSecondService(of service: ConversionObject, suffix: String, role: String) -> String {
        let name = ServiceCompanion.name(of: service.name, suffix: suffix)
        if let present = input.object(.service, named: name, near: service) {
            note(.kept, present, "is taken as the \(role) Service", because: "it was there already")
            return name
        }
        guard !additions.contains(where: { $0.name == name && $0.after == service.id }) else { return name }
        let (changes, removed) = ServiceCompanion.copyChanges(of: service, name: name)
        additions.append(Addition(after: service.id, name: name, content: .copy(service, changes)))
        let objectName = ConversionReport.ObjectName(kind: "Service", namespace: service.namespace, name: name)
        let left =
            removed.isEmpty
            ? nil : "not copied, because only one Service can have it: " + removed.joined(separator: ", ")
        noteAdded(objectName, in: service.file, "new \(role) Service, a copy of Service \(service.name)", because: left)
        return name
    }
}
