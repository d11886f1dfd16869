import Testing

@testable import ManifestKit

/// Configuration files mean what they say, and say where they are wrong.
@Suite struct ConfigurationTests {
    @Test func readsEverySetting() {
        let (configuration, faults) = Self.read(
            """
            kubernetesVersion: 1.30
            requireReferences: true
            ignore:
            - vendor/**
            - "*.gen.yaml"
            severities:
              RR0002: off
              RR0010: warning
            annotationPrefixes:
              nginx: nginx.example.com
              alb: alb.example.com
            """)
        #expect(faults.isEmpty)
        #expect(configuration.settings.kubernetesMinor == 30)
        #expect(configuration.settings.requiresReferences)
        #expect(configuration.settings.severities == ["RR0002": .off, "RR0010": .warning])
        #expect(configuration.settings.nginxAnnotationPrefix == "nginx.example.com")
        #expect(configuration.settings.albAnnotationPrefix == "alb.example.com")
        #expect(configuration.ignored.map(\.text) == ["vendor/**", "*.gen.yaml"])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "severities:\nignore:\n"]) func takesAnEmptyFile(_ text: String) {
        let (configuration, faults) = Self.read(text)
        #expect(faults.isEmpty)
        #expect(configuration == Configuration())
    }

    static let faulty: [(text: String, line: Int, message: String, hint: String?)] = [
        ("\nseverties: {}", 2, "there is no setting \"severties\"", "did you mean severities?"),
        ("kubernetesVersion: 1.3", 1, "\"1.3\" is no version", nil),
        ("kubernetesVersion: [1]", 1, "is no version", nil),
        ("requireReferences: 1", 1, "true or false", nil),
        ("ignore: vendor", 1, "a list of path patterns", nil),
        ("ignore:\n- [a]", 2, "a path pattern is text", nil),
        ("ignore:\n- '!a'", 2, "take back", nil),
        ("severities:\n  RR0002: eror", 2, "there is no severity \"eror\"", "did you mean error?"),
        ("severities:\n  RR9998: error", 2, "there is no rule \"RR9998\"", nil),
        ("severities: off", 1, "a mapping from rules", nil),
        ("annotationPrefixes:\n  nginx: a/b", 2, "a DNS name", nil),
        ("annotationPrefixes:\n  ngnix: a.b", 2, "there is no annotation prefix \"ngnix\"", "did you mean nginx?"),
        ("- a", 1, "a mapping of settings", nil),
        ("ignore: []\nignore: []", 2, "stands twice", nil),
        ("ignore: [", 1, "not closed", nil),
        ("ignore: []\n---\nignore: []", 3, "one document", nil),
    ]

    @Test(arguments: faulty) func saysWhereItIsWrong(
        _ example: (text: String, line: Int, message: String, hint: String?)
    ) {
        let faults = Self.read(example.text).faults
        #expect(faults.count == 1)
        #expect(faults.first?.message.contains(example.message) == true, "\(faults)")
        #expect(faults.first?.span.start.line == example.line)
        if let hint = example.hint { #expect(faults.first?.hint == hint) }
    }

    static let fitting = [
        ("vendor", "vendor/a.yaml"), ("vendor", "x/vendor/a.yaml"), ("vendor/", "vendor/a.yaml"),
        ("vendor/**", "vendor/a/b.yaml"),
        ("/vendor", "vendor/a.yaml"), ("*.gen.yaml", "a/b.gen.yaml"), ("a/*.yaml", "a/b.yaml"),
        ("a/**/b.yaml", "a/b.yaml"),
        ("a/**/b.yaml", "a/x/y/b.yaml"), ("**/b.yaml", "b.yaml"), ("**/b.yaml", "x/b.yaml"), ("a?.yaml", "ab.yaml"),
        ("a[0-9].yaml", "a7.yaml"), ("a[!0-9].yaml", "ax.yaml"), ("./a.yaml", "a.yaml"), ("**", "a/b"), ("*", "a/b"),
        ("a/b", "a/b/c/d.yaml"), ("a[", "a["), ("\\*.yaml", "*.yaml"), ("é*", "été/x.yaml"),
    ]
    static let notFitting = [
        ("vendor", "vendors/a.yaml"), ("/vendor", "x/vendor/a.yaml"), ("a/*.yaml", "a/b/c.yaml"), ("*.yaml", "a.yml"),
        ("a/b", "x/a/b"), ("a?b", "a/b"), ("a[!0-9].yaml", "a7.yaml"), ("\\*.yaml", "a.yaml"), ("a/**/b", "ab"),
        ("", "a"),
    ]

    @Test(arguments: fitting) func fits(_ pattern: String, _ path: String) {
        #expect(PathPattern(pattern).matches(path))
    }

    @Test(arguments: notFitting) func fitsNot(_ pattern: String, _ path: String) {
        #expect(!PathPattern(pattern).matches(path))
    }

    @Test func manyStarsTakeNoTime() {
        let pattern = PathPattern(String(repeating: "*a", count: 40) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 200)))
    }

    static func read(_ text: String) -> (configuration: Configuration, faults: [Configuration.Fault]) {
        Configuration.read(SourceFile(name: ".rollout-render.yaml", text: text))
    }
}
