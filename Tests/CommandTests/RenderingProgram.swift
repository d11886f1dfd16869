import Foundation

/// Runs the built program as a user would.
enum RenderingProgram {
    /// What a run came to.
    struct Outcome {
        var status: Int32
        var output: String
        var complaints: String
    }

    /// The program beside the tests.
    static let url: URL = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folders = [
            Bundle.main.executableURL?.deletingLastPathComponent(),
            URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(),
            root.appending(path: ".build/debug"),
        ]
        let candidates = folders.compactMap { $0?.appending(path: "rollout-render") }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
    }()

    /// Runs the program in a folder, with a text as its standard input.
    static func run(_ arguments: [String], in folder: URL? = nil, input: String = "") throws -> Outcome {
        try run(url, arguments, in: folder, input: input)
    }

    /// Runs any program.
    static func run(_ program: URL, _ arguments: [String], in folder: URL?, input: String = "") throws -> Outcome {
        let work = try makeFolder()
        defer { try? FileManager.default.removeItem(at: work) }
        let files = ["in", "out", "error"].map { work.appending(path: $0) }
        for file in files { try Data(input.utf8).write(to: file) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = folder }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        let handles = try files.dropFirst().map { try FileHandle(forWritingTo: $0) }
        for handle in handles { try handle.truncate(atOffset: 0) }
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return Outcome(status: process.terminationStatus, output: texts[1], complaints: texts[2])
    }

    /// Makes an empty folder.
    static func makeFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
