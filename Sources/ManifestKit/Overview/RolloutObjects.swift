/// What an overview is made from: a Rollout as the API has it, and the objects around it.
///
/// There may be objects of others among them; those are left out.
public struct RolloutObjects: Hashable, Sendable {
    /// The Rollout.
    public var rollout: JSONValue
    /// ReplicaSets, among them its own and those of its experiments.
    public var replicaSets: [JSONValue]
    /// Pods, among them those of the ReplicaSets.
    public var pods: [JSONValue]
    /// AnalysisRuns, among them its own and those of its experiments.
    public var analysisRuns: [JSONValue]
    /// Experiments, among them its own.
    public var experiments: [JSONValue]
    /// The Deployment that it takes its template from, where it is known.
    public var workload: JSONValue?

    /// Makes a collection.
    public init(
        rollout: JSONValue, replicaSets: [JSONValue] = [], pods: [JSONValue] = [], analysisRuns: [JSONValue] = [],
        experiments: [JSONValue] = [], workload: JSONValue? = nil
    ) {
        self.rollout = rollout
        self.replicaSets = replicaSets
        self.pods = pods
        self.analysisRuns = analysisRuns
        self.experiments = experiments
        self.workload = workload
    }
}

/// The objects of one kind by the object that controls each.
struct OwnedObjects {
    private var byUID: [String: [JSONValue]] = [:]
    private var byName: [String: [JSONValue]] = [:]

    init(_ objects: [JSONValue]) {
        for object in objects {
            let owners = object["metadata"]?["ownerReferences"]?.array ?? []
            guard let owner = owners.first(where: { $0.flag("controller") }) else { continue }
            if let uid = owner.text("uid") {
                byUID[uid, default: []].append(object)
            } else {
                byName[Self.key(owner.text("kind"), owner.text("name")), default: []].append(object)
            }
        }
    }

    /// The objects that another one controls; objects without a uid, as in files, are told apart by kind and name.
    func controlled(by owner: JSONValue, kind: String) -> [JSONValue] {
        let metadata = owner["metadata"]
        let unnamed = byName[Self.key(kind, metadata?.text("name"))] ?? []
        return (metadata?.text("uid").flatMap { byUID[$0] } ?? []) + unnamed
    }

    private static func key(_ kind: String?, _ name: String?) -> String { "\(kind ?? "")/\(name ?? "")" }
}

extension JSONValue {
    /// `metadata.creationTimestamp`.
    var creationTime: KubernetesTime? { self["metadata"]?.time("creationTimestamp") }

    /// The number of the update that an object belongs to.
    var revisionNumber: Int? { self["metadata"]?["annotations"]?.text(RolloutMarks.revision).flatMap { Int($0) } }

    /// The images of a pod template's containers.
    var templateImages: [String] { (self["spec"]?["containers"]?.array ?? []).compactMap { $0.text("image") } }

    /// Whether an object was made before another; of two made in one second, the name decides.
    func isOlder(than other: JSONValue) -> Bool {
        let (own, its) = (creationTime, other.creationTime)
        if let own, let its, own != its { return own < its }
        return objectName < other.objectName
    }
}

extension RolloutObjects {
    /// The label selector that finds the ReplicaSets and pods of a Rollout, and as few others as possible.
    public static func podSelector(of rollout: JSONValue) -> String {
        if let selector = rollout["spec"]?.present("selector") {
            let text = SelectorText.text(of: selector, hash: nil)
            if !text.isEmpty { return text }
        }
        // One that takes its pods from a workload has the workload's selector in its status, with blue-green though
        // that of one version alone.
        if let text = rollout["status"]?.text("selector"), !text.contains(RolloutMarks.podTemplateHash) { return text }
        return RolloutMarks.podTemplateHash
    }
}
