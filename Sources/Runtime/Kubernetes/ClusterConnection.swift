import ManifestKit
import NIOPosix

/// An open way to a cluster that a kubeconfig, or the service account of a pod, names.
public struct ClusterConnection: Sendable {
    /// What a user says about the cluster; what is nil comes from the kubeconfig.
    public struct Options: Sendable {
        /// The kubeconfig; nil for those that `KUBECONFIG` names, `~/.kube/config`, or the pod's service account.
        public var kubeconfig: String?
        /// The kubeconfig's context; nil for its current one.
        public var context: String?
        /// The environment, of which `KUBECONFIG`, `HOME` and the pod's variables are read.
        public var environment: [String: String]
        /// Requests a second that are sent at the most.
        public var requestsPerSecond = 50.0
        /// Requests that are sent at once after a quiet time.
        public var burst = 100
        /// Seconds for one try of a request; a read is tried again within twice that and a bit.
        public var requestSeconds = 30.0
        /// Connections for requests, besides one for each watch: as many as requests are sent at once.
        public var connections = 16
        /// What the client calls itself to the server, such as `rollout-render/1.0`.
        public var userAgent = "rollout-render"
        /// Is told of each request that was sent and of each watch that was begun; must return at once.
        public var onRequest: @Sendable (RequestRecord) -> Void = { _ in }
        /// Is told of what is not as safe as it could be, in a sentence for the user.
        public var warn: @Sendable (String) -> Void = { _ in }

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
        let access = try await NIOThreadPool.singleton.runIfActive { try AccessFinder.access(options) }
        if access.server.isSecure, access.trust == .anything {
            options.warn(
                "the certificate of \(access.server) is not checked, as insecure-skip-tls-verify in \(access.origin) "
                    + "asks for: somebody in between can read and change everything")
        }
        var settings = HTTPTransport.Settings()
        settings.rate = options.requestsPerSecond
        settings.burst = options.burst
        settings.requestSeconds = options.requestSeconds
        settings.retries.totalSeconds = options.requestSeconds * 2
        settings.connections = options.connections
        settings.userAgent = options.userAgent
        settings.environment = options.environment
        settings.onRequest = options.onRequest
        return try await HTTPTransport.with(access, settings) { transport in
            try await body(ClusterConnection(
                transport: transport, namespace: access.namespace, server: "\(access.server)"))
        }
    }
}
