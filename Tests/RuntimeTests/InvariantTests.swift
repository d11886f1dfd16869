import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Each invariant fires on a world made to break it, and on no other.
@Suite struct InvariantTests {
    /// A world in which a canary has 20 of 100 and three of ten pods.
    static func world(_ change: (inout JSONValue) -> Void = { _ in }) throws -> ObservedWorld {
        var world = ObservedWorld(now: KubernetesTime(seconds: 1000))
        var manifest: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "namespace": "shop", "generation": 4],
            "spec": [
                "replicas": 10, "selector": ["matchLabels": ["app": "web"]],
                "strategy": ["canary": [
                    "canaryService": "new", "stableService": "old", "maxUnavailable": 2,
                    "trafficRouting": ["nginx": ["stableIngress": "web"]],
                    "steps": [["setWeight": 20], ["pause": ["duration": 60]], ["setWeight": 50], ["pause": [:]]],
                ]],
            ],
            "status": [
                "stableRS": "a", "currentPodHash": "b", "currentStepIndex": 1, "phase": "Paused",
                "observedGeneration": "4",
                "canary": ["weights": ["canary": ["weight": 20], "stable": ["weight": 80]]],
            ],
        ]
        change(&manifest)
        world.rollout = Rollout(manifest)
        for (hash, count) in [("a", 8), ("b", 3)] {
            world.replicaSets["web-\(hash)"] = ReplicaSet(replicaSet(hash, count))
            for number in 0..<count {
                world.pods["\(hash)\(number)"] = ObservedWorld.Pod(hash: hash, isReady: true, isEnding: false)
            }
        }
        for (name, hash) in [("old", "a"), ("new", "b")] {
            world.objects[ObjectKey(.service, name)] = [
                "metadata": ["name": .string(name)], "spec": ["selector": [RolloutMarks.podTemplateHash: .string(hash)]],
            ]
        }
        route(&world, 20)
        return world
    }

    static func replicaSet(_ hash: String, _ count: Int) -> JSONValue {
        [
            "metadata": ["name": .string("web-\(hash)"), "labels": [RolloutMarks.podTemplateHash: .string(hash)]],
            "spec": ["replicas": .int(count)],
            "status": ["replicas": .int(count), "readyReplicas": .int(count), "availableReplicas": .int(count)],
        ]
    }

    static let ingress = ObjectKey(.ingress, "web-web-canary")

    static func route(_ world: inout ObservedWorld, _ weight: Int) {
        world.objects[ingress] = [
            "metadata": [
                "name": "web-web-canary",
                "annotations": [
                    "nginx.ingress.kubernetes.io/canary": "true",
                    "nginx.ingress.kubernetes.io/canary-weight": .string(String(weight)),
                ],
            ],
        ]
        world.observeShare()
    }

    /// The invariants that a write of the controller breaks.
    static func broken(
        _ kind: ObservedChange.Kind, from before: ObservedWorld, to after: ObservedWorld,
        by actor: ObservedChange.Actor = .controller
    ) -> [String] {
        let change = ObservedChange(actor: actor, kind: kind, before: before, after: after)
        return SimulationInvariants.all.filter { $0.violation(by: change) != nil }.map { $0.name }
    }

    static func broken(at rest: ObservedRest) -> [String] {
        SimulationInvariants.all.filter { $0.violation(at: rest) != nil }.map { $0.name }
    }

    @Test func theListIsTheFolder() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Runtime/Simulation/Invariants")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("Invariant.swift") && $0 != "SimulationInvariant.swift" }
        #expect(Set(files) == Set(SimulationInvariants.all.map { "\($0).swift" }))
    }

    @Test func theListIsSortedAndTheWorldIsWhole() throws {
        let names = SimulationInvariants.all.map { $0.name }
        #expect(names == names.sorted())
        let world = try Self.world()
        #expect(world.share == 20)
        #expect(world.shares.map(\.hash) == ["b", "a"] && world.shares.map(\.share) == [20, 80])
        #expect(Self.broken(.rollout, from: world, to: world).isEmpty)
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: true)).isEmpty)
    }

    @Test(arguments: [
        (["canary": ["weight": 20], "stable": ["weight": 70]] as JSONValue),
        ["canary": ["weight": 120], "stable": ["weight": -20]],
    ])
    func weight(_ weights: JSONValue) throws {
        let after = try Self.world { $0.set(["status", "canary", "weights"], to: weights) }
        #expect(Self.broken(.rollout, from: try Self.world(), to: after) == ["weight"])
    }

    @Test func weightInTheRouter() throws {
        var after = try Self.world()
        Self.route(&after, 120)
        #expect(Self.broken(.object(Self.ingress), from: try Self.world(), to: after).contains("weight"))
    }

    @Test func trafficNeedsPods() throws {
        var before = try Self.world()
        for name in before.pods.keys where name.hasPrefix("b") { before.pods[name]?.isReady = false }
        var after = before
        #expect(Self.broken(.object(Self.ingress), from: before, to: after).isEmpty, "that was so before")
        Self.route(&after, 30)
        #expect(Self.broken(.object(Self.ingress), from: before, to: after) == ["traffic"])
        #expect(Self.broken(.object(Self.ingress), from: before, to: after, by: .user).isEmpty)
    }

    @Test func trafficKeepsItsPods() throws {
        let before = try Self.world()
        var after = before
        after.replicaSets["web-b"] = ReplicaSet(Self.replicaSet("b", 0))
        #expect(Self.broken(.replicaSet("web-b"), from: before, to: after) == ["capacity", "traffic"])
    }

    @Test func availability() throws {
        let before = try Self.world()
        var after = before
        after.replicaSets["web-a"]?.replicas = 4
        #expect(Self.broken(.replicaSet("web-a"), from: before, to: after) == ["availability", "capacity"])
        after.replicaSets["web-a"]?.replicas = 5
        #expect(
            Self.broken(.replicaSet("web-a"), from: before, to: after) == ["capacity"],
            "eight are promised, but six of them are to carry 80 of 100")
        after.replicaSets["web-a"]?.replicas = 6
        #expect(Self.broken(.replicaSet("web-a"), from: before, to: after).isEmpty)
        after = before
        for number in 0..<4 { after.pods["a\(number)"]?.isEnding = true }
        #expect(Self.broken(.pod("a0"), from: before, to: after) == ["availability"])
        #expect(Self.broken(.pod("a0"), from: before, to: after, by: .cluster).isEmpty, "pods fail by themselves")
    }

    @Test func pause() throws {
        let paused: JSONValue = [["reason": "CanaryPauseStep", "startTime": .string(KubernetesTime(seconds: 990).description)]]
        func world(_ index: Int, _ pauses: JSONValue?) throws -> ObservedWorld {
            try Self.world {
                $0.set(["status", "currentStepIndex"], to: .int(index))
                $0.set(["status", "pauseConditions"], to: pauses)
            }
        }
        let before = try world(1, paused)
        var after = try world(2, nil)
        #expect(Self.broken(.rollout, from: before, to: after) == ["pause"])
        after.now = KubernetesTime(seconds: 1050)
        #expect(Self.broken(.rollout, from: before, to: after).isEmpty, "the pause is over")
        after = try Self.world {
            $0.set(["status", "currentStepIndex"], to: 2)
            $0.set(["spec", "paused"], to: true)
        }
        let manual = try Self.world { $0.set(["spec", "paused"], to: true) }
        #expect(Self.broken(.rollout, from: manual, to: after) == ["pause"])
        var moved = manual
        Self.route(&moved, 25)
        #expect(Self.broken(.object(Self.ingress), from: manual, to: moved) == ["pause"])
        var grown = manual
        grown.replicaSets["web-b"] = ReplicaSet(Self.replicaSet("b", 4))
        #expect(Self.broken(.replicaSet("web-b"), from: manual, to: grown) == ["pause"])
        #expect(Self.broken(.replicaSet("web-b"), from: before, to: grown).isEmpty, "the step is on its way")
    }

    @Test(arguments: [(1, 3), (3, 1), (1, 0), (2, 4), (1, 9), (1, -1)])
    func stepOrder(_ from: Int, _ to: Int) throws {
        let before = try Self.world { $0.set(["status", "currentStepIndex"], to: .int(from)) }
        let after = try Self.world { $0.set(["status", "currentStepIndex"], to: .int(to)) }
        #expect(Self.broken(.rollout, from: before, to: after) == ["step-order"])
        #expect(Self.broken(.rollout, from: before, to: after, by: .user).isEmpty, "a person may")
    }

    @Test func stepsMayStartAgain() throws {
        let before = try Self.world { $0.set(["status", "currentStepIndex"], to: 3) }
        let newer = try Self.world {
            $0.set(["status", "currentStepIndex"], to: 0)
            $0.set(["status", "currentPodHash"], to: "c")
        }
        #expect(Self.broken(.rollout, from: before, to: newer).isEmpty)
    }

    @Test func abort() throws {
        let world = try Self.world {
            $0.set(["status", "abort"], to: true)
            $0.set(["status", "phase"], to: "Degraded")
        }
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: true)) == ["abort"])
        var good = world
        Self.route(&good, 0)
        good.rollout?.status.weights = nil
        #expect(Self.broken(at: ObservedRest(world: good, isAtRest: true)).isEmpty)
    }

    @Test func restAndQuiet() throws {
        let world = try Self.world()
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: false)) == ["rest"])
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: false, isCutOff: true)).isEmpty)
        let busy = try Self.world { $0.set(["status", "phase"], to: "Progressing") }
        #expect(Self.broken(at: ObservedRest(world: busy, isAtRest: true)) == ["rest"])
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: true, lateWrites: ["PATCH rollouts/web"])) == ["quiet"])
        #expect(Self.broken(at: ObservedRest(world: world, isAtRest: true, wasSlowedDown: true)) == ["quiet"])
    }
}
