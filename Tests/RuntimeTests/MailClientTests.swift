import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// What the servers of these tests need.
enum MailServers {
    static let python = OutsideProgram.find("python3")
}

/// Mails to a server that speaks SMTP with Python's sockets.
@Suite(.timeLimit(.minutes(3)), .enabled(if: MailServers.python != nil, "there is no python3"))
struct MailClientTests {
    /// A server for as long as somebody holds on to it.
    final class Server {
        let folder: URL
        private let program: OutsideProgram

        init(_ mode: String) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let identity = try TestAuthority().identity(["localhost"])
            let files = ["certificate": identity.certificate, "key": identity.key]
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "EndToEnd/receiver.py")
            program = try OutsideProgram(
                MailServers.python ?? "",
                [script.path, "smtp", mode, "\(folder.path)/certificate", "\(folder.path)/key"],
                output: folder.appending(path: "out").path)
        }

        deinit {
            program.stop()
            try? FileManager.default.removeItem(at: folder)
        }

        var lines: [JSONValue] {
            let text = (try? String(contentsOf: folder.appending(path: "out"), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { try? JSONReader.value(String($0)) }
        }

        func port() async throws -> Int {
            while true {
                if let port = lines.first?["port"]?.integer { return port }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    static let now = ExpressionValue.Instant(seconds: 1_700_000_000)

    func send(_ mode: String, password: String = "right", change: (inout MailMessage) -> Void = { _ in }) async throws
        -> (verdict: NotificationVerdict, mails: [JSONValue]) {
        let server = try Server(mode)
        var mail = MailMessage(
            host: "127.0.0.1", port: try await server.port(), from: "Rollouts <r@example.com>",
            recipients: ["a@example.com", "b@example.com"])
        mail.username = "user"
        mail.password = password
        mail.isInsecure = true
        mail.isEncrypted = mode == "tls"
        mail.subject = "Grüße"
        mail.body = ".\nweb is done"
        change(&mail)
        let verdict = await MailClient.send(mail, id: "id", date: Self.now, seconds: 30)
        return (verdict, Array(server.lines.dropFirst()))
    }

    @Test(arguments: ["plain", "login", "starttls", "tls"]) func mailsArrive(_ mode: String) async throws {
        let (verdict, mails) = try await send(mode)
        #expect(verdict == .delivered)
        let mail = try #require(mails.first)
        #expect(mails.count == 1 && mail["safe"]?.boolean == (mode == "starttls" || mode == "tls"))
        #expect(mail["auth"] == ["user", "right"] && mail["from"] == "MAIL FROM:<r@example.com>")
        #expect(mail["to"] == ["RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>"])
        let text = try #require(mail["data"]?.string)
        #expect(text.contains("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n") && text.hasSuffix("\r\n\r\nLg0Kd2ViIGlzIGRvbmU=\r\n"))
    }

    @Test func answersDecideWhetherItIsTriedAgain() async throws {
        guard case .later(let later, _) = try await send("busy").verdict, later.contains("451: later"),
            case .refused(let refused) = try await send("refuses").verdict, refused.contains("550: no such user"),
            case .refused(let wrong) = try await send("plain", password: "wrong-password").verdict,
            wrong.contains("535"), !wrong.contains("wrong-password")
        else {
            Issue.record("the verdict is another")
            return
        }
        guard case .later(let reason, _) = try await send("plain", change: { $0.port = 1 }).verdict else {
            Issue.record("nobody is there")
            return
        }
        #expect(reason.contains("cannot reach 127.0.0.1:1"))
    }

    @Test func aCertificateThatNobodyKnowsIsRefused() async throws {
        let (verdict, mails) = try await send("starttls", change: { $0.isInsecure = false })
        guard case .later = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(mails.isEmpty)
    }

    @Test func passwordsDoNotGoUnencryptedToOtherMachines() async throws {
        // Another address of this machine, which counts as another machine's.
        let (verdict, mails) = try await send("plain", change: { $0.host = "127.0.0.2" })
        guard case .refused(let reason) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(mails.isEmpty && reason.contains("offers no encryption"))
    }
}
