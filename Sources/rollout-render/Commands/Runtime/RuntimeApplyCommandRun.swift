import ManifestKit
import RolloutRuntime

/// Applying, once the input is known to be good.
extension RuntimeApplyCommand {
    /// What became of one object.
    typealias Result = (target: ManifestApplier.Target, outcome: ManifestApplier.Outcome)

    /// Applies, prunes and waits; the program's exit code.
    func apply(_ set: ApplySet, to cluster: ClusterConnection, namespace: String) async throws -> Int32 {
        var settings = ManifestApplier.Settings(namespace: namespace)
        settings.forcesConflicts = forceConflicts
        let applier = ManifestApplier(cluster.transport, clock: ScaledClock(), settings: settings)
        let (targets, unknown) = try await applier.targets(of: set)
        for item in unknown {
            complain(
                "\(item.origin): the cluster has no kind \(item.kind) in \(item.apiVersion); is its CRD installed?")
        }
        let asked = await applier.asked(targets)
        for (target, outcome) in asked {
            if case .failed(let failure) = outcome { complain("\(target.title): \(Self.text(of: failure))") }
        }
        guard unknown.isEmpty, !asked.contains(where: { $0.outcome.object == nil }) else {
            complain("nothing was applied")
            return ExitStatus.findings
        }
        var results = asked
        if dryRun == .server {
            for (target, outcome) in asked { report(target, outcome) }
        } else {
            results = await applier.apply(asked.map(\.target)) { report($0, $1) }
        }
        try printObjects(results)
        let missing = results.filter { $0.outcome.object == nil }
        guard missing.isEmpty else {
            complain("\(missing.count) of \(results.count) objects were not applied; the others were, as listed")
            return ExitStatus.findings
        }
        return try await finish(results, cluster, namespace)
    }

    /// Waits for the Rollouts and prunes, as far as that is wanted.
    private func finish(_ results: [Result], _ cluster: ClusterConnection, _ namespace: String) async throws -> Int32 {
        let rollouts = results.map(\.target).filter { $0.item.stage == .rollouts }.map(\.name)
        if wait, !rollouts.isEmpty {
            let (code, isHealthy) = try await follow(rollouts, cluster, namespace)
            if !isHealthy, prune { StandardError.write("nothing was pruned, as not every Rollout is healthy yet") }
            guard isHealthy else { return code }
        }
        return prune ? try await pruned(results, cluster, namespace) : ExitStatus.clean
    }

    // MARK: Telling

    private func report(_ target: ManifestApplier.Target, _ outcome: ManifestApplier.Outcome) {
        let ending = dryRun == .server
            ? target.comesWithOthers ? " (server dry run; not asked, as what it needs comes with it)"
                : " (server dry run)"
            : ""
        switch outcome {
        case .created: tell("\(target.title) created\(ending)")
        case .configured: tell("\(target.title) configured\(ending)")
        case .unchanged: tell("\(target.title) unchanged\(ending)")
        case .failed(let failure): complain("\(target.title): \(Self.text(of: failure))")
        case .skipped: complain("\(target.title): not tried, because of what was refused before it")
        }
    }

    /// A line on one object, unless the objects themselves are printed.
    private func tell(_ line: String) {
        if output == nil { try? StandardOutput.write(PlainText.shown(line) + "\n") }
    }

    private func complain(_ text: String) {
        let lines = "error: \(text)".split(separator: "\n", omittingEmptySubsequences: false)
        StandardError.write(lines.map { PlainText.shown(String($0)) }.joined(separator: "\n"))
    }

    private func printObjects(_ results: [Result]) throws {
        guard let output else { return }
        let objects = results.compactMap { result in
            result.outcome.object.map { (name: result.target.title, object: $0) }
        }
        try StandardOutput.write(output.text(of: objects))
    }

    /// Says who owns what an apply would have changed; other failures speak for themselves.
    private static func text(of failure: KubernetesFailure) -> String {
        let conflicts = failure.causes.filter { $0.reason == "FieldManagerConflict" }
        guard !conflicts.isEmpty else { return "\(failure)" }
        let list = conflicts.map { cause in
            let parts = cause.message.split(separator: "\"", omittingEmptySubsequences: false)
            let owner = parts.count > 1 ? String(parts[1]) : cause.message
            let note = owner == ManifestApplier.fieldManager ? ", by a command such as set-image or undo" : ""
            return "\n  \(cause.field) is owned by \(owner)\(note)"
        }
        return "others own fields that the manifest wants otherwise:" + list.joined()
            + "\n  --force-conflicts takes them over; or leave them out of the manifest"
    }

    // MARK: Pruning

    private func pruned(_ results: [Result], _ cluster: ClusterConnection, _ namespace: String) async throws -> Int32 {
        let pruner = ManifestPruner(cluster.transport)
        let targets = results.map(\.target)
        let namespaces = Set(targets.map(\.name.namespace).filter { !$0.isEmpty } + [namespace]).sorted()
        let candidates: [ManifestPruner.Candidate]
        do throws(KubernetesFailure) {
            candidates = try await pruner.candidates(
                selector: selector ?? "", namespaces: namespaces, staying: targets)
        } catch {
            complain("nothing was pruned, as it is not certain what there is: \(error)")
            return ExitStatus.findings
        }
        var code = ExitStatus.clean
        for candidate in candidates {
            do throws(KubernetesFailure) {
                try await pruner.delete(candidate, isDryRun: dryRun == .server)
                tell("\(candidate.title) pruned" + (dryRun == .server ? " (server dry run)" : ""))
            } catch {
                complain("\(candidate.title): not pruned: \(error)")
                code = ExitStatus.findings
            }
        }
        return code
    }

    // MARK: Waiting

    /// Waits and shows how it goes; the exit code, and whether every Rollout is healthy.
    private func follow(
        _ names: [ObjectName], _ cluster: ClusterConnection, _ namespace: String
    ) async throws -> (code: Int32, isHealthy: Bool) {
        let display = ProgressDisplay(namespace: namespace, usesStandardError: output != nil)
        let waiter = RolloutWaiter(cluster.transport, clock: ScaledClock())
        let (end, states) = await waiter.wait(for: names, seconds: try timeoutSeconds()) { display.show($0) }
        display.finish(states)
        let place = namespace == cluster.namespace ? "" : " -n \(namespace)"
        let open = states.first { !$0.isSettled }?.name.name ?? names.first?.name ?? ""
        let hint = "`rollout-render runtime get \(open)\(place) --watch` shows it"
        switch end {
        case .interrupted:
            StandardError.write("interrupted: nobody waits any longer, and the update goes on; \(hint)")
            return (ExitStatus.interrupted, false)
        case .timedOut:
            StandardError.write("error: the time of \(timeout ?? "10m") is over, and the update goes on; \(hint)")
            return (ExitStatus.outOfTime, false)
        case .settled:
            let standings = states.compactMap(\.progress?.standing)
            if standings.contains(.failed) { return (ExitStatus.findings, false) }
            return (ExitStatus.clean, !standings.contains(.waitsForPerson))
        }
    }
}
