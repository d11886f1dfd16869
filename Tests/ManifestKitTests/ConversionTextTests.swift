import Foundation
import Testing

@testable import ManifestKit

/// Deployments of every shape that a seeded generator thinks of: what comes out must mean what was meant, keep every
/// comment that the report does not name, and be the same the second time.
@Suite struct ConversionTextTests {
    /// A small generator with a seed, so that a failure can be repeated.
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var value = state
            value ^= value >> 33
            value = value &* 0xFF51_AFD7_ED55_8CCD
            return value ^ value >> 29
        }
        mutating func chance(_ percent: Int) -> Bool { Int(next() >> 33) % 100 < percent }
        mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int(next() >> 33) % choices.count] }
    }

    /// Writes a Deployment in a random layout.
    struct Writer {
        var random: Random
        var step: Int
        var comments = 0

        init(seed: UInt64) {
            random = Random(state: seed)
            step = random.pick([2, 2, 4, 3])
        }

        mutating func comment() -> String {
            guard random.chance(30) else { return "" }
            comments += 1
            return random.pick([" ", "   "]) + "# note \(comments)"
        }

        mutating func line() -> String {
            guard random.chance(20) else { return random.chance(10) ? "\n" : "" }
            comments += 1
            return String(repeating: " ", count: random.pick([0, 2, 4, 6])) + "# line \(comments)\n"
        }

        mutating func quoted(_ text: String) -> String { random.pick([text, text, "\"\(text)\"", "'\(text)'"]) }

        mutating func strategy(_ lead: String) -> String {
            let inner = lead + String(repeating: " ", count: step)
            let deep = inner + String(repeating: " ", count: step)
            let rolling =
                "rollingUpdate:" + comment() + "\n" + line() + deep + "maxSurge: \(quoted("25%"))" + comment() + "\n"
                + (random.chance(50) ? line() + deep + "maxUnavailable: 0" + comment() + "\n" : "")
            let kind = "type: " + quoted("RollingUpdate") + comment() + "\n"
            switch Int(random.next() >> 33) % 8 {
            case 0: return ""
            case 1: return lead + "strategy: {}" + comment() + "\n"
            case 2: return lead + "strategy:" + comment() + "\n"
            case 3: return lead + "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}" + comment() + "\n"
            case 4: return lead + "strategy:" + comment() + "\n" + line() + inner + kind
            case 5:
                return lead + "strategy:" + comment() + "\n" + inner + "rollingUpdate: {maxUnavailable: 1}" + comment()
                    + "\n"
            case 6: return lead + "strategy:" + comment() + "\n" + inner + rolling + line() + inner + kind
            default: return lead + "strategy:" + comment() + "\n" + inner + kind + line() + inner + rolling
            }
        }

        mutating func deployment() -> String {
            let lead = String(repeating: " ", count: step)
            let deep = lead + lead
            var spec = [
                lead + "replicas: 3" + comment() + "\n",
                lead + "selector:" + comment() + "\n" + deep + "matchLabels: {app: web}" + comment() + "\n",
                strategy(lead),
                lead + "template:" + comment() + "\n" + deep + "metadata:\n" + deep + lead + "labels: {app: web}\n"
                    + line()
                    + deep + "spec:\n" + deep + lead + "containers:\n"
                    + deep + lead + random.pick(["", lead]) + "- {name: web, image: \"web:1\"}" + comment() + "\n",
            ]
            spec.shuffle(using: &random)
            var parts = [
                "apiVersion: " + quoted("apps/v1") + comment() + "\n",
                "kind: " + quoted("Deployment") + comment() + "\n",
                "metadata:\n" + lead + "name: web" + comment() + "\n",
                "spec:" + comment() + "\n" + spec.map { line() + $0 }.joined(),
            ]
            if random.chance(25) { parts.append("status:\n" + lead + "replicas: 3\n") }
            parts.shuffle(using: &random)
            var text = parts.map { line() + $0 }.joined()
            if random.chance(20) { text.removeLast() }
            if random.chance(30) { text = text.replacing("\n", with: "\r\n") }
            return text
        }
    }

    static func convert(_ text: String, _ change: (inout ConversionOptions) -> Void = { _ in })
        -> DeploymentConverter.Result
    {
        var options = ConversionOptions()
        change(&options)
        return DeploymentConverter(options: options).convert([SourceFile(name: "in.yaml", text: text)])
    }

    @Test func everyLayoutConverts() throws {
        for seed in 1...600 {
            var writer = Writer(seed: UInt64(seed))
            let text = writer.deployment()
            let isBlueGreen = seed % 3 == 0
            let result = Self.convert(text) { $0.strategy = isBlueGreen ? .blueGreen : .canary }
            try #require(result.diagnostics.isEmpty, "seed \(seed): \(result.diagnostics.map(\.message))\n\(text)")
            try #require(!result.report.hasRefusals, "seed \(seed)\n\(text)")
            let after = String(decoding: result.files[0].after, as: UTF8.self)
            let old = try #require(YAMLParser.document(text)?.root).json
            let new = try #require(YAMLParser.document(after)?.root).json
            var wanted = old
            wanted["apiVersion"] = "argoproj.io/v1alpha1"
            wanted["kind"] = "Rollout"
            wanted["status"] = nil
            wanted.set(["spec", "strategy"], to: new["spec", "strategy"])
            try #require(new == wanted, "seed \(seed)\n\(text)\n---\n\(after)")
            let canary = new["spec", "strategy", "canary"]
            if !isBlueGreen {
                for key in ["maxSurge", "maxUnavailable"] {
                    try #require(canary?[key] == old["spec", "strategy", "rollingUpdate", key], "seed \(seed)\n\(text)")
                }
            }
            let lost = result.report.entries.map(\.message).joined()
            for number in 1...max(writer.comments, 1) where writer.comments > 0 {
                for word in ["# note \(number)", "# line \(number)"] where Self.has(text, word) {
                    try #require(
                        Self.has(after, word) || Self.has(lost + "\n", word),
                        "seed \(seed): \(word)\n\(text)\n---\n\(after)")
                }
            }
            #expect(text.contains("\r\n") == after.contains("\r\n"))
            let again = DeploymentConverter().convert([SourceFile(name: "in.yaml", text: after)])
            try #require(!again.files[0].isChanged, "seed \(seed)")
            let back = DeploymentConverter(
                options: {
                    var options = ConversionOptions()
                    options.direction = .toDeployment
                    return options
                }()
            )
            .convert([SourceFile(name: "in.yaml", text: after)])
            try #require(back.isComplete, "seed \(seed)\n\(after)")
            let returned = try #require(YAMLParser.document(String(decoding: back.files[0].after, as: UTF8.self))?.root)
                .json
            try #require(returned["spec", "template"] == old["spec", "template"])
            try #require(returned["kind"] == "Deployment")
            if !isBlueGreen {
                try #require(
                    returned["spec", "strategy", "rollingUpdate"] ?? .null == old["spec", "strategy", "rollingUpdate"]
                        ?? .null, "seed \(seed)")
            }
        }
    }

    /// Whether a text has a comment that ends there, so that `# note 1` is not found in `# note 12`.
    static func has(_ text: String, _ comment: String) -> Bool {
        text.replacing("\r", with: "").split(separator: "\n", omittingEmptySubsequences: false).contains { line in
            guard let range = line.firstRange(of: comment) else { return false }
            return range.upperBound == line.endIndex || !line[range.upperBound].isNumber
        } || text.contains(comment + "\n")
    }

    @Test func whatNoEditNamesStays() throws {
        let source = Array("abcdefgh".utf8)
        let edits = [SourceEdit(2..<4, "XY"), SourceEdit(at: 4, "1"), SourceEdit(at: 4, "2"), SourceEdit(7..<8, "")]
        #expect(SourceEdit.apply(edits, to: source).map { String(decoding: $0, as: UTF8.self) } == "abXY12efg")
        #expect(SourceEdit.apply([SourceEdit(1..<4, ""), SourceEdit(3..<5, "")], to: source) == nil)
        #expect(SourceEdit.apply([SourceEdit(7..<9, "")], to: source) == nil)
    }
}
