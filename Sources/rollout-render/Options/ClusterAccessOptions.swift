import ArgumentParser
import RolloutRuntime

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
            kubeconfig: kubeconfig, context: context, environment: Self.environment())
        options.userAgent = "rollout-render/\(Version.text)"
        options.warn = { StandardError.write("warning: \($0)") }
        return options
    }

    /// The variables of the environment, by name.
    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
