import Foundation

/// What the tests with real outside programs have in common.
enum EndToEnd {
    /// Python, where it is there.
    static let python = path(of: "python3")
    /// Traefik, where it is there.
    static let traefik = path(of: "traefik")
    /// Whether the recorded scenarios and what plays them are there.
    static let hasRecordings = hasModules("requests", "yaml") && recordings != nil
    /// The folder of the recorded scenarios, where it is there.
    static let recordings: URL? = {
        let folders = [ProgramRun.root.deletingLastPathComponent(),
            ProgramRun.root.deletingLastPathComponent().deletingLastPathComponent()]
        return folders.map { $0.appending(path: "shared/conformance") }.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "record.py").path)
        }
    }()

    /// The path of a program, or nil.
    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether Python has all of these packages.
    static func hasModules(_ names: String...) -> Bool {
        guard let python else { return false }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import " + names.joined(separator: ", ")]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// How a script ended.
    struct ScriptRun {
        /// What it printed.
        var output: String
        /// What it said beside that.
        var messages: String
        /// Its exit code.
        var code: Int32
    }

    /// Runs a script of Tests/EndToEnd to its end, without holding a thread that other tests need.
    static func script(_ name: String, _ arguments: [String]) async throws -> ScriptRun {
        try await run(
            python ?? "/usr/bin/python3", [ProgramRun.root.appending(path: "Tests/EndToEnd/\(name)").path] + arguments)
    }

    /// Runs a program to its end, without holding a thread that other tests need.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> ScriptRun {
        let scratch = try ScratchFolder(["out": "", "err": ""])
        let files = ["out", "err"].map { scratch.url.appending(path: $0) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return ScriptRun(output: texts[0], messages: texts[1], code: process.terminationStatus)
    }
}

/// The program with some arguments, for as long as somebody holds on to it.
final class RunningProgram {
    private let process = Process()
    private let file: URL

    /// Starts it; what it says goes to a file in a folder.
    init(_ arguments: [String], in folder: ScratchFolder) throws {
        file = folder.url.appending(path: "program-\(UUID().uuidString).log")
        try Data().write(to: file)
        process.executableURL = ProgramRun.program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = process.standardOutput
        try process.run()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// What it has said so far.
    var log: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
}
