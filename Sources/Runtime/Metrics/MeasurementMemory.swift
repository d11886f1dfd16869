import ManifestKit
import Synchronization

/// What is known of AnalysisRuns beside their statuses.
///
/// That is what has been measured and is not written down yet, what is being measured, when metrics were measured last,
/// and how the writing goes.
final class MeasurementMemory: Sendable {
    /// How the writing of a run's status goes.
    struct Writing: Hashable, Sendable {
        /// Whether somebody plans and writes: nobody else does, so that nothing is counted or told twice.
        var isUnderWay = false
        /// Whether somebody waits for a turn, and will write what is known then.
        var isAwaited = false
        /// How often in a row it has failed.
        var failures = 0
        /// Before this moment of the steady clock, it is not tried again.
        var pausedUntil = 0.0
    }

    /// When a measurement was taken, by the steady clock.
    private struct Moment {
        var ordinal: Int
        var begin: Double
        var end: Double
    }

    private struct Entry {
        var uid: String
        var taken: [String: [TakenMeasurement]] = [:]
        var underWay: Set<String> = []
        var latest: [String: Moment] = [:]
        var writing = Writing()

        /// Whether nothing is known.
        var isEmpty: Bool { taken.isEmpty && underWay.isEmpty && latest.isEmpty && writing == Writing() }
    }

    private let clock: any ClusterClock
    private let entries = Mutex<[ObjectName: Entry]>([:])

    init(clock: any ClusterClock) { self.clock = clock }

    /// What a plan for a run is made from.
    func world(of run: AnalysisRun) -> AnalysisWorld {
        let now = clock.steady
        return entries.withLock { entries in
            guard let entry = entries[run.objectName], entry.uid == run.uid else { return AnalysisWorld(run: run) }
            let ages = entry.latest.mapValues {
                MeasurementAge(ordinal: $0.ordinal, sinceBegin: now - $0.begin, sinceEnd: now - $0.end)
            }
            return AnalysisWorld(run: run, taken: entry.taken, underWay: entry.underWay, ages: ages)
        }
    }

    /// Notes that what a plan was made from is written down.
    func settle(_ world: AnalysisWorld) {
        change(world.run) { entry in
            for (metric, taken) in world.taken {
                // What has come since stands behind it.
                let rest = Array((entry.taken[metric] ?? []).dropFirst(taken.count))
                entry.taken[metric] = rest.isEmpty ? nil : rest
            }
        }
    }

    /// Forgets a run that is over or gone; what is still being measured for it comes to nothing.
    func forget(_ name: ObjectName) { entries.withLock { $0[name] = nil } }

    /// Notes that metrics of a run are being measured.
    func begin(_ tasks: [MeasurementTask], of run: AnalysisRun) {
        guard !tasks.isEmpty else { return }
        withEntry(of: run) { $0.underWay.formUnion(tasks.map(\.metric)) }
    }

    /// Keeps what came of a task that began at a moment of the steady clock; nil where it was broken off.
    func end(_ task: MeasurementTask, of run: AnalysisRun, _ taken: TakenMeasurement?, since begin: Double) {
        let now = clock.steady
        change(run) { entry in
            // A run of the same name that has come since knows nothing of the task.
            guard entry.underWay.remove(task.metric) != nil, let taken else { return }
            entry.taken[task.metric, default: []].append(taken)
            guard taken.measurement.phase.isCompleted else { return }
            let isAtOnce = task.kind == .begin
            entry.latest[task.metric] = Moment(ordinal: task.ordinal, begin: isAtOnce ? begin : now, end: now)
        }
    }

    /// Has a look at how the writing of a run goes, and may change it.
    func writing<Result: Sendable>(of run: AnalysisRun, _ body: (inout Writing) -> Result) -> Result {
        withEntry(of: run) { body(&$0.writing) }
    }

    /// Notes that nobody waits any more to write the status of a run.
    func endWait(_ name: ObjectName) {
        entries.withLock { entries in entries[name]?.writing.isAwaited = false }
    }

    private func withEntry<Result: Sendable>(of run: AnalysisRun, _ body: (inout Entry) -> Result) -> Result {
        entries.withLock { entries in
            var entry = entries[run.objectName] ?? Entry(uid: run.uid)
            // What is known of a run that has made way for another one of its name is of no use.
            if entry.uid != run.uid { entry = Entry(uid: run.uid) }
            let result = body(&entry)
            entries[run.objectName] = entry.isEmpty ? nil : entry
            return result
        }
    }

    /// Changes what is known of a run, if anything is.
    private func change(_ run: AnalysisRun, _ body: (inout Entry) -> Void) {
        entries.withLock { entries in
            guard var entry = entries[run.objectName], entry.uid == run.uid else { return }
            body(&entry)
            entries[run.objectName] = entry
        }
    }
}
