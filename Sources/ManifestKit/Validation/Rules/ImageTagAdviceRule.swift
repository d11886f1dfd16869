/// RR0505: images that are another one tomorrow.
enum ImageTagAdviceRule: RolloutRule {
    static let id: RuleID = "RR0505"
    static let severity = Severity.warning
    static let summary = "The images of a Rollout have a tag that stays, or a digest."
    static let rationale = """
        A Rollout compares versions by their pod template. With `latest`, or with no tag, a new image changes \
        nothing in the template, so that no update begins; stable pods that are restarted get the new image without \
        a single step, and an abort or an undo brings the same image back.
        """
    static let failing = [
        RuleExample("containers:\n- name: web\n  # ↓\n  image: registry.example.com/web", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: registry.example.com:5000/web:latest", in: .podSpec),
    ]
    static let passing = [
        RuleExample("containers:\n- name: web\n  image: registry.example.com:5000/web:1.2.3", in: .podSpec),
        RuleExample(
            "containers:\n- name: web\n  image: web@sha256:" + String(repeating: "0", count: 64), in: .podSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let template = rollout.template else { return }
        for container in template.containers where container.role != .ephemeral {
            guard let image = container.node.filled("image") else { continue }
            switch image.withText(Self.tag) {
            case .fixed: continue
            case .missing:
                findings.report(
                    self, field: image, "the image \(Wording.quoted(image.text)) has no tag, which means latest",
                    hint: "name a version that stays the same, or a digest")
            case .latest:
                findings.report(
                    self, field: image,
                    "the tag latest is another image from time to time, and no version to go back to",
                    hint: "name a version that stays the same, or a digest")
            }
        }
    }

    private enum Tag { case missing, latest, fixed }

    private static func tag(_ image: UnsafeBufferPointer<UInt8>) -> Tag {
        guard !image.contains(UInt8(ascii: "@")) else { return .fixed }
        let name = image[((image.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        guard let colon = name.lastIndex(of: UInt8(ascii: ":")) else { return .missing }
        return name[(colon + 1)...].elementsEqual("latest".utf8) ? .latest : .fixed
    }
}
