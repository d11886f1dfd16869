/// What is kept of the ConfigMap of notifications: the names that annotations refer to.
public struct NotificationFacts: Sendable {
    /// The services.
    public var services: Set<String>
    /// The triggers.
    public var triggers: Set<String>
    /// The triggers of annotations that name none.
    public var hasDefaultTriggers: Bool
    /// The services with default triggers of their own.
    public var servicesWithDefaults: Set<String>

    init(_ object: ManifestDocument) {
        let settings = object.notifications ?? NotificationSettings(data: [:], secrets: nil)
        services = settings.serviceNames
        triggers = Set(settings.triggers.keys)
        hasDefaultTriggers = !settings.defaultTriggers.isEmpty
        servicesWithDefaults = Set(settings.serviceDefaultTriggers.filter { !$0.value.isEmpty }.keys)
    }
}
