import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime status`: the phase of a Rollout, for scripts.
struct RuntimeStatusCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how a Rollout is; with --watch wait until its update has ended.",
        discussion: """
            Prints the phase and what the Rollout waits for. A change that the controller has not seen yet counts as \
            Progressing, so that it can be asked right after an apply.

              rollout-render runtime status web
              rollout-render runtime apply deploy/ && rollout-render runtime status web --watch --timeout 15m

            With --watch it prints every change and ends when the Rollout is Healthy or Degraded. It goes on when the \
            connection is lost, and a pause for a person is waited for like everything else: give a --timeout.

            The exit code is 0 when the Rollout is Healthy, or without --watch in any phase but Degraded; 1 when it is \
            Degraded, was deleted, or was not Healthy in time; and 2 for wrong usage, where there is no such Rollout, \
            and where the cluster cannot be read.
            """)

    @OptionGroup var argument: RolloutArgument

    @Flag(name: .shortAndLong, help: "Wait until the update has ended, and print each change.")
    var watch = false

    @Option(name: .shortAndLong, help: ArgumentHelp(
        "How long to wait at most, such as 90s or 15m; with --watch only.", valueName: "duration"))
    var timeout: String?

    @Option(name: .shortAndLong, help: "How to write it; with --watch, json is a line for each change.")
    var output = OverviewFormat.text

    @OptionGroup var access: ClusterAccessOptions

    func validate() throws {
        guard let timeout else { return }
        guard watch else { throw ValidationError("--timeout is of use only with --watch") }
        guard let duration = GoDuration(timeout), duration.nanoseconds >= 0 else {
            throw ValidationError("'\(timeout)' is no duration; write one such as 90s, 15m or 1h")
        }
    }

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let command = self
        let code = try await access.withCluster { cluster, namespace in
            let name = ObjectName(namespace: namespace, name: try command.argument.name())
            let rollout = try await RolloutWatch(name, transport: cluster.transport)
            if command.watch { return try await command.follow(rollout, name) }
            try await rollout.read()
            guard let objects = rollout.objects else { throw DeletedRollout(name: name) }
            let overview = RolloutOverview(objects)
            try command.write(overview, isWatching: false)
            return overview.phase == .degraded ? ExitStatus.findings : ExitStatus.clean
        }
        if code != ExitStatus.clean { throw ExitCode(code) }
    }

    /// Zero is as long as it takes, as it is for the reference.
    private var limit: Duration? {
        guard let nanoseconds = timeout.flatMap({ GoDuration($0) })?.nanoseconds, nanoseconds > 0 else { return nil }
        return .nanoseconds(nanoseconds)
    }

    private nonisolated(nonsending) func follow(_ rollout: RolloutWatch, _ name: ObjectName) async throws -> Int32 {
        var last: RolloutOverview?
        var said = ""
        var complaints: [String] = []
        var isDeleted = false
        let end = try await rollout.follow(timeout: limit) {
            if rollout.complaints != complaints {
                complaints = rollout.complaints
                for complaint in complaints { StandardError.write(PlainText.shown(complaint)) }
            }
            guard let objects = rollout.objects else {
                isDeleted = true
                return true
            }
            let overview = RolloutOverview(objects)
            let line = Self.line(of: overview, now: nil)
            last = overview
            if line != said {
                said = line
                try write(overview, isWatching: true)
            }
            return overview.phase == .healthy || overview.phase == .degraded
        }
        if isDeleted { StandardError.write(PlainText.shown("error: \(DeletedRollout(name: name))")) }
        switch end {
        case .finished: return last?.phase == .healthy && !isDeleted ? ExitStatus.clean : ExitStatus.findings
        case .timedOut:
            StandardError.write(PlainText.shown("error: not Healthy after \(timeout ?? ""): \(said)"))
            return ExitStatus.findings
        case .interrupted: return ExitStatus.findings
        }
    }

    private func write(_ overview: RolloutOverview, isWatching: Bool) throws {
        switch output {
        case .text, .wide: try StandardOutput.write(Self.line(of: overview, now: .current) + "\n")
        case .json where isWatching: try StandardOutput.write(JSONWriter.text(overview.summaryJSON) + "\n")
        case .json: try StandardOutput.write(JSONWriter.text(overview.summaryJSON, layout: .pretty) + "\n")
        case .yaml: try StandardOutput.write((isWatching ? "---\n" : "") + YAMLEmitter.text(overview.summaryJSON))
        }
    }

    /// `Paused - step 2 of 5 waits for a person, for 3m`; without times where there is no moment to count from.
    static func line(of overview: RolloutOverview, now: KubernetesTime?) -> String {
        guard let waiting = overview.waiting else { return overview.phase.rawValue }
        let text = now.map { waiting.text(now: $0) } ?? waiting.text
        return StyledLine("\(overview.phase.rawValue) - \(text)").plainText
    }
}
