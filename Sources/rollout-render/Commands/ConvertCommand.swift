import ArgumentParser
import ManifestKit

/// `rollout-render convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Makes Rollouts of Deployments, with the Services, routes and autoscalers around them.",
        discussion: """
            Edits the text, so that comments, order, quotes and blank lines stay. The converted manifests go to \
            standard output, the migration report with the safe order of the cut-over to standard error.

            EXAMPLE:
              rollout-render convert --steps 10,pause,50,pause:10m --traffic nginx --diff manifests/
              rollout-render convert --strategy bluegreen --in-place manifests/web.yaml
              helm template chart | rollout-render convert - | kubectl apply --dry-run=server -f -
            """)

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    @Option(help: "How the Rollouts update: canary or bluegreen.")
    var strategy = ConversionOptions.Strategy.canary

    @Option(help: ArgumentHelp("The steps of the canary, such as 10,pause,50,pause:10m,100.", valueName: "list"))
    var steps: String?

    @Option(help: "How carefully they update when no steps are given: cautious, standard or fast.")
    var preset: ConversionPreset?

    @Option(
        help: """
            What divides the traffic: none, alb, ambassador, apisix, appmesh, contour, gateway-api, istio, nginx, \
            openshift, smi or traefik.
            """)
    var traffic = ConversionRouter.none

    @Option(
        name: .customLong("route"),
        help: ArgumentHelp(
            "The Ingress, VirtualService or other route of the router, where several would do or none is in the input.",
            valueName: "name"))
    var routes: [String] = []

    @Option(name: .customLong("name"), help: ArgumentHelp("Convert only the workload of this name.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Convert every workload (the default).")
    var all = false

    @Flag(name: .customLong("workload-ref"), help: "Keep the Deployment and write a Rollout that refers to it.")
    var usesWorkloadReference = false

    @Option(help: "What becomes of a Deployment that is referred to: never, onsuccess or progressively scaled down.")
    var scaleDown: ConversionOptions.ScaleDown?

    @Flag(help: "Make Deployments of Rollouts.")
    var reverse = false

    @Flag(help: "Write what kustomize needs to know Rollouts: configurations, openapi, and the stanza for both.")
    var kustomize = false

    @Flag(name: [.customShort("i"), .long], help: "Change the files themselves.")
    var inPlace = false

    @Option(help: ArgumentHelp("Write the files to this folder, under the same relative paths.", valueName: "folder"))
    var outputDir: String?

    @Flag(help: "Show what changes as a unified diff.")
    var diff = false

    @Option(
        help: ArgumentHelp(
            "Write the report to this file instead: as Markdown where it ends in .md, as JSON where it ends in .json.",
            valueName: "file"))
    var report: String?

    @Option(name: .shortAndLong, help: "text, or json for one JSON document with the files and the report.")
    var output = ConvertOutputFormat.text

    @Flag(name: .shortAndLong, help: "Write no report to standard error.")
    var quiet = false

    mutating func run() throws {
        do {
            let options = try conversionOptions()
            if kustomize {
                try ConvertFiles.write(kustomizeFiles(), to: outputDir)
                return
            }
            guard !paths.isEmpty else { throw ConvertUsageError("name files or folders, or - for standard input") }
            let session = ConvertSession(command: self, inputs: try InputFiles.read(paths))
            let isComplete = try session.run(options)
            if !isComplete { throw ExitCode(1) }
        } catch let error as ConvertUsageError {
            ConvertFiles.printError("rollout-render convert: \(error)")
            throw ExitCode(2)
        } catch let error as UnreadableInput {
            ConvertFiles.printError("rollout-render convert: \(error)")
            throw ExitCode(2)
        } catch let error as ConvertFiles.Unwritable {
            ConvertFiles.printError("rollout-render convert: \(error)")
            throw ExitCode(2)
        }
    }

    /// What the flags ask for; those that contradict each other are a mistake of usage.
    func conversionOptions() throws -> ConversionOptions {
        var options = ConversionOptions()
        options.direction = reverse ? .toDeployment : .toRollout
        options.strategy = strategy
        options.router = traffic
        options.routes = routes
        options.names = names
        options.usesWorkloadReference = usesWorkloadReference
        if let preset { options.preset = preset }
        if let scaleDown { options.scaleDown = scaleDown }
        if let steps {
            do {
                options.steps = try ConversionStep.list(steps)
            } catch {
                throw ConvertUsageError("--steps: \(error)")
            }
        }
        let conflicts: [(Bool, String)] = [
            (strategy == .blueGreen && steps != nil, "--steps belongs to a canary; a blue-green update has none"),
            (strategy == .blueGreen && traffic != .none, "--traffic belongs to a canary; blue-green switches Services"),
            (steps != nil && preset != nil, "give --steps or --preset, not both"),
            (scaleDown != nil && !usesWorkloadReference, "--scale-down needs --workload-ref"),
            (reverse && usesWorkloadReference, "--reverse and --workload-ref exclude each other"),
            (!routes.isEmpty && traffic == .none, "--route needs --traffic"),
            (all && !names.isEmpty, "--all and --name exclude each other"),
            (inPlace && outputDir != nil, "--in-place and --output-dir exclude each other"),
            (inPlace && paths.contains("-"), "--in-place cannot change standard input"),
            (kustomize && inPlace, "--kustomize writes new files: give --output-dir"),
        ]
        if let conflict = conflicts.first(where: \.0) { throw ConvertUsageError(conflict.1) }
        return options
    }

    private func kustomizeFiles() -> [ConvertFiles.File] {
        KustomizeConfiguration.files.map { ConvertFiles.File(name: $0.name, bytes: Array($0.text.utf8)) }
    }
}

/// What is printed beside the report.
enum ConvertOutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Flags that do not go together.
struct ConvertUsageError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

extension ConversionOptions.Strategy: ExpressibleByArgument {}
extension ConversionOptions.ScaleDown: ExpressibleByArgument {}
extension ConversionPreset: ExpressibleByArgument {}
extension ConversionRouter: ExpressibleByArgument {}
