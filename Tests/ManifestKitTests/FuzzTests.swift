import Foundation
import Testing

@testable import ManifestKit

/// Broken input of every kind: nothing crashes, hangs or points outside the text.
///
/// The number of rounds comes from `FUZZ_ROUNDS`, the seed from `FUZZ_SEED`; both are printed with a failure.
@Suite struct FuzzTests {
    static let rounds = number("FUZZ_ROUNDS") ?? 2_000
    static let seed = UInt64(number("FUZZ_SEED") ?? 20_261_123)

    static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    /// Manifests to break: the examples, the rules' own, and the recorded ones where they are there.
    static let corpus: [[UInt8]] = {
        var texts = ValidationRules.all.flatMap { $0.failing + $0.passing }.map { Array($0.manifest.utf8) }
        for folder in [TidyTests.root.appending(path: "examples"), ConformanceValidationTests.folder] {
            let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") {
                if let data = try? Data(contentsOf: folder.appending(path: name)) { texts.append(Array(data)) }
            }
        }
        return texts
    }()

    @Test(.timeLimit(.minutes(10)), arguments: 0..<8) func survivesMutations(_ part: UInt64) {
        var generator = SeededGenerator(seed: Self.seed &+ part)
        for _ in 0..<Self.rounds / 8 {
            let seed = generator.state
            var bytes = Self.corpus[Int.random(in: Self.corpus.indices, using: &generator)]
            for _ in 0...Int.random(in: 0...6, using: &generator) { Self.mutate(&bytes, &generator) }
            guard Self.check(bytes, seed: seed) else { return }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: 0..<2) func survivesNoise(_ part: UInt64) {
        var generator = SeededGenerator(seed: Self.seed &+ 100 &+ part)
        for _ in 0..<Self.rounds / 8 {
            let seed = generator.state
            let count = Int.random(in: 0...400, using: &generator)
            let isRaw = Bool.random(using: &generator)
            var bytes: [UInt8] = []
            while bytes.count < count {
                if isRaw {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += Self.tokens.randomElement(using: &generator) ?? []
                }
            }
            guard Self.check(bytes, seed: seed) else { return }
        }
    }

    /// What means something to YAML, to Kubernetes or to this program.
    static let tokens: [[UInt8]] =
        [
            "\n", "\n  ", "\n    ", "\n- ", "- ", ": ", ":", "? ", ", ", "{", "}", "[", "]", "&a ", "*a ", "&b ", "*b ",
            "<<: ",
            "!!str ", "!!binary ", "!<x> ", "|\n ", ">-\n ", "'", "\"", "\\", "#",
            " # rollout-render:ignore RR0002 why\n",
            "# rollout-render:ignore", "%YAML 1.1\n", "---\n", "...\n", "\t", "\r\n", "\u{FEFF}", "\0", "é", "日本", "{{",
            "}}",
            "apiVersion: argoproj.io/v1alpha1\n", "kind: Rollout\n", "kind: List\nitems:\n", "metadata:\n", "spec:\n",
            "setWeight: ", "1e999", "-9223372036854775808", "99999999999999999999", "0x7fffffffffffffff", ".nan",
            "-.inf",
            "9223372036854775807", "null", "~", "true", "100%", "-1", "1Ei", "99999999999h", "2147483648",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80, 0xA8],
        ]

    static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else {
            bytes = tokens.randomElement(using: &generator) ?? []
            return
        }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(place + Int.random(in: 1...24, using: &generator), bytes.count)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
        case 3: bytes.replaceSubrange(place..<end, with: tokens.randomElement(using: &generator) ?? [])
        case 4: bytes.removeSubrange(place...)
        case 5: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        case 6: swapValue(&bytes, at: place, &generator)
        case 7: duplicateLine(&bytes, at: place, &generator)
        default:
            let other = corpus[Int.random(in: corpus.indices, using: &generator)]
            let from = Int.random(in: 0...other.count, using: &generator)
            bytes.insert(contentsOf: other[from..<min(from + 200, other.count)], at: place)
        }
    }

    /// Puts something else behind a colon: a value of another kind where a rule expects its own.
    static func swapValue(_ bytes: inout [UInt8], at place: Int, _ generator: inout SeededGenerator) {
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { return }
        let end = bytes[colon...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let values = [
            "[]", "{}", "null", "''", "-1", "[a, {b: c}]", "{a: [b]}", "1e400", "9223372036854775807", "*a", "é",
        ]
        bytes.replaceSubrange(colon..<end, with: Array((": " + (values.randomElement(using: &generator) ?? "")).utf8))
    }

    static func duplicateLine(_ bytes: inout [UInt8], at place: Int, _ generator: inout SeededGenerator) {
        let start = bytes[..<place].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        bytes.insert(contentsOf: bytes[start..<end], at: Bool.random(using: &generator) ? end : 0)
    }

    /// Reads and validates a text; whether all is well.
    static func check(_ bytes: [UInt8], seed: UInt64) -> Bool {
        let source = SourceFile(name: "fuzz.yaml", bytes: ByteOrderMark.removed(from: bytes))
        let clock = ContinuousClock()
        let start = clock.now
        var validator = Validator()
        YAMLParser.forEachDocument(in: source) { document in
            if let root = document.root { walk(root, depth: 0) }
            validator.check(document)
        }
        let findings = validator.finish()
        let isQuick = clock.now - start < .seconds(10)
        #expect(isQuick, "took too long; FUZZ_SEED \(self.seed), state \(seed)\n\(Data(bytes).base64EncodedString())")
        for finding in findings {
            for span in [finding.span] + finding.related.map(\.span) where !isInside(span, source) {
                Issue.record(
                    """
                    \(finding.rule) points outside the text: \(span)
                    FUZZ_SEED \(self.seed), state \(seed)
                    \(Data(bytes).base64EncodedString())
                    """)
                return false
            }
        }
        return isQuick
    }

    static func isInside(_ span: SourceSpan, _ source: SourceFile) -> Bool {
        let lines = 1...source.lineCount
        return span.start.byte >= 0 && span.start.byte <= span.end.byte && span.end.byte <= source.bytes.count
            && lines.contains(span.start.line) && lines.contains(span.end.line) && span.start.line <= span.end.line
            && span.start.column >= 1 && span.end.column >= 1
    }

    /// Touches everything that a node can be asked.
    static func walk(_ node: YAMLNode, depth: Int) {
        guard depth < 5 else { return }
        _ = (node.span, node.path, node.text, node.scalar, node.tag, node.anchor, node.key?.text)
        for element in node.elements.prefix(20) { walk(element, depth: depth + 1) }
        for entry in node.entries.prefix(20) {
            walk(entry.key, depth: depth + 1)
            walk(entry.value, depth: depth + 1)
        }
    }
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
