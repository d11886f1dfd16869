import ManifestKit

/// What a credential program has printed: an `ExecCredential` of `client.authentication.k8s.io`.
struct ProgramCredential: Hashable, Sendable {
    /// A bearer token.
    var token: String?
    /// A certificate in PEM, and its key.
    var certificate: ClusterAccess.ClientCertificate?
    /// Until when they count, in seconds since the start of 1970; nil as long as the server takes them.
    var expires: Double?

    /// Reads what was printed; the error says what is wrong with it.
    init(_ output: [UInt8], apiVersion: String) throws(KubeconfigError) {
        // What it printed is not shown: it may hold what nobody is to see in a log.
        guard let value = Self.value(output), value.object != nil else {
            throw KubeconfigError("it printed no ExecCredential, but something else; run it by hand to see what")
        }
        guard value["kind"]?.string ?? "ExecCredential" == "ExecCredential" else {
            throw KubeconfigError("it printed a \(value["kind"]?.string ?? ""), and no ExecCredential")
        }
        let version = value["apiVersion"]?.string ?? ""
        guard version == apiVersion else {
            throw KubeconfigError("it speaks \(version), and the kubeconfig says \(apiVersion)")
        }
        guard let status = value["status"], status.object != nil else {
            throw KubeconfigError("it printed an ExecCredential without a status")
        }
        let token = status["token"]?.string ?? ""
        self.token = token.isEmpty ? nil : token
        switch (status["clientCertificateData"]?.string ?? "", status["clientKeyData"]?.string ?? "") {
        case ("", ""): break
        case ("", _), (_, ""):
            throw KubeconfigError("it gave a certificate without a key, or a key without a certificate")
        case (let chain, let key):
            certificate = ClusterAccess.ClientCertificate(
                chain: .bytes(Array(chain.utf8)), key: .bytes(Array(key.utf8)))
        }
        guard self.token != nil || certificate != nil else {
            throw KubeconfigError("it gave neither a token nor a certificate")
        }
        if let text = status["expirationTimestamp"]?.string, !text.isEmpty {
            guard let moment = KubernetesTime(text) else {
                throw KubeconfigError("its expirationTimestamp is no time: \(text)")
            }
            expires = Double(moment.seconds)
        }
    }

    /// What was printed: JSON, or YAML, which kubectl takes too.
    private static func value(_ output: [UInt8]) -> JSONValue? {
        if let value = try? JSONReader.value(output) { return value }
        let document = YAMLParser.document(String(decoding: output, as: UTF8.self))
        return document?.faults.isEmpty == true ? document?.root?.json : nil
    }
}

extension CredentialProgram {
    /// Seconds that the program may take where nobody is asked anything.
    private static let seconds = 60.0
    /// Seconds that it may take where somebody may have to log in.
    private static let interactiveSeconds = 600.0
    /// Bytes that it may print.
    private static let greatestOutput = 1 << 20

    /// Runs the program and reads what it gives.
    func run(
        for access: ClusterAccess, environment: [String: String], seconds: Double? = nil
    ) async throws(KubernetesFailure) -> ProgramCredential {
        let isInteractive = try isInteractive()
        guard let path = ChildProcess.find(command, environment: environment) else {
            throw failure("there is no program \(command)\(command.contains("/") ? "" : " in PATH")")
        }
        var variables = environment.merging(self.variables) { $1 }
        variables["KUBERNETES_EXEC_INFO"] = JSONWriter.text(
            try info(for: access, isInteractive: isInteractive))
        let process = ChildProcess(
            program: path, arguments: arguments, environment: variables, isInteractive: isInteractive,
            seconds: seconds ?? (isInteractive ? Self.interactiveSeconds : Self.seconds),
            greatestOutput: Self.greatestOutput)
        let result: ChildProcess.Result
        do throws(ChildProcess.Failure) {
            result = try await process.run()
        } catch {
            throw failure(error, seconds: process.seconds)
        }
        guard result.code == 0 else {
            let end = result.code < 0 ? "was ended by signal \(-result.code)" : "ended with code \(result.code)"
            let said = KubernetesFailure.excerpt(result.complaint)
            throw failure("\(command) \(end)" + (said.isEmpty ? "" : ": \(said)"))
        }
        do throws(KubeconfigError) {
            return try ProgramCredential(result.output, apiVersion: apiVersion)
        } catch {
            throw failure("\(command): \(error)")
        }
    }

    private func isInteractive() throws(KubernetesFailure) -> Bool {
        switch interaction {
        case .never: return false
        case .ifAvailable: return ChildProcess.hasTerminal
        case .always:
            guard ChildProcess.hasTerminal else {
                throw failure("\(command) has to ask the user something, and standard input is no terminal")
            }
            return true
        }
    }

    /// What the program is told in `KUBERNETES_EXEC_INFO`.
    func info(for access: ClusterAccess, isInteractive: Bool) throws(KubernetesFailure) -> JSONValue {
        var spec: JSONValue = ["interactive": .boolean(isInteractive)]
        if wantsClusterInfo {
            var cluster: JSONValue = ["server": .string("\(access.server)")]
            cluster["tls-server-name"] = access.serverName.map { .string($0) }
            switch access.trust {
            case .system: break
            case .anything: cluster["insecure-skip-tls-verify"] = true
            case .authorities(let material):
                do throws(KubeconfigError) {
                    let bytes = try material.bytes("the certificate-authority of \(access.origin)")
                    cluster["certificate-authority-data"] = .string(Base64.encoded(bytes))
                } catch {
                    throw failure("\(error)")
                }
            }
            cluster["proxy-url"] = access.proxy.map { .string("\($0)") }
            if let clusterConfiguration { cluster["config"] = try? JSONReader.value(clusterConfiguration) }
            spec["cluster"] = cluster
        }
        return ["kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": spec]
    }

    private func failure(_ error: ChildProcess.Failure, seconds: Double) -> KubernetesFailure {
        switch error {
        case .cannotStart(let cause): failure("\(command) cannot be started: \(cause)")
        case .tooSlow: failure("\(command) has not ended within \(ConnectionFailure.text(seconds)) seconds")
        case .tooMuchOutput: failure("\(command) printed more than \(Self.greatestOutput) bytes")
        case .cancelled: KubernetesFailure(.cancelled, "the request was cancelled")
        }
    }

    private func failure(_ problem: String) -> KubernetesFailure {
        var message = "no credentials from \(origin): \(problem)"
        if let installHint { message += "\n" + installHint }
        return KubernetesFailure(.unauthorized, message)
    }
}
