/// What is kept of a Deployment or ReplicaSet.
public struct WorkloadFacts: Sendable {
    /// Labels of the pod template.
    public var podLabels: Labels?
    /// `spec.selector.matchLabels`.
    public var selector: Labels?
    /// `spec.replicas`, or nil.
    public var replicas: Int?

    init(_ object: ManifestDocument) {
        let spec = object.spec
        podLabels = Labels(
            spec?["template", "metadata", "labels"], in: object, path: "spec.template.metadata.labels")
        selector = Labels(spec?["selector"]?["matchLabels"], in: object, path: "spec.selector.matchLabels")
        replicas = spec?["replicas"]?.integer
    }
}

/// What is kept of a Service.
public struct ServiceFacts: Sendable {
    /// `spec.selector`, each pair with its place; nil where there is none.
    public var selector: Labels?
    /// The Rollout that an annotation says manages the Service, and where.
    public var manager: (name: String, place: ManifestPlace)?

    init(_ object: ManifestDocument) {
        selector = Labels(object.spec?["selector"], in: object, path: "spec.selector", keepsPlaces: true)
        let annotations = object.root["metadata"]?["annotations"]
        if let node = annotations?["argo-rollouts.argoproj.io/managed-by-rollouts"], node.isScalar {
            manager = (node.text, ManifestPlace(node, in: object))
        }
    }
}

/// What is kept of an Ingress.
public struct IngressFacts: Sendable {
    /// A path's backend.
    public struct Backend: Sendable {
        /// The Service's name.
        public var service: String
        /// The name of the port, where it is named and not numbered.
        public var portName: String?
        /// Where the Service's name is written.
        public var place: ManifestPlace
        /// Whether it takes the requests that no rule is for.
        public var isDefault: Bool
    }

    /// The backends of the rules' paths, and the default one.
    public var backends: [Backend] = []
    /// Where the rules are, or the name where there are none.
    public var place: ManifestPlace?

    init(_ object: ManifestDocument) {
        if let backend = object.spec?["defaultBackend"] ?? object.spec?["backend"] {
            add(backend, isDefault: true, of: object)
        }
        guard let rules = object.spec?["rules"] else { return }
        place = ManifestPlace(rules, in: object, path: "spec.rules")
        for rule in rules.elements {
            for path in rule["http"]?["paths"].map({ Array($0.elements) }) ?? [] {
                if let backend = path["backend"] { add(backend, of: object) }
            }
        }
    }

    private mutating func add(_ backend: YAMLNode, isDefault: Bool = false, of object: ManifestDocument) {
        // The networking.k8s.io/v1 form, or the one before it.
        guard let name = backend["service"]?["name"] ?? backend["serviceName"], name.isScalar else { return }
        let port = backend["service"]?["port"]?["name"] ?? backend["servicePort"]
        backends.append(Backend(
            service: name.text, portName: port?.string, place: ManifestPlace(name, in: object), isDefault: isDefault))
    }
}

/// What is kept of an Istio VirtualService.
public struct VirtualServiceFacts: Sendable {
    /// A destination of a route.
    public struct Destination: Sendable {
        /// The host, as written.
        public var host: String
        /// The subset, or empty.
        public var subset: String
    }

    /// An HTTP, TLS or TCP route.
    public struct Route: Sendable {
        /// The list that it is in: `http`, `tls` or `tcp`.
        public var list: String
        /// Its name, or empty.
        public var name: String
        /// Its destinations.
        public var destinations: [Destination]
        /// Where the destinations are.
        public var place: ManifestPlace
    }

    /// The routes.
    public var routes: [Route] = []

    init(_ object: ManifestDocument) {
        for list in ["http", "tls", "tcp"] {
            guard let nodes = object.spec?[list] else { continue }
            for node in nodes.elements {
                let destinations = node["route"].map { Array($0.elements) } ?? []
                routes.append(Route(
                    list: list, name: node["name"]?.text ?? "",
                    destinations: destinations.map {
                        Destination(
                            host: $0["destination"]?["host"]?.text ?? "",
                            subset: $0["destination"]?["subset"]?.text ?? "")
                    },
                    place: ManifestPlace(node["route"] ?? node, in: object)))
            }
        }
    }
}

/// What is kept of an Istio DestinationRule.
public struct DestinationRuleFacts: Sendable {
    /// The names of its subsets.
    public var subsets: [String]
    /// Where they are, or nil.
    public var place: ManifestPlace?

    init(_ object: ManifestDocument) {
        let node = object.spec?["subsets"]
        subsets = node?.elements.compactMap { $0["name"]?.text } ?? []
        place = node.map { ManifestPlace($0, in: object, path: "spec.subsets") }
    }
}

/// What is kept of an AnalysisTemplate or ClusterAnalysisTemplate.
public struct AnalysisTemplateFacts: Sendable {
    /// An argument that the template declares.
    public struct Argument: Sendable {
        /// Its name.
        public var name: String
        /// Whether the template gives it a value.
        public var hasValue: Bool
        /// Where it is declared.
        public var place: ManifestPlace
    }

    /// The arguments.
    public var arguments: [Argument]
    /// Metrics by name; those that never end have an interval and no count.
    public var metrics: [(name: String, isEndless: Bool, place: ManifestPlace)]
    /// The templates that it includes.
    public var templates: [ObjectReference]

    init(_ object: ManifestDocument) {
        arguments = object.spec?["args"]?.elements.compactMap { node in
            guard let name = node["name"], name.isScalar else { return nil }
            let hasValue = node.present("value") != nil || node.present("valueFrom") != nil
            return Argument(name: name.text, hasValue: hasValue, place: ManifestPlace(name, in: object))
        } ?? []
        metrics = object.spec?["metrics"]?.elements.compactMap { node in
            guard let name = node["name"], name.isScalar else { return nil }
            let isEndless = node.present("interval") != nil && node.present("count") == nil
            return (name.text, isEndless, ManifestPlace(name, in: object))
        } ?? []
        templates = object.spec?["templates"]?.elements.compactMap { node in
            ObjectReference(
                node["clusterScope"]?.boolean == true ? .clusterAnalysisTemplate : .analysisTemplate, "templateName",
                of: node, in: object, path: node.path)
        } ?? []
    }
}

/// What is kept of a HorizontalPodAutoscaler, VerticalPodAutoscaler or ScaledObject.
public struct AutoscalerFacts: Sendable {
    /// The kind that it scales, as written; KEDA scales a Deployment where it names none.
    public var targetKind: String
    /// The API version that it names, or empty.
    public var targetVersion: String
    /// The name of what it scales.
    public var targetName: String
    /// Where the kind is written, or the target where it is not.
    public var place: ManifestPlace

    init?(_ object: ManifestDocument, _ kind: ResourceKind) {
        let field = kind == .verticalPodAutoscaler ? "targetRef" : "scaleTargetRef"
        guard let target = object.spec?[field], let name = target["name"], name.isScalar else { return nil }
        targetKind = target["kind"]?.text ?? (kind == .scaledObject ? "Deployment" : "")
        targetVersion = target["apiVersion"]?.text ?? ""
        targetName = name.text
        place = ManifestPlace(target["kind"] ?? name, in: object)
    }
}
