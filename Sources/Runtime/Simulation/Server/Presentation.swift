import ManifestKit

/// How a client wants objects to be shown.
enum Presentation {
    /// As they are.
    case whole
    /// Their metadata alone.
    case metadata
    /// As a table for people.
    case table(TablePrinter)

    /// An object or a list in this form.
    func shown(_ answer: JSONValue) -> JSONValue {
        switch self {
        case .whole: return answer
        case .table(let printer): return printer.table(answer)
        case .metadata:
            var partial: JSONValue = [
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                "metadata": answer["metadata"] ?? [:],
            ]
            if let items = answer["items"]?.array {
                partial["kind"] = "PartialObjectMetadataList"
                partial["items"] = .array(items.map(shown))
            }
            return partial
        }
    }

    /// A watch's event in this form. Only the first table says what its columns are.
    func shown(_ event: WatchEvent, isFirst: Bool) -> WatchEvent {
        guard event.kind != .error else { return event }
        var event = event
        switch self {
        case .whole: break
        case .metadata: event.object = shown(event.object)
        case .table:
            let metadata = event.object["metadata"]
            event.object = shown(event.object)
            if !isFirst { event.object["columnDefinitions"] = .null }
            if event.kind == .bookmark {
                event.object["rows"] = []
                event.object["metadata"] = metadata
            }
        }
        return event
    }
}
