import Foundation
import FoundationXML
import ManifestKit
import Testing

@testable import rollout_render

/// Every report format can be read by what it is made for.
@Suite struct ReportFormatTests {
    static let place = SourceSpan(
        file: "a b/ü,%:.yaml", start: SourceLocation(line: 3, column: 5, byte: 20),
        end: SourceLocation(line: 3, column: 9, byte: 24))
    static let report: ValidationReport = {
        var report = ValidationReport(files: ["good.yaml", "a b/ü,%:.yaml"])
        report.diagnostics = [
            Diagnostic(
                rule: "RR0002", severity: .error, message: "100% <wrong> & \"bad\" \u{1B}[31m\u{202E}",
                hint: "a: b, c\nd",
                span: place, line: "abc:\tdéf # x", path: "spec.x[0]", document: 2, origin: "chart/x.yaml",
                related: [Diagnostic.Related(span: place, message: "first here")],
                fix: Diagnostic.Fix(span: place, replacement: "better")),
            Diagnostic(rule: "RR0012", severity: .note, message: "a note", span: place),
        ]
        report.unreadable = [UnreadableInput(path: "gone.yaml", reason: "No such file & more")]
        return report
    }()

    @Test func listIsTheFolderAndSorted() throws {
        let folder = ProgramRun.root.appending(path: "Sources/rollout-render/Output")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("Report.swift") }.map { String($0.dropLast(6)) }
        #expect(Set(files) == Set(ReportFormats.all.map { String(describing: $0) }))
        let names = ReportFormats.all.map { $0.name }
        #expect(names == names.sorted())
    }

    @Test(arguments: ["github", "json", "junit", "sarif", "text"]) func isNeverBrokenByContent(_ name: String) throws {
        let format = try #require(ReportFormatName(argument: name)).format
        let text = format.text(of: Self.report, isColored: false)
        #expect(text.hasSuffix("\n"))
        #expect(!text.contains("\u{1B}") || name == "github", "no escape code of a user reaches the terminal")
    }

    // MARK: SARIF

    /// What the schema of SARIF 2.1.0 requires and restricts, for the parts that are used here.
    @Test(arguments: [report, ValidationReport()]) func sarifIsValid(_ report: ValidationReport) throws {
        let text = SARIFReport.text(of: report, isColored: false)
        let log = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        #expect(URL(string: try #require(log["$schema"] as? String)) != nil)
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        let allowed: Set = ["tool", "columnKind", "invocations", "results"]
        #expect(Set(run.keys).isSubset(of: allowed))
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        #expect(driver["name"] as? String == "rollout-render")
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.count == ValidationRules.all.count)
        #expect(Set(rules.compactMap { $0["id"] as? String }).count == rules.count)
        for rule in rules { #expect((rule["fullDescription"] as? [String: String])?["text"]?.isEmpty == false) }
        let invocations = try #require(run["invocations"] as? [[String: Any]])
        #expect(invocations.first?["executionSuccessful"] as? Bool == report.unreadable.isEmpty)
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.count == report.diagnostics.count)
        for result in results { try Self.checkResult(result, rules) }
    }

    static func checkResult(_ result: [String: Any], _ rules: [[String: Any]]) throws {
        let index = try #require(result["ruleIndex"] as? Int)
        #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        #expect(["none", "note", "warning", "error"].contains(result["level"] as? String))
        #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false)
        let related = result["relatedLocations"] as? [[String: Any]] ?? []
        for location in try #require(result["locations"] as? [[String: Any]]) + related {
            let physical = try #require(location["physicalLocation"] as? [String: Any])
            let uri = try #require((physical["artifactLocation"] as? [String: String])?["uri"])
            #expect(uri == "a%20b/%C3%BC%2C%25%3A.yaml")
            let region = try #require(physical["region"] as? [String: Any])
            for key in ["startLine", "startColumn", "endLine", "endColumn"] {
                #expect(region[key] as? Int ?? 0 >= 1)
            }
        }
    }

    @Test(arguments: [
        ("./a.yaml", "a.yaml"), ("/a b.yaml", "file:///a%20b.yaml"), ("../a.yaml", "../a.yaml"), ("-", "stdin"),
        ("a#b?c.yaml", "a%23b%3Fc.yaml"),
    ])
    func urisAreEncoded(_ path: String, _ uri: String) { #expect(SARIFReport.uri(of: path) == uri) }

    // MARK: JUnit

    @Test func junitIsXML() throws {
        let document = try XMLDocument(data: Data(JUnitReport.text(of: Self.report, isColored: false).utf8))
        let root = try #require(document.rootElement())
        #expect(root.attribute(forName: "tests")?.stringValue == "4")
        #expect(root.attribute(forName: "failures")?.stringValue == "1")
        #expect(root.attribute(forName: "errors")?.stringValue == "1")
        let suites = root.elements(forName: "testsuite")
        #expect(
            suites.map { $0.attribute(forName: "name")?.stringValue } == ["good.yaml", "a b/ü,%:.yaml", "gone.yaml"])
        let failure = try #require(suites[1].elements(forName: "testcase").first?.elements(forName: "failure").first)
        #expect(failure.attribute(forName: "message")?.stringValue == "100% <wrong> & \"bad\" \u{FFFD}[31m\u{202E}")
        #expect(failure.stringValue?.contains("\nhint: a: b, c\nd") == true)
    }

    // MARK: GitHub

    @Test func githubEscapes() {
        let lines = GitHubReport.text(of: Self.report, isColored: false).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(
            lines[0].hasPrefix(
                "::error file=a b/ü%2C%25%3A.yaml,line=3,endLine=3,col=5,endColumn=9,title=RR0002 "
                    + "spec.x[0]::100%25 <wrong>"
            ))
        #expect(lines[0].hasSuffix("%0Ahint: a: b, c%0Ad%0Afrom: chart/x.yaml"))
        #expect(lines[1].hasPrefix("::notice file="))
        #expect(lines[2].contains("cannot read gone.yaml: No such file & more"))
    }

    // MARK: Text

    static let excerpts: [(line: String, columns: Range<Int>, text: String, underlined: String)] = [
        ("a: b", 1..<2, "a: b", "^"),
        ("a:\tb # c", 4..<5, "a:  b # c", "    ^"),
        ("\ta", 1..<3, "    a", "^^^^^"),
        ("名前: x", 5..<6, "名前: x", "      ^"),
        ("名前: x", 1..<3, "名前: x", "^^^^"),
        ("e\u{301}: x", 4..<5, "e\u{301}: x", "  ^"),
        ("a: \u{1B}[31m", 4..<5, "a: ␛[31m", "   ^"),
        ("a", 5..<6, "a", " ^"),
        ("", 1..<2, "", "^"),
    ]

    @Test(arguments: excerpts)
    func underlines(_ example: (line: String, columns: Range<Int>, text: String, underlined: String)) {
        let excerpt = SourceExcerpt(line: example.line, columns: example.columns)
        #expect(excerpt.text == example.text)
        let underline = String(repeating: " ", count: excerpt.indent) + String(repeating: "^", count: excerpt.width)
        #expect(underline == example.underlined)
    }

    @Test(arguments: [1, 50, 300, 5_000, 99_999]) func cutsLongLines(_ column: Int) throws {
        var characters = [Character](repeating: "x", count: 100_000)
        characters[column - 1] = "Y"
        let excerpt = SourceExcerpt(line: String(characters), columns: column..<column + 1)
        #expect(excerpt.text.count <= SourceExcerpt.limit + 2)
        #expect(Array(excerpt.text)[excerpt.indent] == "Y")
        #expect(excerpt.width == 1)
    }

    @Test func textNamesEverything() {
        let text = TextReport.text(of: Self.report, isColored: false)
        for wanted in [
            "a b/ü,%:.yaml:3:5: error RR0002: 100% <wrong> & \"bad\" ␛[31m\u{FFFD}\n", "3 | abc:", "= hint: a: b, c",
            "= see: a b/ü,%:.yaml:3:5: first here", "= from: chart/x.yaml", "note RR0012: a note",
        ] {
            #expect(text.contains(wanted), "\(wanted)\n\(text)")
        }
    }
}
