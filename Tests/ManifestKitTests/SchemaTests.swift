import Foundation
import Testing

@testable import ManifestKit

@Suite struct SchemaTableTests {
    /// Every type that can be reached from a kind.
    static let types: [SchemaTable.TypeReference] = {
        let table = SchemaTable()
        var found: [SchemaTable.TypeReference] = []
        var wanted = SchemaTable.roots.map(\.reference)
        while let type = wanted.popLast() {
            guard !found.contains(type) else { continue }
            found.append(type)
            wanted += table.fields(type).filter { table.code($0) == .reference }.map(table.type)
        }
        return found
    }()

    @Test func everyFieldIsFoundByItsName() {
        let table = SchemaTable()
        #expect(Self.types.count > 250)
        for type in Self.types {
            for field in table.fields(type) {
                #expect(table.field(type, named: table.name(field))?.position == field.position)
                #expect(table.firstMinor(field) <= table.lastMinor(field))
            }
            for name in ["", "nothing", "Spec", "nam", "names"] {
                if let field = table.field(type, named: name) { #expect(table.name(field) == name) }
            }
        }
    }

    @Test func everyKindHasASchema() {
        // Its settings are text in a map of any keys, which rules read.
        let unchecked: Set<ResourceKind> = [.notificationConfigMap]
        for kind in ResourceKind.allCases {
            #expect(SchemaTable.roots(of: kind).isEmpty == unchecked.contains(kind), "\(kind)")
        }
        for root in SchemaTable.roots {
            #expect(ResourceKind(apiVersion: root.apiVersion, kind: root.kind) != nil, "\(root)")
        }
    }

    /// Runs the generator where its inputs are at hand: `SCHEMA_WHEEL` and `SCHEMA_CRDS` name them.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SCHEMA_WHEEL"] != nil, "SCHEMA_WHEEL is not set"))
    func tableIsWhatTheGeneratorMakes() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let environment = ProcessInfo.processInfo.environment
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).swift")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", root.appendingPathComponent("Tools/generate-schema.py").path,
            "--kubernetes", environment["SCHEMA_WHEEL"] ?? "", "--crds", environment["SCHEMA_CRDS"] ?? "",
            "--output", output.path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let table = root.appendingPathComponent("Sources/ManifestKit/Schema/SchemaTable.generated.swift")
        #expect(try String(contentsOf: output, encoding: .utf8) == String(contentsOf: table, encoding: .utf8))
    }
}

@Suite struct SchemaCheckerTests {
    static func findings(_ text: String, minor: Int = 37) -> [Diagnostic] {
        var settings = ValidationSettings()
        settings.kubernetesMinor = minor
        var validator = Validator(settings: settings)
        for document in YAMLParser.documents(in: SourceFile(name: "x", text: text)) { validator.check(document) }
        return validator.finish().filter { (20...39).contains($0.rule.number) }
    }

    static func container(_ fields: String) -> String { RuleExample(fields, in: .container).manifest }

    @Test func fieldsComeAndGoWithVersions() throws {
        let text = Self.container("lifecycle:\n  stopSignal: SIGUSR1")
        #expect(Self.findings(text).isEmpty)
        let old = try #require(Self.findings(text, minor: 32).first)
        #expect(old.hint == "it came with Kubernetes 1.33, and the manifest is checked for 1.32")
        #expect(Self.findings(text, minor: 33).isEmpty)
    }

    @Test func fieldsThatTheCRDsLackAreRefusedInARollout() throws {
        let found = Self.findings(RuleExample("schedulingGroup:\n  podGroupName: a", in: .podSpec).manifest)
        #expect(try #require(found.first).hint?.contains("CRDs of Argo Rollouts") == true)
        let deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}, creationTimestamp: null}
                spec:
                  schedulingGroup: {podGroupName: a}
                  containers:
                  - {name: web, image: web, env: [{name: A, value: a}, {name: A, value: b}]}
            """
        #expect(Self.findings(deployment).isEmpty)
    }

    @Test func versionsOfKindsComeAndGo() {
        let text = """
            apiVersion: autoscaling/v2beta2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec: {maxReplicas: 3, scaleTargetRef: {kind: Rollout, name: web}}
            """
        #expect(Self.findings(text, minor: 25).isEmpty)
        #expect(Self.findings(text, minor: 26).map(\.rule) == ["RR0020"])
    }

    @Test(arguments: [
        ("imagepullpolicy: Always", "did you mean `imagePullPolicy`?"),
        ("imagePulPolicy: Always", "did you mean `imagePullPolicy`?"),
        ("hostNetwork: true", "`hostNetwork` belongs to `spec.template.spec`"),
        ("fsGroup: 1", "`fsGroup` belongs to `spec.template.spec.securityContext`"),
        ("runAsNonRoot: true", "`runAsNonRoot` belongs to `spec.template.spec.containers[0].securityContext`"),
        ("maxSurge: 1", "`maxSurge` belongs to `spec.strategy.canary`"),
    ])
    func unknownFieldsAreExplained(_ fields: String, _ hint: String) throws {
        let found = Self.findings(Self.container(fields))
        #expect(found.count == 1)
        #expect(try #require(found.first).hint == hint)
    }

    @Test func fixesMendTheText() throws {
        for (fields, mended) in [
            ("args: [8080]", "args: [\"8080\"]"), ("env: [{name: A, value: on}]", "env: [{name: A, value: \"on\"}]"),
            ("stdin: \"true\"", "stdin: true"), ("imagePulPolicy: Always", "imagePullPolicy: Always"),
            ("resources: {limits: {memory: 1GB}}", "resources: {limits: {memory: 1G}}"),
        ] {
            let text = Self.container(fields)
            let fix = try #require(Self.findings(text).first?.fix, "\(fields)")
            var bytes = Array(text.utf8)
            bytes.replaceSubrange(fix.span.start.byte..<fix.span.end.byte, with: Array(fix.replacement.utf8))
            let after = String(decoding: bytes, as: UTF8.self)
            #expect(after == Self.container(mended))
            #expect(Self.findings(after).isEmpty)
        }
    }

    @Test func nullsAreAsAbsent() {
        #expect(Self.findings(Self.container("command:\nenv: null\nresources: ~")).isEmpty)
        #expect(Self.findings(Self.container("command: [~]")).map(\.rule) == ["RR0023"])
    }

    @Test func itemsOfAListAreObjects() {
        let rollout = Self.container("imagePulPolicy: Always")
        let indented = rollout.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let list = "apiVersion: v1\nkind: List\nitems:\n  -\n" + indented
        #expect(Self.findings(list).map(\.hint) == ["did you mean `imagePullPolicy`?"])
    }

    @Test func aliasesAndMergesAreFollowed() {
        let text = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: &labels {app: web}}
            spec:
              selector: {matchLabels: *labels}
              template:
                metadata: {labels: *labels}
                spec:
                  containers:
                  - &one {name: web, image: web, imagePulPolicy: Always}
                  - {<<: *one, name: two}
            """
        #expect(Self.findings(text).allSatisfy { $0.rule == "RR0022" })
        #expect(!Self.findings(text).isEmpty)
    }

    /// A document of nothing but faults takes time that grows with its size and no faster.
    @Test func faultsWithoutEndAreCutShort() {
        let keys = (0..<20_000).map { "key\($0): 1" }.joined(separator: "\n")
        let items = "args: [" + (0..<20_000).map(String.init).joined(separator: ", ") + "]"
        #expect((50...101).contains(Self.findings(Self.container(keys)).count))
        #expect((50...101).contains(Self.findings(Self.container(items)).count))
    }

    /// Nothing that stands in the place of a value crashes the checker or makes it silent.
    @Test func everyPlaceTakesEveryKindOfNode() {
        let lines = Self.container("ports:\n- containerPort: 80\nenv:\n- name: A\n  value: b").split(separator: "\n")
        let values = [
            "[]", "{}", "~", "5", "1.5", "text", "on", "[[]]", "[~]", "{a: [1]}", "-1", "999999999999999999999",
        ]
        for index in lines.indices where lines[index].contains(":") {
            let start = lines[index].prefix { $0 != ":" }
            for value in values {
                let rest = lines[(index + 1)...].drop { line in
                    line.prefix { $0 == " " || $0 == "-" }.count > start.prefix { $0 == " " || $0 == "-" }.count
                }
                let text = (lines[..<index] + ["\(start): \(value)"] + rest).joined(separator: "\n")
                _ = Self.findings(text)
            }
        }
    }

    @Test(arguments: [
        "kind: Rollout\napiVersion: apps/v1\nmetadata: {name: a}", "kind: rollout\napiVersion: argoproj.io/v1alpha1",
        "kind: Rollout\napiVersion: argoproj.oi/v1alpha1", "kind: AnalysisTemplates\napiVersion: argoproj.io/v1alpha1",
        "apiVersion: argoproj.io/v1alpha1\nmetadata: {name: a}", "kind: ~\nspec: {metrics: [{provider: {}}]}",
    ])
    func nearMissesAreFound(_ text: String) { #expect(!Self.findings(text).isEmpty) }

    @Test(arguments: [
        "kind: Service\napiVersion: serving.knative.dev/v1\nmetadata: {name: a}", "kind: Kustomization\nresources: []",
        "kind: UDPRoute\napiVersion: gateway.networking.k8s.io/v1alpha2", "replicas: 3",
        "kind: Application\napiVersion: argoproj.io/v1alpha1",
        "kind: Experiment\napiVersion: kubeflow.org/v1beta1\nspec: {}", "- a\n- b",
        "kind: StatefulSet\napiVersion: apps/v1",
        "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: a}", "name: chart\nversion: 1.0.0\napiVersion: v2",
    ])
    func othersAreLeftAlone(_ text: String) { #expect(Self.findings(text).isEmpty) }
}
