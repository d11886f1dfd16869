import Crypto
import ManifestKit
import NIOPosix

/// Fetches credentials of AWS from where they are, each time anew.
struct AWSCredentialFetcher: Sendable {
    let environment: AWSEnvironment
    let clock: any ClusterClock
    let send: AWSAccess.Send

    /// How long an answer may take where nothing else is said, in seconds.
    private static let patience = 10.0
    /// How often something is asked that may do well a little later.
    private static let mostAttempts = 3
    /// How long the right to read the metadata is asked for, in seconds.
    private static let tokenSeconds = "21600"
    /// Roles that are taken with roles.
    private static let longestChain = 8

    /// The digest that signatures are made with.
    static let sha256: @Sendable ([UInt8]) -> [UInt8] = { Array(SHA256.hash(data: $0)) }

    /// Credentials for a profile and a role.
    func loan(for identity: AWSAccess.Identity) async throws(AWSFailure) -> AWSLoan {
        let profiles: AWSProfiles
        do throws(AWSFailure) {
            profiles = try await self.profiles()
        } catch {
            // Files that cannot be read say nothing to who needs nothing of them.
            guard AWSCredentialSource.isInEnvironment(environment, profile: identity.profile) else { throw error }
            profiles = AWSProfiles(credentials: nil, configuration: nil)
        }
        let source = try AWSCredentialSource.find(
            environment, profiles, profile: identity.profile, roleARN: identity.roleARN)
        return try await loan(from: source, region: region(of: identity.profile, in: profiles))
    }

    private func profiles() async throws(AWSFailure) -> AWSProfiles {
        let paths = environment.sharedFiles
        let credentials = try await text(of: paths.credentials)
        return AWSProfiles(credentials: credentials, configuration: try await text(of: paths.configuration))
    }

    private func text(of path: String?) async throws(AWSFailure) -> String? {
        guard let path else { return nil }
        do {
            return try await NIOThreadPool.singleton.runIfActive { try WholeFile.text(of: path) }
        } catch {
            throw AWSFailure("\(error)")
        }
    }

    /// The token in a file, without the end of its line.
    private func token(in path: String) async throws(AWSFailure) -> String {
        guard let text = try await text(of: path) else {
            throw AWSFailure("there is no file \(path) with a token for AWS")
        }
        let token = text.filter { !$0.isNewline }
        guard !token.isEmpty else { throw AWSFailure("the file \(path) has no token for AWS in it") }
        return token
    }

    private func loan(
        from source: AWSCredentialSource, region: String?, depth: Int = 0
    ) async throws(AWSFailure) -> AWSLoan {
        switch source {
        case .fixed(let credentials): return AWSLoan(credentials)
        case .webIdentity(let role, let file):
            let token = try await token(in: file)
            let address = environment.address(of: .tokens, region: await tokenRegion(region))
            var request = AWSTokenService.webIdentityRequest(role, token: token, address: address)
            request.timeoutSeconds = Self.patience
            return try await asking(request) { status, body throws(AWSFailure) in
                try AWSTokenService.loan(status: status, body: body)
            }
        case .container(let address, let authorization):
            var request = HTTPQuery("GET", address)
            request.timeoutSeconds = Self.patience
            switch authorization {
            case .none: break
            case .token(let token): request.headers.append(.init(name: "Authorization", value: token))
            case .file(let file):
                request.headers.append(.init(name: "Authorization", value: try await token(in: file)))
            }
            return try await asking(request) { status, body throws(AWSFailure) in
                try AWSTokenService.loan(status: status, json: body, of: "the container's server of credentials")
            }
        case .machine(let address): return try await machineLoan(address)
        case .role(let role, let source):
            guard depth < Self.longestChain else { throw AWSFailure("too many AWS roles are taken one with another") }
            let own = try await loan(from: source, region: region, depth: depth + 1)
            return try await taking(role, with: own.credentials, in: await tokenRegion(region))
        }
    }

    private func taking(
        _ role: AWSRole, with credentials: AWSCredentials, in region: String
    ) async throws(AWSFailure) -> AWSLoan {
        let address = environment.address(of: .tokens, region: region)
        let signature = AWSSignature(
            service: AWSService.tokens.hostName, region: region.isEmpty ? "us-east-1" : region,
            credentials: credentials, sha256: Self.sha256)
        var request = signature.signed(AWSTokenService.roleRequest(role, address: address), at: clock.time)
        request.timeoutSeconds = Self.patience
        return try await asking(request) { status, body throws(AWSFailure) in
            try AWSTokenService.loan(status: status, body: body)
        }
    }

    // MARK: The machine

    private func machineLoan(_ address: String) async throws(AWSFailure) -> AWSLoan {
        let path = "/latest/meta-data/iam/security-credentials/"
        do throws(AWSFailure) {
            let token = try await metadataToken(address)
            let role = try await metadata(path, token, address)
            let json = try await metadata(path + role, token, address)
            return try AWSTokenService.loan(status: 200, json: json, of: "the machine's metadata")
        } catch {
            throw AWSFailure(
                "there are no AWS credentials: no keys and no token in the environment, none in the profile, no "
                    + "container's, and the machine's metadata at \(address) gave none (\(error))")
        }
    }

    private func metadataToken(_ address: String) async throws(AWSFailure) -> String {
        var request = HTTPQuery("PUT", address + "/latest/api/token")
        request.headers = [.init(name: "X-aws-ec2-metadata-token-ttl-seconds", value: Self.tokenSeconds)]
        request.timeoutSeconds = environment.metadataSeconds
        return try await asking(request) { status, body throws(AWSFailure) in
            guard status == 200 else { throw AWSFailure("status \(status)", isTransient: status >= 500) }
            return body
        }
    }

    private func metadata(_ path: String, _ token: String, _ address: String) async throws(AWSFailure) -> String {
        var request = HTTPQuery("GET", address + path)
        request.headers = [.init(name: "X-aws-ec2-metadata-token", value: token)]
        request.timeoutSeconds = environment.metadataSeconds
        return try await asking(request) { status, body throws(AWSFailure) in
            guard status == 200 else {
                throw AWSFailure("status \(status) for \(path)", isTransient: status >= 500 || status == 429)
            }
            return String(body.drop(while: \.isWhitespace).prefix { !$0.isNewline })
        }
    }

    // MARK: The region

    /// The region of the environment, of a profile, or of the machine.
    func region(of profile: String) async throws(AWSFailure) -> String {
        if let region = environment.region { return region }
        if let region = region(of: profile, in: try await profiles()) { return region }
        return try await machineRegion()
    }

    /// The region that the environment or a profile names.
    private func region(of profile: String, in profiles: AWSProfiles) -> String? {
        environment.region ?? profiles[profile.isEmpty ? environment.profile ?? "default" : profile]?["region"]
    }

    /// Where credentials are lent: in the region that is named, or else in the machine's, and without one anywhere.
    private func tokenRegion(_ named: String?) async -> String {
        if let named { return named }
        return (try? await machineRegion()) ?? ""
    }

    private func machineRegion() async throws(AWSFailure) -> String {
        let advice = "no AWS region is known: set AWS_REGION in the environment of the controller"
        guard let address = environment.metadataAddress else { throw AWSFailure(advice) }
        do throws(AWSFailure) {
            let token = try await metadataToken(address)
            return try await metadata("/latest/meta-data/placement/region", token, address)
        } catch {
            throw AWSFailure("\(advice) (the machine's metadata at \(address) gave none: \(error))")
        }
    }

    // MARK: Asking

    /// Asks, and asks again where that may help.
    private func asking<Result: Sendable>(
        _ query: HTTPQuery, reading: (Int, String) throws(AWSFailure) -> Result
    ) async throws(AWSFailure) -> Result {
        let host = "//" + query.url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        let exchange = AWSExchange(name: host, silence: "no answer of \(host)", mostAttempts: Self.mostAttempts)
        return try await exchange.answer(within: query.timeoutSeconds, { try await send(query) }, reading: reading)
    }
}
