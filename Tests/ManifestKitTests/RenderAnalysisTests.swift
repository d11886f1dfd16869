import Testing

@testable import ManifestKit

/// The AnalysisRuns and Experiments that a rendering says each step starts.
@Suite struct RenderAnalysisTests {
    static let templates = """
        - kind: AnalysisTemplate
          metadata: {name: rate, namespace: shop}
          spec:
            args: [{name: service}, {name: hash}, {name: window, value: 5m}]
            metrics: [{name: rate, interval: 1m, count: 3, provider: {prometheus: {query: "{{args.service}}"}}}]
        - kind: ClusterAnalysisTemplate
          metadata: {name: smoke}
          spec:
            templates: [{templateName: inner, clusterScope: true}]
            metrics: [{name: smoke, provider: {web: {url: "http://a"}}}]
        - kind: ClusterAnalysisTemplate
          metadata: {name: inner}
          spec: {metrics: [{name: inner, provider: {web: {url: "http://b"}}}]}
        """

    static func render(_ strategy: String, hasTemplates: Bool = true, isInitial: Bool = false) throws -> RolloutRendering {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              replicas: 5
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "example.com/web:1"}]}
              strategy:
            \(strategy.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """
        let root = try #require(YAMLParser.document(text)?.root)
        let objects = try #require(YAMLParser.document(templates)?.root?.json.array)
        return StepRenderer.render(rollout: root.json, isInitial: isInitial, objects: hasTemplates ? objects : [])
    }

    static let canary = """
        canary:
          analysis:
            startingStep: 2
            templates: [{templateName: rate}]
            args: [{name: service, value: api}, {name: hash, valueFrom: {podTemplateHashValue: Latest}}]
          steps:
          - setWeight: 20
          - analysis: {templates: [{templateName: smoke, clusterScope: true}]}
          - pause: {duration: 5m}
          - experiment:
              duration: 5m
              templates: [{name: baseline, specRef: stable}, {name: candidate, specRef: canary}]
              analyses: [{name: compare, templateName: rate, args: [{name: service, value: x}, {name: hash, value: y}]}]
          - analysis: {templates: [{templateName: smoke, clusterScope: true}]}
        """

    static func names(_ rendering: RolloutRendering) -> [String] {
        rendering.steps.flatMap { step in step.starts.map { "\(step.index) \($0.objectKind) \($0.objectName)" } }
    }

    @Test func eachStepSaysWhatItStarts() throws {
        let rendering = try Self.render(Self.canary)
        let hash = try #require(rendering.steps[1].canary?.hash)
        #expect(Self.names(rendering) == [
            "1 AnalysisRun web-\(hash)-2-1", "2 AnalysisRun web-\(hash)-2", "3 Experiment web-\(hash)-2-3",
            "4 AnalysisRun web-\(hash)-2-4",
        ])
        let smoke = try #require(rendering.steps[2].starts.first)
        #expect(smoke["spec"]?["metrics"]?.array?.compactMap { $0["name"]?.string } == ["smoke", "inner"])
        let background = try #require(rendering.steps[3].starts.first)
        #expect(background["spec"]?["args"] == [
            ["name": "service", "value": "api"], ["name": "hash", "value": .string(hash)],
            ["name": "window", "value": "5m"],
        ])
        #expect(background["status"] == nil)
        let experiment = try #require(rendering.steps[4].starts.first)
        #expect(experiment["spec"]?["analyses"]?[0]?["args"]?[0] == ["name": "service", "value": "x"])
        #expect(rendering.notes.count == 1 && rendering.notes[0].hasPrefix("every analysis is successful"))
    }

    @Test func blueGreenStartsThemAroundTheSwitch() throws {
        let rendering = try Self.render("""
            blueGreen:
              activeService: active
              previewService: preview
              prePromotionAnalysis: {templates: [{templateName: smoke, clusterScope: true}]}
              postPromotionAnalysis:
                templates: [{templateName: rate}]
                args: [{name: service, value: api}, {name: hash, valueFrom: {podTemplateHashValue: Stable}}]
            """)
        let hash = try #require(rendering.steps[1].canary?.hash)
        #expect(Self.names(rendering) == ["0 AnalysisRun web-\(hash)-2-pre", "1 AnalysisRun web-\(hash)-2-post"])
        #expect(rendering.steps[2].starts[0]["spec"]?["args"]?[1] == ["name": "hash", "value": "stable"])
    }

    @Test func nothingStartsWithoutAnUpdate() throws {
        #expect(Self.names(try Self.render(Self.canary, isInitial: true)).isEmpty)
        #expect(Self.names(try Self.render("canary: {steps: [{setWeight: 20}]}")).isEmpty)
    }

    @Test func missingTemplatesAreNoted() throws {
        let rendering = try Self.render(Self.canary, hasTemplates: false)
        #expect(Self.names(rendering).count == 4)
        #expect(rendering.notes.contains { $0.hasPrefix("AnalysisTemplate rate is not among the files") })
        let broken = try Self.render(Self.canary.replacing("{name: service, value: api}, ", with: ""))
        #expect(broken.notes.contains { $0.contains("args.service was not resolved") }, "\(broken.notes)")
    }

    @Test func everyViewShowsIt() throws {
        let rendering = try Self.render(Self.canary)
        let style = RenderingStyle()
        let table = RenderingTable.text(of: [rendering], style: style)
        #expect(table.contains("starts AnalysisRun web-") && table.contains("(step): smoke, inner"))
        #expect(table.contains("(background): rate") && table.contains(": baseline, candidate"))
        let yaml = RenderingYAML.text(of: [rendering], style: style)
        let documents = yaml.components(separatedBy: "---\n")
        #expect(documents.filter { $0.contains("kind: AnalysisRun") }.count == 3)
        let json = try JSONReader.value(RenderingJSON.text(of: [rendering], style: style))
        #expect(json[0]?["steps"]?[2]?["starts"]?[0]?["kind"] == "AnalysisRun")
        let page = RenderingHTML.text(of: [rendering], style: style)
        #expect(page.contains("<b>starts</b> Experiment web-") && page.contains("1 started"))
        let files = RenderingFolders.files(of: [rendering]).map { $0.path.joined(separator: "/") }
        #expect(files.filter { $0.contains("/analysisrun-web-") }.count == 3)
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
