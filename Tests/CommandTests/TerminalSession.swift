import Foundation
import Testing

/// A command in a terminal of some size, which tmux provides.
final class TerminalSession {
    /// tmux, where it is there.
    static let tmux = EndToEnd.path(of: "tmux")

    private let folder: ScratchFolder
    private let columns: Int
    private let rows: Int

    /// Starts a shell command; when it has ended the screen says `ended` and its exit code.
    init(columns: Int, rows: Int = 40, _ command: String, environment: [String: String] = [:]) throws {
        folder = try ScratchFolder()
        self.columns = columns
        self.rows = rows
        let variables = environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        try folder.write("run.sh", Data("""
            export \(variables) PATH=/usr/bin:/bin
            program='\(ProgramRun.program.path)'
            \(command)
            echo "ended $?"
            exec sleep 600

            """.utf8))
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "test", "-x", "\(columns)", "-y", "\(rows)",
            "sh '\(folder.url.appending(path: "run.sh").path)'")
    }

    deinit { _ = try? tmux("kill-server") }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.tmux))
        process.arguments = ["-S", folder.url.appending(path: "socket").path, "-u"] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"]
        // A file, and no pipe: the server that tmux leaves behind may hold on to it.
        let output = folder.url.appending(path: "output")
        try Data().write(to: output)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return try String(contentsOf: output, encoding: .utf8)
    }

    /// What is on the screen, without blanks at the ends of lines; with colours where they are asked for.
    func screen(isColored: Bool = false) throws -> [String] {
        let text = isColored ? try tmux("capture-pane", "-e", "-p", "-t", "test") : try tmux("capture-pane", "-p", "-t", "test")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        return Array(lines.reversed().drop(while: \.isEmpty).reversed())
    }

    /// Waits until the screen is as wanted, and gives it.
    @discardableResult
    func wait(_ what: String, _ isSo: ([String]) throws -> Bool) throws -> [String] {
        var last: [String] = []
        for _ in 0..<600 {
            last = try screen()
            if try isSo(last) { return last }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw RunningCluster.Failure(description: "never so: \(what)\n\(last.joined(separator: "\n"))")
    }

    /// Sends Ctrl-C and waits for the end.
    func interrupt() throws -> [String] {
        try tmux("send-keys", "-t", "test", "C-c")
        return try wait("ended") { $0.contains { $0.hasPrefix("ended") } }
    }

    /// Gives the terminal another width.
    func resize(columns: Int) throws {
        try tmux("resize-window", "-t", "test", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// Whether the cursor is shown and long lines go on in the next one, as it was before.
    func isAsBefore() throws -> Bool {
        try tmux("display-message", "-p", "-t", "test", "#{cursor_flag} #{wrap_flag}") == "1 1\n"
    }
}
