import ManifestKit

/// How a cluster is reached, and as whom: what a kubeconfig's context or a pod's service account comes to.
struct ClusterAccess: Hashable, Sendable {
    /// Something that is in a file, or is there already.
    enum Material: Hashable, Sendable {
        case file(String)
        case bytes([UInt8])

        /// The bytes, read from the file where they are in one; `place` says in messages what they are.
        func bytes(_ place: String) throws(KubeconfigError) -> [UInt8] {
            switch self {
            case .bytes(let bytes): return bytes
            case .file(let path):
                do throws(WholeFile.Failure) {
                    if let text = try WholeFile.text(of: path) { return Array(text.utf8) }
                } catch {
                    throw KubeconfigError("\(error)", in: place)
                }
                throw KubeconfigError("there is no file \(path)", in: place)
            }
        }
    }

    /// Whose certificates the server may have.
    enum Trust: Hashable, Sendable {
        /// Those that this machine trusts.
        case system
        /// Those of the authorities in PEM.
        case authorities(Material)
        /// Any: nobody knows whom one speaks to.
        case anything
    }

    /// A certificate with its key, in PEM.
    struct ClientCertificate: Hashable, Sendable {
        var chain: Material
        var key: Material
    }

    /// How the client says who it is, besides a certificate.
    enum Credential: Hashable, Sendable {
        case none
        case token(String)
        /// A file with a token, which others write anew from time to time.
        case tokenFile(String)
        case password(user: String, password: String)
        /// A program that gives a token or a certificate.
        case program(CredentialProgram)
    }

    /// The API server.
    var server: ServerAddress
    /// Whose certificates it may have.
    var trust: Trust
    /// The name that its certificate is for, if not the server's host.
    var serverName: String?
    /// The certificate of the client.
    var certificate: ClientCertificate?
    /// How the client says who it is.
    var credential: Credential
    /// Another user to act as.
    var impersonation: Impersonation?
    /// The proxy between, as a URL.
    var proxy: ServerAddress?
    /// The namespace that is meant where none is named.
    var namespace: String
    /// Where all of this comes from, for messages.
    var origin: String

    /// The same with everything that it names read from its files, so that nothing has to be read later on.
    func loaded() throws(KubeconfigError) -> ClusterAccess {
        var access = self
        if case .authorities(let material) = trust {
            access.trust = .authorities(.bytes(try material.bytes("the certificate-authority of \(origin)")))
        }
        if let certificate {
            access.certificate = ClientCertificate(
                chain: .bytes(try certificate.chain.bytes("the client-certificate of \(origin)")),
                key: .bytes(try certificate.key.bytes("the client-key of \(origin)")))
        }
        return access
    }

    /// Another user to act as, where the rights of the client allow it.
    struct Impersonation: Hashable, Sendable {
        var user: String
        var uid: String?
        var groups: [String]
        /// Further facts about the user, by lower-case key.
        var extra: [String: [String]]

        /// The header fields that say so.
        var headers: [(name: String, value: String)] {
            var headers = [(name: "Impersonate-User", value: user)]
            if let uid { headers.append(("Impersonate-Uid", uid)) }
            headers += groups.map { ("Impersonate-Group", $0) }
            for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
                headers += values.map { ("Impersonate-Extra-" + PercentEncoding.escaped(key.utf8), $0) }
            }
            return headers
        }
    }
}

/// A program that hands out credentials, as `client.authentication.k8s.io` describes it.
struct CredentialProgram: Hashable, Sendable {
    /// Whether the program may ask the user something.
    enum Interaction: String, Hashable, Sendable {
        case never = "Never", ifAvailable = "IfAvailable", always = "Always"
    }

    /// `client.authentication.k8s.io/v1` or `/v1beta1`.
    var apiVersion: String
    /// The program: a path, or a name that is looked for in `PATH`.
    var command: String
    /// Its arguments.
    var arguments: [String]
    /// Variables that it gets besides those of this process.
    var variables: [String: String]
    /// Whether it may ask the user something.
    var interaction: Interaction
    /// Whether it is told which cluster it is for.
    var wantsClusterInfo: Bool
    /// What the kubeconfig says how to install it.
    var installHint: String?
    /// What the cluster's entry has for this program, as JSON.
    var clusterConfiguration: String?
    /// Where it is named, for messages.
    var origin: String
}
