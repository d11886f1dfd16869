/// Keeps the tokens of OAuth2 until shortly before they are over.
///
/// However many ask for the same token at once, one request is under way for them.
actor TokenCache {
    /// Who wants a token, and from where.
    struct Key: Hashable, Sendable {
        var address: String
        var id: String
        var secret: String
        var scopes: [String]
    }

    /// A token and how long it holds.
    struct Token: Sendable {
        var text: String
        var seconds: Double
    }

    private struct Flight {
        var task: Task<Void, Never>
        var waiting: [AsyncStream<Result<String, any Error>>.Continuation] = []
    }

    /// How many tokens are kept.
    private static let limit = 256
    private var tokens: [Key: (text: String, end: ContinuousClock.Instant)] = [:]
    private var flights: [Key: Flight] = [:]

    /// A token that still holds, fetched if there is none and nobody fetches it yet.
    func token(for key: Key, fetch: @escaping @Sendable () async throws -> Token) async throws -> String {
        if let known = tokens[key], known.end > .now { return known.text }
        let (results, continuation) = AsyncStream<Result<String, any Error>>.makeStream()
        if flights[key] == nil {
            // Apart from who asks: those who ask at the same time do not wait in vain where one of them gives up.
            flights[key] = Flight(task: Task { await land(key, fetch) })
        }
        flights[key]?.waiting.append(continuation)
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    /// Ends what is under way.
    func stop() {
        for flight in flights.values { flight.task.cancel() }
    }

    private func land(_ key: Key, _ fetch: @Sendable () async throws -> Token) async {
        let result: Result<String, any Error>
        do {
            let token = try await fetch()
            if tokens.count >= Self.limit { tokens = [:] }
            tokens[key] = (token.text, .now + .seconds(max(0, token.seconds * 0.9 - 5)))
            result = .success(token.text)
        } catch {
            result = .failure(error)
        }
        for continuation in flights.removeValue(forKey: key)?.waiting ?? [] {
            continuation.yield(result)
            continuation.finish()
        }
    }
}
