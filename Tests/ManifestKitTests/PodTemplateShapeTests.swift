import Testing

@testable import ManifestKit

/// A node of a pod template may be of any kind; whatever stands there, rules end and speak in sentences.
@Suite struct PodTemplateShapeTests {
    static let strangers = ["[]", "{}", "[[], {a: {}}, 5, ~]", "-9223372036854775808", "\"\""]
    static let examples = ValidationRules.podTemplate.flatMap { rule in
        (rule.failing + rule.passing).filter { $0.frame != .whole }
    }

    @Test(arguments: strangers) func survives(_ stranger: String) {
        for example in Self.examples {
            let lines = example.manifest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for (number, line) in lines.enumerated() {
                guard let colon = line.firstIndex(of: ":"), example.text.contains(line.trimmed) else { continue }
                var changed = Self.withoutBlock(under: number, in: lines)
                changed[number] = line[...colon] + " " + stranger
                var validator = Validator()
                let text = changed.joined(separator: "\n")
                for document in YAMLParser.documents(in: SourceFile(name: "strange.yaml", text: text)) {
                    validator.check(document)
                }
                for finding in validator.finish() {
                    #expect(!finding.message.isEmpty && !finding.message.hasSuffix("."), "\(finding)")
                }
            }
        }
    }

    /// The lines with those emptied that are indented more than one of them, or are items of its list.
    private static func withoutBlock(under number: Int, in lines: [String]) -> [String] {
        var lines = lines
        let depth = lines[number].prefix { $0 == " " || $0 == "-" }.count
        for next in lines.indices.dropFirst(number + 1) {
            let isInside = lines[next].prefix { $0 == " " }.count > depth
                || lines[next].prefix { $0 == " " || $0 == "-" }.count > depth
            guard isInside else { break }
            lines[next] = ""
        }
        return lines
    }
}

extension String {
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}
