import ManifestKit

/// Writes objects as the tables that `kubectl get` prints.
struct TablePrinter {
    /// A column: its name, when it is shown, and where its value comes from.
    private struct Column {
        var name: String
        var type = "string"
        var priority = 0
        var value: (JSONValue) -> JSONValue

        init(
            _ name: String, _ type: String = "string", priority: Int = 0, _ value: @escaping (JSONValue) -> JSONValue
        ) {
            self.name = name
            self.type = type
            self.priority = priority
            self.value = value
        }
    }

    let entry: ResourceCatalog.Entry
    let now: KubernetesTime
    /// What of each object comes with its row: `Metadata`, `Object` or `None`.
    var included = "Metadata"

    /// The table of a list or of one object.
    func table(_ answer: JSONValue) -> JSONValue {
        let objects = answer["items"]?.array ?? [answer]
        var metadata: JSONValue = [:]
        for key in ["resourceVersion", "continue", "remainingItemCount"] {
            if let value = answer["metadata"]?[key] { metadata[key] = value }
        }
        let columns = columns
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(columns.map { column in
                [
                    "name": .string(column.name), "type": .string(column.type),
                    "format": column.name == "Name" ? "name" : "", "description": "",
                    "priority": .int(column.priority),
                ]
            }),
            "rows": .array(objects.map { row($0, columns) }),
        ]
    }

    private func row(_ object: JSONValue, _ columns: [Column]) -> JSONValue {
        var row: JSONValue = ["cells": .array(columns.map { $0.value(object) })]
        switch included {
        case "None": break
        case "Object": row["object"] = object
        default: row["object"] = Presentation.metadata.shown(object)
        }
        return row
    }

    private var columns: [Column] { [Column("Name") { $0["metadata"]?["name"] ?? "" }] + details }

    private var details: [Column] {
        switch entry.type.kind {
        case "Pod": podColumns
        case "ReplicaSet":
            [
                Column("Desired", "integer") { $0["spec"]?["replicas"] ?? 0 },
                Column("Current", "integer") { $0["status"]?["replicas"] ?? 0 },
                Column("Ready", "integer") { $0["status"]?["readyReplicas"] ?? 0 }, age,
            ]
        case "Deployment":
            [
                Column("Ready") { ready($0["status"]?["readyReplicas"], of: $0["spec"]?["replicas"]) },
                Column("Up-to-date", "integer") { $0["status"]?["updatedReplicas"] ?? 0 },
                Column("Available", "integer") { $0["status"]?["availableReplicas"] ?? 0 }, age,
            ]
        case "Service": serviceColumns
        case "Namespace": [Column("Status") { $0["status"]?["phase"] ?? "Active" }, age]
        case "Event":
            [
                Column("Last Seen") { .string(age(of: $0["lastTimestamp"] ?? $0["metadata"]?["creationTimestamp"])) },
                Column("Type") { $0["type"] ?? "" }, Column("Reason") { $0["reason"] ?? "" },
                Column("Object") { .string(involved($0["involvedObject"])) }, Column("Message") { $0["message"] ?? "" },
            ]
        case "Ingress":
            [
                Column("Class") { $0["spec"]?["ingressClassName"] ?? "<none>" },
                Column("Hosts") { .string(hosts($0)) }, Column("Address") { _ in "" },
                Column("Ports") { _ in "80" }, age,
            ]
        case "ConfigMap", "Secret":
            (entry.type.kind == "Secret" ? [Column("Type") { $0["type"] ?? "Opaque" }] : []) + [
                Column("Data", "integer") {
                    .int(($0["data"]?.object?.count ?? 0) + ($0["binaryData"]?.object?.count ?? 0))
                },
                age,
            ]
        case "Node":
            [
                Column("Status") { _ in "Ready" }, Column("Roles") { _ in "<none>" }, age,
                Column("Version") { $0["status"]?["nodeInfo"]?["kubeletVersion"] ?? "" },
            ]
        case "HorizontalPodAutoscaler":
            [
                Column("Reference") { object in
                    let target = object["spec"]?["scaleTargetRef"]
                    return .string("\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")")
                },
                Column("MinPods", "integer") { $0["spec"]?["minReplicas"] ?? 1 },
                Column("MaxPods", "integer") { $0["spec"]?["maxReplicas"] ?? 0 },
                Column("Replicas", "integer") { $0["status"]?["currentReplicas"] ?? 0 }, age,
            ]
        case "CustomResourceDefinition":
            [Column("Created At", "date") { $0["metadata"]?["creationTimestamp"] ?? "" }]
        case "Job":
            [
                Column("Status") { .string(jobStatus($0)) },
                Column("Completions") { ready($0["status"]?["succeeded"], of: $0["spec"]?["completions"]) }, age,
            ]
        default:
            entry.columns.isEmpty
                ? [age]
                : entry.columns.map { column in
                    Column(column.name, column.type, priority: column.priority) { value(of: column, in: $0) }
                }
        }
    }

    private var podColumns: [Column] {
        [
            Column("Ready") { pod in
                let statuses = pod["status"]?["containerStatuses"]?.array ?? []
                let total = pod["spec"]?["containers"]?.array?.count ?? 0
                return .string("\(statuses.filter { $0["ready"]?.boolean == true }.count)/\(total)")
            },
            Column("Status") { pod in
                if pod["metadata"]?["deletionTimestamp"] != nil { return "Terminating" }
                let waiting = pod["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]
                return waiting ?? pod["status"]?["phase"] ?? "Pending"
            },
            Column("Restarts", "integer") { pod in
                let statuses = pod["status"]?["containerStatuses"]?.array ?? []
                return .int(statuses.reduce(0) { $0 + ($1["restartCount"]?.integer ?? 0) })
            },
            age,
            Column("IP", priority: 1) { $0["status"]?["podIP"] ?? "<none>" },
            Column("Node", priority: 1) { $0["spec"]?["nodeName"] ?? "<none>" },
        ]
    }

    private var serviceColumns: [Column] {
        [
            Column("Type") { $0["spec"]?["type"] ?? "ClusterIP" },
            Column("Cluster-IP") { $0["spec"]?["clusterIP"] ?? "<none>" }, Column("External-IP") { _ in "<none>" },
            Column("Port(s)") { service in
                let ports = service["spec"]?["ports"]?.array ?? []
                return .string(ports.map {
                    "\($0["port"]?.integer ?? 0)/\($0["protocol"]?.string ?? "TCP")"
                }.joined(separator: ","))
            },
            age,
            Column("Selector", priority: 1) { service in
                let selector = service["spec"]?["selector"]?.object?.fields ?? []
                return .string(selector.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ","))
            },
        ]
    }

    private var age: Column { Column("Age") { .string(age(of: $0["metadata"]?["creationTimestamp"])) } }

    private func value(of column: ResourceCatalog.PrinterColumn, in object: JSONValue) -> JSONValue {
        let path = column.path.split(separator: ".").map(String.init)
        let value = ClusterOperation.value(at: path, in: object)
        if column.type == "date" { return .string(age(of: value)) }
        return value ?? .null
    }

    private func ready(_ part: JSONValue?, of whole: JSONValue?) -> JSONValue {
        .string("\(part?.integer ?? 0)/\(whole?.integer ?? 0)")
    }

    private func involved(_ reference: JSONValue?) -> String {
        "\(reference?["kind"]?.string?.lowercased() ?? "")/\(reference?["name"]?.string ?? "")"
    }

    private func hosts(_ ingress: JSONValue) -> String {
        let hosts = (ingress["spec"]?["rules"]?.array ?? []).compactMap { $0["host"]?.string }
        return hosts.isEmpty ? "*" : hosts.joined(separator: ",")
    }

    private func jobStatus(_ job: JSONValue) -> String {
        let conditions = job["status"]?["conditions"]?.array ?? []
        return conditions.last { $0["status"]?.string == "True" }?["type"]?.string ?? "Running"
    }

    /// The time since a moment as kubectl writes it: `45s`, `3m20s`, `5h`, `2d`.
    private func age(of moment: JSONValue?) -> String {
        guard let time = moment?.string.flatMap({ KubernetesTime($0) }) else { return "<unknown>" }
        let seconds = max(0, Int(now.seconds - time.seconds))
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600:
            return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
        case ..<10_800: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
