import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// What is drawn again and again looks as if it were drawn once, in terminals of any width.
@Suite(.enabled(if: TerminalSession.tmux != nil, "tmux is not installed"), .timeLimit(.minutes(5)))
struct TerminalTests {
    let cluster: RunningCluster

    init() throws {
        cluster = try RunningCluster()
        let first = try cluster.run(["runtime", "apply", "--wait", "-"], input: OperationCommandTests.rollout())
        #expect(first.code == 0, "\(first.messages)")
    }

    func session(_ columns: Int, _ command: String, _ environment: [String: String] = [:]) throws -> TerminalSession {
        let variables = ["KUBECONFIG": cluster.kubeconfig].merging(environment) { $1 }
        return try TerminalSession(columns: columns, command, environment: variables)
    }

    func update() throws {
        let run = try cluster.run(["runtime", "set-image", "web", "app=example.com/web:2"])
        #expect(run.code == 0, "\(run.messages)")
        try OperationCommandTests.wait(cluster, phase: "Paused")
    }

    /// Lines without what differs from one look to the next.
    static func withoutAges(_ lines: [String]) -> [String] {
        lines.filter { !$0.hasPrefix("ended") }.map { line in
            line.replacing(/[0-9]+[smh]\b/, with: "#").split(separator: " ").joined(separator: " ")
        }
    }

    @Test(arguments: [34, 40, 60, 80]) func aPictureThatChangesIsAsOneThatIsNew(_ columns: Int) throws {
        let watch = try session(columns, "\"$program\" runtime get web --watch")
        try watch.wait("healthy") { $0.contains { $0.contains("✔ Healthy") } }
        try update()
        try watch.wait("paused, with both versions") { lines in
            lines.contains { $0.contains("‖ Paused") } && lines.contains("revision 1") && lines.contains("revision 2")
        }
        let once = try session(columns, "\"$program\" runtime get web")
        let expected = try once.wait("drawn") { $0.last == "ended 0" }
        try watch.wait("as new") { Self.withoutAges($0) == Self.withoutAges(expected) }
        let end = try watch.interrupt()
        #expect(end.contains { $0.hasSuffix("ended 0") })
        #expect(try watch.isAsBefore())
    }

    @Test func aTerminalThatBecomesNarrowerIsDrawnAnew() throws {
        try update()
        let watch = try session(80, "\"$program\" runtime get web --watch")
        try watch.wait("paused") { $0.contains("revision 2") }
        try watch.resize(columns: 40)
        let once = try session(40, "\"$program\" runtime get web")
        let expected = try once.wait("drawn") { $0.last == "ended 0" }
        try watch.wait("as new") { Self.withoutAges($0) == Self.withoutAges(expected) }
    }

    @Test func aListIsShortColouredOrPlain() throws {
        let plain = try session(40, "\"$program\" runtime list --watch", ["NO_COLOR": "1"])
        let colored = try session(80, "\"$program\" runtime list --watch")
        let piped = try session(120, "\"$program\" runtime list --watch | cat")
        for session in [plain, colored, piped] { try session.wait("healthy") { $0.contains { $0.contains("Healthy") } } }
        try update()
        for session in [plain, colored, piped] { try session.wait("paused") { $0.contains { $0.contains("Paused") } } }
        let narrow = try plain.screen()
        #expect(narrow.count == 3 && narrow[1].hasPrefix("web   ‖ Paused") && narrow[2] == "1 Rollout: 1 paused", "\(narrow)")
        #expect(try !plain.screen(isColored: true).joined().contains("\u{1B}["))
        let wide = try colored.screen()
        #expect(wide.count == 3 && wide[1].contains("step 2 of 2 waits for a person"), "\(wide)")
        #expect(try colored.screen(isColored: true).joined().contains("\u{1B}["))
        // A row for each change, below the others.
        let rows = try piped.screen()
        #expect(rows.count > 2 && rows.filter { $0.hasPrefix("NAME") }.count == 1, "\(rows)")
        #expect(try !piped.screen(isColored: true).joined().contains("\u{1B}["))
        #expect(try colored.interrupt().contains { $0.hasSuffix("ended 0") })
    }

    @Test(arguments: [40, 80]) func aWaitLeavesOneLineForEachRollout(_ columns: Int) throws {
        let folder = try ScratchFolder(["two.yaml": OperationCommandTests.rollout("one", steps: "[{setWeight: 50}]")
            + "---\n" + OperationCommandTests.rollout("two", steps: "[{setWeight: 50}]")])
        let path = folder.url.appending(path: "two.yaml").path
        let apply = try session(columns, "\"$program\" runtime apply --wait '\(path)' 2>/dev/null")
        let screen = try apply.wait("ended") { $0.last?.hasPrefix("ended") == true }
        #expect(screen.suffix(3) == ["one: Healthy", "two: Healthy", "ended 0"], "\(screen)")
        #expect(screen.filter { $0.hasPrefix("one:") || $0.hasPrefix("two:") }.count == 2, "\(screen)")
        #expect(try apply.isAsBefore())
    }
}

/// What is written to a terminal to draw over older lines.
@Suite struct LiveScreenTests {
    @Test func theRestOfALineIsCleared() {
        let title = StyledLine("revision 2", .bold).padded(to: 20)
        #expect(LiveScreen.body([title], columns: 20, isColored: false) == "revision 2\u{1B}[K\n")
        let full = StyledLine(String(repeating: "x", count: 20))
        #expect(LiveScreen.body([full], columns: 20, isColored: false) == String(repeating: "x", count: 20) + "\n")
        let wide = StyledLine(String(repeating: "x", count: 30))
        #expect(LiveScreen.body([wide], columns: 20, isColored: false) == String(repeating: "x", count: 19) + "…\n")
    }
}
