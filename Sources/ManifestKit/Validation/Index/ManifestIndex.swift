/// What rules about several objects need to know, gathered from each object while its document is in memory.
///
/// It holds names, labels, selectors and references with their places, and no trees: it is all that grows with the
/// number of documents.
public struct ManifestIndex: Sendable {
    /// A kind and a name; the namespace is compared with care, since a manifest may leave it to `kubectl -n`.
    struct Key: Hashable {
        var kind: ResourceKind
        var name: String
    }

    /// Where an object is looked for.
    private struct Scope: Hashable {
        var key: Key
        var file: String?
        var folder: String?
    }

    /// Objects that one name can mean, at the most: more copies say nothing new, and would take the square of the time.
    private static let copies = 8

    /// Everything that was seen, in order.
    public private(set) var objects: [ObjectFacts] = []
    /// The Rollouts among them.
    public private(set) var rollouts: [(facts: ObjectFacts, rollout: RolloutFacts)] = []
    /// Where objects of a kind and name are: in one file, in one folder, and anywhere.
    private var positions: [Scope: [Int]] = [:]
    /// The kinds that were seen at all.
    public private(set) var kinds: Set<ResourceKind> = []

    /// Makes an empty index.
    public init() {}

    /// Notes what an object says of itself and of others.
    public mutating func add(_ object: ManifestDocument) {
        guard let kind = object.kind, let facts = ObjectFacts(object, kind) else { return }
        objects.append(facts)
    }

    /// Adds what another index holds, such as that of another file.
    public mutating func merge(_ other: ManifestIndex) { objects += other.objects }

    /// Makes everything that was seen findable. Until then nothing is found: gathering is all that happens while
    /// documents are read, on several cores at once.
    public mutating func seal() {
        positions = Dictionary(minimumCapacity: objects.count)
        rollouts = []
        kinds = []
        for (position, facts) in objects.enumerated() {
            let key = Key(kind: facts.kind, name: facts.name)
            let file = facts.place.span.file
            positions[Scope(key: key), default: []].append(position)
            positions[Scope(key: key, file: file), default: []].append(position)
            positions[Scope(key: key, folder: Self.folder(of: file)), default: []].append(position)
            kinds.insert(facts.kind)
            if case .rollout(let rollout) = facts.detail { rollouts.append((facts, rollout)) }
        }
    }

    /// The objects of a kind and name that another object may mean: those of its namespace, or of one that it names.
    ///
    /// The same names stand in a base and in its overlays, or in one example beside the other. Those in the same file
    /// are meant before those in the same folder, and these before all others.
    public func objects(
        _ kind: ResourceKind, named name: String, beside facts: ObjectFacts, namespace: String? = nil
    ) -> [ObjectFacts] {
        let namespace = namespace ?? facts.namespace
        let key = Key(kind: kind, name: name)
        let file = facts.place.span.file
        let scopes = [Scope(key: key, file: file), Scope(key: key, folder: Self.folder(of: file)), Scope(key: key)]
        for scope in scopes {
            var found: [ObjectFacts] = []
            for position in positions[scope] ?? [] where Self.mayShare(namespace, objects[position].namespace) {
                found.append(objects[position])
                if found.count == Self.copies { break }
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The routes of Gateway API that a Rollout chooses by their labels.
    func routes(_ choice: (selector: LabelSelector, reference: ObjectReference), of rollout: ObjectFacts)
        -> [(route: GatewayRouteFacts, facts: ObjectFacts)] {
        let reference = choice.reference
        let namespace = reference.namespace.isEmpty ? rollout.namespace : reference.namespace
        return objects.compactMap { facts in
            guard facts.kind == reference.kind, case .gatewayRoute(let route) = facts.detail,
                Self.mayShare(namespace, facts.namespace), choice.selector.matches(route.labels)
            else { return nil }
            return (route, facts)
        }
    }

    private static func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
    }

    /// Whether two namespaces may be the same one: an object without one takes whatever `kubectl` is told.
    public static func mayShare(_ left: String, _ right: String) -> Bool {
        left == right || left.isEmpty || right.isEmpty
    }

    /// The labels of the pods that a Rollout makes: its template's, or those of the workload that it references.
    public func podLabels(of rollout: RolloutFacts, in facts: ObjectFacts) -> Labels? {
        guard let workload = rollout.workload else { return rollout.podLabels }
        guard let kind = ResourceKind(rawValue: workload.kind) else { return nil }
        let target = objects(kind, named: workload.name, beside: facts).first
        if case .workload(let workload)? = target?.detail { return workload.podLabels }
        return nil
    }
}

/// Labels with the place where they are written.
public struct Labels: Sendable {
    /// The pairs, in order.
    public var pairs: [(key: String, value: String)]
    /// Where each pair's value is, as far as kept; empty, or as many as pairs.
    public var places: [ManifestPlace]
    /// Where all of them are.
    public var place: ManifestPlace

    /// The value of a key, or nil.
    public subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }
}

/// A name that an object uses for another, and where.
public struct ObjectReference: Sendable {
    /// The kind that is meant.
    public var kind: ResourceKind
    /// The name; an Istio `namespace/name` is taken apart.
    public var name: String
    /// The namespace that the reference names, or empty.
    public var namespace: String
    /// The field that names it, such as `stableService`.
    public var role: String
    /// Where the name is written.
    public var place: ManifestPlace
}

/// What is kept of one object. A class, so that an index of thousands is copied and merged by pointers.
public final class ObjectFacts: Sendable {
    /// What is kept beside the name, by kind.
    public enum Detail: Sendable {
        case rollout(RolloutFacts)
        case workload(WorkloadFacts)
        case service(ServiceFacts)
        case ingress(IngressFacts)
        case virtualService(VirtualServiceFacts)
        case destinationRule(DestinationRuleFacts)
        case analysisTemplate(AnalysisTemplateFacts)
        case autoscaler(AutoscalerFacts)
        case podDisruptionBudget(Labels?)
        case mapping(weight: ManifestPlace?, service: (text: String, place: ManifestPlace)?)
        case route(RouteFacts)
        case notifications(NotificationFacts)
        case gatewayRoute(GatewayRouteFacts)
        case referenceGrant(ReferenceGrantFacts)
        case other
    }

    /// What it is.
    public let kind: ResourceKind
    /// `metadata.namespace`, or empty.
    public let namespace: String
    /// `metadata.name`.
    public let name: String
    /// Where the name is written.
    public let place: ManifestPlace
    /// Whether a controller made it, as dumps of a cluster say.
    public let isControlled: Bool
    /// The rest.
    public let detail: Detail

    init?(_ object: ManifestDocument, _ kind: ResourceKind) {
        guard let metadata = object.root["metadata"], let nameNode = metadata["name"], nameNode.isScalar else {
            return nil
        }
        self.kind = kind
        name = nameNode.text
        namespace = metadata["namespace"]?.text ?? ""
        isControlled = metadata["ownerReferences"]?.elements.contains { $0["controller"]?.boolean == true } ?? false
        place = ManifestPlace(nameNode, in: object, path: "metadata.name")
        detail = Self.detail(of: object, kind)
    }

    private static func detail(of object: ManifestDocument, _ kind: ResourceKind) -> Detail {
        switch kind {
        case .rollout: RolloutFacts(object).map { .rollout($0) } ?? .other
        case .deployment, .replicaSet: .workload(WorkloadFacts(object))
        case .service: .service(ServiceFacts(object))
        case .ingress: .ingress(IngressFacts(object))
        case .virtualService: .virtualService(VirtualServiceFacts(object))
        case .destinationRule: .destinationRule(DestinationRuleFacts(object))
        case .analysisTemplate, .clusterAnalysisTemplate: .analysisTemplate(AnalysisTemplateFacts(object))
        case .horizontalPodAutoscaler, .scaledObject, .verticalPodAutoscaler:
            AutoscalerFacts(object, kind).map { .autoscaler($0) } ?? .other
        case .notificationConfigMap: .notifications(NotificationFacts(object))
        case .podDisruptionBudget:
            .podDisruptionBudget(
                Labels(object.spec?["selector"]?["matchLabels"], in: object, path: "spec.selector.matchLabels"))
        case .mapping:
            .mapping(
                weight: object.spec?.present("weight").flatMap {
                    $0.integer == 0 ? nil : ManifestPlace($0, in: object, path: "spec.weight")
                },
                service: object.spec?.filled("service").map {
                    ($0.text, ManifestPlace($0, in: object, path: "spec.service"))
                })
        case .traefikService, .ingressRoute, .apisixRoute, .httpProxy, .openShiftRoute, .virtualRouter,
            .appMeshVirtualService:
            .route(RouteFacts(object, kind))
        case .httpRoute, .grpcRoute, .tcpRoute, .tlsRoute: .gatewayRoute(GatewayRouteFacts(object))
        case .referenceGrant: .referenceGrant(ReferenceGrantFacts(object))
        default: .other
        }
    }
}

extension Labels {
    /// Reads labels or a selector; nil where there is no mapping.
    init?(_ node: YAMLNode?, in object: ManifestDocument, path: String, keepsPlaces: Bool = false) {
        guard let node, node.isMapping else { return nil }
        let entries = node.entries
        pairs = entries.map { ($0.key.keyText, $0.value.text) }
        places = keepsPlaces
            ? entries.map { ManifestPlace($0.value, in: object, path: path + YAMLNode.step(forKey: $0.key.keyText)) }
            : []
        place = ManifestPlace(node, in: object, path: path)
    }
}

extension ObjectReference {
    /// Reads a reference from a field of a mapping; nil where the field is absent or empty.
    init?(
        _ kind: ResourceKind, _ field: String, of mapping: YAMLNode?, in object: ManifestDocument, path: String,
        role: String? = nil
    ) {
        guard let node = mapping?[field], node.isScalar, !node.isNull, !node.text.isEmpty else { return nil }
        self.init(kind, node, in: object, path: path + "." + field, role: role ?? field)
    }

    /// Takes a scalar as a reference; `namespace/name` and `name.namespace` of Istio are the caller's to take apart.
    init(_ kind: ResourceKind, _ node: YAMLNode, in object: ManifestDocument, path: String, role: String) {
        self.kind = kind
        name = node.text
        namespace = ""
        self.role = role
        place = ManifestPlace(node, in: object, path: path)
    }
}
