import Testing

@testable import ManifestKit

/// Regular expressions, JSONPath, addresses and arguments are read as Go reads them.
@Suite struct MetricTextTests {
    @Test(
        arguments: [
            ("^foo.*r$", "foobar", true), ("^foo$", "foobar", false), ("o{2,3}b", "foobar", true),
            ("(?i)FOO", "foo", true),
            ("a|b", "xbx", true), ("[^a-c]", "abc", false), ("\\d+\\.\\d", "v1.2", true), ("[[:upper:]]", "aB", true),
            ("\\bfoo\\b", "a foo b", true), ("\\p{Lu}", "é", false), ("\\pL", "é", true), ("", "", true),
            ("a**", "", nil),
            ("(", "", nil), ("a)", "", nil), ("[", "", nil), ("[b-a]", "", nil), ("*", "", nil), ("(?=a)", "", nil),
            ("a{1001}", "", nil), ("(a{100}){100}", "", nil), ("a{,3}", "a{,3}", true), ("\\8", "", nil),
            ("x{2", "x{2", true),
            ("(?P<n>a)(?P<n>b)", "", nil), ("\\", "", nil),
            ("(a+)+$", String(repeating: "a", count: 2000) + "b", false),
            ("(?s).", "\n", true), (".", "\n", false), ("(?m)^b$", "a\nb", true), ("\\Q.\\E", "a", false),
            ("[]a]", "]", true),
        ] as [(String, String, Bool?)])
    func regularExpression(_ pattern: String, _ text: String, _ expected: Bool?) {
        #expect((try? RegularExpression(pattern))?.matches(text) == expected)
    }

    static let document: JSONValue = [
        "kind": "List",
        "items": [
            ["name": "a", "size": 1, "labels": ["x.y/z": "deep"]], ["name": "b", "size": 2], ["name": "c", "size": 3],
        ],
    ]

    @Test(
        arguments: [
            ("{$.kind}", "List"), ("{.items[0].name}", "a"), ("{.items[-1:].name}", "c"), ("{['kind']}", "List"),
            ("{.items[?(@.size>1)].name}", "b"), ("{.items[?(@.name==\"c\")].size}", 3), ("{..size}", 1),
            ("{.items[0].labels.x\\.y/z}", "deep"), ("{range .items[*]}{.name}{end}", "a"), ("{$}", document),
            ("{.items[0,2].name}", "a"), ("{.items[::2].name}", "a"), ("{.missing}", nil), ("{.items[5].name}", nil),
            ("text", "text"), ("{.items[?(@.labels)].name}", "a"), ("{.items[*].size}", 1),
        ] as [(String, JSONValue?)])
    func jsonPath(_ path: String, _ expected: JSONValue?) throws {
        #expect((try? JSONPath(path).firstValue(in: Self.document).get()) == expected)
    }

    @Test(arguments: [
        "{$.a", "{.a[}", "{.a[b]}", "{.a[?(@.b==1}", "{.a[?(@.b==1)}", "{.a....b}", "{'a}", "{&}", "{.a[1:2:3:4]}",
        "{1.2.3}", "{.items[?(@.name=~\"a\")].name}",
    ])
    func jsonPathRefuses(_ path: String) { #expect(throws: JSONPath.Failure.self) { _ = try JSONPath(path) } }

    @Test(
        arguments: [
            ("http://prometheus:9090", "http", "prometheus:9090"), ("HTTPS://a.b/c?d=e", "https", "a.b"),
            ("prometheus:9090", "prometheus", ""),
            ("prometheus.monitoring", "", ""), ("http://[::1]:80/", "http", "[::1]:80"),
            ("http://user:pw@host/x", "http", "host"),
            ("http://host:port", nil, nil), ("http://a b/", nil, nil), (":80", nil, nil), ("http://a/%zz", nil, nil),
            ("/path", "", ""),
            ("127.0.0.1:9090", nil, nil),
        ] as [(String, String?, String?)])
    func address(_ text: String, _ scheme: String?, _ host: String?) {
        let address = try? WebAddress.parse(text).get()
        #expect(address?.scheme == scheme)
        #expect(address?.host == host)
    }

    @Test func argumentsAreFoundAsTheControllerFindsThem() {
        let tags = ArgumentTags("a{{args.one}}b{{ args.two }}c{{{args.three}}}")
        #expect(tags.tags.map(\.name) == ["args.one", "args.two", "{args.three"])
        #expect(tags.unclosed == nil)
        #expect(ArgumentTags("a{{args.one").unclosed == 1..<11)
        #expect(ArgumentTags("x{{args.a}}y").replaced { _ in "1" } == "x1y")
    }

    /// A fault inside a scalar is shown at its place in the source.
    @Test(arguments: [
        ("successCondition: result => 1", 4, 29), ("successCondition: 'result => ''a'''", 4, 30),
        ("successCondition: \"result => \\\"a\\\"\"", 4, 30), ("successCondition: \"'\\\"' == results\"", 4, 31),
        ("successCondition: |\n  true &&\n    results > 1", 6, 8),
    ])
    func faultsHaveTheirPlace(_ field: String, _ line: Int, _ column: Int) throws {
        let body = field.split(separator: "\n").joined(separator: "\n    ")
        let manifest =
            "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nspec:\n  metrics:\n  - name: a\n    \(body)\n"
        let findings = RuleExampleTests.findings(of: MetricConditionRule.self, in: manifest)
        let finding = try #require(findings.first)
        #expect(finding.span.start.line == line + 2)
        #expect(finding.span.start.column == column + 1)
    }
}
