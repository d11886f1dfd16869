import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime run`: the controller for Rollouts.
struct RuntimeRunCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the controller for Rollouts.",
        discussion: """
            It looks after the Rollouts of the cluster that the kubeconfig or its pod's service account names, in all \
            namespaces or, with --namespace, in one. It works while it holds the lease, which is the same as that of \
            the Argo Rollouts controller, so that the two never work at once.

            With --embedded it runs in a cluster of its own in memory, so that a whole update can be watched on this \
            machine with nothing installed:

              rollout-render runtime run --embedded --kubeconfig-out cluster.yaml &
              export KUBECONFIG=cluster.yaml
              kubectl apply -f rollout.yaml
              kubectl get rollouts -w

            It says each decision and its reason on standard error, and runs until it is interrupted. The exit code is \
            0 when it was asked to end, 1 when it has lost the lease, and 2 when it could not be started.
            """)

    @Flag(help: "Run in an embedded cluster of its own.")
    var embedded = false

    @OptionGroup(title: "Cluster")
    var access: ClusterAccessOptions

    @Option(help: ArgumentHelp("Requests a second that are sent at the most.", valueName: "number"))
    var qps = 50.0

    @Option(help: ArgumentHelp("Requests that are sent at once after a quiet time.", valueName: "number"))
    var burst = 100

    @OptionGroup(title: "Controller")
    var controller: ControllerOptions

    @OptionGroup(title: "Leader election")
    var election: LeaderElectionOptions

    @OptionGroup(title: "Notifications")
    var notifications: NotificationOptionGroup

    @OptionGroup(title: "Embedded cluster")
    var cluster: EmbeddedClusterOptions

    func validate() throws {
        guard qps.isFinite, qps > 0, burst > 0 else { throw ValidationError("--qps and --burst are above 0") }
        guard !embedded || (access.kubeconfig == nil && access.context == nil) else {
            throw ValidationError(
                "with --embedded it runs in its own cluster: --kubeconfig and --context are for another")
        }
        guard !embedded else { return }
        for (name, isGiven) in [
            ("--kubeconfig-out", cluster.kubeconfig != nil), ("--state", cluster.stateFile != nil),
            ("--port", cluster.port != 0), ("--serve-pods", cluster.servePods),
            ("--time-scale", cluster.timeScale != 1),
        ] where isGiven {
            throw ValidationError("\(name) is for the embedded cluster: add --embedded, or leave it out")
        }
    }

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        if embedded { try await runEmbedded() } else { try await runInCluster() }
    }

    private func runEmbedded() async throws {
        let options = cluster
        let settings = try controller.settings(namespace: access.namespace ?? "", isEmbedded: true)
        let lease = try election.settings(
            instanceID: controller.instanceID, isEmbedded: true, namespace: access.namespace ?? "default")
        let (controller, clusterRun) = (controller, try options.embeddedRun())
        let (notifications, access) = (notifications, access)
        try await clusterRun.run(alongside: [{ cluster in
            var settings = settings
            settings.election = lease
            settings.notifications = notifications.place(namespace: access.namespace ?? "argo-rollouts")
            let log = controller.log(clock: cluster.clock)
            let run = ControllerRun(transport: cluster, clock: cluster.clock, settings: settings, log: log)
            if case .lostLease = try await run.run() { throw ExitCode(1) }
            await log.flush()
        }]) { port in options.announce(port: port) }
    }

    private func runInCluster() async throws {
        LargeHeap.settle()
        let log = controller.log()
        var settings = try controller.settings(namespace: access.namespace ?? "", isEmbedded: false)
        settings.onEnding = { LastResort.end(after: 5, with: $0 == .stopped ? 0 : 1) }
        let (namespace, election, controller, notifications) = (access.namespace, election, controller, notifications)
        let base = settings
        var connection = access.connection
        connection.requestsPerSecond = qps
        connection.burst = burst
        // Analyses write beside the workers, half as many at a time.
        connection.connections = controller.workers + controller.workers / 2 + 6
        connection.userAgent = "rollout-render/\(Version.text)"
        connection.warn = { log.log(.warn, $0) }
        let ending = try await ClusterConnection.with(connection) { cluster in
            var settings = base
            settings.election = try election.settings(
                instanceID: controller.instanceID, isEmbedded: false, namespace: cluster.namespace)
            settings.notifications = notifications.place(
                namespace: settings.election?.namespace ?? cluster.namespace)
            log.log(.info, "starts", [
                ("version", Version.text), ("server", cluster.server), ("scope", namespace ?? "all namespaces"),
            ])
            let run = ControllerRun(
                transport: cluster.transport, clock: ScaledClock(), settings: settings, log: log)
            return try await run.run()
        }
        await log.flush()
        if ending != .stopped { throw ExitCode(1) }
    }
}
