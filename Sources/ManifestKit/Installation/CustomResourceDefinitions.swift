/// The CustomResourceDefinitions of Argo Rollouts, word for word what the reference's say but for their prose.
///
/// Names, columns, subresources and schemas are the reference's, so that a cluster may change from one controller to
/// the other without an object being stored differently. AnalysisRun and Experiment have no status subresource there:
/// their controllers write the whole object. Each definition is small enough for a client-side `kubectl apply`, which
/// keeps the object in an annotation of at most 262,144 bytes.
public enum CustomResourceDefinitions {
    /// The most bytes that an API server takes as the annotations of an object.
    public static let annotationLimit = 262_144

    /// The definitions, the one of Rollout first.
    public static func all(labels: [String: String] = [:]) -> [JSONValue] {
        let schemas = schemas()
        return Kind.all.map { definition(of: $0, schema: schemas[$0.name] ?? [:], labels: labels) }
    }

    /// What a definition says of its kind beside the schema.
    private struct Kind {
        var name: String
        var plural: String
        var shortName: String
        var isNamespaced = true
        var columns: [JSONValue]
        var subresources: JSONValue = [:]

        static let all = [
            Kind(
                name: "Rollout", plural: "rollouts", shortName: "ro",
                columns: [
                    column("Desired", "integer", ".spec.replicas", "Pods that are wanted"),
                    column("Current", "integer", ".status.replicas", "Pods that are there"),
                    column("Up-to-date", "integer", ".status.updatedReplicas", "Pods of the newest version"),
                    column("Available", "integer", ".status.availableReplicas", "Pods that serve, of all versions"),
                    age,
                ],
                subresources: [
                    "scale": [
                        "labelSelectorPath": ".status.selector", "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.HPAReplicas",
                    ],
                    "status": [:],
                ]),
            Kind(name: "AnalysisTemplate", plural: "analysistemplates", shortName: "at", columns: [age]),
            Kind(
                name: "ClusterAnalysisTemplate", plural: "clusteranalysistemplates", shortName: "cat",
                isNamespaced: false, columns: [age]),
            Kind(
                name: "AnalysisRun", plural: "analysisruns", shortName: "ar",
                columns: [
                    column("Status", "string", ".status.phase", "Whether the analysis runs, or how it ended"), age,
                ]),
            Kind(
                name: "Experiment", plural: "experiments", shortName: "exp",
                columns: [
                    column("Status", "string", ".status.phase", "Whether the experiment runs, or how it ended"), age,
                ]),
        ]

        private static let age = column("Age", "date", ".metadata.creationTimestamp", "Time since it was made")

        private static func column(_ name: String, _ type: String, _ path: String, _ words: String) -> JSONValue {
            ["description": .string(words), "jsonPath": .string(path), "name": .string(name), "type": .string(type)]
        }
    }

    private static func definition(of kind: Kind, schema: JSONValue, labels: [String: String]) -> JSONValue {
        var metadata: JSONValue = ["name": .string(kind.plural + ".argoproj.io")]
        if !labels.isEmpty { metadata["labels"] = .strings(labels) }
        let names: JSONValue = [
            "kind": .string(kind.name), "listKind": .string(kind.name + "List"), "plural": .string(kind.plural),
            "shortNames": [.string(kind.shortName)], "singular": .string(kind.name.lowercased()),
        ]
        let version: JSONValue = [
            "name": "v1alpha1", "served": true, "storage": true, "additionalPrinterColumns": .array(kind.columns),
            "subresources": kind.subresources, "schema": ["openAPIV3Schema": schema],
        ]
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata,
            "spec": [
                "group": "argoproj.io", "names": names, "scope": kind.isNamespaced ? "Namespaced" : "Cluster",
                "versions": [version],
            ],
        ]
    }
}

// MARK: - Schemas

extension CustomResourceDefinitions {
    /// The schemas by kind, put together from the parts that they share.
    private static func schemas() -> [String: JSONValue] {
        guard let text = try? JSONReader.value(schemaText.withUTF8Buffer { Array($0) }),
            let parts = text["parts"]?.array, let kinds = text["kinds"]?.object
        else { preconditionFailure("the generated schemas cannot be read") }
        var whole: [JSONValue] = []
        whole.reserveCapacity(parts.count)
        for part in parts { whole.append(joined(part, whole)) }
        return Dictionary(kinds.fields.map { ($0.key, joined($0.value, whole)) }) { $1 }
    }

    /// A schema in which each `{"@": 3}` is the fourth of the parts.
    private static func joined(_ value: JSONValue, _ parts: [JSONValue]) -> JSONValue {
        switch value {
        case .object(let object):
            if let place = object["@"]?.integer { return parts[place] }
            return .object(JSONObject(distinct: object.fields.map { ($0.key, joined($0.value, parts)) }))
        case .array(let elements): return .array(elements.map { joined($0, parts) })
        default: return value
        }
    }
}
