import ManifestKit
import Synchronization

/// Reads the ConfigMap and the Secret of notifications, by their names alone and not more often than is needed.
final class NotificationSource: Sendable {
    private struct Known: Sendable {
        var settings: NotificationSettings
        var readAt: Double
        /// The versions of the two objects.
        var version: String
    }

    /// How many namespaces are remembered.
    private static let mostNamespaces = 1_000

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let seconds: Double
    private let log: @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void
    private let known = Mutex<[String: Known]>([:])

    init(
        transport: any ClusterTransport, clock: any ClusterClock, seconds: Double,
        log: @escaping @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void
    ) {
        self.transport = transport
        self.clock = clock
        self.seconds = seconds
        self.log = log
    }

    /// The settings of a namespace; what is not there or may not be read sends nothing.
    func settings(in namespace: String) async throws(KubernetesFailure) -> NotificationSettings {
        let before = known.withLock { $0[namespace] }
        if let before, clock.steady - before.readAt < seconds { return before.settings }
        var objects: [JSONValue?] = []
        var version = ""
        for (type, name) in [
            (ResourceType.configMaps, NotificationSettings.configMap), (.secrets, NotificationSettings.secret),
        ] {
            do throws(KubernetesFailure) {
                let object = try await transport.send(.get(type, ObjectName(namespace: namespace, name: name)))
                objects.append(object)
                version += " " + (object["metadata"]?["resourceVersion"]?.string ?? "?")
            } catch {
                switch error.reason {
                case .notFound: version += " none"
                case .forbidden:
                    version += " forbidden"
                    if before?.version.contains("forbidden") != true {
                        log(.warn, "may not read what notifications are set by, and sends none: \(error.message)",
                            [("namespace", namespace)])
                    }
                default:
                    guard let before else { throw error }
                    // What was known is better than nothing, and not every event is to ask again.
                    known.withLock { $0[namespace]?.readAt = clock.steady }
                    return before.settings
                }
                objects.append(nil)
            }
            // Without a ConfigMap there is no use in the Secret.
            if objects.count == 1, objects[0] == nil {
                objects.append(nil)
                break
            }
        }
        let settings = version == before?.version ? before?.settings : nil
        let current = settings ?? NotificationSettings(configMap: objects[0], secret: objects[1])
        if settings == nil { tell(current.faults, namespace) }
        let entry = Known(settings: current, readAt: clock.steady, version: version)
        known.withLock { known in
            if known.count >= Self.mostNamespaces, known[namespace] == nil { known = [:] }
            known[namespace] = entry
        }
        return current
    }

    private func tell(_ faults: [NotificationSettings.Fault], _ namespace: String) {
        for fault in faults.prefix(20) {
            log(.warn, "\(NotificationSettings.configMap): \(fault.message)", [
                ("namespace", namespace), ("key", fault.key),
            ])
        }
    }
}

extension ResourceType {
    public static let configMaps = ResourceType(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
}
