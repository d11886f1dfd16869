import Foundation
import Testing

@testable import ManifestKit

@Suite struct ConversionDiffTests {
    /// Applies a diff as `patch` does, strictly.
    static func patched(_ old: [UInt8], with diff: [UInt8]) -> [UInt8]? {
        func lines(_ bytes: [UInt8]) -> [[UInt8]] {
            var result: [[UInt8]] = []
            for byte in bytes {
                if result.isEmpty || result[result.count - 1].last == 0x0A { result.append([]) }
                result[result.count - 1].append(byte)
            }
            return result
        }
        let before = lines(old)
        var result: [[UInt8]] = []
        var place = 0
        var last: UInt8 = 0
        for line in lines(diff).dropFirst(2) {
            switch line.first {
            case UInt8(ascii: "@"):
                let text = String(decoding: line, as: UTF8.self)
                guard
                    let start = text.split(separator: " ").dropFirst().first?.dropFirst().split(separator: ",").first
                        .flatMap({ Int($0) })
                else { return nil }
                while place < start - 1 {
                    result.append(before[place])
                    place += 1
                }
            case UInt8(ascii: " "):
                guard place < before.count, before[place].starts(with: line.dropFirst().prefix(before[place].count))
                else { return nil }
                result.append(before[place])
                place += 1
            case UInt8(ascii: "-"):
                guard place < before.count else { return nil }
                place += 1
            case UInt8(ascii: "+"): result.append(Array(line.dropFirst()))
            case UInt8(ascii: "\\"):
                if last != UInt8(ascii: "-"), var end = result.popLast() {
                    if end.last == 0x0A { end.removeLast() }
                    result.append(end)
                }
            default: return nil
            }
            last = line.first ?? 0
        }
        return (result + before[place...]).flatMap { $0 }
    }

    @Test func everyDiffLeadsToTheNewText() {
        var random = ConversionTextTests.Random(state: 7)
        for _ in 0..<2000 {
            let words = ["a\n", "b\n", "c\n", "---\n", "x: y\n", "\n"]
            let old = (0..<Int(random.next() >> 33) % 30).map { _ in random.pick(words) }
            var new = old
            for _ in 0..<Int(random.next() >> 33) % 6 {
                let place = new.isEmpty ? 0 : Int(random.next() >> 33) % new.count
                if random.chance(50) || new.isEmpty {
                    new.insert(random.pick(words), at: place)
                } else {
                    new.remove(at: place)
                }
            }
            var (left, right) = (old.joined(), new.joined())
            if random.chance(30), !left.isEmpty { left.removeLast() }
            if random.chance(30), !right.isEmpty { right.removeLast() }
            let diff = UnifiedDiff.text(name: "f", old: Array(left.utf8), new: Array(right.utf8))
            guard left != right else {
                #expect(diff.isEmpty)
                continue
            }
            let result = Self.patched(Array(left.utf8), with: diff)
            #expect(
                result == Array(right.utf8),
                "\(left.debugDescription) -> \(right.debugDescription)\n\(String(decoding: diff, as: UTF8.self))")
        }
    }

    @Test func looksAsReadersExpect() {
        let old = "kind: A\nname: a\n---\nkind: B\nname: b"
        let new = "kind: A\nname: a\n---\nkind: A\nname: c\n---\nkind: B\nname: b\n"
        let diff = String(
            decoding: UnifiedDiff.text(name: "f.yaml", old: Array(old.utf8), new: Array(new.utf8)), as: UTF8.self)
        #expect(
            diff == """
                --- f.yaml
                +++ f.yaml
                @@ -1,5 +1,8 @@
                 kind: A
                 name: a
                +---
                +kind: A
                +name: c
                 ---
                 kind: B
                -name: b
                \\ No newline at end of file
                +name: b

                """)
        let added = String(
            decoding: UnifiedDiff.text(name: "n", old: [], new: Array("a\n".utf8), isNew: true), as: UTF8.self)
        #expect(added == "--- /dev/null\n+++ n\n@@ -0,0 +1 @@\n+a\n")
    }

    /// Texts that have nothing in common must not take for ever.
    @Test func copesWithTextsThatHaveNothingInCommon() {
        let old = (0..<20_000).map { "a\($0)\n" }.joined()
        let new = (0..<20_000).map { "b\($0)\n" }.joined()
        #expect(UnifiedDiff.text(name: "f", old: Array(old.utf8), new: Array(new.utf8)).count > old.utf8.count)
    }
}
