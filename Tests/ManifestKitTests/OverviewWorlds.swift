@testable import ManifestKit

extension OverviewWorld {
    /// The worlds whose pictures are kept.
    static let all: [OverviewWorld] = canaries + troubles + blueGreens

    private static let stable = replicaSet("old", 1, wanted: 5, ready: 5, age: 260_000)

    private static let canaries: [OverviewWorld] = [
        OverviewWorld(name: "paused-for-a-person", objects: RolloutObjects(
            rollout: canary(step: 1, routed: 20, changing: paused("CanaryPauseStep", seconds: 252)),
            replicaSets: [stable, replicaSet("new", 2, wanted: 1, ready: 1)],
            pods: stablePods(5) + [pod("new", "c0")])),
        OverviewWorld(name: "paused-for-a-time", objects: RolloutObjects(
            rollout: canary(step: 3, changing: paused("CanaryPauseStep", seconds: 90).merging([
                "updatedReplicas": 3, "replicas": 5,
            ])),
            replicaSets: [
                replicaSet("old", 1, wanted: 2, ready: 2, age: 260_000), replicaSet("new", 2, wanted: 3, ready: 3),
            ],
            pods: stablePods(2) + ["c0", "c1", "c2"].map { pod("new", $0) })),
        OverviewWorld(name: "analysis", objects: RolloutObjects(
            rollout: canary(step: 4, routed: 60, changing: [
                "canary": ["currentStepAnalysisRunStatus": ["name": "web-new-2-4", "status": "Running"]],
            ]),
            replicaSets: [stable, replicaSet("new", 2, wanted: 3, ready: 3)],
            pods: stablePods(5) + ["c0", "c1", "c2"].map { pod("new", $0) }, analysisRuns: [run("Running")])),
        OverviewWorld(name: "healthy", objects: RolloutObjects(
            rollout: canary(step: 5, changing: [
                "phase": "Healthy", "stableRS": "new", "replicas": 5, "updatedReplicas": 5, "readyReplicas": 5,
                "availableReplicas": 5,
            ]),
            replicaSets: [
                replicaSet("older", 1, wanted: 0, ready: 0, age: 500_000), replicaSet("new", 2, wanted: 5, ready: 5),
            ],
            pods: (0..<5).map { pod("new", "p\($0)") })),
        OverviewWorld(name: "many-pods", objects: RolloutObjects(
            rollout: canary(step: 2, routed: 60, changing: [
                "replicas": 150, "message": "more replicas need to be updated",
            ]),
            replicaSets: [
                replicaSet("old", 1, wanted: 100, ready: 100, age: 260_000),
                replicaSet("new", 2, wanted: 60, ready: 57),
            ],
            pods: stablePods(100) + (0..<57).map { pod("new", "p\($0)") } + ["x0", "x1", "x2"].map {
                pod("new", $0, status: waiting("ContainerCreating", ""))
            })),
    ]

    private static let troubles: [OverviewWorld] = [
        OverviewWorld(name: "image-cannot-be-pulled", objects: RolloutObjects(
            rollout: canary(step: 0, routed: 0, changing: [
                "readyReplicas": 5, "availableReplicas": 5, "message": "more replicas need to be updated",
            ]),
            replicaSets: [stable, replicaSet("new", 2, wanted: 1, ready: 0)],
            pods: stablePods(5) + [pod("new", "c0", status: waiting(
                "ImagePullBackOff",
                "Back-off pulling image \"registry.example.com/shop/web:new\": ErrImagePull: manifest unknown"))])),
        OverviewWorld(name: "aborted-crash", objects: RolloutObjects(
            rollout: canary(step: 0, routed: 0, changing: [
                "phase": "Degraded", "abort": true, "abortedAt": ago(200), "readyReplicas": 5,
                "conditions": progressing(
                    "RolloutAborted",
                    "Rollout aborted update to revision 2: ReplicaSet \"web-new\" has timed out progressing."),
            ]),
            replicaSets: [
                stable,
                replicaSet("new", 2, wanted: 1, ready: 0, changing: [
                    "metadata": ["annotations": ["scale-down-deadline": "2026-11-23T12:00:25Z"]],
                ]),
            ],
            pods: stablePods(5) + [pod("new", "c0", status: waiting(
                "CrashLoopBackOff", "back-off 1m20s restarting failed container", restarts: 4,
                exit: ["exitCode": 137, "reason": "OOMKilled"]))])),
        OverviewWorld(name: "timed-out-unschedulable", objects: RolloutObjects(
            rollout: canary(step: 0, changing: [
                "phase": "Degraded",
                "conditions": progressing(
                    "ProgressDeadlineExceeded", "ReplicaSet \"web-new\" has timed out progressing.", seconds: 31),
            ]),
            replicaSets: [stable, replicaSet("new", 2, wanted: 1, ready: 0)],
            pods: stablePods(5) + [pod("new", "c0", status: [
                "phase": "Pending",
                "conditions": [[
                    "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                    "message": "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available.",
                ]],
            ])])),
        OverviewWorld(name: "over-quota", objects: RolloutObjects(
            rollout: canary(step: 0, changing: [:]),
            replicaSets: [
                stable,
                replicaSet("new", 2, wanted: 1, ready: 0, current: 0, changing: ["status": ["conditions": [[
                    "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
                    "message": "pods \"web-new-\" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=8",
                ]]]]),
            ], pods: stablePods(5))),
        OverviewWorld(name: "invalid", objects: RolloutObjects(
            rollout: canary(step: 0, changing: [
                "phase": "Degraded",
                "conditions": [[
                    "type": "InvalidSpec", "status": "True", "reason": "InvalidSpec",
                    "message": "The Rollout \"web\" is invalid: spec.strategy.canary.steps[0]: \u{1B}[31mno\u{202E}",
                ]],
            ]))),
        OverviewWorld(name: "not-looked-at", objects: RolloutObjects(
            rollout: canary(step: 0, changing: ["observedGeneration": "3", "phase": "Healthy"]),
            replicaSets: [replicaSet("網頁", 1, wanted: 5, ready: 5)], pods: [pod("網頁", "伺服器-一號")])),
    ]

    private static let blueGreens: [OverviewWorld] = [
        OverviewWorld(name: "preview", objects: RolloutObjects(
            rollout: blueGreen(changing: paused("BlueGreenPause", seconds: 4_000)),
            replicaSets: [
                replicaSet("old", 1, wanted: 3, ready: 3, age: 260_000), replicaSet("new", 2, wanted: 3, ready: 3),
            ],
            pods: stablePods(3) + ["p0", "p1", "p2"].map { pod("new", $0) })),
        OverviewWorld(name: "switched", objects: RolloutObjects(
            rollout: blueGreen(changing: [
                "stableRS": "new", "phase": "Healthy", "blueGreen": ["activeSelector": "new"],
            ]),
            replicaSets: [
                replicaSet("old", 1, wanted: 3, ready: 3, age: 260_000, changing: [
                    "metadata": ["annotations": ["scale-down-deadline": "2026-11-23T12:00:12Z"]],
                ]),
                replicaSet("new", 2, wanted: 3, ready: 3),
            ],
            pods: stablePods(3) + ["p0", "p1", "p2"].map { pod("new", $0) })),
    ]
}
