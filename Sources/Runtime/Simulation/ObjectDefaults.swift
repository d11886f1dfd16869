import ManifestKit

/// The defaults that an API server writes into objects.
enum ObjectDefaults {
    /// An object with the fields that its writer left out.
    static func applied(to object: JSONValue, _ kind: String) -> JSONValue {
        var object = object
        switch kind {
        case "Pod": object["spec"] = WorkloadTemplate.defaulted(object)["spec"]
        case "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job": workload(&object, kind)
        case "PodTemplate":
            if let template = object["template"] { object["template"] = WorkloadTemplate.defaulted(template) }
        case "Service": service(&object)
        case "Rollout": rollout(&object)
        case "Secret": object.setDefault(["type"], "Opaque")
        case "Namespace":
            object.setDefault(["spec", "finalizers"], ["kubernetes"])
            object.setDefault(["status", "phase"], "Active")
        case "CustomResourceDefinition": definition(&object)
        case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute": GatewayDefaults.route(&object, kind)
        default: break
        }
        return object
    }

    /// A definition is served as soon as it is there.
    private static func definition(_ object: inout JSONValue) {
        let names = object["spec"]?["names"] ?? [:]
        let time = object["metadata"]?["creationTimestamp"] ?? .null
        let kind = names["kind"]?.string ?? ""
        object.setDefault(["spec", "conversion", "strategy"], "None")
        object.setDefault(["spec", "names", "singular"], .string(kind.lowercased()))
        object.setDefault(["spec", "names", "listKind"], .string(kind + "List"))
        let conditions = [("NamesAccepted", "NoConflicts"), ("Established", "InitialNamesAccepted")]
        object["status"] = [
            "acceptedNames": object["spec"]?["names"] ?? [:],
            "conditions": .array(conditions.map { type, reason in
                ["type": .string(type), "status": "True", "reason": .string(reason), "lastTransitionTime": time]
            }),
            "storedVersions": .array((object["spec"]?["versions"]?.array ?? []).compactMap {
                $0["storage"]?.boolean == true ? $0["name"] : nil
            }),
        ]
    }

    private static func workload(_ object: inout JSONValue, _ kind: String) {
        if kind != "DaemonSet", kind != "Job" { object.setDefault(["spec", "replicas"], 1) }
        if let template = object["spec"]?["template"] {
            object.set(["spec", "template"], to: WorkloadTemplate.defaulted(template))
        }
        switch kind {
        case "Deployment":
            object.setDefault(["spec", "revisionHistoryLimit"], 10)
            object.setDefault(["spec", "progressDeadlineSeconds"], 600)
            object.setDefault(["spec", "strategy", "type"], "RollingUpdate")
            if object["spec"]?["strategy"]?["type"]?.string == "RollingUpdate" {
                object.setDefault(["spec", "strategy", "rollingUpdate", "maxUnavailable"], "25%")
                object.setDefault(["spec", "strategy", "rollingUpdate", "maxSurge"], "25%")
            }
        case "StatefulSet", "DaemonSet":
            object.setDefault(["spec", "revisionHistoryLimit"], 10)
            object.setDefault(["spec", "updateStrategy", "type"], "RollingUpdate")
            if kind == "StatefulSet" { object.setDefault(["spec", "podManagementPolicy"], "OrderedReady") }
        case "Job":
            object.setDefault(["spec", "backoffLimit"], 6)
            object.setDefault(["spec", "completions"], 1)
            object.setDefault(["spec", "parallelism"], 1)
            object.setDefault(["spec", "completionMode"], "NonIndexed")
            object.setDefault(["spec", "suspend"], false)
        default: break
        }
    }

    private static func service(_ object: inout JSONValue) {
        object.setDefault(["spec", "type"], "ClusterIP")
        object.setDefault(["spec", "sessionAffinity"], "None")
        if object["spec"]?["type"]?.string != "ExternalName" {
            object.setDefault(["spec", "internalTrafficPolicy"], "Cluster")
            object.setDefault(["spec", "ipFamilies"], ["IPv4"])
            object.setDefault(["spec", "ipFamilyPolicy"], "SingleStack")
        }
        guard let ports = object["spec"]?["ports"]?.array else { return }
        let filled = ports.map { port -> JSONValue in
            var port = port
            port.setDefault(["protocol"], "TCP")
            if let number = port["port"] { port.setDefault(["targetPort"], number) }
            return port
        }
        object.set(["spec", "ports"], to: .array(filled))
    }

    /// Gives a new Service an address of the cluster, as far as its type has one.
    static func giveAddress(to service: inout JSONValue, _ random: inout SplitMix) {
        guard service["spec"]?.object != nil, service["spec"]?["type"]?.string != "ExternalName",
            service["spec"]?["clusterIP"]?.string ?? "" == ""
        else { return }
        let parts = [UInt8.random(in: 0...255, using: &random), UInt8.random(in: 1...254, using: &random)]
        let address = JSONValue.string("10.96.\(parts[0]).\(parts[1])")
        service.set(["spec", "clusterIP"], to: address)
        service.set(["spec", "clusterIPs"], to: [address])
    }

    /// The reference's CRD sets one default in a pod template: the protocol of a container's port.
    private static func rollout(_ object: inout JSONValue) {
        guard let template = object["spec"]?["template"] else { return }
        object.set(["spec", "template"], to: PodTemplateHash.defaulted(template))
    }
}

extension JSONValue {
    /// Sets a field at the end of a path where there is none.
    fileprivate mutating func setDefault(_ path: [String], _ value: JSONValue) {
        var found: JSONValue? = self
        for key in path { found = found?[key] }
        if found == nil || found == .null { set(path, to: value) }
    }
}
