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
    private static let mostObjects = 10_000

    private struct Record: Sendable {
        /// When messages were sent, in seconds since 1970.
        var sent: [String: Int64]
        /// Those that are on their way.
        var underWay: Set<String> = []
    }

    private let transport: any ClusterTransport
    private let records = Mutex<[String: Record]>([:])

    init(transport: any ClusterTransport) { self.transport = transport }

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
        records.withLock { records in
            var record = records[Self.uid(object)] ?? Record(sent: [:])
            // Others may have written there, such as the controller that led before.
            let text = object["metadata"]?["annotations"]?[RolloutMarks.notified]?.string ?? ""
            for field in (try? JSONReader.value(text))?.object?.fields ?? [] where record.sent[field.key] == nil {
                record.sent[field.key] = field.value.integer.map(Int64.init) ?? now.seconds
            }
            guard record.sent[key] == nil, record.underWay.insert(key).inserted else { return false }
            if records.count >= Self.mostObjects { records = [:] }
            records[Self.uid(object)] = record
            return true
        }
    }

    /// Notes that a message is not sent.
    func forget(_ key: String, of object: JSONValue) {
        records.withLock { _ = $0[Self.uid(object)]?.underWay.remove(key) }
    }

    /// Writes down that a message was sent.
    func end(_ key: String, of object: JSONValue, isDelivered: Bool, now: KubernetesTime) async {
        forget(key, of: object)
        guard isDelivered else { return }
        let sent = records.withLock { records -> [String: Int64] in
            var record = records[Self.uid(object)] ?? Record(sent: [:])
            record.sent[key] = now.seconds
            if record.sent.count > Self.most {
                let oldest = record.sent.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                for entry in oldest.prefix(record.sent.count - Self.most) { record.sent[entry.key] = nil }
            }
            records[Self.uid(object)] = record
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
