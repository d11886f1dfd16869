import ManifestKit

/// AnalysisRuns, Experiments and the templates of analyses, as the reference's metrics tell of them.
extension MetricsPage {
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
        writeTemplates()
    }

    private func known(_ kind: WorkItem.Kind) -> [(labels: Labels, figures: PhaseFigures)] {
        counts.phases.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }.map {
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
