import ManifestKit
import Synchronization

/// The roles of a cluster and who has them, made ready for quick answers.
final class RoleIndex: Sendable {
    /// Whether something is allowed, and why.
    struct Answer: Hashable, Sendable {
        var isAllowed: Bool
        /// Why it is allowed, or what is wrong with the bindings that could have allowed it.
        var reason: String
    }

    /// A binding with the rules of its role.
    private struct Binding: Sendable {
        /// `RoleBinding "a/b"`, for people.
        var title: String
        /// `ClusterRole "view"`, for people.
        var role: String
        var subjects: [JSONValue]
        /// nil where there is no such role.
        var rules: [PolicyRule]?
        /// What is said of a role that is not there.
        var complaint: String
        var namespace: String
    }

    /// The bindings by their namespaces, those of the whole cluster under an empty name.
    private typealias Bindings = [String: [Binding]]

    static let roles = type("roles", "Role")
    static let roleBindings = type("rolebindings", "RoleBinding")
    static let clusterRoles = type("clusterroles", "ClusterRole", isNamespaced: false)
    static let clusterRoleBindings = type("clusterrolebindings", "ClusterRoleBinding", isNamespaced: false)

    private let cluster: EmbeddedCluster
    /// Counts the changes of roles and bindings.
    private let changes: ChangeCount
    private let ready = Mutex<(version: Int, bindings: Bindings)>((-1, [:]))
    private let stops: [@Sendable () -> Void]

    /// Follows the roles of a cluster.
    init(_ cluster: EmbeddedCluster) {
        self.cluster = cluster
        let changes = ChangeCount()
        self.changes = changes
        stops = [Self.roles, Self.roleBindings, Self.clusterRoles, Self.clusterRoleBindings].map { type in
            cluster.observe(type) { _, _ in changes.note() }
        }
    }

    deinit { for stop in stops { stop() } }

    /// Whether a user may do something.
    func answer(_ user: ClusterUser, _ wanted: AccessAttributes) -> Answer {
        if user.groups.contains(ClusterUser.masters) { return Answer(isAllowed: true, reason: "") }
        var complaints: [String] = []
        for (binding, subject) in bindings(of: user, in: wanted.namespace) {
            guard let rules = binding.rules else {
                complaints.append(binding.complaint)
                continue
            }
            guard rules.contains(where: { $0.allows(wanted) }) else { continue }
            let kind = subject["kind"]?.string ?? ""
            let name = [subject["name"]?.string, subject["namespace"]?.string].compactMap { $0 }.joined(separator: "/")
            return Answer(
                isAllowed: true,
                reason: "RBAC: allowed by \(binding.title) of \(binding.role) to \(kind) \(JSONWriter.quoted(name))")
        }
        let reason = complaints.isEmpty ? "" : "RBAC: " + Self.list(complaints)
        return Answer(isAllowed: false, reason: reason)
    }

    /// All rules that a user has in a namespace.
    func rules(for user: ClusterUser, in namespace: String) -> [PolicyRule] {
        if user.groups.contains(ClusterUser.masters) {
            return [
                PolicyRule(["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]),
                PolicyRule(["verbs": ["*"], "nonResourceURLs": ["*"]]),
            ]
        }
        return bindings(of: user, in: namespace).flatMap { $0.binding.rules ?? [] }
    }

    // MARK: Bindings

    private func bindings(
        of user: ClusterUser, in namespace: String
    ) -> [(binding: Binding, subject: JSONValue)] {
        let all = current()
        let local = namespace.isEmpty ? [] : all[namespace] ?? []
        return ((all[""] ?? []) + local).compactMap { binding in
            binding.subjects.first { Self.isNamed(user, by: $0, in: binding.namespace) }.map { (binding, $0) }
        }
    }

    private static func isNamed(_ user: ClusterUser, by subject: JSONValue, in namespace: String) -> Bool {
        let name = subject["name"]?.string ?? ""
        switch subject["kind"]?.string {
        case "User": return user.name == name
        case "Group": return user.groups.contains(name)
        case "ServiceAccount":
            let home = subject["namespace"]?.string ?? namespace
            return !home.isEmpty && user.name == "\(ClusterUser.accountPrefix)\(home):\(name)"
        default: return false
        }
    }

    /// The bindings as they are now. What is read while roles change is read again at the next request.
    private func current() -> Bindings {
        let version = changes.value
        if let known = ready.withLock({ $0.version == version ? $0.bindings : nil }) { return known }
        let found = read()
        ready.withLock { ready in if ready.version < version { ready = (version, found) } }
        return found
    }

    private func read() -> Bindings {
        var bindings: Bindings = [:]
        for (name, object) in cluster.objects(Self.clusterRoleBindings) {
            bindings["", default: []].append(binding(object, "ClusterRoleBinding", name))
        }
        for (name, object) in cluster.objects(Self.roleBindings) {
            bindings[name.namespace, default: []].append(binding(object, "RoleBinding", name))
        }
        return bindings
    }

    private func binding(_ object: JSONValue, _ kind: String, _ name: ObjectName) -> Binding {
        let role = object["roleRef"]?["name"]?.string ?? ""
        let isClusterRole = object["roleRef"]?["kind"]?.string == "ClusterRole"
        let found = isClusterRole
            ? cluster.object(Self.clusterRoles, ObjectName(namespace: "", name: role))
            : cluster.object(Self.roles, ObjectName(namespace: name.namespace, name: role))
        let type = isClusterRole ? Self.clusterRoles : Self.roles
        let rules = found.map { found in
            found["aggregationRule"] == nil ? found["rules"]?.array ?? [] : aggregatedRules(of: found)
        }
        return Binding(
            title: "\(kind) \(JSONWriter.quoted("\(name)"))",
            role: "\(isClusterRole ? "ClusterRole" : "Role") \(JSONWriter.quoted(role))",
            subjects: object["subjects"]?.array ?? [], rules: rules?.map { PolicyRule($0) },
            complaint: "\(type.kind.lowercased()).\(type.group) \(JSONWriter.quoted(role)) not found",
            namespace: name.namespace)
    }

    /// The rules of all ClusterRoles that an aggregated one is made of.
    func aggregatedRules(of role: JSONValue) -> [JSONValue] {
        let selectors = role["aggregationRule"]?["clusterRoleSelectors"]?.array ?? []
        var rules: [JSONValue] = []
        for selector in selectors.map({ LabelSelector(object: $0) }) {
            for (name, other) in cluster.objects(Self.clusterRoles)
            where name.name != role["metadata"]?["name"]?.string
                && selector.matches(other["metadata"]?["labels"]?.object) {
                for rule in other["rules"]?.array ?? [] where !rules.contains(rule) { rules.append(rule) }
            }
        }
        return rules
    }

    private static func list(_ texts: [String]) -> String {
        texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
    }

    private static func type(_ plural: String, _ kind: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(
            group: "rbac.authorization.k8s.io", version: "v1", plural: plural, kind: kind, isNamespaced: isNamespaced)
    }
}

/// A count of changes.
private final class ChangeCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func note() { count.add(1, ordering: .acquiringAndReleasing) }
}
