import HTTPTypes
import HummingbirdCore
import ManifestKit
import NIOCore
import NIOSSL

/// The embedded cluster behind a port of this machine, for `kubectl` and other clients.
public struct APIServer: Sendable {
    /// The greatest body that is read, as an API server has it.
    private static let greatestBody = 3 << 20

    private let handler: APIHandler
    private let certificates: CertificateAuthority?

    /// Puts a server in front of a cluster, which lets everybody in.
    public init(cluster: EmbeddedCluster) { self.init(APIHandler(cluster: cluster)) }

    /// Puts a server in front of a handler, with TLS where there is an authority for its certificate.
    init(_ handler: APIHandler, certificates: CertificateAuthority? = nil) {
        self.handler = handler
        self.certificates = certificates
    }

    /// Serves on a loopback port, 0 for any that is free, until the task is cancelled.
    public func run(
        host: String = "127.0.0.1", port: Int, onReady: @escaping @Sendable (_ port: Int) async -> Void
    ) async throws {
        let security = try certificates.map { try TLSConfiguration.server(of: $0) }
        try await LoopbackServer(host: host, port: port, security: security, respond: respond).run(onReady: onReady)
    }

    @Sendable private func respond(to request: Request, _ client: LoopbackServer.Client) async -> Response {
        var body = ByteBuffer()
        // A watch needs the body unread: it tells when the client goes away.
        if request.method != .get {
            do { body = try await request.body.collect(upTo: Self.greatestBody) } catch {
                let failure = KubernetesFailure(.badRequest, "the body of the request is too large or incomplete")
                return Self.response(413, failure.status)
            }
        }
        var headers: [String: String] = [:]
        for field in request.headers {
            // Fields of one name are one list.
            let name = field.name.canonicalName
            headers[name] = headers[name].map { $0 + "," + field.value } ?? field.value
        }
        var parsed = APIRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
            body: Array(buffer: body))
        if headers["authorization"] == nil, let certificate = await client.certificate() {
            parsed.certificateUser = CertificateAuthority.user(derEncoded: certificate)
        }
        switch handler.respond(to: parsed) {
        case .json(let status, let value, let warnings): return Self.response(status, value, warnings)
        case .text(let status, let text): return Response(status, "text/plain", text)
        case .watch(let wanted, let settings): return watch(wanted, settings, parsed, request.body)
        }
    }

    private static func response(_ status: Int, _ value: JSONValue, _ warnings: [String] = []) -> Response {
        var headers = HTTPFields()
        if let name = HTTPField.Name("Warning"), !warnings.isEmpty {
            headers[values: name] = warnings.map { "299 - " + JSONWriter.quoted($0) }
        }
        return Response(status, "application/json", JSONWriter.text(value) + "\n", headers: headers)
    }

    private func watch(
        _ wanted: KubernetesRequest, _ settings: WatchSettings, _ request: APIRequest, _ requestBody: RequestBody
    ) -> Response {
        let stream: WatchStream
        do throws(KubernetesFailure) {
            stream = try WatchStream(handler.cluster, wanted, settings, request)
        } catch {
            // An expired version is told in the stream, as clients expect it there.
            let isExpired = error.reason == .expired
            return Self.response(
                isExpired ? 200 : error.reason.code, isExpired ? WatchEvent(.error, error.status).json : error.status)
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

extension TLSConfiguration {
    /// What a server on this machine speaks: its certificate is the authority's, and so are those of its clients, as
    /// far as they have any.
    static func server(of authority: CertificateAuthority) throws -> TLSConfiguration {
        let own = try authority.serverIdentity()
        let certificate = try NIOSSLCertificate(bytes: Array(own.certificate.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(own.key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        let root = try NIOSSLCertificate(bytes: Array(try authority.identity.certificate.utf8), format: .pem)
        configuration.trustRoots = .certificates([root])
        configuration.certificateVerification = .optionalVerification
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
