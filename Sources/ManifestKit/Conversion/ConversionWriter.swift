/// A file as it was and as it is to be.
public struct ConvertedFile: Hashable, Sendable {
    /// Its name as the user gave it; `-` is standard input.
    public var name: String
    /// The bytes that were read; none for a new file.
    public var before: [UInt8]
    /// The bytes that it is to have.
    public var after: [UInt8]
    /// Whether there was no such file.
    public var isNew: Bool

    /// Whether it is to be written.
    public var isChanged: Bool { isNew || before != after }
}

/// Turns a draft into texts, and reads them back to see that they say what the draft meant.
struct ConversionWriter {
    /// Why a text could not be changed.
    struct Fault: Error {
        var source: SourceFile
        var failure: SourceEditor.Failure

        var diagnostic: Diagnostic {
            Diagnostic(
                rule: SyntaxFaultRule.id, severity: .error, message: failure.message,
                hint: "write this part in the usual way, or convert it by hand", span: source.span(of: failure.range),
                line: source.lineText(at: failure.range.lowerBound))
        }
    }

    let draft: ConversionDraft

    /// The first change beyond those of an earlier draft that cannot be made in the text, or nil.
    func firstFault(since earlier: ConversionDraft) -> Fault? {
        do throws(Fault) {
            for object in draft.touched[earlier.touched.count...] {
                _ = try edits(for: draft.changes[object.id] ?? [], in: object)
            }
            return nil
        } catch {
            return error
        }
    }

    /// The files with all changes made.
    func write() -> Result<[ConvertedFile], Fault> {
        do throws(Fault) {
            var files: [ConvertedFile] = []
            var added: [ConvertedFile] = []
            let additions = Dictionary(grouping: draft.additions, by: \.after)
            let objects = Dictionary(grouping: draft.input.objects, by: \.id.file)
            for (place, source) in draft.input.files.enumerated() {
                var edits: [SourceEdit] = []
                for object in objects[place] ?? [] {
                    if let changes = draft.changes[object.id] { edits += try self.edits(for: changes, in: object) }
                    for addition in additions[object.id] ?? [] {
                        try add(addition, behind: object, &edits, &added)
                    }
                }
                guard let after = SourceEdit.apply(edits, to: source.bytes) else {
                    throw Fault(
                        source: source,
                        failure: SourceEditor.Failure(
                            range: 0..<0, message: "two changes meet in one place of the text"))
                }
                if !edits.isEmpty { try check(after, of: source, place) }
                files.append(ConvertedFile(name: source.name, before: source.bytes, after: after, isNew: false))
            }
            return .success(files + added)
        } catch {
            return .failure(error)
        }
    }

    private func edits(for changes: [FieldChange], in object: ConversionObject) throws(Fault) -> [SourceEdit] {
        let document = object.document.root ?? object.root
        switch SourceEditor.edits(for: changes, in: object.root, document: document) {
        case .success(let edits): return edits
        case .failure(let failure): throw Fault(source: object.document.source, failure: failure)
        }
    }

    // MARK: New objects

    private func add(
        _ addition: ConversionDraft.Addition, behind object: ConversionObject, _ edits: inout [SourceEdit],
        _ added: inout [ConvertedFile]
    ) throws(Fault) {
        let layout = SourceEditLayout(of: object.document.root ?? object.root)
        let isJSON = object.root.style == .flow && object.root.firstChild?.style == .doubleQuoted
        if object.isItem {
            try addItem(addition, behind: object, layout, isJSON: isJSON, &edits)
        } else if isJSON {
            let text = try self.text(of: addition, for: object, isJSON: true)
            let name = Self.sibling(of: object.file, named: addition.name)
            added.append(ConvertedFile(name: name, before: [], after: Array((text + layout.newline).utf8), isNew: true))
        } else {
            let text = try self.text(of: addition, for: object, isJSON: false)
            let place = object.document.range.upperBound
            let isLine = object.document.source.isLineStart(place)
            let body = "---" + layout.newline + text
            let ends = place < object.document.source.bytes.count || isLine
            edits.append(SourceEdit(at: place, (isLine ? "" : layout.newline) + body + (ends ? layout.newline : "")))
        }
    }

    private func addItem(
        _ addition: ConversionDraft.Addition, behind object: ConversionObject, _ layout: SourceEditLayout, isJSON: Bool,
        _ edits: inout [SourceEdit]
    ) throws(Fault) {
        let source = object.document.source
        guard let list = object.root.parent, list.isSequence else { throw unusual(object) }
        let text = try self.text(of: addition, for: object, isJSON: isJSON)
        if list.style == .flow {
            let prefix = source.leadingSpace(before: object.root.range.lowerBound)
            edits.append(
                SourceEdit(
                    at: object.root.range.upperBound, prefix.map { "," + layout.newline + $0 + text } ?? ", " + text))
            return
        }
        var index = object.root.range.lowerBound - 1
        while index >= 0, source.bytes[index] == 0x20 { index -= 1 }
        guard index >= 0, source.bytes[index] == UInt8(ascii: "-") else { throw unusual(object) }
        let place = source.nextLineStart(after: object.root.range.upperBound)
        let lead =
            String(repeating: " ", count: source.byteColumn(of: index))
            + source.text(index..<object.root.range.lowerBound)
        edits.append(
            SourceEdit(
                at: place, source.isLineStart(place) ? lead + text + layout.newline : layout.newline + lead + text))
    }

    /// A new object's text without a line break at its end. The later lines of an item stand as those of its
    /// neighbour.
    private func text(
        of addition: ConversionDraft.Addition, for object: ConversionObject, isJSON: Bool
    ) throws(Fault) -> String {
        let layout = SourceEditLayout(of: object.document.root ?? object.root)
        switch addition.content {
        case .copy(let original, let changes):
            let source = original.document.source
            let edits = try self.edits(for: changes, in: original)
            let start = original.root.range.lowerBound
            let end =
                original.root.style == .flow
                ? original.root.range.upperBound : source.nextLineStart(after: original.root.range.upperBound)
            guard let bytes = SourceEdit.apply(edits, to: source.bytes, in: start..<max(start, end)) else {
                throw unusual(original)
            }
            var text = String(decoding: bytes, as: UTF8.self)
            while let last = text.unicodeScalars.last, last == "\n" || last == "\r" { text.unicodeScalars.removeLast() }
            return text
        case .value(let value):
            let writer = SourceEditText(layout: layout)
            let source = object.document.source
            guard !isJSON else {
                let prefix = source.leadingSpace(before: object.root.range.lowerBound)
                let isSpread =
                    object.root.firstChild.map { source.leadingSpace(before: $0.range.lowerBound) != nil } ?? false
                return writer.json(value, prefix: isSpread ? prefix ?? "" : nil)
            }
            guard let fields = value.object else { return SourceEditText.flow(value) }
            if object.root.style == .flow, object.isItem { return SourceEditText.flow(value) }
            let column = object.isItem ? source.byteColumn(of: object.root.range.lowerBound) : 0
            let lines = writer.lines(fields)
            return ([lines.first ?? "{}"] + writer.indented(Array(lines.dropFirst()), by: column)).joined(
                separator: layout.newline)
        }
    }

    private func unusual(_ object: ConversionObject) -> Fault {
        Fault(
            source: object.document.source,
            failure: SourceEditor.Failure(
                range: object.root.range, message: "this is written in a way that nothing can be put behind it"))
    }

    /// `manifests/web.json` and `web-canary` make `manifests/web.web-canary.json`.
    private static func sibling(of file: String, named name: String) -> String {
        guard file != "-" else { return name + ".json" }
        guard file.hasSuffix(".json") else { return file + "." + name + ".json" }
        return file.dropLast(".json".count) + "." + name + ".json"
    }

    // MARK: Reading back

    /// Reads the new text and compares every object in it with what it is to be.
    private func check(_ bytes: [UInt8], of source: SourceFile, _ place: Int) throws(Fault) {
        let documents = YAMLParser.documents(in: SourceFile(name: source.name, bytes: bytes))
        let found = documents.flatMap { ManifestDocument.objects(in: $0) }.map(\.root.json)
        let isSound = documents.allSatisfy { $0.faults.isEmpty } && found == expected(in: place)
        guard isSound else {
            throw Fault(
                source: source,
                failure: SourceEditor.Failure(
                    range: firstDifference(found, place),
                    message: "this cannot be changed in place: the text would not mean what it should"))
        }
    }

    private func expected(in file: Int) -> [JSONValue] {
        let additions = Dictionary(grouping: draft.additions, by: \.after)
        return draft.input.objects.filter { $0.id.file == file }.flatMap { object -> [JSONValue] in
            var own = object.root.json
            for change in draft.changes[object.id] ?? [] { _ = change.apply(to: &own) }
            let isJSON = object.root.style == .flow && object.root.firstChild?.style == .doubleQuoted
            guard object.isItem || !isJSON else { return [own] }
            return [own]
                + (additions[object.id] ?? []).map { addition in
                    switch addition.content {
                    case .value(let value): return value
                    case .copy(let original, let changes):
                        var copy = original.root.json
                        for change in changes { _ = change.apply(to: &copy) }
                        return copy
                    }
                }
        }
    }

    private func firstDifference(_ found: [JSONValue], _ file: Int) -> Range<Int> {
        let objects = draft.input.objects.filter { $0.id.file == file && draft.changes[$0.id] != nil }
        return objects.first?.root.range ?? 0..<0
    }
}
