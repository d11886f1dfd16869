/// Something that is tried and comes to an end: what may be done to it beside what is done to Rollouts.
///
/// The patches are those of the reference's own command line, so that either tool works with either controller.
public struct Trial: Hashable, Sendable {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case analysisRun = "AnalysisRun"
        case experiment = "Experiment"

        /// The words that stand for it on a command line, the first as in messages.
        public var words: [String] {
            switch self {
            case .analysisRun: Self.words("analysisrun", short: "ar")
            case .experiment: Self.words("experiment", short: "exp")
            }
        }

        private static func words(_ word: String, short: String) -> [String] {
            [word, short, "\(word)s", "\(word).argoproj.io", "\(word)s.argoproj.io"]
        }
    }

    /// What a person wants done to it.
    public enum Deed: String, Hashable, Sendable, CaseIterable {
        /// It ends now, with what has come of it so far.
        case terminate
        /// It begins again, as if nothing had come of it.
        case retry
    }

    /// What it is.
    public let kind: Kind
    /// The object as it was read.
    public let object: JSONValue

    /// Takes an object that was read.
    public init(_ kind: Kind, _ object: JSONValue) {
        self.kind = kind
        self.object = object
    }

    private var word: String { kind.words[0] }
    private var phase: AnalysisPhase? { object["status"]?["phase"]?.string.flatMap { AnalysisPhase(rawValue: $0) } }
    private var isAskedToEnd: Bool { object["spec"]?["terminate"]?.boolean == true }

    /// The merge patch (RFC 7396) of the object that does it, and what is done by it, to go behind the name and a
    /// colon; or why it is not done.
    public func plan(_ deed: Deed) throws(OperationRefusal) -> (patch: JSONValue, summary: String) {
        switch deed {
        case .terminate: try termination()
        case .retry: try repetition()
        }
    }

    private func termination() throws(OperationRefusal) -> (patch: JSONValue, summary: String) {
        if let phase, phase.isCompleted {
            throw OperationRefusal("it has ended already: it is \(phase.rawValue)")
        }
        if isAskedToEnd { throw OperationRefusal("it was asked to end already, and is about to") }
        let summary = switch kind {
        case .analysisRun: "terminated; it takes no more measurements and ends with those that it has"
        case .experiment: "terminated; its analyses end, and its pods go"
        }
        return (["spec": ["terminate": true]], summary)
    }

    private func repetition() throws(OperationRefusal) -> (patch: JSONValue, summary: String) {
        guard kind == .experiment else {
            throw OperationRefusal(
                "an \(word) cannot be retried", advice: "`retry` of its Rollout or Experiment begins a new one")
        }
        guard let phase, phase.isCompleted else {
            throw OperationRefusal("it has not ended, so there is nothing to retry: it is \(phase?.rawValue ?? "new")")
        }
        guard !isAskedToEnd else {
            throw OperationRefusal(
                "it was terminated, and would end again at once",
                advice: "take `terminate` out of its spec first")
        }
        return (["status": .null], "retried; it was \(phase.rawValue), and begins again")
    }
}
