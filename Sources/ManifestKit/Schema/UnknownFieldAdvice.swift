/// What the checker says of fields that are not there.
extension SchemaChecker {
    /// A field's name is no name of its type.
    func reportUnknown(
        _ keySite: UInt32, in site: UInt32, _ type: SchemaTable.TypeReference, _ findings: inout Findings
    ) {
        let key = node(keySite)
        let mapping = node(site)
        let name = key.text
        let place = mapping.parent == nil ? "" : " in `\(mapping.label)`"
        let message = "unknown field `\(name)`\(place)"
        let names = table.fields(type).filter { table.exists($0, inMinor: minor) }.map(table.name)
        var meant = Spelling.closest(to: name, among: names)
        if let word = meant, mapping[word] != nil { meant = nil }
        if let meant, meant.lowercased() == name.lowercased() {
            return report(key, message, didYouMean: meant, &findings)
        }
        if table.isLabelsAndAnnotations(type) {
            findings.report(
                UnknownFieldRule.self, at: key, message,
                hint: "the CRD keeps nothing but `labels` and `annotations` here; remove it")
            return
        }
        if name.hasPrefix("$") {
            findings.report(
                UnknownFieldRule.self, at: key, message,
                hint: "it is an order to kustomize; check what `kustomize build` makes of the patch")
            return
        }
        let near = owners(of: name, near: mapping, type, depth: 1)
        let owners = near.isEmpty ? owners(of: name, near: mapping, type, depth: 2) : near
        if !owners.isEmpty {
            let words = owners.map { "`\($0)`" }.joined(separator: " or ")
            findings.report(UnknownFieldRule.self, at: key, message, hint: "`\(name)` belongs to \(words)")
            return
        }
        if let meant { return report(key, message, didYouMean: meant, &findings) }
        let shown = names.count <= 16 ? names.sorted().map { "`\($0)`" }.joined(separator: ", ") : nil
        findings.report(UnknownFieldRule.self, at: key, message, hint: shown.map { "the fields are \($0)" })
    }

    private func report(_ key: YAMLNode, _ message: String, didYouMean meant: String, _ findings: inout Findings) {
        findings.report(
            UnknownFieldRule.self, at: key, message, hint: "did you mean `\(meant)`?",
            fix: Diagnostic.Fix(span: key.span, replacement: meant))
    }

    /// A field that other versions have, or that Kubernetes has and the CRDs have not.
    func reportUnavailable(_ keySite: UInt32, _ field: SchemaTable.Field, _ findings: inout Findings) {
        let key = node(keySite)
        let first = table.firstMinor(field)
        let last = table.lastMinor(field)
        let message = "unknown field `\(key.text)` in `\(key.parent?.label ?? "")`"
        let hint: String
        if first > minor {
            hint = "it came with Kubernetes 1.\(first), and the manifest is checked for 1.\(minor)"
        } else if last < minor {
            hint = "Kubernetes 1.\(last) was the last to have it, and the manifest is checked for 1.\(minor)"
        } else {
            hint = "Kubernetes has it, but the CRDs of Argo Rollouts do not, so an API server refuses it here"
        }
        findings.report(UnknownFieldRule.self, at: key, message, hint: hint)
    }

    /// The paths of the nearest mappings that have a field of this name, unless there are many: those around a mapping,
    /// and what is in them down to a depth.
    private func owners(
        of name: String, near mapping: YAMLNode, _ type: SchemaTable.TypeReference, depth: Int
    ) -> [String] {
        var level: (node: YAMLNode, type: SchemaTable.TypeReference)? = (mapping, type)
        var isOwn = true
        while let (node, type) = level {
            if !isOwn, table.field(type, named: name) != nil {
                return [node.parent == nil ? "the document" : node.path]
            }
            let paths = paths(to: name, in: type, at: node.path, depth: depth)
            if !paths.isEmpty { return paths.count <= 3 ? paths.sorted() : [] }
            level = parent(of: node)
            isOwn = false
        }
        return []
    }

    /// The paths of the types inside a type, at just this depth, that have a field of this name.
    private func paths(
        to name: String, in type: SchemaTable.TypeReference, at path: String, depth: Int
    ) -> [String] {
        table.fields(type).filter { table.code($0) == .reference }.flatMap { child -> [String] in
            let inner = depth > 1
                ? paths(to: name, in: table.type(child), at: "", depth: depth - 1)
                : table.field(table.type(child), named: name) == nil ? [] : [""]
            guard !inner.isEmpty else { return [] }
            let start = (path.isEmpty ? "" : path + ".") + table.name(child)
                + (table.container(child) == .list ? "[]" : "")
            return inner.map { $0.isEmpty ? start : start + "." + $0 }
        }
    }

    /// The mapping around a mapping and its type, or nil where the way from the root cannot be told.
    private func parent(of node: YAMLNode) -> (YAMLNode, SchemaTable.TypeReference)? {
        var above = node.parent
        while let node = above, !node.isMapping { above = node.parent }
        guard let mapping = above, let type = type(of: mapping) else { return nil }
        return (mapping, type)
    }

    /// The type of a mapping, found by the keys from the root down to it.
    private func type(of mapping: YAMLNode) -> SchemaTable.TypeReference? {
        var keys: [String] = []
        var node = mapping
        while let parent = node.parent {
            if parent.isMapping, let key = node.key { keys.append(key.text) }
            node = parent
        }
        // In a `List`, the object's own fields come after `items`.
        if keys.last == "items" { keys.removeLast() }
        var type = root
        for key in keys.reversed() {
            guard let field = table.field(type, named: key), table.code(field) == .reference else { return nil }
            type = table.type(field)
        }
        return type
    }
}
