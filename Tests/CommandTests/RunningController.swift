import Foundation

/// `runtime run` as a process of its own, beside a cluster that another process runs.
final class RunningController {
    private let process = Process()
    private let log: URL

    /// Starts it; the lease is short, so that another one need not wait for long.
    init(_ cluster: RunningCluster, name: String, _ arguments: [String] = []) throws {
        log = cluster.folder.url.appending(path: "log-\(name)")
        try Data().write(to: log)
        process.executableURL = ProgramRun.program
        process.arguments = [
            "runtime", "run", "--kubeconfig", cluster.kubeconfig, "--metrics-port", "any", "--healthz-port", "any",
            "--metrics-address", "127.0.0.1", "--leader-election-namespace", "default",
            "--leader-election-lease-duration", "10s", "--leader-election-renew-deadline", "7s",
            "--leader-election-retry-period", "500ms",
        ] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": cluster.folder.url.path, "POD_NAME": name]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// What it has said so far.
    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// The port that it says it serves something on.
    func port(of what: String) -> Int? {
        guard let match = (try? Regex("serves \(what) port=([0-9]+)", as: (Substring, Substring).self)).flatMap({ text.firstMatch(of: $0) })
        else { return nil }
        return Int(match.output.1)
    }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end; the exit code, or the signal that ended it as a number below 0.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
