import ManifestKit

/// AnalysisRuns, Experiments and the templates of analyses, as the reference's metrics tell of them.
extension MetricsPage {
    /// About how many samples tell of single AnalysisRuns at the most, and as many of single Experiments. They are kept
    /// for as long as people like, and a page of a hundred megabytes tells nobody anything.
    static let mostSamples = 20_000

    /// Those of which samples of their own tell: what is under way first, then the newest.
    static func shown(of counts: Telemetry.Counts) -> Set<WorkItem> {
        var shown: Set<WorkItem> = []
        for kind in [WorkItem.Kind.analysisRun, .experiment] {
            let items = Set(counts.phases.keys).union(counts.reconciles.keys).filter { $0.kind == kind }
            let known = items.map { item in (item: item, figures: counts.phases[item]) }.sorted { left, right in
                let (leftEnded, rightEnded) = (left.figures?.hasEnded ?? false, right.figures?.hasEnded ?? false)
                if leftEnded != rightEnded { return rightEnded }
                let (leftTime, rightTime) = (left.figures?.createdAt ?? "", right.figures?.createdAt ?? "")
                return leftTime == rightTime ? left.item < right.item : leftTime > rightTime
            }
            var left = mostSamples
            for (item, figures) in known {
                // Its phase by name and each phase by itself, the same for each metric, and the time that looks take.
                let phases = AnalysisPhase.allCases.count + 1
                left -= phases * (1 + (figures?.metrics.count ?? 0)) + Histogram.reference.count + 4
                guard left >= 0 else { break }
                shown.insert(item)
            }
        }
        return shown
    }

    /// How many there are by phase, whether or not anything else tells of them.
    private mutating func writeTotals() {
        let kinds = [(WorkItem.Kind.analysisRun, "AnalysisRun"), (.experiment, "Experiment")]
        page.begin("rollout_render_objects", .gauge, "How many AnalysisRuns and Experiments there are, by phase.")
        for (kind, word) in kinds {
            var totals: [String: Int] = [:]
            for (item, figures) in counts.phases where item.kind == kind {
                totals[figures.phase.isEmpty ? AnalysisPhase.pending.rawValue : figures.phase, default: 0] += 1
            }
            for phase in AnalysisPhase.allCases {
                page.sample(totals[phase.rawValue] ?? 0, [("kind", word), ("phase", phase.rawValue)])
            }
        }
        page.begin(
            "rollout_render_objects_left_out", .gauge,
            "Of how many of them nothing tells by name, as there are too many: the oldest that have ended.")
        for (kind, word) in kinds {
            page.sample(counts.phases.keys.count { $0.kind == kind && !shown.contains($0) }, [("kind", word)])
        }
    }

    mutating func writeAnalyses() {
        let runs = known(.analysisRun)
        writePhases(.analysisRun, runs)
        page.begin("analysis_run_metric_type", .gauge, "The provider of each metric of an analysis run.")
        for (labels, run) in runs {
            for metric in run.metrics { page.sample(1, labels + [("metric", metric.name), ("type", metric.type)]) }
        }
        page.begin("analysis_run_metric_phase", .gauge, "The phase of each metric of an analysis run.")
        for (labels, run) in runs {
            for metric in run.metrics {
                writePhase(metric.phase, labels + [
                    ("metric", metric.name), ("type", metric.type), ("dry_run", metric.isDryRun ? "true" : "false"),
                ])
            }
        }
        writePhases(.experiment, known(.experiment))
        writeTotals()
        writeTemplates()
    }

    private func known(_ kind: WorkItem.Kind) -> [(labels: Labels, figures: PhaseFigures)] {
        counts.phases.filter { $0.key.kind == kind && shown.contains($0.key) }.sorted { $0.key < $1.key }.map {
            (Self.labels($0.key.name), $0.value)
        }
    }

    private mutating func writePhases(_ kind: WorkItem.Kind, _ known: [(labels: Labels, figures: PhaseFigures)]) {
        let prefix = kind.metricPrefix
        page.begin("\(prefix)_info", .gauge, "The phase of it.")
        for (labels, figures) in known { page.sample(1, labels + [("phase", figures.phase)]) }
        page.begin("\(prefix)_phase", .gauge, "The phase of it (deprecated: use \(prefix)_info).")
        for (labels, figures) in known { writePhase(figures.phase, labels) }
    }

    /// Writes 1 for the phase that it is in and 0 for the others; what has not begun is pending.
    private mutating func writePhase(_ current: String, _ labels: Labels) {
        for phase in AnalysisPhase.allCases {
            let isSo = phase.rawValue == current || (current.isEmpty && phase == .pending)
            page.sample(isSo ? 1 : 0, labels + [("phase", phase.rawValue)])
        }
    }

    private mutating func writeTemplates() {
        let templates = context.controller?.templates ?? []
        page.begin("analysis_template_info", .gauge, "Templates of analyses, those of the cluster without a namespace.")
        for template in templates { page.sample(1, Self.labels(template.name)) }
        page.begin("analysis_template_metric_info", .gauge, "The metrics of templates of analyses.")
        for template in templates {
            for metric in template.metrics {
                page.sample(1, Self.labels(template.name) + [("type", metric.type), ("metric", metric.name)])
            }
        }
    }
}
