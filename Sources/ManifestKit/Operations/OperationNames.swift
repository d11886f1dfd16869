extension OperationRefusal {
    /// Says that there is no object of a kind and name, and which there are.
    public static func unknown(
        _ kind: String, _ name: String, in namespace: String, among names: [String]
    ) -> OperationRefusal {
        let reason = "there is no \(kind) `\(name)` in namespace \(namespace)"
        if let near = Spelling.nearestName(to: name, among: names) {
            return OperationRefusal(reason, advice: "did you mean `\(near)`?")
        }
        guard !names.isEmpty else { return OperationRefusal(reason, advice: "-n names another namespace") }
        let shown = names.sorted().prefix(10)
        let more = names.count > shown.count ? " and \(names.count - shown.count) more" : ""
        let list = more.isEmpty ? Wording.all(Array(shown)) : shown.joined(separator: ", ") + more
        return OperationRefusal(reason, advice: "it has \(list)")
    }
}

extension SetImageOperation.Image {
    /// What is wrong with the image's name, to go behind it, or nil.
    public var problem: String? { ImageReference.problem(image) }
}
