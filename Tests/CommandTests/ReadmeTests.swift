import Foundation
import Testing

/// Every console example in `README.md` prints what the page says.
@Suite struct ReadmeTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var command: String
        var output: String
        var testDescription: String { command }
    }

    /// The blocks that begin with `$ rollout-render`.
    static let examples: [Example] = {
        guard let page = try? String(contentsOf: ProgramRun.root.appending(path: "README.md"), encoding: .utf8) else {
            return []
        }
        return page.components(separatedBy: "```console\n").dropFirst().compactMap { block in
            guard let end = block.range(of: "\n```"), block.hasPrefix("$ rollout-render ") else { return nil }
            let lines = block[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
            return Example(
                command: String(lines[0].dropFirst(2)), output: lines.dropFirst().joined(separator: "\n"))
        }
    }()

    @Test func hasExamples() { #expect(Self.examples.count >= 6) }

    @Test(arguments: examples) func printsWhatThePageSays(_ example: Example) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        let command = "\"$PROGRAM\"" + example.command.dropFirst("rollout-render".count)
        process.arguments = ["-c", "{ \(command); } 2>&1"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PROGRAM": ProgramRun.program.path, "NO_COLOR": "1"]) { $1 }
        process.currentDirectoryURL = ProgramRun.root
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let output = String(decoding: data, as: UTF8.self)
        #expect(output.trimmingCharacters(in: .newlines) == example.output)
    }
}
