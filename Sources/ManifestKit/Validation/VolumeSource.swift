/// What the API server asks of each source of a volume, as a table.
struct VolumeSource: Sendable {
    /// A check that the columns of the table cannot say.
    typealias Check = @Sendable (_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) -> Void

    /// The field of a volume.
    let field: String
    /// Fields that have to be there, though the schema does not say so.
    var required: [String] = []
    /// Fields that the schema wants and that have to say something.
    var filled: [String] = []
    /// Lists that have to have something in them.
    var lists: [String] = []
    /// Numbers and their ranges.
    var numbers: [(field: String, range: ClosedRange<Int>)] = []
    /// Strings that are one of a few words.
    var words: [(field: String, words: [String], emptyIsAbsent: Bool)] = []
    /// References that have a name.
    var references: [String] = []
    /// What else.
    var check: Check?

    /// The sources by field.
    static let named: [String: VolumeSource] = Dictionary(
        all.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })

    private typealias Rule = VolumeSourcesRule

    private static let all: [VolumeSource] = [
        VolumeSource(field: "emptyDir", check: checkEmptyDir),
        VolumeSource(
            field: "hostPath", filled: ["path"],
            words: [(
                "type",
                ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
                false
            )],
            check: { source, _, findings in
                guard let node = source["path"], let path = node.string, RelativePath.hasBackstep(path) else { return }
                findings.report(
                    Rule.self, at: node, "`path` \(Rule.quoted(path)) has `..` in it", hint: "write the whole path")
            }),
        VolumeSource(field: "configMap", required: ["name"]),
        VolumeSource(field: "secret", required: ["secretName"]),
        VolumeSource(field: "projected"),
        VolumeSource(field: "downwardAPI"),
        VolumeSource(field: "persistentVolumeClaim", filled: ["claimName"]),
        VolumeSource(field: "ephemeral", required: ["volumeClaimTemplate"]),
        VolumeSource(
            field: "image", required: ["reference"],
            words: [("pullPolicy", ["Always", "IfNotPresent", "Never"], true)]),
        VolumeSource(field: "csi", filled: ["driver"], references: ["nodePublishSecretRef"], check: checkDriver),
        VolumeSource(field: "nfs", filled: ["server", "path"]) { source, _, findings in
            guard let node = source["path"], let path = node.string, !path.isEmpty, !path.hasPrefix("/") else { return }
            findings.report(
                Rule.self, at: node, "`path` \(Rule.quoted(path)) is relative, but has to be absolute",
                hint: "begin the path with `/`")
        },
        VolumeSource(
            field: "iscsi", filled: ["targetPortal", "iqn"], numbers: [("lun", 0...255)], check: checkISCSI),
        VolumeSource(field: "glusterfs", filled: ["endpoints", "path"]),
        VolumeSource(field: "rbd", filled: ["image"], lists: ["monitors"]),
        VolumeSource(field: "cephfs", lists: ["monitors"]),
        VolumeSource(field: "cinder", filled: ["volumeID"], references: ["secretRef"]),
        VolumeSource(field: "gitRepo", filled: ["repository"]) { source, _, findings in
            Rule.expectInside(source["directory"], &findings, reservesDots: false)
        },
        VolumeSource(field: "gcePersistentDisk", filled: ["pdName"], numbers: [("partition", 0...255)]),
        VolumeSource(field: "awsElasticBlockStore", filled: ["volumeID"], numbers: [("partition", 0...255)]),
        VolumeSource(field: "flocker", check: checkFlocker),
        VolumeSource(field: "quobyte", filled: ["registry", "volume"], check: checkQuobyte),
        VolumeSource(field: "fc", check: checkFibreChannel),
        VolumeSource(field: "flexVolume", filled: ["driver"], check: checkFlexOptions),
        VolumeSource(field: "azureFile", filled: ["secretName", "shareName"]),
        VolumeSource(
            field: "azureDisk", filled: ["diskName", "diskURI"],
            words: [
                ("cachingMode", ["None", "ReadOnly", "ReadWrite"], false),
                ("kind", ["Shared", "Dedicated", "Managed"], false),
            ],
            check: checkAzureDisk),
        VolumeSource(field: "vsphereVolume", filled: ["volumePath"]),
        VolumeSource(field: "photonPersistentDisk", filled: ["pdID"]),
        VolumeSource(field: "portworxVolume", filled: ["volumeID"]),
        VolumeSource(field: "storageos", required: ["volumeName"], references: ["secretRef"]) { source, _, findings in
            Rule.expect(source["volumeName"], form: .label, &findings, emptyIsAbsent: true)
            Rule.expect(source["volumeNamespace"], form: .label, &findings, emptyIsAbsent: true)
        },
        VolumeSource(field: "scaleIO", required: ["volumeName"], filled: ["gateway", "system"]),
    ]
}

// MARK: - Checks of single sources

extension VolumeSource {
    private static func checkEmptyDir(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        if let medium = source["medium"], let text = medium.string, !text.isEmpty, text != "Memory",
            text != "HugePages", !text.hasPrefix("HugePages-") {
            findings.report(
                Rule.self, at: medium, "\(Rule.quoted(text)) is not a medium that a kubelet knows",
                hint: "use `Memory`, `HugePages`, `HugePages-2Mi`, or leave `medium` away for the node's disk")
        }
        guard let node = source.present("sizeLimit"), let limit = Quantity(node), limit.isNegative else { return }
        findings.report(
            Rule.self, at: node, "`sizeLimit` is \(limit.canonical), but cannot be negative",
            hint: "write a size such as `1Gi`")
    }

    private static func checkDriver(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        Rule.expect(source["nodePublishSecretRef", "name"], form: .subdomain, &findings, emptyIsAbsent: true)
        guard let node = source["driver"], let driver = node.string, !driver.isEmpty else { return }
        let problem = driver.utf8.count > 63
            ? "has \(driver.utf8.count) bytes, and at most 63 are allowed"
            : KubernetesNames.subdomain.problem(driver.lowercased())
        guard let problem else { return }
        findings.report(
            Rule.self, at: node, "`driver` \(problem)", hint: "use the name of a CSI driver, such as `csi.example.com`")
    }

    private static func checkISCSI(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        for field in ["iqn", "initiatorName"] {
            guard let node = source[field], let name = node.string, !(name.isEmpty && field == "iqn"),
                !isISCSIName(name)
            else { continue }
            findings.report(
                Rule.self, at: node, "`\(field)` \(Rule.quoted(name)) is not a name in iSCSI",
                hint: "use `iqn.2001-04.com.example:disk`, or an `eui.` or `naa.` name")
        }
        let wantsSecret = source.isTrue("chapAuthDiscovery") || source.isTrue("chapAuthSession")
        if wantsSecret, source.present("secretRef") == nil {
            findings.report(
                Rule.self, missing: "secretRef", in: source, "CHAP authentication needs a `secretRef`",
                hint: "add `secretRef` with the name of a Secret")
        }
        guard let name = volume["name"], source.present("initiatorName") != nil,
            let portal = source["targetPortal"]?.string, name.text.utf8.count + 1 + portal.utf8.count > 64
        else { return }
        findings.report(
            Rule.self, at: name, "the names of volume and portal have more than 63 bytes together",
            hint: "give the volume a shorter name, as `initiatorName` is set")
    }

    /// Whether a name is `iqn.YYYY-MM.domain:rest`, `eui.` and 16 or `naa.` and 32 letters and digits.
    private static func isISCSIName(_ name: String) -> Bool {
        let isAlphanumeric: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let parts = name.dropFirst(4)
        if name.hasPrefix("eui.") { return parts.count == 16 && parts.allSatisfy(isAlphanumeric) }
        if name.hasPrefix("naa.") { return parts.count == 32 && parts.allSatisfy(isAlphanumeric) }
        guard name.hasPrefix("iqn."), let colon = parts.firstIndex(of: ":") else { return false }
        let date = parts.prefix(8)
        let digits = date.filter { $0.isASCII && $0.isNumber }
        guard digits.count == 6, date.count == 8, date.dropFirst(4).first == "-", date.last == "." else { return false }
        let domain = parts[..<colon].dropFirst(8)
        let rest = parts[parts.index(after: colon)...]
        return !domain.isEmpty && domain.allSatisfy { isAlphanumeric($0) || $0 == "-" || $0 == "." }
            && !rest.isEmpty && !rest.contains { ",;*&$| \t".contains($0) }
    }

    private static func checkFlocker(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        let name = source.filledString("datasetName")
        let id = source.filledString("datasetUUID")
        if (name == nil) == (id == nil) {
            findings.report(
                Rule.self, field: source, "`flocker` needs either `datasetName` or `datasetUUID`",
                hint: "set one of the two")
        }
        guard let node = source["datasetName"], let name, name.contains("/") else { return }
        findings.report(
            Rule.self, at: node, "`datasetName` \(Rule.quoted(name)) has a `/` in it", hint: "remove the `/`")
    }

    private static func checkQuobyte(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        if let tenant = source["tenant"], let text = tenant.string, text.utf8.count > 64 {
            findings.report(
                Rule.self, at: tenant, "`tenant` has \(text.utf8.count) bytes, and at most 64 are allowed",
                hint: "use a UUID")
        }
        guard let node = source["registry"], let registry = node.string, !registry.isEmpty else { return }
        let isPair: (Substring) -> Bool = { pair in
            guard let colon = pair.lastIndex(of: ":") else { return false }
            let host = pair[..<colon]
            return !host.contains(":") || host.hasPrefix("[") && host.hasSuffix("]")
        }
        guard !registry.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isPair) else { return }
        findings.report(
            Rule.self, at: node, "`registry` \(Rule.quoted(registry)) is not a list of `host:port`",
            hint: "write `host:port`, several with commas between them")
    }

    private static func checkFibreChannel(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        let names = source["targetWWNs"]?.count ?? 0
        let ids = source["wwids"]?.count ?? 0
        if (names == 0) == (ids == 0) {
            findings.report(
                Rule.self, field: source, "`fc` needs either `targetWWNs` or `wwids`", hint: "set one of the two")
        }
        guard names > 0 else { return }
        Rule.expect(Rule.require("lun", in: source, &findings), within: 0...255, &findings)
    }

    private static func checkFlexOptions(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        for entry in source["options"]?.entries.map({ $0 }) ?? [] {
            let key = entry.key.text
            let owner = "." + (key.split(separator: "/", maxSplits: 1).first.map { $0.lowercased() } ?? "")
            guard owner.hasSuffix(".kubernetes.io") || owner.hasSuffix(".k8s.io") else { continue }
            findings.report(
                Rule.self, at: entry.key,
                "the option \(Rule.quoted(key)) has a prefix that Kubernetes keeps for itself",
                hint: "use a prefix of your own")
        }
    }

    private static func checkAzureDisk(_ source: YAMLNode, _ volume: YAMLNode, _ findings: inout Findings) {
        guard let node = source["diskURI"], let address = node.string, !address.isEmpty else { return }
        let isManaged = source["kind"]?.textEquals("Managed") == true
        guard !address.hasPrefix(isManaged ? "/subscriptions/" : "https://") else { return }
        findings.report(
            Rule.self, at: node,
            "`diskURI` \(Rule.quoted(address)) is no address of a \(isManaged ? "managed" : "blob") disk",
            hint: isManaged
                ? "write `/subscriptions/ID/resourcegroups/GROUP/providers/microsoft.compute/disks/NAME`"
                : "write `https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.vhd`, or set `kind: Managed`")
    }
}
