/// Turns changes of an object's fields into edits of the text that it was read from.
struct SourceEditor {
    /// Why a change cannot be made in the text.
    struct Failure: Error, Hashable {
        /// Where, in the source's bytes.
        var range: Range<Int>
        /// Why, in one sentence without a full stop.
        var message: String
    }

    /// All changes of one mapping, or of one list.
    struct MappingPlan {
        var node: YAMLNode
        var appended: [JSONValue] = []
        var sets: [(entry: YAMLEntry, value: JSONValue)] = []
        var renames: [(entry: YAMLEntry, key: String)] = []
        var removed: Set<String> = []
        var inserts: [(entries: JSONObject, after: [String])] = []
    }

    let root: YAMLNode
    let text: SourceEditText
    let guardian: AliasGuard
    /// The edits so far.
    var edits: [SourceEdit] = []

    var source: SourceFile { root.source }
    var layout: SourceEditLayout { text.layout }

    private init(root: YAMLNode, document: YAMLNode) {
        self.root = root
        text = SourceEditText(layout: SourceEditLayout(of: document))
        guardian = AliasGuard(root.tree)
    }

    /// The edits that make the changes in an object's text.
    static func edits(
        for changes: [FieldChange], in root: YAMLNode, document: YAMLNode
    ) -> Result<[SourceEdit], Failure> {
        var editor = SourceEditor(root: root, document: document)
        do throws(Failure) {
            var plans: [MappingPlan] = []
            for change in changes { try editor.plan(change, &plans) }
            // What ends in one place of the text ends there from the inside out.
            let ordered = plans.enumerated().sorted { left, right in
                (-left.element.node.depth, left.offset) < (-right.element.node.depth, right.offset)
            }
            for plan in ordered { try editor.make(plan.element) }
            guard let edits = SourceEdit.ordered(editor.edits) else {
                throw Failure(range: root.range, message: "two changes meet in one place of the text")
            }
            return .success(edits)
        } catch {
            return .failure(error)
        }
    }

    // MARK: Where

    private mutating func plan(_ change: FieldChange, _ plans: inout [MappingPlan]) throws(Failure) {
        var node = root
        var entry: YAMLEntry?
        var depth = 0
        for step in change.path {
            let isLast = depth == change.path.count - 1
            switch step {
            case .index(let index):
                guard let element = node[index] else { throw missing(node) }
                guard !element.isAlias else { throw elsewhere(element) }
                (node, entry) = (element, nil)
            case .key(let key):
                guard let found = node.entry(key), !found.isMerged || !isLast else {
                    return try planMissing(change, at: depth, in: node, &plans)
                }
                let isReplaced = isLast && change.action.replacesField
                guard !found.isMerged, !found.value.isAlias || isReplaced else { throw elsewhere(found.value) }
                if isLast, change.action.namesField {
                    try guardian.check(container: node)
                    return Self.with(node, &plans) { $0.add(change.action, found) }
                }
                (node, entry) = (found.value, found)
            }
            depth += 1
        }
        try planEnd(change.action, node, entry, &plans)
    }

    /// The path goes on where there is no field: it is put in.
    private func planMissing(
        _ change: FieldChange, at depth: Int, in node: YAMLNode, _ plans: inout [MappingPlan]
    ) throws(Failure) {
        guard node.isMapping, let value = change.action.valueForMissing(change.path[(depth + 1)...]),
            case .key(let key) = change.path[depth]
        else { throw missing(node) }
        try guardian.check(container: node)
        Self.with(node, &plans) { $0.inserts.append((JSONObject([(key, value)]), [])) }
    }

    private mutating func planEnd(
        _ action: FieldChange.Action, _ node: YAMLNode, _ entry: YAMLEntry?, _ plans: inout [MappingPlan]
    ) throws(Failure) {
        try guardian.check(container: node)
        switch action {
        case .insert(let entries, let after):
            if node.isNull || node.isMapping && node.count == 0, let entry, let parent = entry.value.parent {
                return Self.with(parent, &plans) { $0.sets.append((entry, .object(entries))) }
            }
            guard node.isMapping else { throw missing(node) }
            Self.with(node, &plans) { $0.inserts.append((entries, after)) }
        case .append(let element):
            if node.isSequence && node.count == 0, let entry, let parent = entry.value.parent {
                return Self.with(parent, &plans) { $0.sets.append((entry, .array([element]))) }
            }
            guard node.isSequence else { throw missing(node) }
            Self.with(node, &plans) { $0.appended.append(element) }
        case .set, .rename, .remove:
            throw missing(node)
        }
    }

    private static func with(_ node: YAMLNode, _ plans: inout [MappingPlan], _ change: (inout MappingPlan) -> Void) {
        if let place = plans.firstIndex(where: { $0.node.isSame(as: node) }) {
            change(&plans[place])
        } else {
            var plan = MappingPlan(node: node)
            change(&plan)
            plans.append(plan)
        }
    }

    private func missing(_ node: YAMLNode) -> Failure {
        Failure(range: node.range, message: "this is not written as expected and cannot be changed")
    }

    private func elsewhere(_ node: YAMLNode) -> Failure {
        Failure(
            range: node.range,
            message: "this comes from an anchor, and a change there would change everything else that uses it")
    }

    // MARK: What

    private mutating func make(_ plan: MappingPlan) throws(Failure) {
        for element in plan.appended { try append(element, to: plan.node) }
        guard plan.node.isMapping else { return }
        let isBlock = plan.node.style == .block
        for (entry, value) in plan.sets {
            try guardian.check(removal: entry.value.range)
            try isBlock ? setBlock(entry, value) : setFlow(entry, value)
        }
        for (entry, key) in plan.renames {
            edits.append(SourceEdit(entry.key.range, Self.styled(.string(key), as: entry.key)))
        }
        for entry in plan.node.entries where plan.removed.contains(entry.key.text) && !entry.isMerged {
            try guardian.check(removal: entry.key.range.lowerBound..<entry.value.range.upperBound)
        }
        try isBlock ? removeBlock(plan) : removeFlow(plan)
        for (entries, after) in plan.inserts {
            try isBlock ? insertBlock(entries, after, plan.node) : insertFlow(entries, after, plan)
        }
    }

    /// The text of a scalar, in quotes as the one that it replaces.
    static func styled(_ value: JSONValue, as old: YAMLNode) -> String {
        guard case .string(let string) = value else { return JSONWriter.text(value) }
        switch old.isAlias ? .plain : old.style {
        case .doubleQuoted: return JSONWriter.quoted(string)
        case .singleQuoted where !string.contains("\n"):
            return "'" + string.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        default: return SourceEditText.scalar(string)
        }
    }
}

extension YAMLNode {
    /// The number of collections that this one is in.
    fileprivate var depth: Int {
        var depth = 0
        var node = parent
        while let current = node {
            depth += 1
            node = current.parent
        }
        return depth
    }
}

extension SourceEditor.MappingPlan {
    fileprivate mutating func add(_ action: FieldChange.Action, _ entry: YAMLEntry) {
        switch action {
        case .set(let value): sets.append((entry, value))
        case .rename(let key): renames.append((entry, key))
        case .remove: removed.insert(entry.key.text)
        case .insert, .append: break
        }
    }
}

extension FieldChange.Action {
    /// Whether the field at the end of the path is meant, and not what is in it.
    fileprivate var namesField: Bool {
        switch self {
        case .set, .rename, .remove: true
        case .insert, .append: false
        }
    }

    /// Whether nothing of the field's value stays.
    fileprivate var replacesField: Bool {
        switch self {
        case .set, .remove: true
        case .rename, .insert, .append: false
        }
    }

    /// What is put in for the first field of a path that is not there; nil where that makes no sense.
    fileprivate func valueForMissing(_ rest: ArraySlice<FieldStep>) -> JSONValue? {
        var value: JSONValue
        switch self {
        case .set(let new): value = new
        case .insert(let entries, _): value = .object(entries)
        case .append(let element): value = .array([element])
        case .rename, .remove: return nil
        }
        for step in rest.reversed() {
            guard case .key(let key) = step else { return nil }
            value = .object(JSONObject([(key, value)]))
        }
        return value
    }
}

/// Knows which parts of a document are used a second time through an alias.
struct AliasGuard {
    private var aliases: [(site: Int, target: Range<Int>)] = []
    private var targets: Set<UInt32> = []

    init(_ tree: YAMLTree) {
        guard !tree.properties.isEmpty else { return }
        for record in tree.records where record.kind == .alias {
            let target = tree.records[Int(record.offset)]
            targets.insert(record.offset)
            aliases.append((Int(record.start), Int(target.start)..<Int(max(target.start, target.end))))
        }
    }

    /// Refuses a change inside a collection that something else repeats through an alias.
    func check(container: YAMLNode) throws(SourceEditor.Failure) {
        guard !targets.isEmpty else { return }
        var node: YAMLNode? = container
        while let current = node {
            if targets.contains(current.index) {
                let name = current.anchor.map { "&" + $0 } ?? "an anchor"
                throw SourceEditor.Failure(
                    range: current.range,
                    message: "\(name) is used elsewhere in the document, and a change here would change it there too")
            }
            node = current.parent
        }
    }

    /// Refuses to take away text that defines an anchor which something outside that text uses.
    func check(removal range: Range<Int>) throws(SourceEditor.Failure) {
        for alias in aliases where range.contains(alias.target.lowerBound) && !range.contains(alias.site) {
            throw SourceEditor.Failure(
                range: alias.target, message: "an anchor that has to go is used elsewhere in the document")
        }
    }
}
