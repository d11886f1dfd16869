/// Fewer writes for the same course: what the next write says anyway is not written before.
enum PlanMerging {
    /// The actions of a plan with fewer statuses, fewer patches, and one event a reason.
    static func merged(_ actions: [Action], from status: RolloutStatus) -> [Action] {
        let written = withoutAnnouncements(actions, from: status)
        return withOneEventEach(withFewerPatches(withFewerStatuses(written, from: status)))
    }

    /// Without statuses that only say that a ReplicaSet was made or found, which the ReplicaSet itself says, where the
    /// plan goes on to another status. A plan that stops before that one loses nothing: the next one finds the
    /// ReplicaSet.
    private static func withoutAnnouncements(_ actions: [Action], from status: RolloutStatus) -> [Action] {
        var before = status
        var left = actions.count { if case .updateStatus = $0 { true } else { false } }
        return actions.filter { action in
            guard case .updateStatus(let new) = action else { return true }
            left -= 1
            guard left > 0, new.onlyAnnounces(since: before) else {
                before = new
                return true
            }
            return false
        }
    }

    /// Without statuses that are followed by another at once.
    ///
    /// A status stays where something else is done between it and the next one, for a crash may come there, and where
    /// it is a stage of the update that people and programs follow.
    private static func withFewerStatuses(_ actions: [Action], from status: RolloutStatus) -> [Action] {
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
        return merged
    }

    /// What changes the annotations of an object is done with the next change of that object, where nothing comes in
    /// between that a crash could part from it: events, annotations of other objects, and for the Rollout the
    /// ReplicaSet that is made with the very annotations.
    private static func withFewerPatches(_ actions: [Action]) -> [Action] {
        var result: [Action] = []
        for action in actions {
            let place = result.lastIndex { !action.mayBeDone(before: $0) }
            guard let place, let joint = result[place].joined(with: action) else {
                result.append(action)
                continue
            }
            result.remove(at: place)
            result.append(joint)
        }
        return result
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

extension Action {
    /// Whether it is all the same if this comes right before an action that stands before it.
    fileprivate func mayBeDone(before other: Action) -> Bool {
        if case .emit = other { return true }
        switch (self, other) {
        case (.annotateRollout, .createReplicaSet): return true
        case (.annotateReplicaSet(let own, _), .annotateReplicaSet(let its, _)),
            (.scaleReplicaSet(let own, _, _), .annotateReplicaSet(let its, _)):
            return own != its
        default: return false
        }
    }

    /// This and a later action in one, or nil where they are two.
    fileprivate func joined(with later: Action) -> Action? {
        switch (self, later) {
        case (.annotateRollout(let first), .annotateRollout(let second)):
            .annotateRollout(first.merging(second) { $1 })
        case (.annotateReplicaSet(let name, let first), .annotateReplicaSet(let other, let second)) where name == other:
            .annotateReplicaSet(name, first.merging(second) { $1 })
        case (.annotateReplicaSet(let name, let first), .scaleReplicaSet(let other, let replicas, let second))
        where name == other:
            .scaleReplicaSet(name, replicas: replicas, annotations: first.merging(second) { $1 })
        default: nil
        }
    }
}

extension RolloutStatus {
    /// Whether it differs from an older one in nothing but that a ReplicaSet was made or found.
    fileprivate func onlyAnnounces(since old: RolloutStatus) -> Bool {
        guard let progress = condition(.progressing), progress.status == .yes,
            progress.reason == RolloutReason.newReplicaSet || progress.reason == RolloutReason.foundReplicaSet
        else { return false }
        var same = self
        same.conditions = old.conditions
        let others = { (status: RolloutStatus) in
            Set(status.conditions.filter { $0.type != progress.type })
        }
        return same == old && others(self) == others(old)
    }
}
