import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// The client against a server, and a way to it, on which everything goes wrong that can.
@Suite(.timeLimit(.minutes(5))) struct HTTPFaultTests {
    typealias Step = FaultServer.Step
    static let web = ObjectName(namespace: "shop", name: "web")
    static let get = KubernetesRequest.get(.services, web)
    static let patch = KubernetesRequest.patch(.services, web, ["a": 1])

    /// Settings with short delays.
    static var settings: HTTPTransport.Settings {
        var settings = HTTPTransport.Settings()
        settings.retries.firstDelay = 0.01
        settings.requestSeconds = 20
        return settings
    }

    /// Sends requests to a server that plays a script.
    static func with<Result: Sendable>(
        _ settings: HTTPTransport.Settings = settings, credential: ClusterAccess.Credential = .none,
        resets: Int = 0, _ script: @escaping FaultServer.Script,
        _ body: (HTTPTransport, FaultServer) async throws -> Result
    ) async throws -> Result {
        try await FaultServer.with(resets: resets, script) { server, port in
            let access = try HTTPTransportTests.access("http://127.0.0.1:\(port)", credential)
            return try await HTTPTransport.with(access, settings) { try await body($0, server) }
        }
    }

    /// How a request fails.
    static func failure(_ transport: HTTPTransport, _ request: KubernetesRequest) async -> KubernetesFailure? {
        do throws(KubernetesFailure) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Requests

    static let passing: [[Step]] = [
        [Step.reset], [.pause(0.01), .close], [.text("HTTP/1.1 200 OK\r\nContent-Le"), .close],
        [.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"), .close],
        [.stream, .part("{\"a\":"), .close], [.text("HTTP/1.1 200 OK\r\n\r\n{\"a\":"), .close],
        [.refusal(500, "InternalError")], [.refusal(503, "ServiceUnavailable")],
        [.refusal(429, "TooManyRequests", headers: ["Retry-After": "0"])], [.refusal(500, "ServerTimeout")],
        [.answer(502, "<html>Bad Gateway</html>", ["Content-Type": "text/html"])],
        [.answer(200, "<html>Log in first</html>", ["Content-Type": "text/html"])],
        [.text("SSH-2.0-OpenSSH_9.6\r\n"), .close],
    ]

    @Test(arguments: passing) func aReadIsTriedAgain(_ fault: [Step]) async throws {
        try await Self.with { $0.number < 3 ? fault : [.answer(200, #"{"kind":"Service"}"#)] } _: { transport, server in
            let answer = try await transport.send(Self.get)
            #expect(answer == ["kind": "Service"])
            #expect(server.requests.count == 3)
        }
    }

    static let lasting: [([Step], KubernetesFailure.Reason)] = [
        ([Step.reset], .unreachable), ([.close], .unreachable),
        ([.text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"), .close], .unreachable),
        ([.stream, .part("{\"a\":"), .close], .unreachable),
        ([.answer(200, "<html>Log in first</html>")], .malformedAnswer),
        ([.refusal(500, "InternalError")], .internalError), ([.refusal(503, "ServiceUnavailable")], .serviceUnavailable),
        ([.refusal(409, "Conflict")], .conflict), ([.refusal(410, "Expired")], .expired),
        ([.refusal(403, "Forbidden")], .forbidden), ([.answer(302, "", ["Location": "http://evil.test/"])], .badRequest),
    ]

    @Test(arguments: lasting) func aWriteIsSentOnce(_ fault: [Step], _ reason: KubernetesFailure.Reason) async throws {
        try await Self.with { _ in fault } _: { transport, server in
            let failure = await Self.failure(transport, Self.patch)
            #expect(failure?.reason == reason, "\(failure?.message ?? "")")
            #expect(failure?.verb == "patch")
            #expect(failure?.resource == .services)
            #expect(failure?.name == "web")
            #expect(server.requests.count == 1)
        }
    }

    @Test func aWriteIsSentAgainWhereTheServerSaysSo() async throws {
        let script: FaultServer.Script = { request in
            switch request.number {
            case 1: [.refusal(429, "TooManyRequests")]
            case 2: [.refusal(503, "ServiceUnavailable", headers: ["Retry-After": "1"])]
            case 3: [.refusal(429, "TooManyRequests", #"{"retryAfterSeconds":1}"#)]
            default: [.answer(200)]
            }
        }
        try await Self.with(Self.settings, script) { transport, server in
            let start = ContinuousClock.now
            _ = try await transport.send(Self.patch)
            #expect(ContinuousClock.now - start >= .seconds(2))
            #expect(server.requests.count == 4)
            #expect(Set(server.requests.map(\.body)) == [#"{"a":1}"#])
        }
    }

    @Test func aLongRetryAfterIsLeftToTheCaller() async throws {
        try await Self.with { _ in
            [.refusal(429, "TooManyRequests", headers: ["Retry-After": "600"])]
        } _: { transport, server in
            let failure = await Self.failure(transport, Self.get)
            #expect(failure?.reason == .tooManyRequests)
            #expect(failure?.retryAfterSeconds == 600)
            #expect(server.requests.count == 1)
        }
    }

    #if os(Linux)
    @Test func aRefusedConnectionIsTriedAgain() async throws {
        // A port that belongs to somebody, who does not listen on it.
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(holder) }
        let port = try #require(Self.bind(holder))
        let access = try HTTPTransportTests.access("http://127.0.0.1:\(port)")
        let tries = Mutex(0)
        var settings = Self.settings
        settings.onRequest = { record in
            #expect(record.code == 0)
            tries.withLock { $0 += 1 }
        }
        let failure = try await HTTPTransport.with(access, settings) { await Self.failure($0, Self.patch) }
        #expect(failure?.reason == .unreachable)
        #expect(failure?.message == "cannot connect to http://127.0.0.1:\(port): Connection refused")
        #expect(tries.withLock { $0 } == 5)
    }

    /// Gives a socket a port of its own.
    private static func bind(_ file: Int32) -> Int? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(file, address, size) == 0 && getsockname(file, address, &size) == 0
            } ? Int(UInt16(bigEndian: pointer.pointee.sin_port)) : nil
        }
    }
    #endif

    @Test func aNameThatIsNoneIsSaid() async throws {
        let access = try HTTPTransportTests.access("http://no-such-host.invalid:1")
        var settings = Self.settings
        settings.retries.attempts = 1
        let failure = try await HTTPTransport.with(access, settings) { await Self.failure($0, Self.get) }
        #expect(failure?.reason == .unreachable)
        #expect(failure?.message.contains("no-such-host.invalid cannot be resolved") == true, "\(failure?.message ?? "")")
    }

    @Test func aConnectionThatIsResetBeforeTheRequestIsOpenedAgain() async throws {
        try await Self.with(resets: 2) { _ in [.answer(200)] } _: { transport, server in
            _ = try await transport.send(Self.get)
            #expect(server.requests.count == 1)
        }
    }

    @Test func aSlowAnswerIsNotWaitedForForever() async throws {
        var settings = Self.settings
        settings.requestSeconds = 0.3
        settings.retries.attempts = 2
        for steps in [[Step.pause(60)], [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), .pause(60)]] {
            try await Self.with(settings) { _ in steps } _: { transport, server in
                let failure = await Self.failure(transport, Self.get)
                #expect(failure?.reason == .timeout)
                #expect(failure?.message.contains("within 0.3 seconds") == true)
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func anAnswerHasALimit() async throws {
        var settings = Self.settings
        settings.greatestAnswer = 1000
        let large = "[" + String(repeating: "1,", count: 1000) + "1]"
        for steps in [[Step.answer(200, large)], [.stream, .part(large), .part(large), .end]] {
            try await Self.with(settings) { _ in steps } _: { transport, server in
                let failure = await Self.failure(transport, Self.get)
                #expect(failure?.reason == .answerTooLarge, "\(failure?.message ?? "")")
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func aCancelledTaskEndsItsRequestAtOnce() async throws {
        try await Self.with { _ in [.pause(60)] } _: { transport, server in
            let task = Task { await Self.failure(transport, Self.get) }
            try await Self.until { server.requests.count == 1 }
            let start = ContinuousClock.now
            task.cancel()
            #expect(await task.value?.reason == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(5))
            try await Self.until { server.ended == 1 }
        }
    }

    @Test func theRateIsKept() async throws {
        var settings = Self.settings
        settings.rate = 20
        settings.burst = 2
        try await Self.with(settings) { _ in [.answer(200)] } _: { transport, _ in
            let start = ContinuousClock.now
            for _ in 0..<6 { _ = try await transport.send(Self.get) }
            #expect(ContinuousClock.now - start >= .milliseconds(195))
            let waiting = Task {
                for _ in 0..<1000 { _ = try await transport.send(Self.get) }
            }
            waiting.cancel()
            await #expect(throws: (any Error).self) { try await waiting.value }
        }
    }

    @Test func connectionsAreKept() async throws {
        try await Self.with { _ in [.answer(200)] } _: { transport, server in
            for _ in 0..<5 { _ = try await transport.send(Self.get) }
            #expect(Set(server.requests.map(\.connection)) == [1])
            #expect(server.requests.first?.headers["user-agent"] == "rollout-render")
            #expect(server.requests.first?.headers["host"]?.hasPrefix("127.0.0.1:") == true)
        }
    }

    @Test func eachRequestIsTold() async throws {
        let records = Mutex<[RequestRecord]>([])
        var settings = Self.settings
        settings.onRequest = { record in records.withLock { $0.append(record) } }
        try await Self.with(settings) { $0.number == 1 ? [.refusal(500, "InternalError")] : [.answer(200)] } _: {
            transport, _ in _ = try await transport.send(Self.get)
        }
        let told = records.withLock { $0 }
        #expect(told.map(\.code) == [500, 200])
        #expect(told.map(\.verb) == ["get", "get"])
        #expect(told.first?.name == "web")
        #expect(told.allSatisfy { $0.seconds > 0 && $0.seconds < 60 })
    }

    // MARK: Credentials

    @Test func aTokenThatHasRunOutIsReadAgain() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try "old\n".write(to: file, atomically: true, encoding: .utf8)
        let script: FaultServer.Script = { request in
            request.headers["authorization"] == "Bearer new" ? [.answer(200)] : [.refusal(401, "Unauthorized")]
        }
        try await Self.with(credential: .tokenFile(file.path), script) { transport, server in
            let refused = await Self.failure(transport, Self.get)
            #expect(refused?.reason == .unauthorized)
            #expect(refused?.message.hasSuffix("; they come from a test") == true)
            #expect(server.requests.count == 1)
        }
        try await Self.with(credential: .tokenFile(file.path)) { request in
            if request.number == 1 { try? "new".write(to: file, atomically: true, encoding: .utf8) }
            return script(request)
        } _: { transport, server in
            _ = try await transport.send(Self.patch)
            #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer old", "Bearer new"])
            _ = try await transport.send(Self.patch)
            #expect(server.requests.count == 3)
        }
    }

    @Test func passwordsAndOtherUsersAreSaid() async throws {
        try await FaultServer.with { _ in [.answer(200)] } _: { server, port in
            var access = try HTTPTransportTests.access(
                "http://127.0.0.1:\(port)", .password(user: "me", password: "pässword"))
            access.impersonation = .init(user: "jane", uid: nil, groups: ["dev", "ops"], extra: [:])
            try await HTTPTransport.with(access) { _ = try await $0.send(Self.get) }
            let headers = server.requests.first?.headers
            #expect(headers?["authorization"] == "Basic " + Data("me:pässword".utf8).base64EncodedString())
            #expect(headers?["impersonate-user"] == "jane")
            #expect(headers?["impersonate-group"] == "ops")
        }
    }

    /// Waits for something that has to come.
    static func until(seconds: Int = 20, _ condition: () -> Bool) async throws {
        for _ in 0..<seconds * 100 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }
}
