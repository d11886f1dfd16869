import Testing

@testable import ManifestKit

/// What manifests of public projects, and slips that people make in them, brought to light.
@Suite struct RealManifestTests {
    static let rollout = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1"}]}
          strategy:
            canary:
              steps:
              - setWeight: 50

        """

    static func findings(in text: String) -> [Diagnostic] {
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: "case.yaml", text: text)) {
            validator.check(document)
        }
        return validator.finish()
    }

    static func errors(in text: String) -> [String] {
        findings(in: text).filter { $0.severity == .error }.map { "\($0.rule) \($0.span.start.line)" }
    }

    // MARK: Templates and arguments

    @Test func anArgumentIsNoActionOfHelm() {
        let text = "spec:\n  metrics:\n  - query: up{job=\"{{args.service}}\"}\n    count: [5\n"
        #expect(Self.errors(in: text) == ["RR0001 4"])
        #expect(Self.errors(in: text + "    x: {{ .Values.x }}\n") == ["RR0006 5"])
        #expect(!Self.errors(in: "kind: Job\nname: {{args.service}}\n").contains { $0.hasPrefix("RR0006") })
    }

    @Test func oneFaultStandsForAWholeTemplate() {
        let text = """
            apiVersion: v1
            kind: Service
            metadata:
              name: {{ .Release.Name }}
              labels:
                app: {{ template "web.name" . }}
            {{- if .Values.ports }}
            spec: {ports: [{port: 80}]}
            {{- end }}

            """
        #expect(Self.errors(in: text) == ["RR0006 4"])
    }

    // MARK: Streams

    @Test func listsMayHoldLists() {
        let nested = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n"
        let item = Self.rollout.replacing("setWeight: 50", with: "setWeight: 150")
            .split(separator: "\n").enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element + "\n" }.joined()
        #expect(Self.errors(in: nested + item) == ["RR0212 18"])
    }

    @Test func aDocumentMayEndTwice() {
        let text = "a: 1\n...\n...\n# note\n--- # next\nb: 2\n"
        let documents = YAMLParser.documents(in: SourceFile(name: "text", text: text))
        #expect(documents.map { $0.root?.json } == [["a": 1], ["b": 2]])
        #expect(documents.flatMap(\.faults).isEmpty)
    }

    // MARK: How much is said

    @Test func oneRuleSaysNoMoreThanAnyoneReads() {
        let steps = String(repeating: "      - setWeight: 500\n", count: 5_000)
        let found = Self.findings(in: Self.rollout + steps).filter { $0.rule == "RR0212" }
        #expect(found.count == Findings.limit)
        #expect(found.last?.hint?.contains("check again") == true)
        let two = Self.rollout + steps + "---\n" + Self.rollout.replacing("name: web}", with: "name: two}") + steps
        #expect(Self.findings(in: two).filter { $0.rule == "RR0212" }.count == 2 * Findings.limit)
    }

    @Test func theRestartPolicyOfAJobIsReportedOnce() {
        let metric = "provider:\n  job:\n    spec:\n      template:\n        spec:\n"
        for policy in ["", "          restartPolicy: Always\n"] {
            let text = metric + policy + "          containers: [{name: a, image: \"a:1\"}]"
            #expect(Self.errors(in: RuleExample(text, in: .metric).manifest).count == 1)
        }
    }

    // MARK: Where the fault is

    @Test func theSpanIsOnTheFieldThatIsWrong() {
        let text = Self.rollout.replacing(
            "selector: {matchLabels: {app: web}}",
            with: "selector:\n    matchExpressions:\n    - key: app\n      operator: In\n      values: []")
        #expect(Self.errors(in: text) == ["RR0201 9"])
        let profile = "securityContext:\n  seccompProfile:\n    type: Localhost"
        let manifest = RuleExample(profile, in: .container).manifest
        let line = manifest.split(separator: "\n").firstIndex { $0.contains("Localhost") }.map { $0 + 1 } ?? 0
        #expect(Self.errors(in: manifest) == ["RR0132 \(line)"])
    }

    @Test(arguments: [
        ("a:\n  b: [5\n  c: 1\n", 2...2), ("a:\n  b: {c: 1\nd: 2\n", 2...2), ("a: [\n  {b: 1}\n  {c: 2}\n]\n", 2...3),
        ("a:\n   b: 1\n  c: 2\n  d: 3\n", 2...3),
        ("a:\n  b: 1\n  c: 2\n d: 3\n", 4...4), ("a: [b, c: {d: 1]\n", 1...1),
    ])
    func aSyntaxFaultCoversTheLineToMend(_ text: String, _ lines: ClosedRange<Int>) {
        let found = Self.findings(in: text).map { $0.span.start.line...$0.span.end.line }
        #expect(found == [lines], "\(text)")
    }

    // MARK: The template's metadata

    @Test func aConvertedTemplateHasWhatARolloutTakes() {
        let deployment = ConversionBehaviourTests.deployment().replacing(
            "    metadata:\n      labels:",
            with: "    metadata:\n      creationTimestamp: null\n      name: web\n      labels:")
        let result = ConversionBehaviourTests.convert(deployment)
        let metadata = ConversionBehaviourTests.objects(result).first?["spec", "template", "metadata"]
        #expect(metadata?.object?.keys == ["labels"])
        #expect(ConversionBehaviourTests.messages(result, .changed).contains("metadata.creationTimestamp is removed"))
        let text = String(decoding: result.files.first?.after ?? [], as: UTF8.self)
        #expect(Self.errors(in: text) == [])
    }

    @Test func theHashLeavesOutWhatTheAPIServerDrops() {
        let plain: JSONValue = ["metadata": ["labels": ["app": "web"]], "spec": ["containers": []]]
        var named = plain
        named.set(["metadata", "name"], to: "web")
        #expect(
            PodTemplateHash.hash(of: PodTemplateHash.defaulted(named))
                == PodTemplateHash.hash(of: PodTemplateHash.defaulted(plain)))
        #expect(PodTemplateHash.hash(of: named) != PodTemplateHash.hash(of: plain))
    }
}
