import Foundation
import HummingbirdCore
import Testing

@testable import RolloutRuntime

/// Servers that end.
@Suite(.timeLimit(.minutes(2))) struct LoopbackServerTests {
    /// A connection that somebody has begun.
    private struct Connection: Sendable {
        let file: Int32

        init?(to port: Int) {
            file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            var own = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &own) { pointer in
                _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(file, $0, &size) }
            }
            // Where the server has gone, its port may be drawn for this end, which is connected with itself then.
            guard result == 0, own.sin_port != address.sin_port else {
                close(file)
                return nil
            }
        }

        /// Whether the other side ends it within some seconds.
        func ends() -> Bool {
            defer { close(file) }
            var wait = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
            var byte = UInt8(ascii: "G")
            // One that was half made when the listening end closed is told so only when it sends something.
            send(file, &byte, 1, Int32(MSG_NOSIGNAL))
            // A reset is an end as well.
            return recv(file, &byte, 1, 0) == 0 || errno == ECONNRESET
        }
    }

    /// A connection that has come and that nobody looks after yet brought the program down: a controller that was asked
    /// for its health while it ended, or a cluster whose pod was sent a request while it went.
    @Test func connectionsThatComeWhileItEndsAreClosed() async throws {
        for _ in 0..<60 {
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let server = Task {
                try await LoopbackServer(host: "127.0.0.1", port: 0) { _, _ in Response(200, "text/plain", "yes") }
                    .run { ready.yield($0) }
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let connections = await withTaskGroup(of: [Connection].self) { group in
                for _ in 0..<3 {
                    group.addTask { (0..<10).compactMap { _ in Connection(to: port) } }
                }
                group.addTask {
                    server.cancel()
                    return []
                }
                return await group.reduce([], +)
            }
            _ = await server.result
            #expect(connections.allSatisfy { $0.ends() })
        }
    }
}
