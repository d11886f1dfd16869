import ArgumentParser
import ManifestKit
import RolloutRuntime

/// The options of the commands that do something with Rollouts, and how they run.
struct OperationOptions: ParsableArguments {
    @OptionGroup var access: ClusterAccessOptions

    @Option(help: "Do nothing, and say what would be done: worked out here, or by the API server.")
    var dryRun = RolloutOperator.DryRun.none

    @Option(name: .shortAndLong, help: "Print the changed objects instead of a line on each.")
    var output: ObjectOutput?

    /// Does an operation on each Rollout, says what came of it, and ends the program with 1 where one was not done.
    func perform(_ operation: any RolloutOperation, on names: [String]) async throws {
        let reports = try await access.withCluster { cluster, namespace in
            let performer = RolloutOperator(cluster.transport, clock: ScaledClock(), dryRun: dryRun)
            let place = namespace == cluster.namespace ? "" : " -n \(namespace)"
            var reports: [Report] = []
            for name in names {
                reports.append(await report(
                    of: operation, on: ObjectName(namespace: namespace, name: name), performer, place: place))
            }
            return reports
        }
        let changed = reports.compactMap { $0.changed.map { ($0.name, $0.object) } }
        if let output { try StandardOutput.write(output.text(of: changed)) }
        if reports.contains(where: { $0.changed == nil }) { throw ExitCode(ExitStatus.findings) }
    }

    /// What came of an operation on one Rollout.
    private struct Report: Sendable {
        /// The object as it is now; nil where nothing was done.
        var changed: (name: String, object: JSONValue)?
    }

    /// Does it and says so at once: what is done is done, whatever becomes of the next one.
    private func report(
        of operation: any RolloutOperation, on name: ObjectName, _ performer: RolloutOperator, place: String
    ) async -> Report {
        do throws(RolloutOperator.Failure) {
            let outcome = try await performer.perform(operation, on: name)
            if output == nil { try? StandardOutput.write(line(on: name.name, outcome, place: place) + "\n") }
            if outcome.isStale { StandardError.write("warning: \(name.name): \(Self.staleness)") }
            let kind = "\(outcome.resource.kind.lowercased())\(outcome.resource.group.isEmpty ? "" : ".")"
            let changed = outcome.object["metadata"]?["name"]?.string ?? name.name
            return Report(changed: ("\(kind)\(outcome.resource.group)/\(changed)", outcome.object))
        } catch {
            StandardError.write(PlainText.shown(await complaint(error, operation, name, performer)))
            return Report(changed: nil)
        }
    }

    private func line(on name: String, _ outcome: RolloutOperator.Outcome, place: String) -> String {
        var line = "\(name): \(outcome.plan.summary)"
        if dryRun != .none { return PlainText.shown(line + " (\(dryRun.rawValue) dry run: nothing was changed)") }
        if outcome.plan.startsMovement {
            line += "; `rollout-render runtime get \(name)\(place) --watch` shows it"
        }
        return PlainText.shown(line)
    }

    private static let staleness =
        "the controller has not seen the newest spec yet, so this is about the one before; is it running?"

    private func complaint(
        _ failure: RolloutOperator.Failure, _ operation: any RolloutOperation, _ name: ObjectName,
        _ performer: RolloutOperator
    ) async -> String {
        switch failure {
        case .refused(let refusal, let isStale):
            return "error: \(name.name): \(type(of: operation).name) refused: \(refusal.text)"
                + (isStale ? " (\(Self.staleness))" : "")
        case .failed(let failure):
            return "error: " + (await performer.transport.explanation(of: failure, .rollouts, name))
        }
    }
}

/// The Rollouts that a command is for.
struct RolloutNames: ParsableArguments {
    @Argument(help: ArgumentHelp("The Rollouts, by name or as rollout/name.", valueName: "rollout"))
    var rollouts: [String]

    func validate() throws { for name in rollouts { _ = try Self.name(name) } }

    /// The names alone, each once.
    func names() throws -> [String] {
        var seen: Set<String> = []
        return try rollouts.map(Self.name).filter { seen.insert($0).inserted }
    }

    /// The name in `web`, `rollout/web`, `ro/web` or `rollout.argoproj.io/web`.
    static func name(_ text: String) throws -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let kinds = ["ro", "rollout", "rollouts", "rollout.argoproj.io", "rollouts.argoproj.io"]
        if parts.count == 2, !kinds.contains(parts[0].lowercased()) {
            throw ValidationError("'\(text)' is no Rollout; write its name, or rollout/name, and -n for its namespace")
        }
        guard parts.count <= 2, let name = parts.last, KubernetesNames.subdomain.accepts(name) else {
            throw ValidationError("'\(text)' is no name of a Rollout")
        }
        return name
    }
}
