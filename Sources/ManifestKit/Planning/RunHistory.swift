/// An AnalysisRun or an Experiment, as far as it matters how long it is kept.
protocol KeptRun {
    var name: String { get }
    var labels: [String: String] { get }
    var createdAt: KubernetesTime? { get }
    var isBeingDeleted: Bool { get }
    /// How it stands.
    var phase: AnalysisPhase? { get }
}

extension AnalysisRun: KeptRun {
    var phase: AnalysisPhase? { status.phase }
}

extension Experiment: KeptRun {
    var phase: AnalysisPhase? { status.phase }
}

/// Which ended runs and experiments are kept: those of versions that are still there, and of these the latest few.
struct RunHistory {
    private let hashes: Set<String>
    private let successful: Int
    private let unsuccessful: Int

    init(_ world: World) {
        hashes = Set(world.replicaSets.filter { !$0.isBeingDeleted }.map(\.hash))
        successful = world.rollout.spec.successfulRunHistoryLimit
        unsuccessful = world.rollout.spec.unsuccessfulRunHistoryLimit
    }

    /// Those that are to be deleted, in their order.
    func superfluous<Run: KeptRun>(_ runs: [Run]) -> [Run] {
        var (successful, unsuccessful) = (successful, unsuccessful)
        let latestFirst = runs.filter { !$0.isBeingDeleted }.sorted { left, right in
            let (first, second) = (left.createdAt?.seconds ?? .max, right.createdAt?.seconds ?? .max)
            return first == second ? left.name > right.name : first > second
        }
        var names: Set<String> = []
        for run in latestFirst {
            guard let hash = run.labels[RolloutMarks.podTemplateHash], hashes.contains(hash) else {
                names.insert(run.name)
                continue
            }
            switch run.phase {
            case .successful: successful -= 1
                if successful < 0 { names.insert(run.name) }
            case .failed, .error, .inconclusive: unsuccessful -= 1
                if unsuccessful < 0 { names.insert(run.name) }
            case nil, .pending, .running: break
            }
        }
        return runs.filter { names.contains($0.name) }
    }
}
