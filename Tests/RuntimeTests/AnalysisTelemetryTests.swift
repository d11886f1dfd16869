import ManifestKit
import Testing

@testable import RolloutRuntime

/// What Prometheus is told of AnalysisRuns, Experiments and templates.
@Suite struct AnalysisTelemetryTests {
    static let objects = """
        - apiVersion: argoproj.io/v1alpha1
          kind: AnalysisTemplate
          metadata: {name: smoke}
          spec:
            metrics:
            - name: job
              provider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}
        - apiVersion: argoproj.io/v1alpha1
          kind: AnalysisRun
          metadata: {name: by-hand}
          spec:
            dryRun: [{metricName: odd}]
            metrics:
            - name: job
              provider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}
            - name: odd
              provider: {web: {url: "http://example.com", jsonPath: "{$}"}}
        - apiVersion: argoproj.io/v1alpha1
          kind: Experiment
          metadata: {name: both}
          spec:
            duration: 5s
            analyses: [{name: smoke, templateName: smoke}]
            templates:
            - name: a
              selector: {matchLabels: {app: both}}
              template:
                metadata: {labels: {app: both}}
                spec: {containers: [{name: a, image: a}]}
        """

    static func named(_ name: String, _ labels: [String: String] = [:]) -> [String: String] {
        ["namespace": "conf-test", "name": name].merging(labels) { $1 }
    }

    static func rig(_ telemetry: Telemetry) async throws -> ConformanceRig {
        let rig = try await TelemetryTests().rig(telemetry)
        for object in try #require(YAMLParser.document(objects)?.root?.json.array) {
            let type = try #require(rig.cluster.catalog.entry(
                apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")?.type)
            _ = try rig.cluster.perform(.create(type, namespace: rig.namespace, object))
        }
        try await rig.pass(60)
        return rig
    }

    @Test func tellsWhatTheReferenceTells() async throws {
        let telemetry = Telemetry()
        let rig = try await Self.rig(telemetry)
        let metrics = try TelemetryTests().page(telemetry, rig.controller)
        let run = Self.named("by-hand")
        #expect(metrics.value("analysis_run_info", run.merging(["phase": "Successful"]) { $1 }) == 1)
        #expect(metrics.sum("analysis_run_phase", run) == 1)
        #expect(metrics.samples.filter { $0.name == "analysis_run_phase" && $0.labels["name"] == "by-hand" }.count == 6)
        #expect(metrics.value("analysis_run_metric_type", run.merging(["metric": "job", "type": "Job"]) { $1 }) == 1)
        #expect(metrics.value("analysis_run_metric_type", run.merging(["metric": "odd", "type": "Web"]) { $1 }) == 1)
        let job = ["metric": "job", "type": "Job", "dry_run": "false", "phase": "Successful"]
        #expect(metrics.value("analysis_run_metric_phase", run.merging(job) { $1 }) == 1)
        let odd = ["metric": "odd", "dry_run": "true", "phase": "Error"]
        #expect(metrics.value("analysis_run_metric_phase", run.merging(odd) { $1 }) == 1)
        #expect((metrics.value("analysis_run_reconcile_count", run) ?? 0) > 1)
        #expect(metrics.types["analysis_run_reconcile_error"] == "counter")

        let experiment = Self.named("both")
        #expect(metrics.value("experiment_info", experiment.merging(["phase": "Successful"]) { $1 }) == 1)
        #expect(metrics.value("experiment_phase", experiment.merging(["phase": "Successful"]) { $1 }) == 1)
        #expect(metrics.value("experiment_phase", experiment.merging(["phase": "Running"]) { $1 }) == 0)
        #expect((metrics.value("experiment_reconcile_count", experiment) ?? 0) > 1)
        #expect(metrics.types["experiment_reconcile_error"] == "counter")

        #expect(metrics.value("analysis_template_info", Self.named("smoke")) == 1)
        let metric = Self.named("smoke", ["type": "Job", "metric": "job"])
        #expect(metrics.value("analysis_template_metric_info", metric) == 1)
        for queue in ["Rollouts", "AnalysisRuns", "Experiments"] {
            #expect((metrics.value("workqueue_adds_total", ["name": queue]) ?? 0) > 0, "\(queue)")
            #expect((metrics.value("workqueue_work_duration_seconds_count", ["name": queue]) ?? 0) > 0, "\(queue)")
            #expect(metrics.value("workqueue_depth", ["name": queue]) == 0)
        }
    }

    /// Runs come with each update: what is counted by their names would never end.
    @Test func noRolloutIsMadeOfARun() async throws {
        let telemetry = Telemetry()
        let rig = try await Self.rig(telemetry)
        let metrics = try TelemetryTests().page(telemetry, rig.controller)
        for name in ["rollout_events_total", "rollout_reconcile_count", "rollout_info"] {
            let names = Set(metrics.samples.filter { $0.name == name }.compactMap { $0.labels["name"] })
            #expect(names == ["web"], "\(name) of \(names)")
        }
    }

    @Test func whatIsGoneIsForgotten() async throws {
        let telemetry = Telemetry()
        let rig = try await Self.rig(telemetry)
        for (type, name) in [
            (ResourceType.analysisRuns, "by-hand"), (.experiments, "both"), (.analysisTemplates, "smoke"),
        ] {
            _ = try rig.cluster.perform(.delete(type, ObjectName(namespace: rig.namespace, name: name)))
        }
        for run in try rig.cluster.perform(.list(.analysisRuns))["items"]?.array ?? [] {
            _ = try rig.cluster.perform(.delete(.analysisRuns, ObjectName(of: run)))
        }
        try await rig.pass(60)
        let metrics = try TelemetryTests().page(telemetry, rig.controller)
        let left = metrics.samples.filter { $0.labels["namespace"] == "conf-test" && $0.labels["name"] ?? "web" != "web" }
            .filter { $0.labels["name"] != "N/A" }
        #expect(left.isEmpty, "\(left)")
    }

    /// Runs are kept for as long as people like, and a page that grows with them is read by nobody in the end.
    @Test func thePageOfManyRunsIsBounded() throws {
        let telemetry = Telemetry()
        func note(_ number: Int, _ phase: String) {
            let time = KubernetesTime(seconds: 1_800_000_000 + Int64(number)).description
            let item = WorkItem(.analysisRun, ObjectName(namespace: "shop", name: "run-\(number)"))
            telemetry.note(PhaseFigures([
                "metadata": ["creationTimestamp": .string(time)], "status": ["phase": .string(phase)],
                "spec": ["metrics": [["name": "a", "provider": ["web": [:]]], ["name": "b", "provider": ["web": [:]]]]],
            ]), of: item)
            telemetry.noteReconcile(of: item, ReconcileWatch(), failed: false)
        }
        note(0, "Running")
        for number in 1..<5_000 { note(number, number % 5 == 0 ? "Failed" : "Successful") }
        let text = MetricsPage.text(telemetry, MetricsPage.Context(version: ""))
        #expect(text.utf8.count < 6_000_000)
        let metrics = try MetricsReader(text)
        let shown = Set(metrics.samples.filter { $0.name == "analysis_run_info" }.compactMap { $0.labels["name"] })
        // What is under way is told however old it is, and of the others the newest.
        #expect(shown.count > 100 && shown.contains("run-0") && shown.contains("run-4999") && !shown.contains("run-1"))
        let named = metrics.samples.filter { $0.name.hasPrefix("analysis_run_") }
        #expect(named.count <= MetricsPage.mostSamples)
        #expect(Set(named.compactMap { $0.labels["name"] }) == shown)
        let runs = ["kind": "AnalysisRun"]
        #expect(metrics.value("rollout_render_objects", runs.merging(["phase": "Failed"]) { $1 }) == 999)
        #expect(metrics.sum("rollout_render_objects", runs) == 5_000)
        #expect(metrics.value("rollout_render_objects_left_out", runs) == Double(5_000 - shown.count))
    }

    @Test func twoMetricsOfOneNameAreOneSeries() {
        let metric: JSONValue = ["name": "a", "provider": ["web": [:]]]
        let figures = PhaseFigures(["spec": ["metrics": [metric, metric, ["name": "b", "provider": ["new": [:]]]]]])
        #expect(figures.metrics.map(\.name) == ["a", "b"])
        #expect(figures.metrics.map(\.type) == ["Web", "Unknown Provider"])
        #expect(figures.phase.isEmpty)
    }
}
