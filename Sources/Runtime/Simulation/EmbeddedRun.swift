import ManifestKit

/// An embedded cluster with its API server, its workloads and its files, for as long as a command runs.
public struct EmbeddedRun: Sendable {
    /// What can be set of it.
    public struct Settings: Sendable {
        /// The port of the API server; 0 for any that is free.
        public var port = 0
        /// Where a kubeconfig is written for it, or nil.
        public var kubeconfig: String?
        /// Where its objects are loaded from and saved to, or nil.
        public var stateFile: String?
        /// How its pods behave.
        public var workloads = WorkloadModel.Settings()
        /// How many of its seconds pass in a second.
        public var timeScale = 1.0
        /// Whether each pod answers HTTP on an address of its own.
        public var servesPods = false
        /// Whether its API server speaks TLS, with a certificate of its own authority.
        public var isSecure = false
        /// What its API server asks of clients.
        public var access = AccessControl.Mode.open
        /// Called with the reason whenever its API server refuses a client, by 401 or 403.
        public var onRefusal: @Sendable (String) -> Void = { _ in }
        /// Whether SIGTERM and SIGINT end it.
        public var heedsSignals = true

        /// The settings without options.
        public init() {}
    }

    /// Something that runs beside the cluster until it is cancelled, such as a controller.
    public typealias Companion = @Sendable (EmbeddedCluster) async throws -> Void

    /// Seconds between two looks at whether there is something to save.
    private static let saveSeconds = 2

    /// The cluster.
    public let cluster: EmbeddedCluster
    private let settings: Settings
    /// Where pods answer, if they do.
    private let podAddresses: PodAddresses?
    private let access: AccessControl
    /// What it proves itself and its clients with, where anything asks for that.
    private let credentials: ClusterCredentials?

    /// Makes the cluster, with what its state file holds if there is one.
    public init(_ settings: Settings) throws {
        var settings = settings
        podAddresses = settings.servesPods ? PodAddresses() : nil
        if let podAddresses { settings.workloads.addressPrefix = podAddresses.prefix }
        self.settings = settings
        let saved = try settings.stateFile.flatMap { try Self.load($0) }
        let clock = ScaledClock(scale: settings.timeScale, notBefore: saved?.moment ?? 0)
        cluster = EmbeddedCluster(clock: clock, seed: UInt64.random(in: 0...UInt64.max))
        if let saved { cluster.restore(saved) } else { try Self.makeNode(in: cluster) }
        do {
            if let kept = saved?.credentials {
                credentials = try ClusterCredentials(kept)
            } else {
                credentials = settings.isSecure || settings.access != .open ? try ClusterCredentials() : nil
            }
        } catch {
            throw WholeFile.Failure(
                description: "cannot load the cluster's state from \(settings.stateFile ?? ""): \(error)")
        }
        access = AccessControl(
            cluster, settings.access, credentials?.secrets ?? ClusterCredentials.Secrets(),
            onRefusal: settings.onRefusal)
    }

    /// What the cluster's own controllers do about access, where it asks who somebody is.
    private var accessModel: AccessModel? {
        get throws {
            guard settings.access != .open, let credentials else { return nil }
            return AccessModel(cluster, access.tokens, certificate: try credentials.authority.identity.certificate)
        }
    }

    /// Makes the node on which the workload model puts all pods.
    private static func makeNode(in cluster: EmbeddedCluster) throws {
        let nodes = ResourceType(group: "", version: "v1", plural: "nodes", kind: "Node", isNamespaced: false)
        let ready: JSONValue = ["type": "Ready", "status": "True", "reason": "KubeletReady"]
        try cluster.perform(.create(nodes, namespace: "", [
            "metadata": ["name": "node-1", "labels": ["kubernetes.io/hostname": "node-1"]],
            "status": [
                "conditions": [ready], "capacity": ["cpu": "64", "memory": "256Gi", "pods": "10000"],
                "nodeInfo": ["kubeletVersion": .string(APIHandler.gitVersion)],
            ],
        ]))
    }

    private static func load(_ path: String) throws -> ClusterState? {
        guard let text = try WholeFile.text(of: path) else { return nil }
        do {
            return try ClusterState(text: text)
        } catch {
            throw WholeFile.Failure(description: "cannot load the cluster's state from \(path): \(error)")
        }
    }

    /// Serves until the program is asked to end or the task is cancelled, then saves the state.
    public func run(
        alongside companions: [Companion] = [], onReady: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        let signals = settings.heedsSignals ? TerminationSignals() : nil
        let cluster = cluster
        let accessModel = try accessModel
        if settings.access == .roles { accessModel?.makeRoles() }
        accessModel?.advance()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let signals { group.addTask { await signals.first() } }
                group.addTask { try await serve(onReady) }
                let servers = settings.servesPods ? PodServers(cluster: cluster) : nil
                group.addTask { await Self.runWorkloads(of: cluster, settings.workloads, servers) }
                if let accessModel { group.addTask { await accessModel.run() } }
                if settings.stateFile != nil { group.addTask { try await saveFromTimeToTime() } }
                if let servers { group.addTask { await servers.run() } }
                for companion in companions { group.addTask { try await companion(cluster) } }
                // Whichever ends first ends all: a signal, a failure, or the one that is done.
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {
            // To be cancelled is one of the ways to end.
        }
        try save()
    }

    private func serve(_ onReady: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        let failure = FirstFailure()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let authority = settings.isSecure ? credentials?.authority : nil
                let server = APIServer(APIHandler(cluster: cluster, access: access), certificates: authority)
                try await server.run(port: settings.port) { port in
                    do {
                        if let path = settings.kubeconfig {
                            let text = try Kubeconfig.text(port: port, credentials, isSecure: settings.isSecure)
                            try WholeFile.write(text, to: path, isPrivate: true)
                        }
                        await onReady(port)
                    } catch {
                        failure.end(with: error)
                    }
                }
            }
            group.addTask { try await failure.wait() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Lets the workloads do what is due, whenever something is due or has changed.
    static func runWorkloads(
        of cluster: EmbeddedCluster, _ settings: WorkloadModel.Settings, _ servers: PodServers? = nil
    ) async {
        let (changes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let model = WorkloadModel(cluster: cluster, settings: settings, servers: servers)
        model.onChange { wake.yield() }
        servers?.onListening { wake.yield() }
        wake.yield()
        var timer: Task<Void, any Error>?
        defer { timer?.cancel() }
        for await _ in changes {
            timer?.cancel()
            timer = model.advance().map { due in
                Task {
                    try await cluster.clock.sleep(until: due)
                    wake.yield()
                }
            }
        }
    }

    // MARK: The state file

    private func saveFromTimeToTime() async throws {
        var saved = cluster.version
        while true {
            try await Task.sleep(for: .seconds(Self.saveSeconds))
            let version = cluster.version
            guard version != saved else { continue }
            try save()
            saved = version
        }
    }

    private func save() throws {
        guard let path = settings.stateFile else { return }
        var snapshot = cluster.snapshot
        snapshot.credentials = try credentials?.json
        try WholeFile.write(snapshot.text, to: path, isPrivate: true)
    }
}

/// A failure in a callback, told to a task that waits for it.
private struct FirstFailure: Sendable {
    private let stream: AsyncThrowingStream<Void, any Error>
    private let continuation: AsyncThrowingStream<Void, any Error>.Continuation

    init() { (stream, continuation) = AsyncThrowingStream.makeStream() }

    func end(with error: any Error) { continuation.finish(throwing: error) }

    func wait() async throws { for try await _ in stream {} }
}
