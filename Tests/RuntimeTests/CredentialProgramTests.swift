import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Programs that hand out credentials.
@Suite(.timeLimit(.minutes(5))) struct CredentialProgramTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// A program that is a shell script.
    func program(_ script: String, wantsClusterInfo: Bool = false) throws -> CredentialProgram {
        let path = folder.appending(path: "rr-login").path
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return CredentialProgram(
            apiVersion: "client.authentication.k8s.io/v1", command: path, arguments: ["--for", "prod"],
            variables: ["REGION": "north"], interaction: .never, wantsClusterInfo: wantsClusterInfo,
            installHint: "get login from the platform team", clusterConfiguration: #"{"audience":"prod"}"#,
            origin: "exec of user \"me\"")
    }

    static func credential(_ status: String) -> String {
        #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":\#(status)}"#
    }

    /// How a program fails.
    func failure(
        _ program: CredentialProgram, seconds: Double = 30, environment: [String: String] = ["PATH": "/usr/bin:/bin"]
    ) async throws -> KubernetesFailure? {
        let access = try HTTPTransportTests.access("https://10.0.0.1")
        do throws(KubernetesFailure) {
            _ = try await program.run(for: access, environment: environment, seconds: seconds)
            return nil
        } catch {
            return error
        }
    }

    @Test func givesAToken() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try program("""
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
            printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$2-$REGION-$USER_NAME"
            """, wantsClusterInfo: true)
        var access = try HTTPTransportTests.access("https://10.0.0.1:6443")
        access.trust = .authorities(.bytes(Array("ca".utf8)))
        access.serverName = "kubernetes"
        let credential = try await program.run(
            for: access, environment: ["PATH": "/usr/bin:/bin", "USER_NAME": "me", "REGION": "south"])
        #expect(credential.token == "prod-north-me")
        #expect(credential.expires == nil)
        let info = try JSONReader.value(String(contentsOf: folder.appending(path: "info"), encoding: .utf8))
        #expect(info == [
            "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
            "spec": [
                "interactive": false,
                "cluster": [
                    "server": "https://10.0.0.1:6443", "tls-server-name": "kubernetes",
                    "certificate-authority-data": "Y2E=", "config": ["audience": "prod"],
                ],
            ],
        ])
    }

    @Test(arguments: [
        ("echo no >&2; echo really >&2; exit 3", "ended with code 3: no really"),
        ("kill -9 $$", "was ended by signal 9"),
        ("echo hello", "it printed no ExecCredential"),
        ("echo '\(credential("{}"))'", "it gave neither a token nor a certificate"),
        ("echo '\(credential("null"))'", "without a status"),
        (#"echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"a"}}'"#, "it speaks client"),
        ("echo '\(credential(#"{"clientKeyData":"a"}"#))'", "a key without a certificate"),
        ("echo '\(credential(#"{"token":"a","expirationTimestamp":"soon"}"#))'", "its expirationTimestamp is no time: soon"),
        ("head -c 2000000 /dev/zero", "printed more than 1048576 bytes"),
    ])
    func saysWhatIsWrong(_ script: String, _ problem: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let failure = try await failure(program(script))
        #expect(failure?.reason == .unauthorized)
        #expect(failure?.message.contains(problem) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.hasPrefix("no credentials from exec of user \"me\": ") == true)
        #expect(failure?.message.hasSuffix("\nget login from the platform team") == true)
    }

    @Test(arguments: ["echo s3cret", "echo 'token: s3cret'", "echo '{\"status\": {\"token\": \"s3cret\"'"])
    func whatItPrintsIsNobodysBusiness(_ script: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let message = try #require(try await failure(program(script))?.message)
        #expect(!message.contains("s3cret"), "\(message)")
    }

    @Test func mayPrintYAML() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = "apiVersion: client.authentication.k8s.io/v1\\nkind: ExecCredential\\nstatus: {token: a}\\n"
        #expect(try await failure(program("printf '\(text)'")) == nil)
    }

    @Test func isEndedWhereItTakesTooLong() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let start = ContinuousClock.now
        let failure = try await failure(program("sleep 60 & sleep 60"), seconds: 0.3)
        #expect(failure?.message.contains("has not ended within 0.3 seconds") == true)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func isEndedWithItsTask() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try program("touch \"$0.running\"; sleep 60")
        let started = folder.appending(path: "rr-login.running").path
        let task = Task { try await failure(program) }
        try await HTTPFaultTests.until { FileManager.default.fileExists(atPath: started) }
        task.cancel()
        #expect(try await task.value?.reason == .cancelled)
    }

    @Test func getsNothingThatIsOpenHere() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        let program = try program("""
            [ -e /dev/fd/\(connection) ] && exit 1
            echo '\(Self.credential(#"{"token":"a"}"#))'
            """)
        #expect(try await failure(program) == nil)
    }

    @Test func isLookedForInPath() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var program = try program("echo '\(Self.credential(#"{"token":"a"}"#))'")
        program.command = "rr-login"
        #expect(try await failure(program, environment: ["PATH": "/bin:" + folder.path]) == nil)
        let missing = try await failure(program, environment: ["PATH": "/bin"])
        #expect(missing?.message.contains("there is no program rr-login in PATH\nget login from") == true)
        program.command = folder.appending(path: "nothing").path
        #expect(try await failure(program)?.message.contains("there is no program /") == true)
        program.interaction = .always
        #expect(try await failure(program)?.message.contains("standard input is no terminal") == true)
    }

    @Test func isRunAgainWhereItsTokenIsRefused() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try program("""
            echo run >> "$0.runs"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$(grep -c run "$0.runs")"
            """)
        let script: FaultServer.Script = { request in
            request.headers["authorization"] == "Bearer 2" ? [.answer(200)] : [.refusal(401, "Unauthorized")]
        }
        try await HTTPFaultTests.with(credential: .program(program), script) { transport, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await transport.send(HTTPFaultTests.get) } }
                try await group.waitForAll()
            }
            _ = try await transport.send(HTTPFaultTests.patch)
            let tokens = server.requests.map { $0.headers["authorization"] }
            #expect(tokens.last == "Bearer 2")
            #expect(Set(tokens) == ["Bearer 1", "Bearer 2"])
        }
    }

    @Test func isNotRunForeverWhereEverythingIsRefused() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try program("""
            echo run >> "$0.runs"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$(grep -c run "$0.runs")"
            """)
        try await HTTPFaultTests.with(credential: .program(program)) { _ in [.refusal(401, "Unauthorized")] } _: {
            transport, server in
            let start = ContinuousClock.now
            for _ in 0..<4 {
                let failure = await HTTPFaultTests.failure(transport, HTTPFaultTests.get)
                #expect(failure?.reason == .unauthorized)
            }
            // Once for the first refusal, and once more for every ten seconds that a busy machine takes.
            let more = Int((ContinuousClock.now - start).components.seconds) / 10
            let count = Set(server.requests.map { $0.headers["authorization"] }).count
            #expect((2...2 + more).contains(count))
        }
    }

    @Test func isRunAgainWhenItsTokenHasRunOut() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = VirtualClock(start: 1_000_000)
        let program = try program("""
            echo run >> "$0.runs"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s","expirationTimestamp":"%s"}}' \
                "$(grep -c run "$0.runs")" 1970-01-12T13:56:40Z
            """)
        let access = try HTTPTransportTests.access("http://127.0.0.1", .program(program))
        let source = CredentialSource(access: access, environment: ["PATH": "/usr/bin:/bin"], clock: clock)
        #expect(try await source.proof().authorization == "Bearer 1")
        #expect(try await source.proof().authorization == "Bearer 1")
        clock.advance(to: 1_000_595)
        #expect(try await source.proof().authorization == "Bearer 2")
    }
}
