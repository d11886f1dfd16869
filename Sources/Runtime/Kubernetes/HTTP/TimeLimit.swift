/// Ends what takes too long.
enum TimeLimit {
    /// The time was over.
    struct Exceeded: Error {}

    /// Does something, and cancels it where it takes longer than some seconds.
    static func within<Result: Sendable>(
        _ seconds: Double, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw Exceeded() }
            return result
        }
    }
}
