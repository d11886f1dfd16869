import ManifestKit
import Synchronization

/// Lets a status that only counts pods anew wait a moment: mostly the next one follows at once and says more.
///
/// Pods come and go one by one, and each of them changes a number. What people and programs follow, such as a phase, a
/// step, a weight or a condition, is never held back.
final class StatusPatience: Sendable {
    /// The longest that a status waits, in seconds; 0 for not at all.
    private let seconds: Double
    /// Since when statuses wait, by the steady clock.
    private let waiting = Mutex<[ObjectName: Double]>([:])

    init(seconds: Double) { self.seconds = seconds }

    /// Until when what a plan does waits, by the steady clock; nil where it is done now.
    func end(of plan: Plan, from old: RolloutStatus, for name: ObjectName, now: Double) -> Double? {
        guard seconds > 0 else { return nil }
        return waiting.withLock { waiting in
            guard plan.actions.count == 1, case .updateStatus(let new)? = plan.actions.first,
                new.onlyCountsAnew(since: old)
            else {
                waiting[name] = nil
                return nil
            }
            let since = waiting[name] ?? now
            guard now < since + seconds else {
                waiting[name] = nil
                return nil
            }
            waiting[name] = since
            return since + seconds
        }
    }

    /// Forgets a Rollout that is no more.
    func forget(_ name: ObjectName) { waiting.withLock { $0[name] = nil } }
}

extension RolloutStatus {
    /// Whether this says nothing else than another status but how many pods there are, and names the receivers of
    /// traffic whose shares stay as they are.
    fileprivate func onlyCountsAnew(since old: RolloutStatus) -> Bool {
        guard conditions.count == old.conditions.count,
            conditions.allSatisfy({ condition in
                old.conditions.contains {
                    $0.type == condition.type && $0.status == condition.status && $0.reason == condition.reason
                        && $0.message == condition.message
                }
            }),
            weights?.canary.weight == old.weights?.canary.weight, weights?.stable.weight == old.weights?.stable.weight,
            weights?.additional == old.weights?.additional, weights?.isVerified == old.weights?.isVerified
        else { return false }
        var status = self
        status.conditions = old.conditions
        status.weights = old.weights
        status.message = old.message
        status.replicas = old.replicas
        status.updatedReplicas = old.updatedReplicas
        status.readyReplicas = old.readyReplicas
        status.availableReplicas = old.availableReplicas
        status.autoscalerReplicas = old.autoscalerReplicas
        return status == old
    }
}
