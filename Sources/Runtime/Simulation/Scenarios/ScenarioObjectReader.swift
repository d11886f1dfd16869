import ManifestKit

extension ScenarioReader {
    /// Reads `{kind: Service, name: web, patch: {...}}`.
    mutating func readPatch(_ node: YAMLNode) -> ScenarioAction? {
        let example = "{kind: Rollout, patch: {spec: {minReadySeconds: 5}}}"
        guard fields(of: node, "patch", ["kind", "name", "patch"], example: example),
            let target = readTarget(node, of: "patch")
        else { return nil }
        guard let patch = node["patch"], patch.isMapping else {
            fault(node["patch"] ?? node, "patch has no mapping of what changes", hint: "write patch: \(example)")
            return nil
        }
        return .patch(target, patch.json)
    }

    /// Reads `{kind: Service, name: web}`, or `{kind: ReplicaSet, version: canary}`.
    mutating func readDeletion(_ node: YAMLNode) -> ScenarioAction? {
        let example = "{kind: Service, name: web}"
        guard fields(of: node, "delete", ["kind", "name", "version"], example: example) else { return nil }
        guard node["kind"]?.text == ResourceKind.replicaSet.rawValue else {
            if let version = node["version"] {
                fault(version, "only ReplicaSets are deleted by version", hint: "write delete: \(example)")
                return nil
            }
            return readTarget(node, of: "delete").map { .delete($0) }
        }
        guard let version = node["version"], version.isScalar,
            let pods = ScenarioAction.Pods(rawValue: version.text), node["name"] == nil
        else {
            fault(
                node["name"] ?? node["version"] ?? node, "ReplicaSets are deleted by version: all, canary or stable",
                hint: "write delete: {kind: ReplicaSet, version: canary}")
            return nil
        }
        return .deleteReplicaSets(pods)
    }

    private mutating func readTarget(_ node: YAMLNode, of key: String) -> ScenarioAction.Target? {
        let kinds = ScenarioAction.Target.kinds
        guard let kind = node["kind"], kind.isScalar, let found = kinds.first(where: { $0.rawValue == kind.text })
        else {
            let names = kinds.map(\.rawValue).joined(separator: ", ")
            fault(node["kind"] ?? node, "\(key) needs the kind of an object", hint: "there are \(names)")
            return nil
        }
        if let name = node["name"] {
            guard let text = name.string, !text.isEmpty else {
                fault(name, "name is the name of an object")
                return nil
            }
            return ScenarioAction.Target(found, text)
        }
        guard found == .rollout else {
            fault(node, "\(key) needs the name of the \(found.rawValue)", hint: "add name, such as name: web")
            return nil
        }
        return ScenarioAction.Target(found)
    }

    /// Reads `{by: 2s, for: 1m}`.
    mutating func readSlowWatches(_ node: YAMLNode) -> ScenarioAction? {
        let example = "{by: 2s, for: 1m}"
        guard fields(of: node, "slowWatches", ["by", "for"], example: example) else { return nil }
        guard let delay = node["by"], let length = node["for"] else {
            fault(node, "slowWatches needs a delay and a length of time", hint: "write slowWatches: \(example)")
            return nil
        }
        guard let delay = duration(delay, "by"), let length = duration(length, "for") else { return nil }
        return .slowWatches(by: delay, seconds: length)
    }
}
