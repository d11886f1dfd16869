import Testing

@testable import ManifestKit

/// Plans for a live cluster: what a rendering never sees.
@Suite struct PlannerTests {
    static let start = KubernetesTime(seconds: 1_767_225_600)

    /// A Rollout that has been deployed in full.
    static func deployed(_ strategy: String, replicas: Int = 4, extra: [String: JSONValue] = [:]) throws -> IdealWorld {
        var manifest = try #require(
            RenderStepTests.documents(RenderStepTests.manifest(replicas: replicas, strategy)).first)
        for (key, value) in extra { manifest.set(["spec", key], to: value) }
        var rollout = try #require(Rollout(manifest))
        rollout.generation = 1
        var world = World(rollout: rollout)
        for name in ["c", "s", "a", "p"] {
            let service: JSONValue = ["metadata": ["name": .string(name)], "spec": ["selector": ["app": "web"]]]
            world.set(ObjectKey(.service, name), service)
        }
        for router in rollout.spec.strategy.canary?.trafficRouting?.routers ?? [] {
            for key in router.objects(for: rollout) { world.set(key, router.placeholder(for: key, of: rollout)) }
        }
        var ideal = IdealWorld(world, now: start)
        try Self.settle(&ideal, until: nil)
        return ideal
    }

    static func setImage(_ ideal: inout IdealWorld, _ image: String, replicas: Int? = nil) {
        var rollout = ideal.world.rollout
        rollout.spec.template?.set(["spec", "containers"], to: .array([["name": "web", "image": .string(image)]]))
        if let replicas { rollout.spec.declaredReplicas = replicas }
        ideal.now = ideal.now.after(10)
        ideal.world.replaceManifest(with: rollout)
    }

    /// Lets everything come to rest, at this moment or with time passing.
    static func settle(_ ideal: inout IdealWorld) throws {
        let isAtRest = ideal.settle()
        try #require(isAtRest)
    }

    static func settle(_ ideal: inout IdealWorld, until end: KubernetesTime?) throws {
        let isAtRest = ideal.settle(until: end)
        try #require(isAtRest)
    }

    static func sizes(_ ideal: IdealWorld) -> [Int] { ideal.world.replicaSets.map(\.replicas) }

    @Test func aVersionWithAnotherHashIsTakenOver() throws {
        var ideal = try Self.deployed("canary: {steps: [{setWeight: 50}]}")
        // As an older controller made it and an API server stores it: another hash, and every default filled in.
        var old = ideal.world.replicaSets[0]
        old.name = "web-older"
        old.hash = "older"
        old.template = WorkloadTemplate.defaulted(old.template)
        old.template.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: "older")
        old.template.set(["metadata", "creationTimestamp"], to: .null)
        ideal.world.replicaSets = [old]
        ideal.world.rollout.status.stableHash = "older"
        ideal.world.rollout.status.currentPodHash = "older"
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).actions.isEmpty)
        Self.setImage(&ideal, "example.com/web:3")
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).actions.contains {
            if case .createReplicaSet = $0 { true } else { false }
        })
    }

    @Test func aHashThatIsTakenGetsANumber() throws {
        var ideal = try Self.deployed("canary: {}")
        Self.setImage(&ideal, "example.com/web:3")
        let name = "web-\(ideal.world.templateHash)"
        ideal.world.foreignReplicaSets = [name]
        try Self.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.collisionCount == 1)
        #expect(ideal.world.replicaSets.count == 2)
        #expect(!ideal.world.replicaSets.contains { $0.name == name })
        #expect(ideal.world.rollout.status.phase == .healthy)
    }

    @Test func pausedMeansThatNothingMoves() throws {
        var ideal = try Self.deployed("canary: {steps: [{setWeight: 50}]}")
        Self.setImage(&ideal, "example.com/web:3")
        ideal.world.rollout.spec.isPaused = true
        try Self.settle(&ideal)
        #expect(Self.sizes(ideal) == [4, 0])
        #expect(ideal.world.rollout.status.phase == .paused)
        #expect(ideal.world.rollout.status.message == "manually paused")
        ideal.world.rollout.spec.isPaused = false
        try Self.settle(&ideal, until: nil)
        #expect(Self.sizes(ideal) == [0, 4])
    }

    @Test func goingBackSkipsTheSteps() throws {
        var ideal = try Self.deployed("canary: {steps: [{setWeight: 50}, {pause: {}}]}", extra: [
            "rollbackWindow": ["revisions": 2],
        ])
        Self.setImage(&ideal, "example.com/web:3")
        try Self.settle(&ideal)
        #expect(ideal.world.rollout.status.phase == .paused)
        ideal.now = ideal.now.after(10)
        var first = ideal.world.rollout
        first.spec.template?.set(["spec", "containers"], to: .array([
            ["name": "web", "image": "example.com/web:2", "ports": [["containerPort": 8080]]],
        ]))
        ideal.world.replaceManifest(with: first)
        try Self.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.phase == .healthy)
        #expect(Self.sizes(ideal) == [4, 0])
        #expect(ideal.world.replicaSets[0].annotations[RolloutMarks.revision] == "3")
        #expect(ideal.world.replicaSets[0].annotations[RolloutMarks.revisionHistory] == "1")
        #expect(ideal.world.rollout.revision == 3)
    }

    @Test func restartEvictsAFewPodsAtATime() throws {
        var ideal = try Self.deployed("canary: {maxUnavailable: 2}")
        let name = ideal.world.replicaSets[0].name
        ideal.world.pods = (0..<4).map {
            Pod(name: "web-\($0)", replicaSet: name, createdAt: Self.start, isAvailable: true)
        }
        ideal.now = ideal.now.after(100)
        ideal.world.rollout.spec.restartAt = ideal.now
        let plan = RolloutPlanner().plan(ideal.world, now: ideal.now)
        let evicted = plan.actions.filter { if case .evictPod = $0 { true } else { false } }
        #expect(evicted == [.evictPod("web-0"), .evictPod("web-1")])
        #expect(plan.status.restartedAt == nil)
        ideal.world.pods = (0..<4).map {
            Pod(name: "new-\($0)", replicaSet: name, createdAt: ideal.now, isAvailable: true)
        }
        // One that is on its way out may take its time.
        var last = Pod(name: "web-3", replicaSet: name, createdAt: Self.start, isAvailable: true)
        last.isBeingDeleted = true
        ideal.world.pods?.append(last)
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).status.restartedAt == ideal.now)
    }

    @Test func aServiceThatIsMissingIsSaid() throws {
        var ideal = try Self.deployed("blueGreen: {activeService: a}")
        let service = ideal.world.objects.removeValue(forKey: ObjectKey(.service, "a"))
        let plan = RolloutPlanner().plan(ideal.world, now: ideal.now)
        #expect(plan.status.phase == .degraded)
        #expect(plan.status.message.contains("service \"a\" not found"))
        #expect(plan.wakeAt == ideal.now.after(20))
        try Self.settle(&ideal)
        ideal.world.set(ObjectKey(.service, "a"), service)
        try Self.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.phase == .healthy)
    }

    @Test func anAnalysisWithoutTemplatesHolds() throws {
        var ideal = try Self.deployed("canary: {steps: [{setWeight: 50}, {analysis: {templates: []}}]}")
        Self.setImage(&ideal, "example.com/web:3")
        try Self.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.currentStepIndex == 1)
        #expect(ideal.reasons.contains { $0.contains("the analysis names no template") })
    }

    @Test func scalingInTheMiddleOfAnUpdateKeepsTheStep() throws {
        var ideal = try Self.deployed("""
            canary: {canaryService: c, stableService: s, trafficRouting: {nginx: {stableIngress: web}}, \
            steps: [{setWeight: 50}, {pause: {}}]}
            """)
        Self.setImage(&ideal, "example.com/web:3")
        try Self.settle(&ideal)
        #expect(Self.sizes(ideal) == [4, 2])
        ideal.world.rollout.spec.declaredReplicas = 10
        ideal.world.rollout.generation += 1
        try Self.settle(&ideal)
        #expect(Self.sizes(ideal) == [10, 5])
        #expect(ideal.world.rollout.status.currentStepIndex == 1)
        #expect(ideal.world.rollout.status.phase == .paused)
    }

    @Test func oldVersionsAreDeletedBeyondTheLimit() throws {
        var ideal = try Self.deployed("canary: {}", extra: ["revisionHistoryLimit": 1])
        for version in 3...6 {
            Self.setImage(&ideal, "example.com/web:\(version)")
            try Self.settle(&ideal, until: nil)
        }
        #expect(ideal.world.replicaSets.map { $0.revision ?? 0 } == [4, 5])
    }

    @Test func missedDeadlineIsReported() throws {
        var ideal = try Self.deployed("canary: {steps: [{setWeight: 50}]}", extra: ["progressDeadlineSeconds": 60])
        Self.setImage(&ideal, "example.com/web:3")
        ideal.unreadyHashes = [ideal.world.templateHash]
        try Self.settle(&ideal, until: ideal.now.after(200))
        #expect(ideal.world.rollout.status.phase == .degraded)
        #expect(ideal.world.rollout.status.message.hasPrefix("ProgressDeadlineExceeded: ReplicaSet \"web-"))
        #expect(!ideal.world.rollout.status.isAborted)
        ideal.unreadyHashes = []
        try Self.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.phase == .healthy)
    }

    @Test func statusReadsBackAsItWasWritten() throws {
        var ideal = try Self.deployed("""
            canary: {canaryService: c, stableService: s, trafficRouting: {nginx: {stableIngress: web}}, \
            steps: [{setWeight: 50}, {pause: {}}]}
            """)
        Self.setImage(&ideal, "example.com/web:3")
        try Self.settle(&ideal)
        var status = ideal.world.rollout.status
        status.others["alb"] = ["ingress": "x"]
        status.otherCanaryFields["stepPluginStatuses"] = [["name": "y"]]
        status.runs.experiment = "web-1"
        #expect(RolloutStatus(status.json) == status)
        #expect(status.json.mergePatch(to: status.json) == nil)
    }

    @Test func mergePatchesMakeOneValueOfAnother() {
        let old: JSONValue = ["a": ["b": 1, "c": 2], "d": [1, 2], "e": "x"]
        let new: JSONValue = ["a": ["b": 1, "f": ["g": true]], "d": [2], "e": "x"]
        let patch = old.mergePatch(to: new)
        #expect(patch == ["a": ["f": ["g": true], "c": .null], "d": [2]])
        #expect(patch.map { old.merging($0) } == new)
    }
}
