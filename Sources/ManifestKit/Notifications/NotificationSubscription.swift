/// Where a message goes.
public struct NotificationDestination: Hashable, Sendable {
    /// The name of the service.
    public var service: String
    /// Who gets it, in the service's own terms; empty where the service knows.
    public var recipient: String

    /// Makes a destination.
    public init(service: String, recipient: String) {
        self.service = service
        self.recipient = recipient
    }
}

/// Who gets the messages of a trigger, as an annotation of an object says it.
public struct NotificationSubscription: Hashable, Sendable {
    /// The trigger; empty for the default triggers.
    public var trigger: String
    /// The service.
    public var service: String
    /// Who gets it.
    public var recipients: [String]

    /// Makes a subscription.
    public init(trigger: String, service: String, recipients: [String]) {
        self.trigger = trigger
        self.service = service
        self.recipients = recipients
    }

    /// What annotations that subscribe begin with; behind it stand a trigger, a dot and a service, or only a service.
    public static let prefix = "notifications.argoproj.io/subscribe."
    /// What annotations that hold a whole list begin with.
    public static let listPrefix = "notifications.argoproj.io/subscriptions"

    /// Reads an annotation `notifications.argoproj.io/subscribe.<trigger>.<service>`; nil for another.
    public init?(annotation key: String, value: String) {
        guard key.hasPrefix(Self.prefix) else { return nil }
        let parts = key.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        trigger = parts.count > 1 ? String(parts[0]) : ""
        service = String(parts[parts.count > 1 ? 1 : 0])
        recipients = value.isEmpty ? [""] : value.split(separator: ";").map { ExpressionText.trim(String($0), nil) }
            .filter { !$0.isEmpty }
    }

    /// Reads the list of an annotation `notifications.argoproj.io/subscriptions`, as YAML has it; nil where it is none.
    public static func list(_ value: JSONValue) -> [NotificationSubscription]? {
        guard let items = value.array else { return value.isNull ? [] : nil }
        var subscriptions: [NotificationSubscription] = []
        for item in items {
            guard item.object != nil else { return nil }
            // Go's reader takes a field in any case.
            func field(_ name: String, of value: JSONValue) -> JSONValue? {
                value[name] ?? value.object?.fields.first { $0.key.lowercased() == name }?.value
            }
            let triggers = field("trigger", of: item)?.array?.compactMap(\.string) ?? []
            for destination in field("destinations", of: item)?.array ?? [] {
                guard let service = field("service", of: destination)?.string else { return nil }
                let recipients = field("recipients", of: destination)?.array?.compactMap(\.string) ?? []
                for trigger in triggers.isEmpty ? [""] : triggers {
                    subscriptions.append(
                        NotificationSubscription(trigger: trigger, service: service, recipients: recipients))
                }
            }
        }
        return subscriptions
    }

    /// All subscriptions of an object's annotations, in the order of the annotations' names.
    public static func all(in annotations: [String: String]) -> [NotificationSubscription] {
        var all: [NotificationSubscription] = []
        for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
            if let subscription = NotificationSubscription(annotation: key, value: value) {
                all.append(subscription)
            } else if key.hasPrefix(listPrefix), let list = NotificationSettings.value(ofYAML: value).flatMap(list) {
                all += list
            }
        }
        return all
    }
}

/// A subscription that the ConfigMap has for many objects.
public struct SharedSubscription: Sendable {
    /// Who gets the messages.
    public var destinations: [NotificationDestination]
    /// Of which triggers; empty for the default triggers.
    public var triggers: [String]
    /// Which labels an object has to have.
    public var selector: LabelSelector
}
