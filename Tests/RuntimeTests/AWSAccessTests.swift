import Foundation
import HummingbirdCore
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Credentials of AWS and signed requests, with servers that answer as AWS documents.
@Suite(.timeLimit(.minutes(5))) struct AWSAccessTests {
    /// What a server of AWS's keeps.
    final class Cloud: Sendable {
        struct Seen: Sendable {
            var method: String
            var path: String
            var headers: [String: String]
            var body: String
        }

        private let state = Mutex<[Seen]>([])
        private let reply: @Sendable (Seen, _ before: Int) -> Response

        init(_ reply: @escaping @Sendable (Seen, _ before: Int) -> Response) { self.reply = reply }

        var seen: [Seen] { state.withLock { $0 } }

        func answer(_ request: Request) async -> Response {
            let body = (try? await request.body.collect(upTo: 1 << 20)).map { String(buffer: $0) } ?? ""
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let seen = Seen(method: request.method.rawValue, path: request.uri.path, headers: headers, body: body)
            let before = state.withLock { all in
                all.append(seen)
                return all.count { $0.path == seen.path && $0.method == seen.method } - 1
            }
            return reply(seen, before)
        }

        /// Does something with the addresses of all services leading here.
        func serve<Result: Sendable>(
            _ variables: [String: String] = [:],
            _ body: @escaping @Sendable (MetricClient, _ address: String) async throws -> Result
        ) async throws -> Result {
            try await MetricClientTests.withServer({ await self.answer($0) }) { port in
                let address = "http://127.0.0.1:\(port)"
                var environment = [
                    "AWS_ENDPOINT_URL": address, "AWS_EC2_METADATA_SERVICE_ENDPOINT": address,
                    // The machine may be busy with other tests.
                    "AWS_METADATA_SERVICE_TIMEOUT": "60",
                ]
                for (name, value) in variables {
                    environment[name] = value.replacingOccurrences(of: "ADDRESS", with: address)
                }
                return try await MetricClient.with(aws: AWSEnvironment(environment)) { try await body($0, address) }
            }
        }
    }

    static func stamp(_ seconds: Double) -> String {
        KubernetesTime(seconds: Int64(Date().timeIntervalSince1970 + seconds)).description
    }

    static func loan(_ id: String, seconds: Double = 3600) -> String {
        """
        {"Code":"Success","LastUpdated":"2012-04-26T16:39:16Z","Type":"AWS-HMAC","AccessKeyId":"\(id)",\
        "SecretAccessKey":"hush-hush","Token":"lent-token","Expiration":"\(stamp(seconds))"}
        """
    }

    static func tokenService(_ id: String, action: String) -> Response {
        Response(200, "text/xml", """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>\
            <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>hush-hush</SecretAccessKey>\
            <SessionToken>lent-token</SessionToken><Expiration>\(stamp(3600))</Expiration>\
            </Credentials></\(action)Result></\(action)Response>
            """)
    }

    /// The machine's metadata, which want a token first.
    static func machine(_ seen: Cloud.Seen) -> Response {
        switch (seen.method, seen.path) {
        case ("PUT", "/latest/api/token"):
            guard seen.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600" else {
                return Response(400, "text/plain", "")
            }
            return Response(200, "text/plain", "metadata-token")
        default:
            guard seen.headers["x-aws-ec2-metadata-token"] == "metadata-token" else {
                return Response(401, "text/plain", "")
            }
        }
        switch seen.path {
        case "/latest/meta-data/iam/security-credentials/": return Response(200, "text/plain", "node-role\n")
        case "/latest/meta-data/iam/security-credentials/node-role":
            return Response(200, "application/json", loan("ASMACHINE"))
        case "/latest/meta-data/placement/region": return Response(200, "text/plain", "eu-south-2")
        default: return Response(404, "text/plain", "")
        }
    }

    static func signedQuery(_ address: String) -> HTTPQuery {
        var query = HTTPQuery("POST", address + "/metrics")
        query.body = "q=1"
        query.timeoutSeconds = 120
        query.authentication = .aws(service: "aps", region: "", profile: "", roleARN: "")
        return query
    }

    /// Takes the signature of a request apart and makes it anew.
    static func isWellSigned(_ seen: Cloud.Seen, address: String, _ id: String, region: String, service: String)
        -> Bool
    {
        guard let stamp = seen.headers["x-amz-date"], let authorization = seen.headers["authorization"],
            authorization.contains("Credential=\(id)/"), authorization.contains("/\(region)/\(service)/aws4_request")
        else { return false }
        func part(_ range: Range<Int>) -> Substring { stamp.dropFirst(range.lowerBound).prefix(range.count) }
        let text = "\(part(0..<4))-\(part(4..<6))-\(part(6..<11)):\(part(11..<13)):\(part(13..<16))"
        guard let moment = KubernetesTime(text) else { return false }
        var query = HTTPQuery(seen.method, address + seen.path)
        query.body = seen.body
        for name in ["content-type", "x-amz-target"] {
            if let value = seen.headers[name] { query.headers.append(.init(name: name, value: value)) }
        }
        let signature = AWSSignature(
            service: service, region: region,
            credentials: AWSCredentials(
                accessKeyID: id, secretAccessKey: "hush-hush", sessionToken: seen.headers["x-amz-security-token"]),
            sha256: AWSCredentialFetcher.sha256)
        return signature.signed(query, at: moment).headers.contains {
            $0.name == "Authorization" && $0.value == authorization
        }
    }

    @Test func theMachinesRoleSigns() async throws {
        let cloud = Cloud { seen, _ in
            seen.path == "/metrics" ? Response(200, "text/plain", "ok") : Self.machine(seen)
        }
        try await cloud.serve { client, address in
            for _ in 0..<2 {
                let answer = await client.answer(.http(Self.signedQuery(address)))
                guard case .http(200, _, "ok") = answer else {
                    Issue.record("\(answer)")
                    return
                }
            }
            #expect(Self.isWellSigned(
                cloud.seen.last!, address: address, "ASMACHINE", region: "eu-south-2", service: "aps"))
        }
        #expect(cloud.seen.last?.headers["x-amz-security-token"] == "lent-token")
        let credentials = cloud.seen.filter { $0.path.hasSuffix("/node-role") }
        #expect(credentials.count == 1, "the credentials of the first request hold for the second")
    }

    @Test func manyAskAtOnceAndOneRequestIsMade() async throws {
        let cloud = Cloud { seen, _ in Self.machine(seen) }
        try await cloud.serve { client, _ in
            await withTaskGroup(of: String?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try? await client.aws.credentials(of: .init()).accessKeyID }
                }
                for await id in group { #expect(id == "ASMACHINE") }
            }
        }
        #expect(cloud.seen.filter { $0.path.hasSuffix("/node-role") }.count == 1)
    }

    @Test func aTokenOfTheClusterIsGivenForCredentials() async throws {
        let folder = try TemporaryFolder()
        let file = folder.write("cluster-token\n", to: "token")
        let cloud = Cloud { seen, before in
            guard seen.path == "/" else { return Response(200, "text/plain", "ok") }
            // Busy for a moment, as its callers have to reckon with.
            guard before > 0 else { return Response(503, "text/plain", "") }
            return Self.tokenService("ASWEB", action: "AssumeRoleWithWebIdentity")
        }
        try await cloud.serve([
            "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_REGION": "eu-west-1",
        ]) { client, address in
            _ = await client.answer(.http(Self.signedQuery(address)))
            #expect(Self.isWellSigned(
                cloud.seen.last!, address: address, "ASWEB", region: "eu-west-1", service: "aps"))
        }
        #expect(cloud.seen[1].body == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
            + "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=rollout-render"
            + "&WebIdentityToken=cluster-token")
        #expect(cloud.seen[1].headers["authorization"] == nil)
    }

    @Test func theContainersServerWantsTheTokenInItsFile() async throws {
        let folder = try TemporaryFolder()
        let file = folder.write("pod-token", to: "token")
        let cloud = Cloud { seen, _ in
            seen.headers["authorization"] == "pod-token"
                ? Response(200, "application/json", Self.loan("ASPOD")) : Response(403, "application/json", "{}")
        }
        let id = try await cloud.serve([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "ADDRESS/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
        ]) { client, _ in try await client.aws.credentials(of: .init()).accessKeyID }
        #expect(id == "ASPOD")
    }

    @Test func aRoleIsTakenWithTheKeysOfAProfile() async throws {
        let folder = try TemporaryFolder()
        let file = folder.write(
            "[team]\naws_access_key_id = AKTEAM\naws_secret_access_key = hush-hush\n", to: "credentials")
        let configuration = folder.write("[profile team]\nregion = ap-east-1\n", to: "config")
        let cloud = Cloud { seen, _ in
            seen.path == "/" ? Self.tokenService("ASROLE", action: "AssumeRole") : Response(200, "text/plain", "ok")
        }
        try await cloud.serve([
            "AWS_SHARED_CREDENTIALS_FILE": file, "AWS_CONFIG_FILE": configuration,
        ]) { client, address in
            var query = Self.signedQuery(address)
            query.authentication = .aws(
                service: "aps", region: "", profile: "team", roleARN: "arn:aws:iam::2:role/other")
            _ = await client.answer(.http(query))
            #expect(Self.isWellSigned(
                cloud.seen[0], address: address, "AKTEAM", region: "ap-east-1", service: "sts"))
            #expect(Self.isWellSigned(
                cloud.seen[1], address: address, "ASROLE", region: "ap-east-1", service: "aps"))
        }
        #expect(cloud.seen[0].body.contains("Action=AssumeRole&"))
    }

    @Test func credentialsThatAreTakenBackAreFetchedAnew() async throws {
        let cloud = Cloud { seen, before in
            guard seen.path == "/metrics" else { return Self.machine(seen) }
            return before > 0 ? Response(200, "text/plain", "ok") : Response(403, "application/json",
                "{\"__type\":\"ExpiredTokenException\"}")
        }
        let answer = try await cloud.serve { client, address in
            await client.answer(.http(Self.signedQuery(address)))
        }
        guard case .http(200, _, _) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(cloud.seen.filter { $0.path.hasSuffix("/node-role") }.count == 2)
    }

    @Test func whileOthersCannotBeFetchedThoseThatHoldAreUsed() async throws {
        let cloud = Cloud { seen, before in
            guard seen.path.hasSuffix("/c"), before == 0 else { return Response(404, "application/json", "{}") }
            return Response(200, "application/json", Self.loan("ASFIRST", seconds: 400))
        }
        let clock = VirtualClock(start: Date().timeIntervalSince1970)
        try await cloud.serve { client, address async throws -> Void in
            let environment = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address + "/c"])
            let access = AWSAccess(environment, clock: clock) { await client.answer(.http($0)) }
            #expect(try await access.credentials(of: .init()).accessKeyID == "ASFIRST")
            clock.advance(to: clock.now + 350)
            #expect(try await access.credentials(of: .init()).accessKeyID == "ASFIRST")
            clock.advance(to: clock.now + 100)
            await #expect(throws: AWSFailure.self) { _ = try await access.credentials(of: .init()) }
        }
    }

    @Test func whatGoesWrongIsSaidWithoutSecrets() async throws {
        let folder = try TemporaryFolder()
        let file = folder.write("cluster-token", to: "token")
        let cloud = Cloud { _, _ in
            Response(403, "text/xml", "<ErrorResponse><Error><Code>AccessDenied</Code>"
                + "<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>")
        }
        let answer = try await cloud.serve([
            "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:r", "AWS_REGION": "eu-west-1",
        ]) { client, address in await client.answer(.http(Self.signedQuery(address))) }
        #expect(answer == .failure(
            "STS answers AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"))
    }

    @Test func aMachineWithoutMetadataIsNotWaitedForLong() async throws {
        let start = ContinuousClock.now
        let cloud = Cloud { _, _ in Response(200, "text/plain", "") }
        let answer = try await MetricClientTests.withServer({ _ in
            try? await Task.sleep(for: .seconds(240))
            return Response(200, "text/plain", "")
        }) { port in
            try await cloud.serve([
                "AWS_REGION": "r", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)",
                "AWS_METADATA_SERVICE_TIMEOUT": "1",
            ]) { client, address in await client.answer(.http(Self.signedQuery(address))) }
        }
        guard case .failure(let reason) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reason.hasPrefix("there are no AWS credentials") && reason.contains("within 1 second"))
        #expect(ContinuousClock.now - start < .seconds(200))
    }

    /// CloudWatch, asked by the provider itself.
    @Test func cloudWatchIsAskedWithASignature() async throws {
        let cloud = Cloud { seen, _ in
            guard seen.path == "/" else { return Self.machine(seen) }
            return Response(200, "application/x-amz-json-1.0", """
                {"MetricDataResults":[{"Id":"rate","Label":"rate","StatusCode":"Complete","Timestamps":[1.7E9],\
                "Values":[0.004]}],"Messages":[]}
                """)
        }
        let measurement = try await cloud.serve { client, address in
            let metric = try AnalysisMetric([
                "name": "rate", "successCondition": "result[0].Values[0] < 0.01",
                "provider": ["cloudWatch": ["metricDataQueries": [["id": "rate", "expression": "SEARCH()"]]]],
            ])
            let run = try #require(AnalysisRun(["metadata": ["name": "r", "namespace": "n", "uid": "u"]]))
            let context = MeasurementContext(
                run: run, metric: metric, ordinal: 1, now: .init(seconds: 1_700_000_000),
                environment: ["AWS_ENDPOINT_URL": address])
            var move = try MetricProviders.provider(of: metric).begin(context)
            while case .ask(let question, let then) = move { move = then(await client.answer(question)) }
            #expect(Self.isWellSigned(
                cloud.seen.last!, address: address, "ASMACHINE", region: "eu-south-2", service: "monitoring"))
            guard case .finish(let measurement) = move else { throw CancellationError() }
            return measurement
        }
        #expect(measurement.phase == .successful && measurement.value == "[[0.004]]")
    }
}

/// A folder that goes away with its last user.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "rollout-render-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and returns its path.
    func write(_ text: String, to name: String) -> String {
        let file = path + "/" + name
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        return file
    }
}
