import Foundation

@testable import RolloutRuntime

/// A program that works beside a test.
///
/// Not Foundation's `Process`: on Linux that hands the sockets that are opened while it starts a program on to it, and a
/// connection that one test ends lives on in the program of another.
final class OutsideProgram: Sendable {
    private let process: pid_t

    /// Starts a program whose standard input, output and error are files.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null"
    ) throws {
        let start = ProgramStart(program: program, arguments: arguments, environment: environment)
        process = try start.process { actions in
            let writing = O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o600)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o600)
        }
    }

    /// Waits for its end, and makes one where it takes longer than some seconds; its exit code, or the negative number of
    /// the signal that ended it.
    func end(within seconds: Double) async throws -> Int32 {
        let deadline = ContinuousClock.now + .milliseconds(Int64(seconds * 1000))
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { _ = kill(process, SIGKILL) }
            try await Task.sleep(for: .milliseconds(10))
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    /// Ends it at once.
    func stop() {
        _ = kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// The file of a program in PATH, or nil.
    static func find(_ name: String) -> String? {
        ChildProcess.find(name, environment: ProcessInfo.processInfo.environment)
    }
}
