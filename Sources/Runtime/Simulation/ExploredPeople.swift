import ManifestKit

/// Chooses what people and autoscalers do to a Rollout and its objects in an explored scenario.
struct ExploredPeople {
    private let replicas: Int
    private let steps: [JSONValue]
    private let services: [String]
    private let blueGreen: JSONValue?
    /// Objects that somebody may delete or change: those that the Rollout names, and those that we make for it.
    private let targets: [ScenarioAction.Target]
    private let hasRouter: Bool
    /// The names of what analyses measure.
    private let metrics: [String]

    init(_ input: SimulationInput) {
        let rollout = Rollout(input.rollout)
        let canary = input.rollout["spec"]?["strategy"]?["canary"]
        replicas = rollout?.spec.replicas ?? 1
        steps = canary?["steps"]?.array ?? []
        hasRouter = canary?["trafficRouting"] != nil
        blueGreen = input.rollout["spec"]?["strategy"]?["blueGreen"]
        let keys = (rollout?.references ?? []).filter { $0.namespace == nil }
        targets = keys.filter { ScenarioAction.Target.kinds.contains($0.kind) && $0.kind != .deployment }
            .map { ScenarioAction.Target($0.kind, $0.name) }
        metrics = Self.metrics(input)
        services = keys.filter { $0.kind == .service }.map(\.name)
    }

    /// What happens next: one thing as a rule, several where one leads to another.
    func actions(_ random: inout SplitMix) -> [ScenarioAction] {
        if let name = metrics.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
            return [.metric(.random(name, &random))]
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return change(&random).map { [$0] } ?? [.random(&random)]
        case 1: return deletion(&random)
        case 2: return autoscaler(&random)
        case 3: return [meddling(&random) ?? .random(&random)]
        default: return [.random(&random)]
        }
    }

    /// What the templates measure that lie beside a Rollout; nothing where it has no analyses.
    private static func metrics(_ input: SimulationInput) -> [String] {
        let namespace = input.rollout["metadata"]?["namespace"]?.string
        var names: Set<String> = []
        for kind in [ResourceKind.analysisTemplate, .clusterAnalysisTemplate] {
            for key in input.objects.keys(for: .all(kind), in: namespace) {
                let metrics = input.objects.object(key, in: namespace)?["spec"]?["metrics"]?.array ?? []
                names.formUnion(metrics.compactMap { $0["name"]?.string })
            }
        }
        return names.sorted()
    }

    /// Another manifest of the Rollout, in the middle of an update or not.
    private func change(_ random: inout SplitMix) -> ScenarioAction? {
        let rollout = ScenarioAction.Target(.rollout)
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2:
            guard !steps.isEmpty else { return nil }
            return .patch(rollout, ["spec": ["strategy": ["canary": ["steps": .array(otherSteps(&random))]]]])
        case 3:
            let surge = Int.random(in: 0...2, using: &random)
            let missing = Int.random(in: surge == 0 ? 1...2 : 0...2, using: &random)
            guard blueGreen == nil else { return nil }
            return .patch(
                rollout, ["spec": ["strategy": ["canary": ["maxSurge": .int(surge), "maxUnavailable": .int(missing)]]]])
        case 4: return .patch(rollout, ["spec": ["minReadySeconds": .int(Int.random(in: 0...8, using: &random))]])
        case 5: return .patch(rollout, ["spec": ["revisionHistoryLimit": .int(Int.random(in: 0...3, using: &random))]])
        case 6:
            // Nothing can become available within the deadline, so this is refused until it is mended.
            let seconds = Bool.random(using: &random) ? 3 : 300
            return .patch(rollout, ["spec": ["progressDeadlineSeconds": .int(seconds), "minReadySeconds": 3]])
        default:
            guard let blueGreen else { return nil }
            let automatic = blueGreen["autoPromotionEnabled"]?.boolean == false
            return .patch(rollout, ["spec": ["strategy": ["blueGreen": ["autoPromotionEnabled": .boolean(automatic)]]]])
        }
    }

    /// Steps that somebody might write in the place of those that there are.
    private func otherSteps(_ random: inout SplitMix) -> [JSONValue] {
        var changed = steps
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed.remove(at: Int.random(in: 0..<changed.count, using: &random))
        case 1: changed.insert(["setWeight": .int(Int.random(in: 0...100, using: &random))], at: 0)
        case 2: changed.append(["pause": ["duration": .int(Int.random(in: 1...90, using: &random))]])
        default: changed = Array(changed.suffix(1))
        }
        return changed
    }

    /// Something is deleted, and most of the time somebody notices.
    private func deletion(_ random: inout SplitMix) -> [ScenarioAction] {
        let isReplicaSet = Int.random(in: 0..<4, using: &random) == 0
        guard !isReplicaSet, let target = targets.randomElement(using: &random) else {
            return [.deleteReplicaSets(ScenarioAction.Pods.allCases.randomElement(using: &random) ?? .all)]
        }
        return Int.random(in: 0..<4, using: &random) == 0 ? [.delete(target)] : [.delete(target), .restore]
    }

    /// An autoscaler that goes up and down.
    private func autoscaler(_ random: inout SplitMix) -> [ScenarioAction] {
        (0..<Int.random(in: 2...4, using: &random)).map { _ in
            .scale(max(1, replicas + Int.random(in: -3...3, using: &random)))
        }
    }

    /// Somebody writes to what the controller has written.
    private func meddling(_ random: inout SplitMix) -> ScenarioAction? {
        if Bool.random(using: &random), let name = services.randomElement(using: &random) {
            return .patch(
                ScenarioAction.Target(.service, name),
                ["spec": ["selector": [RolloutMarks.podTemplateHash: .null]]])
        }
        let ingresses = targets.filter { $0.kind == .ingress }
        guard hasRouter, let ingress = ingresses.randomElement(using: &random) else { return nil }
        let weight = String(Int.random(in: 0...100, using: &random))
        let key = "\(RolloutDefaults.nginxAnnotationPrefix)/canary-weight"
        return .patch(ingress, ["metadata": ["annotations": [key: .string(weight)]]])
    }
}
