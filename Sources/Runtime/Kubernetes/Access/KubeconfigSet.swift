import ManifestKit

/// Several kubeconfigs as one: of two entries with one name the first counts, and so of two current contexts.
struct KubeconfigSet: Sendable {
    /// What an entry says, and in which file.
    private struct Entry {
        var content: JSONValue
        var path: String
        /// What it is called in messages.
        var title: String

        /// A string that is not empty, or nil.
        func text(_ field: String) throws(KubeconfigError) -> String? {
            guard let value = content[field], !value.isNull else { return nil }
            guard let text = value.string else { throw KubeconfigError("\(field) is no text", in: title) }
            return text.isEmpty ? nil : text
        }

        func flag(_ field: String) throws(KubeconfigError) -> Bool {
            guard let value = content[field], !value.isNull else { return false }
            guard let flag = value.boolean else { throw KubeconfigError("\(field) is not true or false", in: title) }
            return flag
        }

        /// What is in one field as base 64, or in a file that another one names. The data counts where both are there.
        func material(_ field: String) throws(KubeconfigError) -> ClusterAccess.Material? {
            if let data = try text(field + "-data") {
                guard let bytes = Base64.decoded(data), !bytes.isEmpty else {
                    throw KubeconfigError("\(field)-data is not base 64", in: title)
                }
                return .bytes(bytes)
            }
            return try text(field).map { .file(absolute($0)) }
        }

        /// A path as it is meant: from the folder of the kubeconfig.
        func absolute(_ other: String) -> String {
            guard !other.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return other }
            return String(path[...slash]) + other
        }
    }

    private let files: [KubeconfigFile]

    /// Joins files, of which there is at least one.
    init(_ files: [KubeconfigFile]) { self.files = files }

    /// The files, for messages.
    private var place: String {
        "the kubeconfig" + (files.count == 1 ? " " : "s ") + files.map(\.path).joined(separator: ", ")
    }

    /// How the cluster of a context is reached; of the current one where none is named.
    func access(context wanted: String? = nil) throws(KubeconfigError) -> ClusterAccess {
        guard let name = wanted ?? files.lazy.compactMap(\.currentContext).first else {
            throw KubeconfigError(
                "no context is current; name one with --context\(choices(.contexts))", in: place)
        }
        let context = try entry(.contexts, name)
        let of = "context \"\(name)\" in \(context.path)"
        guard let clusterName = try context.text("cluster") else {
            throw KubeconfigError("it names no cluster", in: of)
        }
        let cluster = try entry(.clusters, clusterName, namedBy: of)
        var access = try self.access(to: cluster)
        access.namespace = try context.text("namespace") ?? "default"
        access.origin = of
        if let userName = try context.text("user") {
            try addUser(try entry(.users, userName, namedBy: of), cluster: cluster, to: &access)
        }
        return access
    }

    private func entry(
        _ section: KubeconfigFile.Section, _ name: String, namedBy origin: String? = nil
    ) throws(KubeconfigError) -> Entry {
        for file in files {
            // kubectl takes the last of two entries with one name in one file.
            if let found = file.entries(section).last(where: { $0.name == name }) {
                let title = "\(section.field) \"\(name)\" in \(file.path)"
                return Entry(content: found.content, path: file.path, title: title)
            }
        }
        throw KubeconfigError(
            "there is no \(section.field) \"\(name)\"\(choices(section))", in: origin ?? place)
    }

    /// The names that there are, for a message.
    private func choices(_ section: KubeconfigFile.Section) -> String {
        let names = Set(files.flatMap { $0.entries(section).map(\.name) }).sorted()
        guard !names.isEmpty else { return "; there are no \(section.rawValue) at all" }
        return "; there is " + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
    }

    // MARK: The cluster

    private func access(to cluster: Entry) throws(KubeconfigError) -> ClusterAccess {
        guard let server = try cluster.text("server") else {
            throw KubeconfigError("it has no server", in: cluster.title)
        }
        let authorities = try cluster.material("certificate-authority")
        let isInsecure = try cluster.flag("insecure-skip-tls-verify")
        if isInsecure, authorities != nil {
            throw KubeconfigError(
                "it has a certificate-authority and insecure-skip-tls-verify; remove one of them", in: cluster.title)
        }
        let scheme = authorities != nil || isInsecure ? "https" : "http"
        guard let address = ServerAddress(server, defaultScheme: scheme) else {
            throw KubeconfigError("the server \"\(server)\" is no http or https URL", in: cluster.title)
        }
        let trust: ClusterAccess.Trust =
            if isInsecure { .anything } else if let authorities { .authorities(authorities) } else { .system }
        return ClusterAccess(
            server: address, trust: trust, serverName: try cluster.text("tls-server-name"), certificate: nil,
            credential: .none, proxy: try proxy(of: cluster), namespace: "default", origin: cluster.title)
    }

    private func proxy(of cluster: Entry) throws(KubeconfigError) -> ServerAddress? {
        guard let text = try cluster.text("proxy-url") else { return nil }
        return try ServerAddress.proxy(text, named: "the proxy-url", in: cluster.title)
    }

    // MARK: The user

    private func addUser(_ user: Entry, cluster: Entry, to access: inout ClusterAccess) throws(KubeconfigError) {
        if let provider = user.content["auth-provider"]?["name"]?.string {
            throw KubeconfigError(
                "the auth-provider \"\(provider)\" is a form that Kubernetes has given up; use an exec credential "
                    + "plugin, which \"kubectl config set-credentials --exec-command\" writes", in: user.title)
        }
        let chain = try user.material("client-certificate")
        let key = try user.material("client-key")
        switch (chain, key) {
        case (let chain?, let key?): access.certificate = ClusterAccess.ClientCertificate(chain: chain, key: key)
        case (nil, nil): break
        case (nil, _): throw KubeconfigError("it has a client-key and no client-certificate", in: user.title)
        case (_, nil): throw KubeconfigError("it has a client-certificate and no client-key", in: user.title)
        }
        access.credential = try credential(user, cluster: cluster)
        access.impersonation = try impersonation(user)
    }

    private func credential(_ user: Entry, cluster: Entry) throws(KubeconfigError) -> ClusterAccess.Credential {
        // The file counts where there is a token as well: the token is what it held once.
        if let file = try user.text("tokenFile") { return .tokenFile(user.absolute(file)) }
        if let token = try user.text("token") { return .token(token) }
        if let name = try user.text("username") {
            return .password(user: name, password: try user.text("password") ?? "")
        }
        guard let exec = user.content["exec"], !exec.isNull else { return .none }
        let entry = Entry(content: exec, path: user.path, title: "exec of " + user.title)
        return .program(try program(entry, cluster: cluster))
    }

    private func program(_ exec: Entry, cluster: Entry) throws(KubeconfigError) -> CredentialProgram {
        let group = "client.authentication.k8s.io"
        let version = try exec.text("apiVersion") ?? ""
        guard version == group + "/v1" || version == group + "/v1beta1" else {
            throw KubeconfigError(
                "the apiVersion \"\(version)\" is not \(group)/v1 or \(group)/v1beta1; a newer version of the plugin, "
                    + "or of the tool that wrote the kubeconfig, knows one of them", in: exec.title)
        }
        guard var command = try exec.text("command") else { throw KubeconfigError("it has no command", in: exec.title) }
        if command.contains("/") { command = exec.absolute(command) }
        var variables: [String: String] = [:]
        for item in exec.content["env"]?.array ?? [] {
            guard let name = item["name"]?.string else { throw KubeconfigError("env has no name", in: exec.title) }
            variables[name] = item["value"]?.string ?? ""
        }
        let mode = try exec.text("interactiveMode")
        guard let interaction = CredentialProgram.Interaction(rawValue: mode ?? "IfAvailable") else {
            throw KubeconfigError("interactiveMode is not Never, IfAvailable or Always", in: exec.title)
        }
        if mode == nil, version == group + "/v1" {
            throw KubeconfigError("interactiveMode is missing, which \(version) asks for", in: exec.title)
        }
        let extensions = cluster.content["extensions"]?.array ?? []
        let configuration = extensions.first { $0["name"]?.string == group + "/exec" }?["extension"]
        return CredentialProgram(
            apiVersion: version, command: command,
            arguments: (exec.content["args"]?.array ?? []).compactMap(\.string), variables: variables,
            interaction: interaction, wantsClusterInfo: try exec.flag("provideClusterInfo"),
            installHint: try exec.text("installHint"), clusterConfiguration: configuration.map { JSONWriter.text($0) },
            origin: exec.title)
    }

    private func impersonation(_ user: Entry) throws(KubeconfigError) -> ClusterAccess.Impersonation? {
        let groups = (user.content["as-groups"]?.array ?? []).compactMap(\.string)
        let extra = (user.content["as-user-extra"]?.object?.fields ?? []).map { field in
            (field.key.lowercased(), (field.value.array ?? []).compactMap(\.string))
        }
        guard let name = try user.text("as") else {
            guard groups.isEmpty, extra.isEmpty else {
                throw KubeconfigError("it has as-groups or as-user-extra and no user in \"as\"", in: user.title)
            }
            return nil
        }
        return ClusterAccess.Impersonation(
            user: name, uid: try user.text("as-uid"), groups: groups,
            extra: Dictionary(extra) { first, _ in first })
    }
}
