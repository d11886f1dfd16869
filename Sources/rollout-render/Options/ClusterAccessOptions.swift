import ArgumentParser
import RolloutRuntime

/// The options of the commands that speak to a cluster; they are kubectl's.
struct ClusterAccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The kubeconfig; without it KUBECONFIG, then ~/.kube/config, then the pod's service account.",
            valueName: "file"), completion: .file())
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The kubeconfig's context, if not its current one.", valueName: "name"))
    var context: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace, if not the context's.", valueName: "name"))
    var namespace: String?

    /// Does something with the cluster, in the namespace that the user or the context names.
    func withCluster<Result: Sendable>(
        _ body: (_ cluster: ClusterConnection, _ namespace: String) async throws -> Result
    ) async throws -> Result {
        try await ClusterConnection.with(connection) { cluster in
            try await body(cluster, namespace ?? cluster.namespace)
        }
    }

    /// How to reach the cluster.
    var connection: ClusterConnection.Options {
        var options = ClusterConnection.Options(
            kubeconfig: kubeconfig, context: context, environment: Environment.all)
        options.userAgent = "rollout-render/\(Version.text)"
        options.warn = { StandardError.write("warning: \($0)") }
        return options
    }
}
