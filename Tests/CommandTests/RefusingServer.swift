import Foundation

/// An API server that lets nobody do anything: it answers every request with 403.
final class RefusingServer {
    private let server: LocalServer
    /// Its port on 127.0.0.1.
    var port: UInt16 { server.port }

    init() throws {
        server = try LocalServer { _ in
            LocalServer.Answer(status: "403 Forbidden", body: """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, \
                "message": "rollouts.argoproj.io is forbidden: User \\"eve\\" cannot get resource \\"rollouts\\""}
                """)
        }
    }
}
