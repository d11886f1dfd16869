import Foundation
import HummingbirdCore
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Measurements with servers that answer over HTTP.
@Suite(.timeLimit(.minutes(5))) struct MetricClientTests {
    /// What a server was asked.
    final class Requests: Sendable {
        private let all = Mutex<[String]>([])
        func note(_ text: String) { all.withLock { $0.append(text) } }
        var list: [String] { all.withLock { $0 } }
    }

    /// Does something while a server listens on a port.
    static func withServer<Result: Sendable>(
        _ respond: @escaping @Sendable (Request) async -> Response,
        _ body: @escaping @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream<Int>.makeStream()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                let server = LoopbackServer(host: "127.0.0.1", port: 0) { request, _ in await respond(request) }
                try await server.run { port.yield($0) }
                return nil
            }
            group.addTask {
                for await port in ports { return try await body(port) }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    static func answer(_ query: HTTPQuery) async throws -> MetricAnswer {
        try await MetricClient.with { await $0.answer(.http(query)) }
    }

    @Test func asksAndHearsTheAnswer() async throws {
        let answer = try await Self.withServer { request in
            Response(200, "application/json", "{\"path\": \"\(request.uri.path)\"}")
        } _: { port in
            try await Self.answer(HTTPQuery("GET", "http://127.0.0.1:\(port)/check"))
        }
        guard case .http(let status, _, let body) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(status == 200 && body == "{\"path\": \"/check\"}")
    }

    @Test func doesNotWaitForEver() async throws {
        let answer = try await Self.withServer { _ in
            try? await Task.sleep(for: .seconds(20))
            return Response(200, "text/plain", "late")
        } _: { port in
            var query = HTTPQuery("GET", "http://127.0.0.1:\(port)/")
            query.timeoutSeconds = 0.3
            return try await Self.answer(query)
        }
        #expect(answer == .failure("no answer within 0.3 seconds"))
    }

    @Test func saysThatNobodyIsThere() async throws {
        guard case .failure(let reason) = try await Self.answer(HTTPQuery("GET", "http://127.0.0.1:1/")) else {
            Issue.record("somebody answered")
            return
        }
        #expect(reason.hasPrefix("cannot reach http://127.0.0.1:1: "))
    }

    @Test func takesCredentialsToNoOtherHost() async throws {
        let requests = Requests()
        let answer = try await Self.withServer { request in
            requests.note(request.headers[.authorization] ?? "none")
            return Response(200, "text/plain", "here")
        } _: { other in
            try await Self.withServer { _ in
                Response(302, "text/plain", "", headers: [.location: "http://127.0.0.1:\(other)/there"])
            } _: { port in
                var query = HTTPQuery("GET", "http://127.0.0.1:\(port)/")
                query.authentication = .basic(user: "u", password: "p")
                return try await Self.answer(query)
            }
        }
        guard case .http(200, _, "here") = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(requests.list == ["none"])
    }

    @Test func fetchesATokenOnce() async throws {
        let requests = Requests()
        try await Self.withServer { request in
            requests.note("\(request.uri.path) \(request.headers[.authorization] ?? "")")
            return request.uri.path == "/token"
                ? Response(200, "application/json", "{\"access_token\": \"t\", \"expires_in\": 3600}")
                : Response(200, "text/plain", "ok")
        } _: { port in
            try await MetricClient.with { client in
                var query = HTTPQuery("GET", "http://127.0.0.1:\(port)/q")
                query.authentication = .oauth2(
                    tokenURL: "http://127.0.0.1:\(port)/token", clientID: "id", clientSecret: "s", scopes: [])
                for _ in 0..<2 { _ = await client.answer(.http(query)) }
            }
        }
        #expect(requests.list == ["/token Basic aWQ6cw==", "/q Bearer t", "/q Bearer t"])
    }

    /// An AnalysisRun of its own, measured by a server, with a Secret that shows up nowhere.
    @Test func aRunIsMeasured() async throws {
        let object = try await Self.withServer { _ in
            Response(200, "application/json", "{\"rate\": 0.99, \"echo\": \"hush-hush\"}")
        } _: { port in
            let cluster = EmbeddedCluster()
            _ = try cluster.perform(.create(.secrets, namespace: "default", [
                "metadata": ["name": "key"], "data": ["token": .string(Base64.encoded("hush-hush".utf8))],
            ]))
            _ = try cluster.perform(.create(.analysisRuns, namespace: "default", [
                "metadata": ["name": "check"],
                "spec": [
                    "args": [["name": "token", "valueFrom": ["secretKeyRef": ["name": "key", "key": "token"]]]],
                    "metrics": [[
                        "name": "rate", "successCondition": "result.rate > 0.9",
                        "provider": ["web": [
                            "url": .string("http://127.0.0.1:\(port)/"),
                            "headers": [["key": "Authorization", "value": "Bearer {{args.token}}"]],
                        ]],
                    ]],
                ],
            ]))
            return try await MetricClient.with { client in
                let controller = Controller(transport: cluster, clock: ScaledClock(), metrics: client)
                let run = Task { try await controller.run() }
                defer { run.cancel() }
                let name = ObjectName(namespace: "default", name: "check")
                while true {
                    let object = try cluster.perform(.get(.analysisRuns, name))
                    if object["status"]?["completedAt"] != nil { return object }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
        #expect(object["status"]?["phase"] == "Successful")
        let text = JSONWriter.text(object["status"] ?? .null)
        #expect(text.contains("*****") && !text.contains("hush-hush"))
    }
}
