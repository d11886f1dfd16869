/// Fewer writes for the same course: what the next write says anyway is not written before.
enum PlanMerging {
    /// The actions of a plan without statuses that are followed by another at once, and with one event a reason.
    ///
    /// A status stays where something else is done between it and the next one, for a crash may come there, and where
    /// it is a stage of the update that people and programs follow.
    static func merged(_ actions: [Action], from status: RolloutStatus) -> [Action] {
        var merged: [Action] = []
        /// The stage that is written before the last status.
        var stage = Stage(status)
        /// The place of the last status, and whether only events have come behind it.
        var last: (place: Int, status: RolloutStatus, isOpen: Bool)?
        for action in actions {
            guard case .updateStatus(let new) = action else {
                if case .emit = action {} else { last?.isOpen = false }
                merged.append(action)
                continue
            }
            if let known = last {
                if known.isOpen, Stage(known.status) == stage || Stage(known.status) == Stage(new) {
                    merged[known.place] = action
                    last = (known.place, new, true)
                    continue
                }
                stage = Stage(known.status)
            }
            last = (merged.count, new, true)
            merged.append(action)
        }
        return withOneEventEach(merged)
    }

    /// What people and programs follow of a status.
    private struct Stage: Equatable {
        var phase: RolloutStatus.Phase?
        var step: Int?
        var isAborted: Bool
        var stableHash: String
        var activeSelector: String
        var weight: Int?
        var pauses: [String]

        init(_ status: RolloutStatus) {
            phase = status.phase
            step = status.currentStepIndex
            isAborted = status.isAborted
            stableHash = status.stableHash
            activeSelector = status.activeSelector
            weight = status.weights?.canary.weight
            pauses = status.pauseConditions.map(\.reason)
        }
    }

    /// What makes two events of a plan one.
    private struct EventClass: Hashable {
        var kind: RolloutEvent.Kind
        var reason: String

        init(_ event: RolloutEvent) {
            kind = event.kind
            reason = event.reason
        }
    }

    /// Several events of one reason become one with all that they say, at the place of the last.
    private static func withOneEventEach(_ actions: [Action]) -> [Action] {
        var result: [Action] = []
        var messages: [EventClass: [String]] = [:]
        var left: [EventClass: Int] = [:]
        for case .emit(let event) in actions { left[EventClass(event), default: 0] += 1 }
        for action in actions {
            guard case .emit(let event) = action else {
                result.append(action)
                continue
            }
            let key = EventClass(event)
            if messages[key]?.contains(event.message) != true { messages[key, default: []].append(event.message) }
            left[key, default: 1] -= 1
            guard left[key] == 0 else { continue }
            let text = messages[key]?.joined(separator: "; ") ?? event.message
            result.append(.emit(RolloutEvent(event.kind, reason: event.reason, message: text)))
        }
        return result
    }
}
