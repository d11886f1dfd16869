import HTTPTypes
import Hummingbird
import Logging
import ManifestKit
import NIOCore

/// The embedded cluster behind a port of this machine, for `kubectl` and other clients.
public struct APIServer: Sendable {
    /// Seconds between the marks that keep a quiet watch's version young.
    private static let bookmarkSeconds = 60
    /// The greatest body that is read, as an API server has it.
    private static let greatestBody = 3 << 20

    private let handler: APIHandler
    private let clock: any ClusterClock

    /// Puts a server in front of a cluster.
    public init(cluster: EmbeddedCluster) {
        handler = APIHandler(cluster: cluster)
        clock = cluster.clock
    }

    /// Serves on a loopback port, 0 for any that is free, until the task is cancelled.
    public func run(
        host: String = "127.0.0.1", port: Int, onReady: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        var logger = Logger(label: "api")
        logger.logLevel = .critical
        let application = Application(
            responder: Responder(server: self),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { await onReady($0.localAddress?.port ?? port) }, logger: logger)
        try await application.run()
    }

    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext
        let server: APIServer

        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            let body = try await request.body.collect(upTo: APIServer.greatestBody)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let parsed = APIRequest(
                method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
                body: Array(buffer: body))
            switch server.handler.respond(to: parsed) {
            case .json(let status, let value):
                return Self.response(status, "application/json", JSONWriter.text(value) + "\n")
            case .text(let status, let text): return Self.response(status, "text/plain", text)
            case .watch(let wanted, let seconds, let asTable, let sendsInitialEvents):
                return try server.watch(wanted, seconds, asTable, sendsInitialEvents)
            }
        }

        static func response(_ status: Int, _ type: String, _ text: String) -> Response {
            Response(
                status: HTTPResponse.Status(code: status), headers: [.contentType: type],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    // MARK: Watches

    private func watch(
        _ request: KubernetesRequest, _ seconds: Int, _ asTable: Bool, _ sendsInitialEvents: Bool
    ) throws -> Response {
        let cluster = handler.cluster
        guard let entry = cluster.catalog.entry(
            group: request.resource.group, version: request.resource.version, plural: request.resource.plural)
        else {
            return Responder.response(404, "application/json", "{}")
        }
        let lines = AsyncStream<WatchEvent>.makeStream()
        let stop: @Sendable () -> Void
        do throws(KubernetesFailure) {
            stop = try cluster.follow(request) { lines.continuation.yield($0) }
        } catch {
            // An expired version is told in the stream, as clients expect it there.
            let event = WatchEvent(.error, error.status)
            return Responder.response(200, "application/json", JSONWriter.text(event.json) + "\n")
        }
        if sendsInitialEvents {
            lines.continuation.yield(Self.bookmark(request, cluster.version, endsInitialEvents: true))
        }
        let printer = TablePrinter(entry: entry, now: clock.time)
        let body = ResponseBody { writer in
            let timer = Task {
                for _ in 0..<max(1, seconds / Self.bookmarkSeconds) {
                    try await Task.sleep(for: .seconds(min(seconds, Self.bookmarkSeconds)))
                    lines.continuation.yield(Self.bookmark(request, cluster.version))
                }
                lines.continuation.finish()
            }
            defer {
                timer.cancel()
                stop()
            }
            for await event in lines.stream {
                var event = event
                if asTable, event.kind != .bookmark { event.object = printer.table(event.object) }
                try await writer.write(ByteBuffer(string: JSONWriter.text(event.json) + "\n"))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private static func bookmark(
        _ request: KubernetesRequest, _ version: Int, endsInitialEvents: Bool = false
    ) -> WatchEvent {
        var metadata: JSONValue = ["resourceVersion": .string(String(version)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return WatchEvent(.bookmark, [
            "kind": .string(request.resource.kind), "apiVersion": .string(request.resource.apiVersion),
            "metadata": metadata,
        ])
    }
}
