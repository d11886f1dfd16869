import Foundation
import Testing

@testable import ManifestKit

/// What holds for every plan, whatever happens: checked on many updates with pods that take their time, and with a
/// person who aborts, retries, promotes, scales and changes the image at random.
@Suite struct PlannerPropertyTests {
    /// Random numbers that are the same in every run.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    static let strategies = [
        "canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}]}",
        "canary: {maxSurge: 1, maxUnavailable: 0}",
        "canary: {maxSurge: 0, maxUnavailable: 1, steps: [{setWeight: 50}, {pause: {}}]}",
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting: {nginx: {stableIngress: web}}
          steps:
          - setWeight: 20
          - pause: {}
          - setCanaryScale: {replicas: 1}
          - setWeight: 60
          - pause: {duration: 30}
        """,
        """
        canary:
          canaryService: c
          stableService: s
          dynamicStableScale: true
          trafficRouting: {istio: {virtualService: {name: web}}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}, {setWeight: 90}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          dynamicStableScale: true
          abortScaleDownDelaySeconds: 20
          minPodsPerReplicaSet: 2
          trafficRouting: {alb: {ingress: web, servicePort: 80}}
          steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}]
        """,
        """
        canary:
          trafficRouting:
            istio:
              virtualService: {name: web}
              destinationRule: {name: web, canarySubsetName: canary, stableSubsetName: stable}
          steps: [{setWeight: 25}, {pause: {}}, {setWeight: 75}]
        """,
        """
        canary:
          pingPong: {pingService: ping, pongService: pong}
          trafficRouting: {alb: {ingress: web, rootService: r, servicePort: 80}}
          steps: [{setWeight: 40}, {pause: {}}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          dynamicStableScale: true
          trafficRouting: {traefik: {weightedTraefikServiceName: web}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting:
            managedRoutes: [{name: header}]
            apisix: {route: {name: web}}
          steps:
          - setCanaryScale: {replicas: 1}
          - setHeaderRoute: {name: header, match: [{headerName: a, headerValue: {exact: b}}]}
          - pause: {}
          - setCanaryScale: {matchTrafficWeight: true}
          - setWeight: 60
          - pause: {duration: 30}
        """,
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting: {ambassador: {mappings: [web, other]}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          dynamicStableScale: true
          trafficRouting: {smi: {}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting:
            appMesh:
              virtualService: {name: web}
              virtualNodeGroup: {canaryVirtualNodeRef: {name: new}, stableVirtualNodeRef: {name: old}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}]
        """,
        """
        canary:
          canaryService: c
          stableService: s
          trafficRouting:
            plugins: {argoproj-labs/contour: {httpProxies: [web]}, argoproj-labs/openshift: {routes: [web]}}
          steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 30}}]
        """,
        "blueGreen: {activeService: a, previewService: p, autoPromotionEnabled: false, scaleDownDelaySeconds: 10}",
        """
        blueGreen:
          activeService: a
          autoPromotionSeconds: 10
          previewReplicaCount: 1
          abortScaleDownDelaySeconds: 5
        """,
        "blueGreen: {activeService: a}",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var strategy: Int
        var seed: UInt64
        var testDescription: String { "strategy \(strategy), seed \(seed)" }
    }

    /// How many worlds of each kind are tried; more of them with `PLANNER_SEEDS=1000`.
    static let seeds = max(1, ProcessInfo.processInfo.environment["PLANNER_SEEDS"].flatMap { Int($0) } ?? 12)

    static let cases = strategies.indices.flatMap { strategy in
        (1...seeds).map { Case(strategy: strategy, seed: UInt64($0)) }
    }

    @Test(arguments: cases) func holdsUnderRandomEvents(_ example: Case) throws {
        var world = try RandomWorld(strategy: Self.strategies[example.strategy], seed: example.seed)
        for _ in 0..<120 {
            world.event()
            world.round()
            if let broken = world.broken {
                Issue.record("strategy \(example.strategy), seed \(example.seed): \(broken)")
                return
            }
        }
        world.settleDown()
        if let broken = world.broken { Issue.record("strategy \(example.strategy), seed \(example.seed): \(broken)") }
    }
}

/// A world with slow pods and an impatient person, which checks every action.
struct RandomWorld {
    private(set) var broken: String?
    private var ideal: World
    private var now = KubernetesTime(seconds: 1_767_225_600)
    private var random: PlannerPropertyTests.Generator
    private var manifest: JSONValue
    private let planner: RolloutPlanner
    /// The greatest size wanted since the last rest; after a change of it availability has to be rebuilt first.
    private var promised = 0

    init(strategy: String, seed: UInt64) throws {
        random = PlannerPropertyTests.Generator(state: seed)
        manifest = try #require(RenderStepTests.documents(RenderStepTests.manifest(strategy)).first)
        let rollout = try #require(Rollout(manifest))
        var mode = PlanningMode()
        mode.passesWhatIsMissing = true
        planner = RolloutPlanner(mode: mode)
        ideal = World(rollout: rollout)
        ideal.rollout.generation = 1
        for name in ["c", "s", "ping", "pong", "a", "p"] {
            let service: JSONValue = ["metadata": ["name": .string(name)], "spec": ["selector": ["app": "web"]]]
            ideal.set(ObjectKey(.service, name), service)
        }
        for router in rollout.spec.strategy.canary?.trafficRouting?.routers ?? [] {
            for key in router.objects(for: rollout) { ideal.set(key, router.placeholder(for: key, of: rollout)) }
            for key in router.linkedObjects(for: rollout, in: ideal.objects) {
                ideal.set(key, router.placeholder(for: key, of: rollout))
            }
        }
        settleDown()
    }

    private var strategy: Strategy { ideal.rollout.spec.strategy }

    /// Something that a person or an autoscaler does, or nothing.
    mutating func event() {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: setImage(Int.random(in: 1...4, using: &random))
        case 1: ideal.rollout.status.isAborted = true
        case 2: ideal.rollout.status.isAborted = false
        case 3, 4: ideal.rollout.status.pauseConditions = []
        case 5: ideal.rollout.status.promotesFully = true
        case 6 where Bool.random(using: &random):
            manifest.set(["spec", "replicas"], to: .int(Int.random(in: 1...8, using: &random)))
            apply()
        default: break
        }
        now = now.after(Int.random(in: 0...8, using: &random))
    }

    private mutating func setImage(_ version: Int) {
        manifest.set(["spec", "template", "spec", "containers"], to: .array([
            ["name": "web", "image": .string("example.com/web:\(version)")],
        ]))
        apply()
    }

    private mutating func apply() {
        guard let rollout = Rollout(manifest) else { return }
        ideal.replaceManifest(with: rollout)
        now = now.after(1)
        // What is promised from here on is measured by what there is now.
        promised = min(promised, rollout.spec.replicas)
    }

    /// Plans, does only some of it half of the time, as after a crash, and lets some pods follow.
    mutating func round() {
        let plan = planner.plan(ideal, now: now)
        let crashes = Bool.random(using: &random) && Bool.random(using: &random)
        let count = crashes ? Int.random(in: 0...plan.actions.count, using: &random) : plan.actions.count
        expectNothingMore(after: plan)
        for action in plan.actions.prefix(count) { perform(action) }
        podsMove()
    }

    /// As long as pods have not moved there is nothing more to do.
    private mutating func expectNothingMore(after plan: Plan) {
        var world = ideal
        for action in plan.actions { world.apply(action) }
        let again = planner.plan(world, now: now)
        if !again.actions.isEmpty { fail("a second plan is not empty: \(again.actions.map { "\($0)".prefix(200) })") }
    }

    private mutating func perform(_ action: Action) {
        let before = ideal
        ideal.apply(action)
        for place in ideal.replicaSets.indices {
            let replicas = ideal.replicaSets[place].replicas
            ideal.replicaSets[place].currentReplicas = min(replicas, ideal.replicaSets[place].currentReplicas)
            ideal.replicaSets[place].readyReplicas = min(replicas, ideal.replicaSets[place].readyReplicas)
            ideal.replicaSets[place].availableReplicas = min(replicas, ideal.replicaSets[place].availableReplicas)
        }
        checkPods(after: action, before)
        checkTraffic(after: action, before)
    }

    /// What serves keeps the pods that are promised: all versions where every pod gets traffic, else the one with it.
    private mutating func checkPods(after action: Action, _ before: World) {
        guard case .scaleReplicaSet(let name, _, _) = action,
            let place = ideal.replicaSets.firstIndex(where: { $0.name == name })
        else { return }
        let replicas = ideal.rollout.spec.replicas
        let promise = replicas - strategy.maxUnavailable(of: replicas)
        let own = [before, ideal].map { $0.replicaSets[place].availableReplicas }
        let hash = ideal.replicaSets[place].hash
        switch strategy {
        case .blueGreen(let blueGreen):
            guard ideal.service(blueGreen.activeService)?.podTemplateHash == hash else { return }
            if own[1] < min(own[0], promise) { fail("\(own[1]) of \(promise) active pods are left by \(action)") }
        case .canary(let canary) where canary.trafficRouting == nil:
            let all = [before, ideal].map { $0.replicaSets.reduce(0) { $0 + $1.availableReplicas } }
            if all[1] < min(all[0], promise) { fail("\(all[1]) of \(promise) pods are left by \(action)") }
        case .canary:
            // The routes say where traffic goes; the status follows at the end of a pass.
            guard let weights = ideal.rollout.status.weights,
                let shares = strategy.canary?.observedWeights(of: ideal.rollout, in: ideal),
                let least = shares.min(), let most = shares.max()
            else { return }
            var weight = 0
            if weights.canary.podTemplateHash == hash { weight += most }
            if weights.stable.podTemplateHash == hash { weight += strategy.maximumWeight - least }
            weight = min(weight, strategy.maximumWeight)
            let wanted = weight * replicas / strategy.maximumWeight
            // The size of a step may be set apart from its share, by whoever wrote the manifest.
            guard weight > 0, hash == ideal.rollout.status.stableHash || own[1] == 0 else { return }
            if own[1] < min(own[0], max(1, min(wanted, promise))) {
                fail("\(own[1]) of \(wanted) pods for a share of \(weight) are left by \(action)")
            }
        }
    }

    /// No share for a version without pods, and shares that come to the whole.
    private mutating func checkTraffic(after action: Action, _ before: World) {
        let rollout = ideal.rollout
        if let weights = rollout.status.weights {
            let sum = weights.canary.weight + weights.stable.weight
            if sum != strategy.maximumWeight { fail("weights come to \(sum)") }
            if weights.canary.weight < 0 || weights.stable.weight < 0 { fail("a weight is below zero") }
        }
        if case .blueGreen(let blueGreen) = strategy {
            guard case .pointService(blueGreen.activeService, let hash) = action else { return }
            let pods = ideal.index(ofHash: hash).map { ideal.replicaSets[$0].availableReplicas } ?? 0
            let sizes = ideal.replicaSets.map { "\($0.hash): \($0.availableReplicas)/\($0.replicas)" }
            if pods == 0 { fail("the active service leads to no pods of \(hash): \(sizes)") }
            return
        }
        guard let canary = strategy.canary,
            let weight = canary.observedWeights(of: rollout, in: ideal).max(), weight > 0
        else { return }
        let services = VersionServices(rollout, prefersPingPong: true)
        let subsets = ideal.object(.destinationRule, "web")?["spec"]?["subsets"]?.array ?? []
        let hash = services.canary.isEmpty
            ? subsets.first { $0["name"] == "canary" }?["labels", RolloutMarks.podTemplateHash]?.string
            : ideal.service(services.canary)?.podTemplateHash
        guard let hash, let index = ideal.index(ofHash: hash) else { return }
        if case .scaleReplicaSet(let name, _, _) = action, name == ideal.replicaSets[index].name,
            ideal.replicaSets[index].availableReplicas == 0, before.replicaSets[index].availableReplicas > 0 {
            fail("the last pod of a version with a share of \(weight) goes by \(action)")
        }
        var directs = false
        if case .patch = action { directs = true }
        if case .pointService(services.canary, _) = action { directs = true }
        if directs, ideal.replicaSets[index].availableReplicas == 0 {
            fail("a share of \(weight) for a version without pods by \(action)")
        }
    }

    /// Some of the pods that are asked for come up.
    private mutating func podsMove() {
        for place in ideal.replicaSets.indices {
            let wanted = ideal.replicaSets[place].replicas
            ideal.replicaSets[place].currentReplicas = wanted
            let have = ideal.replicaSets[place].availableReplicas
            guard have < wanted else { continue }
            let more = have + Int.random(in: 0...(wanted - have), using: &random)
            ideal.replicaSets[place].readyReplicas = more
            ideal.replicaSets[place].availableReplicas = more
        }
    }

    private mutating func fail(_ text: String) { if broken == nil { broken = text } }

    /// Every update comes to rest, and an aborted one with all traffic and all pods on the stable version.
    mutating func settleDown() {
        for _ in 0..<400 {
            let plan = planner.plan(ideal, now: now)
            expectNothingMore(after: plan)
            for action in plan.actions { perform(action) }
            let before = ideal.replicaSets
            for place in ideal.replicaSets.indices {
                let wanted = ideal.replicaSets[place].replicas
                ideal.replicaSets[place].currentReplicas = wanted
                ideal.replicaSets[place].readyReplicas = wanted
                ideal.replicaSets[place].availableReplicas = wanted
            }
            if broken != nil { return }
            if plan.isEmpty, before == ideal.replicaSets {
                guard let next = plan.wakeAt else { return checkRest() }
                now = max(now.after(1), next)
            }
        }
        fail("does not come to rest: \(ideal.rollout.status.message)")
    }

    private mutating func checkRest() {
        let status = ideal.rollout.status
        guard status.phase == .degraded || status.phase == .healthy || status.phase == .paused else {
            return fail("rests while \(status.phase.map { $0.rawValue } ?? "nothing"): \(status.message)")
        }
        guard status.isAborted, let stable = ideal.index(ofHash: status.stableHash) else { return }
        let available = ideal.replicaSets[stable].availableReplicas
        if available < ideal.rollout.spec.replicas { fail("aborted with too few pods") }
        if let weights = status.weights, weights.canary.weight != 0 { fail("aborted with a share for the canary") }
    }
}
