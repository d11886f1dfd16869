extension PodTemplateHash {
    /// A Rollout's pod template as an API server stores it: with the defaults of the Rollout's CRD.
    ///
    /// The CRD knows far fewer defaults than Kubernetes has for a Deployment, but a hash is taken over them: `TCP`
    /// for the protocol of a port, an empty service for a gRPC probe, and `false` for whether the file of an
    /// environment variable is optional. Of the template's metadata the CRD knows labels and annotations alone, and the
    /// API server drops the rest.
    public static func defaulted(_ template: JSONValue) -> JSONValue {
        var template = template
        if let metadata = template["metadata"]?.object {
            let kept = metadata.fields.filter { ["labels", "annotations"].contains($0.key) }
            if kept.count < metadata.count { template["metadata"] = .object(JSONObject(distinct: kept)) }
        }
        guard var spec = template["spec"], spec.object != nil else { return template }
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            spec.changeElements(of: list) { $0 = withDefaults(container: $0) }
        }
        template["spec"] = spec
        return template
    }

    private static func withDefaults(container: JSONValue) -> JSONValue {
        var container = container
        container.changeElements(of: "ports") { $0.setDefault("protocol", "TCP") }
        container.changeElements(of: "env") { variable in
            variable.changeObject("valueFrom") { $0.changeObject("fileKeyRef") { $0.setDefault("optional", false) } }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.changeObject(probe) { $0.changeObject("grpc") { $0.setDefault("service", "") } }
        }
        return container
    }
}

extension JSONValue {
    /// Sets a field of an object that is absent or null; leaves what is no object alone.
    mutating func setDefault(_ key: String, _ value: JSONValue) {
        guard object != nil, self[key]?.isNull ?? true else { return }
        self[key] = value
    }

    /// Changes a field that is an object.
    mutating func changeObject(_ key: String, _ change: (inout JSONValue) -> Void) {
        guard var child = self[key], child.object != nil else { return }
        change(&child)
        self[key] = child
    }

    /// Changes every element of a field that is a list.
    mutating func changeElements(of key: String, _ change: (inout JSONValue) -> Void) {
        guard var elements = self[key]?.array, !elements.isEmpty else { return }
        for position in elements.indices { change(&elements[position]) }
        self[key] = .array(elements)
    }
}
