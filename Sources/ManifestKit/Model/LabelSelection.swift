/// Whether labels match a label selector, as `matchLabels` and `matchExpressions` have it.
enum LabelSelection {
    /// An empty selector matches everything; an operator that nobody knows matches nothing.
    static func matches(_ selector: JSONValue, _ labels: [String: String]) -> Bool {
        let wanted = selector["matchLabels"]?.stringDictionary ?? [:]
        guard wanted.allSatisfy({ labels[$0.key] == $0.value }) else { return false }
        return (selector["matchExpressions"]?.array ?? []).allSatisfy { expression in
            let value = labels[expression.text("key") ?? ""]
            let values = expression.texts("values")
            return switch expression.text("operator") {
            case "In": value.map { values.contains($0) } ?? false
            case "NotIn": value.map { !values.contains($0) } ?? true
            case "Exists": value != nil
            case "DoesNotExist": value == nil
            default: false
            }
        }
    }
}
