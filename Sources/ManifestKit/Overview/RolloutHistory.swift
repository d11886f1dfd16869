/// The versions that a Rollout has had and still keeps, the newest first.
public struct RolloutHistory: Hashable, Sendable {
    /// One version.
    public struct Entry: Hashable, Sendable {
        /// The number of its update.
        public var revision: Int
        /// The numbers that it had before it came back.
        public var earlierRevisions: [Int]
        /// Its ReplicaSet.
        public var replicaSet: ReplicaSetOverview
        /// Whether it is the version that is wanted.
        public var isWanted: Bool
        /// Whether its update was aborted.
        public var isAborted: Bool
        /// Why it was made, as the annotation `kubernetes.io/change-cause` says; empty for nothing.
        public var changeCause: String
        /// Its pod template, without the label that the controller adds.
        public var template: JSONValue
    }

    /// The Rollout's name.
    public var name: String
    /// Its namespace; empty for none.
    public var namespace: String
    /// The versions.
    public var entries: [Entry]

    /// Makes the history of a Rollout from it and its ReplicaSets.
    public init(_ objects: RolloutObjects) {
        let facts = RolloutFactsheet(objects.rollout, workload: nil)
        name = objects.rollout.objectName
        namespace = objects.rollout["metadata"]?.text("namespace") ?? ""
        let owned = OwnedObjects(objects.replicaSets).controlled(by: objects.rollout, kind: "Rollout")
        entries = owned.map { object in
            var replicaSet = ReplicaSetOverview(object, pods: [])
            replicaSet.roles = ReplicaSetOverview.roles(
                ofHash: replicaSet.hash, in: facts.status, facts.rollout?.spec.strategy)
            let annotations = object["metadata"]?["annotations"] ?? .null
            let earlier = annotations.text(RolloutMarks.revisionHistory) ?? ""
            let isWanted = replicaSet.hash == facts.status.currentPodHash && !replicaSet.hash.isEmpty
            var template = object["spec"]?["template"] ?? .object(JSONObject())
            template.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: nil)
            template.set(["metadata", "creationTimestamp"], to: nil)
            return Entry(
                revision: replicaSet.revision ?? 0,
                earlierRevisions: earlier.split(separator: ",").compactMap { Int($0) }, replicaSet: replicaSet,
                isWanted: isWanted, isAborted: isWanted && facts.status.isAborted,
                changeCause: annotations.text("kubernetes.io/change-cause") ?? "", template: template)
        }.sorted { ($0.revision, $0.replicaSet.name) > ($1.revision, $1.replicaSet.name) }
    }

    /// The version of an update, or that once had its number.
    public func entry(ofRevision number: Int) -> Entry? {
        entries.first { $0.revision == number } ?? entries.first { $0.earlierRevisions.contains(number) }
    }
}

extension RolloutHistory.Entry {
    /// What has become of it, in a few words: `stable`, `canary, aborted`, `canary, came back`.
    public var fate: String {
        var words = replicaSet.roles.map(\.rawValue)
        if isAborted { words.append("aborted") }
        if !earlierRevisions.isEmpty, isWanted { words.append("came back") }
        return words.joined(separator: ", ")
    }
}

/// Shows the versions that a Rollout has had.
public enum RolloutHistoryView {
    /// The lines, each within the style's width.
    public static func lines(of history: RolloutHistory, style: OverviewStyle, now: KubernetesTime) -> [StyledLine] {
        var table = TextTable(columns: [
            TextTable.Column("REVISION", isRightAligned: true), TextTable.Column("STATE", leastWidth: 6),
            TextTable.Column("PODS", isRightAligned: true, expendability: 3),
            TextTable.Column("AGE", isRightAligned: true, expendability: 2),
            TextTable.Column("REPLICASET", expendability: 4, leastWidth: 10),
            TextTable.Column("IMAGES", leastWidth: 12), TextTable.Column("CREATED", expendability: 5),
            TextTable.Column("CHANGE-CAUSE", expendability: 1, leastWidth: 12),
        ])
        for entry in history.entries {
            let replicaSet = entry.replicaSet
            var earlier = entry.earlierRevisions.map { String($0) }.joined(separator: ", ")
            if !earlier.isEmpty { earlier = " (was \(earlier))" }
            let role = replicaSet.roles.first.map { OverviewSigns.style(of: $0) } ?? .plain
            let images = replicaSet.images.joined(separator: ", ")
            table.rows.append(.cells([
                StyledLine(String(entry.revision)), StyledLine(entry.fate + earlier, entry.isAborted ? .bad : role),
                StyledLine(replicaSet.isScaledUp ? "\(replicaSet.ready)/\(replicaSet.wanted)" : "0"),
                StyledLine(ElapsedTime.since(replicaSet.createdAt, now: now)), StyledLine(replicaSet.name),
                // Of a long name the end is what differs.
                StyledLine(style.width.map { CharacterWidth.end(of: images, within: max(20, $0 / 3)) } ?? images),
                StyledLine(style.isWide ? replicaSet.createdAt?.description ?? "" : ""),
                StyledLine(entry.changeCause),
            ]))
        }
        if !style.isWide {
            table.columns.remove(at: 6)
            table.rows = table.rows.map { row in
                guard case .cells(var cells) = row else { return row }
                cells.remove(at: 6)
                return .cells(cells)
            }
        }
        return table.lines(width: style.width)
    }
}
