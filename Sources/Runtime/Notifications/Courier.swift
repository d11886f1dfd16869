import ManifestKit
import Synchronization

/// Brings messages to services: those to one recipient one after the other, and no recipient waits for another.
final class Courier: Sendable {
    /// What messages are sent one after the other in.
    struct Lane: Hashable, Sendable {
        /// The namespace of the settings.
        var namespace: String
        /// Where they go.
        var destination: NotificationDestination
    }

    /// A message on its way.
    struct Shipment: Sendable {
        var lane: Lane
        var service: any NotificationService
        var message: RenderedNotification
        /// What it is about.
        var name: ObjectName
        var event: RolloutEvent
        /// Takes what is secret out of a text.
        var hide: @Sendable (String) -> String
        /// Hears whether it was delivered.
        var onEnd: @Sendable (Bool) async -> Void
    }

    private struct Lanes: Sendable {
        var waiting: [Lane: [Shipment]] = [:]
        var count = 0
        /// What services keep in mind, by namespace and name of the service.
        var memory: [String: [String: String]] = [:]
    }

    /// How many messages may wait, in all and for one recipient.
    static let most = 10_000
    static let mostInLane = 200
    /// How many things are kept in mind of a service's answers.
    private static let mostMemories = 1_000
    /// Seconds that a mail may take.
    private static let mailSeconds = 30.0

    private let servers: any MetricSource
    private let clock: any ClusterClock
    private let pauseScale: Double
    private let mayGoOn: @Sendable () -> Bool
    private let log: @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void
    private let telemetry: Telemetry?
    private let lanes = Mutex(Lanes())

    init(
        servers: any MetricSource, clock: any ClusterClock, pauseScale: Double,
        mayGoOn: @escaping @Sendable () -> Bool,
        log: @escaping @Sendable (LogWriter.Level, String, [LogWriter.Field]) -> Void, telemetry: Telemetry?
    ) {
        self.servers = servers
        self.clock = clock
        self.pauseScale = pauseScale
        self.mayGoOn = mayGoOn
        self.log = log
        self.telemetry = telemetry
    }

    // MARK: Lanes

    /// Takes a message, and returns its lane where somebody has to begin to drive it.
    func accept(_ shipment: Shipment) -> Lane? {
        let lane = shipment.lane
        let (begins, isFull) = lanes.withLock { lanes -> (Bool, Bool) in
            let length = lanes.waiting[lane]?.count ?? 0
            guard length < Self.mostInLane, lanes.count < Self.most else { return (false, true) }
            let begins = lanes.waiting[lane] == nil
            lanes.waiting[lane, default: []].append(shipment)
            lanes.count += 1
            return (begins, false)
        }
        if isFull { note(shipment, failed: "too many messages wait to be sent", seconds: nil) }
        return begins ? lane : nil
    }

    /// Sends what waits in a lane until it is empty.
    func drive(_ lane: Lane) async {
        while let shipment = next(in: lane) {
            await deliver(shipment)
            lanes.withLock { lanes in
                if lanes.waiting[lane]?.isEmpty == false { lanes.waiting[lane]?.removeFirst() }
                lanes.count -= 1
            }
        }
    }

    /// The message at hand stays in the lane while it is sent, so that nobody else begins to drive it.
    private func next(in lane: Lane) -> Shipment? {
        lanes.withLock { lanes in
            if let shipment = lanes.waiting[lane]?.first { return shipment }
            lanes.waiting[lane] = nil
            return nil
        }
    }

    // MARK: Sending

    private func deliver(_ shipment: Shipment) async {
        let start = SteadyTime.seconds
        var failure: String?
        do throws(NotificationProblem) {
            try await send(shipment)
        } catch {
            failure = shipment.hide(error.message)
        }
        let seconds = SteadyTime.seconds - start
        if let failure { note(shipment, failed: failure, seconds: seconds) } else {
            telemetry?.noteNotification(of: shipment.name, shipment.event, isDelivered: true, seconds: seconds)
            log(.info, "has notified", fields(shipment))
        }
        await shipment.onEnd(failure == nil)
    }

    private func fields(_ shipment: Shipment) -> [LogWriter.Field] {
        [
            ("object", shipment.name.description), ("event", shipment.event.reason),
            ("service", shipment.lane.destination.service), ("recipient", shipment.lane.destination.recipient),
        ]
    }

    private func note(_ shipment: Shipment, failed reason: String, seconds: Double?) {
        telemetry?.noteNotification(of: shipment.name, shipment.event, isDelivered: false, seconds: seconds)
        log(.error, "cannot notify: \(reason)", fields(shipment))
    }

    private func send(_ shipment: Shipment) async throws(NotificationProblem) {
        let memoryKey = "\(shipment.lane.namespace) \(shipment.lane.destination.service)"
        let memory = lanes.withLock { $0.memory[memoryKey] } ?? [:]
        let recipient = shipment.lane.destination.recipient
        let parcel = try shipment.service.parcel(
            shipment.message, to: recipient, NotificationSending(memory: memory, now: clock.instant))
        switch parcel {
        case .requests(let queries):
            for query in queries {
                let body = try await insist(shipment) { await self.ask(query, shipment.service) }
                remember(shipment.service.memory(of: body, shipment.message, to: recipient), memoryKey)
            }
        case .anyOf(let queries):
            _ = try await insist(shipment) {
                var last = Attempt(verdict: .refused("there is nobody to send it to"))
                for query in queries {
                    let attempt = await self.ask(query, shipment.service)
                    if attempt.verdict == .delivered { last = attempt } else if last.verdict != .delivered {
                        last = attempt
                    }
                }
                return last
            }
        case .mail(let mail):
            let id = String(UInt64.random(in: 0 ... .max), radix: 36) + String(UInt64(max(0, clock.now)), radix: 36)
            let instant = clock.instant
            _ = try await insist(shipment) {
                Attempt(verdict: await MailClient.send(mail, id: id, date: instant, seconds: Self.mailSeconds))
            }
        }
    }

    private struct Attempt: Sendable {
        var verdict: NotificationVerdict
        var body = ""
    }

    /// Tries until it is delivered, refused or tried often enough; gives the answer's body.
    private func insist(
        _ shipment: Shipment, _ attempt: @Sendable () async -> Attempt
    ) async throws(NotificationProblem) -> String {
        let retries = shipment.service.retries
        var count = 0
        while true {
            guard mayGoOn(), !Task.isCancelled else {
                throw NotificationProblem("the controller ends or has lost its lease")
            }
            let outcome = await attempt()
            count += 1
            switch outcome.verdict {
            case .delivered: return outcome.body
            case .refused(let reason): throw NotificationProblem(reason)
            case .later(let reason, let seconds):
                guard count < retries.attempts, !Task.isCancelled else {
                    throw NotificationProblem("\(reason) (tried \(count) times)")
                }
                log(.warn, "tries again to notify: \(shipment.hide(reason))", fields(shipment))
                // Not all at the same moment.
                let pause = min(seconds ?? retries.pause(after: count), 300) * pauseScale * .random(in: 1...1.25)
                try? await Task.sleep(for: .seconds(pause))
            }
        }
    }

    private func ask(_ query: HTTPQuery, _ service: any NotificationService) async -> Attempt {
        switch await servers.answer(.http(query)) {
        case .http(let status, let headers, let body):
            var verdict = service.verdict(status: status, body: body)
            if case .later(let reason, _) = verdict {
                let wish = headers.first { $0.name.lowercased() == "retry-after" }.flatMap { Double($0.value) }
                verdict = .later(reason, seconds: wish.map { max(0, $0) })
            }
            return Attempt(verdict: verdict, body: body)
        case .failure(let reason): return Attempt(verdict: .later(reason, seconds: nil))
        default: return Attempt(verdict: .refused("the service did not answer by HTTP"))
        }
    }

    private func remember(_ new: [String: String], _ key: String) {
        guard !new.isEmpty else { return }
        lanes.withLock { lanes in
            var memory = lanes.memory[key] ?? [:]
            if memory.count + new.count > Self.mostMemories { memory = [:] }
            memory.merge(new) { $1 }
            if lanes.memory.count >= Self.mostMemories, lanes.memory[key] == nil { lanes.memory = [:] }
            lanes.memory[key] = memory
        }
    }
}
