import ManifestKit

/// The file by which `kubectl` and other clients find a cluster.
enum Kubeconfig {
    /// The text for an API server on a port of this machine.
    ///
    /// The first context has the token of the cluster's own user, as far as there is one; a second one, whose name ends
    /// with `-certificate`, has a certificate for the same user.
    static func text(
        port: Int, _ credentials: ClusterCredentials? = nil, isSecure: Bool = false, name: String = "rollout-render"
    ) throws -> String {
        var cluster = "    server: \(isSecure ? "https" : "http")://127.0.0.1:\(port)\n"
        var users = [(name: name, lines: ["{}"])]
        if let credentials {
            users[0].lines = ["", "  token: \(credentials.secrets.adminToken)"]
            if isSecure {
                let certificate = try credentials.authority.identity.certificate
                cluster += "    certificate-authority-data: \(Base64.encoded(certificate.utf8))\n"
                let client = try credentials.authority.clientIdentity(.admin)
                users.append((name + "-certificate", [
                    "", "  client-certificate-data: \(Base64.encoded(client.certificate.utf8))",
                    "  client-key-data: \(Base64.encoded(client.key.utf8))",
                ]))
            }
        }
        var text = "apiVersion: v1\nkind: Config\nclusters:\n- name: \(name)\n  cluster:\n\(cluster)users:\n"
        for user in users {
            text += "- name: \(user.name)\n  user:" + (user.lines.count == 1 ? " {}\n" : "")
            if user.lines.count > 1 { text += user.lines.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined() }
        }
        text += "contexts:\n"
        for user in users {
            text += "- name: \(user.name)\n  context:\n    cluster: \(name)\n    user: \(user.name)\n"
            text += "    namespace: default\n"
        }
        return text + "current-context: \(name)\n"
    }
}
