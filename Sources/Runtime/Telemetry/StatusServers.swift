import HTTPTypes
import HummingbirdCore
import ManifestKit

/// Answers those who ask how a controller is: `/healthz` and `/readyz` on one port, `/metrics` on another.
struct StatusServers: Sendable {
    /// Where they are served.
    struct Addresses: Hashable, Sendable {
        /// The address; all of the machine's by default.
        var host = "0.0.0.0"
        /// The port of `/metrics`; nil for none, 0 for any that is free.
        var metricsPort: Int?
        /// The port of `/healthz` and `/readyz`; nil for none, 0 for any that is free.
        var healthPort: Int?
    }

    /// What an answer says.
    struct Answer: Hashable, Sendable {
        /// Whether all is well.
        var isGood: Bool
        /// What is wrong, or what is well.
        var text: String
    }

    let addresses: Addresses
    let isAlive: @Sendable () -> Answer
    let isReady: @Sendable () -> Answer
    let metrics: @Sendable () -> String

    /// Serves until the task is cancelled; throws where a port cannot be had.
    func run(onReady: @escaping @Sendable (_ what: String, _ port: Int) async -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let port = addresses.metricsPort {
                group.addTask {
                    try await LoopbackServer(host: addresses.host, port: port, respond: respondWithMetrics)
                        .run { await onReady("metrics", $0) }
                }
            }
            if let port = addresses.healthPort {
                group.addTask {
                    try await LoopbackServer(host: addresses.host, port: port, respond: respondWithHealth)
                        .run { await onReady("health", $0) }
                }
            }
            defer { group.cancelAll() }
            // Neither ends by itself: the first that does has failed.
            try await group.next()
        }
    }

    @Sendable private func respondWithMetrics(to request: Request, of _: LoopbackServer.Client) async -> Response {
        guard Self.path(of: request) == "/metrics" else { return Self.notFound }
        guard Self.isRead(request) else { return Self.notAllowed }
        return Response(200, PrometheusText.mediaType, metrics())
    }

    @Sendable private func respondWithHealth(to request: Request, of _: LoopbackServer.Client) async -> Response {
        let answer: Answer
        switch Self.path(of: request) {
        case "/healthz", "/livez": answer = isAlive()
        case "/readyz": answer = isReady()
        default: return Self.notFound
        }
        guard Self.isRead(request) else { return Self.notAllowed }
        return Response(answer.isGood ? 200 : 503, "text/plain; charset=utf-8", answer.text + "\n")
    }

    private static let notFound = Response(404, "text/plain; charset=utf-8", "there is nothing here\n")
    private static let notAllowed = Response(405, "text/plain; charset=utf-8", "only GET is answered\n")

    private static func isRead(_ request: Request) -> Bool { request.method == .get || request.method == .head }

    private static func path(of request: Request) -> String {
        String((request.head.path ?? "/").prefix { $0 != "?" })
    }
}
