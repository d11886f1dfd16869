/// Whether a ReplicaSet's template is the wanted one, whatever a controller or an API server has added to it.
enum TemplateEquality {
    /// Compares a ReplicaSet with a template as a manifest has it.
    static func isSame(_ replicaSet: ReplicaSet, as template: JSONValue, antiAffinity: AntiAffinity?) -> Bool {
        normal(plain(replicaSet, antiAffinity: antiAffinity)) == normal(template)
    }

    /// The template without what a controller of Rollouts has put into it.
    static func plain(_ replicaSet: ReplicaSet, antiAffinity: AntiAffinity?) -> JSONValue {
        var replicaSet = replicaSet
        if let injected = EphemeralMetadata.injected(in: replicaSet) {
            replicaSet.apply(EphemeralMetadata.change(of: replicaSet, from: injected, to: nil))
        }
        if antiAffinity != nil, let affinity = AntiAffinityInjection.removed(from: replicaSet.template) {
            replicaSet.apply(ReplicaSetChange(affinity: affinity))
        }
        return replicaSet.template
    }

    /// With every default, without the hash label, and with empty fields left out.
    private static func normal(_ template: JSONValue) -> JSONValue {
        var template = WorkloadTemplate.defaulted(template)
        template.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: nil)
        template.set(["metadata", "creationTimestamp"], to: nil)
        template.set(["spec", "serviceAccount"], to: nil)
        return withoutEmptyFields(template)
    }

    /// Quantities in one spelling, and no field that is null or empty, for an API server stores neither.
    private static func withoutEmptyFields(_ value: JSONValue, isQuantities: Bool = false) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { withoutEmptyFields($0) })
        case .object(let object):
            var fields: [(key: String, value: JSONValue)] = []
            for (key, field) in object.fields where !field.isNull {
                let quantities = key == "requests" || key == "limits" || key == "overhead"
                let kept = isQuantities ? quantity(field) : withoutEmptyFields(field, isQuantities: quantities)
                if kept.array?.isEmpty == true || kept.object?.isEmpty == true || kept.string == "" { continue }
                fields.append((key, kept))
            }
            return .object(JSONObject(distinct: fields))
        default: return value
        }
    }

    private static func quantity(_ value: JSONValue) -> JSONValue {
        let text = value.string ?? value.integer.map { String($0) } ?? ""
        return Quantity(text).map { .string($0.description) } ?? value
    }
}
