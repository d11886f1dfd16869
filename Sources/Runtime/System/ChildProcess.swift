import NIOPosix
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that is run to its end, within limits of time and output.
struct ChildProcess: Sendable {
    /// What it is and gets.
    var program: String
    var arguments: [String]
    var environment: [String: String]
    /// Whether it may use this program's terminal: its standard input and error are then those of this program.
    var isInteractive = false
    /// Seconds that it may take.
    var seconds: Double
    /// Bytes that it may print.
    var greatestOutput: Int

    /// How it ended.
    struct Result: Sendable {
        /// Its exit code, or the negative number of the signal that ended it.
        var code: Int32
        /// What it printed.
        var output: [UInt8]
        /// The end of what it said on standard error.
        var complaint: String
    }

    /// Why it did not come to its end.
    enum Failure: Error, Equatable {
        case cannotStart(Errno)
        case tooSlow
        case tooMuchOutput
        case cancelled
    }

    /// The bytes of standard error that are kept.
    private static let greatestComplaint = 2048

    /// Runs it. It is killed, with everything that it has started, where it takes too long or the task is cancelled.
    func run() async throws(Failure) -> Result {
        let flag = CancellationFlag()
        let result: Swift.Result<Result, Failure>
        do {
            result = try await withTaskCancellationHandler {
                try await NIOThreadPool.singleton.runIfActive {
                    do throws(Failure) { return .success(try runBlocking(flag)) } catch { return .failure(error) }
                }
            } onCancel: {
                flag.raise()
            }
        } catch {
            throw .cancelled
        }
        return try result.get()
    }

    /// The file of a program that is named as in a shell, or nil where there is none.
    static func find(_ name: String, environment: [String: String]) -> String? {
        guard !name.contains("/") else { return access(name, X_OK) == 0 ? name : nil }
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether somebody sits at this program's standard input.
    static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    // MARK: On a thread that may wait

    private func runBlocking(_ flag: CancellationFlag) throws(Failure) -> Result {
        guard let output = Pipe() else { throw .cannotStart(Errno(rawValue: errno)) }
        defer { output.close() }
        guard let complaint = Pipe() else { throw .cannotStart(Errno(rawValue: errno)) }
        defer { complaint.close() }
        let process = try start(output: output, complaint: complaint)
        output.closeWriting()
        complaint.closeWriting()
        let deadline = ContinuousClock.now + .milliseconds(Int64(seconds * 1000))
        var result = Result(code: 0, output: [], complaint: "")
        do throws(Failure) {
            var said: [UInt8] = []
            try collect(output, complaint, into: &result.output, &said, until: deadline, flag)
            result.complaint = String(decoding: said, as: UTF8.self)
            result.code = try wait(for: process, until: deadline, flag)
            return result
        } catch {
            kill(isInteractive ? process : -process, SIGKILL)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            throw error
        }
    }

    private func start(output: Pipe, complaint: Pipe) throws(Failure) -> pid_t {
        let start = ProgramStart(
            program: program, arguments: arguments, environment: environment, hasOwnGroup: !isInteractive)
        do throws(Errno) {
            return try start.process { actions in
                posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
                guard !isInteractive else { return }
                posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
                posix_spawn_file_actions_adddup2(&actions, complaint.writing, STDERR_FILENO)
            }
        } catch {
            throw .cannotStart(error)
        }
    }

    /// Reads until both ends are closed.
    private func collect(
        _ output: Pipe, _ complaint: Pipe, into printed: inout [UInt8], _ said: inout [UInt8],
        until deadline: ContinuousClock.Instant, _ flag: CancellationFlag
    ) throws(Failure) {
        var polls = [output, complaint].map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
        while polls.contains(where: { $0.fd >= 0 }) {
            try check(deadline, flag)
            guard poll(&polls, nfds_t(polls.count), 100) > 0 else { continue }
            for place in polls.indices where polls[place].fd >= 0 && polls[place].revents != 0 {
                guard let part = Pipe.part(of: polls[place].fd) else { continue }
                if part.isEmpty { polls[place].fd = -1 }
                if place == 0 {
                    printed += part
                    if printed.count > greatestOutput { throw .tooMuchOutput }
                } else {
                    said = Array((said + part).suffix(Self.greatestComplaint))
                }
            }
        }
    }

    private func wait(
        for process: pid_t, until deadline: ContinuousClock.Instant, _ flag: CancellationFlag
    ) throws(Failure) -> Int32 {
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { break }
            if found < 0, errno != EINTR { return -1 }
            try check(deadline, flag)
            usleep(5000)
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : -signal
    }

    private func check(_ deadline: ContinuousClock.Instant, _ flag: CancellationFlag) throws(Failure) {
        if flag.isRaised { throw .cancelled }
        if ContinuousClock.now >= deadline { throw .tooSlow }
    }

    /// Says to the thread that the task is cancelled.
    private final class CancellationFlag: Sendable {
        private let state = Atomic(false)

        var isRaised: Bool { state.load(ordering: .relaxed) }

        func raise() { state.store(true, ordering: .relaxed) }
    }

    /// A pipe from the program to this one.
    private final class Pipe {
        let reading: Int32
        private(set) var writing: Int32

        init?() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            reading = ends[0]
            writing = ends[1]
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        func closeWriting() {
            guard writing >= 0 else { return }
            _ = close(writing)
            writing = -1
        }

        func close() {
            closeWriting()
            _ = close(reading)
        }

        private func close(_ end: Int32) -> Int32 {
            #if canImport(Glibc)
            Glibc.close(end)
            #elseif canImport(Musl)
            Musl.close(end)
            #else
            Darwin.close(end)
            #endif
        }

        /// What can be read now; empty at the end, nil where there is nothing yet.
        static func part(of file: Int32) -> [UInt8]? {
            var isMissing = false
            let part = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
                let size = read(file, buffer.baseAddress, buffer.count)
                isMissing = size < 0 && (errno == EINTR || errno == EAGAIN)
                count = max(size, 0)
            }
            return isMissing ? nil : part
        }
    }
}
