import Foundation
import ManifestKit
import NIOSSL
import Synchronization
import Testing

@testable import RolloutRuntime

/// TLS between the client and a server: who is trusted, and what is said where somebody is not.
@Suite(.timeLimit(.minutes(5))) struct HTTPSecurityTests {
    /// Sends a request to a server with a certificate; how it fails, or nil.
    static func failure(
        _ tls: TLSConfiguration?, trust: ClusterAccess.Trust, serverName: String? = nil, host: String = "127.0.0.1",
        certificate: ClusterAccess.ClientCertificate? = nil, scheme: String = "https"
    ) async throws -> KubernetesFailure? {
        try await FaultServer.with(tls: tls) { _ in [.answer(200)] } _: { server, port in
            var access = try HTTPTransportTests.access("\(scheme)://\(host):\(port)")
            access.trust = trust
            access.serverName = serverName
            access.certificate = certificate
            var settings = HTTPFaultTests.settings
            settings.retries.attempts = 1
            let failure = try await HTTPTransport.with(access, settings) { transport in
                await HTTPFaultTests.failure(transport, HTTPFaultTests.get)
            }
            #expect(server.requests.count == (failure == nil ? 1 : 0))
            if failure == nil {
                #expect(server.requests.first?.headers["host"] == "\(host):\(port)")
            }
            return failure
        }
    }

    static func trust(_ authority: TestAuthority) -> ClusterAccess.Trust {
        .authorities(.bytes(Array(authority.certificate.utf8)))
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func whoIsTrustedIsSpokenTo(_ name: String) async throws {
        let authority = try TestAuthority()
        let tls = try authority.identity([name]).serverSettings()
        #expect(try await Self.failure(tls, trust: Self.trust(authority), host: name) == nil)
    }

    @Test func theNameCanBeAnother() async throws {
        let authority = try TestAuthority()
        let tls = try authority.identity(["kubernetes.default.svc"]).serverSettings()
        let trust = Self.trust(authority)
        #expect(try await Self.failure(tls, trust: trust, serverName: "kubernetes.default.svc") == nil)
        let failure = try await Self.failure(tls, trust: trust)
        #expect(failure?.reason == .untrusted)
        #expect(
            failure?.message.contains("is for kubernetes.default.svc, and not for 127.0.0.1; use one of its names") == true,
            "\(failure?.message ?? "none")")
        let other = try await Self.failure(tls, trust: trust, host: "localhost")
        #expect(other?.message.contains("and not for localhost") == true, "\(other?.message ?? "none")")
    }

    @Test func anUnknownAuthorityIsSaid() async throws {
        let tls = try TestAuthority("Another authority").identity(["127.0.0.1"]).serverSettings()
        let failure = try await Self.failure(tls, trust: Self.trust(try TestAuthority()))
        #expect(failure?.reason == .untrusted)
        #expect(
            failure?.message.contains("\"CN=Another authority\" has signed it, and not the certificate-authority of a test")
                == true, "\(failure?.message ?? "none")")
        #expect(try await Self.failure(tls, trust: .system)?.message.contains("that this machine knows") == true)
        #expect(try await Self.failure(tls, trust: .anything) == nil)
    }

    @Test func timesAreSaid() async throws {
        let authority = try TestAuthority()
        let old = try authority.identity(["127.0.0.1"], from: -7200, to: -3600).serverSettings()
        let expired = try await Self.failure(old, trust: Self.trust(authority))
        #expect(expired?.reason == .untrusted)
        #expect(expired?.message.contains("has expired at ") == true, "\(expired?.message ?? "none")")
        let young = try authority.identity(["127.0.0.1"], from: 3600, to: 7200).serverSettings()
        let early = try await Self.failure(young, trust: Self.trust(authority))
        #expect(early?.message.contains("the clock of this machine is wrong") == true, "\(early?.message ?? "none")")
    }

    @Test func aClientShowsItsCertificate() async throws {
        let authority = try TestAuthority()
        let tls = try authority.identity(["127.0.0.1"]).serverSettings(clientsOf: authority)
        let me = try authority.identity(["me"])
        let certificate = ClusterAccess.ClientCertificate(
            chain: .bytes(Array(me.certificate.utf8)), key: .bytes(Array(me.key.utf8)))
        #expect(try await Self.failure(tls, trust: Self.trust(authority), certificate: certificate) == nil)
        let none = try await Self.failure(tls, trust: Self.trust(authority))
        #expect(none?.reason == .untrusted)
        #expect(none?.message.contains("where the client's certificate is missing") == true, "\(none?.message ?? "none")")
    }

    @Test func aCertificateOfAProgramIsShown() async throws {
        let authority = try TestAuthority()
        let tls = try authority.identity(["127.0.0.1"]).serverSettings(clientsOf: authority)
        let me = try authority.identity(["me"])
        let status: JSONValue = [
            "clientCertificateData": .string(me.certificate), "clientKeyData": .string(me.key),
        ]
        let programs = try CredentialProgramTests()
        defer { try? FileManager.default.removeItem(at: programs.folder) }
        let program = try programs.program("cat <<'END'\n\(CredentialProgramTests.credential(JSONWriter.text(status)))\nEND")
        try await FaultServer.with(tls: tls) { _ in [.answer(200)] } _: { server, port in
            var access = try HTTPTransportTests.access("https://127.0.0.1:\(port)", .program(program))
            access.trust = Self.trust(authority)
            try await HTTPTransport.with(access, HTTPFaultTests.settings) { transport in
                for _ in 0..<3 { _ = try await transport.send(HTTPFaultTests.get) }
            }
            #expect(server.requests.map(\.connection) == [1, 1, 1])
        }
    }

    @Test func aServerWithoutTLSIsSaid() async throws {
        let failure = try await Self.failure(nil, trust: .system)
        #expect(failure?.reason == .untrusted)
        #expect(failure?.message.contains("does not speak TLS") == true, "\(failure?.message ?? "none")")
    }

    @Test(arguments: [
        (ClusterAccess.Trust.authorities(.bytes([1, 2])), "it is no certificate in PEM"),
        (.authorities(.file("/none")), "there is no file /none"),
    ])
    func whatIsNoCertificateIsSaid(_ trust: ClusterAccess.Trust, _ problem: String) async throws {
        var access = try HTTPTransportTests.access("https://127.0.0.1")
        access.trust = trust
        do {
            try await HTTPTransport.with(access) { _ in }
            Issue.record("a connection")
        } catch {
            #expect("\(error)" == "the certificate-authority of a test: \(problem)")
        }
    }

    @Test func aProxyIsAskedForTheWay() async throws {
        try await FaultServer.with { _ in [.text("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")] } _: { server, port in
            var access = try HTTPTransportTests.access("https://api.example.com:6443")
            access.proxy = ServerAddress("http://me:pass%20word@127.0.0.1:\(port)", defaultScheme: "http")
            var settings = HTTPFaultTests.settings
            settings.retries.attempts = 1
            let failure = try await HTTPTransport.with(access, settings) { transport in
                await HTTPFaultTests.failure(transport, HTTPFaultTests.get)
            }
            #expect(failure?.reason == .unreachable)
            #expect(failure?.message.contains("the proxy does not connect to https://api.example.com:6443") == true)
            #expect(server.requests.first?.method == "CONNECT")
            #expect(server.requests.first?.path == "api.example.com:6443")
            let basic = Data("me:pass word".utf8).base64EncodedString()
            #expect(server.requests.first?.headers["proxy-authorization"] == "Basic " + basic)
        }
    }
}
