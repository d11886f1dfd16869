/// Holds an object against the type of its kind, field by field, in one pass.
///
/// It walks the tree's records and not `YAMLNode`s, since it sees every node of every document; a node is made where
/// there is something to report.
struct SchemaChecker {
    let table = SchemaTable()
    let tree: YAMLTree
    /// The minor version of Kubernetes 1 to check against.
    let minor: Int
    /// Whether the object is one that a CRD defines, which an API server treats more strictly in places.
    let isCustomResource: Bool
    /// The type of the object.
    let root: SchemaTable.TypeReference
    /// The number of findings at which the walk ends: nobody reads more, and each costs a look at its surroundings.
    private let limit: Int
    private let records: UnsafeBufferPointer<YAMLTree.Record>
    private let children: UnsafeBufferPointer<UInt32>
    private let source: UnsafeBufferPointer<UInt8>
    private let pool: UnsafeBufferPointer<UInt8>

    /// Checks a mapping, the root of an object, against a type.
    static func check(
        _ object: YAMLNode, against type: SchemaTable.TypeReference, isCustomResource: Bool, _ findings: inout Findings
    ) {
        let tree = object.tree
        tree.records.withUnsafeBufferPointer { records in
            tree.children.withUnsafeBufferPointer { children in
                tree.source.bytes.withUnsafeBufferPointer { source in
                    tree.pool.withUnsafeBufferPointer { pool in
                        let checker = SchemaChecker(
                            tree: tree, minor: findings.settings.kubernetesMinor, isCustomResource: isCustomResource,
                            root: type, limit: findings.diagnostics.count + 100, records: records,
                            children: children, source: source, pool: pool)
                        checker.checkMapping(object.site, type, &findings)
                    }
                }
            }
        }
    }

    /// The node at a place, for a report.
    func node(_ site: UInt32) -> YAMLNode { tree.node(site) }

    /// The record that an alias stands for, or the record itself.
    @inline(__always)
    private func target(_ site: UInt32) -> UInt32 {
        let record = records[Int(site)]
        return record.kind == .alias ? record.offset : site
    }

    @inline(__always)
    private func text(_ index: UInt32) -> UnsafeBufferPointer<UInt8> {
        let record = records[Int(index)]
        let range = Int(record.offset)..<Int(record.offset) + Int(record.count)
        return UnsafeBufferPointer(rebasing: record.isPooled ? pool[range] : source[range])
    }

    /// What a scalar is.
    @inline(__always)
    private func shape(_ index: UInt32) -> ScalarShape {
        if records[Int(index)].resolvesByLooks { return ScalarShape(plain: text(index)) }
        if tree.properties.isEmpty { return .string }
        return ScalarShape(YAMLNode(tree: tree, index: index, site: index).scalar)
    }

    @inline(__always)
    private func isNull(_ index: UInt32) -> Bool {
        guard records[Int(index)].kind == .scalar, case .null = shape(index) else { return false }
        return true
    }
}

// MARK: - Collections

extension SchemaChecker {
    /// Checks the entries of a mapping, and that none is missing.
    private func checkMapping(_ site: UInt32, _ type: SchemaTable.TypeReference, _ findings: inout Findings) {
        let record = records[Int(target(site))]
        var missing = table.requiredFields(type)
        let first = Int(record.offset)
        for place in stride(from: first, to: first + Int(record.count), by: 2) {
            let key = target(children[place])
            let value = children[place + 1]
            guard records[Int(key)].kind == .scalar else { continue }
            guard findings.diagnostics.count < limit else { return }
            guard let field = table.field(type, text(key)) else {
                if !table.isOpen(type) { reportUnknown(children[place], in: site, type, &findings) }
                continue
            }
            guard table.exists(field, inMinor: minor), !(isCustomResource && table.isLackingInCRDs(field)) else {
                reportUnavailable(children[place], field, &findings)
                continue
            }
            guard !isNull(target(value)) else { continue }
            missing &= ~(1 << UInt64(field.position))
            checkField(value, field, &findings)
        }
        if missing != 0 { reportMissing(missing, in: site, type, &findings) }
    }

    private func checkField(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let record = records[Int(target(site))]
        switch table.container(field) {
        case .single:
            checkValue(site, field, &findings)
        case .list:
            guard record.kind == .sequence else { return reportKind(site, field, &findings) }
            for place in Int(record.offset)..<Int(record.offset) + Int(record.count) {
                guard findings.diagnostics.count < limit else { return }
                if isNull(target(children[place])) {
                    reportNullItem(children[place], field, &findings)
                } else {
                    checkValue(children[place], field, &findings)
                }
            }
            if isCustomResource, record.count > 1, let constraints = table.constraints(field) {
                checkUnique(site, constraints.keys, &findings)
            }
        case .map:
            guard record.kind == .mapping else { return reportKind(site, field, &findings) }
            for place in stride(from: Int(record.offset) + 1, to: Int(record.offset) + Int(record.count), by: 2)
            where !isNull(target(children[place])) {
                guard findings.diagnostics.count < limit else { return }
                checkValue(children[place], field, &findings)
            }
        }
    }
}

// MARK: - Values

extension SchemaChecker {
    /// Checks one value that is not null against what a field, or each item of it, must be.
    private func checkValue(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let index = target(site)
        let code = table.code(field)
        switch code {
        case .any:
            return
        case .reference:
            guard records[Int(index)].kind == .mapping else { return reportType(site, field, &findings) }
            checkMapping(site, table.type(field), &findings)
            return
        case .object:
            if records[Int(index)].kind != .mapping { reportType(site, field, &findings) }
            return
        default:
            break
        }
        guard records[Int(index)].kind == .scalar else { return reportType(site, field, &findings) }
        let shape = shape(index)
        switch (code, shape) {
        case (.string, .string):
            checkAllowed(site, field, &findings)
        case (.boolean, .boolean), (.number, .integer), (.number, .float), (.intOrString, .string):
            return
        case (.int32, .integer(let value)), (.int64, .integer(let value)), (.intOrString, .integer(let value)),
            (.intOrPercent, .integer(let value)):
            checkRange(value, site, field, &findings)
        case (.int32, .float(let value)), (.int64, .float(let value)), (.intOrString, .float(let value)),
            (.intOrPercent, .float(let value)):
            checkFloat(value, site, field, &findings)
        case (.quantity, .integer):
            return
        case (.quantity, .float(let value)):
            if !value.isFinite || isCustomResource && table.isWholeInCRDs(field) { reportType(site, field, &findings) }
        case (.quantity, .string):
            if !Quantity.isWellFormed(text(index)) { reportQuantity(site, &findings) }
        case (.time, .string):
            if !KubernetesTime.isWellFormed(text(index)) { reportTime(site, &findings) }
        case (.intOrPercent, .string):
            if !IntOrPercent.isPercentage(text(index)) { reportPercent(site, &findings) }
        default:
            reportType(site, field, &findings)
        }
    }

    private func checkRange(
        _ value: Int64, _ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings
    ) {
        let isWide = table.code(field) == .int64
        var low = isWide ? Int64.min : Int64(Int32.min)
        var high = isWide ? Int64.max : Int64(Int32.max)
        if let constraints = table.constraints(field) {
            low = constraints.minimum ?? low
            high = constraints.maximum ?? high
        }
        if value < low || value > high { reportRange(site, low: low, high: high, &findings) }
    }

    /// A number that is written with a point or exponent is whole for an API server where its value is.
    private func checkFloat(_ value: Double, _ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        if let whole = Int64(exactly: value) {
            checkRange(whole, site, field, &findings)
        } else if value.isFinite, value == value.rounded() {
            reportRange(site, low: Int64.min, high: Int64.max, &findings)
        } else {
            reportType(site, field, &findings)
        }
    }

    private func checkAllowed(_ site: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        guard let values = table.constraints(field)?.values, !values.isEmpty else { return }
        let text = node(site).text
        if !values.contains(where: { $0 == text }) { reportValue(site, values, &findings) }
    }

    /// Checks that no two items of a list have the same keys.
    private func checkUnique(_ site: UInt32, _ keys: [Substring], _ findings: inout Findings) {
        guard !keys.isEmpty else { return }
        var seen: [String: YAMLNode] = [:]
        for item in node(site).elements where item.isMapping && findings.diagnostics.count < limit {
            let values = keys.map { key in
                // The one key with a default: a port's protocol.
                item.present(String(key))?.text ?? (key == "protocol" ? "TCP" : "")
            }
            guard values.allSatisfy({ !$0.isEmpty }) else { continue }
            let value = values.count == 1 ? values[0] : values.joined(separator: "/")
            if let other = seen[value] {
                reportDuplicate(item, other, keys, value, &findings)
            } else {
                seen[value] = item
            }
        }
    }
}
