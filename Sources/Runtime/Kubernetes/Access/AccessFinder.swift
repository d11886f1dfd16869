/// Finds out how a cluster is reached: from the kubeconfigs that there are, or from a pod's service account.
enum AccessFinder {
    /// Where a pod finds what its service account is given.
    private static let accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// How the cluster is reached that the options and the environment name.
    static func access(_ options: ClusterConnection.Options) throws(KubeconfigError) -> ClusterAccess {
        var access = try direct(options)
        if access.proxy == nil {
            access.proxy = try ProxyEnvironment(options.environment).proxy(for: access.server)
        }
        return access
    }

    private static func direct(_ options: ClusterConnection.Options) throws(KubeconfigError) -> ClusterAccess {
        let files = try kubeconfigs(options)
        guard files.isEmpty else { return try KubeconfigSet(files).access(context: options.context) }
        if options.context == nil, let access = try serviceAccount(options.environment) { return access }
        let home = options.environment["HOME"].map { $0 + "/.kube/config" } ?? "~/.kube/config"
        throw KubeconfigError(
            "no cluster is named: there is no \(home), KUBECONFIG is not set, and this is not a pod with a service "
                + "account; name a kubeconfig with --kubeconfig")
    }

    private static func kubeconfigs(_ options: ClusterConnection.Options) throws(KubeconfigError) -> [KubeconfigFile] {
        if let path = options.kubeconfig {
            guard let file = try kubeconfig(path) else { throw KubeconfigError("there is no kubeconfig \(path)") }
            return [file]
        }
        if let list = options.environment["KUBECONFIG"], !list.isEmpty {
            var files: [KubeconfigFile] = []
            var seen: Set<Substring> = []
            for path in list.split(separator: ":") where seen.insert(path).inserted {
                if let file = try kubeconfig(String(path)) { files.append(file) }
            }
            guard !files.isEmpty else {
                throw KubeconfigError("none of the files that KUBECONFIG names is there: \(list)")
            }
            return files
        }
        guard let home = options.environment["HOME"], let file = try kubeconfig(home + "/.kube/config") else {
            return []
        }
        return [file]
    }

    private static func kubeconfig(_ path: String) throws(KubeconfigError) -> KubeconfigFile? {
        let text: String?
        do throws(WholeFile.Failure) {
            text = try WholeFile.text(of: path)
        } catch {
            throw KubeconfigError("the kubeconfig: \(error)")
        }
        guard let text else { return nil }
        return try KubeconfigFile(text: text, path: path)
    }

    /// What the service account of a pod comes to, or nil outside of a pod.
    static func serviceAccount(
        _ environment: [String: String], folder: String = accountFolder
    ) throws(KubeconfigError) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let place = "the pod's service account"
        let bracketed = host.contains(":") ? "[\(host)]" : host
        guard let server = ServerAddress("https://\(bracketed):\(port)", defaultScheme: "https") else {
            throw KubeconfigError("KUBERNETES_SERVICE_HOST and _PORT name no address: \(host) and \(port)", in: place)
        }
        let namespace: String?
        do throws(WholeFile.Failure) {
            guard try WholeFile.text(of: folder + "/token") != nil else { return nil }
            namespace = try WholeFile.text(of: folder + "/namespace")?.trimmingBlanks
        } catch {
            throw KubeconfigError("\(error)", in: place)
        }
        return ClusterAccess(
            server: server, trust: .authorities(.file(folder + "/ca.crt")), serverName: nil, certificate: nil,
            credential: .tokenFile(folder + "/token"), proxy: nil, namespace: namespace ?? "default", origin: place)
    }
}
