import Foundation
import ManifestKit
import Testing

/// The examples are what they say: the good ones without a fault, each broken one with several.
@Suite struct ExampleTests {
    static let folder = ProgramRun.root.appending(path: "examples")

    @Test(arguments: ["analysis", "blue-green", "canary-basic", "canary-nginx", "deployment", "istio-canary"])
    func isWithoutFindings(_ name: String) throws {
        let run = try ProgramRun(["validate", "--fail-on", "warning", name], in: Self.folder)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test(arguments: ["analysis.yaml", "routing.yaml", "steps.yaml", "syntax.yaml", "template.yaml"])
    func isBroken(_ name: String) throws {
        let run = try ProgramRun(["validate", "broken/" + name], in: Self.folder)
        #expect(run.code == 1, "\(run.messages)")
    }

    /// The examples of convert have tests of their own.
    @Test func scenariosPlay() throws {
        let arguments = ["simulate", "--scenario", "scenarios/crash-and-abort.yaml", "canary-nginx"]
        let run = try ProgramRun(arguments, in: Self.folder)
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.output.contains("RolloutAborted"))
    }

    /// The background analysis fails its fourth time at 12m, after three failures that are allowed.
    @Test func aFailingMetricRollsBack() throws {
        let arguments = ["simulate", "--scenario", "scenarios/failing-metric.yaml", "analysis", "-o", "json"]
        let run = try ProgramRun(arguments, in: Self.folder)
        #expect(run.code == 0, "\(run.messages)")
        let value = try #require(YAMLParser.document(run.output)?.root?.json[0])
        #expect(value["message"]?.string?.contains("failed (4) > failureLimit (3)") == true)
        let analyses = try #require(value["analyses"]?.array)
        #expect(analyses.compactMap { $0["phase"]?.string } == ["Failed", "Successful"])
        #expect(value["timeline"]?.array?.last?["weight"] == 0)
    }

    @Test func everyFolderIsTested() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(names.filter { !$0.hasPrefix("convert-") } == [
            "analysis", "blue-green", "broken", "canary-basic", "canary-nginx", "ci", "demo.sh", "deployment",
            "istio-canary", "scenarios",
        ])
    }
}
