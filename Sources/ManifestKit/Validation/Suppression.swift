/// One rule that a comment `# rollout-render:ignore RR0203 reason` silences, and where.
struct Suppression: Hashable, Sendable {
    /// The rule that is silenced.
    let rule: RuleID
    /// The bytes of the file in which a silenced finding starts.
    let area: Range<Int>
    /// Where the rule's id stands in the comment.
    let place: SourceSpan
    /// The text of the comment's line.
    let line: String
    /// The number of the document in its file, from 1.
    let document: Int
    /// The template that `helm template` names above the document.
    let origin: String?
    /// Whether it has silenced a finding.
    var isUsed = false

    /// The findings that none of the suppressions silences; those that do are marked as used.
    static func filter(_ diagnostics: [Diagnostic], by suppressions: inout [Suppression]) -> [Diagnostic] {
        diagnostics.filter { diagnostic in
            var isSilenced = false
            for index in suppressions.indices where suppressions[index].silences(diagnostic) {
                suppressions[index].isUsed = true
                isSilenced = true
            }
            return !isSilenced
        }
    }

    private func silences(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.rule == rule && area.contains(diagnostic.span.start.byte)
    }

    /// The finding that this suppression silences nothing.
    var unusedFinding: Diagnostic {
        Diagnostic(
            rule: UnusedSuppressionRule.id, severity: UnusedSuppressionRule.severity,
            message: "\(rule) finds nothing here that this comment could silence",
            hint: "remove \(rule) from the comment", span: place, line: line, document: document, origin: origin)
    }
}

/// The comments of a document that silence rules.
struct SuppressionComments {
    /// What they silence.
    private(set) var suppressions: [Suppression] = []
    /// What is wrong with the comments themselves.
    private(set) var diagnostics: [Diagnostic] = []
    private let document: YAMLDocument
    private let origin: String?

    /// Reads the comments; nil where there are none, which is found out at the speed of a search for `#`.
    init?(in document: YAMLDocument) {
        let hashes = Self.candidates(in: document)
        guard !hashes.isEmpty else { return nil }
        self.document = document
        origin = document.origin
        for hash in hashes where !isInScalar(hash) { read(commentAt: hash) }
    }

    private static let keyword: StaticString = "rollout-render:ignore"

    /// Where a `#` begins the keyword and is not glued to what is before it.
    private static func candidates(in document: YAMLDocument) -> [Int] {
        var found: [Int] = []
        document.source.bytes.withUnsafeBufferPointer { all in
            let bytes = UnsafeBufferPointer(rebasing: all[..<document.range.upperBound])
            var index = document.range.lowerBound
            while let hash = ByteSearch.firstIndex(of: UInt8(ascii: "#"), in: bytes, from: index) {
                index = hash + 1
                guard hash == 0 || isSpace(bytes[hash - 1]) else { continue }
                while index < bytes.count, isBlank(bytes[index]) { index += 1 }
                let end = index + keyword.utf8CodeUnitCount
                guard end <= bytes.count else { continue }
                let word = UnsafeBufferPointer(rebasing: bytes[index..<end])
                let wanted = UnsafeBufferPointer(start: keyword.utf8Start, count: keyword.utf8CodeUnitCount)
                let isWhole = end == bytes.count || isSpace(bytes[end])
                if isWhole, ByteSearch.equal(word, wanted) { found.append(hash) }
            }
        }
        return found
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    private static func isSpace(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0x0A || byte == 0x0D }

    /// Whether a place is inside a string, where `#` begins no comment.
    private func isInScalar(_ place: Int) -> Bool {
        guard let tree = document.root?.tree else { return false }
        return tree.records.contains { record in
            guard record.kind == .scalar, Int(record.start) <= place, place < Int(record.end) else { return false }
            guard record.style == .literal || record.style == .folded else { return true }
            // Behind the `|` itself there may be a comment; the text begins on the next line.
            let source = document.source
            return source.lineIndex(of: place) > source.lineIndex(of: Int(record.start))
        }
    }

    private mutating func read(commentAt hash: Int) {
        let source = document.source
        let lineEnd = source.lineRange(source.lineIndex(of: hash)).upperBound
        var words = CommentWords(bytes: source.bytes[hash..<lineEnd])
        words.skip(Self.keyword.utf8CodeUnitCount)
        let names = words.names()
        guard !names.isEmpty else {
            report(
                SuppressionReasonRule.self, hash..<lineEnd, "this comment names no rule to ignore",
                hint: "write `# rollout-render:ignore RR0203 reason`")
            return
        }
        let area = area(of: hash)
        for name in names {
            let text = source.text(name)
            guard let id = RuleID(text), ValidationRules.rule(id) != nil else {
                let nearest = Spelling.nearestName(to: text, among: ValidationRules.all.map { $0.id.description })
                report(
                    SuppressionNameRule.self, name, "there is no rule \"\(text)\"",
                    hint: nearest.map { "did you mean \($0)?" } ?? "`rollout-render rules` lists the rules")
                continue
            }
            suppressions.append(Suppression(
                rule: id, area: area, place: source.span(of: name), line: source.lineText(at: hash),
                document: document.index + 1, origin: origin))
        }
        if !words.hasReason {
            report(
                SuppressionReasonRule.self, hash..<lineEnd, "this comment silences a rule and does not say why",
                hint: "write the reason behind the rule's id")
        }
    }

    private mutating func report(
        _ rule: any ValidationRule.Type, _ range: Range<Int>, _ message: String, hint: String
    ) {
        diagnostics.append(Diagnostic(
            rule: rule.id, severity: rule.severity, message: message, hint: hint,
            span: document.source.span(of: range), line: document.source.lineText(at: range.lowerBound),
            document: document.index + 1, origin: origin))
    }

    // MARK: What a comment covers

    /// The bytes of the file that a comment speaks of: its line, or where it stands alone the block below it.
    private func area(of hash: Int) -> Range<Int> {
        let source = document.source
        let line = source.lineIndex(of: hash)
        let local: Range<Int>
        if source.bytes[source.lineRange(line).lowerBound..<hash].allSatisfy(Self.isBlank) {
            local = blockBelow(line)
        } else {
            local = wholeLine(line)
        }
        return local.lowerBound + source.firstByte..<local.upperBound + source.firstByte
    }

    private func wholeLine(_ line: Int) -> Range<Int> {
        let range = document.source.lineRange(line)
        return range.lowerBound..<range.upperBound + 1
    }

    private func blockBelow(_ comment: Int) -> Range<Int> {
        let source = document.source
        var line = comment + 1
        while line < source.lineCount {
            let range = source.lineRange(line)
            guard range.lowerBound < document.range.upperBound else { break }
            let bytes = source.bytes[range]
            let first = bytes.firstIndex { !Self.isBlank($0) }
            if let first, bytes[first] != UInt8(ascii: "#"), !bytes.starts(with: [0x2D, 0x2D, 0x2D]) {
                return block(at: first, line: line)
            }
            line += 1
        }
        return 0..<0
    }

    /// The entry or item that begins at a place; the whole document for its first key.
    private func block(at place: Int, line: Int) -> Range<Int> {
        guard let tree = document.root?.tree else { return wholeLine(line) }
        let bytes = document.source.bytes
        let isItem = bytes[place] == UInt8(ascii: "-") && (place + 1 == bytes.count || Self.isSpace(bytes[place + 1]))
        if isItem {
            guard let item = tree.records.first(where: { Int($0.start) > place }) else { return wholeLine(line) }
            return place..<max(Int(item.end), document.source.lineRange(line).upperBound)
        }
        guard let index = tree.records.lastIndex(where: { Int($0.start) == place && $0.kind != .mapping }) else {
            return wholeLine(line)
        }
        let key = tree.records[index]
        guard key.parent != YAMLTree.Record.none else { return wholeLine(line) }
        let parent = tree.records[Int(key.parent)]
        guard parent.kind == .mapping else { return wholeLine(line) }
        let first = Int(parent.offset)
        if parent.parent == YAMLTree.Record.none, tree.children[first] == UInt32(index) { return document.range }
        for child in stride(from: first, to: first + Int(parent.count), by: 2)
        where tree.children[child] == UInt32(index) {
            let value = tree.records[Int(tree.children[child + 1])]
            return place..<max(Int(value.end), document.source.lineRange(line).upperBound)
        }
        return wholeLine(line)
    }
}

/// Takes a suppression comment apart.
private struct CommentWords {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    /// Starts at a comment's `#`.
    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex + 1
        skipBlanks()
    }

    mutating func skip(_ count: Int) {
        index += count
        skipBlanks()
    }

    /// The words up to the first one that no comma follows, where the first looks like a rule's id.
    mutating func names() -> [Range<Int>] {
        var names: [Range<Int>] = []
        while true {
            let start = index
            while index < bytes.endIndex, Self.isWord(bytes[index]) { index += 1 }
            if start == index { return names }
            names.append(start..<index)
            skipBlanks()
            guard index < bytes.endIndex, bytes[index] == UInt8(ascii: ",") else { return names }
            index += 1
            skipBlanks()
        }
    }

    /// Whether what is left says anything.
    var hasReason: Bool { index < bytes.endIndex && bytes[index...].contains { Self.isWord($0) || $0 >= 0x80 } }

    private mutating func skipBlanks() {
        while index < bytes.endIndex, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39
    }
}
