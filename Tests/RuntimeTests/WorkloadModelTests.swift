import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// What a cluster's own controllers and kubelets do, second by second.
@Suite struct WorkloadModelTests {
    /// A clock that stands still until a test moves it.
    final class Clock: ClusterClock {
        private let moment = Mutex(1_000_000.0)
        /// Seconds that pass whenever somebody asks for the time, as they do on a busy machine.
        let pace: Double

        init(pace: Double = 0) { self.pace = pace }

        var now: Double {
            moment.withLock { moment in
                moment += pace
                return moment
            }
        }

        func sleep(until moment: Double) async throws {}

        func move(to moment: Double) { self.moment.withLock { $0 = max($0, moment) } }
    }

    let clock = Clock()
    let cluster: EmbeddedCluster

    init() { cluster = EmbeddedCluster(clock: clock) }

    /// Lets the model work for some seconds, from one moment at which something is due to the next.
    func run(_ model: WorkloadModel, seconds: Double) {
        let end = clock.now + seconds
        while let due = model.advance(), due <= end { clock.move(to: due) }
        clock.move(to: end)
        _ = model.advance()
    }

    static func template(image: String = "web:1", annotations: [String: String] = [:]) -> JSONValue {
        [
            "metadata": ["labels": ["app": "web"], "annotations": .strings(annotations)],
            "spec": ["containers": [["name": "web", "image": .string(image), "ports": [["containerPort": 8080]]]]],
        ]
    }

    static func replicaSet(replicas: Int, minReadySeconds: Int = 0, annotations: [String: String] = [:]) -> JSONValue {
        [
            "metadata": ["name": "web"],
            "spec": [
                "replicas": .int(replicas), "minReadySeconds": .int(minReadySeconds),
                "selector": ["matchLabels": ["app": "web"]], "template": template(annotations: annotations),
            ],
        ]
    }

    static func deployment(replicas: Int, image: String = "web:1", strategy: JSONValue? = nil) -> JSONValue {
        var object: JSONValue = [
            "metadata": ["name": "web"],
            "spec": [
                "replicas": .int(replicas), "selector": ["matchLabels": ["app": "web"]],
                "template": template(image: image),
            ],
        ]
        object.set(["spec", "strategy"], to: strategy)
        return object
    }

    static let web = ObjectName(namespace: "default", name: "web")

    func status(_ resource: ResourceType, _ field: String) -> Int {
        cluster.object(resource, Self.web)?["status"]?[field]?.integer ?? 0
    }

    var pods: [JSONValue] { cluster.objects(.pods).map(\.object) }

    @discardableResult
    func create(_ resource: ResourceType, _ object: JSONValue) throws -> JSONValue {
        try cluster.perform(.create(resource, namespace: "default", object))
    }

    // MARK: Pods

    @Test func podsThatAreMadeTogetherGetReadyTogether() throws {
        let cluster = EmbeddedCluster(clock: Clock(pace: 0.003))
        let model = WorkloadModel(cluster: cluster)
        let counts = Mutex<[Int]>([])
        let name = ObjectName(namespace: "default", name: "web")
        let stop = cluster.observeChanges(.replicaSets) { change in
            let ready = change.object["status"]?["readyReplicas"]?.integer ?? 0
            counts.withLock { if $0.last != ready { $0.append(ready) } }
        }
        defer { stop() }
        try cluster.perform(.create(.replicaSets, namespace: name.namespace, Self.replicaSet(replicas: 20)))
        while cluster.object(.replicaSets, name)?["status"]?["readyReplicas"]?.integer != 20 { _ = model.advance() }
        #expect(counts.withLock { $0 } == [0, 20])
    }

    @Test func podsBecomeReadyAfterTheDelay() throws {
        var settings = WorkloadModel.Settings()
        settings.podDelay = 5
        let model = WorkloadModel(cluster: cluster, settings: settings)
        try create(.replicaSets, Self.replicaSet(replicas: 3))
        run(model, seconds: 4)
        #expect(pods.count == 3)
        #expect(status(.replicaSets, "replicas") == 3)
        #expect(status(.replicaSets, "readyReplicas") == 0)
        run(model, seconds: 1)
        #expect(status(.replicaSets, "readyReplicas") == 3)
        #expect(status(.replicaSets, "availableReplicas") == 3)
        #expect(Set(pods.compactMap { $0["status"]?["podIP"]?.string }).count == 3)
    }

    @Test func podsCountAsAvailableAfterMinReadySeconds() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.replicaSets, Self.replicaSet(replicas: 2, minReadySeconds: 10))
        run(model, seconds: 9)
        #expect(status(.replicaSets, "readyReplicas") == 2)
        #expect(status(.replicaSets, "availableReplicas") == 0)
        run(model, seconds: 3)
        #expect(status(.replicaSets, "availableReplicas") == 2)
    }

    @Test func annotationsDecideWhatBecomesOfPods() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.replicaSets, Self.replicaSet(replicas: 1, annotations: ["rig.test/never-ready": "true"]))
        run(model, seconds: 1000)
        #expect(status(.replicaSets, "readyReplicas") == 0)
        #expect(pods.first?["status"]?["phase"] == "Running")
        try cluster.perform(.patch(
            .replicaSets, Self.web,
            ["spec": ["template": ["metadata": ["annotations": [
                "rig.test/never-ready": .null, "rig.test/crash": "true",
            ]]]]]))
        try cluster.perform(.delete(.pods, #require(cluster.objects(.pods).first?.name)))
        run(model, seconds: 10)
        let container = pods.first?["status"]?["containerStatuses"]?[0]
        #expect(pods.count == 1)
        #expect(container?["state"]?["waiting"]?["reason"] == "CrashLoopBackOff")
        #expect(status(.replicaSets, "readyReplicas") == 0)
    }

    @Test func aScriptGoesBeforeAnnotations() throws {
        let model = WorkloadModel(cluster: cluster) { _ in .crashAfter(30) }
        try create(.replicaSets, Self.replicaSet(replicas: 1, annotations: ["rig.test/never-ready": "true"]))
        run(model, seconds: 10)
        #expect(status(.replicaSets, "readyReplicas") == 1)
        run(model, seconds: 30)
        #expect(status(.replicaSets, "readyReplicas") == 0)
    }

    // MARK: ReplicaSets

    @Test func podsThatAreNotReadyGoFirstAndThenTheYoungest() throws {
        let slow = Mutex<Set<String>>([])
        let model = WorkloadModel(cluster: cluster) { pod in
            slow.withLock { $0.contains(pod["metadata"]?["name"]?.string ?? "") } ? .neverReady : nil
        }
        try create(.replicaSets, Self.replicaSet(replicas: 2))
        run(model, seconds: 5)
        let old = Set(pods.compactMap { $0["metadata"]?["name"]?.string })
        try cluster.perform(.patch(.replicaSets, Self.web, ["spec": ["replicas": 4]]))
        run(model, seconds: 5)
        let young = Set(pods.compactMap { $0["metadata"]?["name"]?.string }).subtracting(old)
        try cluster.perform(.patch(.replicaSets, Self.web, ["spec": ["replicas": 2]]))
        run(model, seconds: 5)
        #expect(Set(pods.compactMap { $0["metadata"]?["name"]?.string }) == old)
        #expect(young.count == 2)
    }

    @Test(arguments: [nil, 0]) func aDeletedPodIsReplaced(grace: Int?) throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.replicaSets, Self.replicaSet(replicas: 1))
        run(model, seconds: 3)
        let name = try #require(cluster.objects(.pods).first?.name)
        var request = KubernetesRequest.delete(.pods, name)
        if let grace { request.body = ["gracePeriodSeconds": .int(grace)] }
        try cluster.perform(request)
        run(model, seconds: 3)
        #expect(cluster.objects(.pods).map(\.name) != [name])
        #expect(status(.replicaSets, "readyReplicas") == 1)
    }

    @Test func nothingIsWrittenWhenNothingIsDue() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.deployments, Self.deployment(replicas: 3))
        run(model, seconds: 60)
        let version = cluster.version
        #expect(model.advance() == nil)
        run(model, seconds: 3600)
        #expect(cluster.version == version)
    }

    // MARK: Deployments

    @Test func aDeploymentRollsWithinItsLimits() throws {
        let model = WorkloadModel(cluster: cluster)
        let strategy: JSONValue = ["rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]]
        try create(.deployments, Self.deployment(replicas: 4, strategy: strategy))
        run(model, seconds: 10)
        #expect(status(.deployments, "availableReplicas") == 4)
        try cluster.perform(.patch(.deployments, Self.web, ["spec": ["template": Self.template(image: "web:2")]]))
        for _ in 0..<40 {
            run(model, seconds: 0.5)
            #expect(status(.deployments, "availableReplicas") >= 4)
            #expect(pods.filter(WorkloadModel.isActive).count <= 5)
        }
        let images = Set(pods.compactMap { $0["spec"]?["containers"]?[0]?["image"]?.string })
        #expect(images == ["web:2"])
        #expect(status(.deployments, "updatedReplicas") == 4)
        #expect(status(.deployments, "unavailableReplicas") == 0)
        let deployment = cluster.object(.deployments, Self.web)
        #expect(deployment?["metadata"]?["annotations"]?["deployment.kubernetes.io/revision"] == "2")
        let conditions = deployment?["status"]?["conditions"]?.array?.compactMap { $0["reason"]?.string }
        #expect(conditions == ["MinimumReplicasAvailable", "NewReplicaSetAvailable"])
    }

    @Test func recreateEndsTheOldPodsFirst() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.deployments, Self.deployment(replicas: 2, strategy: ["type": "Recreate"]))
        run(model, seconds: 5)
        try cluster.perform(.patch(.deployments, Self.web, ["spec": ["template": Self.template(image: "web:2")]]))
        run(model, seconds: 0.1)
        #expect(Set(pods.compactMap { $0["spec"]?["containers"]?[0]?["image"]?.string }).count == 1)
        run(model, seconds: 5)
        #expect(status(.deployments, "availableReplicas") == 2)
    }

    @Test func aDeploymentKeepsAsMuchHistoryAsItIsTold() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.deployments, Self.deployment(replicas: 1))
        try cluster.perform(.patch(.deployments, Self.web, ["spec": ["revisionHistoryLimit": 1]]))
        for number in 1...4 {
            try cluster.perform(.patch(
                .deployments, Self.web, ["spec": ["template": Self.template(image: "web:\(number)")]]))
            run(model, seconds: 10)
        }
        #expect(cluster.objects(.replicaSets).count == 2)
    }

    @Test func deletingADeploymentLeavesNothing() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.deployments, Self.deployment(replicas: 2))
        run(model, seconds: 5)
        try cluster.perform(.delete(.deployments, Self.web))
        run(model, seconds: 5)
        #expect(cluster.objects(.replicaSets).isEmpty)
        #expect(pods.isEmpty)
    }

    // MARK: Jobs

    static let jobs = ResourceType(group: "batch", version: "v1", plural: "jobs", kind: "Job")

    static func job(fails: Bool) -> JSONValue {
        var template = template(annotations: fails ? ["rig.test/job-fail": "true"] : [:])
        template.set(["spec", "restartPolicy"], to: "Never")
        return ["metadata": ["name": "web"], "spec": ["backoffLimit": 1, "template": template]]
    }

    @Test(arguments: [(false, "Complete"), (true, "Failed")]) func jobsEnd(fails: Bool, end: String) throws {
        let model = WorkloadModel(cluster: cluster)
        try create(Self.jobs, Self.job(fails: fails))
        run(model, seconds: 20)
        let job = cluster.object(Self.jobs, Self.web)
        #expect(job?["status"]?["conditions"]?[0]?["type"]?.string == end)
        #expect(job?["status"]?["failed"]?.integer == (fails ? 2 : nil))
        #expect(job?["status"]?["succeeded"]?.integer == (fails ? nil : 1))
    }

    // MARK: Services

    @Test func endpointsFollowReadyPods() throws {
        let model = WorkloadModel(cluster: cluster)
        let slices = ResourceType(
            group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")
        func endpoints() -> [JSONValue] { cluster.objects(slices).first?.object["endpoints"]?.array ?? [] }
        try create(.services, [
            "metadata": ["name": "web"], "spec": ["selector": ["app": "web"], "ports": [["port": 80, "targetPort": 8080]]],
        ])
        try create(.replicaSets, Self.replicaSet(replicas: 2))
        run(model, seconds: 0.5)
        #expect(endpoints().map { $0["conditions"]?["ready"] } == [false, false])
        run(model, seconds: 2)
        #expect(endpoints().map { $0["conditions"]?["ready"] } == [true, true])
        #expect(cluster.objects(slices).first?.object["ports"]?[0]?["port"] == 8080)
        try cluster.perform(.patch(.replicaSets, Self.web, ["spec": ["replicas": 1]]))
        run(model, seconds: 2)
        #expect(endpoints().count == 1)
        try cluster.perform(.delete(.services, Self.web))
        run(model, seconds: 2)
        #expect(cluster.objects(slices).isEmpty)
    }

    // MARK: Saved state

    @Test func aLoadedClusterGoesOn() throws {
        let model = WorkloadModel(cluster: cluster)
        try create(.deployments, Self.deployment(replicas: 2))
        run(model, seconds: 0.5)
        let saved = try ClusterState(text: cluster.snapshot.text)
        let second = EmbeddedCluster(clock: clock, seed: 2)
        second.restore(saved)
        #expect(second.version == cluster.version)
        #expect(second.objects(.pods).map(\.name) == cluster.objects(.pods).map(\.name))
        let next = WorkloadModel(cluster: second)
        run(next, seconds: 5)
        #expect(second.object(.deployments, Self.web)?["status"]?["availableReplicas"] == 2)
        #expect(Set(second.objects(.pods).compactMap { $0.object["status"]?["podIP"]?.string }).count == 2)
        #expect(throws: ClusterState.Malformation.self) { try ClusterState(text: "[]") }
    }
}
