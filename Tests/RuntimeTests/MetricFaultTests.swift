import Foundation
import HummingbirdCore
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// What reviews have found in measurements and notifications, and what they do now.
@Suite(.timeLimit(.minutes(3))) struct MetricFaultTests {
    /// A way to a cluster that breaks, and counts what it is asked.
    final class BreakingTransport: WrappingTransport {
        private let cluster: EmbeddedCluster
        var base: any ClusterTransport { cluster }
        private let state = Mutex<(isBroken: Bool, count: Int)>((false, 0))

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        var count: Int { state.withLock { $0.count } }
        func breakOff() { state.withLock { $0.isBroken = true } }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            let isBroken = state.withLock { state in
                state.count += 1
                return state.isBroken
            }
            if isBroken { throw KubernetesFailure(.unreachable, "connection refused") }
            return try cluster.perform(request)
        }
    }

    @Test func settingsThatCannotBeReadAreNotAskedForAtEachEvent() async throws {
        let clock = VirtualClock()
        let cluster = EmbeddedCluster(clock: clock)
        _ = try cluster.perform(.create(.configMaps, namespace: "default", [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(NotificationSettings.configMap)],
            "data": .strings(NotifierTests.usual),
        ]))
        let transport = BreakingTransport(cluster)
        let source = NotificationSource(transport: transport, clock: clock, seconds: 5) { _, _, _ in }
        #expect(try await source.settings(in: "default").services.count == 1)
        transport.breakOff()
        clock.advance(to: clock.now + 6)
        let before = transport.count
        for _ in 0..<100 { #expect(try await source.settings(in: "default").services.count == 1) }
        #expect(transport.count == before + 1)
        clock.advance(to: clock.now + 6)
        #expect(try await source.settings(in: "default").services.count == 1)
        #expect(transport.count == before + 2)
    }

    @Test func theEldestRecordsMakeWayAndTheOthersStay() async {
        let cluster = EmbeddedCluster(clock: VirtualClock())
        let history = NotificationHistory(transport: cluster, mostObjects: 10)
        func rollout(_ number: Int) -> JSONValue { NotifierTests.rollout([:], name: "web\(number)") }
        let now = KubernetesTime(seconds: 1_000)
        for number in 0..<11 {
            #expect(history.begin("once", of: rollout(number), now: now))
            await history.end("once", of: rollout(number), isDelivered: true, now: now)
        }
        for number in 1..<11 { #expect(!history.begin("once", of: rollout(number), now: now), "\(number) is sent again") }
        #expect(history.begin("once", of: rollout(0), now: now), "the eldest is not known any more")
    }

    @Test func manyAskForATokenAtOnceAndOneRequestIsMade() async throws {
        let requests = MetricClientTests.Requests()
        try await MetricClientTests.withServer { request in
            requests.note(request.uri.path)
            guard request.uri.path == "/token" else { return Response(200, "text/plain", "ok") }
            try? await Task.sleep(for: .milliseconds(200))
            return Response(200, "application/json", "{\"access_token\": \"t\", \"expires_in\": 3600}")
        } _: { port in
            try await MetricClient.with { client in
                var query = HTTPQuery("GET", "http://127.0.0.1:\(port)/q")
                // Long enough for a machine that is busy with other tests.
                query.timeoutSeconds = 150
                query.authentication = .oauth2(
                    tokenURL: "http://127.0.0.1:\(port)/token", clientID: "id", clientSecret: "s", scopes: [])
                await withTaskGroup(of: MetricAnswer.self) { [query] group in
                    for _ in 0..<50 { group.addTask { await client.answer(.http(query)) } }
                    for await answer in group {
                        guard case .http(200, _, "ok") = answer else {
                            Issue.record("\(answer)")
                            continue
                        }
                    }
                }
            }
        }
        #expect(requests.list.count { $0 == "/token" } == 1)
        #expect(requests.list.count { $0 == "/q" } == 50)
    }

    @Test func keysInTheEnvironmentNeedNoFiles() async throws {
        let folder = try TemporaryFolder()
        let cloud = AWSAccessTests.Cloud { _, _ in Response(200, "text/plain", "ok") }
        // A folder can be read by nobody as a file.
        try await cloud.serve([
            "AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "hush-hush", "AWS_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": folder.path, "AWS_SHARED_CREDENTIALS_FILE": folder.path,
        ]) { client, address in
            guard case .http(200, _, "ok") = await client.answer(.http(AWSAccessTests.signedQuery(address))) else {
                Issue.record("the keys were not used")
                return
            }
            #expect(AWSAccessTests.isWellSigned(
                cloud.seen[0], address: address, "AKENV", region: "eu-west-1", service: "aps"))
            await #expect(throws: AWSFailure.self, "a profile is in those files") {
                _ = try await client.aws.credentials(of: .init(profile: "team"))
            }
        }
    }
}
