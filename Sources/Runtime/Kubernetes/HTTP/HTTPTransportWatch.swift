import AsyncHTTPClient
import ManifestKit
import NIOCore

extension HTTPTransport {
    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<WatchEvent, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(100_000))
        let stop = subscribe(
            request,
            onEvent: { event in
                guard case .dropped = continuation.yield(event) else { return }
                continuation.finish(throwing: KubernetesFailure(.expired, "the watch was read too slowly"))
            },
            onEnd: { failure in continuation.finish(throwing: failure) })
        continuation.onTermination = { _ in stop() }
        return stream
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        let task = Task(executorPreference: executor) {
            do throws(ConnectionFailure) {
                try await follow(request, onEvent)
                if !Task.isCancelled { onEnd(nil) }
            } catch {
                if !Task.isCancelled { onEnd(error.failure) }
            }
        }
        return { task.cancel() }
    }

    /// Follows changes until the watch ends, and begins once more where the credentials were out of date.
    private func follow(
        _ request: KubernetesRequest, _ onEvent: @escaping @Sendable (WatchEvent) -> Void
    ) async throws(ConnectionFailure) {
        let proof = try await proof()
        do throws(ConnectionFailure) {
            try await follow(request, proof, onEvent)
        } catch {
            guard error.failure.reason == .unauthorized, try await isReplaced(proof) else {
                throw await diagnosed(error)
            }
            try await follow(request, try await self.proof(), onEvent)
        }
    }

    private func follow(
        _ request: KubernetesRequest, _ proof: CredentialSource.Proof,
        _ onEvent: @escaping @Sendable (WatchEvent) -> Void
    ) async throws(ConnectionFailure) {
        let seconds = Int.random(in: settings.watchSeconds)
        let message = watchMessage(WireRequest(watching: request, seconds: seconds), proof)
        do {
            try await limiter.wait()
            let response = try await begin(request, message)
            try await TimeLimit.within(Double(seconds) + settings.watchSlack) {
                var lines = WatchLines(greatestLine: settings.greatestLine)
                for try await part in response.body {
                    for event in try lines.take(part) {
                        try Task.checkCancellation()
                        onEvent(event)
                    }
                }
                try Task.checkCancellation()
                if lines.isCut { throw HTTPClientError.remoteConnectionClosed }
            }
        } catch {
            throw failure(watchFailure(error, seconds: seconds), of: request, verb: "watch")
        }
    }

    /// Waits until the server begins to answer.
    private func begin(_ request: KubernetesRequest, _ message: HTTPClientRequest) async throws -> HTTPClientResponse {
        let start = ContinuousClock.now
        let response: HTTPClientResponse
        do {
            let deadline = NIODeadline.now() + .milliseconds(Int64(settings.requestSeconds * 1000))
            response = try await watches.execute(message, deadline: deadline)
        } catch {
            record("watch", request, code: 0, since: start)
            throw error
        }
        let status = Int(response.status.code)
        record("watch", request, code: status, since: start)
        guard 200..<300 ~= status else {
            let body = try await response.body.collect(upTo: 1 << 20)
            throw Self.failure(
                Answer(status: status, headers: response.headers, body: body), try? Self.json(body).get(), request)
        }
        return response
    }

    /// What an error in the middle of a watch means.
    private func watchFailure(_ error: any Error, seconds: Int) -> any Error {
        switch error {
        case is TimeLimit.Exceeded:
            KubernetesFailure(
                .timeout, "\(access.server) has not ended a watch after the \(seconds) seconds that it was asked for")
        case let error as HTTPClientError where error == .readTimeout:
            KubernetesFailure(
                .timeout,
                "\(access.server) has told nothing on a watch for \(ConnectionFailure.text(settings.silentSeconds)) "
                    + "seconds")
        case WatchLines.Failure.tooLong(let limit):
            KubernetesFailure(.answerTooLarge, "a line of a watch of \(access.server) is over \(limit) bytes")
        case WatchLines.Failure.malformed(let what):
            KubernetesFailure(.malformedAnswer, "a line of a watch of \(access.server) cannot be read: \(what)")
        default: error
        }
    }
}
