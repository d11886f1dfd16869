import Testing

@testable import ManifestKit

/// What advice about a Rollout is computed from.
@Suite struct RolloutAdviceTests {
    @Test(arguments: [
        (10, 10, 1, 1, 10), (30, 10, 3, 3, 10), (5, 10, 1, 1, 11), (5, 10, 0, 1, 10), (5, 1, 1, 1, 2), (95, 1, 1, 1, 2),
        (50, 3, 1, 2, 4), (50, 3, 0, 2, 3), (10, 1, 0, 0, 1), (0, 5, 1, 0, 5), (100, 5, 1, 5, 5), (1, 2, 1, 1, 3),
        (99, 3, 0, 2, 3), (33, 3, 1, 1, 3), (75, 2, 0, 0, 2),
    ])
    func sharesPods(_ weight: Int, _ replicas: Int, _ surge: Int, _ canary: Int, _ total: Int) {
        let share = CanaryShare(weight: weight, replicas: replicas, surge: surge)
        #expect(share.canary == canary && share.total == total, "\(share)")
    }

    @Test func everyShareIsPossible() {
        for replicas in 1...25 {
            for weight in 0...100 {
                for surge in 0...1 {
                    let share = CanaryShare(weight: weight, replicas: replicas, surge: surge)
                    #expect((0...share.total).contains(share.canary))
                    #expect((replicas...replicas + surge).contains(share.total))
                    // Without surge, the controller finds no answer for half a pod of the last one, and takes none.
                    let isLastHalf = surge == 0 && replicas * weight == replicas * 100 - 50
                    guard (1...99).contains(weight), replicas > 1, !isLastHalf else { continue }
                    #expect(share.canary > 0 && share.canary < share.total, "\(weight) of \(replicas): \(share)")
                }
            }
        }
    }

    @Test(arguments: [
        ("25%", 10, 3, 2), ("1", 10, 1, 0), ("0", 10, 0, 0), ("100%", 3, 3, 3), ("33%", 3, 1, 0), ("3", 10, 1, 0),
    ])
    func readsAllowancesAsTheControllerDoes(_ text: String, _ replicas: Int, _ up: Int, _ down: Int) throws {
        let source = SourceFile(name: "a.yaml", text: "a: \"\(text)\"\n")
        let node = try #require(YAMLParser.documents(in: source).first?.root?["a"])
        let allowance = try #require(PodAllowance(node))
        #expect(allowance.pods(of: replicas, roundingUp: true) == up)
        #expect(allowance.pods(of: replicas, roundingUp: false) == down)
    }

    @Test func anUpdateMayAlwaysMoveOnePod() {
        #expect(PodAllowance.limits(surge: .percent(0), unavailable: nil, replicas: 3) == (0, 1))
        #expect(PodAllowance.limits(surge: .count(0), unavailable: .percent(1), replicas: 3) == (0, 1))
        #expect(PodAllowance.limits(surge: nil, unavailable: nil, replicas: 10) == (3, 2))
        #expect(PodAllowance.limits(surge: nil, unavailable: .count(9), replicas: 4) == (1, 4))
    }

    @Test func routersAreSortedAndKnown() {
        let fields = TrafficRouterCapabilities.all.map(\.field)
        #expect(fields == fields.sorted { $0.lowercased() < $1.lowercased() })
        #expect(fields.count == TrafficRouters.all.count + 1, "and plugins that nothing is known about")
        #expect(TrafficRouterCapabilities.router("istio")?.mirrorRoutes == true)
        #expect(TrafficRouterCapabilities.router("gateway") == nil)
        #expect(TrafficRouterCapabilities.names(where: \.mirrorRoutes) == "Gateway API, Istio or a plugin")
    }

    @Test func weightsWithTheSameOutcomeAreOneFinding() {
        let text = ExampleFrames.manifest(
            "replicas: 2\nstrategy:\n  canary:\n    steps: [{setWeight: 5}, {setWeight: 10}, {setWeight: 50}]",
            .rolloutSpec)
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: "a.yaml", text: text)) { validator.check(document) }
        let found = validator.finish().filter { $0.rule == UnreachableWeightRule.id }
        #expect(found.count == 1)
        let message = found.first?.message ?? ""
        #expect(message.hasPrefix("the weights 5 and 10 all come to 33 % of the pods: 1 of 3 pods"))
        #expect(found.first?.related.count == 1)
    }
}
