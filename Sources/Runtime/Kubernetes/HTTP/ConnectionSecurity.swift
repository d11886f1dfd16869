import NIOSSL

/// Makes the settings of TLS from what a kubeconfig says.
enum ConnectionSecurity {
    /// The settings for a cluster; the client's certificate in it is that of the kubeconfig.
    static func configuration(for access: ClusterAccess) throws(KubeconfigError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        switch access.trust {
        case .system: break
        case .anything: configuration.certificateVerification = .none
        case .authorities(let material):
            let place = "the certificate-authority of \(access.origin)"
            let certificates = try certificates(try material.bytes(place), place)
            configuration.trustRoots = .certificates(certificates)
        }
        if let certificate = access.certificate {
            try add(
                chain: try certificate.chain.bytes("the client-certificate of \(access.origin)"),
                key: try certificate.key.bytes("the client-key of \(access.origin)"), origin: access.origin,
                to: &configuration)
        }
        return configuration
    }

    /// Adds a certificate and its key, both in PEM.
    static func add(
        chain: [UInt8], key: [UInt8], origin: String, to configuration: inout TLSConfiguration
    ) throws(KubeconfigError) {
        let certificates = try certificates(chain, "the client-certificate of \(origin)")
        configuration.certificateChain = certificates.map { .certificate($0) }
        do {
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        } catch {
            throw KubeconfigError("it is no private key in PEM without a passphrase", in: "the client-key of \(origin)")
        }
    }

    private static func certificates(_ bytes: [UInt8], _ place: String) throws(KubeconfigError) -> [NIOSSLCertificate] {
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
        guard !certificates.isEmpty else { throw KubeconfigError("it is no certificate in PEM", in: place) }
        return certificates
    }
}
