/// All that a plan is made from: a snapshot of the Rollout and of everything that it touches.
public struct World: Sendable {
    /// The Rollout.
    public var rollout: Rollout
    /// Its ReplicaSets.
    public var replicaSets: [ReplicaSet]
    /// Services, Ingresses, route objects and the referenced workload.
    public var objects: [ObjectKey: JSONValue]
    /// Its pods, where they are known one by one.
    public var pods: [Pod]?
    /// Names of ReplicaSets that others own.
    public var foreignReplicaSets: Set<String>
    /// What is known of load balancers; nil where nothing is verified.
    public var loadBalancers: LoadBalancerKnowledge?
    /// What makes the Rollout's own fields unfit to plan from, if anything does.
    public var invalidity: String?
    /// Kinds that the cluster does not serve, and how the CustomResourceDefinitions that would change it are called.
    public var missingDefinitions: [ResourceKind: String] = [:]
    /// The pod template that is wanted, from the Rollout or the workload that it references.
    public private(set) var template: JSONValue?
    /// The selector of the Rollout's pods.
    public private(set) var selector: JSONValue?
    /// The selector as text, as autoscalers read it.
    private(set) var selectorText = ""
    /// The hash of the template that is wanted.
    public private(set) var templateHash: String
    /// Where the referenced workload is.
    public private(set) var workloadKey: ObjectKey?
    private var fixedHash: String?

    /// Takes a snapshot; the hash of the wanted template is computed here, once.
    ///
    /// `templateHash` is for a caller that gives the version a name of its own.
    public init(
        rollout: Rollout, replicaSets: [ReplicaSet] = [], objects: [ObjectKey: JSONValue] = [:], pods: [Pod]? = nil,
        foreignReplicaSets: Set<String> = [], templateHash: String? = nil
    ) {
        self.rollout = rollout
        self.replicaSets = replicaSets
        self.objects = objects
        self.pods = pods
        self.foreignReplicaSets = foreignReplicaSets
        fixedHash = templateHash
        self.templateHash = templateHash ?? ""
        resolveTemplate()
    }

    /// The object of a kind with this name.
    public func object(_ kind: ResourceKind, _ name: String) -> JSONValue? { objects[ObjectKey(kind, name)] }

    /// The service with this name.
    public func service(_ name: String?) -> Service? {
        guard let name else { return nil }
        return objects[ObjectKey(.service, name)].map { Service($0) }
    }

    /// The position of the ReplicaSet with a hash.
    func index(ofHash hash: String) -> Int? {
        hash.isEmpty ? nil : replicaSets.firstIndex { $0.hash == hash }
    }

    /// Puts another manifest in the place of the Rollout's, and keeps what has been reached.
    public mutating func replaceManifest(with rollout: Rollout, templateHash: String? = nil) {
        var rollout = rollout
        rollout.status = self.rollout.status
        for key in [RolloutMarks.revision, RolloutMarks.workloadGeneration] {
            rollout.annotations[key] = self.rollout.annotations[key]
        }
        rollout.generation = self.rollout.generation + 1
        fixedHash = templateHash
        self.rollout = rollout
        resolveTemplate()
    }

    /// Puts an object in the place of what is there under its key.
    public mutating func set(_ key: ObjectKey, _ object: JSONValue?) {
        objects[key] = object
        if key == workloadKey { resolveTemplate() }
    }

    /// Writes the Rollout's status; another collision count makes another hash.
    mutating func set(_ status: RolloutStatus) {
        let changesHash = status.collisionCount != rollout.status.collisionCount
        rollout.status = status
        if changesHash { resolveTemplate() }
    }

    /// Finds the template and its hash anew.
    private mutating func resolveTemplate() {
        workloadKey = nil
        if let reference = rollout.spec.workload {
            guard let kind = ResourceKind(rawValue: reference.kind) else { return }
            let key = ObjectKey(kind, reference.name)
            workloadKey = key
            let workload = objects[key]
            let found = reference.templatePath.reduce(workload) { $0?[$1] }
            template = found.map { WorkloadTemplate.defaulted($0) }
            selector = rollout.spec.selector ?? workload?["spec"]?["selector"]
        } else {
            template = rollout.spec.template.map { PodTemplateHash.defaulted($0) }
            selector = rollout.spec.selector
        }
        selectorText = SelectorText.text(of: selector, hash: nil)
        if let fixedHash {
            templateHash = fixedHash
        } else {
            templateHash = template.map {
                PodTemplateHash.hash(of: $0, collisionCount: rollout.status.collisionCount)
            } ?? ""
        }
    }
}
