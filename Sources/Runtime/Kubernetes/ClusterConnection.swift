import ManifestKit

/// An open way to a cluster that a kubeconfig, or the service account of a pod, names.
public struct ClusterConnection: Sendable {
    /// What a user says about the cluster; what is nil comes from the kubeconfig.
    public struct Options: Hashable, Sendable {
        /// The kubeconfig; nil for those that `KUBECONFIG` names, `~/.kube/config`, or the pod's service account.
        public var kubeconfig: String?
        /// The kubeconfig's context; nil for its current one.
        public var context: String?
        /// The environment, of which `KUBECONFIG`, `HOME` and the pod's variables are read.
        public var environment: [String: String]

        /// Makes options.
        public init(kubeconfig: String? = nil, context: String? = nil, environment: [String: String]) {
            self.kubeconfig = kubeconfig
            self.context = context
            self.environment = environment
        }
    }

    /// Sends requests to the cluster.
    public let transport: any ClusterTransport
    /// The namespace that the context names, or `default`.
    public let namespace: String
    /// The address of the API server, for messages.
    public let server: String

    /// Makes a connection from its parts.
    public init(transport: any ClusterTransport, namespace: String, server: String) {
        self.transport = transport
        self.namespace = namespace
        self.server = server
    }

    /// Does something with the cluster and closes the connection after it, whatever came of it.
    ///
    /// Throws a `KubernetesFailure`, or an error that says what is wrong with the kubeconfig.
    public static func with<Result: Sendable>(
        _ options: Options, _ body: (ClusterConnection) async throws -> Result
    ) async throws -> Result {
        throw KubernetesFailure(.unreachable, "a real cluster cannot be reached yet")
    }
}
