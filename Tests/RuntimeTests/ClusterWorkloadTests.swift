import ManifestKit
import Testing

@testable import RolloutRuntime

/// The workloads beside Rollouts and Deployments, autoscalers, budgets, and deletions that outlive the cluster.
@Suite struct ClusterWorkloadTests {
    let clock = VirtualClock(start: 1_700_000_000)
    let cluster: EmbeddedCluster
    let web = ObjectName(namespace: "default", name: "web")

    init() { cluster = EmbeddedCluster(clock: clock) }

    func run(_ model: WorkloadModel, seconds: Double) {
        let end = clock.now + seconds
        while let due = model.advance(), due <= end { clock.advance(to: due) }
        clock.advance(to: end)
        _ = model.advance()
    }

    @discardableResult
    func create(_ resource: ResourceType, _ object: JSONValue) throws -> JSONValue {
        try cluster.perform(.create(resource, namespace: "default", object))
    }

    func names(_ resource: ResourceType = .pods) -> [String] { cluster.objects(resource).map(\.name.name) }

    static func workload(replicas: Int? = nil) -> JSONValue {
        var object: JSONValue = [
            "metadata": ["name": "web"],
            "spec": [
                "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "web", "image": "web:1"]]],
                ],
            ],
        ]
        if let replicas { object.set(["spec", "replicas"], to: .int(replicas)) }
        return object
    }

    static let newImage: JSONValue = [
        "spec": ["template": ["spec": ["containers": [["name": "web", "image": "web:2"]]]]],
    ]

    // MARK: StatefulSets and DaemonSets

    @Test func aStatefulSetMakesItsPodsInTheirOrder() throws {
        let model = WorkloadModel(cluster: cluster)
        let sets = WorkloadKind.statefulSet.resource
        try create(sets, Self.workload(replicas: 3))
        run(model, seconds: 0)
        #expect(names() == ["web-0"])
        run(model, seconds: 1.2)
        #expect(names() == ["web-0", "web-1"])
        run(model, seconds: 5)
        #expect(names() == ["web-0", "web-1", "web-2"])
        #expect(cluster.object(sets, web)?["status"]?["readyReplicas"] == 3)
        let first = cluster.object(.pods, ObjectName(namespace: "default", name: "web-0"))
        #expect(first?["metadata"]?["labels"]?["statefulset.kubernetes.io/pod-name"] == "web-0")
        try cluster.perform(.patch(sets, web, Self.newImage))
        run(model, seconds: 20)
        #expect(cluster.objects(.pods).allSatisfy {
            $0.object["spec"]?["containers"]?[0]?["image"] == "web:2"
        })
        let status = cluster.object(sets, web)?["status"]
        #expect(status?["updatedReplicas"] == 3 && status?["currentRevision"] == status?["updateRevision"])
        try cluster.perform(.patch(sets, web, ["spec": ["replicas": 1]]))
        run(model, seconds: 5)
        #expect(names() == ["web-0"])
    }

    @Test func aDaemonSetHasOnePodOnTheNode() throws {
        let model = WorkloadModel(cluster: cluster)
        let sets = WorkloadKind.daemonSet.resource
        try create(sets, Self.workload())
        run(model, seconds: 3)
        #expect(names().count == 1)
        #expect(cluster.object(sets, web)?["status"]?["numberAvailable"] == 1)
        try cluster.perform(.patch(sets, web, Self.newImage))
        run(model, seconds: 5)
        #expect(cluster.objects(.pods).map { $0.object["spec"]?["containers"]?[0]?["image"]?.string } == ["web:2"])
        #expect(cluster.object(sets, web)?["status"]?["updatedNumberScheduled"] == 1)
    }

    // MARK: Autoscalers and budgets

    @Test(arguments: [(5, 5), (50, 8), (1, 2)])
    func anAutoscalerScalesWhatItIsToldTo(asked: Int, expected: Int) throws {
        let model = WorkloadModel(cluster: cluster)
        for (resource, apiVersion) in [(ResourceType.deployments, "apps/v1"), (.rollouts, "argoproj.io/v1alpha1")] {
            try create(resource, Self.workload(replicas: 3))
            try create(.autoscalers, [
                "metadata": [
                    "name": .string(resource.plural), "annotations": ["rig.test/desired-replicas": .string("\(asked)")],
                ],
                "spec": [
                    "minReplicas": 2, "maxReplicas": 8,
                    "scaleTargetRef": ["apiVersion": .string(apiVersion), "kind": .string(resource.kind), "name": "web"],
                ],
            ])
            run(model, seconds: 5)
            #expect(cluster.object(resource, web)?["spec"]?["replicas"] == .int(expected))
            let scaler = ObjectName(namespace: "default", name: resource.plural)
            let status = cluster.object(.autoscalers, scaler)?["status"]
            #expect(status?["desiredReplicas"] == .int(expected))
            let limited = status?["conditions"]?.array?.first { $0["type"] == "ScalingLimited" }?["status"]
            #expect(limited == (asked == expected ? "False" : "True"))
            // Who scales it by hand is overruled, and who switches it off is not.
            try cluster.perform(.patch(resource, web, ["spec": ["replicas": 4]]))
            run(model, seconds: 5)
            #expect(cluster.object(resource, web)?["spec"]?["replicas"] == .int(expected))
            try cluster.perform(.patch(resource, web, ["spec": ["replicas": 0]]))
            run(model, seconds: 5)
            #expect(cluster.object(resource, web)?["spec"]?["replicas"] == 0)
            let version = cluster.version
            run(model, seconds: 60)
            #expect(cluster.version == version, "it comes to rest")
        }
    }

    @Test func aBudgetKeepsPodsFromBeingEvicted() throws {
        let model = WorkloadModel(cluster: cluster)
        var replicaSet = Self.workload(replicas: 3)
        replicaSet["metadata"] = ["name": "web"]
        try create(.replicaSets, replicaSet)
        try create(.disruptionBudgets, [
            "metadata": ["name": "web"],
            "spec": ["maxUnavailable": 1, "selector": ["matchLabels": ["app": "web"]]],
        ])
        run(model, seconds: 5)
        let budget = { [cluster, web] in cluster.object(.disruptionBudgets, web)?["status"] }
        #expect(budget()?["disruptionsAllowed"] == 1 && budget()?["desiredHealthy"] == 2)
        func evict(_ pod: ObjectName) throws {
            var request = KubernetesRequest.create(.pods, namespace: "default", [
                "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(pod.name)],
            ])
            request.name = pod.name
            request.subresource = .eviction
            try cluster.perform(request)
        }
        let pods = cluster.objects(.pods).map(\.name)
        try evict(pods[0])
        let failure = #expect(throws: KubernetesFailure.self) { try evict(pods[1]) }
        #expect(failure?.reason == .tooManyRequests)
        #expect(failure?.causes.first?.message == "The disruption budget web needs 2 healthy pods and has 2 currently")
        run(model, seconds: 5)
        #expect(budget()?["disruptionsAllowed"] == 1)
        try evict(pods[1])
    }

    // MARK: Deletions

    @Test func aDeletionGoesOnAfterARestart() throws {
        var settings = WorkloadModel.Settings()
        settings.terminationDelay = 10
        let model = WorkloadModel(cluster: cluster, settings: settings)
        try create(.deployments, Self.workload(replicas: 2))
        run(model, seconds: 5)
        var request = KubernetesRequest.delete(.deployments, web)
        request.propagation = .foreground
        try cluster.perform(request)
        run(model, seconds: 2)
        #expect(cluster.object(.deployments, web) != nil)
        let saved = try ClusterState(text: cluster.snapshot.text)
        let later = EmbeddedCluster(clock: clock)
        later.restore(saved)
        let next = WorkloadModel(cluster: later, settings: settings)
        run(next, seconds: 20)
        for type in [ResourceType.deployments, .replicaSets, .pods] { #expect(later.objects(type).isEmpty, "\(type)") }
    }

    @Test func whatNothingIsLeftToWaitForGoesAtARestart() throws {
        try create(.deployments, Self.workload(replicas: 2))
        var saved = cluster.snapshot
        // The owner was marked, and what it owned was of a kind that nothing defines any more.
        saved.objects = saved.objects.map { object in
            guard object["kind"] == "Deployment" else { return object }
            var object = object
            object.set(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z")
            object.set(["metadata", "finalizers"], to: ["foregroundDeletion"])
            return object
        }
        let later = EmbeddedCluster(clock: clock)
        later.restore(saved)
        #expect(later.objects(.deployments).isEmpty)
    }

    @Test func whatOthersStillWaitForStaysAtARestart() throws {
        try create(.deployments, Self.workload(replicas: 2))
        var saved = cluster.snapshot
        saved.objects = saved.objects.map { object in
            guard object["kind"] == "Deployment" else { return object }
            var object = object
            object.set(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z")
            object.set(["metadata", "finalizers"], to: ["foregroundDeletion", "example.com/mine"])
            return object
        }
        let later = EmbeddedCluster(clock: clock)
        later.restore(saved)
        #expect(later.object(.deployments, web)?["metadata"]?["finalizers"] == ["example.com/mine"])
    }

    // MARK: References

    @Test func aRolloutFollowsAPodTemplate() async throws {
        let rig = try ConformanceRig("test")
        let name = ObjectName(namespace: rig.namespace, name: "web")
        func template(_ image: String) -> JSONValue {
            [
                "metadata": ["labels": ["app": "web"]],
                "spec": ["containers": [["name": "web", "image": .string(image)]]],
            ]
        }
        try rig.cluster.perform(.create(.podTemplates, namespace: rig.namespace, [
            "metadata": ["name": "web"], "template": template("web:1"),
        ]))
        try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, [
            "metadata": ["name": "web"],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                "workloadRef": ["apiVersion": "v1", "kind": "PodTemplate", "name": "web"],
                "strategy": ["canary": ["steps": [["setWeight": 50], ["pause": [:]]]]],
            ],
        ]))
        try await rig.pass(10)
        #expect(try rig.cluster.perform(.get(.rollouts, name))["status"]?["phase"] == "Healthy")
        try rig.cluster.perform(.patch(.podTemplates, name, ["template": template("web:2")]))
        try await rig.pass(10)
        let rollout = try rig.cluster.perform(.get(.rollouts, name))
        #expect(rollout["status"]?["phase"] == "Paused")
        #expect(rollout["metadata"]?["annotations"]?["rollout.argoproj.io/workload-generation"] == "2")
        let images = Set(rig.cluster.objects(.pods).compactMap {
            $0.object["spec"]?["containers"]?[0]?["image"]?.string
        })
        #expect(images == ["web:1", "web:2"])
    }
}
