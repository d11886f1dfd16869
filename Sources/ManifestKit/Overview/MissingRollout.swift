/// There is no Rollout of a name; says which may be meant.
public struct MissingRollout: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name that was asked for.
    public var name: String
    /// The namespace.
    public var namespace: String
    /// The Rollouts of the namespace.
    public var others: [String]
    /// Other namespaces in which there is one of that name.
    public var elsewhere: [String]

    /// Makes a complaint.
    public init(name: String, namespace: String, others: [String], elsewhere: [String] = []) {
        self.name = name
        self.namespace = namespace
        self.others = others
        self.elsewhere = elsewhere
    }

    public var description: String {
        var text = "there is no Rollout '\(name)' in namespace '\(namespace)'"
        if let near = Spelling.nearestName(to: name, among: others) {
            text += "; is '\(near)' meant?"
        } else if !elsewhere.isEmpty {
            let places = elsewhere.sorted().prefix(3).map { "'\($0)'" }.joined(separator: ", ")
            text += ", but there is one in namespace \(places); add -n"
        } else if others.isEmpty {
            text += ", and none of another name either"
        } else {
            let names = others.sorted()
            text += "; there are \(names.prefix(5).joined(separator: ", "))"
            if names.count > 5 { text += " and \(names.count - 5) more" }
        }
        return text
    }
}
