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

    /// How many events are remembered; the rest are written as if for the first time.
    static let limit = 4096

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    /// Hears of every event.
    private let onEvent: @Sendable (RolloutEvent, ObjectName) -> Void
    /// Hears of every event once, when what led to it is written down.
    private let notify: @Sendable (RolloutEvent, JSONValue) -> Void
    private let state = Mutex<(written: [Key: Written], turn: Int)>(([:], 0))

    init(
        transport: any ClusterTransport, clock: any ClusterClock,
        onEvent: @escaping @Sendable (RolloutEvent, ObjectName) -> Void = { _, _ in },
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
        onEvent(event, ObjectName(of: object))
        let uid = object["metadata"]?["uid"]?.string ?? ""
        let key = Key(uid: uid, event: event)
        let now = JSONValue.string(clock.time.description)
        let known = state.withLock { state -> Written? in
            state.turn += 1
            guard var written = state.written[key] else { return nil }
            written.count += 1
            written.turn = state.turn
            state.written[key] = written
            return written
        }
        if let known, (try? await transport.send(
            .patch(.events, known.name, ["count": .int(known.count), "lastTimestamp": now]))) != nil {
            return
        }
        let name = name(of: key, object)
        do throws(KubernetesFailure) {
            _ = try await transport.send(.create(
                .events, namespace: name.namespace, Self.object(event, name, about: object, now: now)))
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
    private func name(of key: Key, _ object: JSONValue) -> ObjectName {
        let owner = ObjectName(of: object)
        var hash: UInt32 = 2_166_136_261
        for byte in "\(key.uid) \(key.event.kind) \(key.event.reason) \(key.event.message)".utf8 {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        let moment = UInt64(max(0, clock.now * 1_000))
        let suffix = "." + String(moment, radix: 16) + String(hash, radix: 16)
        let prefix = String(decoding: owner.name.utf8.prefix(253 - suffix.utf8.count), as: UTF8.self)
        return ObjectName(namespace: owner.namespace, name: prefix + suffix)
    }

    private static func object(
        _ event: RolloutEvent, _ name: ObjectName, about object: JSONValue, now: JSONValue
    ) -> JSONValue {
        var involved = JSONObject()
        for key in ["apiVersion", "kind"] { involved[key] = object[key] }
        for key in ["name", "namespace", "resourceVersion", "uid"] { involved[key] = object["metadata"]?[key] }
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name.name), "namespace": .string(name.namespace)],
            "involvedObject": .object(involved), "type": .string(event.kind.rawValue), "reason": .string(event.reason),
            "message": .string(event.message), "source": ["component": "rollouts-controller"],
            "reportingComponent": "rollouts-controller", "reportingInstance": "", "count": 1,
            "firstTimestamp": now, "lastTimestamp": now,
        ]
    }
}
