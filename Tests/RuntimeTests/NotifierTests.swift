import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Messages about what happens, with a cluster in memory and services that answer as they are told.
@Suite(.timeLimit(.minutes(3))) struct NotifierTests {
    /// Services that answer by a function of the request and of how often that address was asked before.
    final class Services: MetricSource {
        typealias Answer = @Sendable (HTTPQuery, Int) async -> MetricAnswer

        private let answerer: Answer
        private let all = Mutex<[HTTPQuery]>([])

        init(_ answer: @escaping Answer = { _, _ in .http(status: 200, headers: [], body: "ok") }) { answerer = answer }

        var queries: [HTTPQuery] { all.withLock { $0 } }
        var bodies: [String] { queries.map { $0.body ?? "" } }

        func answer(_ question: MetricQuestion) async -> MetricAnswer {
            guard case .http(let query) = question else { return .failure("no request") }
            let count = all.withLock { all in
                defer { all.append(query) }
                return all.count { $0.url == query.url }
            }
            return await answerer(query, count)
        }
    }

    /// What was logged.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func note(_ level: LogWriter.Level, _ message: String, _ fields: [LogWriter.Field]) {
            lines.withLock { $0.append("\(level.rawValue) \(message) \(fields.map(\.value))") }
        }
    }

    static let place = ObjectName(namespace: "argo-rollouts", name: NotificationSettings.configMap)

    static let usual: [String: String] = [
        "service.webhook.ci": "{url: 'http://ci/$path'}",
        "trigger.on-rollout-completed": "- send: [done]",
        "template.done": "message: '{{.rollout.metadata.name}} for {{.recipient}}'",
    ]

    let cluster: EmbeddedCluster
    let log = Log()
    let telemetry = Telemetry()

    init() throws {
        cluster = EmbeddedCluster()
        for name in ["argo-rollouts", "shop"] {
            let object: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            _ = try cluster.perform(.create(.namespaces, namespace: "", object))
        }
    }

    func configure(_ data: [String: String], in namespace: String = place.namespace) throws {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(Self.place.name)],
            "data": .strings(data),
        ]
        _ = try cluster.perform(.create(.configMaps, namespace: namespace, object))
        _ = try? cluster.perform(.create(.secrets, namespace: namespace, [
            "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(NotificationSettings.secret)],
            "data": ["path": .string(Base64.encoded(Array("hook-secret".utf8)))],
        ]))
    }

    static func rollout(_ annotations: [String: String], name: String = "web") -> JSONValue {
        [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
                "annotations": .strings(annotations),
            ],
            "spec": ["replicas": 2],
        ]
    }

    static let completed = RolloutEvent(reason: "RolloutCompleted", message: "done")
    static let subscribed = ["notifications.argoproj.io/subscribe.on-rollout-completed.ci": "a;b"]

    func notifier(
        _ services: Services, isSelfService: Bool = false, mayGoOn: @escaping @Sendable () -> Bool = { true }
    ) -> Notifier {
        var settings = Notifier.Settings(namespace: Self.place.namespace, isSelfService: isSelfService)
        settings.pauseScale = 0.001
        return Notifier(
            transport: cluster, clock: ScaledClock(), settings: settings, servers: services, telemetry: telemetry,
            mayGoOn: mayGoOn, log: { [log] in log.note($0, $1, $2) })
    }

    /// Tells of events, and waits until all is sent.
    func tell(_ notifier: Notifier, _ events: [(RolloutEvent, JSONValue)]) async {
        for (event, object) in events { notifier.note(event, about: object) }
        notifier.stop()
        await notifier.run()
    }

    @Test func everySubscriberGetsTheMessageOnce() async throws {
        try configure(Self.usual)
        let services = Services()
        telemetry.note(Self.completed, about: Self.rollout(Self.subscribed))
        await tell(notifier(services), [
            (Self.completed, Self.rollout(Self.subscribed)),
            (RolloutEvent(reason: "RolloutPaused", message: ""), Self.rollout(Self.subscribed)),
            (Self.completed, Self.rollout([:], name: "quiet")),
        ])
        #expect(Set(services.bodies) == ["web for a", "web for b"] && services.queries.count == 2)
        #expect(services.queries.allSatisfy { $0.url == "http://ci/hook-secret" })
        let page = MetricsPage.text(telemetry, .init(version: "1"))
        #expect(page.contains(
            "notification_send_success{namespace=\"shop\",name=\"web\",type=\"Normal\",reason=\"RolloutCompleted\"} 2"))
        #expect(page.contains("notification_send_count{namespace=\"shop\",name=\"web\"} 2"))
    }

    @Test func whatFailsIsTriedAgainAndWhatIsRefusedIsNot() async throws {
        var data = Self.usual
        data["service.webhook.picky"] = "url: http://picky"
        try configure(data)
        let services = Services { query, count in
            if query.url == "http://picky" { return .http(status: 400, headers: [], body: "no hook-secret here") }
            return count < 2 ? .http(status: 500, headers: [], body: "") : .http(status: 204, headers: [], body: "")
        }
        let annotations = [
            "notifications.argoproj.io/subscribe.on-rollout-completed.ci": "a",
            "notifications.argoproj.io/subscribe.on-rollout-completed.picky": "",
            "notifications.argoproj.io/subscribe.on-rollout-completed.gone": "x",
        ]
        await tell(notifier(services), [(Self.completed, Self.rollout(annotations))])
        #expect(services.queries.count { $0.url.hasPrefix("http://ci") } == 3)
        #expect(services.queries.count { $0.url == "http://picky" } == 1)
        #expect(log.all.contains { $0.contains("status 400: no ***** here") })
        #expect(log.all.contains { $0.contains("there is no service 'gone'") })
        #expect(!log.all.contains { $0.contains("hook-secret") })
    }

    @Test func thereIsAnEndToTrying() async throws {
        try configure(Self.usual)
        let services = Services { _, _ in .failure("no answer") }
        await tell(notifier(services), [(Self.completed, Self.rollout(
            ["notifications.argoproj.io/subscribe.on-rollout-completed.ci": "a"]))])
        #expect(services.queries.count == NotificationRetries().attempts)
        #expect(log.all.contains { $0.contains("no answer (tried 6 times)") })
    }

    @Test func nobodyWaitsForAServiceThatHangs() async throws {
        var data = Self.usual
        data["service.webhook.hangs"] = "url: http://hangs"
        try configure(data)
        let services = Services { query, _ in
            if query.url == "http://hangs" { try? await Task.sleep(for: .seconds(120)) }
            return .http(status: 200, headers: [], body: "")
        }
        let annotations = [
            "notifications.argoproj.io/subscribe.on-rollout-completed.ci": "a",
            "notifications.argoproj.io/subscribe.on-rollout-completed.hangs": "",
        ]
        let notifier = notifier(services)
        let run = Task { await notifier.run() }
        for _ in 0..<20 { notifier.note(Self.completed, about: Self.rollout(annotations)) }
        while services.bodies.count(where: { $0 == "web for a" }) < 20 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(services.queries.count { $0.url == "http://hangs" } == 1)
        // A lost lease breaks off what is under way.
        run.cancel()
        await run.value
        #expect(services.queries.count { $0.url == "http://hangs" } == 1)
    }

    @Test func withoutTheLeaseNothingIsSent() async throws {
        try configure(Self.usual)
        let services = Services()
        await tell(notifier(services, mayGoOn: { false }), [(Self.completed, Self.rollout(Self.subscribed))])
        #expect(services.queries.isEmpty)
    }

    @Test func conditionsAndOccasionsDecide() async throws {
        var data = Self.usual
        data["trigger.on-rollout-completed"] = """
            - send: [done]
              when: rollout.spec.replicas > 1
              oncePer: rollout.metadata.annotations.version
            - send: [done]
              when: rollout.spec.replicas > 5
            """
        try configure(data)
        let services = Services()
        let made = try cluster.perform(.create(.rollouts, namespace: "shop", Self.rollout(
            ["notifications.argoproj.io/subscribe.on-rollout-completed.ci": "a", "version": "1"])))
        await tell(notifier(services), [(Self.completed, made), (Self.completed, made)])
        #expect(services.queries.count == 1)
        let name = ObjectName(namespace: "shop", name: "web")
        var object = try cluster.perform(.get(.rollouts, name))
        let text = try #require(object["metadata"]?["annotations"]?[RolloutMarks.notified]?.string)
        // The form in which the reference's engine remembers it: SHA-1 of the condition in it.
        #expect(text.hasPrefix("{\"1:on-rollout-completed:[0].") && text.contains(":ci:a\":"))
        // Another controller, after a restart, knows it from there.
        await tell(notifier(services), [(Self.completed, object)])
        #expect(services.queries.count == 1)
        object.set(["metadata", "annotations", "version"], to: "2")
        await tell(notifier(services), [(Self.completed, object)])
        #expect(services.queries.count == 2)
    }

    @Test func namespacesMayHaveTheirOwnSettings() async throws {
        try configure(Self.usual, in: "shop")
        let services = Services()
        await tell(notifier(services), [(Self.completed, Self.rollout(Self.subscribed))])
        #expect(services.queries.isEmpty)
        await tell(notifier(services, isSelfService: true), [(Self.completed, Self.rollout(Self.subscribed))])
        #expect(services.queries.count == 2)
    }

    @Test func newSettingsAreHeardOf() async throws {
        try configure(Self.usual)
        let services = Services()
        var settings = Notifier.Settings(namespace: Self.place.namespace)
        settings.settingsSeconds = 0
        let notifier = Notifier(
            transport: cluster, clock: ScaledClock(), settings: settings, servers: services,
            log: { [log] in log.note($0, $1, $2) })
        let run = Task { await notifier.run() }
        let rollout = Self.rollout(["notifications.argoproj.io/subscribe.on-rollout-completed.ci": ""])
        notifier.note(Self.completed, about: rollout)
        while services.queries.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        _ = try cluster.perform(.patch(
            .configMaps, Self.place, ["data": ["template.done": "message: changed", "template.bad": "message: '{{'"]]))
        notifier.note(Self.completed, about: rollout)
        notifier.stop()
        await run.value
        #expect(services.bodies.last == "changed")
        #expect(log.all.contains { $0.contains("warn argo-rollouts-notification-configmap") && $0.contains("template.bad") })
    }

    /// Events come with the status that they came from, as the reference has it.
    @Test func theControllerTellsOfEveryEventOnce() async throws {
        let rig = try ConformanceRig("test")
        let told = Mutex<[String]>([])
        rig.controller = Controller(transport: rig.cluster, clock: rig.clock, notify: { event, object in
            let step = object["status"]?["currentStepIndex"]?.integer.map(String.init) ?? "-"
            told.withLock { $0.append("\(event.reason) \(step)") }
        })
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, ControllerTests.rollout()))
        try await rig.pass(5)
        _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, [
            "spec": ["template": ["spec": ["containers": [["name": "web", "image": "web:2"]]]]],
        ]))
        try await rig.pass(5)
        let steps = told.withLock { $0.filter { $0.hasPrefix("RolloutStepCompleted") } }
        // As the reference tells it: the step that was completed is the one that the status still names.
        #expect(steps == ["RolloutStepCompleted 0"])
        #expect(told.withLock { $0.count { $0.hasPrefix("RolloutPaused") } } == 1)
    }
}
