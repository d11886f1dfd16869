import Foundation

/// Programs that tests compare with, where the machine has them.
enum OutsideTools {
    /// The path of a program, or nil.
    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether kubectl is there and runs.
    static let hasKubectl = (try? run("kubectl", ["version", "--client"]))?.status == 0
    /// Whether Python with PyYAML is there.
    static let hasPyYAML = (try? run("python3", ["-c", "import yaml"]))?.status == 0

    /// Runs a program on some input and waits for it.
    static func run(_ name: String, _ arguments: [String], input: String = "") throws -> (status: Int32, output: String)
    {
        guard let path = path(of: name) else { return (127, "") }
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
