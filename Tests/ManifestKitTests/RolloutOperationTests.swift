import Foundation
import Testing

@testable import ManifestKit

/// What operations patch: what the reference's own command line does in the same state.
@Suite struct RolloutOperationTests {
    static let now = KubernetesTime(seconds: 1_767_225_600)
    static let steps: JSONValue = [
        ["setWeight": 20], ["pause": [:]], ["analysis": ["templates": []]], ["setWeight": 60], ["pause": ["duration": "1h"]],
    ]

    /// A canary at a step of an update from one version to another.
    static func canary(_ status: JSONValue = [:], spec: JSONValue = [:], steps: JSONValue = steps) -> JSONValue {
        let rollout: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "namespace": "shop", "annotations": [RolloutMarks.revision: "4"]],
            "spec": [
                "replicas": 5, "selector": ["matchLabels": ["app": "web"]], "strategy": ["canary": ["steps": steps]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": [
                        "initContainers": [["name": "init", "image": "init:1"]],
                        "containers": [["name": "web", "image": "web:4"], ["name": "proxy", "image": "proxy:1"]],
                    ],
                ],
            ],
            "status": ["stableRS": "old", "currentPodHash": "new", "currentStepIndex": 1, "phase": "Progressing"],
        ]
        return rollout.merging(["spec": spec, "status": status])
    }

    static let paused: JSONValue = [
        "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:00Z"]],
        "controllerPause": true, "phase": "Paused",
    ]
    static let blueGreen: JSONValue = ["strategy": ["canary": .null, "blueGreen": ["activeService": "web-active"]]]

    func plan(
        _ operation: any RolloutOperation, _ object: JSONValue, _ replicaSets: [JSONValue] = [],
        workload: JSONValue? = nil
    ) throws -> OperationPlan {
        let subject = try #require(
            OperationSubject(object, replicaSets: replicaSets, workload: workload, now: Self.now))
        return try operation.plan(for: subject)
    }

    func patch(_ operation: any RolloutOperation, _ object: JSONValue) throws -> RolloutPatch {
        guard case .rollout(let patch) = try plan(operation, object).change else { throw Unexpected() }
        return patch
    }

    func refusal(
        _ operation: any RolloutOperation, _ object: JSONValue, _ replicaSets: [JSONValue] = [],
        workload: JSONValue? = nil
    ) throws -> String {
        do {
            let plan = try plan(operation, object, replicaSets, workload: workload)
            Issue.record("not refused: \(plan.summary)")
            return ""
        } catch let refusal as OperationRefusal {
            return refusal.text
        }
    }

    struct Unexpected: Error {}

    // MARK: promote

    @Test func promoteEndsAPause() throws {
        let object = Self.canary(Self.paused)
        let patch = try patch(PromoteOperation(), object)
        #expect(patch.status == ["status": ["pauseConditions": .null]])
        #expect(patch.spec == nil)
        #expect(patch.unified == ["spec": ["paused": false], "status": ["pauseConditions": .null]])
        #expect(try plan(PromoteOperation(), object).summary == "promoted to step 3 of 5 (analysis)")
    }

    @Test func promoteEndsBothKindsOfPause() throws {
        let patch = try patch(PromoteOperation(), Self.canary(Self.paused, spec: ["paused": true]))
        #expect(patch.status == ["status": ["pauseConditions": .null]])
        #expect(patch.spec == ["spec": ["paused": false]])
    }

    @Test func promoteGoesPastAnAnalysis() throws {
        let object = Self.canary(["currentStepIndex": 2])
        let patch = try patch(PromoteOperation(), object)
        #expect(patch.status == ["status": ["pauseConditions": .null, "currentStepIndex": 3]])
        #expect(patch.unified == [
            "spec": ["paused": false], "status": ["pauseConditions": .null, "currentStepIndex": 3],
        ])
        #expect(try plan(PromoteOperation(), object).summary == "promoted to step 4 of 5 (setWeight: 60)")
    }

    @Test func promoteTakesAnInconclusiveAnalysisAway() throws {
        let status: JSONValue = [
            "currentStepIndex": 2, "controllerPause": true,
            "pauseConditions": [["reason": "InconclusiveAnalysisRun", "startTime": "2026-01-01T00:00:00Z"]],
            "canary": ["currentStepAnalysisRunStatus": ["name": "run", "status": "Inconclusive"]],
        ]
        let patch = try patch(PromoteOperation(), Self.canary(status))
        #expect(patch.status == [
            "status": ["pauseConditions": .null, "controllerPause": false, "currentStepIndex": 3],
        ])
    }

    @Test func promoteIsRefusedWhereNothingWaits() throws {
        let working = try refusal(PromoteOperation(), Self.canary(["currentStepIndex": 3, "message": "more to do"]))
        #expect(working.contains("not paused: it is at step 4 of 5 (setWeight: 60): more to do"))
        #expect(working.contains("--skip-current-step"))
        let healthy = try refusal(PromoteOperation(), Self.canary(["currentPodHash": "old", "currentStepIndex": 5]))
        #expect(healthy.contains("nothing to promote") && healthy.contains("revision 4 is the stable version"))
        #expect(try refusal(PromoteOperation(), Self.canary(["abort": true])).contains("`retry web`"))
        #expect(try refusal(PromoteOperation(), Self.canary(["stableRS": .null])).contains("first version"))
        #expect(try refusal(PromoteOperation(), Self.canary(spec: Self.blueGreen)).contains("not paused"))
        let twice = try refusal(PromoteOperation(), Self.canary(["controllerPause": true]))
        #expect(twice.contains("promoted just now"), "else the next pause would be gone as well")
    }

    @Test func promoteOfBlueGreenSwitches() throws {
        let status: JSONValue = ["pauseConditions": [["reason": "BlueGreenPause", "startTime": "2026-01-01T00:00:00Z"]]]
        let object = Self.canary(status, spec: Self.blueGreen)
        #expect(try patch(PromoteOperation(), object).status == ["status": ["pauseConditions": .null]])
        #expect(try plan(PromoteOperation(), object).summary.contains("web-active"))
    }

    @Test func promoteInFull() throws {
        let patch = try patch(PromoteOperation(.full), Self.canary(Self.paused))
        #expect(patch == RolloutPatch(
            status: ["status": ["promoteFull": true]],
            unified: ["spec": ["paused": false], "status": ["promoteFull": true]]))
        let byHand = try self.patch(PromoteOperation(.full), Self.canary(spec: ["paused": true]))
        #expect(byHand.spec == ["spec": ["paused": false]])
        #expect(byHand.status == ["status": ["promoteFull": true]])
        let done = try self.patch(
            PromoteOperation(.full), Self.canary(["currentPodHash": "old"], spec: ["paused": true]))
        #expect(done.status == nil && done.spec == ["spec": ["paused": false]])
        #expect(try refusal(PromoteOperation(.full), Self.canary(["currentPodHash": "old"])).contains("nothing"))
        #expect(try refusal(PromoteOperation(.full), Self.canary(["promoteFull": true])).contains("already"))
        #expect(try plan(PromoteOperation(.full), Self.canary(["abort": true])).summary.contains("abort is taken back"))
    }

    @Test func promoteSkipsSteps() throws {
        let object = Self.canary(["currentStepIndex": 3])
        #expect(try patch(PromoteOperation(.currentStep), object)
            == RolloutPatch(status: ["status": ["currentStepIndex": 4]], unified: ["status": ["currentStepIndex": 4]]))
        #expect(try patch(PromoteOperation(.allSteps), object).status == ["status": ["currentStepIndex": 5]])
        for extent in [PromoteOperation.Extent.currentStep, .allSteps] {
            let operation = PromoteOperation(extent)
            #expect(try refusal(operation, Self.canary(spec: Self.blueGreen)).contains("no steps"))
            #expect(try refusal(operation, Self.canary(steps: [])).contains("no steps"))
            #expect(try refusal(operation, Self.canary(["currentStepIndex": 5])).contains("no step to skip"))
            #expect(try refusal(operation, Self.canary(["abort": true])).contains("aborted"))
        }
    }

    // MARK: abort, retry, restart, pause, resume

    @Test func abortAndRetry() throws {
        let abort: JSONValue = ["status": ["abort": true]]
        let retry: JSONValue = ["status": ["abort": false]]
        #expect(try patch(AbortOperation(), Self.canary()) == RolloutPatch(status: abort, unified: abort))
        #expect(try patch(RetryOperation(), Self.canary(["abort": true])) == RolloutPatch(status: retry, unified: retry))
        #expect(try refusal(AbortOperation(), Self.canary(["abort": true])).contains("already"))
        #expect(try refusal(AbortOperation(), Self.canary(["currentPodHash": "old"])).contains("`undo web`"))
        #expect(try refusal(AbortOperation(), Self.canary(["stableRS": .null])).contains("`pause web`"))
        #expect(try refusal(RetryOperation(), Self.canary()).contains("not aborted"))
        #expect(try plan(RetryOperation(), Self.canary(["abort": true])).summary.contains("step 1 of 5"))
        let held = try plan(AbortOperation(), Self.canary(spec: ["paused": true])).summary
        #expect(held.contains("`resume web`"))
    }

    @Test func restartSetsTheMoment() throws {
        #expect(try patch(RestartOperation(delaySeconds: 90), Self.canary())
            == RolloutPatch(spec: ["spec": ["restartAt": "2026-01-01T00:01:30Z"]]))
        let again = Self.canary(spec: ["restartAt": "2026-01-01T01:00:00Z"])
        #expect(try plan(RestartOperation(), again).summary.contains("not at 2026-01-01T01:00:00Z"))
        #expect(try refusal(RestartOperation(), Self.canary(spec: ["replicas": 0])).contains("scaled to 0"))
    }

    @Test func pauseAndResume() throws {
        #expect(try patch(PauseOperation(), Self.canary()) == RolloutPatch(spec: ["spec": ["paused": true]]))
        let byHand = Self.canary(spec: ["paused": true])
        #expect(try patch(ResumeOperation(), byHand) == RolloutPatch(spec: ["spec": ["paused": false]]))
        #expect(try refusal(PauseOperation(), byHand).contains("already"))
        #expect(try refusal(ResumeOperation(), Self.canary()).contains("not paused"))
        #expect(try refusal(ResumeOperation(), Self.canary(Self.paused)).contains("`promote web`"))
    }

    // MARK: set-image

    @Test func setImageTouchesNothingElse() throws {
        let images = [SetImageOperation.Image("web=web:5"), .init("init=reg.example.com:5000/init@sha256:ab")]
        let plan = try plan(SetImageOperation(images.compactMap { $0 }), Self.canary())
        #expect(plan.change == .template(.rollout, [
            ["op": "test", "path": "/spec/template/spec/initContainers/0/name", "value": "init"],
            [
                "op": "add", "path": "/spec/template/spec/initContainers/0/image",
                "value": "reg.example.com:5000/init@sha256:ab",
            ],
            ["op": "test", "path": "/spec/template/spec/containers/0/name", "value": "web"],
            ["op": "add", "path": "/spec/template/spec/containers/0/image", "value": "web:5"],
        ]))
        let all = try self.plan(SetImageOperation([.init(container: "*", image: "proxy:1")]), Self.canary())
        guard case .template(_, let operations) = all.change else { throw Unexpected() }
        #expect(operations.count == 4, "the proxy has it already")
        #expect(SetImageOperation.Image("web") == nil && SetImageOperation.Image("=web:1") == nil)
    }

    @Test func setImageIsRefusedWithWhatThereIs() throws {
        let unknown = try refusal(SetImageOperation([.init(container: "wbe", image: "web:5")]), Self.canary())
        #expect(unknown.contains("init, web and proxy") && unknown.contains("did you mean `web`"))
        let same = try refusal(SetImageOperation([.init(container: "web", image: "web:4")]), Self.canary())
        #expect(same.contains("web has web:4"))
    }

    static func workload(_ kind: String) -> JSONValue {
        ["workloadRef": ["apiVersion": "apps/v1", "kind": .string(kind), "name": "base"], "template": .null, "selector": .null]
    }

    @Test func setImageGoesToTheWorkload() throws {
        let operation = SetImageOperation([.init(container: "web", image: "web:5")])
        let template = try #require(Self.canary()["spec"]?["template"])
        let rollout = Self.canary(spec: Self.workload("Deployment"))
        let plan = try plan(operation, rollout, workload: ["spec": ["template": template]])
        guard case .template(.workload(kind: "Deployment", name: "base"), let patch) = plan.change else {
            throw Unexpected()
        }
        #expect(patch.last?["path"] == "/spec/template/spec/containers/0/image")
        let other = try self.plan(
            operation, Self.canary(spec: Self.workload("PodTemplate")), workload: ["template": template])
        guard case .template(_, let operations) = other.change else { throw Unexpected() }
        #expect(operations.last?["path"] == "/template/spec/containers/0/image")
        #expect(try refusal(operation, rollout).contains("Deployment base, which is not there"))
        #expect(try refusal(operation, Self.canary(spec: Self.workload("CronJob"))).contains("CronJob"))
    }

    // MARK: undo

    static func replicaSet(_ revision: Int, image: String, template change: JSONValue = [:], annotations: JSONValue = [:])
        -> JSONValue {
        let hash = "hash\(revision)"
        let own: JSONValue = [RolloutMarks.revision: .string(String(revision))]
        let template: JSONValue = [
            "metadata": ["labels": ["app": "web", RolloutMarks.podTemplateHash: .string(hash)]],
            "spec": ["containers": [["name": "web", "image": .string(image)]]],
        ]
        return [
            "metadata": [
                "name": .string("web-" + hash), "labels": [RolloutMarks.podTemplateHash: .string(hash)],
                "annotations": own.merging(annotations),
            ],
            "spec": ["replicas": 0, "template": template.merging(change)],
        ]
    }

    @Test func undoGoesBackOneRevision() throws {
        let all = [Self.replicaSet(9, image: "web:9"), Self.replicaSet(10, image: "web:10"), Self.replicaSet(2, image: "web:2")]
        let plan = try plan(UndoOperation(), Self.canary(), all)
        #expect(plan.change == .template(.rollout, [[
            "op": "replace", "path": "/spec/template",
            "value": [
                "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "web", "image": "web:9"]]],
            ],
        ]]))
        #expect(plan.summary.contains("undone to revision 9"))
        let stable = try self.plan(UndoOperation(revision: 2), Self.canary(["stableRS": "hash2"]), all)
        #expect(stable.summary.contains("without steps"))
    }

    @Test func undoTakesWhatAControllerPutInOutAgain() throws {
        let metadata: JSONValue = ["metadata": ["labels": ["role": "stable"]]]
        let all = [
            Self.replicaSet(
                1, image: "web:1", template: metadata,
                annotations: [RolloutMarks.ephemeralMetadata: #"{"labels":{"role":"stable"}}"#]),
            Self.replicaSet(2, image: "web:2"),
        ]
        guard case .template(_, let patch) = try plan(UndoOperation(), Self.canary(), all).change else {
            throw Unexpected()
        }
        #expect(patch[0]["value"]?["metadata"] == ["labels": ["app": "web"]])
    }

    @Test func undoIsRefusedWithWhatThereIs() throws {
        let history: JSONValue = [RolloutMarks.revisionHistory: "1,3"]
        let all = [Self.replicaSet(2, image: "web:2"), Self.replicaSet(5, image: "web:5", annotations: history)]
        #expect(try refusal(UndoOperation(revision: 7), Self.canary(), all).contains("2 (web:2) and 5 (web:5)"))
        #expect(try refusal(UndoOperation(revision: 3), Self.canary(), all).contains("come back as revision 5"))
        #expect(try refusal(UndoOperation(), Self.canary(), [all[0]]).contains("2 is the only one"))
        #expect(try refusal(UndoOperation(), Self.canary()).contains("none yet"))
        let template: JSONValue = [
            "template": ["spec": ["initContainers": .null, "containers": [["name": "web", "image": "web:5"]]]],
        ]
        let running = try refusal(UndoOperation(revision: 5), Self.canary(spec: template), all)
        #expect(running.contains("asks for revision 5 already") && running.contains("2 (web:2)"))
    }

    // MARK: The list

    @Test func theListIsTheFolder() {
        let files = TidyTests.pure.filter { $0.path.contains("/Operations/") }
            .map { URL(filePath: $0.path).deletingPathExtension().lastPathComponent }
            .filter { $0.hasSuffix("Operation") && $0 != "RolloutOperation" }
        #expect(files.sorted() == RolloutOperations.all.map { String(describing: $0) })
        #expect(RolloutOperations.all.map { $0.name } == RolloutOperations.all.map { $0.name }.sorted())
    }

    @Test func namesThatAreNotThere() {
        let text = OperationRefusal.unknown("Rollout", "wbe", in: "shop", among: ["api", "web"]).text
        #expect(text == "there is no Rollout `wbe` in namespace shop; did you mean `web`?")
        #expect(OperationRefusal.unknown("Rollout", "x", in: "shop", among: ["api", "web"]).text.contains("api and web"))
        let many = (0..<30).map { "rollout-\($0)" }
        #expect(OperationRefusal.unknown("Rollout", "x", in: "shop", among: many).text.contains("and 20 more"))
    }
}
