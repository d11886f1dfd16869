import ManifestKit
import NIOPosix
import NIOSSL

/// Gives each request what shows who sends it, and renews that where it runs out.
actor CredentialSource {
    /// What shows who sends a request.
    struct Proof: Sendable {
        /// The value of `Authorization`, or nil.
        var authorization: String?
        /// The settings of TLS with a certificate that a program gave, or nil for those of the connection.
        var security: TLSConfiguration?
        /// The moment on the wall clock from which on it is renewed, in seconds since the start of 1970, or nil.
        var renewsAt: Double?
        /// Counts what was given out, so that what is refused is told from what came after it.
        var number = 0
    }

    /// Seconds for which a token file is not read again.
    private static let fileSeconds = 10.0
    /// Seconds before the end of what a program gave in which a new one is asked for.
    private static let earlySeconds = 10.0
    /// Seconds between two renewals because the server refused something.
    private static let refusalSeconds = 10.0

    private let access: ClusterAccess
    private let environment: [String: String]
    private let clock: any ClusterClock
    private var current: Proof?
    private var renewal: Task<Void, Never>?
    private var waiters: [Int: AsyncStream<Result<Proof, KubernetesFailure>>.Continuation] = [:]
    private var nextWaiter = 0
    private var lastRefusal: Double?

    /// Makes a source for a cluster; `environment` is what programs get.
    init(access: ClusterAccess, environment: [String: String], clock: any ClusterClock = ScaledClock()) {
        self.access = access
        self.environment = environment
        self.clock = clock
    }

    /// What the next request is sent with.
    func proof() async throws(KubernetesFailure) -> Proof {
        if let current, current.renewsAt.map({ clock.now < $0 }) ?? true { return current }
        return try await renew()
    }

    /// Takes note that the server has refused something; whether there is something else to try.
    func isReplaced(_ refused: Proof) async throws(KubernetesFailure) -> Bool {
        if let current, current.number != refused.number { return true }
        // What is refused for another reason than its age is not asked for again and again.
        if renewal == nil, let lastRefusal, clock.now - lastRefusal < Self.refusalSeconds { return false }
        lastRefusal = clock.now
        return try await renew().number != refused.number
    }

    /// Renews the proof, once for all who wait for it.
    private func renew() async throws(KubernetesFailure) -> Proof {
        let (results, waiter) = AsyncStream<Result<Proof, KubernetesFailure>>.makeStream()
        nextWaiter += 1
        let number = nextWaiter
        waiters[number] = waiter
        if renewal == nil { beginRenewal() }
        for await result in results { return try result.get() }
        // The waiting task is cancelled; with the last one the renewal is of no use either.
        waiters[number] = nil
        if waiters.isEmpty { renewal?.cancel() }
        throw KubernetesFailure(.cancelled, "the request was cancelled")
    }

    private func beginRenewal() {
        renewal = Task {
            do throws(KubernetesFailure) {
                endRenewal(.success(try await fresh()))
            } catch {
                endRenewal(.failure(error))
            }
        }
    }

    private func endRenewal(_ result: Result<Proof, KubernetesFailure>) {
        renewal = nil
        if case .failure(let failure) = result, failure.reason == .cancelled, !waiters.isEmpty {
            beginRenewal()
            return
        }
        let numbered = result.map { proof in
            var proof = proof
            let isSame = current?.authorization == proof.authorization && proof.security == nil
            proof.number = (current?.number ?? 0) + (isSame && current != nil ? 0 : 1)
            return proof
        }
        if case .success(let proof) = numbered { current = proof }
        for waiter in waiters.values {
            waiter.yield(numbered)
            waiter.finish()
        }
        waiters = [:]
    }

    private func fresh() async throws(KubernetesFailure) -> Proof {
        switch access.credential {
        case .none: return Proof()
        case .token(let token): return Proof(authorization: "Bearer " + token)
        case .password(let user, let password):
            return Proof(authorization: "Basic " + Base64.encoded(Array("\(user):\(password)".utf8)))
        case .tokenFile(let path):
            let token = try await Self.token(in: path, access.origin)
            return Proof(authorization: "Bearer " + token, renewsAt: clock.now + Self.fileSeconds)
        case .program(let program): return try await fresh(from: program)
        }
    }

    private func fresh(from program: CredentialProgram) async throws(KubernetesFailure) -> Proof {
        let credential = try await program.run(for: access, environment: environment)
        var proof = Proof(authorization: credential.token.map { "Bearer " + $0 })
        if let expires = credential.expires {
            // Half of a short life, so that a program is not run for each request.
            proof.renewsAt = expires - min(Self.earlySeconds, max(0, expires - clock.now) / 2)
        }
        if let certificate = credential.certificate, access.server.isSecure {
            var access = access
            access.certificate = certificate
            access.origin = program.origin
            do throws(KubeconfigError) {
                proof.security = try ConnectionSecurity.configuration(for: access)
            } catch {
                throw KubernetesFailure(.unauthorized, "\(error)")
            }
        }
        return proof
    }

    private static func token(in path: String, _ origin: String) async throws(KubernetesFailure) -> String {
        let text: String?
        do {
            text = try await NIOThreadPool.singleton.runIfActive { try WholeFile.text(of: path) }
        } catch {
            throw KubernetesFailure(.unauthorized, "the token of \(origin): \(error)")
        }
        let token = (text ?? "").trimmingBlanks
        guard !token.isEmpty else {
            let problem = text == nil ? "there is no file \(path)" : "the file \(path) is empty"
            throw KubernetesFailure(.unauthorized, "the token of \(origin): \(problem)")
        }
        return token
    }
}

extension String {
    /// The text without blanks and line ends around it.
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
