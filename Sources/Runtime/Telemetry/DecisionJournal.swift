import ManifestKit
import Synchronization

/// Logs what a controller decides: a line for each thing that it does, and why.
///
/// A failure that is the same as the last time is told once; it is tried again for as long as it lasts.
public final class DecisionJournal: Sendable {
    private let log: LogWriter
    /// The last failure of each Rollout.
    private let failures = Mutex<[ObjectName: String]>([:])
    /// How many failures are remembered; the rest may be told again.
    private static let limit = 10_000

    /// Logs to a writer.
    public init(_ log: LogWriter) { self.log = log }

    /// Logs a decision.
    public func note(_ decision: Decision) {
        let fields: [LogWriter.Field] = [
            ("namespace", decision.rollout.namespace), (decision.kind, decision.rollout.name),
        ]
        switch decision.result {
        case .slowedDown:
            log.log(
                .warn, "writes too often and is slowed down: another controller may change what this one does", fields)
        case .stopped(let count, let failure):
            tell(decision.actions.prefix(count), decision.reasons, fields)
            let isOld = failures.withLock { failures in
                if failures.count >= Self.limit { failures = [:] }
                return failures.updateValue(failure.message, forKey: decision.rollout) == failure.message
            }
            // A conflict is everyday: somebody else has written, and the next plan knows.
            let level: LogWriter.Level = isOld ? .debug : failure.reason == .conflict ? .info : .warn
            log.log(level, "will try again: \(failure.message)", fields + [("reason", failure.reason.rawValue)])
        case .done:
            failures.withLock { $0[decision.rollout] = nil }
            tell(decision.actions[...], decision.reasons, fields)
        }
    }

    private func tell(_ actions: ArraySlice<Action>, _ reasons: [String], _ fields: [LogWriter.Field]) {
        guard !actions.isEmpty else {
            for reason in reasons { log.log(.debug, reason, fields) }
            return
        }
        for summary in actions.compactMap(\.summary) { log.log(.info, summary, fields) }
        for reason in reasons { log.log(.info, reason, fields) }
    }

    /// Logs what else a controller says.
    func note(_ notice: Controller.Notice) {
        switch notice {
        case .cannotFollow(.rollouts, let failure) where failure.reason == .notFound:
            log.log(
                .error, "the CRD rollouts.argoproj.io is not installed: run 'rollout-render runtime install'; "
                    + "looks for it again")
        case .cannotFollow(let resource, let failure) where failure.reason == .notFound:
            log.log(.info, "the cluster has no such type", [("resource", "\(resource)")])
        case .cannotFollow(let resource, let failure):
            let effect = resource == .rollouts || resource == .replicaSets
                ? "nothing can be done" : "Rollouts that refer to such objects wait, others do not"
            log.log(
                .warn, "cannot read \(resource): \(failure.message); \(effect); tries again",
                [("resource", "\(resource)"), ("reason", failure.reason.rawValue)])
        case .followsAgain(let resource): log.log(.info, "reads \(resource) again", [("resource", "\(resource)")])
        case .cannotSeeSecrets(let namespaces):
            let isOwnSeen = namespaces == [""]
            let places = namespaces.filter { !$0.isEmpty }.joined(separator: " and ")
            log.log(
                isOwnSeen ? .info : .warn,
                "may not list the Secrets of \(isOwnSeen ? "other namespaces" : "namespace \(places)"): one there with "
                    + "the label \(IstioPrimaryCluster.label)=true, which says that Istio's configuration is in "
                    + "another cluster, is not noticed, and weights written here would do nothing")
        case .clockWasSet(let seconds):
            log.log(.warn, "the clock was set by \(Int(seconds)) seconds: looks at every Rollout")
        }
    }
}
