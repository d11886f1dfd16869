import ArgumentParser
import ManifestKit
import RolloutRuntime

/// AnalysisRuns and Experiments on a command line: a kind before all names, or one before each with a slash.
enum TrialNames {
    /// The objects, each once; nil where the words name none of the kinds.
    static func read(_ words: [String], kinds: [Trial.Kind]) throws -> [(kind: Trial.Kind, name: String)]? {
        if let first = words.first, let kind = kind(first, among: kinds) {
            guard words.count > 1 else { return nil }
            return try distinct(words.dropFirst().map { text in
                guard text.contains("/") else { return (kind, try checked(text, text)) }
                let entry = try slashed(text, kinds: kinds)
                guard let entry, entry.kind == kind else {
                    throw ValidationError("'\(text)' is no \(kind.words[0]), which the first word says that it is")
                }
                return entry
            })
        }
        let entries = try words.map { try slashed($0, kinds: kinds) }
        let found = entries.compactMap { $0 }
        return found.count == words.count && !found.isEmpty ? distinct(found) : nil
    }

    private static func kind(_ word: String, among kinds: [Trial.Kind]) -> Trial.Kind? {
        kinds.first { $0.words.contains(word.lowercased()) }
    }

    private static func slashed(_ text: String, kinds: [Trial.Kind]) throws -> (kind: Trial.Kind, name: String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let kind = kind(parts[0], among: kinds) else { return nil }
        return (kind, try checked(parts[1], text))
    }

    private static func checked(_ name: String, _ text: String) throws -> String {
        guard KubernetesNames.subdomain.accepts(name) else {
            throw ValidationError("'\(text)' is no name of an object")
        }
        return name
    }

    private static func distinct(
        _ entries: [(kind: Trial.Kind, name: String)]
    ) -> [(kind: Trial.Kind, name: String)] {
        var seen: Set<String> = []
        return entries.filter { seen.insert("\($0.kind.rawValue)/\($0.name)").inserted }
    }
}

extension OperationOptions {
    /// Ends or repeats each object, says what came of it, and ends the program with 1 where one was not done.
    func perform(_ deed: Trial.Deed, on trials: [(kind: Trial.Kind, name: String)]) async throws {
        let changed = try await access.withCluster { cluster, namespace in
            let performer = TrialOperator(cluster.transport, dryRun: dryRun)
            var changed: [(name: String, object: JSONValue)] = []
            for (kind, name) in trials {
                do throws(TrialOperator.Failure) {
                    let place = ObjectName(namespace: namespace, name: name)
                    let (object, summary) = try await performer.perform(deed, on: kind, place)
                    changed.append(("\(kind.words[0]).argoproj.io/\(name)", object))
                    guard output == nil else { continue }
                    let note = dryRun == .none ? "" : " (\(dryRun.rawValue) dry run: nothing was changed)"
                    try? StandardOutput.write(PlainText.shown("\(name): \(summary)\(note)") + "\n")
                } catch {
                    StandardError.write(PlainText.shown(
                        await complaint(error, deed, kind, ObjectName(namespace: namespace, name: name), performer)))
                }
            }
            return changed
        }
        if let output { try StandardOutput.write(output.text(of: changed)) }
        if changed.count < trials.count { throw ExitCode(ExitStatus.findings) }
    }

    private func complaint(
        _ failure: TrialOperator.Failure, _ deed: Trial.Deed, _ kind: Trial.Kind, _ name: ObjectName,
        _ performer: TrialOperator
    ) async -> String {
        switch failure {
        case .refused(let refusal): return "error: \(name.name): \(deed.rawValue) refused: \(refusal.text)"
        case .failed(let failure):
            return "error: " + (await performer.transport.explanation(of: failure, kind.resource, name))
        }
    }
}
