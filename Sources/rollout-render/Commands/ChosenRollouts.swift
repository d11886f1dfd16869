import ArgumentParser
import ManifestKit

/// The Rollouts among a user's files that a command is about, without faults, and everything beside them.
struct ChosenRollouts {
    /// All that was read.
    let input: RenderingInput
    /// The Rollouts.
    let rollouts: [RenderingInput.Object]

    /// Reads and checks files; complains and ends the program where there is nothing to go on with.
    ///
    /// - Parameter name: The only Rollout to take, as its name or as namespace/name.
    init(_ paths: [String], name: String?) throws {
        input = try RenderingInput.checked(paths)
        rollouts = try Self.chosenRollouts(in: input, name: name)
        try Self.refuseFaulty(rollouts, in: input)
    }

    private static func chosenRollouts(in input: RenderingInput, name: String?) throws -> [RenderingInput.Object] {
        let rollouts = input.objects.filter { $0.kind == .rollout }
        let chosen = name.map { name in rollouts.filter { matches($0.value, name) } } ?? rollouts
        guard chosen.isEmpty else { return chosen }
        RenderingComplaints.write(input.syntaxFindings)
        if !input.syntaxFindings.isEmpty { throw ExitCode(ExitStatus.findings) }
        var message = "error: there is no Rollout" + (name.map { " named \($0)" } ?? "") + " in the input"
        if !rollouts.isEmpty {
            message += "; it has " + rollouts.map { RenderingNames.full($0.value) }.joined(separator: ", ")
        }
        StandardError.write(PlainText.shown(message))
        throw ExitCode(ExitStatus.unusable)
    }

    private static func matches(_ rollout: JSONValue, _ name: String) -> Bool {
        RenderingNames.name(rollout) == name || RenderingNames.full(rollout) == name
    }

    /// A Rollout that the cluster would refuse has no update to show.
    private static func refuseFaulty(_ rollouts: [RenderingInput.Object], in input: RenderingInput) throws {
        struct Place: Hashable {
            var file: String
            var document: Int
        }
        let places = Set(rollouts.map { Place(file: $0.file, document: $0.document) })
        let faults = input.findings.filter { finding in
            finding.severity == .error && places.contains(Place(file: finding.span.file, document: finding.document))
        }
        let others = input.syntaxFindings.filter { !faults.contains($0) }
        guard !faults.isEmpty || !others.isEmpty else { return }
        RenderingComplaints.write(others + faults)
        throw ExitCode(ExitStatus.findings)
    }
}
