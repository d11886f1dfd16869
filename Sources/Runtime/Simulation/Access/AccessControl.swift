import ManifestKit

/// Who gets into an embedded cluster by its API server, and what they may do there.
public struct AccessControl: Sendable {
    /// What is asked of clients.
    public enum Mode: Hashable, Sendable {
        /// Nothing: whoever reaches the server may do everything.
        case open
        /// They say who they are, by a token or a certificate, and may do everything.
        case authenticated
        /// They say who they are, and may do what roles grant them.
        case roles
    }

    /// What can be read without saying who one is, as in a real cluster.
    private static let publicPaths: Set<String> = ["healthz", "livez", "readyz", "version"]

    let cluster: EmbeddedCluster
    let mode: Mode
    let tokens: TokenAuthority
    private let index: RoleIndex?
    private let onRefusal: @Sendable (String) -> Void

    /// Makes the access of a cluster.
    init(
        _ cluster: EmbeddedCluster, _ mode: Mode = .open,
        _ secrets: ClusterCredentials.Secrets = ClusterCredentials.Secrets(),
        onRefusal: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.cluster = cluster
        self.mode = mode
        self.onRefusal = onRefusal
        tokens = TokenAuthority(cluster, secrets)
        index = mode == .roles ? RoleIndex(cluster) : nil
    }

    // MARK: Who

    /// Lets a request in: who sends it, once it is certain that they may.
    func admit(_ request: APIRequest) throws(KubernetesFailure) -> ClusterUser {
        let user = try impersonated(try sender(of: request), request)
        try check(user, AccessAttributes(request))
        return user
    }

    /// Makes sure that a user may do something.
    func check(_ user: ClusterUser, _ wanted: AccessAttributes) throws(KubernetesFailure) {
        if let path = wanted.path, wanted.verb == "get", Self.publicPaths.contains(String(path.dropFirst())) { return }
        let answer = answer(user, wanted)
        guard !answer.isAllowed else { return }
        let failure = wanted.refusal(of: user, reason: answer.reason)
        onRefusal(failure.message)
        throw failure
    }

    private func sender(of request: APIRequest) throws(KubernetesFailure) -> ClusterUser {
        if mode == .open { return ClusterUser.admin.knownToBeAuthentic }
        var problem = "it has no credentials"
        if let field = request.headers["authorization"] {
            let words = field.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].lowercased() == "bearer" {
                do throws(TokenAuthority.Refusal) {
                    return try tokens.user(of: String(words[1])).knownToBeAuthentic
                } catch {
                    problem = error.description
                }
            } else {
                problem = "its authorization is no bearer token"
            }
        } else if let user = request.certificateUser {
            return user.knownToBeAuthentic
        } else if let first = request.path.first, request.path.count == 1, Self.publicPaths.contains(first) {
            return ClusterUser(name: "system:anonymous", groups: ["system:unauthenticated"])
        }
        onRefusal("Unauthorized: \(request.method) /\(request.path.joined(separator: "/")): \(problem)")
        throw KubernetesFailure(.unauthorized, "Unauthorized")
    }

    /// The user for whom another one acts, as `kubectl --as` has it.
    private func impersonated(
        _ sender: ClusterUser, _ request: APIRequest
    ) throws(KubernetesFailure) -> ClusterUser {
        let groups = (request.headers["impersonate-group"] ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " })
        }
        guard let name = request.headers["impersonate-user"], !name.isEmpty else {
            guard groups.isEmpty else {
                throw KubernetesFailure(.badRequest, "requested groups without impersonating a user name")
            }
            return sender
        }
        var user = ClusterUser(name: name, groups: groups)
        var wanted = AccessAttributes(verb: "impersonate", resource: "users", name: name)
        if let account = ClusterUser.account(name) {
            wanted.resource = "serviceaccounts"
            wanted.namespace = account.namespace
            wanted.name = account.name
            let found = cluster.object(.serviceAccounts, account)
            if groups.isEmpty {
                user = .serviceAccount(account, uid: found?["metadata", "uid"]?.string ?? "")
            }
        }
        try check(sender, wanted)
        for group in groups {
            try check(sender, AccessAttributes(verb: "impersonate", resource: "groups", name: group))
        }
        return user.knownToBeAuthentic
    }

    // MARK: What

    /// Whether a user may do something.
    func answer(_ user: ClusterUser, _ wanted: AccessAttributes) -> RoleIndex.Answer {
        index?.answer(user, wanted) ?? RoleIndex.Answer(isAllowed: true, reason: "")
    }

    /// All rules that a user has in a namespace.
    func rules(for user: ClusterUser, in namespace: String) -> [PolicyRule] {
        guard let index else {
            return [
                PolicyRule(["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]),
                PolicyRule(["verbs": ["*"], "nonResourceURLs": ["*"]]),
            ]
        }
        return index.rules(for: user, in: namespace)
    }
}
