import ManifestKit

/// Whose AnalysisRuns and Experiments are whose, where a selector shares the Rollouts out among controllers.
///
/// Nobody copies a Rollout's labels to what is made for it, so those of an AnalysisRun do not say whose it is: its
/// owner does. What was made by hand has no owner, and its own labels count.
struct Ownership: Sendable {
    let cache: ClusterCache
    /// What a controller's Rollouts match; nil where it looks after all.
    private let selector: LabelSelector?

    /// Makes the ownership of a selector; empty for any. Whoever runs a controller has seen to it that it can be read.
    init(cache: ClusterCache, selector: String) {
        self.cache = cache
        self.selector = selector.isEmpty ? nil : try? LabelSelector(text: selector)
    }

    /// Whether there is anything to share out.
    var isShared: Bool { selector != nil }

    /// Whether an AnalysisRun or an Experiment is this controller's; of what is not known yet it is not.
    func holds(_ item: WorkItem) async -> Bool {
        guard let selector, item.kind != .rollout else { return true }
        guard var object = await object(item) else { return true }
        var kind = item.kind
        while let owner = OwnerReference.controller(of: object), let next = WorkItem.Kind(owner: owner.kind) {
            // A run is an Experiment's or a Rollout's, and an Experiment a Rollout's: what else is written goes round.
            guard next < kind else { return false }
            let name = ObjectName(namespace: item.name.namespace, name: owner.name)
            guard let found = await self.object(WorkItem(next, name)), found["metadata"]?["uid"]?.string == owner.uid
            else { return false }
            if next == .rollout { return true }
            (object, kind) = (found, next)
        }
        return selector.matches(object["metadata"]?["labels"]?.object)
    }

    /// What was made for a Rollout, to be looked at when the Rollout comes to be this controller's.
    func dependents(of rollout: ObjectName) async -> [WorkItem] {
        guard isShared, let uid = await object(WorkItem(.rollout, rollout))?["metadata"]?["uid"]?.string,
            let experiments = try? await cache.store(.experiments), let runs = try? await cache.store(.analysisRuns)
        else { return [] }
        var found: [WorkItem] = []
        var owners = [uid]
        for object in experiments.objects(controlledBy: uid) {
            found.append(WorkItem(.experiment, ObjectName(of: object)))
            if let uid = object["metadata"]?["uid"]?.string { owners.append(uid) }
        }
        for uid in owners {
            found += runs.objects(controlledBy: uid).map { WorkItem(.analysisRun, ObjectName(of: $0)) }
        }
        return found
    }

    private func object(_ item: WorkItem) async -> JSONValue? {
        try? await cache.store(item.kind.resource).object(item.name)
    }
}
