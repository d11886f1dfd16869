import AsyncHTTPClient
import ManifestKit
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks the servers that measure.
struct MetricClient: MetricSource {
    /// Bytes of an answer that are read.
    private static let greatestAnswer = 4 << 20
    /// Redirects that are followed.
    private static let mostRedirects = 5
    /// Bytes of an error that are shown.
    private static let shownBytes = 500

    private let secure: HTTPClient
    private let unverified: HTTPClient
    private let tokens: TokenCache
    /// Who the controller is for services of AWS.
    let aws: AWSAccess

    private init(_ secure: HTTPClient, _ unverified: HTTPClient, _ environment: AWSEnvironment) {
        self.secure = secure
        self.unverified = unverified
        tokens = TokenCache()
        aws = AWSAccess(environment) { try await Self.send($0, with: $0.isInsecure ? unverified : secure) }
    }

    /// Does something with a client; whatever came of it, no connection is open after it.
    static func with<Result: Sendable>(
        aws environment: AWSEnvironment = AWSEnvironment(), _ body: (MetricClient) async throws -> Result
    ) async throws -> Result {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)),
            decompression: .enabled(limit: .size(greatestAnswer)))
        settings.httpVersion = .http1Only
        // Many runs may measure with one server at the same moment.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        var unverified = settings
        unverified.tlsConfiguration = .makeClientConfiguration()
        unverified.tlsConfiguration?.certificateVerification = .none
        let clients = [settings, unverified].map {
            HTTPClient(eventLoopGroupProvider: .singleton, configuration: $0)
        }
        let client = MetricClient(clients[0], clients[1], environment)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(client))
        } catch {
            outcome = .failure(error)
        }
        await client.aws.stop()
        await client.tokens.stop()
        for client in clients { try? await client.shutdown() }
        return try outcome.get()
    }

    func answer(_ question: MetricQuestion) async -> MetricAnswer {
        let query: HTTPQuery
        switch question {
        case .http(let request): query = request
        case .region:
            do { return .region(try await aws.region()) } catch { return .failure("\(error)") }
        default: return .failure("only servers are asked here")
        }
        do {
            return try await TimeLimit.within(max(query.timeoutSeconds, 0.001)) { try await answer(to: query) }
        } catch is TimeLimit.Exceeded {
            return .failure("no answer within \(query.timeoutSeconds.text) seconds")
        } catch is CancellationError {
            return .failure("the measurement was broken off")
        } catch let problem as MetricFailure {
            return .failure(problem.description)
        } catch let failure as AWSFailure {
            return .failure(failure.description)
        } catch {
            return .failure(Self.text(of: error, query))
        }
    }

    private func answer(to query: HTTPQuery) async throws -> MetricAnswer {
        var query = query
        switch query.authentication {
        case .none: break
        case .basic(let user, let password):
            query.add("Authorization", "Basic " + Base64.encoded(Array("\(user):\(password)".utf8)))
        case .oauth2(let address, let id, let secret, let scopes):
            let key = TokenCache.Key(address: address, id: id, secret: secret, scopes: scopes)
            let isInsecure = query.isInsecure
            let token = try await tokens.token(for: key) {
                try await fetchToken(key, isInsecure: isInsecure)
            }
            query.add("Authorization", "Bearer " + token)
        case .aws(let service, let region, let profile, let role):
            let identity = AWSAccess.Identity(profile: profile, roleARN: role)
            return try await aws.answer(to: query, service: service, region: region, as: identity)
        }
        return try await Self.send(query, with: query.isInsecure ? unverified : secure)
    }

    /// Sends a request and follows redirects; credentials go to no other host than the one that was named.
    private static func send(_ query: HTTPQuery, with client: HTTPClient) async throws -> MetricAnswer {
        var query = query
        for _ in 0...mostRedirects {
            let response = try await execute(query, with: client)
            let body = String(buffer: try await response.body.collect(upTo: greatestAnswer))
            guard (301...308).contains(response.status.code), let target = response.headers.first(name: "location"),
                query.method == "GET", let next = resolve(target, against: query.url)
            else {
                let headers = response.headers.map { HTTPQuery.Header(name: $0.name, value: $0.value) }
                return .http(status: Int(response.status.code), headers: headers, body: body)
            }
            if origin(of: next) != origin(of: query.url) {
                let safe: Set = ["accept", "user-agent"]
                query.headers.removeAll { !safe.contains($0.name.lowercased()) }
            }
            query.url = next
        }
        throw MetricFailure("the server redirects more than \(mostRedirects) times")
    }

    private static func execute(_ query: HTTPQuery, with client: HTTPClient) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: query.url)
        request.method = HTTPMethod(rawValue: query.method)
        for header in query.headers { request.headers.add(name: header.name, value: header.value) }
        if !request.headers.contains(name: "user-agent") {
            request.headers.add(name: "user-agent", value: "rollout-render")
        }
        if let body = query.body { request.body = .bytes(ByteBuffer(string: body)) }
        // Longer than the limit around all of it, which is the one that people are told of.
        let patience = min(query.timeoutSeconds, 86_400) + 1
        return try await client.execute(request, timeout: .milliseconds(Int64(patience * 1000)))
    }

    // MARK: Tokens

    private func fetchToken(_ key: TokenCache.Key, isInsecure: Bool) async throws -> TokenCache.Token {
        var query = HTTPQuery("POST", key.address)
        query.add("Content-Type", "application/x-www-form-urlencoded")
        query.add("Authorization", "Basic " + Base64.encoded(Array("\(key.id):\(key.secret)".utf8)))
        query.isInsecure = isInsecure
        var body = "grant_type=client_credentials"
        if !key.scopes.isEmpty { body += "&scope=" + key.scopes.joined(separator: "+") }
        query.body = body
        let client = isInsecure ? unverified : secure
        // It has nobody's patience but its own: who waits for it may be gone, and others wait for it too.
        let request = query
        let response = try await TimeLimit.within(request.timeoutSeconds) { try await Self.send(request, with: client) }
        guard case .http(let status, _, let text) = response, status / 100 == 2,
            let answer = try? JSONReader.value(text), let token = answer["access_token"]?.string
        else { throw MetricFailure("the server of tokens at \(Self.origin(of: key.address) ?? "") gave none") }
        return TokenCache.Token(text: token, seconds: answer["expires_in"]?.number ?? 300)
    }

    // MARK: Addresses

    /// Scheme, host and port of an address, or nil.
    private static func origin(of address: String) -> String? {
        guard case .success(let parsed) = WebAddress.parse(address), !parsed.host.isEmpty else { return nil }
        return "\(parsed.scheme)://\(parsed.host)"
    }

    /// The address that a redirect leads to; nil for one that is no address of a web server.
    private static func resolve(_ target: String, against address: String) -> String? {
        if target.hasPrefix("http://") || target.hasPrefix("https://") { return target }
        guard target.hasPrefix("/"), !target.hasPrefix("//"), let origin = origin(of: address) else { return nil }
        return origin + target
    }

    private static func text(of error: any Error, _ query: HTTPQuery) -> String {
        let host = origin(of: query.url) ?? query.url
        return "cannot reach \(host): \(reason(of: error))"
    }

    /// What an error says, in a few words.
    static func reason(of error: any Error) -> String {
        (error as? HTTPClientError)?.shortDescription ?? String("\(error)".prefix(shownBytes))
    }
}

/// Why a server could not be asked.
private struct MetricFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

extension HTTPQuery {
    /// Adds a header unless the metric has set it itself.
    fileprivate mutating func add(_ name: String, _ value: String) {
        guard !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) else { return }
        headers.append(Header(name: name, value: value))
    }
}

extension Double {
    /// The number without a fraction of zero.
    fileprivate var text: String { self == rounded() ? String(Int(self)) : String(self) }
}

/// Answers nothing: what runs without a network asks no servers.
struct NoMetricServers: MetricSource {
    func answer(_ question: MetricQuestion) async -> MetricAnswer {
        .failure("no servers are asked here")
    }
}
