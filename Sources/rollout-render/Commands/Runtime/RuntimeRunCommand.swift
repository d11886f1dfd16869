import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime run`: the controller for Rollouts.
struct RuntimeRunCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the controller for Rollouts.",
        discussion: """
            With --embedded it runs in a cluster of its own in memory, so that a whole update can be watched on this \
            machine with nothing installed:

              rollout-render runtime run --embedded --kubeconfig-out cluster.yaml &
              export KUBECONFIG=cluster.yaml
              kubectl apply -f rollout.yaml
              kubectl get rollouts -w

            It says each decision and its reason on standard error, and runs until it is interrupted.
            """)

    @Flag(help: "Run in an embedded cluster of its own.")
    var embedded = false

    @Option(help: "Look after one namespace only.")
    var namespace = ""

    @Option(
        name: .customLong("instance-id"),
        help: "Look after the Rollouts with this controller instance id; without it, after those that have none.")
    var instanceID = ""

    @Flag(name: .shortAndLong, help: "Say only what goes wrong.")
    var quiet = false

    @OptionGroup var cluster: EmbeddedClusterOptions

    func validate() throws {
        guard embedded else {
            throw ValidationError(
                "the controller cannot reach another cluster yet; add --embedded to run it in its own")
        }
    }

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let options = cluster
        var settings = Controller.Settings()
        settings.namespace = namespace
        settings.instanceID = instanceID
        settings.workers = 4
        let journal = DecisionJournal(isQuiet: quiet)
        let (controllerSettings, clusterRun) = (settings, try options.embeddedRun())
        try await clusterRun.run(alongside: [{ cluster in
            let controller = Controller(transport: cluster, clock: cluster.clock, settings: controllerSettings) {
                journal.note($0)
            }
            try await controller.run()
        }]) { port in options.announce(port: port) }
    }
}
