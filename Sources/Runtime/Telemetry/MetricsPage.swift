import ManifestKit

/// The page that Prometheus reads: the reference's metrics under their names where they mean the same, client-go's for
/// queue, requests and leader, and our own.
struct MetricsPage {
    /// What is known beside what was counted.
    struct Context: Sendable {
        var version: String
        /// Of the running controller; nil while another replica leads.
        var controller: ControllerFigures?
        /// The name of the lease and whether it is held; nil without leader election.
        var lease: (name: String, isHeld: Bool)?
    }

    typealias Labels = [(name: String, value: String)]

    let counts: Telemetry.Counts
    let context: Context
    /// The AnalysisRuns and Experiments of which samples of their own tell.
    let shown: Set<WorkItem>
    private let startedAt: Double
    var page = PrometheusText()

    private init(_ telemetry: Telemetry, _ context: Context) {
        counts = telemetry.current
        shown = Self.shown(of: counts)
        startedAt = telemetry.startedAt
        self.context = context
    }

    /// The text of the page.
    static func text(_ telemetry: Telemetry, _ context: Context) -> String {
        var page = MetricsPage(telemetry, context)
        page.writeRollouts()
        page.writeReconciles()
        page.writeAnalyses()
        page.writeNotifications()
        page.writeQueue()
        page.writeRequests()
        page.writeProcess()
        return page.page.text
    }

    /// The labels by which the reference names an object.
    static func labels(_ name: ObjectName) -> Labels { [("namespace", name.namespace), ("name", name.name)] }

    // MARK: Rollouts

    private var rollouts: [(labels: Labels, series: RolloutSeries)] {
        counts.rollouts.sorted { $0.key < $1.key }.map { name, series in
            (Self.labels(name), series)
        }
    }

    private mutating func writeRollouts() {
        let known = rollouts.compactMap { entry in entry.series.figures.map { (labels: entry.labels, figures: $0) } }
        page.begin("rollout_info", .gauge, "Information about rollout.")
        for (labels, figures) in known {
            page.sample(1, labels + [
                ("strategy", figures.strategy), ("traffic_router", figures.router), ("phase", figures.phase),
            ])
        }
        let gauges: [(name: String, help: String, value: (RolloutSeries.Figures) -> Int)] = [
            ("available", "The number of available replicas per rollout.", { $0.available }),
            ("unavailable", "The number of unavailable replicas per rollout.", { $0.replicas - $0.available }),
            ("desired", "The number of desired replicas per rollout.", { $0.desired }),
            ("updated", "The number of updated replicas per rollout.", { $0.updated }),
        ]
        for gauge in gauges {
            page.begin("rollout_info_replicas_\(gauge.name)", .gauge, gauge.help)
            for (labels, figures) in known { page.sample(gauge.value(figures), labels) }
        }
        page.begin("rollout_phase", .gauge, "The state of the rollout (deprecated: use rollout_info).")
        for (labels, figures) in known {
            for phase in RolloutSeries.Figures.phases {
                let isSo = figures.phase == phase
                page.sample(isSo ? 1 : 0, labels + [("strategy", figures.strategy), ("phase", phase)])
            }
        }
        writeCounts("rollout_events_total", "Events about rollouts.") { $0.events }
        writeUpdates("duration", "How long updates take from start to end, in seconds.") { $0.total }
        writeUpdates("progression_duration", "The same without the time that they wait for people.") { $0.progression }
        writeUpdates("manual_pause_duration", "How long updates wait for people, in seconds.") { $0.pause }
    }

    private mutating func writeUpdates(_ name: String, _ help: String, _ histogram: (UpdateSeries) -> Histogram) {
        page.begin("rollout_\(name)_seconds", .histogram, help)
        for (outcome, series) in counts.updates.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            page.sample(histogram(series), [("status", outcome.rawValue)])
        }
    }

    private mutating func writeCounts(
        _ name: String, _ help: String, _ counts: (RolloutSeries) -> [RolloutSeries.EventKind: Int]
    ) {
        page.begin(name, .counter, help)
        for (labels, series) in rollouts {
            let sorted = counts(series).sorted { ($0.key.type, $0.key.reason) < ($1.key.type, $1.key.reason) }
            for (kind, count) in sorted {
                page.sample(count, labels + [("type", kind.type), ("reason", kind.reason)])
            }
        }
    }

    private mutating func writeNotifications() {
        writeCounts("notification_send_success", "Messages that were delivered.") { $0.delivered }
        writeCounts("notification_send_error", "Messages that could not be delivered.") { $0.undelivered }
        page.begin("notification_send", .histogram, "How long sending messages takes, in seconds.")
        for (labels, series) in rollouts where series.sending.count > 0 { page.sample(series.sending, labels) }
    }

    private mutating func writeReconciles() {
        for kind in WorkItem.Kind.allCases {
            let known = counts.reconciles.filter { entry in
                entry.key.kind == kind && (kind == .rollout || shown.contains(entry.key))
            }.sorted { $0.key < $1.key }
            page.begin("\(kind.metricPrefix)_reconcile", .histogram, "How long looks at it take, in seconds.")
            for (item, series) in known { page.sample(series.times, Self.labels(item.name)) }
            page.begin("\(kind.metricPrefix)_reconcile_error", .counter, "Looks at it that failed.")
            for (item, series) in known where series.errors > 0 { page.sample(series.errors, Self.labels(item.name)) }
        }
        page.begin(
            "rollout_render_reconcile_own_seconds", .histogram,
            "How long looks at objects take without waiting for the API, in seconds.")
        page.sample(counts.ownTimes)
    }

    // MARK: Queue, caches and requests

    private mutating func writeQueue() {
        let figures = context.controller ?? ControllerFigures()
        let now = SteadyTime.seconds
        let active = counts.active
        func running(_ kind: WorkItem.Kind) -> [Double] {
            active.filter { $0.key.kind == kind }.map { now - $0.value }
        }
        writeQueues("depth", .gauge, "Objects that are due and wait for a worker.") { figures.depth[$0] ?? 0 }
        writeQueues("adds_total", .counter, "How often an object was put into the queue.") {
            figures.queue[$0]?.adds ?? 0
        }
        writeQueues("retries_total", .counter, "How often a look failed and is tried again.") {
            figures.queue[$0]?.retries ?? 0
        }
        writeQueues("queue_duration_seconds", "How long objects that are due wait for a worker.", counts.waits)
        writeQueues("work_duration_seconds", "How long looks at objects take.", counts.looks)
        writeQueues("unfinished_work_seconds", .gauge, "How long the looks under way have taken, in total.") {
            running($0).reduce(0, +)
        }
        writeQueues("longest_running_processor_seconds", .gauge, "How long the longest look has taken.") {
            running($0).max() ?? 0
        }
        page.begin("rollout_render_cached_objects", .gauge, "Objects that are followed.")
        for (resource, count) in figures.objects { page.sample(count, [("resource", "\(resource)")]) }
        guard let lease = context.lease else { return }
        page.begin("leader_election_master_status", .gauge, "Whether this replica holds the lease and works.")
        page.sample(lease.isHeld ? 1 : 0, [("name", lease.name)])
    }

    /// Writes a figure of the queue for each kind of object, as if each had a queue of its own.
    private mutating func writeQueues(
        _ name: String, _ type: PrometheusText.Kind, _ help: String, _ value: (WorkItem.Kind) -> Double
    ) {
        page.begin("workqueue_\(name)", type, help)
        for kind in WorkItem.Kind.allCases { page.sample(value(kind), [("name", kind.queueName)]) }
    }

    private mutating func writeQueues(
        _ name: String, _ type: PrometheusText.Kind, _ help: String, _ value: (WorkItem.Kind) -> Int
    ) {
        writeQueues(name, type, help) { Double(value($0)) }
    }

    private mutating func writeQueues(_ name: String, _ help: String, _ histograms: [WorkItem.Kind: Histogram]) {
        page.begin("workqueue_\(name)", .histogram, help)
        for kind in WorkItem.Kind.allCases {
            page.sample(histograms[kind] ?? Histogram(Histogram.queue), [("name", kind.queueName)])
        }
    }

    private mutating func writeRequests() {
        page.begin("controller_clientset_k8s_request_total", .counter, "Requests to the Kubernetes API.")
        let requests = counts.requests.sorted {
            let (left, right) = ($0.key, $1.key)
            return (left.resource, left.namespace, left.verb, left.code)
                < (right.resource, right.namespace, right.verb, right.code)
        }
        for (kind, count) in requests {
            page.sample(count, [
                ("kind", kind.resource), ("namespace", kind.namespace), ("name", "N/A"), ("verb", kind.verb),
                ("status_code", String(kind.code)),
            ])
        }
        var totals: [String: Int] = [:]
        for (kind, count) in requests { totals["\(kind.verb) \(kind.code)", default: 0] += count }
        page.begin("rollout_render_api_requests_total", .counter, "Requests to the Kubernetes API by verb and code.")
        for (key, count) in totals.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: " ").map(String.init)
            page.sample(count, [("verb", parts[0]), ("code", parts[1])])
        }
        page.begin("rollout_render_api_request_duration_seconds", .histogram, "How long requests take.")
        for (verb, histogram) in counts.requestSeconds.sorted(by: { $0.key < $1.key }) {
            page.sample(histogram, [("verb", verb)])
        }
    }

    // MARK: The process

    private mutating func writeProcess() {
        page.begin("rollout_render_build_info", .gauge, "The version that runs.")
        page.sample(1, [("version", context.version)])
        page.begin("process_start_time_seconds", .gauge, "When the process was started, in seconds since 1970.")
        page.sample(startedAt)
        guard let figures = ProcessFigures.current else { return }
        page.begin("process_cpu_seconds_total", .counter, "The time that the process has used processors for.")
        page.sample(figures.processorSeconds)
        page.begin("process_resident_memory_bytes", .gauge, "The memory that the process takes.")
        page.sample(Double(figures.residentBytes))
        page.begin("process_virtual_memory_bytes", .gauge, "The memory that the process has asked for.")
        page.sample(Double(figures.virtualBytes))
        page.begin("process_open_fds", .gauge, "Open files and connections.")
        page.sample(figures.openFiles)
        page.begin("process_max_fds", .gauge, "How many files and connections may be open.")
        page.sample(figures.mostOpenFiles)
    }
}
