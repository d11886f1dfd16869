import ManifestKit
import NIOCore
import NIOPosix
import NIOSSL
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Finds out why a server's certificate does not count, which the TLS library does not say.
///
/// It connects once more, takes the certificate and breaks off before anything is sent.
struct CertificateDiagnosis: Sendable {
    /// Seconds for all of it.
    private static let seconds: Int64 = 5

    /// The server's host and port.
    var server: ServerAddress
    /// The name that the certificate has to be for.
    var name: String
    /// Whom it has to be signed by, in words.
    var authorities: String

    /// What is wrong with the certificate and what to do, or nil where nobody can tell.
    func run() async -> String? {
        guard let chain = try? await certificates(), let leaf = chain.first else { return nil }
        return problem(with: leaf, now: Date())
    }

    /// What is wrong with a certificate, at a moment.
    func problem(with certificate: Certificate, now: Date) -> String {
        let whose = "the certificate of \(server)"
        if certificate.notValidAfter < now {
            return "\(whose) has expired at \(Self.text(certificate.notValidAfter)); it has to be renewed on the "
                + "server, or the clock of this machine is wrong (it says \(Self.text(now)))"
        }
        if certificate.notValidBefore > now {
            return "\(whose) counts from \(Self.text(certificate.notValidBefore)) on only; the clock of this machine "
                + "is wrong (it says \(Self.text(now))), or that of whoever made the certificate"
        }
        let names = Self.names(of: certificate)
        if !names.contains(where: { Self.name($0, covers: name) }) {
            let list = names.isEmpty ? "no name at all" : names.prefix(10).joined(separator: ", ")
            return "\(whose) is for \(list), and not for \(name); use one of its names as the server, or as "
                + "tls-server-name in the kubeconfig's cluster"
        }
        return "\(whose) is not trusted: \"\(certificate.issuer)\" has signed it, and not \(authorities); put the "
            + "certificate of the authority that signs for this cluster into certificate-authority-data"
    }

    // MARK: Asking the server

    private func certificates() async throws -> [Certificate] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: configuration)
        let isAddress = ProxyEnvironment.bytes(of: name) != nil
        let sender = isAddress ? nil : name
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: [[UInt8]].self)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(Self.seconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: sender,
                        customVerificationCallback: { chain, verdict in
                            promise.succeed(chain.compactMap { try? $0.toDERBytes() })
                            verdict.succeed(.failed)
                        })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: server.host, port: server.port).get()
        } catch {
            promise.fail(error)
            throw error
        }
        channel.closeFuture.whenComplete { _ in promise.fail(ChannelError.eof) }
        channel.eventLoop.scheduleTask(in: .seconds(Self.seconds)) { channel.close(promise: nil) }
        let chain = try await promise.futureResult.get()
        channel.close(promise: nil)
        return try chain.map { try Certificate(derEncoded: $0) }
    }

    // MARK: Names

    /// The names and addresses that a certificate is for.
    private static func names(of certificate: Certificate) -> [String] {
        let names = (try? certificate.extensions.subjectAlternativeNames).flatMap { $0 }.map(Array.init) ?? []
        return names.compactMap { name in
            switch name {
            case .dnsName(let text): text
            case .ipAddress(let bytes): address(Array(bytes.bytes))
            default: nil
            }
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        guard bytes.count == 16 else { return nil }
        let parts = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        return parts.map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func name(_ pattern: String, covers name: String) -> Bool {
        if let address = ProxyEnvironment.bytes(of: name) { return ProxyEnvironment.bytes(of: pattern) == address }
        let (pattern, name) = (pattern.lowercased(), name.lowercased())
        guard pattern.hasPrefix("*."), let dot = name.firstIndex(of: ".") else { return pattern == name }
        return pattern.dropFirst() == name[dot...]
    }

    private static func text(_ date: Date) -> String {
        KubernetesTime(seconds: Int64(date.timeIntervalSince1970)).description
    }
}
