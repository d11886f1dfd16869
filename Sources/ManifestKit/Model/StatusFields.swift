/// Collects fields and leaves out those with a zero value.
struct StatusFields {
    var values: [(key: String, value: JSONValue)] = []
    var json: JSONValue { .object(JSONObject(distinct: values)) }

    mutating func add(_ key: String, _ value: Bool) { if value { values.append((key, true)) } }
    mutating func add(_ key: String, _ value: Int) { if value != 0 { values.append((key, .int(value))) } }
    mutating func add(_ key: String, _ value: String) { if !value.isEmpty { values.append((key, .string(value))) } }
    mutating func add(_ key: String, _ value: KubernetesTime?) {
        if let value { values.append((key, .string(value.description))) }
    }
    mutating func add(_ key: String, _ value: [JSONValue]) { if !value.isEmpty { values.append((key, .array(value))) } }
    mutating func add(_ others: [String: JSONValue]) {
        for (key, value) in others.sorted(by: { $0.key < $1.key }) { values.append((key, value)) }
    }
}
