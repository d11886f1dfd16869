import Foundation

/// An API server that lets nobody do anything: it answers every request with 403.
final class RefusingServer {
    /// Its port on 127.0.0.1.
    let port: UInt16
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw RunningCluster.Failure(description: "no socket: \(errno)") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Self.refuse(client)
                close(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func refuse(_ client: Int32) {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        guard read(client, &bytes, bytes.count) > 0 else { return }
        let status = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, \
            "message": "rollouts.argoproj.io is forbidden: User \\"eve\\" cannot get resource \\"rollouts\\""}
            """
        let answer = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + "Content-Length: \(status.utf8.count)\r\n\r\n\(status)"
        _ = answer.withCString { write(client, $0, strlen($0)) }
    }
}
