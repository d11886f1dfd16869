/// RR0101: the image of a container.
enum ContainerImageRule: PodTemplateRule {
    static let id: RuleID = "RR0101"
    static let severity = Severity.error
    static let summary = "A container names an image that can be pulled."
    static let rationale = """
        Without an image no ReplicaSet is made. With white space in its name no pod is: the API server lets the \
        template pass, refuses each pod, and the update hangs. Other faults in the name (upper-case letters, an empty \
        tag, a digest that is cut) end as InvalidImageName on the node.
        """
    static let failing = [
        RuleExample("containers:\n# ↓\n- name: web", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: \"\"", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: \" web:1\"", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: \"registry.example.com/web :1\"", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: registry.example.com/Web:1", in: .podSpec),
        RuleExample("containers:\n- name: web\n  # ↓\n  image: \"registry.example.com/web:\"", in: .podSpec),
    ]
    static let passing = [
        RuleExample("containers:\n- name: web\n  image: registry.example.com:5000/team/web_a:v1.2-3", in: .podSpec),
        RuleExample("containers:\n- name: web\n  image: localhost/a.b--c/d__e", in: .podSpec),
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.containers {
            let hint = "name an image, such as `registry.example.com/web:1.2`"
            guard let node = require("image", in: container.node, &findings, hint: hint),
                !node.withText(ImageReference.isPlain), let image = node.string, !image.isEmpty,
                let problem = problem(image)
            else { continue }
            findings.report(self, at: node, "the image \(quoted(image)) \(problem)", hint: hint)
        }
    }

    private static func problem(_ image: String) -> String? {
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard image.unicodeScalars.contains(where: isSpace) else { return ImageReference.problem(image) }
        let isAtEnds = image.unicodeScalars.first.map(isSpace) == true || image.unicodeScalars.last.map(isSpace) == true
        return isAtEnds ? "begins or ends with white space" : "has white space in it"
    }
}
