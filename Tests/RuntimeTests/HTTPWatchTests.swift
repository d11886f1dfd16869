import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Watches over HTTP, which end in more ways than they go on.
@Suite(.timeLimit(.minutes(5))) struct HTTPWatchTests {
    typealias Step = FaultServer.Step
    static let line = #"{"type":"ADDED","object":{"metadata":{"name":"web"}}}"# + "\n"

    /// Follows a script to its end: the events, and how it ended.
    static func follow(
        _ settings: HTTPTransport.Settings, _ steps: [Step]
    ) async throws -> (events: Int, failure: KubernetesFailure?) {
        try await HTTPFaultTests.with(settings) { _ in steps } _: { transport, _ in
            var events = 0
            do {
                for try await _ in transport.watch(.list(.services)) { events += 1 }
                return (events, nil)
            } catch {
                return (events, error as? KubernetesFailure)
            }
        }
    }

    @Test func endsAsTheServerEndsIt() async throws {
        let beginning = String(Self.line.dropLast(20))
        let rest = String(Self.line.suffix(20)) + Self.line
        let steps: [Step] = [
            .stream, .part(Self.line), .pause(0.05), .part(beginning), .pause(0.05), .part(rest), .end,
        ]
        let (events, failure) = try await Self.follow(HTTPFaultTests.settings, steps)
        #expect(events == 3)
        #expect(failure == nil)
    }

    /// A way in which a watch ends.
    struct Ending: Sendable {
        var reason: KubernetesFailure.Reason
        var events: Int
        var steps: [Step]

        init(_ reason: KubernetesFailure.Reason, after events: Int = 0, _ steps: Step...) {
            self.reason = reason
            self.events = events
            self.steps = steps
        }
    }

    static let endings: [Ending] = [
        Ending(.unreachable, after: 1, .stream, .part(line), .part("{\"type\":"), .end),
        Ending(.unreachable, after: 1, .stream, .part(line), .pause(0.05), .reset),
        Ending(.unreachable, after: 1, .stream, .part(line), .close),
        Ending(.unreachable, .close),
        Ending(.expired, .refusal(410, "Expired")),
        Ending(.forbidden, .refusal(403, "Forbidden")),
        Ending(.notFound, .refusal(404, "NotFound")),
        Ending(.unauthorized, .refusal(401, "Unauthorized")),
        Ending(.tooManyRequests, .refusal(429, "TooManyRequests", headers: ["Retry-After": "3"])),
        Ending(.malformedAnswer, after: 1, .stream, .part(line), .part("<html>\n"), .pause(60)),
        Ending(.malformedAnswer, .answer(200, "<html>Log in</html>\n")),
        Ending(.answerTooLarge, .stream, .part(String(repeating: " ", count: 3000)), .pause(60)),
    ]

    @Test(arguments: endings) func saysHowItEnded(_ ending: Ending) async throws {
        var settings = HTTPFaultTests.settings
        settings.greatestLine = 2000
        let (events, failure) = try await Self.follow(settings, ending.steps)
        #expect(failure?.reason == ending.reason, "\(failure?.message ?? "none")")
        #expect(failure?.verb == "watch")
        #expect(events == ending.events)
    }

    @Test func aSilentWatchIsEnded() async throws {
        var settings = HTTPFaultTests.settings
        settings.silentSeconds = 2.5
        let (events, failure) = try await Self.follow(settings, [.stream, .part(Self.line), .pause(60)])
        #expect(events == 1)
        #expect(failure?.reason == .timeout)
        #expect(failure?.message.contains("told nothing on a watch for 2.5 seconds") == true, "\(failure?.message ?? "")")
    }

    @Test func aWatchThatTheServerForgetsIsEnded() async throws {
        var settings = HTTPFaultTests.settings
        settings.watchSeconds = 1...1
        settings.watchSlack = 0.2
        var steps: [Step] = [.stream]
        for _ in 0..<100 { steps += [.part(Self.line), .pause(0.1)] }
        let (events, failure) = try await Self.follow(settings, steps)
        #expect(events > 1)
        #expect(failure?.reason == .timeout)
        #expect(failure?.message.contains("after the 1 seconds that it was asked for") == true)
    }

    @Test func aServerThatDoesNotBeginIsNotWaitedForForever() async throws {
        var settings = HTTPFaultTests.settings
        settings.requestSeconds = 0.3
        let (_, failure) = try await Self.follow(settings, [.pause(60)])
        #expect(failure?.reason == .timeout)
    }

    @Test func stoppingEndsTheConnectionAndTellsNothingMore() async throws {
        var steps: [Step] = [.stream]
        for _ in 0..<2000 { steps += [.part(Self.line), .pause(0.02)] }
        try await HTTPFaultTests.with { [steps] _ in steps } _: { transport, server in
            let events = Mutex(0)
            let ends = Mutex(0)
            let stop = transport.subscribe(.list(.services)) { _ in
                events.withLock { $0 += 1 }
            } onEnd: { _ in
                ends.withLock { $0 += 1 }
            }
            try await HTTPFaultTests.until { events.withLock { $0 } > 2 }
            stop()
            try await HTTPFaultTests.until { server.ended == 1 }
            let count = events.withLock { $0 }
            try await Task.sleep(for: .milliseconds(100))
            #expect(events.withLock { $0 } == count)
            #expect(ends.withLock { $0 } == 0)
        }
    }

    @Test func closingTheTransportEndsItsWatches() async throws {
        try await FaultServer.with { _ in [.stream, .part(Self.line), .pause(60)] } _: { server, port in
            let access = try HTTPTransportTests.access("http://127.0.0.1:\(port)")
            let ends = Mutex<[KubernetesFailure?]>([])
            try await HTTPTransport.with(access) { transport in
                let events = Mutex(0)
                _ = transport.subscribe(.list(.services)) { _ in
                    events.withLock { $0 += 1 }
                } onEnd: { failure in
                    ends.withLock { $0.append(failure) }
                }
                try await HTTPFaultTests.until { events.withLock { $0 } == 1 }
            }
            try await HTTPFaultTests.until { ends.withLock { $0.count } == 1 }
            #expect(ends.withLock { $0.first??.reason } == .cancelled)
        }
    }

    @Test func manyWatchesHaveRoomBesideRequests() async throws {
        try await HTTPFaultTests.with {
            $0.path.contains("watch=true") ? [.stream, .part(Self.line), .pause(60)] : [.answer(200)]
        } _: { transport, server in
            let stops = (0..<40).map { _ in transport.subscribe(.list(.services)) { _ in } onEnd: { _ in } }
            defer { for stop in stops { stop() } }
            try await HTTPFaultTests.until { server.requests.count == 40 }
            _ = try await transport.send(HTTPFaultTests.get)
            #expect(server.requests.count == 41)
        }
    }

    @Test func asksForBookmarksAndATimeOfItsOwn() async throws {
        try await HTTPFaultTests.with { _ in [.stream, .end] } _: { transport, server in
            for _ in 0..<10 {
                for try await _ in transport.watch(.list(.services)) {}
            }
            let paths = server.requests.map(\.path)
            #expect(paths.allSatisfy { $0.contains("allowWatchBookmarks=true") && $0.contains("timeoutSeconds=") })
            #expect(Set(paths).count > 1)
        }
    }
}
