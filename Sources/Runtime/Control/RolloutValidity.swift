import ManifestKit
import Synchronization

/// Whether Rollouts are sound enough to be acted on; each generation of one is checked once.
final class RolloutValidity: Sendable {
    private struct Verdict {
        var uid: String
        var generation: Int
        var problem: String?
    }

    private let verdicts = Mutex<[ObjectName: Verdict]>([:])

    /// What is wrong with a Rollout's own fields, or nil.
    func problem(of object: JSONValue) -> String? {
        let name = ObjectName(of: object)
        let uid = object["metadata"]?["uid"]?.string ?? ""
        let generation = object["metadata"]?["generation"]?.integer ?? 0
        if let known = verdicts.withLock({ $0[name] }), known.uid == uid, known.generation == generation {
            return known.problem
        }
        let problem = Self.check(object)
        verdicts.withLock { $0[name] = Verdict(uid: uid, generation: generation, problem: problem) }
        return problem
    }

    /// Forgets a Rollout that is no more.
    func forget(_ name: ObjectName) { verdicts.withLock { $0[name] = nil } }

    /// The rules about Rollouts; those about pods are the API server's, which refuses the pods.
    private static let rules = Set(ValidationRules.rollout.map { $0.id })

    private static func check(_ object: JSONValue) -> String? {
        var manifest = object
        manifest["status"] = nil
        guard let document = YAMLParser.document(JSONWriter.text(manifest)) else { return nil }
        var validator = Validator()
        validator.check(document)
        let errors = validator.diagnostics.filter { $0.severity == .error && rules.contains($0.rule) }
        guard let first = errors.first else { return nil }
        let rest = errors.count == 1 ? "" : " (and \(errors.count - 1) more)"
        return first.message + rest
    }
}
