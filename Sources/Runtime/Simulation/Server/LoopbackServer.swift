import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import SystemPackage

/// An HTTP server on an address of this machine.
///
/// It is hummingbird's core: the framework above it would bring all of Foundation into the program.
struct LoopbackServer: Sendable {
    /// Answers a request.
    typealias Responder = @Sendable (Request) async -> Response

    let host: String
    let port: Int
    let respond: Responder

    /// Serves until the task is cancelled; a port of 0 is any that is free.
    func run(onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        var logger = Logger(label: "server")
        logger.logLevel = .critical
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, _ in
                let response = await respond(request)
                try await writer.write(response: response.head, body: response.body)
            },
            onServerRunning: { await onReady($0.localAddress?.port ?? port) })
        do {
            try await server.run()
        } catch let error as IOError {
            throw Failure(description: "cannot serve on \(host):\(port): \(Errno(rawValue: error.errnoCode))")
        }
    }

    /// An address that cannot be served on.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}

extension Response {
    /// A response with a text.
    init(_ status: Int, _ type: String, _ text: String, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = type
        self.init(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
