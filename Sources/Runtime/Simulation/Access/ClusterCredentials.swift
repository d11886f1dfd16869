import ManifestKit

/// All that an embedded cluster proves itself and its clients with; it can be kept in a file.
struct ClusterCredentials: Sendable {
    /// What tokens are made with.
    struct Secrets: Hashable, Sendable {
        /// The key that tokens are signed with.
        var tokenKey: [UInt8]
        /// The token of the cluster's own user.
        var adminToken: String

        /// Makes new ones.
        init() {
            tokenKey = (0..<32).map { _ in UInt8.random(in: 0...255) }
            adminToken = Base64.urlEncoded((0..<32).map { _ in UInt8.random(in: 0...255) })
        }
    }

    /// What tokens are made with.
    var secrets: Secrets
    /// The authority of its certificates.
    var authority: CertificateAuthority

    /// Makes new ones.
    init() throws {
        secrets = Secrets()
        authority = try CertificateAuthority()
    }

    /// Takes up those that `json` has written; throws where it has not.
    init(_ saved: JSONValue) throws {
        guard let key = saved["tokenKey"]?.string.flatMap({ Base64.decoded($0) }),
            let token = saved["adminToken"]?.string, let certificate = saved["certificate"]?.string,
            let privateKey = saved["key"]?.string
        else { throw ClusterState.Malformation(description: "its credentials are incomplete") }
        secrets = Secrets()
        secrets.tokenKey = key
        secrets.adminToken = token
        authority = try CertificateAuthority(CertificateAuthority.Identity(certificate: certificate, key: privateKey))
    }

    /// All of them, as they are kept.
    var json: JSONValue {
        get throws {
            let identity = try authority.identity
            return [
                "tokenKey": .string(Base64.encoded(secrets.tokenKey)), "adminToken": .string(secrets.adminToken),
                "certificate": .string(identity.certificate), "key": .string(identity.key),
            ]
        }
    }
}
