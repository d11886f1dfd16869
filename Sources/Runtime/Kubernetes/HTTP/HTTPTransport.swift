import AsyncHTTPClient
import ManifestKit
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends requests to an API server over HTTP.
struct HTTPTransport: ClusterTransport {
    /// The limits within which it works.
    struct Settings: Sendable {
        /// Seconds for one try of a request, and until a watch begins.
        var requestSeconds = 30.0
        /// Seconds for making a connection.
        var connectSeconds = 10.0
        /// Seconds after which a server ends a watch; each watch gets one from this range.
        var watchSeconds = 300...600
        /// Seconds after its time that a watch is ended where the server does not.
        var watchSlack = 30.0
        /// Seconds in which a watch tells nothing, not even that nothing has changed, after which it is ended.
        var silentSeconds = 240.0
        /// Bytes of an answer that are read.
        var greatestAnswer = 256 << 20
        /// Bytes of a line of a watch that are read.
        var greatestLine = 16 << 20
        /// Connections for requests; each watch has one besides.
        var connections = 16
        /// When requests are sent again.
        var retries = RetryPolicy()
        /// Requests a second.
        var rate = 50.0
        /// Requests at once after a quiet time.
        var burst = 100
        /// The variables that credential programs get.
        var environment: [String: String] = [:]
        /// What the client calls itself.
        var userAgent = "rollout-render"
        /// Is told of each request.
        var onRequest: @Sendable (RequestRecord) -> Void = { _ in }
    }

    /// What came back: the head, and the bytes of the body.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: ByteBuffer
    }

    let access: ClusterAccess
    let settings: Settings
    private let requests: HTTPClient
    let watches: HTTPClient
    let credentials: CredentialSource
    let limiter: RequestLimiter
    private let loop: LoopExecutor

    var executor: (any TaskExecutor)? { loop }

    private init(
        _ access: ClusterAccess, _ settings: Settings, requests: HTTPClient, watches: HTTPClient, loop: LoopExecutor
    ) {
        self.loop = loop
        self.access = access
        self.settings = settings
        self.requests = requests
        self.watches = watches
        credentials = CredentialSource(access: access, environment: settings.environment)
        limiter = RequestLimiter(rate: settings.rate, burst: settings.burst)
    }

    /// Does something with a cluster; whatever came of it, no connection is open after it.
    static func with<Result: Sendable>(
        _ access: ClusterAccess, _ settings: Settings = Settings(), _ body: (HTTPTransport) async throws -> Result
    ) async throws -> Result {
        let (access, plain) = try await NIOThreadPool.singleton.runIfActive {
            let loaded = try access.loaded()
            return (loaded, try configuration(loaded, settings))
        }
        var following = plain
        // No watch must wait for the end of another one.
        following.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1 << 16
        following.timeout.read = .milliseconds(Int64(settings.silentSeconds * 1000))
        // Not the library's own function for this: it gives up the result where closing fails.
        let loop = LoopExecutor()
        let requests = HTTPClient(eventLoopGroup: loop.loop, configuration: plain)
        let watches = HTTPClient(eventLoopGroup: loop.loop, configuration: following)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(
                HTTPTransport(access, settings, requests: requests, watches: watches, loop: loop)))
        } catch {
            outcome = .failure(error)
        }
        try? await requests.shutdown()
        try? await watches.shutdown()
        return try outcome.get()
    }

    private static func configuration(
        _ access: ClusterAccess, _ settings: Settings
    ) throws(KubeconfigError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: access.server.isSecure ? try ConnectionSecurity.configuration(for: access) : nil,
            // A redirect would take the credentials to somebody else.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(Int64(settings.connectSeconds * 1000))),
            decompression: .disabled)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connections
        configuration.connectionPool.retryConnectionEstablishment = false
        // Sooner than a server or a load balancer would: a write on a connection that is just being closed is lost.
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        if let name = access.serverName { configuration.dnsOverride = [name: access.server.host] }
        if let proxy = access.proxy { configuration.proxy = Self.proxy(proxy) }
        return configuration
    }

    private static func proxy(_ address: ServerAddress) -> HTTPClient.Configuration.Proxy {
        if address.scheme.hasPrefix("socks") { return .socksServer(host: address.host, port: address.port) }
        guard let userInfo = address.userInfo else { return .server(host: address.host, port: address.port) }
        let parts = userInfo.split(separator: ":", maxSplits: 1).map { $0.percentDecoded }
        return .server(
            host: address.host, port: address.port,
            authorization: .basic(username: parts.first ?? "", password: parts.count > 1 ? parts[1] : ""))
    }

    // MARK: Requests

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let start = ContinuousClock.now
        var attempt = 1
        while true {
            do throws(ConnectionFailure) {
                return try await answer(to: request)
            } catch {
                let delay = settings.retries.delay(
                    after: attempt, elapsed: RequestLimiter.seconds(since: start), error.failure,
                    isUndone: error.isUndone, of: request, chance: Double.random(in: 0..<1))
                guard let delay else { throw error.failure }
                guard (try? await Task.sleep(for: .seconds(delay))) != nil else {
                    throw failure(CancellationError(), of: request).failure
                }
                attempt += 1
            }
        }
    }

    /// Sends a request, and once more where the credentials were out of date.
    private func answer(to request: KubernetesRequest) async throws(ConnectionFailure) -> JSONValue {
        let wire = WireRequest(request)
        let proof = try await proof()
        do throws(ConnectionFailure) {
            return try await answer(to: request, wire, proof)
        } catch {
            guard error.failure.reason == .unauthorized, try await isReplaced(proof) else {
                throw await diagnosed(error)
            }
            return try await answer(to: request, wire, try await self.proof())
        }
    }

    private func answer(
        to request: KubernetesRequest, _ wire: WireRequest, _ proof: CredentialSource.Proof
    ) async throws(ConnectionFailure) -> JSONValue {
        let answer: Answer
        do {
            if !request.isUrgent { try await limiter.wait() }
            answer = try await exchange(request, wire, proof)
        } catch {
            throw failure(error, of: request)
        }
        let result = Self.json(answer.body)
        guard 200..<300 ~= answer.status else {
            throw failure(Self.failure(answer, try? result.get(), request), of: request)
        }
        do {
            return try result.get()
        } catch {
            let text = KubernetesFailure.excerpt(Self.beginning(of: answer))
            throw failure(
                KubernetesFailure(
                    .malformedAnswer, "\(access.server) answered \(request.summary) with what is no JSON: \(text)"),
                of: request)
        }
    }

    /// Sends a request and reads the whole answer.
    private func exchange(
        _ request: KubernetesRequest, _ wire: WireRequest, _ proof: CredentialSource.Proof
    ) async throws -> Answer {
        let message = try message(wire, proof)
        let start = ContinuousClock.now
        // Here and not earlier: it may have waited for its turn, or for another try.
        if !request.isReading { try WritePermit.check() }
        do {
            // Of connections for watches there is always another one.
            let answer = try await answer(to: message, by: request.isUrgent ? watches : requests)
            record(request.right, request, code: answer.status, since: start)
            return answer
        } catch {
            record(request.right, request, code: 0, since: start)
            throw error
        }
    }

    /// By the client's futures: they need one wake-up for a request, where its asynchronous functions need several.
    private func answer(to message: HTTPClient.Request, by client: HTTPClient) async throws -> Answer {
        let deadline = NIODeadline.now() + .milliseconds(Int64(settings.requestSeconds * 1000))
        let body = ResponseAccumulator(request: message, maxBodySize: settings.greatestAnswer)
        let exchange = client.execute(request: message, delegate: body, eventLoop: .indifferent, deadline: deadline)
        let response = try await withTaskCancellationHandler {
            try await exchange.futureResult.get()
        } onCancel: {
            exchange.cancel()
        }
        try Task.checkCancellation()
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: response.body ?? ByteBuffer())
    }

    private func message(_ wire: WireRequest, _ proof: CredentialSource.Proof) throws -> HTTPClient.Request {
        try HTTPClient.Request(
            url: address(of: wire), method: HTTPMethod(rawValue: wire.method), headers: headers(wire, proof),
            body: wire.body.map { .byteBuffer(ByteBuffer(string: JSONWriter.text($0))) },
            tlsConfiguration: proof.security)
    }

    /// A request whose answer is read part by part.
    func watchMessage(_ wire: WireRequest, _ proof: CredentialSource.Proof) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: address(of: wire))
        message.method = HTTPMethod(rawValue: wire.method)
        message.headers = headers(wire, proof)
        message.tlsConfiguration = proof.security
        return message
    }

    private func address(of wire: WireRequest) -> String {
        var server = access.server
        if let name = access.serverName { server.host = name }
        return server.description + wire.path
    }

    private func headers(_ wire: WireRequest, _ proof: CredentialSource.Proof) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for (name, value) in wire.headers { headers.add(name: name, value: value) }
        headers.add(name: "Host", value: access.server.authority)
        headers.add(name: "User-Agent", value: settings.userAgent)
        if let authorization = proof.authorization { headers.add(name: "Authorization", value: authorization) }
        if let other = access.impersonation {
            for (name, value) in other.headers { headers.add(name: name, value: value) }
        }
        return headers
    }

    func proof() async throws(ConnectionFailure) -> CredentialSource.Proof {
        do throws(KubernetesFailure) { return try await credentials.proof() } catch { throw failure(error) }
    }

    func isReplaced(_ proof: CredentialSource.Proof) async throws(ConnectionFailure) -> Bool {
        do throws(KubernetesFailure) { return try await credentials.isReplaced(proof) } catch { throw failure(error) }
    }

    func record(
        _ verb: String, _ request: KubernetesRequest, code: Int, since start: ContinuousClock.Instant
    ) {
        settings.onRequest(RequestRecord(
            verb: verb, resource: request.resource, subresource: request.subresource, namespace: request.namespace,
            name: request.name, code: code, seconds: RequestLimiter.seconds(since: start)))
    }

    // MARK: Failures

    /// The failure with where refused credentials come from, or why a certificate does not count.
    func diagnosed(_ error: ConnectionFailure) async -> ConnectionFailure {
        if error.failure.reason == .unauthorized {
            var error = error
            error.failure.message += "; they come from \(access.origin)"
            return error
        }
        guard error.failure.reason == .untrusted, error.concernsServer, access.proxy == nil else { return error }
        let authorities = access.trust == .system
            ? "an authority that this machine knows" : "the certificate-authority of \(access.origin)"
        let diagnosis = CertificateDiagnosis(
            server: access.server, name: access.serverName ?? access.server.host, authorities: authorities)
        guard let problem = await diagnosis.run() else { return error }
        var error = error
        error.failure.message = problem
        return error
    }

    func failure(
        _ error: any Error, of request: KubernetesRequest? = nil, verb: String? = nil
    ) -> ConnectionFailure {
        var result = ConnectionFailure(
            Task.isCancelled ? CancellationError() : error, server: "\(access.server)",
            seconds: settings.requestSeconds)
        if let request {
            result.failure.resource = request.resource
            result.failure.name = result.failure.name ?? request.name
            result.failure.verb = verb ?? request.right
        }
        return result
    }

    static func failure(
        _ answer: Answer, _ body: JSONValue?, _ request: KubernetesRequest
    ) -> KubernetesFailure {
        let wait = answer.headers.first(name: "Retry-After").flatMap { Int($0) }
        let text = body == nil ? beginning(of: answer) : ""
        return KubernetesFailure(answer: answer.status, body: body, text: text, retryAfter: wait, to: request)
    }

    /// As much of an answer as a message may need.
    private static func beginning(of answer: Answer) -> String {
        String(decoding: answer.body.readableBytesView.prefix(4096), as: UTF8.self)
    }

    static func json(_ body: ByteBuffer) -> Result<JSONValue, JSONReader.Failure> {
        body.withUnsafeReadableBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { bytes in
                do throws(JSONReader.Failure) {
                    return .success(try JSONReader.value(in: bytes))
                } catch {
                    return .failure(error)
                }
            }
        }
    }
}
