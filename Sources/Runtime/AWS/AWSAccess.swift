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

    /// Identities whose credentials are kept.
    private static let mostIdentities = 64
    /// After how many seconds files are read again, which others may change.
    private static let rereading: Int64 = 60
    /// How long credentials that hold are used where others cannot be fetched, in seconds.
    private static let grace: Int64 = 30

    private nonisolated let fetcher: AWSCredentialFetcher
    private nonisolated let clock: any ClusterClock
    private var standings: [Identity: Standing] = [:]
    private nonisolated let flights = SingleFlight<Identity, AWSCredentials>()
    private var regions: [String: String] = [:]

    init(_ environment: AWSEnvironment, clock: any ClusterClock = ScaledClock(), send: @escaping Send) {
        fetcher = AWSCredentialFetcher(environment: environment, clock: clock, send: send)
        self.clock = clock
    }

    /// What the environment says.
    nonisolated var environment: AWSEnvironment { fetcher.environment }

    /// Ends what is under way.
    nonisolated func stop() async { await flights.stop() }

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
        if let known = known(identity) { return known }
        return try await flights.value(of: identity) { [self] in
            // Somebody else may have fetched them before this flight began.
            if let known = await known(identity) { return known }
            return try await fetch(identity)
        }
    }

    private func known(_ identity: Identity) -> AWSCredentials? {
        standings[identity].flatMap { $0.renewal > clock.time ? $0.loan.credentials : nil }
    }

    private func forget(_ credentials: AWSCredentials, of identity: Identity) {
        if standings[identity]?.loan.credentials == credentials { standings[identity] = nil }
    }

    private func fetch(_ identity: Identity) async throws(AWSFailure) -> AWSCredentials {
        do throws(AWSFailure) {
            let loan = try await fetcher.loan(for: identity)
            let now = clock.time
            if standings.count >= Self.mostIdentities { standings = [:] }
            let rereading = KubernetesTime(seconds: now.seconds + Self.rereading)
            standings[identity] = Standing(loan: loan, renewal: loan.renewal(fetched: now) ?? rereading)
            return loan.credentials
        } catch {
            guard var known = standings[identity], let end = known.loan.end, end > clock.time else { throw error }
            known.renewal = min(end, KubernetesTime(seconds: clock.time.seconds + Self.grace))
            standings[identity] = known
            return known.loan.credentials
        }
    }
}
