import Testing

@testable import ManifestKit

/// The same names in several files and folders.
@Suite struct SeveralFilesTests {
    static func findings(_ files: [(name: String, text: String)]) -> [Diagnostic] {
        var validator = Validator()
        for file in files {
            for document in YAMLParser.documents(in: SourceFile(name: file.name, text: file.text)) {
                validator.check(document)
            }
        }
        return validator.finish()
    }

    static func rollout(_ name: String, service: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1"}]}
          strategy: {blueGreen: {activeService: \(service)}}

        """
    }

    static func service(_ app: String) -> String {
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], selector: {app: \(app)}}\n"
    }

    @Test func eachFolderHasItsOwnService() {
        let found = Self.findings([
            ("dev/web.yaml", Self.rollout("web-dev", service: "web") + Self.service("web")),
            ("prod/web.yaml", Self.rollout("web-prod", service: "web") + Self.service("web")),
        ])
        #expect(!found.contains { $0.rule == SharedServiceRule.id })
        let together = Self.findings([
            ("a/one.yaml", Self.rollout("one", service: "web")), ("a/two.yaml", Self.rollout("two", service: "web")),
            ("a/service.yaml", Self.service("web")),
        ])
        #expect(together.contains { $0.rule == SharedServiceRule.id })
    }

    @Test func theNearestServiceIsMeant() {
        let found = Self.findings([
            ("dev/rollout.yaml", Self.rollout("web", service: "web")), ("dev/service.yaml", Self.service("web")),
            ("old/service.yaml", Self.service("former")),
        ])
        #expect(!found.contains { $0.rule == ServiceSelectorRule.id })
    }

    @Test func manyCopiesTakeNoSquareOfTime() {
        let one = Self.rollout("web", service: "web") + Self.service("other")
        let text = Array(repeating: one, count: 3_000).joined(separator: "---\n")
        let found = Self.findings([("all.yaml", text)])
        #expect(found.contains { $0.rule == ServiceSelectorRule.id })
    }
}
