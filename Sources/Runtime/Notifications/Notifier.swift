import ManifestKit
import Synchronization

/// Tells people what happens to Rollouts, by the services that the ConfigMap names.
///
/// Nothing waits for it: an event is put into a queue and the caller goes on. What cannot be delivered is tried again
/// for a while; messages to one recipient are sent one after the other, and no recipient waits for another.
final class Notifier: Sendable {
    /// How messages are sent.
    struct Settings: Sendable {
        /// The namespace of the ConfigMap and the Secret.
        var namespace = ""
        /// Whether the namespaces of Rollouts may have a ConfigMap and a Secret of their own besides.
        var isSelfService = false
        /// How long the settings are taken to be as they were, in seconds.
        var settingsSeconds = 5.0
        /// What pauses between attempts are multiplied by; tests do not want to wait.
        var pauseScale = 1.0
    }

    /// An event and the object that it is about.
    struct Occurrence: Sendable {
        var event: RolloutEvent
        var object: JSONValue
    }

    /// How many events may wait.
    static let mostOccurrences = 10_000

    private let settings: Settings
    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let source: NotificationSource
    private let courier: Courier
    private let history: NotificationHistory
    private let telemetry: Telemetry?
    private let log: @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void
    private let occurrences: AsyncStream<Occurrence>
    private let continuation: AsyncStream<Occurrence>.Continuation

    /// Makes one that sends nothing before `run`; `mayGoOn` says whether the lease is held.
    init(
        transport: any ClusterTransport, clock: any ClusterClock, settings: Settings, servers: any MetricSource,
        telemetry: Telemetry? = nil, mayGoOn: @escaping @Sendable () -> Bool = { true },
        log: @escaping @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void = { _, _, _ in }
    ) {
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.telemetry = telemetry
        self.log = log
        source = NotificationSource(
            transport: transport, clock: clock, seconds: settings.settingsSeconds, log: log)
        history = NotificationHistory(transport: transport)
        courier = Courier(
            servers: servers, clock: clock, pauseScale: settings.pauseScale, mayGoOn: mayGoOn, log: log,
            telemetry: telemetry)
        (occurrences, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostOccurrences))
    }

    /// Notes an event about an object; waits for nothing.
    func note(_ event: RolloutEvent, about object: JSONValue) {
        guard !event.reason.isEmpty else { return }
        if case .dropped = continuation.yield(Occurrence(event: event, object: object)) {
            fail(event, object, "too many events wait to be told")
        }
    }

    /// Takes no more events; `run` ends when what is noted is sent.
    func stop() { continuation.finish() }

    /// Sends messages until it is stopped and has nothing left, or its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await occurrence in occurrences {
                for shipment in await shipments(for: occurrence) {
                    if let lane = courier.accept(shipment) { group.addTask { [courier] in await courier.drive(lane) } }
                }
            }
        }
    }

    // MARK: From an event to messages

    private func shipments(for occurrence: Occurrence) async -> [Courier.Shipment] {
        let object = occurrence.object
        let name = ObjectName(of: object)
        let trigger = NotificationTrigger.name(forReason: occurrence.event.reason)
        var shipments: [Courier.Shipment] = []
        var namespaces = [settings.namespace]
        if settings.isSelfService, name.namespace != settings.namespace { namespaces.append(name.namespace) }
        for namespace in namespaces {
            let isOwn = namespace == settings.namespace
            do throws(KubernetesFailure) {
                let known = try await source.settings(in: namespace)
                guard let conditions = known.triggers[trigger]?.conditions, !conditions.isEmpty else { continue }
                let destinations = known.destinations(
                    of: trigger, labels: object["metadata"]?["labels"]?.stringDictionary ?? [:],
                    annotations: object["metadata"]?["annotations"]?.stringDictionary ?? [:],
                    takesShared: object["kind"]?.string == "Rollout")
                guard !destinations.isEmpty else { continue }
                let now = clock.present
                let runs = known.analysisTriggers.contains(trigger) ? try await analysisRuns(of: object) : nil
                let context = NotificationContext(
                    rollout: object, analysisRuns: runs, secrets: known.secrets, now: now)
                for (position, condition) in conditions.enumerated() {
                    shipments += self.shipments(
                        occurrence, trigger, position, condition, destinations, known, context,
                        namespace: namespace, isOwn: isOwn)
                }
            } catch {
                fail(occurrence.event, object, "the settings of notifications cannot be read: \(error.message)")
            }
        }
        return shipments
    }

    private func shipments(
        _ occurrence: Occurrence, _ trigger: String, _ position: Int, _ condition: NotificationTrigger.Condition,
        _ destinations: [NotificationDestination], _ known: NotificationSettings, _ context: NotificationContext,
        namespace: String, isOwn: Bool
    ) -> [Courier.Shipment] {
        let (event, object) = (occurrence.event, occurrence.object)
        var occasion: String?
        do throws(ExpressionFailure) {
            guard try condition.holds(in: context) else { return [] }
            occasion = try condition.occasion(in: context)
        } catch {
            fail(event, object, known.hidingSecrets("trigger \(trigger): \(error.message)"))
            return []
        }
        return destinations.compactMap { destination in
            let mark = occasion.map {
                let key = NotificationHistory.key(
                    occasion: $0, trigger: trigger, position: position, condition: condition.when?.text ?? "",
                    destination: destination)
                return isOwn ? key : "\(namespace):\(key)"
            }
            if let mark, !history.begin(mark, of: object, now: clock.time) { return nil }
            do throws(NotificationProblem) {
                guard let service = known.services[destination.service] else {
                    throw NotificationProblem("there is no service '\(destination.service)', or its settings are wrong")
                }
                let message = try known.rendered(condition.templates, for: destination, in: context)
                return Courier.Shipment(
                    lane: Courier.Lane(namespace: namespace, destination: destination), service: service,
                    message: message, name: ObjectName(of: object), event: event,
                    hide: { known.hidingSecrets($0) },
                    onEnd: { [history, clock] isDelivered in
                        guard let mark else { return }
                        await history.end(mark, of: object, isDelivered: isDelivered, now: clock.time)
                    })
            } catch {
                if let mark { history.forget(mark, of: object) }
                let text = "message to \(destination.service) for \(trigger): \(error.message)"
                fail(event, object, known.hidingSecrets(text))
                return nil
            }
        }
    }

    /// The AnalysisRuns of a Rollout's current update, the newest first; nil where there are none.
    private func analysisRuns(of object: JSONValue) async throws(KubernetesFailure) -> [JSONValue]? {
        guard let hash = object["status"]?["currentPodHash"]?.string, !hash.isEmpty else { return nil }
        var request = KubernetesRequest.list(.analysisRuns, namespace: ObjectName(of: object).namespace)
        request.labelSelector = "\(RolloutMarks.podTemplateHash)=\(hash)"
        let key = RolloutMarks.revision
        let revision = object["metadata"]?["annotations"]?[key]?.string
        let runs = (try await transport.send(request)["items"]?.array ?? []).filter {
            $0["metadata"]?["annotations"]?[key]?.string == revision
        }
        guard !runs.isEmpty else { return nil }
        return runs.sorted {
            ($0["metadata"]?["creationTimestamp"]?.string ?? "") > ($1["metadata"]?["creationTimestamp"]?.string ?? "")
        }
    }

    private func fail(_ event: RolloutEvent, _ object: JSONValue, _ reason: String) {
        let name = ObjectName(of: object)
        telemetry?.noteNotification(of: name, event, isDelivered: false, seconds: nil)
        log(.error, "cannot notify: \(reason)", [("object", name.description), ("event", event.reason)])
    }
}
