/// RR0134: kernel parameters of a pod.
enum SysctlsRule: PodTemplateRule {
    static let id: RuleID = "RR0134"
    static let severity = Severity.error
    static let summary = "A sysctl has the name of one, stands only once, and is the pod's own to set."
    static let rationale = """
        Names are lower-case words with dots or slashes between them. A pod that shares the host's network or IPC name \
        space cannot set parameters of it, as they would be the host's.
        """
    static let failing = [
        RuleExample("securityContext:\n  sysctls:\n  # ↓\n  - {name: \"..\", value: \"1\"}", in: .podSpec),
        RuleExample(
            """
            securityContext:
              sysctls:
              - {name: net.core.somaxconn, value: "1"}
              # ↓
              - {name: net.core.somaxconn, value: "2"}
            """, in: .podSpec),
        RuleExample(
            """
            hostNetwork: true
            securityContext:
              sysctls:
              # ↓
              - {name: net/core/somaxconn, value: "1"}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            hostIPC: true
            securityContext:
              sysctls:
              - {name: net.ipv4.ip_local_port_range, value: "1024 65535"}
              - {name: net/ipv4/conf/eth0.1/rp_filter, value: "1"}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec, let list = spec["securityContext", "sysctls"] else { return }
        var places = FirstPlaces()
        for sysctl in list.elements where sysctl.isMapping {
            guard let node = sysctl["name"], let name = node.string else { continue }
            if name.isEmpty {
                expectFilled(node, &findings)
            } else if name.utf8.count > 253 || !isName(name) {
                findings.report(
                    self, at: node, "\(quoted(name)) is not the name of a sysctl",
                    hint: "use lower-case words with dots between them, such as `net.core.somaxconn`")
            } else if let first = places.earlier(name, at: node) {
                findings.report(
                    self, at: node, "the sysctl \(quoted(name)) is in the list already", hint: "remove one of the two",
                    related: [(first, "first here")])
            }
            if let field = hostField(for: name), spec.isTrue(field) {
                findings.report(
                    self, at: node, "\(quoted(name)) cannot be set with `\(field): true`, as it would be the host's",
                    hint: "remove the sysctl, or `\(field)`")
            }
        }
    }

    /// Whether a text is words of lower-case letters, digits, `-` and `_`, with `.` or `/` between them.
    private static func isName(_ name: String) -> Bool {
        name.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "/" }.allSatisfy { word in
            let isPlain: (UInt8) -> Bool = { $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 }
            guard let first = word.utf8.first, let last = word.utf8.last, isPlain(first), isPlain(last) else {
                return false
            }
            return word.utf8.allSatisfy { isPlain($0) || $0 == 0x2D || $0 == 0x5F }
        }
    }

    /// The field of a pod that shares the name space of a sysctl with the host.
    private static func hostField(for name: String) -> String? {
        let dotted = String(name.map { $0 == "/" ? "." : $0 })
        if dotted.hasPrefix("net.") { return "hostNetwork" }
        let isIPC = ["kernel.shm", "kernel.msg", "fs.mqueue."].contains { dotted.hasPrefix($0) }
        return isIPC || dotted == "kernel.sem" ? "hostIPC" : nil
    }
}
