import ManifestKit
import Synchronization

/// Holds back statuses in which only numbers of pods differ, for a moment: while pods come and go one by one, each of
/// them would be a write.
final class StatusPatience: Sendable {
    /// For how many seconds the numbers of pods in a status may be behind.
    static let seconds = 2

    /// Since when something is held back; nothing for those whose first plan has been done.
    private let since = Mutex<[ObjectName: KubernetesTime?]>([:])

    /// When a plan is to be done, where that is not now.
    func postponement(
        of plan: Plan, for rollout: ObjectName, from old: RolloutStatus, now: KubernetesTime
    ) -> KubernetesTime? {
        let isUrgent = plan.actions.contains { action in
            guard case .updateStatus(let new) = action else { return true }
            return Self.withoutCounts(new) != Self.withoutCounts(old)
        }
        return since.withLock { since in
            // A controller that has just started does not wait: the one before may have done so already.
            guard !plan.isEmpty, !isUrgent, let known = since[rollout] else {
                since[rollout] = .some(nil)
                return nil
            }
            let first = known ?? now
            let moment = KubernetesTime(seconds: first.seconds + Int64(Self.seconds))
            since[rollout] = moment > now ? first : .some(nil)
            return moment > now ? moment : nil
        }
    }

    /// Forgets a Rollout that is no more.
    func forget(_ rollout: ObjectName) { since.withLock { _ = $0.removeValue(forKey: rollout) } }

    /// A status without numbers of pods and what is said about them.
    private static func withoutCounts(_ status: RolloutStatus) -> RolloutStatus {
        var status = status
        status.replicas = 0
        status.updatedReplicas = 0
        status.readyReplicas = 0
        status.availableReplicas = 0
        status.autoscalerReplicas = 0
        status.message = ""
        for place in status.conditions.indices {
            status.conditions[place].lastUpdateTime = KubernetesTime(seconds: 0)
            status.conditions[place].message = ""
        }
        status.conditions.sort { $0.type < $1.type }
        status.weights?.canary.podTemplateHash = nil
        status.weights?.stable.podTemplateHash = nil
        return status
    }
}
