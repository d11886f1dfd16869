import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server that answers each request as a test wants it, down to the bytes, the pauses and the resets.
final class FaultServer: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        /// Its number among all, from 1.
        var number: Int
        /// The number of its connection, from 1.
        var connection: Int
        var method: String
        var path: String
        /// Header fields by lower-case name.
        var headers: [String: String]
        var body: String
    }

    /// What the server does.
    enum Step: Sendable {
        case text(String)
        case pause(Double)
        case close
        /// Ends the connection so that the client gets a reset.
        case reset

        /// A whole answer.
        static func answer(_ status: Int, _ body: String = "{}", _ headers: [String: String] = [:]) -> Step {
            let type = headers["Content-Type"] ?? "application/json"
            let others = headers.filter { $0.key != "Content-Type" }.map { "\($0.key): \($0.value)\r\n" }.joined()
            return .text(
                "HTTP/1.1 \(status) Status\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "\(others)\r\n\(body)")
        }

        /// An answer of an API server that refuses something.
        static func refusal(
            _ code: Int, _ reason: String, _ details: String = "{}", headers: [String: String] = [:]
        ) -> Step {
            answer(
                code,
                #"{"kind":"Status","status":"Failure","reason":"\#(reason)","message":"it is \#(reason)","#
                    + #""details":\#(details),"code":\#(code)}"#, headers)
        }

        /// The beginning of a body of unknown length.
        static let stream = text(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")

        /// A part of such a body.
        static func part(_ text: String) -> Step {
            .text(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
        }

        /// Its end.
        static let end = text("0\r\n\r\n")
    }

    /// What the server does when a request has come.
    typealias Script = @Sendable (Request) -> [Step]

    private let seen = Mutex<[Request]>([])
    private let gone = Mutex(0)
    private let connections = Mutex(0)

    /// The requests so far.
    var requests: [Request] { seen.withLock { $0 } }
    /// How many connections have ended.
    var ended: Int { gone.withLock { $0 } }

    /// Runs a server for as long as a closure takes; the first connections are reset before anything is read.
    static func with<Result>(
        tls: TLSConfiguration? = nil, resets: Int = 0, _ script: @escaping Script,
        _ body: (_ server: FaultServer, _ port: Int) async throws -> Result
    ) async throws -> Result {
        let server = FaultServer()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = server.connections.withLock { number in
                        number += 1
                        return number
                    }
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(server: server, number: number, isReset: number <= resets, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        defer { channel.close(promise: nil) }
        return try await body(server, channel.localAddress?.port ?? 0)
    }

    /// Reads requests on one connection and plays the script for each.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let server: FaultServer
        private let number: Int
        private let isReset: Bool
        private let script: Script
        private var received = ""

        init(server: FaultServer, number: Int, isReset: Bool, script: @escaping Script) {
            self.server = server
            self.number = number
            self.isReset = isReset
            self.script = script
        }

        func channelActive(context: ChannelHandlerContext) {
            if isReset { FaultServer.play([.reset], on: context.channel) }
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            server.gone.withLock { $0 += 1 }
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            // The beginning of a TLS handshake, which a server without TLS refuses in its own way.
            if received.hasPrefix("\u{16}") { return FaultServer.play([.answer(400), .close], on: context.channel) }
            guard let end = received.range(of: "\r\n\r\n") else { return }
            let lines = received[..<end.lowerBound].components(separatedBy: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            let body = String(received[end.upperBound...])
            guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return }
            received = ""
            let words = lines[0].split(separator: " ").map(String.init)
            let request = server.seen.withLock { seen in
                let request = Request(
                    number: seen.count + 1, connection: number, method: words[0], path: words[1], headers: headers,
                    body: body)
                seen.append(request)
                return request
            }
            FaultServer.play(script(request)[...], on: context.channel)
        }
    }

    private static func play(_ steps: ArraySlice<Step>, on channel: any Channel) {
        guard let step = steps.first else { return }
        let rest = steps.dropFirst()
        switch step {
        case .text(let text):
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            play(rest, on: channel)
        case .pause(let seconds):
            channel.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) { play(rest, on: channel) }
        case .close:
            // A program that another test has just started may hold the connection too; this ends it for all.
            channel.close(mode: .output, promise: nil)
            channel.close(promise: nil)
        case .reset:
            guard let options = channel as? any SocketOptionProvider else { return }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
