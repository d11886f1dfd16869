import ManifestKit
import Testing

@testable import RolloutRuntime

/// Invariants about pods for a share, the end of an update, and what stands in routes.
@Suite struct WiderInvariantTests {
    @Test func aShareNeedsItsPods() throws {
        let before = try InvariantTests.world()
        var after = before
        InvariantTests.route(&after, 40)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: before, to: after).isEmpty)
        InvariantTests.route(&after, 60)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: before, to: after) == ["capacity"])
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: before, to: after, by: .user).isEmpty)
        let chosen = try InvariantTests.world {
            $0.set(["spec", "strategy", "canary", "steps"], to: [["setCanaryScale": ["replicas": 1]], ["setWeight": 60]])
        }
        after = chosen
        InvariantTests.route(&after, 60)
        #expect(
            InvariantTests.broken(.object(InvariantTests.ingress), from: chosen, to: after).isEmpty,
            "the size is its author's choice")
    }

    @Test func trafficMayLeaveAVersionWithoutPods() throws {
        var before = try InvariantTests.world()
        before.replicaSets["web-a"] = ReplicaSet(InvariantTests.replicaSet("a", 0))
        for name in before.pods.keys where name.hasPrefix("a") { before.pods[name] = nil }
        var after = before
        InvariantTests.route(&after, 100)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: before, to: after).isEmpty)
    }

    @Test func anAbortedVersionGetsNothing() throws {
        let aborted = try InvariantTests.world { $0.set(["status", "abort"], to: true) }
        var after = aborted
        InvariantTests.route(&after, 25)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: aborted, to: after) == ["abort"])
        InvariantTests.route(&after, 10)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: aborted, to: after).isEmpty)
    }

    @Test func aHealthyRolloutIsDone() throws {
        func rest(_ change: (inout ObservedWorld) -> Void) throws -> [String] {
            var world = try InvariantTests.world {
                $0.set(["status", "phase"], to: "Healthy")
                $0.set(["status", "stableRS"], to: "b")
                $0.set(["status", "currentStepIndex"], to: 4)
            }
            world.replicaSets["web-a"] = ReplicaSet(InvariantTests.replicaSet("a", 0))
            world.replicaSets["web-b"] = ReplicaSet(InvariantTests.replicaSet("b", 10))
            world.objects[ObjectKey(.service, "old")] = world.objects[ObjectKey(.service, "new")]
            InvariantTests.route(&world, 0)
            change(&world)
            return InvariantTests.broken(at: ObservedRest(world: world, isAtRest: true))
        }
        #expect(try rest { _ in }.isEmpty)
        #expect(try rest { InvariantTests.route(&$0, 20) } == ["healthy"])
        #expect(try rest { $0.replicaSets["web-a"]?.replicas = 1 } == ["healthy"])
        #expect(try rest { $0.replicaSets["web-b"]?.replicas = 9 } == ["healthy"])
        #expect(try rest { $0.rollout?.status.stableHash = "a" } == ["healthy"])
        #expect(try rest { $0.objects[ObjectKey(.service, "old")] = ["spec": ["selector": ["app": "web"]]] } == ["healthy"])
        #expect(try rest { world in
            for number in 0..<12 { world.replicaSets["old-\(number)"] = ReplicaSet(InvariantTests.replicaSet("o\(number)", 0)) }
        } == ["healthy"])
    }

    @Test func blueGreenWaitsForItsPause() throws {
        func world(_ active: String, _ seconds: Int, paused: Bool = true, at now: Int64 = 1000) throws -> ObservedWorld {
            var world = try InvariantTests.world {
                $0.set(["spec", "strategy"], to: ["blueGreen": [
                    "activeService": "old", "previewService": "new", "autoPromotionSeconds": .int(seconds),
                    "autoPromotionEnabled": seconds > 0 ? true : false,
                ]])
                let pause: JSONValue = [
                    "reason": "BlueGreenPause", "startTime": .string(KubernetesTime(seconds: 990).description),
                ]
                $0.set(["status", "pauseConditions"], to: paused ? [pause] : nil)
            }
            world.replicaSets["web-b"] = ReplicaSet(InvariantTests.replicaSet("b", 10))
            world.objects[ObjectKey(.service, "old")] = ["spec": ["selector": [RolloutMarks.podTemplateHash: .string(active)]]]
            world.now = KubernetesTime(seconds: now)
            return world
        }
        let switching = ObservedChange.Kind.object(ObjectKey(.service, "old"))
        #expect(InvariantTests.broken(switching, from: try world("a", 0), to: try world("b", 0)) == ["pause"])
        #expect(InvariantTests.broken(switching, from: try world("a", 60), to: try world("b", 60)) == ["pause"])
        #expect(InvariantTests.broken(switching, from: try world("a", 60), to: try world("b", 60, at: 1050)).isEmpty)
        let over = (try world("a", 0, paused: false), try world("b", 0, paused: false))
        #expect(InvariantTests.broken(switching, from: over.0, to: over.1).isEmpty)
    }

    @Test(arguments: [
        ([20, 80], nil), ([20, 70], "20, 70"), ([-5, 105], "-5, 105"), ([100], nil),
    ] as [([Int], String?)])
    func routesOfVirtualServices(_ weights: [Int], _ problem: String?) {
        let object: JSONValue = ["spec": ["http": [["name": "main", "route": .array(weights.map { ["weight": .int($0)] })]]]]
        let found = RouteWeights(object).problem(of: 100)
        #expect(found == problem.map { "the weights of main are \($0)" })
    }

    @Test func annotationsOfIngresses() {
        func problem(_ key: String, _ value: String, of maximum: Int = 100) -> String? {
            RouteWeights(["metadata": ["annotations": [key: .string(value)]]]).problem(of: maximum)
        }
        #expect(problem("nginx.ingress.kubernetes.io/canary-weight", "20") == nil)
        #expect(problem("nginx.ingress.kubernetes.io/canary-weight", "120") != nil)
        #expect(problem("nginx.ingress.kubernetes.io/canary-weight", "120", of: 1000) == nil)
        let groups = { (first: Int, second: Int) in
            "{\"ForwardConfig\":{\"TargetGroups\":[{\"Weight\":\(first)},{\"Weight\":\(second)}]}}"
        }
        #expect(problem("alb.ingress.kubernetes.io/actions.root", groups(20, 80)) == nil)
        #expect(problem("alb.ingress.kubernetes.io/actions.root", groups(20, 90)) != nil)
    }
}
