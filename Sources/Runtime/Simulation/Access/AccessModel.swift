import ManifestKit

/// What a cluster's own controllers do about access: each namespace gets its service account, each Secret that asks for
/// one its token, and each aggregated ClusterRole its rules.
struct AccessModel: Sendable {
    /// The type of the Secrets that hold a service account's token.
    static let tokenType = "kubernetes.io/service-account-token"
    static let accountName = "kubernetes.io/service-account.name"
    static let accountUID = "kubernetes.io/service-account.uid"

    private let cluster: EmbeddedCluster
    private let tokens: TokenAuthority
    private let certificate: String
    private let roles: RoleIndex

    /// Makes the model of a cluster whose authority has a certificate.
    init(_ cluster: EmbeddedCluster, _ tokens: TokenAuthority, certificate: String) {
        self.cluster = cluster
        self.tokens = tokens
        self.certificate = certificate
        roles = RoleIndex(cluster)
    }

    /// Makes the roles that every cluster has, where they are not there yet.
    func makeRoles() {
        for (type, object) in BootstrapRoles.objects { send(.create(type, namespace: "", object)) }
    }

    /// Does what is to be done, at every change until the task is cancelled.
    func run() async {
        let (changes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let types = [ResourceType.namespaces, .serviceAccounts, .secrets, RoleIndex.clusterRoles]
        let stops = types.map { cluster.observe($0) { _, _ in wake.yield() } }
        defer { for stop in stops { stop() } }
        wake.yield()
        for await _ in changes { advance() }
    }

    /// Does what is to be done now.
    func advance() {
        for (name, namespace) in cluster.objects(.namespaces)
        where namespace["metadata"]?["deletionTimestamp"] == nil {
            let account = ObjectName(namespace: name.name, name: "default")
            guard cluster.object(.serviceAccounts, account) == nil else { continue }
            send(.create(.serviceAccounts, namespace: account.namespace, ["metadata": ["name": "default"]]))
        }
        for (name, secret) in cluster.objects(.secrets) where secret["type"]?.string == Self.tokenType {
            fill(secret, name)
        }
        // Where one aggregated role is part of another, it takes as many rounds as there are between them.
        while aggregate() {}
    }

    /// Puts a token into a Secret that asks for one; a Secret whose service account has gone goes too.
    private func fill(_ secret: JSONValue, _ name: ObjectName) {
        let annotations = secret["metadata"]?["annotations"]
        guard let account = annotations?[Self.accountName]?.string else { return }
        let owner = ObjectName(namespace: name.namespace, name: account)
        let uid = cluster.object(.serviceAccounts, owner)?["metadata", "uid"]?.string
        let known = annotations?[Self.accountUID]?.string
        guard let uid, known == nil || known == uid else {
            // One that was made before its service account waits for it.
            if known != nil { send(.delete(.secrets, name)) }
            return
        }
        guard secret["data"]?["token"] == nil else { return }
        let bond = TokenAuthority.Bond(
            kind: "Secret", name: name.name, uid: secret["metadata", "uid"]?.string ?? "")
        let token = tokens.lastingToken(for: owner, uid: uid, bond: bond)
        send(.patch(.secrets, name, [
            "metadata": ["annotations": [Self.accountUID: .string(uid)]],
            "data": [
                "ca.crt": .string(Base64.encoded(certificate.utf8)),
                "namespace": .string(Base64.encoded(name.namespace.utf8)),
                "token": .string(Base64.encoded(token.utf8)),
            ],
        ]))
    }

    /// Writes the rules of aggregated roles; whether any changed.
    private func aggregate() -> Bool {
        var hasChanged = false
        for (name, role) in cluster.objects(RoleIndex.clusterRoles) where role["aggregationRule"] != nil {
            let rules = JSONValue.array(roles.aggregatedRules(of: role))
            guard role["rules"] != rules else { continue }
            hasChanged = send(.patch(RoleIndex.clusterRoles, name, ["rules": rules])) || hasChanged
        }
        return hasChanged
    }

    /// Sends a request whose failure means that the object has gone or is there already.
    @discardableResult
    private func send(_ request: KubernetesRequest) -> Bool {
        var request = request
        request.fieldManager = "access-model"
        return (try? cluster.perform(request)) != nil
    }
}
