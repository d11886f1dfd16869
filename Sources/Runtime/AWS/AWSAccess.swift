import Crypto
import ManifestKit

/// Credentials of AWS, found as AWS's own clients find them, and kept until shortly before they are over.
///
/// However many ask for the same at once, one request is under way for them.
actor AWSAccess {
    /// Sends a request as it is.
    typealias Send = @Sendable (HTTPQuery) async throws -> MetricAnswer

    /// Whose credentials.
    struct Identity: Hashable, Sendable {
        /// The profile, empty for the one of the environment.
        var profile = ""
        /// A role to take, empty for none.
        var roleARN = ""
    }

    private struct Standing {
        var loan: AWSLoan
        /// From when on it is fetched anew.
        var renewal: KubernetesTime
    }

    private struct Flight {
        var task: Task<Void, Never>
        var waiting: [AsyncStream<Result<AWSCredentials, AWSFailure>>.Continuation] = []
    }

    /// Identities whose credentials are kept.
    private static let mostIdentities = 64
    /// After how many seconds files are read again, which others may change.
    private static let rereading: Int64 = 60
    /// How long credentials that hold are used where others cannot be fetched, in seconds.
    private static let grace: Int64 = 30

    private nonisolated let fetcher: AWSCredentialFetcher
    private nonisolated let clock: any ClusterClock
    private var standings: [Identity: Standing] = [:]
    private var flights: [Identity: Flight] = [:]
    private var regions: [String: String] = [:]

    init(_ environment: AWSEnvironment, clock: any ClusterClock = ScaledClock(), send: @escaping Send) {
        fetcher = AWSCredentialFetcher(environment: environment, clock: clock, send: send)
        self.clock = clock
    }

    /// What the environment says.
    nonisolated var environment: AWSEnvironment { fetcher.environment }

    /// Ends what is under way.
    func stop() {
        for flight in flights.values { flight.task.cancel() }
    }

    // MARK: Signing

    /// Signs a request and sends it; an empty region is the one that the environment means.
    nonisolated func answer(
        to query: HTTPQuery, service: String, region: String, as identity: Identity
    ) async throws -> MetricAnswer {
        let region = region.isEmpty ? try await self.region(of: identity.profile) : region
        var isLast = false
        while true {
            let credentials = try await credentials(of: identity)
            let signature = AWSSignature(
                service: service, region: region, credentials: credentials, sha256: AWSCredentialFetcher.sha256)
            let answer = try await fetcher.send(signature.signed(query, at: clock.time))
            // They may have been taken back, or the machine's clock is wrong about their end.
            guard !isLast, case .http(let status, _, let body) = answer, status == 400 || status == 403,
                body.contains("ExpiredToken")
            else { return answer }
            isLast = true
            await forget(credentials, of: identity)
        }
    }

    /// The region that is meant where nothing names one: of the environment, of the profile, of the machine.
    func region(of profile: String = "") async throws -> String {
        if let known = regions[profile] { return known }
        let region = try await fetcher.region(of: profile)
        if regions.count < Self.mostIdentities { regions[profile] = region }
        return region
    }

    // MARK: Credentials

    /// Credentials that hold.
    func credentials(of identity: Identity) async throws -> AWSCredentials {
        if let known = standings[identity], known.renewal > clock.time { return known.loan.credentials }
        let (results, continuation) = AsyncStream<Result<AWSCredentials, AWSFailure>>.makeStream()
        if flights[identity] == nil {
            // Apart from who asks: those who ask at the same time do not wait in vain where one of them gives up.
            flights[identity] = Flight(task: Task { await fetch(identity) })
        }
        flights[identity]?.waiting.append(continuation)
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    private func forget(_ credentials: AWSCredentials, of identity: Identity) {
        if standings[identity]?.loan.credentials == credentials { standings[identity] = nil }
    }

    private func fetch(_ identity: Identity) async {
        let result: Result<AWSCredentials, AWSFailure>
        do throws(AWSFailure) {
            let loan = try await fetcher.loan(for: identity)
            let now = clock.time
            if standings.count >= Self.mostIdentities { standings = [:] }
            let rereading = KubernetesTime(seconds: now.seconds + Self.rereading)
            standings[identity] = Standing(loan: loan, renewal: loan.renewal(fetched: now) ?? rereading)
            result = .success(loan.credentials)
        } catch {
            if var known = standings[identity], let end = known.loan.end, end > clock.time {
                known.renewal = min(end, KubernetesTime(seconds: clock.time.seconds + Self.grace))
                standings[identity] = known
                result = .success(known.loan.credentials)
            } else {
                result = .failure(error)
            }
        }
        for continuation in flights.removeValue(forKey: identity)?.waiting ?? [] {
            continuation.yield(result)
            continuation.finish()
        }
    }
}
