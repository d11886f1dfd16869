/// `undo`: makes the version of an earlier revision the wanted one again.
public struct UndoOperation: RolloutOperation {
    public static let name = "undo"
    public static let needs: OperationNeeds = [.replicaSets, .workload]
    /// The revision; nil for the one before the newest.
    public let revision: Int?

    /// Makes the operation.
    public init(revision: Int? = nil) { self.revision = revision }

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        let holder = try subject.templateHolder()
        let current = try subject.template(in: holder)
        let target = try target(subject)
        let antiAffinity = subject.rollout.spec.strategy.antiAffinity
        let number = target.revision ?? 0
        guard !TemplateEquality.isSame(target, as: current, antiAffinity: antiAffinity) else {
            throw OperationRefusal(
                "the manifest asks for revision \(number) already: it \(subject.standing)",
                advice: Self.others(subject, than: number))
        }
        var template = TemplateEquality.plain(target, antiAffinity: antiAffinity)
        template.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: nil)
        template.set(["metadata", "creationTimestamp"], to: nil)
        let operation: JSONValue = [
            "op": "replace", "path": .string("/" + holder.path.joined(separator: "/")), "value": template,
        ]
        return OperationPlan(
            .template(holder, [operation]),
            "undone to revision \(number)\(holder.note); \(subject.outlook(forTemplateOf: target.hash))",
            startsMovement: !subject.rollout.spec.isPaused)
    }

    /// The ReplicaSet that holds the wanted version.
    private func target(_ subject: OperationSubject) throws(OperationRefusal) -> ReplicaSet {
        let known = Self.known(subject)
        guard let revision else {
            guard known.count > 1 else {
                throw OperationRefusal(
                    "there is no earlier revision"
                        + (known.first?.revision.map { ": \($0) is the only one" } ?? ": it has none yet"))
            }
            return known[known.count - 2]
        }
        if let found = known.last(where: { $0.revision == revision }) { return found }
        let later = known.last { replicaSet in
            (replicaSet.annotations[RolloutMarks.revisionHistory] ?? "").split(separator: ",")
                .contains(Substring(String(revision)))
        }
        if let later = later?.revision {
            throw OperationRefusal(
                "there is no revision \(revision): its version has come back as revision \(later)",
                advice: "`undo \(subject.name) --to-revision \(later)` goes to it")
        }
        throw OperationRefusal("there is no revision \(revision)", advice: Self.list(known))
    }

    /// The ReplicaSets with a revision, the newest last.
    private static func known(_ subject: OperationSubject) -> [ReplicaSet] {
        subject.replicaSets.filter { ($0.revision ?? 0) > 0 }.sorted { $1.hasGreaterRevision(than: $0) }
    }

    private static func others(_ subject: OperationSubject, than number: Int) -> String? {
        let others = known(subject).filter { $0.revision != number }
        return others.isEmpty ? nil : list(others)
    }

    private static func list(_ known: [ReplicaSet]) -> String {
        guard !known.isEmpty else { return "it has none yet" }
        return "there are " + Wording.all(known.compactMap { replicaSet in
            replicaSet.revision.map { "\($0)\(images(of: replicaSet))" }
        })
    }

    private static func images(of replicaSet: ReplicaSet) -> String {
        let images = (replicaSet.template["spec"]?["containers"]?.array ?? []).compactMap { $0.text("image") }
        return images.isEmpty ? "" : " (\(images.joined(separator: ", ")))"
    }
}

extension ReplicaSet {
    fileprivate func hasGreaterRevision(than other: ReplicaSet) -> Bool { other.hasLesserRevision(than: self) }
}
