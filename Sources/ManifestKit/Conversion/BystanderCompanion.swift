/// Explains why what stands around a workload was left as it is.
struct BystanderCompanion {
    /// The kinds that other companions take care of.
    private static let handled: Set<ResourceKind> = [
        .service, .deployment, .rollout, .replicaSet, .horizontalPodAutoscaler, .verticalPodAutoscaler, .scaledObject,
    ]

    /// Whether another companion takes care of an object.
    static func isHandled(_ object: ConversionObject) -> Bool { object.manifest.kind.map(handled.contains) ?? false }

    /// Notes disruption budgets and other objects that select the pods, and objects that name the workload.
    static func explain(_ workload: ConversionObject, was kind: String, in draft: inout ConversionDraft) {
        let labels = workload.podLabels
        for object in draft.input.bystanders where object.sharesNamespace(with: workload) {
            if let reason = reason(object), selects(object, labels) {
                draft.note(.kept, object, "is left as it is", because: reason)
            }
        }
        for reference in draft.input.references
        where reference.kind == kind && reference.name == workload.name
            && reference.object.sharesNamespace(with: workload)
        {
            draft.note(
                .attention, reference.object, at: reference.node,
                "names \(kind) \(workload.name) at \(reference.node.path) and was left as it is",
                because: "whether it works with the new kind depends on who reads it")
        }
    }

    static func reason(_ object: ConversionObject) -> String? {
        switch object.kind {
        case "PodDisruptionBudget":
            "it selects pods by label and not by owner, and the pods keep their labels; stable pods and canary "
                + "pods count together"
        case "NetworkPolicy":
            "it selects pods by label, and the pods keep their labels"
        case "PodMonitor":
            "it selects pods by label; stable pods and canary pods can be told apart by rollouts-pod-template-hash"
        default: nil
        }
    }

    private static func selects(_ object: ConversionObject, _ labels: [String: String]) -> Bool {
        let selector = object.kind == "NetworkPolicy" ? object.spec?["podSelector"] : object.spec?["selector"]
        guard let wanted = selector?["matchLabels"]?.textDictionary, !wanted.isEmpty else { return false }
        return wanted.allSatisfy { labels[$0.key] == $0.value }
    }
}

/// Finds marks of a Deployment's own in a pod template.
enum DeploymentHashLabel {
    /// Every scalar of a template that speaks of `pod-template-hash`, the label that only a Deployment's pods have.
    static func uses(in node: YAMLNode, depth: Int = 0) -> [YAMLNode] {
        guard depth < 48 else { return [] }
        switch node.kind {
        case .scalar:
            let text = node.text
            guard let range = text.firstRange(of: "pod-template-hash") else { return [] }
            return text[..<range.lowerBound].hasSuffix("rollouts-") ? [] : [node]
        case .sequence:
            return node.elements.flatMap { uses(in: $0, depth: depth + 1) }
        case .mapping:
            return node.entries.flatMap { uses(in: $0.key, depth: depth + 1) + uses(in: $0.value, depth: depth + 1) }
        }
    }
}
