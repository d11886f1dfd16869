import ManifestKit

/// One kubeconfig as it stands in its file.
struct KubeconfigFile: Sendable {
    /// The lists of named entries that a kubeconfig has.
    enum Section: String, CaseIterable, Sendable {
        case clusters, users, contexts

        /// The field in which an entry has its content.
        var field: String { String(rawValue.dropLast()) }
    }

    /// Where it was read.
    let path: String
    /// The context that is meant where none is named.
    let currentContext: String?
    private let entries: [Section: [(name: String, content: JSONValue)]]

    /// Reads the text of a kubeconfig, YAML or JSON.
    init(text: String, path: String) throws(KubeconfigError) {
        self.path = path
        guard let document = YAMLParser.document(text, name: path) else {
            currentContext = nil
            entries = [:]
            return
        }
        if let fault = document.faults.first {
            let line = document.source.lineIndex(of: fault.range.lowerBound) + 1
            throw KubeconfigError(fault.message, in: "the kubeconfig \(path), line \(line)")
        }
        // An empty file is an empty kubeconfig, as kubectl has it.
        let root = document.root?.json ?? .object(JSONObject())
        let place = "the kubeconfig \(path)"
        guard root.object != nil || root.isNull else {
            throw KubeconfigError("it is no kubeconfig: clusters, users and contexts are missing", in: place)
        }
        if let kind = root["kind"]?.string, kind != "Config" {
            throw KubeconfigError("it is a \(kind), and no kubeconfig", in: place)
        }
        var entries: [Section: [(name: String, content: JSONValue)]] = [:]
        for section in Section.allCases {
            guard let list = root[section.rawValue], !list.isNull else { continue }
            guard let items = list.array else { throw KubeconfigError("\(section.rawValue) is no list", in: place) }
            for (index, item) in items.enumerated() {
                guard let name = item["name"]?.string, !name.isEmpty else {
                    throw KubeconfigError("\(section.rawValue)[\(index)] has no name", in: place)
                }
                entries[section, default: []].append((name, item[section.field] ?? .object(JSONObject())))
            }
        }
        self.entries = entries
        let current = root["current-context"]?.string
        currentContext = current?.isEmpty == false ? current : nil
    }

    /// The entries of a section in their order.
    func entries(_ section: Section) -> [(name: String, content: JSONValue)] { entries[section] ?? [] }
}
