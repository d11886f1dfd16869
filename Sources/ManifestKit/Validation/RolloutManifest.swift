/// A Rollout with the parts that rules look at found once.
public struct RolloutManifest: Sendable {
    /// The object.
    public let document: ManifestDocument
    /// `spec`.
    public let spec: YAMLNode
    /// `spec.strategy`, if it is a mapping.
    public let strategy: YAMLNode?
    /// `spec.strategy.canary`, if it is a mapping.
    public let canary: YAMLNode?
    /// `spec.strategy.blueGreen`, if it is a mapping.
    public let blueGreen: YAMLNode?
    /// The strategies that are mappings: one, where the Rollout is sound.
    public let strategies: [StrategyManifest]
    /// `spec.strategy.canary.trafficRouting`, if it is a mapping.
    public let trafficRouting: YAMLNode?
    /// The routers that are set under `trafficRouting`.
    public let routers: [RouterManifest]
    /// The steps that are mappings.
    public let steps: [StepManifest]
    /// `spec.template`, if it is a mapping.
    public let template: PodTemplateManifest?
    /// `spec.workloadRef`, if it is a mapping.
    public let workloadRef: YAMLNode?

    /// Finds the parts; nil where there is no `spec` to look at.
    public init?(_ document: ManifestDocument) {
        guard let spec = document.spec, spec.isMapping else { return nil }
        self.document = document
        self.spec = spec
        strategy = spec["strategy"].flatMap { $0.isMapping ? $0 : nil }
        canary = strategy?["canary"].flatMap { $0.isMapping ? $0 : nil }
        blueGreen = strategy?["blueGreen"].flatMap { $0.isMapping ? $0 : nil }
        var strategies: [StrategyManifest] = []
        if let canary { strategies.append(StrategyManifest(name: "canary", node: canary)) }
        if let blueGreen { strategies.append(StrategyManifest(name: "blueGreen", node: blueGreen)) }
        self.strategies = strategies
        trafficRouting = canary?["trafficRouting"].flatMap { $0.isMapping ? $0 : nil }
        routers = trafficRouting.map { RouterManifest.routers(in: $0) } ?? []
        let elements = canary?["steps"]?.elements
        steps = elements.map { elements in
            elements.enumerated().compactMap { StepManifest(index: $0.offset, node: $0.element) }
        } ?? []
        template = spec["template"].flatMap { PodTemplateManifest($0, in: document) }
        workloadRef = spec["workloadRef"].flatMap { $0.isMapping ? $0 : nil }
    }

    /// `spec.replicas`, 1 where it is absent.
    public var replicas: Int { spec["replicas"]?.integer ?? 1 }
}

/// A strategy of a Rollout.
public struct StrategyManifest: Sendable {
    /// `canary` or `blueGreen`.
    public let name: String
    /// Its settings, a mapping.
    public let node: YAMLNode
}

/// A traffic router of a Rollout.
public struct RouterManifest: Sendable {
    /// The router, or nil for a plugin that nothing is known about.
    public let type: (any TrafficRouter.Type)?
    /// What it can do, and the name of its field.
    public let capabilities: TrafficRouterCapabilities
    /// Its settings: a mapping, where the Rollout is sound.
    public let node: YAMLNode

    /// Finds the routers under `trafficRouting`.
    static func routers(in trafficRouting: YAMLNode) -> [RouterManifest] {
        let known = TrafficRouters.all.compactMap { type in
            let settings = type.plugin.map { trafficRouting.mapping("plugins")?.present($0) }
                ?? trafficRouting.present(type.key)
            return settings.map { RouterManifest(type: type, capabilities: type.capabilities, node: $0) }
        }
        return known + unknownPlugins(in: trafficRouting)
    }

    /// The plugins that nothing is known about, together.
    private static func unknownPlugins(in trafficRouting: YAMLNode) -> [RouterManifest] {
        guard let plugins = trafficRouting.present("plugins") else { return [] }
        let known = Set(TrafficRouters.all.compactMap { $0.plugin })
        if plugins.isMapping, !plugins.entries.isEmpty, plugins.entries.allSatisfy({ known.contains($0.key.text) }) {
            return []
        }
        return [RouterManifest(type: nil, capabilities: .anyPlugin, node: plugins)]
    }
}

/// One step of a canary.
public struct StepManifest: Sendable {
    /// Its position in `steps`, from 0.
    public let index: Int
    /// The step, a mapping.
    public let node: YAMLNode

    init?(index: Int, node: YAMLNode) {
        guard node.isMapping else { return nil }
        self.index = index
        self.node = node
    }

    /// The value of a step of this type, or nil where the step is of another.
    public subscript(type: String) -> YAMLNode? { node.present(type) }
}

/// A pod template with the parts that rules look at found once.
public struct PodTemplateManifest: Sendable {
    /// The object that it belongs to.
    public let document: ManifestDocument
    /// The template, a mapping.
    public let node: YAMLNode
    /// `metadata`, if it is a mapping.
    public let metadata: YAMLNode?
    /// `spec`, if it is a mapping.
    public let spec: YAMLNode?
    /// Containers and init containers in the order of their lists.
    public let containers: [ContainerManifest]
    /// The volumes that are mappings.
    public let volumes: [YAMLNode]

    /// Finds the parts; nil where the node is no mapping.
    public init?(_ node: YAMLNode, in document: ManifestDocument) {
        guard node.isMapping else { return nil }
        self.document = document
        self.node = node
        metadata = node["metadata"].flatMap { $0.isMapping ? $0 : nil }
        let spec = node["spec"].flatMap { $0.isMapping ? $0 : nil }
        self.spec = spec
        containers = ContainerManifest.Role.allCases.flatMap { role in
            (spec?[role.rawValue]?.elements.enumerated().compactMap { position, node in
                node.isMapping ? ContainerManifest(role: role, index: position, node: node) : nil
            }) ?? []
        }
        volumes = spec?["volumes"]?.elements.filter(\.isMapping) ?? []
    }
}

/// One container of a pod template.
public struct ContainerManifest: Sendable {
    /// The list that the container is in; the raw value is the field's name.
    public enum Role: String, CaseIterable, Sendable {
        case container = "containers"
        case initContainer = "initContainers"
        case ephemeral = "ephemeralContainers"
    }

    /// The list that it is in.
    public let role: Role
    /// Its position in that list, from 0.
    public let index: Int
    /// The container, a mapping.
    public let node: YAMLNode

    /// Its name, or nil.
    public var name: String? { node["name"]?.string }
    /// Whether it is an init container that goes on running beside the others (`restartPolicy: Always`).
    public var isSidecar: Bool { role == .initContainer && node["restartPolicy"]?.string == "Always" }
}
