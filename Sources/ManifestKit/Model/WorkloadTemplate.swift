/// The pod template of a Deployment or ReplicaSet as an API server stores it, with every default filled in.
///
/// A Rollout that references a workload reads the stored template, so its hash is taken over the defaults too.
public enum WorkloadTemplate {
    /// Fills in what is absent.
    public static func defaulted(_ template: JSONValue) -> JSONValue {
        var template = template
        var spec = template["spec"] ?? .object(JSONObject())
        guard spec.object != nil else { return template }
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            spec.changeElements(of: list) { $0 = container($0) }
        }
        spec.changeElements(of: "volumes") { $0 = volume($0) }
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", .object(JSONObject()))
        spec.setDefault("schedulerName", "default-scheduler")
        if let account = spec["serviceAccountName"] { spec.setDefault("serviceAccount", account) }
        if let account = spec["serviceAccount"] { spec.setDefault("serviceAccountName", account) }
        if spec.flag("hostNetwork") { spec = withHostPorts(spec) }
        template["spec"] = spec
        return template
    }

    private static func container(_ container: JSONValue) -> JSONValue {
        var container = container
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        container.setDefault("imagePullPolicy", .string(pullPolicy(of: container["image"]?.string ?? "")))
        container.setDefault("resources", .object(JSONObject()))
        container.changeObject("resources") { resources in
            guard let limits = resources["limits"]?.object else { return }
            for (name, quantity) in limits.fields {
                var requests = resources["requests"] ?? .object(JSONObject())
                requests.setDefault(name, quantity)
                resources["requests"] = requests
            }
        }
        container.changeElements(of: "ports") { $0.setDefault("protocol", "TCP") }
        container.changeElements(of: "env") { variable in
            variable.changeObject("valueFrom") { source in
                source.changeObject("fieldRef") { $0.setDefault("apiVersion", "v1") }
                source.changeObject("fileKeyRef") { $0.setDefault("optional", false) }
            }
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.changeObject(name) { $0 = probe($0) }
        }
        container.changeObject("lifecycle") { lifecycle in
            for hook in ["postStart", "preStop"] {
                lifecycle.changeObject(hook) { $0.changeObject("httpGet") { $0 = httpGet($0) } }
            }
        }
        return container
    }

    private static func probe(_ probe: JSONValue) -> JSONValue {
        var probe = probe
        probe.changeObject("httpGet") { $0 = httpGet($0) }
        probe.changeObject("grpc") { $0.setDefault("service", "") }
        for (field, value) in [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1),
            ("failureThreshold", 3)] where (probe.count(field) ?? 0) == 0 {
            probe[field] = .int(value)
        }
        return probe
    }

    private static func httpGet(_ action: JSONValue) -> JSONValue {
        var action = action
        action.setDefault("path", "/")
        action.setDefault("scheme", "HTTP")
        return action
    }

    private static func volume(_ volume: JSONValue) -> JSONValue {
        var volume = volume
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.changeObject(source) { $0.setDefault("defaultMode", 420) }
        }
        volume.changeObject("downwardAPI") { downward in
            downward.changeElements(of: "items") { $0.changeObject("fieldRef") { $0.setDefault("apiVersion", "v1") } }
        }
        volume.changeObject("projected") { projected in
            projected.changeElements(of: "sources") { source in
                source.changeObject("serviceAccountToken") { $0.setDefault("expirationSeconds", 3607) }
                source.changeObject("downwardAPI") { downward in
                    downward.changeElements(of: "items") {
                        $0.changeObject("fieldRef") { $0.setDefault("apiVersion", "v1") }
                    }
                }
            }
        }
        volume.changeObject("hostPath") { $0.setDefault("type", "") }
        volume.changeObject("iscsi") { $0.setDefault("iscsiInterface", "default") }
        if volume.object?.count == 1 { volume["emptyDir"] = .object(JSONObject()) }
        return volume
    }

    private static func withHostPorts(_ spec: JSONValue) -> JSONValue {
        var spec = spec
        for list in ["initContainers", "containers"] {
            spec.changeElements(of: list) { container in
                container.changeElements(of: "ports") { port in
                    if let number = port["containerPort"] { port.setDefault("hostPort", number) }
                }
            }
        }
        return spec
    }

    /// `Always` for an image without a tag or with `latest`, else `IfNotPresent`.
    static func pullPolicy(of image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let name = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let colon = name.lastIndex(of: ":") else { return "Always" }
        return name[name.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }
}
