import ManifestKit
import Synchronization

/// Counts what a controller does, for Prometheus.
///
/// What is counted by Rollout, AnalysisRun or Experiment is forgotten with it, and nothing is counted by pod,
/// ReplicaSet or message, so that the figures are never more than the cluster has such objects.
public final class Telemetry: Sendable {
    /// What requests are counted by.
    struct RequestKind: Hashable, Sendable {
        var resource: String
        var namespace: String
        var verb: String
        var code: Int
    }

    /// What is counted.
    struct Counts: Sendable {
        var rollouts: [ObjectName: RolloutSeries] = [:]
        /// How AnalysisRuns and Experiments are.
        var phases: [WorkItem: PhaseFigures] = [:]
        var reconciles: [WorkItem: ReconcileSeries] = [:]
        var requests: [RequestKind: Int] = [:]
        var requestSeconds: [String: Histogram] = [:]
        var waits: [WorkItem.Kind: Histogram] = [:]
        var looks: [WorkItem.Kind: Histogram] = [:]
        var ownTimes = Histogram(Histogram.latency)
        /// How long updates took, by what came of them.
        var updates: [UpdateDuration.Outcome: UpdateSeries] = [:]
        /// When the looks that are under way began, by the steady clock.
        var active: [WorkItem: Double] = [:]
        /// How many Rollouts each namespace has.
        var namespaces: [String: Int] = [:]

        mutating func series(_ name: ObjectName, _ body: (inout RolloutSeries) -> Void) {
            if rollouts[name] == nil { namespaces[name.namespace, default: 0] += 1 }
            body(&rollouts[name, default: RolloutSeries()])
        }
    }

    /// How many kinds of requests are told apart; namespaces come and go.
    static let mostRequestKinds = 20_000

    private let counts = Mutex(Counts())
    let startedAt: Double

    /// Makes figures that begin at nothing.
    public init() { startedAt = ScaledClock().now }

    /// What has been counted so far.
    var current: Counts { counts.withLock { $0 } }

    // MARK: Looks

    /// Notes that a look at an object begins.
    func noteBegin(of item: WorkItem) { counts.withLock { $0.active[item] = SteadyTime.seconds } }

    /// Notes that a look at an object has ended.
    func noteReconcile(of item: WorkItem, _ watch: ReconcileWatch, failed: Bool) {
        counts.withLock { counts in
            counts.active[item] = nil
            counts.looks[item.kind, default: Histogram(Histogram.queue)].add(watch.totalSeconds)
            counts.ownTimes.add(watch.ownSeconds)
            counts.reconciles[item, default: ReconcileSeries()].add(watch.totalSeconds, failed: failed)
        }
    }

    /// Notes how long an object that was due has waited for a worker, in seconds.
    func noteWait(_ seconds: Double, of kind: WorkItem.Kind) {
        counts.withLock { $0.waits[kind, default: Histogram(Histogram.queue)].add(seconds) }
    }

    /// Forgets an object that is no more, and the namespace of a Rollout if it was the last one there.
    func forget(_ item: WorkItem) {
        counts.withLock { counts in
            counts.active[item] = nil
            counts.reconciles[item] = nil
            counts.phases[item] = nil
            let name = item.name
            guard item.kind == .rollout, counts.rollouts.removeValue(forKey: name) != nil else { return }
            let left = (counts.namespaces[name.namespace] ?? 1) - 1
            counts.namespaces[name.namespace] = left > 0 ? left : nil
            guard left <= 0 else { return }
            counts.requests = counts.requests.filter { $0.key.namespace != name.namespace }
        }
    }

    // MARK: How objects are, and what happens to them

    /// Notes how a Rollout will be when what is planned for it is done.
    func note(_ rollout: Rollout, status: RolloutStatus, named name: ObjectName) {
        let figures = RolloutSeries.Figures(rollout, status)
        counts.withLock { $0.series(name) { $0.figures = figures } }
    }

    /// Notes how an AnalysisRun or an Experiment is.
    func note(_ figures: PhaseFigures, of item: WorkItem) { counts.withLock { $0.phases[item] = figures } }

    /// Notes an update that has ended.
    func note(_ update: UpdateDuration) {
        guard let outcome = update.outcome, let seconds = update.seconds else { return }
        counts.withLock { $0.updates[outcome, default: UpdateSeries()].add(seconds) }
    }

    /// Notes an event; only those about Rollouts are counted, as by the reference.
    func note(_ event: RolloutEvent, about object: JSONValue) {
        guard object["kind"] == "Rollout" else { return }
        let kind = RolloutSeries.EventKind(type: event.kind.rawValue, reason: event.reason)
        counts.withLock { $0.series(ObjectName(of: object)) { $0.events[kind, default: 0] += 1 } }
    }

    /// Notes what came of a message about an object, and how long it took in seconds, unless it was never sent.
    func noteNotification(of name: ObjectName, _ event: RolloutEvent, isDelivered: Bool, seconds: Double?) {
        let kind = RolloutSeries.EventKind(type: event.kind.rawValue, reason: event.reason)
        counts.withLock { counts in
            // Only where it is known as a Rollout: what is counted by its name has to go with it.
            guard counts.rollouts[name] != nil else { return }
            counts.series(name) { series in
                if isDelivered { series.delivered[kind, default: 0] += 1 } else {
                    series.undelivered[kind, default: 0] += 1
                }
                if let seconds { series.sending.add(seconds) }
            }
        }
    }

    // MARK: Requests

    /// Notes a request, its answer's HTTP status (0 for none) and how long it took; nil for a watch, which is no wait.
    func note(_ request: KubernetesRequest, verb: String, code: Int, seconds: Double?) {
        var kind = RequestKind(
            resource: request.resource.plural, namespace: request.namespace, verb: verb, code: code)
        counts.withLock { counts in
            if counts.requests[kind] == nil, counts.requests.count >= Self.mostRequestKinds { kind.namespace = "" }
            counts.requests[kind, default: 0] += 1
            guard let seconds else { return }
            counts.requestSeconds[verb, default: Histogram(Histogram.latency)].add(seconds)
        }
    }
}

extension KubernetesRequest {
    /// What is done, as the reference's metrics call it.
    var verbLabel: String {
        switch verb {
        case .get: "Get"
        case .list: "List"
        case .create: "Create"
        case .update: "Update"
        case .delete: "Delete"
        case .deleteCollection: "DeleteCollection"
        case .patch: "Patch"
        }
    }

    /// Whether something is changed by it.
    var isWrite: Bool {
        switch verb {
        case .get, .list: false
        default: true
        }
    }
}
