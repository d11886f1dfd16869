import ManifestKit
import NIOCore
import NIOPosix
import NIOSSL

/// Sends mails by SMTP (RFC 5321), encrypted where the server offers it.
enum MailClient {
    /// What a server answered that was not hoped for.
    struct Refusal: Error {
        var code: Int
        var text: String
    }

    /// Why a mail is not sent, whatever the server says.
    struct Obstacle: Error {
        var text: String
    }

    /// Sends a mail, and says what came of it.
    static func send(
        _ mail: MailMessage, id: String, date: ExpressionValue.Instant, seconds: Double
    ) async -> NotificationVerdict {
        let server = "\(mail.host):\(mail.port)"
        do {
            try await TimeLimit.within(seconds) {
                try await deliver(mail, MailText.text(of: mail, id: id, date: date))
            }
            return .delivered
        } catch let refusal as Refusal {
            let text = "\(server) answered \(refusal.code): \(refusal.text)"
            return (400..<500).contains(refusal.code) ? .later(text, seconds: nil) : .refused(text)
        } catch let obstacle as Obstacle {
            return .refused("\(server): \(obstacle.text)")
        } catch is TimeLimit.Exceeded {
            return .later("\(server) did not take the mail within \(Int(seconds)) seconds", seconds: nil)
        } catch is CancellationError {
            return .later("the mail was broken off", seconds: nil)
        } catch {
            return .later("cannot reach \(server): " + String("\(error)".prefix(300)), seconds: nil)
        }
    }

    private static func deliver(_ mail: MailMessage, _ text: String) async throws {
        let isEncrypted = mail.isEncrypted
        let context = try securityContext(mail)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .connect(host: mail.host, port: mail.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isEncrypted {
                        try channel.pipeline.syncOperations.addHandler(handler(context, mail.host))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var talk = MailTalk(reader: inbound.makeAsyncIterator(), writer: outbound)
            try await talk.expect(220)
            var extensions = try await talk.greet()
            var isSafe = isEncrypted
            if !isSafe, extensions["STARTTLS"] != nil {
                try await talk.ask("STARTTLS", 220)
                // What was sent before the encryption must not count as sent in it.
                try talk.expectNothing()
                let inner = channel.channel
                try await inner.eventLoop.submit {
                    try inner.pipeline.syncOperations.addHandler(handler(context, mail.host), position: .first)
                }.get()
                extensions = try await talk.greet()
                isSafe = true
            }
            if !mail.username.isEmpty { try await logIn(&talk, mail, extensions, isSafe: isSafe) }
            try await talk.ask("MAIL FROM:<\(MailText.address(in: mail.from))>", 250)
            for recipient in mail.recipients {
                try await talk.ask("RCPT TO:<\(MailText.address(in: recipient))>", 250, 251)
            }
            try await talk.ask("DATA", 354)
            try await talk.ask(text + ".", 250)
            // It has the mail; how it says goodbye does not matter.
            _ = try? await talk.ask("QUIT", 221)
        }
    }

    private static func logIn(
        _ talk: inout MailTalk, _ mail: MailMessage, _ extensions: [String: String], isSafe: Bool
    ) async throws {
        let isLocal = ["localhost", "127.0.0.1", "::1"].contains(mail.host)
        guard isSafe || isLocal else {
            throw Obstacle(text: "the server offers no encryption, and a password is not sent without")
        }
        let ways = Set((extensions["AUTH"] ?? "").uppercased().split(separator: " ").map(String.init))
        if ways.contains("PLAIN") {
            let text = Base64.encoded(Array("\0\(mail.username)\0\(mail.password)".utf8))
            try await talk.ask("AUTH PLAIN \(text)", 235)
        } else if ways.contains("LOGIN") {
            try await talk.ask("AUTH LOGIN", 334)
            try await talk.ask(Base64.encoded(Array(mail.username.utf8)), 334)
            try await talk.ask(Base64.encoded(Array(mail.password.utf8)), 235)
        } else {
            throw Obstacle(text: "the server takes neither AUTH PLAIN nor AUTH LOGIN")
        }
    }

    // MARK: Encryption

    private static func securityContext(_ mail: MailMessage) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if mail.isInsecure { configuration.certificateVerification = .none }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func handler(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        // An address of digits is checked as such and not as a name.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}

/// The lines of a connection to a mail server.
private struct MailTalk {
    /// How long a line of the server may be, and how many lines an answer may have.
    private static let longestLine = 8_192
    private static let mostLines = 100

    var reader: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    init(
        reader: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.reader = reader
        self.writer = writer
    }

    /// Says EHLO and gives the server's extensions with their parameters.
    mutating func greet() async throws -> [String: String] {
        let lines = try await ask("EHLO rollout-render", 250)
        var extensions: [String: String] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let word = words.first else { continue }
            extensions[word.uppercased()] = words.count > 1 ? words[1] : ""
        }
        return extensions
    }

    /// Sends a line and waits for an answer with one of some codes; gives the answer's lines.
    @discardableResult
    mutating func ask(_ line: String, _ codes: Int...) async throws -> [String] {
        try await writer.write(ByteBuffer(string: line + "\r\n"))
        return try await answer(codes)
    }

    /// Waits for the server to speak first.
    mutating func expect(_ code: Int) async throws { _ = try await answer([code]) }

    /// Nothing may have come behind the last answer.
    func expectNothing() throws {
        guard received.isEmpty else { throw MailClient.Obstacle(text: "the server says more before the encryption") }
    }

    private mutating func answer(_ codes: [Int]) async throws -> [String] {
        var lines: [String] = []
        while lines.count < Self.mostLines {
            let line = try await line()
            guard let code = Int(line.prefix(3)), line.utf8.count >= 3 else {
                throw MailClient.Obstacle(text: "this is no mail server")
            }
            lines.append(String(line.dropFirst(4)))
            if line.dropFirst(3).first == "-" { continue }
            guard codes.contains(code) else {
                throw MailClient.Refusal(code: code, text: String(lines.joined(separator: " ").prefix(300)))
            }
            return lines
        }
        throw MailClient.Obstacle(text: "an answer has more than \(Self.mostLines) lines")
    }

    private mutating func line() async throws -> String {
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                var line = Array(received[..<end])
                received.removeFirst(end + 1)
                if line.last == 0x0D { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            guard received.count < Self.longestLine else {
                throw MailClient.Obstacle(text: "a line has more than \(Self.longestLine) bytes")
            }
            guard let more = try await reader.next() else {
                throw MailClient.Refusal(code: 421, text: "the server has closed the connection")
            }
            received += Array(buffer: more)
        }
    }
}
