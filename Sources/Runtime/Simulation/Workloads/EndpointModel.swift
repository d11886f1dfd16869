import ManifestKit

extension WorkloadModel {
    private static let slices = ResourceType(
        group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")

    /// Keeps the EndpointSlice of a Service in step with the pods that it selects.
    func reconcileEndpoints(_ name: ObjectName) {
        let sliceName = ObjectName(namespace: name.namespace, name: name.name + "-embedded")
        guard let service = cluster.object(.services, name),
            let selector = service["spec"]?["selector"]?.stringDictionary, !selector.isEmpty
        else {
            serviceIndex.set(name, to: nil)
            if cluster.object(Self.slices, sliceName) != nil { send(.delete(Self.slices, sliceName)) }
            return
        }
        serviceIndex.set(name, to: selector)
        // One that is being deleted goes on serving until it is gone.
        let pods = podIndex.matching(selector, in: name.namespace).compactMap { name in
            cluster.object(.pods, name).map { (name: name, object: $0) }
        }.filter { !Self.hasEnded($0.object) }
        let endpoints = pods.compactMap { pod -> JSONValue? in
            guard let address = pod.object["status"]?["podIP"]?.string else { return nil }
            let isServing = Self.isReady(pod.object)
            let isTerminating = !Self.isActive(pod.object)
            return [
                "addresses": [.string(address)],
                "conditions": [
                    "ready": .boolean(isServing && !isTerminating), "serving": .boolean(isServing),
                    "terminating": .boolean(isTerminating),
                ],
                "nodeName": "node-1",
                "targetRef": [
                    "kind": "Pod", "namespace": .string(name.namespace), "name": .string(pod.name.name),
                    "uid": pod.object["metadata"]?["uid"] ?? "",
                ],
            ]
        }
        let ports = (service["spec"]?["ports"]?.array ?? []).map { port -> JSONValue in
            [
                "name": port["name"] ?? "", "protocol": port["protocol"] ?? "TCP",
                "port": .int(targetPort(port, pods.first?.object)),
            ]
        }
        let content: JSONValue = ["addressType": "IPv4", "endpoints": .array(endpoints), "ports": .array(ports)]
        if let slice = cluster.object(Self.slices, sliceName) {
            guard slice["endpoints"] != content["endpoints"] || slice["ports"] != content["ports"] else { return }
            send(.patch(Self.slices, sliceName, content))
        } else {
            var slice = content
            slice["metadata"] = [
                "name": .string(sliceName.name), "labels": ["kubernetes.io/service-name": .string(name.name)],
                "ownerReferences": [[
                    "apiVersion": "v1", "kind": "Service", "name": .string(name.name),
                    "uid": service["metadata"]?["uid"] ?? "", "controller": true, "blockOwnerDeletion": true,
                ]],
            ]
            send(.create(Self.slices, namespace: name.namespace, slice))
        }
    }

    /// The number of the port that a Service's port leads to; a name is looked up in a pod.
    private func targetPort(_ port: JSONValue, _ pod: JSONValue?) -> Int {
        if let number = port["targetPort"]?.integer { return number }
        let ports = (pod?["spec"]?["containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
        let named = ports.first { $0["name"]?.string == port["targetPort"]?.string }
        return named?["containerPort"]?.integer ?? port["port"]?.integer ?? 0
    }
}
