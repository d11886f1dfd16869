/// Changes in flow style and in JSON, where commas carry the meaning.
extension SourceEditor {
    mutating func setFlow(_ entry: YAMLEntry, _ value: JSONValue) throws(Failure) {
        let isJSON = entry.key.style == .doubleQuoted
        if !value.isCollection, entry.value.isScalar, !entry.value.range.isEmpty {
            let text = isJSON ? JSONWriter.text(value) : Self.styled(value, as: entry.value)
            edits.append(SourceEdit(entry.value.range, text))
            return
        }
        guard !entry.value.range.isEmpty else { throw unusual(entry.key) }
        let prefix = source.leadingSpace(before: entry.key.range.lowerBound)
        edits.append(
            SourceEdit(
                entry.value.range,
                isJSON ? text.json(value, prefix: prefix, colon: separator(of: entry)) : SourceEditText.flow(value)))
    }

    mutating func removeFlow(_ plan: MappingPlan) throws(Failure) {
        let own = plan.node.entries.filter { !$0.isMerged }
        let isRemoved = own.map { plan.removed.contains($0.key.text) }
        var place = 0
        while place < own.count {
            guard isRemoved[place] else {
                place += 1
                continue
            }
            var next = place
            while next < own.count, isRemoved[next] { next += 1 }
            if next < own.count {
                edits.append(SourceEdit(own[place].key.range.lowerBound..<own[next].key.range.lowerBound, ""))
            } else if place > 0 {
                edits.append(
                    SourceEdit(own[place - 1].value.range.upperBound..<own[next - 1].value.range.upperBound, ""))
            } else if plan.inserts.isEmpty {
                edits.append(SourceEdit(plan.node.range, "{}"))
            } else {
                edits.append(SourceEdit(own[0].key.range.lowerBound..<own[next - 1].value.range.upperBound, ""))
            }
            place = next
        }
    }

    mutating func insertFlow(_ entries: JSONObject, _ after: [String], _ plan: MappingPlan) throws(Failure) {
        let own = plan.node.entries.filter { !$0.isMerged }
        guard let first = own.first, let last = own.last else {
            edits.append(SourceEdit(plan.node.range, text.json(.object(entries), prefix: nil)))
            return
        }
        let wanted = after.lazy.compactMap { key in own.first { $0.key.textEquals(key) } }.first
        let isAlone = own.allSatisfy { plan.removed.contains($0.key.text) }
        let place = isAlone ? last.value.range.upperBound : (wanted ?? last).value.range.upperBound
        let prefix = source.leadingSpace(before: first.key.range.lowerBound)
        let isJSON = first.key.style == .doubleQuoted
        let colon = separator(of: first)
        let comma = prefix.map { "," + layout.newline + $0 } ?? (colon == ":" ? "," : ", ")
        let texts = entries.fields.map { key, value in
            isJSON
                ? JSONWriter.quoted(key) + colon + text.json(value, prefix: prefix, colon: colon)
                : SourceEditText.scalar(key) + ": " + SourceEditText.flow(value)
        }
        edits.append(SourceEdit(at: place, (isAlone ? "" : comma) + texts.joined(separator: comma)))
    }

    /// What stands between a key and its value.
    private func separator(of entry: YAMLEntry) -> String {
        let between = entry.key.range.upperBound..<max(entry.key.range.upperBound, entry.value.range.lowerBound)
        let text = source.text(between)
        return text.hasPrefix(":") && text.dropFirst().allSatisfy { $0 == " " } ? text : ": "
    }
}
