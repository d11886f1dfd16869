import ManifestKit

/// The objects in a user's files, for the commands that work on values and not on text.
struct RenderingInput {
    /// An object and where it stands.
    struct Object {
        /// The object.
        var value: JSONValue
        /// What it is, where that is known.
        var kind: ResourceKind?
        /// The file that it is in.
        var file: String
        /// The number of its document in the file, from 1.
        var document: Int
    }

    /// Every object of every document that could be read.
    private(set) var objects: [Object] = []
    /// What is wrong with documents as YAML.
    private(set) var syntaxFindings: [Diagnostic] = []
    /// Everything that the rules find, where they were asked for.
    private(set) var findings: [Diagnostic] = []
    /// Files that cannot be read.
    private(set) var unreadable: [UnreadableInput] = []
    /// The files in their order, folders opened.
    let files: [InputFile]

    /// The objects alone.
    var values: [JSONValue] { objects.map(\.value) }

    /// Reads files, and folders and standard input.
    init(_ paths: [String]) {
        let search = InputSearch(paths)
        files = search.files
        unreadable = search.unreadable
        var findings: [Diagnostic] = []
        for file in files { read(file) { Self.keepSyntax($0, in: &findings) } }
        syntaxFindings = findings
    }

    /// Reads files, and checks their documents with the settings that hold for each.
    init(checking paths: [String], settings: (InputFile) throws -> ValidationSettings) throws {
        let search = InputSearch(paths)
        files = search.files
        unreadable = search.unreadable
        var whole = Validator()
        for file in files {
            var validator = Validator(settings: try settings(file))
            read(file) { validator.check($0) }
            whole.merge(validator)
        }
        findings = whole.finish()
        syntaxFindings = findings.filter { Self.isAboutSyntax($0) }
    }

    /// Takes a text that was read from somewhere else.
    init(_ source: SourceFile) {
        files = []
        var findings: [Diagnostic] = []
        take(source) { Self.keepSyntax($0, in: &findings) }
        syntaxFindings = findings
    }

    private mutating func read(_ file: InputFile, _ look: (YAMLDocument) -> Void) {
        do {
            let bytes = try InputFiles.contents(of: file.path)
            take(SourceFile(name: file.path, bytes: ByteOrderMark.removed(from: bytes)), look)
        } catch let error as UnreadableInput {
            unreadable.append(error)
        } catch {
            unreadable.append(UnreadableInput(path: file.path, reason: "\(error)"))
        }
    }

    private mutating func take(_ source: SourceFile, _ look: (YAMLDocument) -> Void) {
        var found: [Object] = []
        YAMLParser.forEachDocument(in: source) { document in
            look(document)
            for object in ManifestDocument.objects(in: document) {
                found.append(Object(
                    value: object.root.json, kind: object.kind, file: source.name, document: document.index + 1))
            }
        }
        objects += found
    }

    private static func keepSyntax(_ document: YAMLDocument, in findings: inout [Diagnostic]) {
        guard !document.faults.isEmpty else { return }
        var validator = Validator()
        validator.check(document)
        findings += validator.finish().filter(isAboutSyntax)
    }

    private static func isAboutSyntax(_ finding: Diagnostic) -> Bool {
        finding.severity == .error && ValidationRules.rule(finding.rule) is any SyntaxRule.Type
    }
}
