import Foundation
import Testing

@testable import ManifestKit

/// What reviews have found in notifications, and what it does now.
@Suite struct NotificationFaultTests {
    /// The reasons that stand in the source beside events, literally or by a name.
    private static func reasonsInSource() throws -> Set<String> {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let files = (FileManager.default.enumerator(atPath: sources.path)?.allObjects ?? []).compactMap { $0 as? String }
        var texts: [String] = []
        for file in files where file.hasSuffix(".swift") && (file.hasPrefix("ManifestKit/") || file.hasPrefix("Runtime/")) {
            texts.append(try String(contentsOf: sources.appending(path: file), encoding: .utf8))
        }
        let all = texts.joined(separator: "\n")
        var constants: [String: String] = [:]
        for match in all.matches(of: /public static let (\w+) = "([A-Z]\w+)"/) {
            constants[String(match.output.1)] = String(match.output.2)
        }
        var reasons: Set<String> = []
        for match in all.matches(of: /RolloutEvent\(\s*(?:\.\w+,\s*)?reason: (?:"([A-Z][\w ]*)"|RolloutReason\.(\w+))[,)]/) {
            if let literal = match.output.1 { reasons.insert(String(literal)) }
            if let name = match.output.2 { reasons.insert(constants[String(name)] ?? "RolloutReason.\(name)") }
        }
        for match in all.matches(of: /emit\(\s*\.\w+,\s*(?:"([A-Z]\w*)"|RolloutReason\.(\w+)),/) {
            if let literal = match.output.1 { reasons.insert(String(literal)) }
            if let name = match.output.2 { reasons.insert(constants[String(name)] ?? "RolloutReason.\(name)") }
        }
        return reasons
    }

    @Test func everyEventOfOursMayFireATrigger() throws {
        let reasons = try Self.reasonsInSource()
        #expect(reasons.count > 20, "\(reasons.sorted())")
        for reason in reasons.sorted() {
            #expect(NotificationEvents.mayFire(NotificationTrigger.name(forReason: reason)), "\(reason)")
        }
        for phase in AnalysisPhase.allCases {
            for kind in ["AnalysisRun", "Experiment"] {
                #expect(NotificationEvents.mayFire(NotificationTrigger.name(forReason: kind + phase.rawValue)))
            }
        }
        #expect(!NotificationEvents.mayFire("on-canary-mapping-weight-updated"))
    }

    @Test(arguments: [200, 202, 204]) func aWebhookOfTeamsSaysThatItHasTakenACard(_ status: Int) throws {
        let service = try TeamsService(NotificationOptions(["recipientUrls": ["c": "http://t"]]))
        #expect(service.verdict(status: status, body: "1") == .delivered)
        guard case .refused(let reason) = service.verdict(status: status, body: "") else {
            Issue.record("an empty answer counts as delivered")
            return
        }
        #expect(reason.contains("nothing"))
    }

    @Test(arguments: [
        ("\"1s\"", "0s"), ("\"1500ms\"", "1s"), ("\"60s\"", "60s"), ("\"61s\"", "1m"), ("\"1h\"", "60m"),
        ("\"1h0m0.5s\"", "1h"), ("\"-90m\"", "1h"), ("\"8765h\"", "1y"), ("\"721h\"", "1mo"), ("\"x\"", "0s"),
        ("(.time.Now | dateModify \"-2h10m\")", "2h"),
    ]) func lengthsOfTimeAreRoundedAsSprigDoes(_ argument: String, _ text: String) throws {
        guard !argument.contains(".time") else {
            #expect(try GoTemplateTests.render("{{durationRound (now | dateModify \"-2h10m\")}}") == text)
            return
        }
        #expect(try GoTemplateTests.render("{{durationRound \(argument)}}") == text)
    }

    @Test func theLinesOfAMailEndAsMimeWantsIt() throws {
        var mail = MailMessage(host: "h", port: 25, from: "a@b", recipients: ["c@d"])
        mail.body = "first\nsecond\r\n" + String(repeating: "long ", count: 60) + "\n"
        let text = MailText.text(of: mail, id: "1", date: NotificationTests.now.instant)
        let lines = text.components(separatedBy: "\r\n")
        let empty = try #require(lines.firstIndex(of: ""))
        let encoded = lines[(empty + 1)...]
        #expect(encoded.allSatisfy { $0.utf8.count <= 76 })
        let body = String(decoding: try #require(Base64.decoded(encoded.joined())), as: UTF8.self)
        #expect(body.hasPrefix("first\r\nsecond\r\nlong "))
        #expect(body.hasSuffix("long \r\n"))
    }

    /// Each of these does the work of minutes in a few calls of functions.
    @Test(.timeLimit(.minutes(5)), arguments: [
        "{{$t := repeat 500000 \"a\"}}{{range 300000}}{{if contains (print \"b\") $t}}x{{end}}{{end}}",
        "{{$t := repeat 500000 \"a\"}}{{$n := repeat 250000 \"a\"}}{{contains (print $n \"b\") $t}}",
        "{{$l := untilStep 0 1900 1}}{{range 20000}}{{$u := uniq $l}}{{end}}",
        "{{$l := until 20000}}{{range 20000}}{{if has -1 $l}}x{{end}}{{end}}",
    ]) func whatFunctionsLookThroughCostsSteps(_ template: String) {
        var limits = GoTemplate.Limits()
        limits.steps = 50_000
        let failure = #expect(throws: GoTemplateFailure.self) { try GoTemplateTests.render(template, limits: limits) }
        #expect(failure?.message.contains("steps") == true, "\(failure?.message ?? "")")
    }

    @Test func aSecretIsFoundWhateverStandsBehindIt() {
        var measurement = Measurement(.error, startedAt: nil)
        // With a combining accent behind it the last letter is another character.
        measurement.message = "token s3cret\u{301} was refused"
        measurement.metadata = ["query": "key=s3cret\u{301}"]
        let hidden = TakenMeasurement(measurement, metadata: ["q": "s3cret\u{301}"]).hiding(["s3cret", ""])
        #expect(hidden.measurement.message == "token *****\u{301} was refused")
        #expect(hidden.measurement.metadata["query"] == "key=*****\u{301}")
        #expect(hidden.metadata["q"] == "*****\u{301}")
    }
}
