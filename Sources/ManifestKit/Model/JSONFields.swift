/// Lenient reading of fields: what is of the wrong kind reads as absent, since the schema rule has reported it.
extension JSONValue {
    /// A field unless it is absent or null.
    func present(_ key: String) -> JSONValue? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }

    /// A string field unless it is absent or empty.
    func text(_ key: String) -> String? {
        guard let text = self[key]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// A whole number within 32 bits; a greater one counts as the greatest.
    func count(_ key: String) -> Int? {
        guard let value = self[key]?.integer else { return nil }
        return min(max(value, Int(Int32.min)), Int(Int32.max))
    }

    /// A truth value, false where it is absent.
    func flag(_ key: String) -> Bool { self[key]?.boolean ?? false }

    /// The strings of a list.
    func texts(_ key: String) -> [String] { self[key]?.array?.compactMap(\.string) ?? [] }

    /// A moment.
    func time(_ key: String) -> KubernetesTime? { self[key]?.string.flatMap { KubernetesTime($0) } }

    /// A merge patch, or part of it, applied to this value (RFC 7396).
    public func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = object ?? JSONObject()
        for (key, change) in changes.fields {
            if change.isNull {
                result[key] = nil
            } else if case .object = change {
                result[key] = (result[key] ?? .object(JSONObject())).merging(change)
            } else {
                result[key] = change
            }
        }
        return .object(result)
    }

    /// The merge patch that makes this value another one, or nil where they are equal (RFC 7396).
    public func mergePatch(to other: JSONValue) -> JSONValue? {
        guard case .object(let old) = self, case .object(let new) = other else { return self == other ? nil : other }
        var changes: [(key: String, value: JSONValue)] = []
        for (key, value) in new.fields {
            guard let before = old[key] else {
                changes.append((key, value))
                continue
            }
            if let change = before.mergePatch(to: value) { changes.append((key, change)) }
        }
        for (key, _) in old.fields where new[key] == nil { changes.append((key, .null)) }
        return changes.isEmpty ? nil : .object(JSONObject(distinct: changes))
    }
}

extension KubernetesTime {
    /// The moment so many seconds later.
    func after(_ seconds: Int) -> KubernetesTime {
        let (sum, overflow) = self.seconds.addingReportingOverflow(Int64(seconds))
        return KubernetesTime(seconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The seconds until a later moment, negative where it has passed.
    func seconds(until other: KubernetesTime) -> Int {
        let (difference, overflow) = other.seconds.subtractingReportingOverflow(seconds)
        return overflow ? (other > self ? .max : .min) : Int(difference)
    }
}
