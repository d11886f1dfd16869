import Foundation

/// The built program with an embedded cluster in it, and the controller if wanted, for as long as somebody holds on to it.
final class RunningCluster {
    /// The folder that its kubeconfig is in.
    let folder: ScratchFolder
    /// The kubeconfig.
    var kubeconfig: String { folder.url.appending(path: "cluster.yaml").path }
    private let process: Process

    /// Starts `runtime run --embedded`, or `runtime cluster` without a controller, and waits until it answers.
    init(hasController: Bool = true, _ arguments: [String] = ["--pod-delay", "50ms"]) throws {
        folder = try ScratchFolder()
        process = Process()
        process.executableURL = ProgramRun.program
        let kubeconfig = folder.url.appending(path: "cluster.yaml").path
        process.arguments = (hasController ? ["runtime", "run", "--embedded"] : ["runtime", "cluster"])
            + ["--kubeconfig-out", kubeconfig] + arguments
        let log = folder.url.appending(path: "log")
        try Data().write(to: log)
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "log"))
        try process.run()
        for _ in 0..<1200 {
            if FileManager.default.fileExists(atPath: kubeconfig) { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Failure(description: "the cluster did not start: \(self.log)")
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// What it has said so far.
    var log: String { (try? String(contentsOf: folder.url.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// Runs the program against the cluster.
    func run(_ arguments: [String], input: String? = nil) throws -> ProgramRun {
        try ProgramRun(arguments, input: input, environment: ["KUBECONFIG": kubeconfig])
    }

    /// Why it could not be started.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
