import ManifestKit

/// Requests to AWS: each has its time, and is sent again where that may help.
struct AWSExchange: Sendable {
    /// Who is asked, as failures name it.
    var name: String
    /// What a failure says where nothing comes back.
    var silence: String
    /// How often a request is sent at the most.
    var mostAttempts: Int
    /// Whether the times between two attempts are not the same for all who ask.
    var variesDelays = false

    /// The longest time between two attempts, in milliseconds.
    private static let longestDelay = 5_000

    /// Sends, and sends again each time after a longer while, until what comes back within some seconds can be read or
    /// it is no use to go on.
    func answer<Result: Sendable>(
        within seconds: Double, _ send: @escaping @Sendable () async throws -> MetricAnswer,
        reading: (Int, String) throws(AWSFailure) -> Result
    ) async throws(AWSFailure) -> Result {
        var attempt = 1
        while true {
            do throws(AWSFailure) {
                let (status, body) = try await answer(within: seconds, send)
                return try reading(status, body)
            } catch {
                guard error.isTransient, attempt < mostAttempts else { throw error }
            }
            try await rest(after: attempt)
            attempt += 1
        }
    }

    private func answer(
        within seconds: Double, _ send: @escaping @Sendable () async throws -> MetricAnswer
    ) async throws(AWSFailure) -> (status: Int, body: String) {
        do {
            guard case .http(let status, _, let body) = try await TimeLimit.within(seconds, send) else {
                throw AWSFailure(silence)
            }
            return (status, body)
        } catch let failure as AWSFailure {
            throw failure
        } catch is TimeLimit.Exceeded {
            throw AWSFailure("\(silence) within \(Int(seconds.rounded(.up))) seconds")
        } catch is CancellationError {
            throw Self.brokenOff
        } catch {
            throw AWSFailure("cannot reach \(name): \(MetricClient.reason(of: error))", isTransient: true)
        }
    }

    private func rest(after attempt: Int) async throws(AWSFailure) {
        let most = min(Self.longestDelay, 100 << attempt)
        do {
            try await Task.sleep(for: .milliseconds(variesDelays ? Int.random(in: most / 2...most) : most))
        } catch {
            throw Self.brokenOff
        }
    }

    private static let brokenOff = AWSFailure("it was broken off")
}
