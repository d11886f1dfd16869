import ArgumentParser
import ManifestKit

/// `rollout-render validate`: finds faults in manifests.
struct ValidateCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Find faults in Rollouts and in what they touch.",
        discussion: """
            Checks Rollouts, analysis templates, experiments, workloads and routing objects against their schemas, \
            against what the API server and the Argo Rollouts controller refuse, and against each other.

              rollout-render validate deploy/
              helm template ./chart | rollout-render validate -
              kustomize build overlays/prod | rollout-render validate --require-references -
              rollout-render validate -o sarif deploy/ > findings.sarif

            A comment silences a rule on its line, or in the block below it:

              replicas: 1  # rollout-render:ignore RR0501 one is enough for staging

            Severities, ignored paths, the Kubernetes version and annotation prefixes can be set in a \
            \(Configuration.fileName), which is looked for from each file's folder upwards. `rollout-render rules` \
            lists the rules. The exit code is 0 without findings of the --fail-on level, 1 with them, and 2 for wrong \
            usage, for input that cannot be read, and where there was nothing to check.
            """)

    @Argument(
        help: "Files, folders (searched for .yaml, .yml and .json), or - for standard input.", completion: .file())
    var paths: [String] = []

    @Option(name: .shortAndLong, help: "How to write the report.")
    var output = ReportFormatName(TextReport.self)

    @Option(help: ArgumentHelp("The least severity that makes the exit code 1.", valueName: "severity"))
    var failOn = FailLevel.error

    @Option(help: ArgumentHelp("The version of Kubernetes to check against; else the newest.", valueName: "version"))
    var kubernetesVersion: KubernetesVersion?

    @Flag(help: "Make a name that no input defines an error and not a warning.")
    var requireReferences = false

    @Flag(help: "Succeed where there was nothing to check.")
    var allowEmpty = false

    @Option(help: ArgumentHelp(
        "The configuration to use for every file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(help: "Colour the text report.")
    var color = ColorChoice.auto

    @Flag(name: .shortAndLong, help: "List the documents that there are no rules for, and ignored files.")
    var verbose = false

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let search = InputSearch(paths)
        let (run, ignored) = try plan(search.files)
        if search.files.contains(where: \.isStandardInput), StandardInput.isTerminal {
            StandardError.write("reading manifests from the terminal; Ctrl-D ends them")
        }
        var outcome = await run.outcome()
        var report = ValidationReport(files: run.jobs.map(\.file.path), failLevel: failOn)
        report.diagnostics = outcome.validator.finish()
        report.counts = outcome.validator.counts
        report.unreadable = search.unreadable + outcome.unreadable
        try StandardOutput.write(output.format.text(of: report, isColored: color.isColored))
        if verbose { list(report.counts.skipped, ignored) }
        for input in report.unreadable { StandardError.write("error: \(input)") }
        StandardError.write(ReportSummary.text(of: report, ignored: ignored.count))
        let code = exitCode(of: report)
        if code != ExitStatus.clean { throw ExitCode(code) }
    }

    /// What to check and how, and the files that a configuration says to leave alone.
    private func plan(_ files: [InputFile]) throws -> (run: ValidationRun, ignored: [String]) {
        var configurations = try ConfigurationFiles(only: config)
        var jobs: [ValidationRun.Job] = []
        var ignored: [String] = []
        for file in files {
            let found = try configurations.configuration(for: file)
            if !file.isStandardInput, let found, found.ignores(configurations.absolute(file.path)) {
                ignored.append(file.path)
            } else {
                let settings = overridden(found?.configuration.settings ?? ValidationSettings())
                jobs.append(ValidationRun.Job(file: file, settings: settings))
            }
        }
        guard configurations.faults.isEmpty else {
            for fault in configurations.faults { StandardError.write(ReportSummary.text(of: fault)) }
            throw ExitCode(ExitStatus.unusable)
        }
        return (ValidationRun(jobs: jobs, settings: overridden(ValidationSettings())), ignored)
    }

    private func overridden(_ settings: ValidationSettings) -> ValidationSettings {
        var settings = settings
        if let kubernetesVersion { settings.kubernetesMinor = kubernetesVersion.minor }
        if requireReferences { settings.requiresReferences = true }
        return settings
    }

    private func list(_ skipped: [Validator.Skipped], _ ignored: [String]) {
        for document in skipped {
            let text = "\(document.file):\(document.line): no rules for \(document.kind)"
            StandardError.write(PlainText.shown(text))
        }
        for path in ignored { StandardError.write("\(PlainText.shown(path)): ignored by the configuration") }
    }

    private func exitCode(of report: ValidationReport) -> Int32 {
        if !report.unreadable.isEmpty { return ExitStatus.unusable }
        if report.diagnostics.contains(where: { failOn.isReached(by: $0.severity) }) { return ExitStatus.findings }
        if report.counts.checked == 0, report.count(.error) == 0, !allowEmpty {
            StandardError.write("error: there was nothing to check; --allow-empty makes that a success")
            return ExitStatus.unusable
        }
        return ExitStatus.clean
    }
}
