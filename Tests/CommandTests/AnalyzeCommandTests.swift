import Foundation
import ManifestKit
import Synchronization
import Testing

/// `rollout-render analyze` as a user runs it, against a server that answers as the test wants.
@Suite struct AnalyzeCommandTests {
    /// Answers with one value after the other, the last one again and again, and remembers what it was asked.
    final class Service: Sendable {
        private let state: Mutex<(values: [String], requests: [String])>

        init(_ values: [String]) { state = Mutex((values, [])) }

        var requests: [String] { state.withLock { $0.requests } }

        func answer(_ request: String) -> LocalServer.Answer {
            state.withLock { state in
                state.requests.append(request)
                let value = state.values.count > 1 ? state.values.removeFirst() : state.values[0]
                guard value != "refused" else { return LocalServer.Answer(status: "500 No", body: "") }
                return LocalServer.Answer(body: "{\"errors\": \(value)}")
            }
        }
    }

    static func template(_ port: UInt16, more: String = "interval: 1s\n    count: 3\n    failureLimit: 1") -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors}
        spec:
          args:
          - name: service
          - {name: token, valueFrom: {secretKeyRef: {name: tokens, key: api}}}
          metrics:
          - name: errors
            \(more)
            successCondition: result < 1
            failureCondition: result >= 5
            provider:
              web:
                url: http://127.0.0.1:\(port)/{{args.service}}
                jsonPath: "{$.errors}"
                headers: [{key: Authorization, value: "Bearer {{args.token}}"}]
          - name: smoke
            provider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}
        """
    }

    static let usual = ["--arg", "service=web", "--metric", "errors", "--secret", "tokens/api=token.txt"]

    static func run(
        _ values: [String], _ arguments: [String] = usual, more: String? = nil, input: String? = nil
    ) throws -> (run: ProgramRun, service: Service) {
        let service = Service(values)
        let server = try LocalServer { service.answer($0) }
        let text = more.map { template(server.port, more: $0) } ?? template(server.port)
        let folder = try ScratchFolder(["template.yaml": text, "token.txt": "hush-hush\n"])
        let run = try ProgramRun(
            ["analyze", "template.yaml"] + arguments, in: folder.url, environment: ["API_TOKEN": "from-outside"])
        return (run, service)
    }

    @Test func measurementsComeAsLinesAndTheVerdictLast() throws {
        let (run, service) = try Self.run(["0", "3", "0.5"])
        // One neither good nor bad is one too many.
        #expect(run.code == 1, "\(run.output)\(run.messages)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3 && lines[0].contains("errors  Successful  0") && lines[1].contains("Inconclusive  3"))
        #expect(lines[2].hasPrefix("errors: Inconclusive") && lines[2].contains("inconclusiveLimit (0)"))
        #expect(service.requests.allSatisfy { $0.contains("GET /web ") && $0.contains("Bearer hush-hush\r\n") })
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func goodOnesEndWithZero() throws {
        let (run, service) = try Self.run(["0", "5", "0"])
        #expect(run.code == 0, "\(run.output)\(run.messages)")
        #expect(service.requests.count == 3 && run.output.contains("errors: Successful after "))
    }

    @Test(arguments: [
        ("0.5", Int32(0), "result < 1  holds", "result >= 5  does not hold"),
        ("7", 1, "result < 1  does not hold", "result >= 5  holds"),
        ("3", 1, "result < 1  does not hold", "result >= 5  does not hold"),
    ])
    func onceSaysHowEachConditionCameOut(_ value: String, _ code: Int32, _ good: String, _ bad: String) throws {
        let (run, service) = try Self.run([value], Self.usual + ["--once"])
        #expect(run.code == code, "\(run.output)\(run.messages)")
        #expect(run.output.contains("successCondition: \(good)") && run.output.contains("failureCondition: \(bad)"))
        #expect(service.requests.count == 1)
    }

    @Test func onceTellsErrorsAndTriesNothingAgain() throws {
        let (run, service) = try Self.run(["refused"], Self.usual + ["--once"])
        #expect(run.code == 1 && run.output.contains("received non 2xx response code: 500"))
        #expect(service.requests.count == 1)
        let text = try Self.run(["\"many\""], Self.usual + ["--once"]).run
        #expect(text.code == 1 && text.output.contains("could not evaluate successCondition"))
    }

    @Test func secretsAreShownNowhere() throws {
        let service = Service(["{\"said\": \"hush-hush from-outside\"}"])
        let server = try LocalServer { service.answer($0) }
        let folder = try ScratchFolder(["template.yaml": Self.template(server.port), "token.txt": "hush-hush"])
        for (secret, token) in [("token.txt", "hush-hush"), ("env:API_TOKEN", "from-outside")] {
            for output in ["text", "json", "yaml", "html"] {
                let run = try ProgramRun(
                    ["analyze", "template.yaml", "--once", "--arg", "service=web", "--metric", "errors", "-o", output,
                        "--secret", "tokens/api=\(secret)"],
                    in: folder.url, environment: ["API_TOKEN": "from-outside"])
                #expect(run.code == 1)
                #expect(!run.output.contains(token) && !run.messages.contains(token), "\(output): \(run.output)")
            }
            #expect(service.requests.last?.contains("Bearer \(token)\r\n") == true)
        }
    }

    @Test func reportsAreForProgramsAndBrowsers() throws {
        let json = try Self.run(["0"], Self.usual + ["-o", "json"])
        let value = try #require(YAMLParser.document(json.run.output)?.root?.json)
        #expect(value["kind"] == "AnalysisRun" && value["status"]?["phase"] == "Successful")
        #expect(value["status"]?["metricResults"]?[0]?["measurements"]?.array?.count == 3)
        #expect(json.run.messages.contains("errors  Successful"))
        let page = try Self.run(["0", "9"], Self.usual + ["-o", "html"]).run
        #expect(page.code == 1 && page.output.hasPrefix("<!doctype html>"))
        #expect(page.output.contains("point Successful") && page.output.contains("point Failed"))
        #expect(page.output.contains("threshold failure"))
    }

    @Test func endsAfterAWhileAsATermination() throws {
        let run = try Self.run(["0"], Self.usual + ["--for", "2s"], more: "interval: 1s").run
        #expect(run.code == 0, "\(run.output)\(run.messages)")
        #expect(run.output.contains("Run Terminated"))
    }

    @Test func anInterruptIsATermination() async throws {
        let service = Service(["0"])
        let server = try LocalServer { service.answer($0) }
        let folder = try ScratchFolder([
            "template.yaml": Self.template(server.port, more: "interval: 1s"), "token.txt": "x", "out": "",
        ])
        let process = Process()
        process.executableURL = ProgramRun.program
        process.arguments = ["analyze", "template.yaml"] + Self.usual
        process.currentDirectoryURL = folder.url
        let out = folder.url.appending(path: "out")
        process.standardOutput = try FileHandle(forWritingTo: out)
        try process.run()
        for _ in 0..<600 where service.requests.count < 2 { try await Task.sleep(for: .milliseconds(50)) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(try String(contentsOf: out, encoding: .utf8).contains("Run Terminated"))
    }

    @Test(arguments: [
        (["--arg", "service=web", "--secret", "tokens/api=token.txt"], "needs a cluster"),
        (["--metric", "errors", "--secret", "tokens/api=token.txt"], "--arg service=VALUE"),
        (["--metric", "none", "--arg", "service=web"], "there is no metric none: there are errors, smoke"),
        (["--arg", "servic=web"], "no template declares an argument servic"),
        (["--arg", "service"], "--arg is name=value"),
        (["--secret", "tokens=x"], "no name and key"),
        (["--secret", "a/b=env:NOT_THERE"], "NOT_THERE is not set"),
        (["--secret", "a/b=nowhere.txt"], "cannot read nowhere.txt"),
        (["--template", "other"], "there is no template other: there are errors"),
        (["--for", "soon"], "--for is a length of time"),
        (["nowhere.yaml"], "nowhere.yaml"),
    ])
    func wrongUsageSaysWhatToDo(_ arguments: [String], _ message: String) throws {
        let usual = arguments.contains("--arg") || arguments.contains("--metric")
            ? [] : ["--arg", "service=web", "--metric", "errors"]
        let (run, service) = try Self.run(["0"], usual + arguments)
        #expect(run.code == 2, "\(run.output)\(run.messages)")
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(service.requests.isEmpty)
    }

    @Test func aSecretThatIsNotGivenIsAnErrorWithAdvice() throws {
        let run = try Self.run(["0"], ["--arg", "service=web", "--metric", "errors", "--once"]).run
        #expect(run.code == 1 && run.output.contains("--secret tokens/KEY=FILE"), "\(run.output)\(run.messages)")
    }

    @Test func noTemplateIsWrongUsage() throws {
        let folder = try ScratchFolder(["a.yaml": "kind: Service\nmetadata: {name: a}\n", "b.yaml": "a: [\n"])
        for file in ["a.yaml", "b.yaml"] {
            #expect(try ProgramRun(["analyze", file], in: folder.url).code == 2)
        }
        #expect(try ProgramRun(["analyze"], in: folder.url).code == 2)
    }

    /// What is said on standard error has no colours where that leads into a file, though the output is a terminal.
    @Test(arguments: [true, false]) func coloursAreForTheTerminalThatTheyGoTo(_ isMessageOnTerminal: Bool) throws {
        let service = Service(["0"])
        let server = try LocalServer { service.answer($0) }
        let text = Self.template(server.port).replacingOccurrences(of: "  - {name: token,", with: "  - {name: token, value: x} #")
        let folder = try ScratchFolder(["template.yaml": text])
        var (main, terminal): (Int32, Int32) = (0, 0)
        try #require(openpty(&main, &terminal, nil, nil, nil) == 0)
        let file = folder.url.appending(path: "other")
        try Data().write(to: file)
        let process = Process()
        process.executableURL = ProgramRun.program
        process.arguments = [
            "analyze", folder.url.appending(path: "template.yaml").path, "--arg", "service=web", "--metric", "errors",
            "--once", "-o", "json",
        ]
        process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm"]
        let place = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
        let other = try FileHandle(forWritingTo: file)
        process.standardOutput = isMessageOnTerminal ? other : place
        process.standardError = isMessageOnTerminal ? place : other
        try process.run()
        process.waitUntilExit()
        var bytes = [UInt8](repeating: 0, count: 65_536)
        _ = fcntl(main, F_SETFL, O_NONBLOCK)
        let count = read(main, &bytes, bytes.count)
        let shown = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        let written = try String(contentsOf: file, encoding: .utf8)
        let messages = isMessageOnTerminal ? shown : written
        #expect(messages.contains("Successful"), "\(messages) \(shown)")
        #expect(messages.contains("\u{1B}[") == isMessageOnTerminal, "\(messages)")
        close(main)
        close(terminal)
    }
}
