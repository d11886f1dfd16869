import ArgumentParser
import ManifestKit

/// `rollout-render render`: shows every step of an update.
struct RenderCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Show every step of an update.",
        discussion: """
            Prints what a cluster holds at each step of an update, when it has settled: both ReplicaSets with their \
            names, hashes and sizes, the Services, the routes with their weights, and what an abort would do.

              rollout-render render rollout.yaml services.yaml
              rollout-render render --stable git:main -o yaml deploy/
              rollout-render render --stable old.yaml -o html deploy/ > update.html
              rollout-render render --initial --output-dir steps deploy/

            The old version is what --stable names: a file, or the same files at a revision of git. Without it the \
            old version is the same template, marked "stable"; with --initial there is none.

            The exit code is 0 when everything was rendered, 1 when an input is not YAML or a Rollout has errors, \
            and 2 for wrong usage, for input that cannot be read, and where there was no Rollout.
            """)

    @Argument(
        help: "Files, folders (searched for .yaml, .yml and .json), or - for standard input.", completion: .file())
    var paths: [String] = []

    @Option(help: ArgumentHelp(
        "The old version: a file, or git:REV for the inputs as they were at a revision.", valueName: "file|git:rev"),
        completion: .file())
    var stable: String?

    @Flag(help: "Render a first deployment: there is no old version.")
    var initial = false

    @Option(name: .shortAndLong, help: ArgumentHelp(
        "How to write it. (default: table on a terminal and yaml elsewhere)"))
    var output: RenderingViewName?

    @Option(help: ArgumentHelp(
        "Write YAML to a folder, in it a folder a Rollout and step; what was rendered there before is replaced.",
        valueName: "folder"), completion: .directory)
    var outputDir: String?

    @Option(help: ArgumentHelp("Render only the Rollout of this name, or namespace/name.", valueName: "name"))
    var name: String?

    @Option(help: "Colour the table.")
    var color = ColorChoice.auto

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
        if stable != nil, initial { throw ValidationError("--stable and --initial exclude each other") }
        if let output, outputDir != nil, output.view != RenderingYAML.self {
            throw ValidationError("--output-dir writes yaml; leave out -o \(output.view.name)")
        }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let chosen = try ChosenRollouts(paths, name: name)
        let versions = try StableVersions(stable, inputs: chosen.input.files)
        let objects = ObjectIndex(chosen.input.values)
        let jobs = try chosen.rollouts.enumerated().map { try job($1.value, number: $0, versions) }
        if let outputDir {
            let writer = try RenderingFolderWriter(outputDir)
            let renderings = await RenderingRun(jobs).results { $0.rendering(beside: objects) }
            try writer.write(RenderingFolders.files(of: renderings))
        } else {
            let usual: any RenderingView.Type = StandardOutput.isTerminal ? RenderingTable.self : RenderingYAML.self
            let view = output?.view ?? usual
            let style = RenderingStyle(isColored: color.isColored, isCompact: !StandardOutput.isTerminal)
            let parts = await RenderingRun(jobs).results { job in
                view.part(of: job.rendering(beside: objects), number: job.number, style: style)
            }
            try StandardOutput.write(view.whole(parts, style: style))
        }
    }

    // MARK: Rendering

    private func job(_ rollout: JSONValue, number: Int, _ versions: StableVersions) throws -> RenderingRun.Job {
        let stable = try versions.stable(of: rollout)
        if versions.isAtRevision, stable == nil {
            let name = RenderingNames.full(rollout)
            StandardError.write(PlainText.shown(
                "note: \(name) is not in \(self.stable ?? "git"): rendered as a first deployment"))
        }
        let isInitial = initial || versions.isAtRevision && stable == nil
        return RenderingRun.Job(number: number, rollout: rollout, stable: stable, isInitial: isInitial)
    }
}

/// A view as a user names it.
struct RenderingViewName: ExpressibleByArgument {
    /// The view.
    let view: any RenderingView.Type

    init?(argument: String) {
        guard let view = RenderingViews.named(argument) else { return nil }
        self.view = view
    }

    static var allValueStrings: [String] { RenderingViews.all.map { $0.name } }
}
