import CLibYAML

/// Reads YAML with libyaml's event parser into trees that know where everything stands.
public enum YAMLParser {
    /// Reads every document of a source.
    public static func documents(in source: SourceFile, limits: YAMLLimits = YAMLLimits()) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        forEachDocument(in: source, limits: limits) { documents.append($0) }
        return documents
    }

    /// Reads one document after the other and hands each on, so that only one has to be in memory.
    public static func forEachDocument(
        in source: SourceFile, limits: YAMLLimits = YAMLLimits(), _ body: (YAMLDocument) -> Void
    ) {
        if let fault = encodingFault(in: source) {
            body(YAMLDocument(
                source: source, range: 0..<source.bytes.count, index: source.firstDocument, root: nil, faults: [fault]))
            return
        }
        var index = source.firstDocument
        for piece in DocumentSplitter.pieces(of: source.bytes) {
            body(document(piece: piece, index: index, source: source, limits: limits))
            index += 1
        }
    }

    /// Reads the first document of a text; for tests, examples and what the program itself makes.
    public static func document(_ text: String, name: String = "text") -> YAMLDocument? {
        documents(in: SourceFile(name: name, text: text)).first
    }

    private static func document(
        piece: DocumentSplitter.Piece, index: Int, source: SourceFile, limits: YAMLLimits
    ) -> YAMLDocument {
        guard piece.hasContent else {
            return YAMLDocument(source: source, range: piece.range, index: index, root: nil, faults: [])
        }
        guard piece.range.count <= limits.documentBytes else {
            let fault = YAMLFault(
                kind: .limit, message: "document of \(piece.range.count) bytes, more than \(limits.documentBytes)",
                hint: "an API server takes three MiB at the most; split the document",
                range: piece.range.lowerBound..<piece.range.lowerBound + 1)
            return YAMLDocument(source: source, range: piece.range, index: index, root: nil, faults: [fault])
        }
        var builder = YAMLTreeBuilder(source: source, range: piece.range, limits: limits)
        let root = builder.build()
        // What a template says of itself before it is rendered is noise: one fault stands for all of them.
        if let helm = builder.faults.first(where: { $0.kind == .helmTemplate }) {
            return YAMLDocument(source: source, range: piece.range, index: index, root: nil, faults: [helm])
        }
        return YAMLDocument(source: source, range: piece.range, index: index, root: root, faults: builder.faults)
    }

    /// What libyaml would take for text in another encoding, which nothing else in Kubernetes reads.
    private static func encodingFault(in source: SourceFile) -> YAMLFault? {
        let bytes = source.bytes
        guard source.firstByte == 0, bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else {
            return nil
        }
        return YAMLFault(
            kind: .encoding, message: "this is UTF-16 text", hint: "save the file as UTF-8",
            range: 0..<min(2, bytes.count))
    }
}
