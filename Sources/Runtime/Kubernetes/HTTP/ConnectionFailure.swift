import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import SystemPackage

/// A try to send a request that failed without a whole answer.
struct ConnectionFailure: Error {
    /// What callers are told.
    var failure: KubernetesFailure
    /// Whether it is certain that the request has not reached the server.
    var isUndone: Bool
    /// Whether the certificate of the server is what is wrong, and not that of the client.
    var concernsServer = false

    /// What an error of the HTTP client means.
    init(_ error: any Error, server: String, seconds: Double) {
        switch error {
        case let known as ConnectionFailure:
            self = known
        case let known as KubernetesFailure:
            self.init(known, isUndone: false)
        case is CancellationError:
            self = Self.cancelled
        case is TimeLimit.Exceeded:
            self = Self.late(server, seconds)
        case let error as HTTPClientError:
            self = Self.failure(error, server, seconds)
        case let error as NIOConnectionError:
            self.init(.unreachable, "cannot connect to \(server): \(Self.reason(error))", isUndone: true)
        case let error as IOError:
            let isUndone = Self.errorsOfConnecting.contains(Errno(rawValue: error.errnoCode))
            let what = isUndone ? "cannot connect to \(server)" : "the connection to \(server) broke"
            self.init(.unreachable, "\(what): \(Errno(rawValue: error.errnoCode))", isUndone: isUndone)
        case is NIOSSLError, is BoringSSLError:
            self = Self.securityFailure(error, server)
        case is NIOSSLExtraError:
            self.init(.untrusted, "the certificate of \(server) is for another name", isUndone: true)
            concernsServer = true
        case let error as NIOTooManyBytesError:
            self = Self.tooLarge(server, error.maxBytes)
        case let error as ResponseAccumulator.ResponseTooBigError:
            self = Self.tooLarge(server, error.maxBodySize)
        default:
            self.init(.unreachable, "the connection to \(server) broke: \(error)", isUndone: false)
        }
    }

    private init(_ failure: KubernetesFailure, isUndone: Bool) {
        self.failure = failure
        self.isUndone = isUndone
    }

    private init(_ reason: KubernetesFailure.Reason, _ message: String, isUndone: Bool) {
        self.init(KubernetesFailure(reason, message), isUndone: isUndone)
    }

    /// Errors that there can only be before the first byte is sent.
    private static let errorsOfConnecting: Set<Errno> = [
        .connectionRefused, .noRouteToHost, .networkUnreachable, .hostIsDown, .addressNotAvailable,
    ]

    private static let cancelled = ConnectionFailure(.cancelled, "the request was cancelled", isUndone: false)

    private static func tooLarge(_ server: String, _ bytes: Int?) -> ConnectionFailure {
        let limit = bytes.map { " of \($0) bytes" } ?? ""
        return ConnectionFailure(
            .answerTooLarge, "the answer of \(server) is over the limit\(limit)", isUndone: false)
    }

    private static func late(_ server: String, _ seconds: Double) -> ConnectionFailure {
        ConnectionFailure(
            .timeout, "\(server) has not answered within \(text(seconds)) seconds", isUndone: false)
    }

    private static func failure(_ error: HTTPClientError, _ server: String, _ seconds: Double) -> ConnectionFailure {
        switch error {
        case .cancelled, .alreadyShutdown: cancelled
        case .readTimeout, .writeTimeout, .deadlineExceeded: late(server, seconds)
        case .connectTimeout, .getConnectionFromPoolTimeout:
            ConnectionFailure(.unreachable, "cannot connect to \(server): no answer in time", isUndone: true)
        case .tlsHandshakeTimeout:
            ConnectionFailure(.unreachable, "\(server) does not finish the TLS handshake in time", isUndone: true)
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout, .invalidProxyResponse:
            ConnectionFailure(
                .unreachable, "the proxy does not connect to \(server): \(error.shortDescription)", isUndone: true)
        case .proxyAuthenticationRequired:
            ConnectionFailure(
                .unauthorized, "the proxy to \(server) asks for a user name and password; put them into its URL",
                isUndone: true)
        case .remoteConnectionClosed:
            ConnectionFailure(.unreachable, "\(server) closed the connection before it had answered", isUndone: false)
        default:
            ConnectionFailure(
                .unreachable, "the request to \(server) failed: \(error.shortDescription)", isUndone: false)
        }
    }

    private static func securityFailure(_ error: any Error, _ server: String) -> ConnectionFailure {
        // The library says what has happened in its description only.
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            var failure = ConnectionFailure(
                .untrusted, "the certificate of \(server) is not trusted", isUndone: true)
            failure.concernsServer = true
            return failure
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return ConnectionFailure(
                .untrusted, "\(server) does not speak TLS; is it meant to be http://?", isUndone: true)
        }
        if text.contains("ALERT") {
            return ConnectionFailure(
                .untrusted, "\(server) refuses the TLS connection, as it does where the client's certificate is "
                    + "missing, has expired, or is not one that it knows: \(text)", isUndone: true)
        }
        switch error as? NIOSSLError {
        case .uncleanShutdown:
            return ConnectionFailure(
                .unreachable, "\(server) closed the connection before it had answered", isUndone: false)
        case .handshakeFailed:
            return ConnectionFailure(.unreachable, "no TLS connection with \(server): \(text)", isUndone: true)
        default:
            return ConnectionFailure(.unreachable, "the TLS connection to \(server) broke: \(text)", isUndone: false)
        }
    }

    /// Why none of a host's addresses could be connected to.
    private static func reason(_ error: NIOConnectionError) -> String {
        if let failed = error.connectionErrors.first {
            let cause = (failed.error as? IOError).map { "\(Errno(rawValue: $0.errnoCode))" } ?? "\(failed.error)"
            return failed.error is ChannelError ? "no answer in time" : cause
        }
        return "the name \(error.host) cannot be resolved"
    }

    /// Seconds without a fraction that says nothing.
    static func text(_ seconds: Double) -> String {
        seconds.rounded() == seconds ? String(Int(seconds)) : String(seconds)
    }
}
