/// Finds something out once for all who ask for it at the same time.
actor SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
    private struct Flight {
        var task: Task<Void, Never>
        var waiting: [AsyncStream<Result<Value, any Error>>.Continuation] = []
    }

    private var flights: [Key: Flight] = [:]

    /// What `find` finds, or what is being found already for somebody who asked before; throws what it throws.
    func value(of key: Key, _ find: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (results, continuation) = AsyncStream<Result<Value, any Error>>.makeStream()
        if flights[key] == nil {
            // Apart from who asks: those who ask at the same time do not wait in vain where one of them gives up.
            flights[key] = Flight(task: Task { await land(key, find) })
        }
        flights[key]?.waiting.append(continuation)
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    /// Ends what is under way.
    func stop() {
        for flight in flights.values { flight.task.cancel() }
    }

    private func land(_ key: Key, _ find: @Sendable () async throws -> Value) async {
        let result: Result<Value, any Error>
        do {
            result = .success(try await find())
        } catch {
            result = .failure(error)
        }
        for continuation in flights.removeValue(forKey: key)?.waiting ?? [] {
            continuation.yield(result)
            continuation.finish()
        }
    }
}
