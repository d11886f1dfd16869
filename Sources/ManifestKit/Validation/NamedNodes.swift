/// Mappings of a list that are looked up by their `name`.
///
/// A few are found faster by looking at each. Of many an index is made, so that a list as long as a document can hold
/// does not take the square of its length.
struct NamedNodes {
    /// The mappings.
    let nodes: [YAMLNode]
    private let index: [String: YAMLNode]?

    /// Takes mappings that each may have a `name`.
    init(_ nodes: [YAMLNode]) {
        self.nodes = nodes
        guard nodes.count > 16 else {
            index = nil
            return
        }
        let named = nodes.compactMap { node in node["name"]?.string.map { ($0, node) } }
        index = Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    /// The first mapping whose name is the text of a scalar, or nil.
    func first(named name: YAMLNode) -> YAMLNode? {
        guard let index else { return nodes.first { $0["name"]?.equalsText(of: name) == true } }
        return index[name.text]
    }

    /// The first mapping of a name, or nil.
    func first(named name: String) -> YAMLNode? {
        guard let index else { return nodes.first { $0["name"]?.textEquals(name) == true } }
        return index[name]
    }
}
