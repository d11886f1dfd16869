import ManifestKit

/// What of an object nobody here ever reads, and what is therefore not kept.
///
/// Who owns which field (`managedFields`) and what a client has applied last are often more than the rest together.
/// Everything else stays: patches are worked out from the objects as they are kept.
enum ObjectTrimming {
    /// An object without what nobody reads.
    static func trimmed(_ object: JSONValue) -> JSONValue {
        guard var metadata = object["metadata"] else { return object }
        let annotations = metadata["annotations"]
        guard metadata["managedFields"] != nil || annotations?[RolloutMarks.lastApplied] != nil else { return object }
        metadata["managedFields"] = nil
        if var annotations {
            annotations[RolloutMarks.lastApplied] = nil
            metadata["annotations"] = annotations.object?.isEmpty == true ? nil : annotations
        }
        var object = object
        object["metadata"] = metadata
        return object
    }
}
