@testable import ManifestKit

/// A Rollout with what is around it, made by hand for tests of overviews; the moment is noon.
struct OverviewWorld {
    static let now = KubernetesTime("2026-11-23T12:00:00Z") ?? KubernetesTime(seconds: 0)

    /// What is said of it in a test's name.
    var name: String
    var objects: RolloutObjects

    /// A moment so many seconds before noon.
    static func ago(_ seconds: Int) -> JSONValue {
        .string(KubernetesTime(seconds: now.seconds - Int64(seconds)).description)
    }

    static func owner(_ kind: String, _ name: String) -> JSONValue {
        [["kind": .string(kind), "name": .string(name), "uid": .string("uid-\(name)"), "controller": true]]
    }

    static func metadata(
        _ name: String, age: Int, owner: JSONValue? = nil, revision: Int? = nil, labels: JSONValue = [:]
    ) -> JSONValue {
        var metadata: JSONValue = [
            "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"), "creationTimestamp": ago(age),
            "labels": labels,
        ]
        metadata["ownerReferences"] = owner
        if let revision { metadata["annotations"] = ["rollout.argoproj.io/revision": .string(String(revision))] }
        return metadata
    }

    // MARK: Rollouts

    static let steps: JSONValue = [
        ["setWeight": 20], ["pause": [:]], ["setWeight": 60], ["pause": ["duration": "10m"]],
        ["analysis": ["templates": []]],
    ]

    /// A canary of five replicas at a step, with this much of its status changed.
    static func canary(step: Int, routed weight: Int? = nil, changing changes: JSONValue) -> JSONValue {
        var strategy: JSONValue = ["steps": steps]
        var status: JSONValue = [
            "observedGeneration": "4", "currentPodHash": "new", "stableRS": "old", "currentStepIndex": .int(step),
            "replicas": 6, "updatedReplicas": 1, "readyReplicas": 6, "availableReplicas": 6, "phase": "Progressing",
        ]
        if let weight {
            strategy["trafficRouting"] = ["nginx": ["stableIngress": "web"]]
            strategy["canaryService"] = "web-canary"
            strategy["stableService"] = "web-stable"
            status.set(["canary", "weights", "canary"], to: ["weight": .int(weight), "podTemplateHash": "new"])
            status.set(["canary", "weights", "stable"], to: ["weight": .int(100 - weight), "podTemplateHash": "old"])
        }
        return rollout(["canary": strategy], status.merging(changes))
    }

    static func blueGreen(_ settings: JSONValue = [:], changing changes: JSONValue) -> JSONValue {
        let strategy: JSONValue = [
            "activeService": "web", "previewService": "web-preview", "autoPromotionEnabled": false,
        ]
        let status: JSONValue = [
            "observedGeneration": "4", "currentPodHash": "new", "stableRS": "old", "replicas": 6,
            "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3, "phase": "Progressing",
            "blueGreen": ["activeSelector": "old", "previewSelector": "new"],
        ]
        var rollout = rollout(["blueGreen": strategy.merging(settings)], status.merging(changes))
        rollout.set(["spec", "replicas"], to: 3)
        return rollout
    }

    static func rollout(_ strategy: JSONValue, _ status: JSONValue) -> JSONValue {
        var metadata = metadata("web", age: 260_000, revision: 2)
        metadata["generation"] = 4
        return [
            "kind": "Rollout", "metadata": metadata,
            "spec": ["replicas": 5, "selector": ["matchLabels": ["app": "web"]], "strategy": strategy],
            "status": status,
        ]
    }

    static func paused(_ reason: String, seconds: Int) -> JSONValue {
        [
            "phase": "Paused", "message": .string(reason), "controllerPause": true,
            "pauseConditions": [["reason": .string(reason), "startTime": ago(seconds)]],
        ]
    }

    static func progressing(_ reason: String, _ message: String, seconds: Int = 600) -> JSONValue {
        [
            [
                "type": "Progressing", "status": "False", "reason": .string(reason), "message": .string(message),
                "lastUpdateTime": ago(seconds), "lastTransitionTime": ago(seconds),
            ]
        ]
    }

    // MARK: ReplicaSets and pods

    static func replicaSet(
        _ hash: String, _ revision: Int, wanted: Int, ready: Int, current: Int? = nil, image: String? = nil,
        age: Int = 300, changing changes: JSONValue = [:]
    ) -> JSONValue {
        let replicaSet: JSONValue = [
            "kind": "ReplicaSet",
            "metadata": metadata(
                "web-\(hash)", age: age, owner: owner("Rollout", "web"), revision: revision,
                labels: ["rollouts-pod-template-hash": .string(hash)]),
            "spec": [
                "replicas": .int(wanted),
                "template": ["spec": ["containers": [
                    ["name": "web", "image": .string(image ?? "registry.example.com/shop/web:\(hash)")]
                ]]],
            ],
            "status": [
                "replicas": .int(current ?? wanted), "readyReplicas": .int(ready), "availableReplicas": .int(ready),
            ],
        ]
        return replicaSet.merging(changes)
    }

    /// A pod of a ReplicaSet, which is well unless its status is given.
    static func pod(_ hash: String, _ letters: String, age: Int = 290, status: JSONValue? = nil) -> JSONValue {
        let well: JSONValue = [
            "phase": "Running", "podIP": "10.0.0.7",
            "conditions": [["type": "Ready", "status": "True"]],
            "containerStatuses": [["name": "web", "ready": true, "restartCount": 0, "state": ["running": [:]]]],
        ]
        return [
            "kind": "Pod",
            "metadata": metadata("web-\(hash)-\(letters)", age: age, owner: owner("ReplicaSet", "web-\(hash)")),
            "spec": ["nodeName": "node-1", "containers": [["name": "web"]]], "status": status ?? well,
        ]
    }

    static func waiting(_ reason: String, _ message: String, restarts: Int = 0, exit: JSONValue? = nil) -> JSONValue {
        var container: JSONValue = [
            "name": "web", "ready": false, "restartCount": .int(restarts),
            "state": ["waiting": ["reason": .string(reason), "message": .string(message)]],
        ]
        if let exit { container["lastState"] = ["terminated": exit] }
        return [
            "phase": "Running", "conditions": [["type": "Ready", "status": "False"]],
            "containerStatuses": [container],
        ]
    }

    static func stablePods(_ count: Int) -> [JSONValue] {
        (0..<count).map { pod("old", "s\($0)", age: 250_000) }
    }

    static func run(_ phase: String, changing changes: JSONValue = [:]) -> JSONValue {
        let run: JSONValue = [
            "kind": "AnalysisRun",
            "metadata": metadata(
                "web-new-2-4", age: 60, owner: owner("Rollout", "web"), revision: 2,
                labels: ["rollout-type": "Step", "step-index": "4"]),
            "spec": ["metrics": [["name": "success-rate", "count": 5, "interval": "10s"]]],
            "status": [
                "phase": .string(phase),
                "metricResults": [[
                    "name": "success-rate", "phase": .string(phase), "count": 3, "successful": 2, "failed": 1,
                    "measurements": [["value": "[0.97]", "phase": "Successful"]],
                ]],
            ],
        ]
        return run.merging(changes)
    }
}
