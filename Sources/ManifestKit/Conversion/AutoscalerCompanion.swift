/// Aims the autoscalers of a workload at what it has become.
struct AutoscalerCompanion {
    /// Where an autoscaler of a kind says what it scales.
    static let references: [(kind: ResourceKind, field: String)] = [
        (.horizontalPodAutoscaler, "scaleTargetRef"), (.verticalPodAutoscaler, "targetRef"),
        (.scaledObject, "scaleTargetRef"),
    ]

    /// The autoscalers in the input that scale a workload.
    static func autoscalers(
        of kind: String, _ workload: ConversionObject, in input: ConversionInput
    ) -> [(object: ConversionObject, field: String)] {
        references.flatMap { reference in
            input.objects(reference.kind).compactMap { object in
                guard object.sharesNamespace(with: workload), let target = object.spec?[reference.field],
                    target["name"]?.text == workload.name
                else { return nil }
                let written = target.present("kind")?.text ?? (reference.kind == .scaledObject ? "Deployment" : "")
                return written == kind ? (object, reference.field) : nil
            }
        }
    }

    /// The changes that aim one at another kind.
    static func changes(in object: ConversionObject, field: String, apiVersion: String, kind: String) -> [FieldChange] {
        let target = object.spec?[field]
        var changes: [FieldChange] = []
        var missing: [(String, JSONValue)] = []
        for (key, value) in [("apiVersion", apiVersion), ("kind", kind)] {
            if target?.entry(key).map({ !$0.isMerged }) == true {
                changes.append(.set(["spec", .key(field), .key(key)], .string(value)))
            } else {
                missing.append((key, .string(value)))
            }
        }
        return missing.isEmpty ? changes : changes + [.insert(["spec", .key(field)], missing)]
    }
}

extension ConversionDraft {
    /// Aims the autoscalers of a workload at its new kind; their names.
    mutating func retarget(
        _ workload: ConversionObject, from old: String, to kind: String, apiVersion: String
    ) -> [ConversionReport.ObjectName] {
        AutoscalerCompanion.autoscalers(of: old, workload, in: input).map { object, field in
            change(object, AutoscalerCompanion.changes(in: object, field: field, apiVersion: apiVersion, kind: kind))
            let node = object.spec?[field]
            note(.changed, object, at: node, "spec.\(field) names \(kind) \(workload.name) now")
            if object.manifest.kind == .verticalPodAutoscaler {
                let mode = object.spec?["updatePolicy", "updateMode"]?.text ?? "Auto"
                if mode != "Off", mode != "Initial" {
                    note(
                        .attention, object, "evicts pods by itself (updateMode \(mode))",
                        because: "evictions during an update take pods from the stable version and the canary alike")
                }
            }
            return object.objectName
        }
    }
}
