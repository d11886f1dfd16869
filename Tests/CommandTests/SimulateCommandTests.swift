import Foundation
import ManifestKit
import Testing

/// `rollout-render simulate` as a user runs it.
@Suite struct SimulateCommandTests {
    static let example = ["examples/canary-nginx"]

    static func run(_ arguments: [String], scenario: String? = nil) throws -> ProgramRun {
        let folder = try ScratchFolder(["scenario.yaml": scenario ?? ""])
        let file = folder.url.appending(path: "scenario.yaml").path
        let options = scenario == nil ? [] : ["--scenario", file]
        return try ProgramRun(["simulate"] + options + arguments, in: ProgramRun.root)
    }

    static let update = """
        events:
        - {at: 10m, promote: {}}
        - {at: 20m, abort: {}}
        """

    @Test func tableSaysWhatHappensWhen() throws {
        let run = try Self.run(Self.example, scenario: Self.update)
        #expect(run.code == 0, "\(run.messages)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("shop/web: canary, 5 replicas, ") && lines[0].contains("Degraded: RolloutAborted"))
        #expect(lines.contains { $0.contains("10m  promote") && $0.contains("3/6 setWeight: 25") })
        #expect(lines.contains { $0.contains("20m  abort") && $0.contains("Degraded") })
        #expect(!run.output.contains("broken"))
    }

    @Test func jsonIsForPrograms() throws {
        let run = try Self.run(Self.example + ["-o", "json", "--seed", "7"], scenario: Self.update)
        let value = try #require(YAMLParser.document(run.output)?.root?.json[0])
        #expect(value["rollout"] == "web" && value["phase"] == "Degraded" && value["seed"] == "7")
        #expect(value["broken"] == [])
        let events = value["timeline"]?.array?.compactMap { $0["event"]?.string }
        #expect(events == ["update", "promote", "abort"])
        let weights = value["timeline"]?.array?.compactMap { $0["weight"]?.integer } ?? []
        #expect(weights.contains(25) && weights.last == 0)
    }

    @Test func pageHasAChartWithEveryEvent() throws {
        let run = try Self.run(Self.example + ["-o", "html"], scenario: Self.update)
        #expect(run.output.hasPrefix("<!doctype html>") && run.output.contains("<svg "))
        #expect(run.output.components(separatedBy: "class=\"flag\"").count == 4)
        #expect(run.output.contains("version-0") && run.output.contains("version-1"))
        #expect(!run.output.contains("NaN") && !run.output.contains("inf"))
    }

    @Test func theOldVersionMayBeGiven() throws {
        let manifest = try String(contentsOf: ProgramRun.root.appending(path: "examples/canary-basic/rollout.yaml"), encoding: .utf8)
        let folder = try ScratchFolder([
            "old.yaml": manifest.replacing("replicas: 10", with: "replicas: 4"), "new.yaml": manifest,
        ])
        let run = try ProgramRun(["simulate", "--stable", "old.yaml", "new.yaml", "-o", "json"], in: folder.url)
        #expect(run.code == 0, "\(run.messages)")
        let value = try #require(YAMLParser.document(run.output)?.root?.json[0])
        #expect(value["phase"] == "Healthy" && value["durationSeconds"]?.number ?? 9e9 < 60)
    }

    @Test func exploreReportsWhatItDid() throws {
        let run = try Self.run(Self.example + ["--explore", "4", "--seed", "100"])
        #expect(run.code == 0)
        #expect(run.output == "shop/web: seeds 100 to 103: nothing broken\n")
        let json = try Self.run(Self.example + ["--explore", "2", "-o", "json"])
        #expect(YAMLParser.document(json.output)?.root?.json["seeds"] == 2)
    }

    @Test func aWrongScenarioIsSaidByLine() throws {
        let run = try Self.run(Self.example, scenario: "events:\n- at: 5m\n  promoted: {}\n- at: x\n  abort: {}\n")
        #expect(run.code == 1 && run.output.isEmpty)
        #expect(run.messages.contains("scenario.yaml:3:3: error: there is no event \"promoted\""))
        #expect(run.messages.contains("scenario.yaml:4:7: error: at is a length of time"))
    }

    @Test(arguments: [
        ["--explore", "0"], ["--explore", "5", "--scenario", "x.yaml"], ["--stable", "x.yaml", "--initial"],
        ["--scenario", "nowhere.yaml"], ["-o", "xml"], ["--seed", "18446744073709551615", "--explore", "5"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        #expect(try Self.run(Self.example + arguments).code == 2)
    }

    @Test func noInput() throws {
        #expect(try Self.run([]).code == 2)
        #expect(try Self.run(["examples/deployment"]).code == 2)
    }
}
