import Foundation
import Testing

@testable import ManifestKit

/// What an overview says, and how its pictures look.
@Suite struct RolloutOverviewTests {
    static let golden = TidyTests.root.appending(path: "Tests/Golden/Overview")

    /// Set, the pictures are drawn anew; look at what changed before it is committed.
    static let records = ProcessInfo.processInfo.environment["RECORD_OVERVIEWS"] != nil

    static let widths: [Int?] = [40, 80, 120, nil]

    static func picture(_ world: OverviewWorld) -> String {
        let overview = RolloutOverview(world.objects)
        var text = ""
        for width in widths {
            let style = OverviewStyle(width: width, isWide: width == nil)
            let lines = RolloutTreeView.lines(of: overview, style: style, now: OverviewWorld.now)
            text += "===== \(width.map { "\($0) columns" } ?? "wide")\n" + StyledText.text(lines, isColored: false)
        }
        let lines = RolloutTreeView.lines(of: overview, style: OverviewStyle(width: 80), now: OverviewWorld.now)
        text += "===== coloured\n" + StyledText.text(lines, isColored: true).replacing("\u{1B}", with: "^")
        return text
    }

    @Test(arguments: OverviewWorld.all.map(\.name))
    func looksAsItDid(_ name: String) throws {
        let world = try #require(OverviewWorld.all.first { $0.name == name })
        let file = Self.golden.appending(path: "\(name).txt")
        let text = Self.picture(world)
        if Self.records { try Data(text.utf8).write(to: file) }
        let known = try String(contentsOf: file, encoding: .utf8)
        #expect(text == known)
    }

    @Test(arguments: OverviewWorld.all.map(\.name), [20, 40, 57, 80, 120])
    func fitsItsWidth(_ name: String, _ width: Int) throws {
        let world = try #require(OverviewWorld.all.first { $0.name == name })
        let overview = RolloutOverview(world.objects)
        for showsAll in [false, true] {
            let style = OverviewStyle(width: width, isWide: showsAll, showsAll: showsAll)
            for line in RolloutTreeView.lines(of: overview, style: style, now: OverviewWorld.now) {
                #expect(line.width <= width, "\(line.plainText)")
                #expect(!line.plainText.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
            }
        }
        let list = RolloutListView.lines(
            of: [overview], hasNamespaces: true, style: OverviewStyle(width: width), now: OverviewWorld.now)
        #expect(list.allSatisfy { $0.width <= width })
    }

    /// What the one line says; the rest of the picture is in the recordings.
    @Test(arguments: [
        ("paused-for-a-person", "step 2 of 5 waits for a person, for 4m12s"),
        ("paused-for-a-time", "step 4 of 5 is a pause of 10m, goes on in 8m30s"),
        ("analysis", "step 5 of 5: AnalysisRun web-new-2-4 is running (success-rate 3 of 5, last [0.97]), for 60s"),
        (
            "image-cannot-be-pulled",
            "1 of 1 pod of canary web-new: ImagePullBackOff, Back-off pulling image "
                + "\"registry.example.com/shop/web:new\": ErrImagePull: manifest unknown"
        ),
        (
            "aborted-crash",
            "the update to revision 2 was aborted: ReplicaSet \"web-new\" has timed out progressing; 1 of 1 pod of "
                + "canary web-new: CrashLoopBackOff, back-off 1m20s restarting failed container; last exit with code "
                + "137 (OOMKilled), for 3m20s"
        ),
        (
            "timed-out-unschedulable",
            "no progress: 1 of 1 pod of canary web-new: Unschedulable, 0/3 nodes are available: 3 Insufficient cpu. "
                + "preemption: 0/3 nodes are available, for 31s"
        ),
        (
            "over-quota",
            "pods of canary web-new cannot be made: pods \"web-new-\" is forbidden: exceeded quota: compute, "
                + "requested: cpu=1, used: cpu=8"
        ),
        ("not-looked-at", "the controller has not seen the latest change yet (generation 4, seen 3)"),
        ("many-pods", "57 of 60 pods of canary web-new are available; 3 ContainerCreating"),
        ("preview", "the preview waits for a person to switch the traffic to it, for 66m"),
    ])
    func saysWhatItWaitsFor(_ name: String, _ text: String) throws {
        let world = try #require(OverviewWorld.all.first { $0.name == name })
        let waiting = try #require(RolloutOverview(world.objects).waiting)
        #expect(waiting.text(now: OverviewWorld.now) == text)
    }

    @Test func saysNothingOfWhatIsWell() throws {
        for name in ["healthy", "switched"] {
            let world = try #require(OverviewWorld.all.first { $0.name == name })
            #expect(RolloutOverview(world.objects).waiting == nil)
        }
    }

    @Test func tellsAReadinessGateAndARestart() throws {
        var pod = OverviewWorld.pod("new", "c0", status: [
            "phase": "Running",
            "conditions": [
                ["type": "ContainersReady", "status": "True"],
                ["type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady"],
                ["type": "target-health", "status": "False", "message": "target is in state initial"],
            ],
            "containerStatuses": [["name": "web", "ready": true, "state": ["running": [:]]]],
        ])
        pod.set(["spec", "readinessGates"], to: [["conditionType": "target-health"]])
        var rollout = OverviewWorld.canary(step: 0, changing: [:])
        let replicaSets = [OverviewWorld.replicaSet("new", 2, wanted: 1, ready: 0)]
        let gate = RolloutOverview(RolloutObjects(rollout: rollout, replicaSets: replicaSets, pods: [pod]))
        #expect(
            gate.waiting?.text == "0 of 1 pod of canary web-new is available; 1 NotReady, waits for the readiness gate "
                + "target-health (target is in state initial)")
        rollout.set(["spec", "restartAt"], to: "2026-11-23T11:59:00Z")
        let old = OverviewWorld.pod("new", "c1", age: 600), new = OverviewWorld.pod("new", "c2", age: 5)
        let restart = RolloutOverview(RolloutObjects(
            rollout: rollout, replicaSets: [OverviewWorld.replicaSet("new", 2, wanted: 2, ready: 2)], pods: [old, new]))
        #expect(
            restart.waiting?.text(now: OverviewWorld.now)
                == "pods are being restarted, 1 of 2 are still to go, for 60s")
    }

    @Test func tellsWhatNobodyHasLookedAt() {
        var rollout = OverviewWorld.canary(step: 0, changing: [:])
        rollout["status"] = nil
        #expect(RolloutOverview(RolloutObjects(rollout: rollout)).waiting?.text == "no controller has looked at it yet")
        rollout.set(["spec", "strategy"], to: nil)
        rollout["status"] = ["observedGeneration": "4", "phase": "Healthy"]
        let overview = RolloutOverview(RolloutObjects(rollout: rollout))
        #expect(overview.kind == .unknown)
        #expect(overview.waiting?.cause == .specification)
        rollout.set(["metadata", "deletionTimestamp"], to: OverviewWorld.ago(30))
        rollout.set(["metadata", "finalizers"], to: ["example.com/keep"])
        #expect(
            RolloutOverview(RolloutObjects(rollout: rollout)).waiting?.text
                == "it is being deleted and waits for example.com/keep")
    }

    @Test func noticesAChangeOfTheWorkload() {
        var rollout = OverviewWorld.canary(step: 5, changing: [
            "phase": "Healthy", "stableRS": "new", "workloadObservedGeneration": "7",
        ])
        rollout.set(["spec", "workloadRef"], to: ["kind": "Deployment", "name": "web"])
        let workload: JSONValue = ["metadata": ["name": "web", "generation": 8]]
        let overview = RolloutOverview(RolloutObjects(rollout: rollout, workload: workload))
        #expect(overview.phase == .progressing)
        #expect(overview.waiting?.text == "the controller has not seen the latest change of Deployment web yet")
        #expect(RolloutOverview(RolloutObjects(rollout: rollout)).phase == .healthy)
    }

    @Test func countsThePodsWhereNoRouterDividesTheTraffic() throws {
        let world = try #require(OverviewWorld.all.first { $0.name == "paused-for-a-time" })
        #expect(RolloutOverview(world.objects).weight?.actual == 60)
        let summary = RolloutOverview(summaryOf: world.objects.rollout)
        #expect(summary.weight?.actualText == "~60%")
        #expect(summary.weight?.set == 60)
    }
}

/// Overviews of what the reference left behind.
@Suite struct RecordedOverviewTests {
    struct Snapshot: Sendable, CustomTestStringConvertible {
        var scenario: String
        var name: String
        var objects: [String: JSONValue]
        var testDescription: String { "\(scenario) \(name)" }

        func all(_ kind: String) -> [JSONValue] {
            objects.sorted { $0.key < $1.key }.filter { $0.key.hasPrefix(kind + "/") }.map(\.value)
        }

        var overview: RolloutOverview? {
            guard let rollout = all("Rollout").first else { return nil }
            return RolloutOverview(RolloutObjects(
                rollout: rollout, replicaSets: all("ReplicaSet"), analysisRuns: all("AnalysisRun"),
                experiments: all("Experiment"), workload: all("Deployment").first))
        }
    }

    static let snapshots: [Snapshot] = {
        let folder = PodTemplateHashTests.conformance.appending(path: "traces")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().flatMap { name -> [Snapshot] in
            guard let data = try? Data(contentsOf: folder.appending(path: name)),
                let trace = try? JSONReader.value(Array(data))
            else { return [] }
            return (trace["snapshots"]?.object?.fields ?? []).map { key, value in
                var objects: [String: JSONValue] = [:]
                for (name, object) in value["objects"]?.object?.fields ?? [] { objects[name] = object }
                return Snapshot(scenario: String(name.dropLast(5)), name: key, objects: objects)
            }
        }
    }()

    static func snapshot(_ scenario: String, _ name: String) throws -> RolloutOverview {
        let snapshot = try #require(snapshots.first { $0.scenario == scenario && $0.name == name })
        return try #require(snapshot.overview)
    }

    static let areThere = !snapshots.isEmpty

    @Test(.enabled(if: areThere, "the recordings are not beside the package"), arguments: snapshots)
    func tellsThePhaseAndAReason(_ snapshot: Snapshot) throws {
        let overview = try #require(snapshot.overview)
        let status = snapshot.all("Rollout").first?["status"]
        #expect(overview.phase.rawValue == status?["phase"]?.string)
        #expect((overview.waiting == nil) == (overview.phase == .healthy))
        let owned = snapshot.all("ReplicaSet").filter { replicaSet in
            replicaSet["metadata"]?["ownerReferences"]?.array?.contains { $0["kind"] == "Rollout" } ?? false
        }
        #expect(overview.replicaSets.count == owned.count)
        // Somebody always serves, and has a part that says so.
        #expect(overview.replicaSets.contains { $0.roles.contains(.stable) && $0.ready > 0 })
        let lines = RolloutTreeView.lines(of: overview, style: OverviewStyle(width: 60), now: OverviewWorld.now)
        #expect(lines.allSatisfy { $0.width <= 60 })
    }

    @Test(.enabled(if: areThere, "the recordings are not beside the package"))
    func tellsWhatTheRecordedOnesWaitFor() throws {
        let aborted = try Self.snapshot("analysis-step-fails", "aborted")
        #expect(
            aborted.waiting?.text
                == "the update to revision 2 was aborted: Step-based analysis phase error/failed: Metric \"probe\" "
                + "assessed Failed due to failed (1) > failureLimit (0)")
        let run = try #require(aborted.revisions.first?.analysisRuns.first)
        #expect(run.purpose == "step 2")
        #expect(run.failed == 1)
        #expect(run.jobs.map(\.phase) == ["Failed"])
        let preview = try Self.snapshot("bluegreen-manual", "preview")
        #expect(preview.waiting?.cause == .person)
        #expect(preview.replicaSets.map(\.roles) == [[.preview], [.active, .stable]])
        let half = try Self.snapshot("canary-nginx", "weight-50")
        #expect(half.weight?.actual == 50)
        #expect(half.weight?.set == 50)
        #expect(half.weight?.isRouted == true)
        let experiment = try Self.snapshot("experiment-step", "after-experiment")
        #expect(experiment.revisions.first?.experiments.first?.replicaSets.count == 2)
        #expect(experiment.revisions.first?.experiments.first?.phase == "Successful")
    }
}
