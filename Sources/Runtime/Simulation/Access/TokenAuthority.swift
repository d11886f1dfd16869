import Crypto
import ManifestKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import protocol Foundation.DataProtocol
#endif

/// Makes and reads the tokens by which clients of an embedded cluster say who they are.
///
/// They are signed JSON Web Tokens with the claims of the real ones, and they expire by the cluster's clock. The token
/// of the cluster's own user is a random text.
struct TokenAuthority: Sendable {
    /// A token with the moment at which it expires.
    struct Token: Sendable {
        var text: String
        var expiry: KubernetesTime
    }

    /// Something in a namespace that a token lives no longer than.
    struct Bond: Hashable, Sendable {
        var kind: String
        var name: String
        var uid: String
    }

    /// Why a token is not taken, for people.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// Who tokens are for where a request does not say, and who signs them.
    static let audience = "https://kubernetes.default.svc"

    let cluster: EmbeddedCluster
    private let key: SymmetricKey
    private let adminToken: String

    /// Makes an authority for a cluster.
    init(_ cluster: EmbeddedCluster, _ credentials: ClusterCredentials.Secrets = ClusterCredentials.Secrets()) {
        self.cluster = cluster
        key = SymmetricKey(data: credentials.tokenKey)
        adminToken = credentials.adminToken
    }

    // MARK: Making

    /// A token for a service account.
    func token(
        for account: ObjectName, uid: String, audiences: [String], seconds: Int, bond: Bond? = nil
    ) -> Token {
        let now = cluster.clock.time.seconds
        let expiry = now + Int64(seconds)
        var about: JSONValue = [
            "namespace": .string(account.namespace),
            "serviceaccount": ["name": .string(account.name), "uid": .string(uid)],
        ]
        if let bond { about[bond.kind.lowercased()] = ["name": .string(bond.name), "uid": .string(bond.uid)] }
        let text = signed([
            "aud": .array(audiences.map { .string($0) }), "exp": .integer(expiry), "iat": .integer(now),
            "iss": .string(Self.audience), "jti": .string(Self.randomID()), "kubernetes.io": about,
            "nbf": .integer(now), "sub": .string(ClusterUser.serviceAccount(account).name),
        ])
        return Token(text: text, expiry: KubernetesTime(seconds: expiry))
    }

    /// A token for a service account that does not expire, as a Secret holds it.
    func lastingToken(for account: ObjectName, uid: String, bond: Bond) -> String {
        signed([
            "iss": .string(Self.audience), "aud": [.string(Self.audience)],
            "kubernetes.io": [
                "namespace": .string(account.namespace),
                "serviceaccount": ["name": .string(account.name), "uid": .string(uid)],
                "secret": ["name": .string(bond.name), "uid": .string(bond.uid)],
            ],
            "sub": .string(ClusterUser.serviceAccount(account).name),
        ])
    }

    private func signed(_ claims: JSONValue) -> String {
        let head: JSONValue = ["alg": "HS256", "typ": "JWT"]
        let parts = [head, claims].map { Base64.urlEncoded(JSONWriter.text($0).utf8) }
        let text = parts.joined(separator: ".")
        let mark = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
        return text + "." + Base64.urlEncoded(mark)
    }

    private static func randomID() -> String {
        var random = SplitMix(state: UInt64.random(in: 0...UInt64.max))
        return random.uniqueID()
    }

    // MARK: Reading

    /// Whom a token names, for one of some audiences.
    func user(of token: String, audiences: [String] = [audience]) throws(Refusal) -> ClusterUser {
        if token == adminToken { return .admin }
        let claims = try claims(of: token)
        if let expiry = claims["exp"]?.number, cluster.clock.now >= expiry {
            throw Refusal(description: "the token has expired")
        }
        let meant = claims["aud"]?.array?.compactMap(\.string) ?? []
        guard meant.contains(where: audiences.contains) else {
            throw Refusal(description: "the token is for \(meant.joined(separator: ", "))")
        }
        let about = claims["kubernetes.io"]
        let uid = about?["serviceaccount", "uid"]?.string ?? ""
        guard let account = ClusterUser.account(claims["sub"]?.string ?? ""),
            let found = cluster.object(.serviceAccounts, account), found["metadata", "uid"]?.string == uid
        else { throw Refusal(description: "the token's service account has been deleted") }
        for (field, type) in [("pod", ResourceType.pods), ("secret", .secrets)] {
            guard let bond = about?[field], let name = bond["name"]?.string else { continue }
            let object = cluster.object(type, ObjectName(namespace: account.namespace, name: name))
            guard let object, object["metadata", "uid"] == bond["uid"] else {
                throw Refusal(description: "the \(field) that the token is bound to has been deleted")
            }
        }
        var user = ClusterUser.serviceAccount(account, uid: uid)
        if let id = claims["jti"]?.string { user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=" + id] }
        return user
    }

    private func claims(of token: String) throws(Refusal) -> JSONValue {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let mark = Base64.urlDecoded(parts[2]), let body = Base64.urlDecoded(parts[1]) else {
            throw Refusal(description: "the token is none of this cluster's")
        }
        let text = Array("\(parts[0]).\(parts[1])".utf8)
        guard HMAC<SHA256>.isValidAuthenticationCode(mark, authenticating: text, using: key),
            let claims = try? JSONReader.value(body)
        else { throw Refusal(description: "the token is none of this cluster's") }
        return claims
    }
}

extension ResourceType {
    static let serviceAccounts = ResourceType(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount")
}
