import Foundation

/// A run of the program as a user would start it.
struct ProgramRun {
    /// What it printed.
    var output: String
    /// What it said beside that.
    var messages: String
    /// Its exit code.
    var code: Int32

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The built program, which is beside the built tests.
    static let program: URL = {
        let tests = URL(filePath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath()
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appending(path: "rollout-render")
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: program.path, isDirectory: &isFolder)
            if exists, !isFolder.boolValue { return program }
            folder = folder.deletingLastPathComponent()
        }
        return root.appending(path: ".build/debug/rollout-render")
    }()

    /// Starts the program in a folder and waits for its end.
    init(_ arguments: [String], input: String? = nil, in folder: URL? = nil, environment: [String: String] = [:]) throws
    {
        let scratch = try ScratchFolder()
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.currentDirectoryURL = folder ?? scratch.url
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": scratch.url.path].merging(environment) { $1 }
        let files = ["in", "out", "err"].map { scratch.url.appending(path: ".std" + $0) }
        try Data((input ?? "").utf8).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
        messages = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

/// A folder that is gone with the last who uses it.
final class ScratchFolder {
    let url: URL

    init(_ files: [String: String] = [:]) throws {
        url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "rollout-render-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, Data(text.utf8)) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ data: Data) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }
}
