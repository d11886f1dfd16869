import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render analyze`: runs a template from the command line against the real provider.
struct AnalyzeCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Run an AnalysisTemplate against the real servers, to try it before trusting it.",
        discussion: """
            Takes measurements as the controller would, prints them as they come, and says how the analysis ends. \
            Several templates are run as one analysis. No cluster is needed, so metrics that run Jobs are refused.

              rollout-render analyze --once template.yaml --arg service=web
              rollout-render analyze template.yaml --arg service=web --metric success-rate
              rollout-render analyze template.yaml --secret tokens/api=token.txt -o html > analysis.html

            --once takes one measurement of each metric and says how each condition came out.

            Arguments from Secrets, and Secrets of providers, are given with --secret NAME/KEY=FILE, or with \
            --secret NAME/KEY=env:VARIABLE. Their values are printed nowhere. Providers fall back to the same \
            variables as in the controller, such as ARGO_ROLLOUTS_PROMETHEUS_ADDRESS.

            A metric with an interval and no count goes on until Ctrl-C, which ends the analysis as a termination.

            The exit code is 0 when the analysis is successful, 1 when it failed, is inconclusive or came to an \
            error, and 2 for wrong usage or a template that cannot be run.
            """)

    /// How the outcome is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, yaml, html
    }

    @Argument(
        help: "Files or folders with AnalysisTemplates and ClusterAnalysisTemplates, or - for standard input.",
        completion: .file())
    var paths: [String] = []

    @Option(name: .customLong("arg"), help: ArgumentHelp("A value for an argument.", valueName: "name=value"))
    var arguments: [String] = []

    @Option(name: .customLong("secret"), help: ArgumentHelp(
        "A file, or env: and a variable, with the value of a Secret's key.", valueName: "name/key=file"))
    var secrets: [String] = []

    @Option(name: .customLong("template"), help: ArgumentHelp("Run only the template of this name.", valueName: "name"))
    var templates: [String] = []

    @Option(name: .customLong("metric"), help: ArgumentHelp("Measure only the metric of this name.", valueName: "name"))
    var metrics: [String] = []

    @Flag(help: "Measure each metric once, and say how its conditions came out.")
    var once = false

    @Option(name: .customLong("for"), help: ArgumentHelp(
        "End the analysis after this long, as a termination.", valueName: "length"))
    var length: String?

    @Option(name: .shortAndLong, help: "How to write the outcome; measurements go to standard error beside it.")
    var output = Format.text

    @Option(help: "Colour the text.")
    var color = ColorChoice.auto

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file with an AnalysisTemplate, a folder, or -") }
        if let length, GoDuration(length).map({ $0.nanoseconds <= 0 }) ?? true {
            throw ValidationError("--for is a length of time, such as 90s or 5m")
        }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let run = try trialRun()
        var trial = AnalysisTrial()
        trial.secrets = try secretValues()
        trial.environment = Environment.values(of: MetricEnvironment.names)
        trial.aws = AWSEnvironment(Environment.values(of: AWSEnvironment.names))
        trial.tellsConditions = once
        trial.longestSeconds = length.flatMap { GoDuration($0) }?.seconds
        trial.heedsSignals = true
        let isText = output == .text
        let display = AnalysisDisplay(
            run, isOnce: once, isColored: isText ? color.isColored : color.isColoredOnStandardError,
            place: isText ? .standardOutput : .standardError)
        if display.isLive { trial.tickSeconds = 1 }
        let ended: AnalysisRun
        do {
            ended = try await trial.run(run) { news, run, now in try await display.show(news, run, now: now) }
        } catch {
            await display.end()
            throw error
        }
        await display.end()
        try await write(ended, display)
        if ended.status.phase != .successful { throw ExitCode(ExitStatus.findings) }
    }

    private func write(_ run: AnalysisRun, _ display: AnalysisDisplay) async throws {
        try await display.conclude()
        switch output {
        case .text: break
        case .json: try StandardOutput.write(JSONWriter.text(run.object, layout: .pretty) + "\n")
        case .yaml: try StandardOutput.write(YAMLEmitter.text(run.object))
        case .html: try StandardOutput.write(AnalysisPage.text(of: await display.analysis))
        }
    }

    // MARK: Input

    private func trialRun() throws -> AnalysisRun {
        let input = try RenderingInput.checked(paths)
        let kinds: [ResourceKind] = [.analysisTemplate, .clusterAnalysisTemplate]
        let all = input.objects.filter { object in object.kind.map { kinds.contains($0) } ?? false }
        RenderingComplaints.write(input.syntaxFindings)
        if !input.syntaxFindings.isEmpty { throw ExitCode(ExitStatus.unusable) }
        let names = all.map { RenderingNames.name($0.value) }
        guard !all.isEmpty else {
            throw ValidationError("there is no AnalysisTemplate and no ClusterAnalysisTemplate in the input")
        }
        if let unknown = templates.first(where: { !names.contains($0) }) {
            throw ValidationError("there is no template \(unknown): there are \(names.joined(separator: ", "))")
        }
        // First the chosen ones, then the rest, in which theirs are looked for.
        let chosen = templates.isEmpty ? all : all.filter { templates.contains(RenderingNames.name($0.value)) }
        var trial = AnalysisTrialRun(templates: chosen.map(\.value))
        trial.others = all.map(\.value)
        trial.arguments = try pairs(arguments, "--arg", "name=value")
        trial.metrics = metrics
        trial.isOnce = once
        do throws(AnalysisProblem) {
            let run = try trial.run()
            // What cannot be read is wrong usage here, before anything is measured.
            _ = try run.resolvedMetrics { _ in "secret" }
            return run
        } catch {
            throw ValidationError(PlainText.shown(error.description))
        }
    }

    private func secretValues() throws -> [String: String] {
        var values: [String: String] = [:]
        for (key, place) in try pairs(secrets, "--secret", "name/key=file") {
            guard key.split(separator: "/", omittingEmptySubsequences: false).count == 2 else {
                throw ValidationError("--secret is name/key=file, and \(key) has no name and key")
            }
            if place.hasPrefix("env:") {
                let variable = String(place.dropFirst(4))
                guard let value = Environment.value(variable) else {
                    throw ValidationError("the variable \(variable) is not set, and --secret \(key) is in it")
                }
                values[key] = value
            } else {
                var text = String(decoding: try InputFiles.contents(of: place), as: UTF8.self)
                // As people write a token into a file; no header can hold it.
                if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
                values[key] = text
            }
        }
        return values
    }

    private func pairs(_ texts: [String], _ option: String, _ form: String) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                // The rest may be a secret.
                throw ValidationError("\(option) is \(form)")
            }
            pairs[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return pairs
    }
}
