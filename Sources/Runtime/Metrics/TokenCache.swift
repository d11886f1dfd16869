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

    /// How many tokens are kept.
    private static let limit = 256
    private var tokens: [Key: (text: String, end: ContinuousClock.Instant)] = [:]
    private nonisolated let flights = SingleFlight<Key, String>()

    /// A token that still holds, fetched if there is none and nobody fetches it yet.
    func token(for key: Key, fetch: @escaping @Sendable () async throws -> Token) async throws -> String {
        if let known = known(key) { return known }
        return try await flights.value(of: key) { [self] in
            // Somebody else may have fetched it before this flight began.
            if let known = await known(key) { return known }
            return await keep(try await fetch(), for: key)
        }
    }

    /// Ends what is under way.
    nonisolated func stop() async { await flights.stop() }

    private func known(_ key: Key) -> String? { tokens[key].flatMap { $0.end > .now ? $0.text : nil } }

    private func keep(_ token: Token, for key: Key) -> String {
        if tokens.count >= Self.limit { tokens = [:] }
        tokens[key] = (token.text, .now + .seconds(max(0, token.seconds * 0.9 - 5)))
        return token.text
    }
}
