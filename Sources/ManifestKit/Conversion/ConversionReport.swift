/// What a conversion did, what it left alone and why, and how to bring the result into a cluster.
public struct ConversionReport: Hashable, Sendable {
    /// What became of an object.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It was changed.
        case changed
        /// It is new.
        case added
        /// It was left as it is, for a reason worth knowing.
        case kept
        /// Someone has to look at it.
        case attention
        /// It could not be converted.
        case refused
    }

    /// Which object.
    public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
        /// Its kind.
        public var kind: String
        /// Its namespace, or nil where the manifest names none.
        public var namespace: String?
        /// Its name.
        public var name: String

        public var description: String { kind + " " + (namespace.map { $0 + "/" } ?? "") + name }
    }

    /// One line of the report.
    public struct Entry: Hashable, Sendable {
        /// What became of it.
        public var outcome: Outcome
        /// Which object.
        public var object: ObjectName
        /// The file that it stands in.
        public var file: String
        /// The line, from 1, that the entry speaks of; nil for what is new.
        public var line: Int?
        /// What was done or found, in one sentence without a full stop.
        public var message: String
        /// Why, in one sentence without a full stop.
        public var reason: String?
    }

    /// Every entry, those of one workload together.
    public var entries: [Entry] = []
    /// How to bring each converted workload into a cluster that it already runs in.
    public var cutOvers: [CutOver] = []

    /// The entries with an outcome.
    public func entries(_ outcome: Outcome) -> [Entry] { entries.filter { $0.outcome == outcome } }
    /// Whether anything could not be converted.
    public var hasRefusals: Bool { entries.contains { $0.outcome == .refused } }
}

/// The safe order in which a workload that takes traffic goes over to its new kind.
public struct CutOver: Hashable, Sendable {
    /// One step.
    public struct Step: Hashable, Sendable {
        /// What to do, as a short sentence without a full stop.
        public var title: String
        /// Why, or what to watch.
        public var reason: String
        /// The commands, one a line.
        public var commands: [String]

        init(_ title: String, _ reason: String, _ commands: [String] = []) {
            self.title = title
            self.reason = reason
            self.commands = commands
        }
    }

    /// The workload.
    public var workload: ConversionReport.ObjectName
    /// The steps in their order.
    public var steps: [Step]
}
