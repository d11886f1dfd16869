import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// An authority that signs certificates for a test.
struct TestAuthority {
    /// A certificate with its key, both in PEM.
    struct Identity {
        var certificate: String
        var key: String

        /// The settings of a server that shows it.
        func serverSettings(clientsOf authority: TestAuthority? = nil) throws -> TLSConfiguration {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            if let authority {
                settings.certificateVerification = .noHostnameVerification
                settings.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMBytes(Array(authority.certificate.utf8)))
            }
            return settings
        }
    }

    /// Its own certificate, in PEM.
    let certificate: String
    private let name: DistinguishedName
    private let key = P256.Signing.PrivateKey()

    init(_ name: String = "Test authority") throws {
        self.name = try DistinguishedName { CommonName(name) }
        let own = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Date().addingTimeInterval(-86400), notValidAfter: Date().addingTimeInterval(86400),
            issuer: self.name, subject: self.name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: .init(key))
        certificate = try own.serializeAsPEM().pemString
    }

    /// Signs a certificate for names and addresses, which counts for a time around now in seconds.
    func identity(
        _ names: [String], from start: Double = -3600, to end: Double = 3600
    ) throws -> Identity {
        let key = P256.Signing.PrivateKey()
        let alternatives = names.map { name in
            let parts = name.split(separator: ".").compactMap { UInt8($0) }
            return parts.count == 4
                ? GeneralName.ipAddress(ASN1OctetString(contentBytes: ArraySlice(parts))) : .dnsName(name)
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Date().addingTimeInterval(start), notValidAfter: Date().addingTimeInterval(end),
            issuer: name, subject: try DistinguishedName { CommonName(names.first ?? "nobody") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames(alternatives)
            }, issuerPrivateKey: .init(self.key))
        return Identity(certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
    }
}
