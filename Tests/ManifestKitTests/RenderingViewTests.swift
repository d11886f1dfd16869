import Testing

@testable import ManifestKit

/// The views of a rendering, over values made by hand.
@Suite struct RenderingViewTests {
    /// A canary of ten replicas that goes over twenty percent and a pause of ten minutes.
    static let canary: RolloutRendering = {
        let rows: [(index: Int, step: String, set: Int?, weight: Int, stable: Int, canary: Int, seconds: Int?)] = [
            (-1, "initial", nil, 0, 10, 0, 0), (0, "setWeight: 20", 20, 20, 8, 2, 0),
            (1, "pause: {}", nil, 20, 8, 2, nil), (2, "setWeight: 55", 55, 60, 4, 6, 0),
            (3, "pause: 10m", nil, 60, 4, 6, 600), (4, "done", nil, 100, 10, 0, 0),
        ]
        let steps = rows.map { row in
            let isDone = row.index == 4
            let stable = RenderedStep.Version(
                name: isDone ? "web-new" : "web-old", hash: isDone ? "new" : "old", replicas: row.stable)
            let isUpdating = (0...3).contains(row.index)
            return RenderedStep(
                index: row.index, step: row.step, setWeight: row.set, weight: row.weight, stable: stable,
                canary: isUpdating ? RenderedStep.Version(name: "web-new", hash: "new", replicas: row.canary) : nil,
                totalPods: row.stable + row.canary, leastAvailablePods: isUpdating ? 8 : 10,
                durationSeconds: row.seconds,
                objects: [
                    replicaSet("web-old", isDone ? 0 : row.stable), replicaSet("web-new", isDone ? 10 : row.canary),
                ],
                abort: isUpdating
                    ? RenderedStep.Abort(
                        weight: 0, stableReplicas: 10, canaryReplicas: row.canary, canaryScaleDownDelaySeconds: 30,
                        objects: [replicaSet("web-old", 10)]) : nil)
        }
        return RolloutRendering(
            rollout: "web", namespace: "prod", strategy: .canary, replicas: 10, steps: steps,
            notes: ["no router divides the traffic"])
    }()

    /// A blue-green update of a Rollout whose name tries to break out of a page.
    static let blueGreen: RolloutRendering = {
        let names = ["initial", "preview", "switched", "done"]
        let steps = names.enumerated().map { position, name in
            RenderedStep(
                index: position - 1, step: name, setWeight: nil, weight: nil,
                stable: RenderedStep.Version(name: "a", hash: "a", replicas: position == 3 ? 0 : 3),
                canary: position == 0 ? nil : RenderedStep.Version(name: "b", hash: "b", replicas: 3),
                totalPods: position == 0 || position == 3 ? 3 : 6, leastAvailablePods: 3,
                durationSeconds: position == 1 ? nil : 0,
                objects: [["kind": "Service", "metadata": ["name": "<b>&\"'"], "spec": ["selector": .string(name)]]],
                abort: nil)
        }
        return RolloutRendering(
            rollout: "<script>alert(1)</script>", namespace: nil, strategy: .blueGreen, replicas: 3, steps: steps)
    }()

    static func replicaSet(_ name: String, _ replicas: Int) -> JSONValue {
        [
            "kind": "ReplicaSet", "apiVersion": "apps/v1", "spec": ["replicas": .int(replicas)],
            "metadata": ["name": .string(name), "namespace": "prod"],
        ]
    }

    @Test func tableAligns() {
        let text = RenderingTable.text(of: [Self.canary], style: RenderingStyle())
        #expect(
            text == """
                prod/web: canary, 10 replicas, old -> new
                   STEP           SET  GETS  STABLE  CANARY  PODS  LEAST    AT  LASTS  ABORT
                   initial               0%      10            10     10    0s
                1  setWeight: 20  20%   20%       8       2    10      8    0s         10+2 for 30s
                2  pause: {}            20%       8       2    10      8    0s  waits  10+2 for 30s
                3  setWeight: 55  55%   60%       4       6    10      8   0s+         10+6 for 30s
                4  pause: 10m           60%       4       6    10      8   0s+    10m  10+6 for 30s
                   done                100%      10            10     10  10m+
                note: no router divides the traffic

                """)
    }

    @Test func tableFitsItsWidth() {
        var long = Self.canary
        long.steps[1].step = String(repeating: "analysis ", count: 30)
        for width in [80, 90, 100] {
            let text = RenderingTable.text(of: [long], style: RenderingStyle(width: width))
            let rows = text.split(separator: "\n").dropFirst().prefix(7)
            #expect(rows.allSatisfy { $0.count <= width }, "\(text)")
        }
    }

    @Test func tableColoursOnlyWhenAsked() {
        #expect(!RenderingTable.text(of: [Self.canary], style: RenderingStyle()).contains("\u{1B}"))
        let colored = RenderingTable.text(of: [Self.canary], style: RenderingStyle(isColored: true))
        #expect(colored.contains("\u{1B}[33m2  pause"))
    }

    @Test func namesCannotSteerATerminal() {
        var evil = Self.canary
        evil.rollout = "web\u{1B}[2J\n# x"
        evil.steps[0].step = "a\u{7}\nb"
        for view in [RenderingTable.self, RenderingYAML.self] as [any RenderingView.Type] {
            let text = view.text(of: [evil], style: RenderingStyle())
            #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
            #expect(!text.contains("\n# x"))
        }
    }

    @Test func yamlIsAStreamOfTheObjects() {
        let text = RenderingYAML.text(of: [Self.canary, Self.blueGreen], style: RenderingStyle())
        let objects = YAMLParser.documents(in: SourceFile(name: "stream", text: text)).compactMap { $0.root?.json }
        #expect(objects == (Self.canary.steps + Self.blueGreen.steps).flatMap(\.objects))
        #expect(text.contains("# Rollout prod/web, step 1 of 4, setWeight: 20\n"))
        #expect(text.hasPrefix("---\n# Rollout prod/web, initial\napiVersion: apps/v1\nkind: ReplicaSet\n"))
    }

    @Test func jsonHasItsShape() throws {
        let text = RenderingJSON.text(of: [Self.canary, Self.blueGreen], style: RenderingStyle())
        let value = try #require(YAMLParser.document(text)?.root?.json)
        let step = value[0]?["steps"]?[1]
        #expect(value[0]?["rollout"] == "web" && value[0]?["namespace"] == "prod")
        #expect(step?["index"] == 0 && step?["step"] == "setWeight: 20" && step?["weight"] == 20)
        #expect(step?["stable"] == ["name": "web-old", "hash": "old", "replicas": 8])
        #expect(step?["pods"] == ["total": 10, "leastAvailable": 8])
        #expect(step?["objects"]?.array?.count == 2)
        #expect(value[1]?["namespace"] == .null && value[1]?["steps"]?[0]?["weight"] == .null)
    }

    @Test func foldersHaveSafeAndDifferentNames() {
        var evil = Self.canary
        evil.rollout = "../../etc"
        evil.steps[0].objects = [
            ["kind": "../X", "metadata": ["name": "../../passwd"]], ["kind": "Service", "metadata": ["name": "A"]],
            ["kind": "Service", "metadata": ["name": "a"]], [:],
        ]
        let files = RenderingFolders.files(of: [evil, Self.canary, Self.canary])
        #expect(files.first?.path == ["prod...-..-etc", "00-initial", "x-..-..-passwd.yaml"])
        for file in files {
            #expect(file.path.allSatisfy { !$0.contains("/") && !$0.hasPrefix(".") && !$0.isEmpty }, "\(file.path)")
        }
        #expect(Set(files.map { $0.path.joined(separator: "/").lowercased() }).count == files.count)
        #expect(Set(files.map { $0.path[0] }).count == 3)
        #expect(RenderingFolders.files(of: [Self.canary]).map { $0.path.joined(separator: "/") }.contains(
            "prod.web/01-setWeight-20/replicaset-web-old.yaml"))
    }

    @Test func pageIsSelfContainedAndEscaped() {
        let text = RenderingHTML.text(of: [Self.canary, Self.blueGreen], style: RenderingStyle())
        #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!text.contains("<script"))
        #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("url("))
        #expect(text.contains("<del>-   replicas: 10</del>"))
        #expect(text.contains("<ins>+   replicas: 8</ins>"))
        #expect(text.contains("<svg") && text.contains("id=\"rollout-1\""))
        #expect(text.contains("no router divides the traffic"))
    }

    @Test func pageOfNothingIsAPage() {
        #expect(RenderingHTML.text(of: [], style: RenderingStyle()).contains("</html>"))
        var empty = Self.canary
        empty.steps = []
        for view in RenderingViews.all { _ = view.text(of: [empty], style: RenderingStyle()) }
    }

    @Test func viewsAreSorted() {
        let names = RenderingViews.all.map { $0.name }
        #expect(names == names.sorted())
        #expect(RenderingViews.named("html") != nil && RenderingViews.named("pdf") == nil)
    }

    @Test(arguments: [
        ("", "", []), ("a\n", "a\n", []), ("a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]),
        ("", "a\n", ["+a"]), ("a\n", "", ["-a"]), ("a\nb\n", "b\na\n", ["-a", " b", "+a"]),
        ("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\n6\n8\n", ["~5", " 6", "-7", "+8"]),
    ])
    func diffIsMinimal(_ old: String, _ new: String, _ expected: [String]) {
        let diff = LineDiff(from: old, to: new, context: 1)
        let shown = diff.lines.map { line in
            switch line.change {
            case .same: " \(line.text)"
            case .removed: "-\(line.text)"
            case .added: "+\(line.text)"
            case .skipped(let count): "~\(count)"
            }
        }
        #expect(shown == expected || old == new && shown.allSatisfy { $0.hasPrefix("~") })
    }

    @Test(arguments: [(0, "0s"), (30, "30s"), (600, "10m"), (5400, "1h30m"), (3661, "1h1m1s"), (86400, "24h")])
    func durationsAreShort(_ seconds: Int, _ text: String) {
        #expect(RenderingWords.duration(seconds) == text)
    }
}
