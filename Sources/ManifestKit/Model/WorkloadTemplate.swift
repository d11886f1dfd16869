/// The pod template of a Deployment or ReplicaSet as an API server stores it: with the defaults that Kubernetes has for
/// a template.
///
/// A Rollout with a `workloadRef` takes its template from there, so its hash is taken over these defaults, and not over
/// the few of the Rollout's own CRD.
public enum WorkloadTemplate {
    /// Fills in what is absent.
    public static func defaulted(_ template: JSONValue) -> JSONValue {
        var template = template
        var spec = template["spec"] ?? [:]
        guard spec.object != nil else { return template }
        spec.fill("dnsPolicy", "ClusterFirst")
        spec.fill("restartPolicy", "Always")
        spec.fill("schedulerName", "default-scheduler")
        spec.setDefault("securityContext", [:])
        spec.setDefault("terminationGracePeriodSeconds", 30)
        let account = [spec["serviceAccountName"], spec["serviceAccount"]].lazy
            .compactMap { $0?.string }.first { !$0.isEmpty }
        if let account {
            spec["serviceAccountName"] = .string(account)
            spec["serviceAccount"] = .string(account)
        }
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            spec.changeElements(of: list, fillContainer)
        }
        spec.changeElements(of: "volumes", fillVolume)
        spec.changeObject("overhead", roundResources)
        template["spec"] = spec
        return template
    }

    /// Whether an image names `latest`, or neither tag nor digest, which means the same.
    static func isLatest(image: String) -> Bool {
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first?.split(separator: "/").last, !image.isEmpty else { return false }
        guard let colon = name.firstIndex(of: ":") else { return parts.count == 1 }
        return name[name.index(after: colon)...] == "latest"
    }

    private static func fillContainer(_ container: inout JSONValue) {
        guard container.object != nil else { return }
        let image = container["image"]?.string ?? ""
        container.fill("imagePullPolicy", isLatest(image: image) ? "Always" : "IfNotPresent")
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        container.changeElements(of: "ports") { $0.fill("protocol", "TCP") }
        container.changeElements(of: "env") { variable in
            variable.changeObject("valueFrom") { source in
                source.changeObject("fieldRef") { $0.fill("apiVersion", "v1") }
                source.changeObject("fileKeyRef") { $0.setDefault("optional", false) }
            }
        }
        container.changeObject("resources") { resources in
            resources.changeObject("limits", roundResources)
            resources.changeObject("requests", roundResources)
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] { container.changeObject(probe, fillProbe) }
        container.changeObject("lifecycle") { lifecycle in
            for moment in ["postStart", "preStop"] {
                lifecycle.changeObject(moment) { $0.changeObject("httpGet", fillRequest) }
            }
        }
    }

    private static func fillProbe(_ probe: inout JSONValue) {
        probe.fill("timeoutSeconds", 1)
        probe.fill("periodSeconds", 10)
        probe.fill("successThreshold", 1)
        probe.fill("failureThreshold", 3)
        probe.changeObject("httpGet", fillRequest)
        probe.changeObject("grpc") { $0.setDefault("service", "") }
    }

    private static func fillRequest(_ request: inout JSONValue) {
        request.fill("path", "/")
        request.fill("scheme", "HTTP")
    }

    /// Rounds quantities up to thousandths.
    private static func roundResources(_ resources: inout JSONValue) {
        for (key, value) in resources.object?.fields ?? [] {
            let quantity = value.string.flatMap { Quantity($0) }
            guard let quantity, let milli = quantity.milliValue else { continue }
            let isFiner = quantity.canonical.hasSuffix("n") || quantity.canonical.hasSuffix("u")
            if isFiner, let rounded = Quantity("\(milli)m") { resources[key] = .string(rounded.canonical) }
        }
    }

    private static func fillVolume(_ volume: inout JSONValue) {
        guard let fields = volume.object?.fields else { return }
        if !fields.contains(where: { $0.key != "name" && !$0.value.isNull }) { volume["emptyDir"] = [:] }
        for (source, defaults) in volumeDefaults {
            volume.changeObject(source) { value in
                for (field, text) in defaults.texts { value.fill(field, .string(text)) }
                for (field, other) in defaults.others { value.setDefault(field, other) }
            }
        }
        volume.changeObject("image") { image in
            let policy = isLatest(image: image["reference"]?.string ?? "") ? "Always" : "IfNotPresent"
            image.fill("pullPolicy", .string(policy))
        }
        volume.changeObject("downwardAPI", fillItems)
        volume.changeObject("projected") { projected in
            projected.changeElements(of: "sources") { source in
                source.changeObject("downwardAPI", fillItems)
                source.changeObject("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
                source.changeObject("podCertificate") { $0.setDefault("maxExpirationSeconds", 86400) }
            }
        }
        volume.changeObject("ephemeral") { ephemeral in
            ephemeral.changeObject("volumeClaimTemplate") { claim in
                claim.changeObject("spec") { spec in
                    spec.setDefault("volumeMode", "Filesystem")
                    spec.changeObject("resources") { resources in
                        resources.changeObject("limits", roundResources)
                        resources.changeObject("requests", roundResources)
                    }
                }
            }
        }
    }

    private static func fillItems(_ source: inout JSONValue) {
        source.changeElements(of: "items") { item in
            item.changeObject("fieldRef") { $0.fill("apiVersion", "v1") }
        }
    }

    /// Texts replace an empty text too; others only what is absent.
    private struct VolumeDefaults {
        var texts: [(String, String)] = []
        var others: [(String, JSONValue)] = []
    }

    private static let volumeDefaults: [(String, VolumeDefaults)] = [
        ("azureDisk", VolumeDefaults(others: [
            ("cachingMode", "ReadWrite"), ("fsType", "ext4"), ("readOnly", false), ("kind", "Shared"),
        ])),
        ("configMap", VolumeDefaults(others: [("defaultMode", 0o644)])),
        ("downwardAPI", VolumeDefaults(others: [("defaultMode", 0o644)])),
        ("hostPath", VolumeDefaults(others: [("type", "")])),
        ("iscsi", VolumeDefaults(texts: [("iscsiInterface", "default")])),
        ("projected", VolumeDefaults(others: [("defaultMode", 0o644)])),
        ("rbd", VolumeDefaults(texts: [("pool", "rbd"), ("user", "admin"), ("keyring", "/etc/ceph/keyring")])),
        ("scaleIO", VolumeDefaults(texts: [("storageMode", "ThinProvisioned"), ("fsType", "xfs")])),
        ("secret", VolumeDefaults(others: [("defaultMode", 0o644)])),
    ]
}

extension JSONValue {
    /// Sets a field of an object that is absent, null, an empty string or zero, which Kubernetes cannot tell apart.
    fileprivate mutating func fill(_ key: String, _ value: JSONValue) {
        guard object != nil else { return }
        let present = self[key]
        if present?.isNull ?? true || present == "" || present == 0 { self[key] = value }
    }
}
