import ArgumentParser
import RolloutRuntime

/// `rollout-render runtime cluster`: an embedded cluster, without a controller for Rollouts.
struct RuntimeClusterCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Run an embedded Kubernetes cluster, without a controller for Rollouts.",
        discussion: """
            An API server in memory that kubectl and other clients can use, with pods that start, become ready and end \
            as real ones would, and with nothing installed. It serves the kinds that an update touches, and every kind \
            that a CRD defines.

              rollout-render runtime cluster --kubeconfig-out cluster.yaml &
              export KUBECONFIG=cluster.yaml
              kubectl apply -f deploy/

            A pod with the annotation rig.test/never-ready, rig.test/crash or rig.test/job-fail, set to "true", does \
            what that says. It runs until it is interrupted.
            """)

    @OptionGroup var cluster: EmbeddedClusterOptions

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let options = cluster
        try await options.embeddedRun().run { port in options.announce(port: port) }
    }
}
