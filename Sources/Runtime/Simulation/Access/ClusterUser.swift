import ManifestKit

/// Who sends a request.
struct ClusterUser: Hashable, Sendable {
    /// The name; that of a service account is `system:serviceaccount:NAMESPACE:NAME`.
    var name: String
    /// What tells a user from another of the same name, or empty.
    var uid = ""
    /// The groups that the user belongs to.
    var groups: [String]
    /// What else is known of the user.
    var extra: [String: [String]] = [:]

    /// The group whose members may do everything.
    static let masters = "system:masters"
    /// The group of everybody who says who they are.
    static let authenticated = "system:authenticated"
    /// What the names of service accounts begin with.
    static let accountPrefix = "system:serviceaccount:"

    /// The user of the cluster's own kubeconfig.
    static let admin = ClusterUser(name: "kubernetes-admin", groups: [masters])

    /// A service account as a user.
    static func serviceAccount(_ name: ObjectName, uid: String = "") -> ClusterUser {
        ClusterUser(
            name: accountPrefix + "\(name.namespace):\(name.name)", uid: uid,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(name.namespace)"])
    }

    /// The service account that a user's name stands for; nil where it is none.
    static func account(_ name: String) -> ObjectName? {
        guard name.hasPrefix(accountPrefix) else { return nil }
        let parts = name.dropFirst(accountPrefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return ObjectName(namespace: String(parts[0]), name: String(parts[1]))
    }

    /// The user with the group of everybody who says who they are.
    var knownToBeAuthentic: ClusterUser {
        var user = self
        if !groups.contains(Self.authenticated) { user.groups.append(Self.authenticated) }
        return user
    }

    /// The user as reviews show it.
    var json: JSONValue {
        var value: JSONValue = ["username": .string(name)]
        if !uid.isEmpty { value["uid"] = .string(uid) }
        value["groups"] = .array(groups.map { .string($0) })
        if !extra.isEmpty {
            value["extra"] = .object(JSONObject(extra.sorted { $0.key < $1.key }.map { key, values in
                (key, .array(values.map { .string($0) }))
            }))
        }
        return value
    }
}
