import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import SystemPackage

/// An HTTP server on an address of this machine.
///
/// It is hummingbird's core: the framework above it would bring all of Foundation into the program.
struct LoopbackServer: Sendable {
    /// Answers a request.
    typealias Responder = @Sendable (Request, Client) async -> Response

    /// The other end of a connection.
    struct Client: Sendable {
        fileprivate let channel: any Channel
        fileprivate let isSecure: Bool

        /// The certificate that the client has shown, as DER; nil where it has none.
        func certificate() async -> [UInt8]? {
            guard isSecure else { return nil }
            let certificate = try? await channel.nioSSL_peerCertificate().get()
            return try? certificate?.toDERBytes()
        }
    }

    let host: String
    let port: Int
    /// What it speaks where it speaks TLS.
    var security: TLSConfiguration?
    let respond: Responder

    /// Serves until the task is cancelled; a port of 0 is any that is free.
    func run(onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        let isSecure = security != nil
        let plain = HTTP1Channel(responder: { request, writer, channel in
            let response = await respond(request, Client(channel: channel, isSecure: isSecure))
            try await writer.write(response: response.head, body: response.body)
        })
        if let security {
            try await serve(TLSChannel(plain, tlsConfiguration: security), onReady)
        } else {
            try await serve(plain, onReady)
        }
    }

    private func serve(
        _ channel: some ServerChildChannel, _ onReady: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        var logger = Logger(label: "server")
        logger.logLevel = .critical
        let connections = AcceptedConnections(channel)
        defer { connections.end() }
        let server = connections.server(
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { await onReady($0.localAddress?.port ?? port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
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
