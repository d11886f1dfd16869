import ManifestKit

/// What an API server checks of an object before it keeps it.
enum ObjectAdmission {
    /// Refuses an object that is not as its kind has to be.
    static func check(
        _ object: JSONValue, _ entry: ResourceCatalog.Entry, _ request: KubernetesRequest
    ) throws(KubernetesFailure) {
        let name = object["metadata"]?["name"]?.string ?? ""
        var causes: [KubernetesFailure.Cause] = []
        let form: KubernetesNames = entry.type.kind == "Service" ? .rfc1035Label
            : entry.type.kind == "Namespace" ? .label : .subdomain
        if !entry.type.group.hasPrefix("rbac."), let problem = form.problem(name) {
            causes.append(KubernetesFailure.Cause(
                field: "metadata.name", message: "Invalid value: \"\(name)\": \(problem)"))
        }
        for (key, value) in object["metadata"]?["labels"]?.object?.fields ?? [] {
            let text = value.string ?? ""
            if let problem = KubernetesNames.qualifiedName.problem(key) ?? KubernetesNames.labelValue.problem(text) {
                causes.append(KubernetesFailure.Cause(
                    field: "metadata.labels", message: "Invalid value: \"\(text)\": \(problem)"))
            }
        }
        guard causes.isEmpty else { throw .invalid(entry.type, name, causes) }
    }
}
