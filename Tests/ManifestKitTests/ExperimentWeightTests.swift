import Testing

@testable import ManifestKit

/// Shares of the traffic for the versions of an experiment.
@Suite struct ExperimentWeightTests {
    static func strategy(_ router: String) -> String {
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting: {\(router)}
          steps:
          - setWeight: 10
          - experiment:
              duration: 5m
              templates: [{name: trial, specRef: canary, weight: 15}, {name: base, specRef: stable}]
          - pause: {}
        """
    }

    static let key = ObjectKey(.virtualService, "web")
    static let istio = strategy("istio: {virtualService: {name: web}}")
    static let alb = strategy("alb: {ingress: web, servicePort: 80}")

    /// A Rollout at its experiment, which has begun.
    static func trying(_ strategy: String) throws -> (IdealWorld, ObjectKey) {
        var ideal = try PlannerTests.deployed(strategy)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        let experiment = try #require(ideal.world.objects.keys.first { $0.kind == .experiment })
        return (ideal, experiment)
    }

    static func set(_ phase: String, of key: ObjectKey, in ideal: inout IdealWorld) throws {
        var object = try #require(ideal.world.objects[key])
        object["status"] = [
            "phase": .string(phase),
            "templateStatuses": [
                ["name": "trial", "status": "Running", "serviceName": "trial-svc", "podTemplateHash": "abc"],
                ["name": "base", "status": "Running", "podTemplateHash": "def"],
            ],
        ]
        ideal.world.set(key, object)
        try PlannerTests.settle(&ideal)
    }

    @Test func theLoadBalancerGivesThemAShare() throws {
        var (ideal, experiment) = try Self.trying(Self.alb)
        #expect(ideal.world.object(.experiment, experiment.name)?["spec"]?["templates"]?[0]?["service"] == [:])
        func groups() -> [String] {
            let annotations = ideal.world.object(.ingress, "web")?["metadata"]?["annotations"]
            let text = annotations?["alb.ingress.kubernetes.io/actions.s"]?.string ?? ""
            let groups = (try? JSONReader.value(text))?["ForwardConfig"]?["TargetGroups"]?.array ?? []
            return groups.map { "\($0.text("ServiceName") ?? "") \($0["Weight"]?.integer ?? -1)" }
        }
        // Not before its pods are there.
        try Self.set("Pending", of: experiment, in: &ideal)
        #expect(groups() == ["c 10", "s 90"])
        try Self.set("Running", of: experiment, in: &ideal)
        #expect(groups() == ["c 10", "trial-svc 15", "s 75"])
        let weights = ideal.world.rollout.status.json["canary"]?["weights"]
        #expect(weights?["additional"] == [["weight": 15, "serviceName": "trial-svc", "podTemplateHash": "abc"]])
        #expect(weights?["stable"]?["weight"] == 75)
        // A second plan for the same world is empty.
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).isEmpty)
        try Self.set("Successful", of: experiment, in: &ideal)
        #expect(groups() == ["c 10", "s 90"])
        #expect(ideal.world.rollout.status.weights?.additional.isEmpty == true)
        #expect(ideal.world.rollout.status.currentStepIndex == 2)
    }

    @Test func istioGivesThemARouteOfTheirOwn() throws {
        var (ideal, experiment) = try Self.trying(Self.istio)
        func destinations() -> [JSONValue] {
            ideal.world.objects[Self.key]?["spec"]?["http"]?[0]?["route"]?.array ?? []
        }
        let before = destinations()
        try Self.set("Running", of: experiment, in: &ideal)
        let shares = destinations().map { "\($0["destination"]?.text("host") ?? "") \($0["weight"]?.integer ?? -1)" }
        #expect(Set(shares) == ["s 75", "c 10", "trial-svc 15"])
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).isEmpty)
        // A person ends the update in the middle of it.
        ideal.world.rollout.status.isAborted = true
        try PlannerTests.settle(&ideal)
        #expect(destinations().count == before.count)
        #expect(ideal.world.rollout.status.weights?.additional.isEmpty == true)
        #expect(ideal.world.rollout.status.weights?.stable.weight == 100)
    }

    /// With a DestinationRule they get subsets, and the fields that nobody here knows stay.
    @Test func subsetsComeAndGo() throws {
        let router = "istio: {virtualService: {name: web}, "
            + "destinationRule: {name: web, canarySubsetName: new, stableSubsetName: old}}"
        var (ideal, experiment) = try Self.trying(Self.strategy(router))
        let rule = ObjectKey(.destinationRule, "web")
        var object = try #require(ideal.world.objects[rule])
        object.set(["spec", "trafficPolicy"], to: ["tls": ["mode": "ISTIO_MUTUAL"]])
        object.set(["spec", "exportTo"], to: ["."])
        var subsets = object["spec"]?["subsets"]?.array ?? []
        for place in subsets.indices { subsets[place]["trafficPolicy"] = ["unknown": [1, 2]] }
        object.set(["spec", "subsets"], to: .array(subsets))
        ideal.world.set(rule, object)
        try Self.set("Running", of: experiment, in: &ideal)
        func names() -> [String?] { ideal.world.objects[rule]?["spec"]?["subsets"]?.array?.map { $0.text("name") } ?? [] }
        #expect(names() == ["old", "new", "trial-svc"])
        let added = ideal.world.objects[rule]?["spec"]?["subsets"]?[2]
        #expect(added?["labels"]?[RolloutMarks.podTemplateHash] == "abc")
        try Self.set("Successful", of: experiment, in: &ideal)
        #expect(ideal.world.objects[rule] == object)
    }
}
