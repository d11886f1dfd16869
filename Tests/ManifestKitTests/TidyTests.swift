import Foundation
import Testing

@testable import ManifestKit

/// The rules of the house that a machine can hold.
@Suite struct TidyTests {
    /// A source file with its strings and comments blanked, so that only code is looked at.
    struct Source: CustomTestStringConvertible, Sendable {
        var path: String
        var lines: [String]
        var code: [String]
        var testDescription: String { path }

        func firstLine(matching pattern: String) throws -> String? {
            let expression = try NSRegularExpression(pattern: pattern)
            for (index, line) in code.enumerated()
            where expression.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil {
                return "\(path):\(index + 1): \(lines[index])"
            }
            return nil
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let all = sources(under: "Sources")
    static let written = all.filter { !$0.path.hasSuffix(".generated.swift") }
    static let pure = all.filter { $0.path.hasPrefix("Sources/ManifestKit/") }

    static func sources(under folder: String) -> [Source] {
        let base = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = (try? String(contentsOf: base.appending(path: name), encoding: .utf8)) ?? ""
            let lines = text.components(separatedBy: "\n")
            return Source(path: folder + "/" + name, lines: lines, code: code(of: lines))
        }
    }

    /// The lines without what is in strings and comments.
    static func code(of lines: [String]) -> [String] {
        var isInText = false
        return lines.map { line in
            if line.contains("\"\"\"") {
                let isOneLine = line.components(separatedBy: "\"\"\"").count > 2
                if !isOneLine { isInText.toggle() }
                return line.components(separatedBy: "\"\"\"").first ?? ""
            }
            if isInText { return "" }
            var code = line.replacing(/"(\\.|[^"\\])*"/, with: "\"\"")
            if let comment = code.range(of: "//") { code = String(code[..<comment.lowerBound]) }
            return code
        }
    }

    @Test func findsTheSources() {
        #expect(Self.all.count > 20)
    }

    @Test(arguments: written) func fitsOnAScreen(_ source: Source) {
        #expect(source.lines.count <= 401, "\(source.path) has \(source.lines.count) lines")
        for (index, line) in source.lines.enumerated() {
            #expect(line.count <= 120, "\(source.path):\(index + 1) has \(line.count) characters")
        }
    }

    @Test(arguments: written) func functionsFitOnAScreen(_ source: Source) throws {
        let start = try NSRegularExpression(pattern: #"^(\s*)[^=]*\b(func|init|deinit|subscript)\b"#)
        for (index, line) in source.code.enumerated() {
            let range = NSRange(line.startIndex..., in: line)
            guard let match = start.firstMatch(in: line, range: range) else { continue }
            let indent = String(repeating: " ", count: match.range(at: 1).length)
            guard let end = source.lines[index...].firstIndex(of: indent + "}") else { continue }
            // A declaration in a protocol, or a body on one line, has no closing brace of its own.
            let opens = source.code[index...min(index + 6, source.code.count - 1)].first { $0.contains("{") }
            guard opens?.hasSuffix("{") == true || opens?.hasSuffix(" in") == true else { continue }
            #expect(end - index - 1 <= 70, "\(source.path):\(index + 1) has \(end - index - 1) lines")
        }
    }

    @Test(arguments: [
        (#"^\s*(@\w+ )*(public |internal |package )?import (Foundation\w*|Dispatch|Synchronization|XPC|os)\b"#),
        (#"\b(async|await|Task|DispatchQueue|FileManager|ProcessInfo|getenv|fopen)\b"#),
        (#"\b(print|debugPrint|readLine|fatalError)\("#),
        (#"\b(static|class) var [^{]*="#),
        (#"\bnonisolated\(unsafe\)"#),
        (#"\b(SystemRandomNumberGenerator|ContinuousClock|SuspendingClock)\b"#),
    ])
    func manifestKitIsPure(_ pattern: String) throws {
        for source in Self.pure {
            let found = try source.firstLine(matching: pattern)
            #expect(found == nil, "\(found ?? "")")
        }
    }

    @Test func onlyTheByteSearchUsesTheCLibrary() throws {
        for source in Self.pure where !source.path.hasSuffix("/ByteSearch.swift") {
            let found = try source.firstLine(matching: #"import (Glibc|Musl|Darwin)\b"#)
            #expect(found == nil, "\(found ?? "")")
        }
        for source in Self.pure where !source.path.contains("/YAML/") {
            let found = try source.firstLine(matching: #"import CLibYAML\b"#)
            #expect(found == nil, "\(found ?? "")")
        }
    }

    @Test(arguments: [
        (#"\btry!"#),
        (#"\bas!"#),
        (#"[A-Za-z0-9_\])>]!($|[^=A-Za-z])"#),
        (#"@unchecked\b"#),
        (#"^\s*import Foundation\s*$"#),
        (#"\b(struct|class|enum|actor|protocol|typealias|extension) \w*(Util|Utils|Helper|Helpers|Manager)\b"#),
    ])
    func nothingIsForced(_ pattern: String) throws {
        for source in Self.all {
            let found = try source.firstLine(matching: pattern)
            #expect(found == nil, "\(found ?? "")")
        }
    }

    @Test func namesSayWhatThingsAre() {
        for source in Self.all {
            let name = URL(filePath: source.path).lastPathComponent
            for word in ["Util", "Helper", "Manager", "Misc", "Common"] {
                #expect(!name.contains(word), "\(source.path)")
            }
        }
    }

    @Test func ruleListIsTheFolder() {
        let files = Self.pure.filter { $0.path.contains("/Validation/Rules/") }
            .map { URL(filePath: $0.path).deletingPathExtension().lastPathComponent }
            .filter { $0.hasSuffix("Rule") }
        let types = ValidationRules.all.map { String(describing: $0) }
        #expect(Set(files) == Set(types))
        #expect(types.count == Set(types).count)
    }

    @Test func everyRuleSaysItsIdInItsFile() {
        for rule in ValidationRules.all {
            let file = Self.pure.first { $0.path.hasSuffix("/Rules/\(String(describing: rule)).swift") }
            #expect(file?.lines.contains { $0.contains("\"\(rule.id)\"") } == true, "\(rule)")
        }
    }
}
