/// What the ConfigMap and the Secret of notifications say.
///
/// What is wrong in one entry leaves the others as they are: a template with a fault does not keep other messages back.
public struct NotificationSettings: Sendable {
    /// The name of the ConfigMap.
    public static let configMap = "argo-rollouts-notification-configmap"
    /// The name of the Secret.
    public static let secret = "argo-rollouts-notification-secret"

    /// What is wrong with an entry of the ConfigMap.
    public struct Fault: Hashable, Sendable {
        /// What the entry is about.
        public enum Topic: Hashable, Sendable { case service, template, trigger, subscription }

        /// What the entry is about.
        public var topic: Topic
        /// The key of the entry.
        public var key: String
        /// The bytes of the entry's text that are at fault.
        public var range: Range<Int>
        /// What is wrong, in one sentence without a full stop.
        public var message: String
        /// What to do.
        public var hint: String?
        /// Whether something works nevertheless.
        public var isMild = false
    }

    /// The services by name.
    public internal(set) var services: [String: any NotificationService] = [:]
    /// The names of all services, those with faults too.
    public internal(set) var serviceNames: Set<String> = []
    /// The triggers by name.
    public internal(set) var triggers: [String: NotificationTrigger] = [:]
    /// The templates by name.
    public internal(set) var templates: [String: NotificationTemplate] = [:]
    /// The names of all templates, those with faults too.
    public internal(set) var templateNames: Set<String> = []
    /// The subscriptions of many objects.
    public internal(set) var subscriptions: [SharedSubscription] = []
    /// The triggers of subscriptions that name none.
    public internal(set) var defaultTriggers: [String] = []
    /// The same for a service of its own.
    public internal(set) var serviceDefaultTriggers: [String: [String]] = [:]
    /// The triggers of which a condition or a template speaks of AnalysisRuns, which then have to be looked up.
    public private(set) var analysisTriggers: Set<String> = []
    /// What is wrong.
    public internal(set) var faults: [Fault] = []
    /// The values of the Secret.
    public private(set) var secrets: [String: [UInt8]] = [:]

    /// Settings that send nothing.
    public init() {}

    /// Reads the data of the ConfigMap and of the Secret; without a Secret, what refers to it stays open.
    public init(data: [String: String], secrets: [String: [UInt8]]?) {
        var settings = NotificationSettings()
        settings.secrets = secrets ?? [:]
        var reader = NotificationReader(settings: settings, secrets: secrets)
        for (key, text) in data.sorted(by: { $0.key < $1.key }) { reader.read(key, text) }
        reader.checkReferences()
        self = reader.settings
        analysisTriggers = Set(triggers.filter { speaks($0.value, of: "analysisRuns") }.keys)
    }

    /// Reads the objects as an API server has them; nil stands for one that is not there.
    public init(configMap: JSONValue?, secret: JSONValue?) {
        var secrets: [String: [UInt8]] = [:]
        for (key, value) in secret?["data"]?.object?.fields ?? [] {
            if let bytes = value.string.flatMap({ Base64.decoded($0) }) { secrets[key] = bytes }
        }
        self.init(data: configMap?["data"]?.stringDictionary ?? [:], secrets: secrets)
    }

    /// Who gets the messages of a trigger about an object, each of them once.
    public func destinations(
        of trigger: String, labels: [String: String], annotations: [String: String], takesShared: Bool = true
    ) -> [NotificationDestination] {
        var found: [NotificationDestination] = []
        var known: Set<NotificationDestination> = []
        func note(_ destination: NotificationDestination) {
            if known.insert(destination).inserted { found.append(destination) }
        }
        let labels = JSONValue.strings(labels).object
        for subscription in subscriptions where takesShared && subscription.selector.matches(labels) {
            let triggers = subscription.triggers.isEmpty ? defaultTriggers : subscription.triggers
            guard triggers.contains(trigger) else { continue }
            subscription.destinations.forEach(note)
        }
        for subscription in NotificationSubscription.all(in: annotations) {
            let triggers = subscription.trigger.isEmpty
                ? serviceDefaultTriggers[subscription.service] ?? defaultTriggers : [subscription.trigger]
            guard triggers.contains(trigger) else { continue }
            for recipient in subscription.recipients {
                note(NotificationDestination(service: subscription.service, recipient: recipient))
            }
        }
        return found
    }

    /// The text of the templates for a destination.
    public func rendered(
        _ names: [String], for destination: NotificationDestination, in context: NotificationContext
    ) throws(NotificationProblem) -> RenderedNotification {
        guard let service = services[destination.service] else {
            throw NotificationProblem("there is no service '\(destination.service)', or its settings have a fault")
        }
        let value = context.value(for: destination)
        var notification = RenderedNotification()
        for name in names {
            guard let template = templates[name] else {
                throw NotificationProblem("there is no template '\(name)', or it has a fault")
            }
            do throws(GoTemplateFailure) {
                try notification.add(
                    template, type: type(of: service).type, service: destination.service, value, now: context.now)
            } catch {
                throw NotificationProblem("template '\(name)': \(error.message)")
            }
        }
        return notification
    }

    /// Whether a condition of a trigger or one of its templates speaks of a word.
    private func speaks(_ trigger: NotificationTrigger, of word: String) -> Bool {
        trigger.conditions.contains { condition in
            [condition.when, condition.oncePer].contains {
                $0.map { ExpressionText.position(of: word, in: $0.text) != nil } ?? false
            }
                || condition.templates.contains { templates[$0]?.mentions(word) == true }
        }
    }

    /// A text without the values of the Secret.
    public func hidingSecrets(_ text: String) -> String {
        var text = text
        let values = secrets.values.map { String(decoding: $0, as: UTF8.self) }
        // The longest first: one may be a part of another. Shorter ones would make holes in any text.
        for value in values.sorted(by: { $0.utf8.count > $1.utf8.count }) where value.utf8.count >= 4 {
            text = ExpressionText.replace(value, with: "*****", in: text, limit: -1)
        }
        return text
    }

    /// A value from a text in YAML; nil where it cannot be read.
    static func value(ofYAML text: String) -> JSONValue? {
        guard let document = YAMLParser.document(text), document.faults.isEmpty else { return nil }
        return document.root?.json ?? .null
    }
}
