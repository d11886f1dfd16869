import Crypto
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import struct Foundation.Date
#endif

/// The authority that vouches for an embedded cluster's API server and for the clients that have certificates.
struct CertificateAuthority: Sendable {
    /// A certificate with its key, both as PEM.
    struct Identity: Hashable, Sendable {
        var certificate: String
        var key: String
    }

    /// Seconds that everything is valid, and that clocks may differ.
    private static let lifetime = 10 * 365 * 86_400.0
    private static let clockDifference = 86_400.0

    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Makes an authority with a key of its own.
    init() throws {
        key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("rollout-render embedded cluster") }
        certificate = try Self.certificate(
            name, key.publicKey, issuer: name, issuerKey: key,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
            })
    }

    /// Takes up an authority that was there before.
    init(_ identity: Identity) throws {
        certificate = try Certificate(pemEncoded: identity.certificate)
        key = try P256.Signing.PrivateKey(pemRepresentation: identity.key)
    }

    /// The authority's own certificate and key.
    var identity: Identity {
        get throws {
            Identity(certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
        }
    }

    /// An identity for a server on this machine.
    func serverIdentity() throws -> Identity {
        let loopback: [UInt8] = [127, 0, 0, 1]
        let names: [GeneralName] = [
            .dnsName("localhost"), .dnsName("kubernetes"), .dnsName("kubernetes.default"),
            .dnsName("kubernetes.default.svc"), .dnsName("kubernetes.default.svc.cluster.local"),
            .ipAddress(ASN1OctetString(contentBytes: loopback[...])),
            .ipAddress(ASN1OctetString(contentBytes: ([UInt8](repeating: 0, count: 15) + [1])[...])),
        ]
        return try identity(
            DistinguishedName { CommonName("kube-apiserver") },
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            })
    }

    /// An identity for a client: its common name is the user, its organizations are the groups.
    func clientIdentity(_ user: ClusterUser) throws -> Identity {
        let subject = try DistinguishedName(
            user.groups.map { try OrganizationName($0).makeRDN() } + [CommonName(user.name).makeRDN()])
        return try identity(
            subject,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
            })
    }

    /// Whom a client's certificate names; nil where it names nobody.
    static func user(derEncoded bytes: [UInt8]) -> ClusterUser? {
        guard let certificate = try? Certificate(derEncoded: bytes) else { return nil }
        var name: String?
        var groups: [String] = []
        for attribute in certificate.subject.flatMap({ Array($0) }) {
            guard let text = String(attribute.value) else { continue }
            if attribute.type == .RDNAttributeType.commonName { name = text }
            if attribute.type == .RDNAttributeType.organizationName { groups.append(text) }
        }
        return name.map { ClusterUser(name: $0, groups: groups) }
    }

    private func identity(_ subject: DistinguishedName, extensions: Certificate.Extensions) throws -> Identity {
        let own = P256.Signing.PrivateKey()
        let certificate = try Self.certificate(
            subject, own.publicKey, issuer: self.certificate.subject, issuerKey: key, extensions: extensions)
        return Identity(certificate: try certificate.serializeAsPEM().pemString, key: own.pemRepresentation)
    }

    private static func certificate(
        _ subject: DistinguishedName, _ publicKey: P256.Signing.PublicKey, issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey, extensions: Certificate.Extensions
    ) throws -> Certificate {
        // Certificates are judged by the clocks on the wall, whatever the cluster's own clock says.
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(publicKey),
            notValidBefore: now.addingTimeInterval(-clockDifference),
            notValidAfter: now.addingTimeInterval(lifetime), issuer: issuer, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
    }
}
