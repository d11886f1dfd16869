import HTTPTypes
import Hummingbird
import Logging
import ManifestKit
import NIOCore

/// The embedded cluster behind a port of this machine, for `kubectl` and other clients.
public struct APIServer: Sendable {
    /// The greatest body that is read, as an API server has it.
    private static let greatestBody = 3 << 20

    private let handler: APIHandler

    /// Puts a server in front of a cluster.
    public init(cluster: EmbeddedCluster) { handler = APIHandler(cluster: cluster) }

    /// Serves on a loopback port, 0 for any that is free, until the task is cancelled.
    public func run(
        host: String = "127.0.0.1", port: Int, onReady: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        var logger = Logger(label: "api")
        logger.logLevel = .critical
        let application = Application(
            responder: Responder(handler: handler),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { await onReady($0.localAddress?.port ?? port) }, logger: logger)
        try await application.run()
    }

    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext
        let handler: APIHandler

        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            var body = ByteBuffer()
            // A watch needs the body unread: it tells when the client goes away.
            if request.method != .get { body = try await request.body.collect(upTo: APIServer.greatestBody) }
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let parsed = APIRequest(
                method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
                body: Array(buffer: body))
            switch handler.respond(to: parsed) {
            case .json(let status, let value, let warnings):
                return Self.response(status, "application/json", JSONWriter.text(value) + "\n", warnings)
            case .text(let status, let text): return Self.response(status, "text/plain", text)
            case .watch(let wanted, let settings): return watch(wanted, settings, parsed, request.body)
            }
        }

        static func response(_ status: Int, _ type: String, _ text: String, _ warnings: [String] = []) -> Response {
            var headers: HTTPFields = [.contentType: type]
            if let name = HTTPField.Name("Warning"), !warnings.isEmpty {
                headers[values: name] = warnings.map { "299 - " + JSONWriter.quoted($0) }
            }
            return Response(
                status: HTTPResponse.Status(code: status), headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }

        private func watch(
            _ wanted: KubernetesRequest, _ settings: WatchSettings, _ request: APIRequest, _ requestBody: RequestBody
        ) -> Response {
            let stream: WatchStream
            do throws(KubernetesFailure) {
                stream = try WatchStream(handler.cluster, wanted, settings, request)
            } catch {
                // An expired version is told in the stream, as clients expect it there.
                guard error.reason == .expired else {
                    return Self.response(error.reason.code, "application/json", JSONWriter.text(error.status) + "\n")
                }
                let event = WatchEvent(.error, error.status)
                return Self.response(200, "application/json", JSONWriter.text(event.json) + "\n")
            }
            let body = ResponseBody { writer in
                do {
                    try await requestBody.consumeWithInboundCloseHandler { _ in
                        try await stream.run { try await writer.write(ByteBuffer(string: $0)) }
                    } onInboundClosed: {
                        stream.stop()
                    }
                } catch {
                    stream.stop()
                    throw error
                }
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
        }
    }
}
