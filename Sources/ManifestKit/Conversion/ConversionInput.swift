/// Where an object stands in the input.
struct ConversionObjectID: Hashable, Comparable, Sendable {
    var file: Int
    var document: Int
    var item: Int

    static func < (left: ConversionObjectID, right: ConversionObjectID) -> Bool {
        (left.file, left.document, left.item) < (right.file, right.document, right.item)
    }
}

/// An object of the input, with the document around it.
struct ConversionObject: Sendable {
    var id: ConversionObjectID
    var manifest: ManifestDocument
    var document: YAMLDocument
    /// The labels of the pods that a workload makes; none for what is no workload.
    let podLabels: [String: String]
    let name: String
    let namespace: String?
    /// The labels that a Service selects pods by.
    let selector: [String: String]

    init(id: ConversionObjectID, manifest: ManifestDocument, document: YAMLDocument) {
        self.id = id
        self.manifest = manifest
        self.document = document
        let isPod = manifest.kindName == "Pod"
        let metadata = isPod ? manifest.root["metadata"] : manifest.spec?["template", "metadata"]
        podLabels = metadata?["labels"]?.textDictionary ?? [:]
        name = manifest.name ?? ""
        namespace = manifest.root["metadata", "namespace"].flatMap { $0.isNull ? nil : $0.text }
        let selects = manifest.kind == .service
        selector = selects ? manifest.spec?.present("selector")?.textDictionary ?? [:] : [:]
    }

    var root: YAMLNode { manifest.root }
    var spec: YAMLNode? { root.present("spec") }
    var kind: String { manifest.kindName }
    var file: String { document.source.name }
    /// Whether it is an item of a list and not a document of its own.
    var isItem: Bool { document.root.map { !$0.isSame(as: root) } ?? false }

    var objectName: ConversionReport.ObjectName {
        ConversionReport.ObjectName(kind: kind, namespace: namespace, name: name)
    }

    func line(of node: YAMLNode?) -> Int { document.source.location(of: (node ?? root).range.lowerBound).line }

    /// Whether both may be in one namespace: a manifest without one goes wherever it is applied.
    func sharesNamespace(with other: ConversionObject) -> Bool {
        namespace == nil || other.namespace == nil || namespace == other.namespace
    }

}

extension YAMLNode {
    /// The entries whose values are scalars, as strings.
    var textDictionary: [String: String] {
        var result: [String: String] = [:]
        for entry in entries where entry.value.isScalar && !entry.value.isNull {
            result[entry.key.text] = entry.value.text
        }
        return result
    }

    /// The whole text of a scalar that is not null and not empty.
    var filledText: String? { isScalar && !isNull && !text.isEmpty ? text : nil }
}

/// Every object of every input file.
struct ConversionInput: Sendable {
    var files: [SourceFile]
    var documents: [[YAMLDocument]]
    var objects: [ConversionObject] = []
    /// The objects of each kind that the product knows.
    private var kinds: [ResourceKind: [ConversionObject]] = [:]
    /// Everything that makes pods that stay, and pods themselves.
    var podOwners: [ConversionObject] = []
    /// Objects that select pods, and that nothing has to be done to.
    var bystanders: [ConversionObject] = []
    /// What names a Deployment or a Rollout, in objects that no companion takes care of.
    var references: [ConversionReference] = []

    init(_ files: [SourceFile]) {
        self.files = files
        documents = files.map { YAMLParser.documents(in: $0) }
        for (file, documents) in documents.enumerated() {
            for document in documents {
                for (item, manifest) in ManifestDocument.objects(in: document).enumerated() {
                    let id = ConversionObjectID(file: file, document: document.index, item: item)
                    let object = ConversionObject(id: id, manifest: manifest, document: document)
                    objects.append(object)
                    if let kind = manifest.kind { kinds[kind, default: []].append(object) }
                    if !object.podLabels.isEmpty, object.kind != "Job", object.kind != "CronJob" {
                        podOwners.append(object)
                    }
                    if BystanderCompanion.reason(object) != nil { bystanders.append(object) }
                    if !BystanderCompanion.isHandled(object) {
                        references += ConversionReference.all(in: object).filter {
                            $0.kind == "Deployment" || $0.kind == "Rollout"
                        }
                    }
                }
            }
        }
    }

    /// The objects of a kind.
    func objects(_ kind: ResourceKind) -> [ConversionObject] { kinds[kind] ?? [] }

    /// The object of a kind with a name, in a namespace that another object may be in.
    func object(_ kind: ResourceKind, named name: String, near other: ConversionObject) -> ConversionObject? {
        objects(kind).first { $0.name == name && $0.sharesNamespace(with: other) }
    }

    /// What is wrong with the input as YAML.
    var faults: [Diagnostic] {
        var findings = Findings(settings: ValidationSettings())
        for document in documents.joined() {
            for fault in document.faults { findings.add(fault, of: document) }
        }
        return findings.diagnostics
    }
}

/// A mapping somewhere in an object that names another one by kind and name.
struct ConversionReference: Sendable {
    var object: ConversionObject
    var kind: String
    var name: String
    var node: YAMLNode

    /// Every such mapping in an object, but for the object itself.
    static func all(in object: ConversionObject) -> [ConversionReference] {
        var found: [ConversionReference] = []
        collect(in: object.root, of: object, depth: 0, &found)
        return found
    }

    private static func collect(
        in node: YAMLNode, of object: ConversionObject, depth: Int, _ found: inout [ConversionReference]
    ) {
        guard depth < 32, found.count < 1000 else { return }
        if depth > 0, let kind = node["kind"]?.filledText, let name = node["name"]?.filledText {
            found.append(ConversionReference(object: object, kind: kind, name: name, node: node))
        }
        for entry in node.entries where !entry.value.isScalar {
            collect(in: entry.value, of: object, depth: depth + 1, &found)
        }
        for element in node.elements where !element.isScalar {
            collect(in: element, of: object, depth: depth + 1, &found)
        }
    }
}

/// What is to be changed so far. A value, so that a conversion that fails half-way leaves nothing behind.
struct ConversionDraft {
    /// What a new object is made of.
    enum Content {
        /// The text of another object, with changes.
        case copy(ConversionObject, [FieldChange])
        /// A value.
        case value(JSONValue)
    }

    /// An object that is put in behind another one.
    struct Addition {
        var after: ConversionObjectID
        var name: String
        var content: Content
    }

    let input: ConversionInput
    let options: ConversionOptions
    var changes: [ConversionObjectID: [FieldChange]] = [:]
    /// What was changed, in the order in which it was.
    var touched: [ConversionObject] = []
    var additions: [Addition] = []
    var report = ConversionReport()

    mutating func change(_ object: ConversionObject, _ changes: [FieldChange]) {
        self.changes[object.id, default: []] += changes
        touched.append(object)
        for comment in SourceComments.lost(by: changes, in: object.root) {
            note(
                .attention, object, at: comment.node, "this comment is gone: \(comment.text)",
                because: "the line that it stood on was replaced")
        }
    }

    /// Writes a line of the report about an object.
    mutating func note(
        _ outcome: ConversionReport.Outcome, _ object: ConversionObject, at node: YAMLNode? = nil, _ message: String,
        because reason: String? = nil
    ) {
        report.entries.append(
            ConversionReport.Entry(
                outcome: outcome, object: object.objectName, file: object.file, line: object.line(of: node),
                message: message, reason: reason))
    }

    /// Writes a line of the report about an object that is new.
    mutating func noteAdded(
        _ name: ConversionReport.ObjectName, in file: String, _ message: String, because reason: String? = nil
    ) {
        report.entries.append(
            ConversionReport.Entry(
                outcome: .added, object: name, file: file, line: nil, message: message, reason: reason))
    }
}
