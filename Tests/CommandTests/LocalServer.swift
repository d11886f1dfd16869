import Foundation

/// A server on a free port of 127.0.0.1 that answers every request as a test wants, one after the other.
final class LocalServer {
    /// What it answers.
    struct Answer: Sendable {
        var status = "200 OK"
        var body: String
    }

    /// Its port.
    let port: UInt16
    private let listener: Int32

    /// Starts it; `answer` gets the text of each request, as far as one read gives it.
    init(_ answer: @escaping @Sendable (String) -> Answer) throws {
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
                Self.serve(client, answer)
                close(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ client: Int32, _ answer: (String) -> Answer) {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(client, &bytes, bytes.count)
        guard count > 0 else { return }
        let answer = answer(String(decoding: bytes[..<count], as: UTF8.self))
        let text = "HTTP/1.1 \(answer.status)\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + "Content-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
        _ = text.withCString { write(client, $0, strlen($0)) }
    }
}
