/// Something that a person wants done to a Rollout, once.
///
/// It reads what is there and says which patch does it, or why it is refused; it sends nothing. The patches are those
/// of the reference's own command line, so that either tool works with either controller.
public protocol RolloutOperation: Sendable {
    /// The command's name, such as `promote`.
    static var name: String { get }
    /// What else must be known beside the Rollout.
    static var needs: OperationNeeds { get }
    /// Whether two of them must not come from the same state of the Rollout: to promote is done once, however many ask.
    static var isGuarded: Bool { get }

    /// The patch, or why there is none.
    func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan
}

extension RolloutOperation {
    public static var needs: OperationNeeds { [] }
    public static var isGuarded: Bool { true }
}

/// What an operation looks at beside the Rollout.
public struct OperationNeeds: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The ReplicaSets that the Rollout owns.
    public static let replicaSets = OperationNeeds(rawValue: 1)
    /// The workload that a `workloadRef` names.
    public static let workload = OperationNeeds(rawValue: 2)
    /// A status that tells of the newest spec.
    public static let freshStatus = OperationNeeds(rawValue: 4)
}

/// Every operation there is, sorted by name.
public enum RolloutOperations {
    /// One line an operation; a test holds the list against the folder.
    public static let all: [any RolloutOperation.Type] = [
        AbortOperation.self,
        PauseOperation.self,
        PromoteOperation.self,
        RestartOperation.self,
        ResumeOperation.self,
        RetryOperation.self,
        SetImageOperation.self,
        UndoOperation.self,
    ]
}

/// Why an operation is not done.
public struct OperationRefusal: Error, Hashable, Sendable {
    /// Why, to go behind the Rollout's name and a colon.
    public var reason: String
    /// What to do instead, or nil.
    public var advice: String?

    /// Makes a refusal.
    public init(_ reason: String, advice: String? = nil) {
        self.reason = reason
        self.advice = advice
    }

    /// Reason and advice on one line.
    public var text: String { advice.map { "\(reason); \($0)" } ?? reason }
}

/// What an operation does.
public struct OperationPlan: Hashable, Sendable {
    /// What is patched.
    public enum Change: Hashable, Sendable {
        /// The Rollout, its status apart from the rest.
        case rollout(RolloutPatch)
        /// What holds the pod template, by a JSON patch (RFC 6902).
        case template(TemplateHolder, [JSONValue])
    }

    /// What is patched.
    public var change: Change
    /// What is done by it and what happens next, to go behind the Rollout's name and a colon.
    public var summary: String
    /// Whether pods or traffic move after it, so that it is worth watching.
    public var startsMovement: Bool

    init(_ change: Change, _ summary: String, startsMovement: Bool = true) {
        self.change = change
        self.summary = summary
        self.startsMovement = startsMovement
    }
}

/// Merge patches (RFC 7396) of a Rollout.
public struct RolloutPatch: Hashable, Sendable {
    /// For the status subresource; goes first.
    public var status: JSONValue?
    /// For the Rollout itself.
    public var spec: JSONValue?
    /// For the Rollout itself where its CRD has no status subresource, in the place of the two others.
    public var unified: JSONValue?

    /// A patch of what is wanted.
    static func spec(_ fields: JSONValue) -> RolloutPatch { RolloutPatch(spec: ["spec": fields]) }

    /// A patch of what has been reached.
    static func status(_ fields: JSONValue) -> RolloutPatch {
        RolloutPatch(status: ["status": fields], unified: ["status": fields])
    }
}

/// The object that a Rollout takes its pod template from.
public enum TemplateHolder: Hashable, Sendable {
    /// The Rollout itself.
    case rollout
    /// What its `workloadRef` names.
    case workload(kind: String, name: String)

    /// Where the template is in the object.
    public var path: [String] {
        if case .workload(kind: "PodTemplate", _) = self { ["template"] } else { ["spec", "template"] }
    }
}
