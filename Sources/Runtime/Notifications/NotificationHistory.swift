import Crypto
import ManifestKit
import Synchronization

/// Remembers which messages were sent once for all, in the annotation that the reference's engine keeps them in.
///
/// Only triggers with `oncePer` need it. It is kept in memory as well, as an annotation that was just written is not in
/// the objects that events are about yet.
final class NotificationHistory: Sendable {
    /// How many are remembered of an object, as many as the engine remembers.
    private static let most = 100
    /// How many objects are known in memory.
    private let mostObjects: Int

    private struct Record: Sendable {
        /// When messages were sent, in seconds since 1970.
        var sent: [String: Int64]
        /// Those that are on their way.
        var underWay: Set<String> = []
        /// When it was last used, as a count of uses.
        var use: UInt64 = 0
    }

    private struct State: Sendable {
        var records: [String: Record] = [:]
        var uses: UInt64 = 0

        /// Notes the record of an object as the latest; many that nobody has used for longest make way for it.
        mutating func set(_ record: Record, of uid: String, limit: Int) {
            if records.count >= limit, records[uid] == nil {
                let idle = records.filter { $0.value.underWay.isEmpty }.sorted { $0.value.use < $1.value.use }
                for entry in idle.prefix(max(1, limit / 10)) { records[entry.key] = nil }
            }
            uses += 1
            records[uid] = record
            records[uid]?.use = uses
        }
    }

    private let transport: any ClusterTransport
    private let state = Mutex(State())

    init(transport: any ClusterTransport, mostObjects: Int = 10_000) {
        self.transport = transport
        self.mostObjects = mostObjects
    }

    /// What a message is remembered by, as the engine has it.
    static func key(
        occasion: String, trigger: String, position: Int, condition: String, destination: NotificationDestination
    ) -> String {
        let hash = Base64.urlEncoded(Array(Insecure.SHA1.hash(data: Array(condition.utf8))))
        return "\(occasion):\(trigger):[\(position)].\(hash):\(destination.service):\(destination.recipient)"
    }

    private static func uid(_ object: JSONValue) -> String { object["metadata"]?["uid"]?.string ?? "" }

    /// Notes that a message is on its way; false where it was sent or is on its way already.
    func begin(_ key: String, of object: JSONValue, now: KubernetesTime) -> Bool {
        state.withLock { state in
            var record = state.records[Self.uid(object)] ?? Record(sent: [:])
            // Others may have written there, such as the controller that led before.
            let text = object["metadata"]?["annotations"]?[RolloutMarks.notified]?.string ?? ""
            for field in (try? JSONReader.value(text))?.object?.fields ?? [] where record.sent[field.key] == nil {
                record.sent[field.key] = field.value.integer.map(Int64.init) ?? now.seconds
            }
            guard record.sent[key] == nil, record.underWay.insert(key).inserted else { return false }
            state.set(record, of: Self.uid(object), limit: mostObjects)
            return true
        }
    }

    /// Notes that a message is not sent.
    func forget(_ key: String, of object: JSONValue) {
        state.withLock { _ = $0.records[Self.uid(object)]?.underWay.remove(key) }
    }

    /// Writes down that a message was sent.
    func end(_ key: String, of object: JSONValue, isDelivered: Bool, now: KubernetesTime) async {
        forget(key, of: object)
        guard isDelivered else { return }
        let sent = state.withLock { state -> [String: Int64] in
            var record = state.records[Self.uid(object)] ?? Record(sent: [:])
            record.sent[key] = now.seconds
            if record.sent.count > Self.most {
                let oldest = record.sent.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                for entry in oldest.prefix(record.sent.count - Self.most) { record.sent[entry.key] = nil }
            }
            state.set(record, of: Self.uid(object), limit: mostObjects)
            return record.sent
        }
        guard let resource = WorkItem.Kind(owner: object["kind"]?.string ?? "")?.resource else { return }
        let entries = sent.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.integer($0.value)) }
        let text = JSONWriter.text(.object(JSONObject(entries)))
        // What cannot be written down is still known here, for as long as this controller works.
        _ = try? await transport.send(.patch(
            resource, ObjectName(of: object),
            ["metadata": ["annotations": .object(JSONObject([(RolloutMarks.notified, .string(text))]))]]))
    }
}
