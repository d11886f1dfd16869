/// Something wrong with a document as YAML. Rules turn it into a `Diagnostic`.
public struct YAMLFault: Hashable, Sendable {
    /// What kind of fault.
    public enum Kind: Hashable, Sendable {
        /// libyaml cannot go on; what follows in the document is not seen.
        case syntax
        /// A key that stands twice in one mapping.
        case duplicateKey
        /// An alias whose anchor is not there, or that is inside what it names.
        case alias
        /// Larger, deeper or, with aliases followed, more than `YAMLLimits` allow.
        case limit
        /// Bytes that are no UTF-8 text.
        case encoding
        /// Template actions of Helm, which were not rendered.
        case helmTemplate
        /// A key that JSON cannot have: a mapping, a sequence or null.
        case key
    }

    /// What kind of fault.
    public var kind: Kind
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// What to do about it.
    public var hint: String?
    /// Where, in the source's bytes.
    public var range: Range<Int>
    /// Another place that has to do with it, in the source's bytes, such as the first of two equal keys.
    public var relatedRange: Range<Int>?
}

/// What the reader refuses to go past, so that no input makes it hang or fill the memory.
public struct YAMLLimits: Sendable {
    /// Bytes of one document. An API server takes three MiB at the most.
    public var documentBytes = 8 << 20
    /// Collections within collections.
    public var nesting = 64
    /// Nodes of one document with every alias followed.
    public var expandedNodes = 500_000
    /// Faults reported a document; the rest are counted only.
    public var faults = 100

    /// The limits that the product uses.
    public init() {}
}
