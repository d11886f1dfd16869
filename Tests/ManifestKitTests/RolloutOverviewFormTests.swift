import Foundation
import Testing

@testable import ManifestKit

/// Lists, histories, JSON and the pieces that pictures are made of.
@Suite struct RolloutOverviewFormTests {
    static func overview(_ name: String) throws -> RolloutOverview {
        RolloutOverview(try #require(OverviewWorld.all.first { $0.name == name }).objects)
    }

    @Test func jsonNamesWhatProgramsAskFor() throws {
        let json = try Self.overview("aborted-crash").json
        #expect(json["name"] == "web")
        #expect(json["namespace"] == "shop")
        #expect(json["phase"] == "Degraded")
        #expect(json["waitsFor"]?["cause"] == "abort")
        #expect(json["waitsFor"]?["commands"] == ["retry", "undo"])
        #expect(json["step"] == ["index": 0, "count": 5, "label": "setWeight: 20"])
        #expect(json["weight"] == ["set": 0, "actual": 0, "maximum": 100, "routed": true])
        #expect(json["replicas"]?["desired"] == 5)
        let newest = json["revisions"]?[0]?["replicaSets"]?[0]
        #expect(newest?["roles"] == ["canary"])
        #expect(newest?["scaleDownAt"] == "2026-11-23T12:00:25Z")
        let pod = newest?["pods"]?[0]
        #expect(pod?["status"] == "CrashLoopBackOff")
        #expect(pod?["health"] == "failing")
        #expect(pod?["restarts"] == 4)
        let run = try Self.overview("analysis").json["revisions"]?[0]?["analysisRuns"]?[0]
        #expect(run?["measurements"]?["failed"] == 1)
        #expect(try Self.overview("healthy").summaryJSON["revisions"] == nil)
    }

    @Test func listsAtEveryWidth() throws {
        let names = ["healthy", "paused-for-a-person", "aborted-crash", "preview"]
        let overviews = try names.map { name in
            var overview = try Self.overview(name)
            overview.name = name
            return overview
        }
        func text(_ width: Int?) -> String {
            let lines = RolloutListView.lines(
                of: overviews, hasNamespaces: false, style: OverviewStyle(width: width), now: OverviewWorld.now)
            return StyledText.text(lines, isColored: false)
        }
        #expect(
            text(40) == """
                NAME                 STATUS         STEP
                healthy              ✔ Healthy       5/5
                paused-for-a-person  ‖ Paused        1/5
                aborted-crash        ✖ Degraded      0/5
                preview              ‖ Paused

                """)
        #expect(
            text(80) == """
                NAME                 STATUS         STEP  READY  WAITS FOR
                healthy              ✔ Healthy       5/5    5/5
                paused-for-a-person  ‖ Paused        1/5    6/6  step 2 of 5 waits for a person…
                aborted-crash        ✖ Degraded      0/5    5/6  the update to revision 2 was a…
                preview              ‖ Paused               3/6  the preview waits for a person…

                """)
        #expect(RolloutListView.summary(of: overviews) == "4 Rollouts: 1 healthy, 2 paused, 1 degraded")
        let all = text(nil)
        #expect(all.hasPrefix("NAME                 STRATEGY    STATUS         STEP   SET  ACTUAL  READY  DESIRED"))
    }

    static let history: RolloutHistory = {
        var back = OverviewWorld.replicaSet("old", 4, wanted: 5, ready: 5, age: 260_000)
        back.set(["metadata", "annotations", "rollout.argoproj.io/revision-history"], to: "1,2")
        back.set(["metadata", "annotations", "kubernetes.io/change-cause"], to: "undo of the broken one")
        back.set(["spec", "template", "metadata", "labels"], to: ["app": "web", "rollouts-pod-template-hash": "old"])
        let bad = OverviewWorld.replicaSet("new", 3, wanted: 0, ready: 0)
        let other = OverviewWorld.replicaSet("other", 9, wanted: 1, ready: 1, changing: [
            "metadata": ["ownerReferences": OverviewWorld.owner("Rollout", "other")],
        ])
        let rollout = OverviewWorld.canary(step: 5, changing: ["phase": "Healthy", "currentPodHash": "old"])
        return RolloutHistory(RolloutObjects(rollout: rollout, replicaSets: [other, back, bad]))
    }()

    @Test func historyTellsWhatCameBack() throws {
        let lines = RolloutHistoryView.lines(
            of: Self.history, style: OverviewStyle(), now: OverviewWorld.now)
        #expect(
            lines.map { $0.text(isColored: false) } == [
                "REVISION  STATE                         PODS  AGE  REPLICASET  IMAGES                             "
                    + "CHANGE-CAUSE",
                "       4  stable, came back (was 1, 2)   5/5   3d  web-old     registry.example.com/shop/web:old  "
                    + "undo of the broken one",
                "       3                                   0   5m  web-new     registry.example.com/shop/web:new",
            ])
        let entry = try #require(Self.history.entry(ofRevision: 2))
        #expect(entry.revision == 4)
        #expect(entry.template["metadata"] == ["labels": ["app": "web"]])
        #expect(Self.history.entry(ofRevision: 9) == nil)
        #expect(Self.history.json["revisions"]?[0]?["earlierRevisions"] == [1, 2])
    }

    @Test(arguments: [40, 80, 120]) func historyFitsItsWidth(_ width: Int) {
        for isWide in [false, true] {
            let lines = RolloutHistoryView.lines(
                of: Self.history, style: OverviewStyle(width: width, isWide: isWide), now: OverviewWorld.now)
            #expect(lines.count == 3)
            #expect(lines.allSatisfy { $0.width <= width })
            #expect(lines[1].plainText.contains("4"))
        }
    }

    @Test(arguments: [
        ("wbe", ["web", "shop"], [], "there is no Rollout 'wbe' in namespace 'prod'; is 'web' meant?"),
        ("cart", [], [], "there is no Rollout 'cart' in namespace 'prod', and none of another name either"),
        (
            "cart", ["web"], ["b", "a"],
            "there is no Rollout 'cart' in namespace 'prod', but there is one in namespace 'a', 'b'; add -n"
        ),
        (
            "cart", ["a1", "b2", "c3", "d4", "e5", "f6"], [],
            "there is no Rollout 'cart' in namespace 'prod'; there are a1, b2, c3, d4, e5 and 1 more"
        ),
    ])
    func missingRolloutNamesOthers(
        _ name: String, _ others: [String], _ elsewhere: [String], _ text: String
    ) {
        let missing = MissingRollout(name: name, namespace: "prod", others: others, elsewhere: elsewhere)
        #expect(missing.description == text)
    }

    @Test func cutsWideCharactersWhole() {
        let line = StyledLine("網頁伺服器", .good)
        #expect(line.width == 10)
        #expect(line.cut(to: 6).plainText == "網頁…")
        #expect(line.cut(to: 5).plainText == "網頁…")
        #expect(line.cut(to: 4).plainText == "網…")
        #expect(line.cut(to: 10).plainText == "網頁伺服器")
        #expect(line.cut(to: 0).isEmpty)
        #expect(line.padded(to: 12).width == 12)
        #expect(CharacterWidth.cells("e\u{301}👩‍👩‍👧✔️") == 5)
        #expect(CharacterWidth.end(of: "registry/網頁:1", within: 6) == "…頁:1")
    }

    @Test func breaksAtBlanks() {
        #expect(StyledText.wrapped("one two three four", width: 9) == ["one two", "three", "four"])
        #expect(StyledText.wrapped("abcdefghijklmnop", width: 8) == ["abcdefgh", "ijklmnop"])
        #expect(StyledText.wrapped("one two three four five", width: 9, atMost: 2) == ["one two", "three fo…"])
        #expect(StyledText.wrapped("a\nb", width: nil) == ["a b"])
    }

    @Test(arguments: [
        (5, "5s"), (119, "119s"), (200, "3m20s"), (600, "10m"), (10_800, "3h"), (12_000, "3h20m"), (90_000, "25h"),
        (260_000, "3d"), (700_000, "8d"), (70_000_000, "2y80d"), (-3, "0s"),
    ])
    func agesAreKubectls(_ seconds: Int, _ text: String) {
        #expect(ElapsedTime.text(seconds) == text)
    }

    @Test func colourIsOnlyColour() throws {
        for world in OverviewWorld.all {
            let overview = RolloutOverview(world.objects)
            let lines = RolloutTreeView.lines(of: overview, style: OverviewStyle(width: 80), now: OverviewWorld.now)
            let colored = StyledText.text(lines, isColored: true)
            #expect(colored.replacing(/\u{1B}\[[0-9]*m/, with: "") == StyledText.text(lines, isColored: false))
        }
    }
}
