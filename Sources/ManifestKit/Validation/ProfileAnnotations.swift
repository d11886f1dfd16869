/// Annotations of pods that chose seccomp and AppArmor profiles before there were fields for that.
struct ProfileAnnotations {
    /// The template that carries them.
    let template: PodTemplateManifest
    private let containers: NamedNodes

    private typealias Rule = SecurityProfilesRule

    private static let seccompPod = "seccomp.security.alpha.kubernetes.io/pod"
    private static let seccompContainer = "container.seccomp.security.alpha.kubernetes.io/"
    private static let appArmor = "container.apparmor.security.beta.kubernetes.io/"

    /// Takes a template.
    init(template: PodTemplateManifest) {
        self.template = template
        containers = template.namedContainers
    }

    /// Checks those annotations that are about profiles.
    func check(_ annotations: YAMLNode, _ findings: inout Findings) {
        for entry in annotations.entries {
            guard entry.key.withText({ $0.count > 36 && $0.contains(UInt8(ascii: "/")) }) else { continue }
            let key = entry.key.text
            if key == Self.seccompPod {
                checkSeccomp(entry, template.spec?.nested("securityContext"), &findings)
            } else if key.hasPrefix(Self.seccompContainer) {
                let container = containers.first(named: String(key.dropFirst(Self.seccompContainer.count)))
                checkSeccomp(entry, container?.nested("securityContext"), &findings)
            } else if key.hasPrefix(Self.appArmor) {
                checkAppArmor(entry, key.dropFirst(Self.appArmor.count), &findings)
            }
        }
    }

    private func checkSeccomp(_ entry: YAMLEntry, _ context: YAMLNode?, _ findings: inout Findings) {
        guard let value = entry.value.string else { return }
        let profile: (type: String, file: String?)
        switch value {
        case "runtime/default", "docker/default": profile = ("RuntimeDefault", nil)
        case "unconfined": profile = ("Unconfined", nil)
        default:
            guard value.hasPrefix("localhost/") else {
                return findings.report(
                    Rule.self, at: entry.value, "\(Rule.quoted(value)) is not a seccomp profile",
                    hint: "use the field `seccompProfile` instead")
            }
            let file = String(value.dropFirst("localhost/".count))
            if let problem = RelativePath.problem(file, reservesDots: false) {
                findings.report(
                    Rule.self, at: entry.value, "the profile \(Rule.quoted(file)) \(problem)",
                    hint: "name a file in the kubelet's folder of profiles")
            }
            profile = ("Localhost", file)
        }
        compare(entry, profile, context?.nested("seccompProfile"), &findings)
    }

    private func checkAppArmor(_ entry: YAMLEntry, _ name: Substring, _ findings: inout Findings) {
        guard let value = entry.value.string else { return }
        guard let container = containers.first(named: String(name)) else {
            return findings.report(
                Rule.self, at: entry.key, "the pod has no container \(Rule.quoted(String(name)))",
                hint: "name one of the pod's containers, or remove the annotation")
        }
        let profile: (type: String, file: String?)
        switch value {
        case "": return
        case "runtime/default": profile = ("RuntimeDefault", nil)
        case "unconfined": profile = ("Unconfined", nil)
        default:
            guard value.hasPrefix("localhost/") else {
                return findings.report(
                    Rule.self, at: entry.value, "\(Rule.quoted(value)) is not an AppArmor profile",
                    hint: "use the field `appArmorProfile` instead")
            }
            profile = ("Localhost", String(value.dropFirst("localhost/".count)))
        }
        let own = container.nested("securityContext")?.nested("appArmorProfile")
        compare(entry, profile, own ?? template.spec?["securityContext"]?.nested("appArmorProfile"), &findings)
    }

    private func compare(
        _ entry: YAMLEntry, _ profile: (type: String, file: String?), _ field: YAMLNode?, _ findings: inout Findings
    ) {
        guard let field, let type = field["type"]?.string else { return }
        let file = field["localhostProfile"]?.string
        guard type != profile.type || profile.file != nil && profile.file != file else { return }
        findings.report(
            Rule.self, at: entry.value, "the annotation and the field choose different profiles",
            hint: "remove the annotation", related: [(field, "the field")])
    }
}
