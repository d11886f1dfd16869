import ArgumentParser
import ManifestKit
import RolloutRuntime

/// The options of the commands that run an embedded cluster.
struct EmbeddedClusterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The port of the API server on 127.0.0.1; 0 is any that is free.", valueName: "port"))
    var port = 0

    @Option(
        name: .customLong("kubeconfig-out"),
        help: ArgumentHelp("Write a kubeconfig for the cluster.", valueName: "file"), completion: .file())
    var kubeconfig: String?

    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "Keep the cluster's objects in a file: load it at the start if it is there, save it while running.",
            valueName: "file"), completion: .file())
    var stateFile: String?

    @Option(help: ArgumentHelp("How long a pod takes to become ready.", valueName: "duration"))
    var podDelay = "1s"

    @Option(
        help: ArgumentHelp(
            "How long a pod goes on serving when it is to end, at most its grace period; 0s, and with --serve-pods 5s.",
            valueName: "duration"))
    var podGrace: String?

    @Option(help: ArgumentHelp("How many of the cluster's seconds pass in a second.", valueName: "factor"))
    var timeScale = 1.0

    @Flag(help: "Let each pod answer HTTP on a loopback address of its own, with 503 while it is not ready.")
    var servePods = false

    @Flag(help: "Serve over TLS, and let in only who says who they are; the kubeconfig holds what that takes.")
    var tls = false

    @Flag(help: "Let each client do only what RBAC grants it; this turns on --tls.")
    var rbac = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("a port is a number from 0 to 65535") }
        guard timeScale.isFinite, timeScale > 0, timeScale <= 100_000 else {
            throw ValidationError("a time scale is a number above 0, such as 60")
        }
        for text in [podDelay, podGrace].compactMap({ $0 }) {
            guard let duration = GoDuration(text), duration.nanoseconds >= 0 else {
                throw ValidationError("'\(text)' is no duration; write one such as 1s, 500ms or 2m")
            }
        }
    }

    /// A cluster as the options want it.
    func embeddedRun() throws -> EmbeddedRun {
        var settings = EmbeddedRun.Settings()
        settings.port = port
        settings.kubeconfig = kubeconfig
        settings.stateFile = stateFile
        settings.workloads.podDelay = GoDuration(podDelay)?.seconds ?? 1
        // What a proxy needs to notice does not get shorter because the cluster's time runs faster.
        settings.workloads.terminationDelay =
            podGrace.flatMap { GoDuration($0)?.seconds } ?? (servePods ? 5 * timeScale : 0)
        settings.timeScale = timeScale
        settings.servesPods = servePods
        settings.isSecure = isSecure
        settings.access = rbac ? .roles : isSecure ? .authenticated : .open
        settings.onRefusal = { StandardError.write("refused: \($0)") }
        return try EmbeddedRun(settings)
    }

    /// kubectl sends no credentials without TLS.
    private var isSecure: Bool { tls || rbac }

    /// Says how to reach the cluster.
    func announce(port: Int) {
        var text = "cluster: \(isSecure ? "https" : "http")://127.0.0.1:\(port)\n"
        if let kubeconfig {
            text += "try:     export KUBECONFIG=\(Self.quoted(kubeconfig))\n         kubectl get namespaces\n"
        } else if isSecure {
            text += "try:     curl --insecure https://127.0.0.1:\(port)/version\n"
            text += "         (start it with --kubeconfig-out FILE to get in)\n"
        } else {
            text += "try:     kubectl --server=http://127.0.0.1:\(port) get namespaces\n"
        }
        try? StandardOutput.write(text)
    }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let plain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+,:@%".contains($0) }
        return plain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}
