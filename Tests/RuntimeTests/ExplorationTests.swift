import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Every strategy under random trouble, with few seeds; `Benchmarks/explore.py` plays many.
@Suite struct ExplorationTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Benchmarks/strategies")

    /// The manifests that `Benchmarks/explore.py` explores.
    static let strategies: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func input(_ name: String) throws -> SimulationInput {
        let text = try String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8)
        let objects = YAMLParser.documents(in: SourceFile(name: name, text: text)).compactMap { $0.root?.json }
        let rollout = try #require(objects.first { $0["kind"] == "Rollout" })
        return SimulationInput(rollout: rollout, objects: ObjectIndex(objects))
    }

    @Test func thereAreStrategies() { #expect(Self.strategies.count > 20) }

    /// Every router and every kind of route of Gateway API is explored, and several routers together.
    @Test func everyRouterIsExplored() throws {
        let routings = try Self.strategies.compactMap {
            Rollout(try Self.input($0).rollout)?.spec.strategy.canary?.trafficRouting
        }
        let keys = Set(routings.flatMap { $0.routers.map { type(of: $0).key } })
        #expect(keys == Set(TrafficRouters.all.map { $0.key }))
        let kinds = Set(try Self.strategies.flatMap { Rollout(try Self.input($0).rollout)?.references.map(\.kind) ?? [] })
        #expect(kinds.isSuperset(of: [.httpRoute, .grpcRoute, .tcpRoute, .tlsRoute, .referenceGrant]))
        #expect(routings.contains { $0.routers.count > 2 })
    }

    @Test(arguments: strategies) func anUpdateComesToItsEnd(_ name: String) async throws {
        let promotes = (1...4).map { Scenario.Event(at: Double($0) * 600, .promote) }
        let timeline = await Simulator.run(try Self.input(name), scenario: Scenario(events: promotes))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy", "\(timeline.entries.last?.state.message ?? "")")
    }

    /// Strategies with routers whose own objects divide the traffic are played more often.
    static func seeds(of name: String) -> ClosedRange<UInt64> {
        let routers = ["ambassador", "apisix", "app-mesh", "contour", "openshift", "routers", "smi", "traefik"]
        return routers.contains { name == "canary-\($0)" } ? 1...6 : 1...2
    }

    @Test(arguments: strategies) func nothingBreaksUnderRandomTrouble(_ name: String) async throws {
        let input = try Self.input(name)
        for seed in Self.seeds(of: name) {
            guard let finding = await Exploration.explore(input, seed: seed) else { continue }
            Issue.record("""
                \(name), seed \(finding.seed): \(finding.violation.invariant): \(finding.violation.message)
                \(ScenarioText.text(of: finding.scenario))
                """)
            return
        }
    }
}
