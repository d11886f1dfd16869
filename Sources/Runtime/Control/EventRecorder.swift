import ManifestKit
import Synchronization

/// Writes Kubernetes Events, one for each thing that happens, however often it does.
final class EventRecorder: Sendable {
    /// What makes two events the same.
    private struct Key: Hashable {
        var uid: String
        var event: RolloutEvent
    }

    /// An Event that has been written.
    private struct Written {
        var name: ObjectName
        var count: Int
        var turn: Int
    }

    /// An event that is to be written.
    private struct Message {
        var key: Key
        /// The object as an Event refers to it.
        var object: JSONObject
        var moment: Double
    }

    private struct State {
        var written: [Key: Written] = [:]
        var turn = 0
        var budget = EventBudget()
        /// What waits to be written, and whether somebody writes it, or each event is written where it happens.
        var queue: [Message] = []
        var isQueueing = false
        var isClosed = false
    }

    /// How many events are remembered; the rest are written as if for the first time.
    static let limit = 4096
    /// How many events may wait; where there are more, the oldest are lost.
    static let longestQueue = 4096
    /// How many of those that wait are still written when the controller ends.
    static let lastMessages = 100

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    /// Hears of every event.
    private let onEvent: @Sendable (RolloutEvent, JSONValue) -> Void
    /// Hears of every event once, when what led to it is written down.
    private let notify: @Sendable (RolloutEvent, JSONValue) -> Void
    private let news = NewsSignal()
    private let state = Mutex(State())

    init(
        transport: any ClusterTransport, clock: any ClusterClock,
        onEvent: @escaping @Sendable (RolloutEvent, JSONValue) -> Void = { _, _ in },
        notify: @escaping @Sendable (RolloutEvent, JSONValue) -> Void = { _, _ in }
    ) {
        self.notify = notify
        self.transport = transport
        self.clock = clock
        self.onEvent = onEvent
    }

    /// Tells people of an event about an object as it was then.
    func tell(_ event: RolloutEvent, about object: JSONValue) { notify(event, object) }

    /// Records something that happened to an object. An event that cannot be written is lost: nothing waits for it.
    func record(_ event: RolloutEvent, about object: JSONValue) async {
        onEvent(event, object)
        let uid = object["metadata"]?["uid"]?.string ?? ""
        let message = Message(key: Key(uid: uid, event: event), object: Self.reference(to: object), moment: clock.now)
        let (isQueued, isLost) = state.withLock { state in
            let kind = event.kind.rawValue
            guard state.budget.spend(uid: uid, kind: kind, now: clock.steady) else { return (true, true) }
            guard state.isQueueing else { return (false, false) }
            if state.queue.count >= Self.longestQueue { state.queue.removeFirst(Self.longestQueue / 8) }
            state.queue.append(message)
            return (true, false)
        }
        if isLost { return }
        if isQueued { news.raise() } else { await write(message) }
    }

    /// Writes events as they come, one at a time so that they never crowd out what the controller does, until `close`
    /// is called or the task is cancelled. Without it each event is written where it happens.
    func run() async {
        state.withLock { $0.isQueueing = true }
        while !Task.isCancelled {
            let (messages, isClosed) = state.withLock { state in
                defer { state.queue = [] }
                return (state.queue, state.isClosed)
            }
            for message in messages.suffix(isClosed ? Self.lastMessages : .max) where !Task.isCancelled {
                await write(message)
            }
            if isClosed { return }
            await news.wait()
        }
    }

    /// Lets `run` end when the last events are written.
    func close() {
        state.withLock { $0.isClosed = true }
        news.raise()
    }

    private func write(_ message: Message) async {
        let key = message.key
        let time = JSONValue.string(KubernetesTime(seconds: Int64(message.moment.rounded(.down))).description)
        let known = state.withLock { state -> Written? in
            state.turn += 1
            guard var written = state.written[key] else { return nil }
            written.count += 1
            written.turn = state.turn
            state.written[key] = written
            return written
        }
        if let known, (try? await transport.send(
            .patch(.events, known.name, ["count": .int(known.count), "lastTimestamp": time]))) != nil {
            return
        }
        let name = name(of: message)
        do throws(KubernetesFailure) {
            _ = try await transport.send(.create(
                .events, namespace: name.namespace, Self.object(message, name, time: time)))
        } catch {
            guard error.reason == .alreadyExists else { return }
        }
        state.withLock { state in
            state.written[key] = Written(name: name, count: 1, turn: state.turn)
            if state.written.count > Self.limit { Self.forgetHalf(&state.written) }
        }
    }

    private static func forgetHalf(_ written: inout [Key: Written]) {
        let turns = written.values.map(\.turn).sorted()
        let middle = turns[turns.count / 2]
        written = written.filter { $0.value.turn >= middle }
    }

    /// A name that no other event has: the object's, the time, and a hash of what happened.
    private func name(of message: Message) -> ObjectName {
        let event = message.key.event
        var hash: UInt32 = 2_166_136_261
        for byte in "\(message.key.uid) \(event.kind) \(event.reason) \(event.message)".utf8 {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        let moment = UInt64(max(0, message.moment * 1_000))
        let suffix = "." + String(moment, radix: 16) + String(hash, radix: 16)
        let name = message.object["name"]?.string ?? ""
        let prefix = String(decoding: name.utf8.prefix(253 - suffix.utf8.count), as: UTF8.self)
        return ObjectName(namespace: message.object["namespace"]?.string ?? "", name: prefix + suffix)
    }

    private static func reference(to object: JSONValue) -> JSONObject {
        var involved = JSONObject()
        for key in ["apiVersion", "kind"] { involved[key] = object[key] }
        for key in ["name", "namespace", "resourceVersion", "uid"] { involved[key] = object["metadata"]?[key] }
        return involved
    }

    private static func object(_ message: Message, _ name: ObjectName, time: JSONValue) -> JSONValue {
        let event = message.key.event
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name.name), "namespace": .string(name.namespace)],
            "involvedObject": .object(message.object), "type": .string(event.kind.rawValue),
            "reason": .string(event.reason), "message": .string(event.message),
            "source": ["component": "rollouts-controller"], "reportingComponent": "rollouts-controller",
            "reportingInstance": "", "count": 1, "firstTimestamp": time, "lastTimestamp": time,
        ]
    }
}
