import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render simulate`: plays a whole update on a clock that does not wait.
struct SimulateCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a whole update, with its pauses and with trouble.",
        discussion: """
            Runs the controller itself on a cluster in memory and a clock that does not wait, so that hours of pauses \
            take milliseconds. Prints what happens when: steps, weights, ready pods, phases. Each Rollout plays alone.

              rollout-render simulate rollout.yaml services.yaml
              rollout-render simulate --stable old.yaml --scenario bad-pods.yaml deploy/
              rollout-render simulate -o html deploy/ > update.html
              rollout-render simulate --explore 1000 deploy/

            A scenario is a YAML file with what happens from outside, such as

              until: 2h
              events:
                - at: 5m
                  promote: {}
                - at: 10m
                  pods: {version: canary, crash: {}}

            Events are promote, promoteFull, abort, retry, pause, resume, setImage: {container, image}, scale: N, \
            pods: {version: canary|stable|all, slow: 30s | neverReady | crash | crashAfter: 1m | healthy}, \
            apiFaults: {conflicts|errors: 0.5, for: 1m}, controllerCrash: {afterWrites: N}, lostWatches and \
            metric: {name, value}.

            No server is asked for metrics. A scenario says what they come to, from the beginning or from a moment \
            on, and the conditions of the template judge it:

              metrics:
                - {name: success-rate, value: [0.99]}
                - {name: success-rate, at: 8m, values: [[0.97], {error: timeout}]}
                - {name: latency, series: latency.csv}

            Each has one of value (as the provider would answer; for Prometheus a number stands for a list of one), \
            values (one a measurement, the last stays), series (a file of times and values, or an AnalysisRun as \
            kubectl get -o json prints it), error, nothing and outcome: Failed; and slow: 20s where it takes long. \
            A metric without any counts as successful, which a note says. Jobs run in the cluster in memory and \
            succeed, unless the scenario has an outcome for their metric.

            With --explore each seed plays another scenario of random trouble, and what must never happen is looked \
            for after every write; what is found is printed as the shortest scenario that still shows it.

            The exit code is 0 when all went as it must, 1 when an input is not YAML or a Rollout has errors or \
            something that must hold did not, and 2 for wrong usage, for input that cannot be read, and where there \
            was no Rollout.
            """)

    @Argument(
        help: "Files, folders (searched for .yaml, .yml and .json), or - for standard input.", completion: .file())
    var paths: [String] = []

    @Option(help: ArgumentHelp(
        "The old version: a file, or git:REV for the inputs as they were at a revision.", valueName: "file|git:rev"),
        completion: .file())
    var stable: String?

    @Flag(help: "Simulate a first deployment: there is no old version.")
    var initial = false

    @Option(help: ArgumentHelp("What happens from outside, as a file.", valueName: "file"), completion: .file())
    var scenario: String?

    @Option(help: ArgumentHelp("Where chance starts from.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Play so many seeds with random trouble, and report what breaks.", valueName: "number"))
    var explore: Int?

    @Option(name: .shortAndLong, help: "How to write it.")
    var output = TimelineViewName(TimelineTable.self)

    @Option(help: ArgumentHelp("Simulate only the Rollout of this name, or namespace/name.", valueName: "name"))
    var name: String?

    @Option(help: "Colour the table.")
    var color = ColorChoice.auto

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
        if stable != nil, initial { throw ValidationError("--stable and --initial exclude each other") }
        if explore != nil, scenario != nil {
            throw ValidationError("--explore makes its own scenarios; leave out --scenario")
        }
        if let explore, !(1...10_000_000).contains(explore) {
            throw ValidationError("--explore is a number of seeds from 1 to 10000000")
        }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let scenario = try ScenarioFile.scenario(in: scenario)
        let chosen = try ChosenRollouts(paths, name: name)
        let versions = try StableVersions(stable, inputs: chosen.input.files)
        let objects = ObjectIndex(chosen.input.values)
        let inputs = try chosen.rollouts.map { rollout -> SimulationInput in
            let old = try versions.stable(of: rollout.value)
            return SimulationInput(
                rollout: rollout.value, stable: old, isInitial: initial || versions.isAtRevision && old == nil,
                objects: objects)
        }
        if let explore {
            try await self.explore(inputs, count: explore)
        } else {
            try await simulate(inputs, scenario)
        }
    }

    private nonisolated(nonsending) func simulate(_ inputs: [SimulationInput], _ scenario: Scenario) async throws {
        var timelines: [SimulatedTimeline] = []
        for input in inputs { timelines.append(await Simulator.run(input, scenario: scenario, seed: seed)) }
        var style = RenderingStyle(isColored: color.isColored, isCompact: !StandardOutput.isTerminal)
        if !StandardOutput.isTerminal { style.width = 160 }
        try StandardOutput.write(output.view.text(of: timelines, style: style))
        if timelines.contains(where: { !$0.violations.isEmpty }) { throw ExitCode(ExitStatus.findings) }
    }
}

/// A view as a user names it.
struct TimelineViewName: ExpressibleByArgument {
    /// The view.
    let view: any TimelineView.Type

    init(_ view: any TimelineView.Type) { self.view = view }

    init?(argument: String) {
        guard let view = TimelineViews.named(argument) else { return nil }
        self.view = view
    }

    var defaultValueDescription: String { view.name }
    static var allValueStrings: [String] { TimelineViews.all.map { $0.name } }
}
