import ArgumentParser
import RolloutRuntime

/// The options of the messages that people get.
struct NotificationOptionGroup: ParsableArguments {
    @Flag(
        name: .customLong("notifications"), inversion: .prefixedNo,
        help: "Whether to send the messages that argo-rollouts-notification-configmap asks for.")
    var isWanted = true

    @Option(
        name: .customLong("notifications-namespace"),
        help: ArgumentHelp(
            "The namespace of that ConfigMap and its Secret; without it POD_NAMESPACE, then that of the lease, of the "
                + "context or of the pod's service account.", valueName: "name"))
    var namespace: String?

    @Flag(
        name: .customLong("self-service-notification-enabled"),
        help: "Whether the namespaces of Rollouts may have such a ConfigMap and a Secret of their own besides.")
    var isSelfService = false

    /// Where notifications are set; nil where none are wanted.
    func place(namespace contextNamespace: String) -> (namespace: String, isSelfService: Bool)? {
        guard isWanted else { return nil }
        return (namespace ?? Environment.value("POD_NAMESPACE") ?? contextNamespace, isSelfService)
    }
}
