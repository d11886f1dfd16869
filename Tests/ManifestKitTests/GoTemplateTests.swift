import Testing

@testable import ManifestKit

/// Templates mean what the documentation of Go's `text/template` and of sprig says they mean.
@Suite struct GoTemplateTests {
    static let now = PresentMoment(seconds: 1_700_000_000, nanoseconds: 123_456_789)

    struct Case: Sendable, CustomTestStringConvertible {
        var template: String
        var text: String
        init(_ template: String, _ text: String) { (self.template, self.text) = (template, text) }
        var testDescription: String { template }
    }

    static let data: JSONValue = [
        "name": "web", "replicas": 5, "share": .double(0.25), "big": 1_234_567, "empty": "", "none": .null, "on": true,
        "list": ["a", "b", "c"], "map": ["b": 2, "a": 1], "deep": ["er": ["est": "x"]],
        "items": [["name": "one", "image": "i:1"], ["name": "two", "image": "i:2"]],
    ]

    static func render(_ template: String, limits: GoTemplate.Limits = .init()) throws(GoTemplateFailure) -> String {
        var value = ExpressionValue(data)
        if case .map(let entries) = value {
            value = .map(entries + [
                .init(key: .string("time"), value: ExpressionTimes.functions),
                .init(key: .string("secret"), value: .bytes(Array("s3cret".utf8))),
            ])
        }
        return try GoTemplate(template).rendered(value, now: now, limits: limits)
    }

    /// The examples of https://pkg.go.dev/text/template#hdr-Examples and what its sections say.
    static let documented = [
        Case(#"{{"\"output\""}}"#, #""output""#), Case(#"{{`"output"`}}"#, #""output""#),
        Case(#"{{printf "%q" "output"}}"#, #""output""#), Case(#"{{"output" | printf "%q"}}"#, #""output""#),
        Case(#"{{printf "%q" (print "out" "put")}}"#, #""output""#),
        Case(#"{{"put" | printf "%s%s" "out" | printf "%q"}}"#, #""output""#),
        Case(#"{{"output" | printf "%s" | printf "%q"}}"#, #""output""#),
        Case(#"{{with "output"}}{{printf "%q" .}}{{end}}"#, #""output""#),
        Case(#"{{with $x := "output" | printf "%q"}}{{$x}}{{end}}"#, #""output""#),
        Case(#"{{with $x := "output"}}{{printf "%q" $x}}{{end}}"#, #""output""#),
        Case(#"{{with $x := "output"}}{{$x | printf "%q"}}{{end}}"#, #""output""#),
        Case("{{23 -}} < {{- 45}}", "23<45"), Case("a {{- /* gone */ -}} b", "ab"), Case("{{/* a comment */}}", ""),
        Case("{{define \"T1\"}}ONE{{end}}{{define \"T2\"}}TWO{{end}}{{define \"T3\"}}{{template \"T1\"}} "
            + "{{template \"T2\"}}{{end}}{{template \"T3\"}}", "ONE TWO"),
        Case("{{block \"b\" .name}}<{{.}}>{{end}}", "<web>"),
        // Fields, variables and what is not there
        Case("{{.name}} {{ .deep.er.est }} {{(.deep).er.est}}", "web x x"), Case("{{.gone}}", "<no value>"),
        Case("{{.gone.more.still}}|{{.none}}", "<no value>|<no value>"), Case("{{$.name}}{{with .deep}}{{$.name}}{{end}}", "webweb"),
        Case("{{$x := .name}}{{$x}}{{$x = 3}}{{$x}}", "web3"),
        Case("{{$n := 0}}{{range .list}}{{$n = add $n 1}}{{end}}{{$n}}", "3"),
        Case("{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"),
        // Numbers as Go prints those that come from JSON
        Case("{{.replicas}} {{.share}} {{.big}} {{1234567}}", "5 0.25 1.234567e+06 1234567"),
        Case("{{0x1F}} {{1_000}} {{-3}} {{'a'}} {{1.50}} {{1e3}} {{.5}}", "31 1000 -3 97 1.5 1000 0.5"),
        // Branches
        Case("{{if .on}}yes{{else}}no{{end}} {{if .empty}}yes{{else}}no{{end}}", "yes no"),
        Case("{{if .empty}}a{{else if eq .name \"web\"}}b{{else}}c{{end}}", "b"),
        Case("{{with .gone}}a{{else with .name}}{{.}}{{else}}c{{end}}", "web"),
        Case("{{if and .on (not .empty)}}1{{end}}{{if or .empty .gone}}2{{end}}", "1"),
        Case("{{or .empty \"first\" .gone}} {{and .on 0 .gone}}", "first 0"),
        Case("{{if .map}}m{{end}}{{if .list}}l{{end}}{{if 0.0}}z{{end}}{{if .none}}n{{end}}", "ml"),
        // Loops
        Case("{{range .list}}{{.}}{{end}}", "abc"), Case("{{range $i, $x := .list}}{{$i}}{{$x}}{{end}}", "0a1b2c"),
        Case("{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"), Case("{{range .gone}}x{{else}}none{{end}}", "none"),
        Case("{{range $x := .list}}{{if eq $x \"b\"}}{{continue}}{{end}}{{$x}}{{end}}", "ac"),
        Case("{{range .list}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"), Case("{{range 3}}{{.}}{{end}}", "012"),
        Case("{{range $i, $c := .items}}{{if $i}},{{end}}{{$c.name}}:{{$c.image}}{{end}}", "one:i:1,two:i:2"),
        // Functions of the language
        Case("{{len .list}} {{len .name}} {{len .map}}", "3 3 2"), Case("{{index .list 1}}{{index .map \"b\"}}", "b2"),
        Case("{{index .items 1 \"name\"}}", "two"), Case("{{slice .name 1 3}}{{slice .list 1}}", "eb[b c]"),
        Case("{{print 1 2 \"a\" \"b\" 3}}|{{println \"a\" 1}}", "1 2ab3|a 1\n"), Case("{{html \"<a&'\\\">\"}}", "&lt;a&amp;&#39;&#34;&gt;"),
        Case("{{js \"it's\"}} {{urlquery \"a b&c\"}}", "it\\'s a+b%26c"), Case("{{not 0}}", "true"),
        Case("{{eq 1 2 3 1}} {{ne \"a\" \"b\"}} {{lt 1 2}} {{le 2.5 2.5}} {{gt \"b\" \"a\"}} {{ge 1 2}}", "true true true true true false"),
        Case("{{eq .gone \"x\"}} {{eq .replicas 5.0}}", "false true"),
        Case("{{(call .time.Now).Format \"2006-01-02T15:04:05Z07:00\"}}", "2023-11-14T22:13:20Z"),
        Case("{{(call .time.Parse \"2023-11-14T21:13:20Z\").Unix}}", "1699996400"),
        Case("{{((call .time.Now).Sub (call .time.Parse \"2023-11-14T21:13:20Z\")).Minutes | printf \"%.1f\"}}", "60.0"),
        Case("{{.list}} {{.map}} {{.secret}}", "[a b c] map[a:1 b:2] [115 51 99 114 101 116]"),
    ]

    /// `printf` as the documentation of Go's `fmt` has it.
    static let printed = [
        Case("{{printf \"%d|%5d|%-5d|%05d|%+d\" 42 42 42 42 42}}", "42|   42|42   |00042|+42"),
        Case("{{printf \"%s|%6s|%-6s|%.2s\" \"abc\" \"abc\" \"abc\" \"abc\"}}", "abc|   abc|abc   |ab"),
        Case("{{printf \"%.2f|%6.1f|%f\" 3.14159 2.25 1.5}}", "3.14|   2.2|1.500000"),
        Case("{{printf \"%.0f %.0f %.0f %.1f\" 0.5 1.5 2.5 0.25}}", "0 2 2 0.2"),
        Case("{{printf \"%.3f %.2f %.1f\" 0.0004 1e21 99.95}}", "0.000 1000000000000000000000.00 100.0"),
        Case("{{printf \"%v %t %x %X %b %o %c %T\" true false 255 255 5 8 65 1.5}}", "true false ff FF 101 10 A float64"),
        Case("{{printf \"%d%%\" 50}}", "50%"), Case("{{printf \"%d\"}}", "%!d(MISSING)"),
        Case("{{printf \"%d\" 1.5}}", "%!d(float64=1.5)"), Case("{{printf \"a\" 1}}", "a%!(EXTRA int=1)"),
        Case("{{printf \"%z\" 1}}", "%!z(int=1)"), Case("{{printf \"%\" }}", "%!(NOVERB)"),
        Case("{{printf \"%q %v\" .list .gone}}", "[\"a\" \"b\" \"c\"] <nil>"), Case("{{printf \"%*d\" 5 42}}", "   42"),
        Case("{{printf \"%s\" .secret}}", "s3cret"),
    ]

    /// https://masterminds.github.io/sprig
    static let sprig = [
        Case("{{trim \"  a \"}}|{{trimAll \"$\" \"$5$\"}}|{{trimSuffix \"-\" \"hello-\"}}|{{trimPrefix \"-\" \"-hello\"}}", "a|5|hello|hello"),
        Case("{{upper \"a\"}}{{lower \"B\"}} {{title \"hello world\"}} {{untitle \"Hello World\"}}", "Ab Hello World hello world"),
        Case("{{repeat 3 \"hi\"}} {{substr 0 5 \"hello world\"}} {{nospace \"h e\"}} {{trunc 5 \"hello world\"}}", "hihihi hello he hello"),
        Case("{{trunc -5 \"hello world\"}} {{abbrev 5 \"hello world\"}} {{initials \"First Try\"}}", "world he... FT"),
        Case("{{contains \"cat\" \"catch\"}} {{hasPrefix \"cat\" \"catch\"}} {{hasSuffix \"ch\" \"catch\"}}", "true true true"),
        Case("{{quote \"a\" 1}} {{squote \"a\"}} {{cat \"a\" \"b\" 3}}", "\"a\" \"1\" 'a' a b 3"),
        Case("{{indent 2 \"a\\nb\"}}|{{nindent 2 \"a\"}}", "  a\n  b|\n  a"), Case("{{replace \" \" \"-\" \"a b c\"}}", "a-b-c"),
        Case("{{plural \"one\" \"many\" 2}} {{snakecase \"FirstName\"}} {{camelcase \"http_server\"}} {{kebabcase \"FirstName\"}}",
            "many first_name HttpServer first-name"),
        Case("{{regexMatch \"^[a-z]+$\" \"abc\"}} {{join \"-\" .list}} {{splitList \",\" \"a,b\"}} {{(split \",\" \"a,b\")._1}}", "true a-b-c [a b] b"),
        Case("{{default \"x\" .gone}} {{default \"x\" .name}} {{.empty | default \"y\"}} {{coalesce .empty .gone \"z\"}}", "x web y z"),
        Case("{{ternary \"a\" \"b\" true}} {{empty .empty}} {{kindOf .replicas}} {{typeOf 1}}", "a true float64 int"),
        Case("{{add .replicas 1}} {{sub 5 2}} {{mul 2 3 4}} {{div 7 2}} {{mod 7 2}} {{add1 3}} {{max 1 5 2}} {{min 3 1}}", "6 3 24 3 1 4 5 1"),
        Case("{{round 123.555555 2}} {{floor 1.9}} {{ceil 1.1}} {{int 3.7}} {{int64 \"12\"}} {{float64 \"1.5\"}} {{atoi \"7\"}}", "123.56 1 2 3 12 1.5 7"),
        Case("{{divf 3 2}} {{addf 1.5 2}} {{until 3}} {{untilStep 0 6 2}} {{seq 1 2 7}} {{seq 3}}", "1.5 3.5 [0 1 2] [0 2 4] 1 3 5 7 1 2 3"),
        Case("{{first .list}}{{last .list}}{{rest .list}}{{initial .list}}{{append .list \"d\"}}{{has \"b\" .list}}", "ac[b c][a b][a b c d]true"),
        Case("{{reverse .list}}{{uniq (list 1 1 2)}}{{without .list \"a\"}}{{compact (list 1 0 2)}}{{sortAlpha (list \"b\" \"a\")}}", "[c b a][1 2][b c][1 2][a b]"),
        Case("{{$d := dict \"a\" 1 \"b\" 2}}{{get $d \"a\"}}{{hasKey $d \"c\"}}{{keys $d}}{{values $d}}{{pick $d \"a\"}}{{omit $d \"a\"}}", "1false[a b][1 2]map[a:1]map[b:2]"),
        Case("{{merge (dict \"a\" 9) .map}} {{dig \"er\" \"est\" \"none\" .deep}} {{dig \"x\" \"none\" .deep}}", "map[a:9 b:2] x none"),
        Case("{{toJson .map}} {{toJson .list}} {{(fromJson \"{\\\"a\\\":[1,2]}\").a}} {{toJson \"<a>\"}}", "{\"a\":1,\"b\":2} [\"a\",\"b\",\"c\"] [1 2] \"\\u003ca\\u003e\""),
        Case("{{b64enc \"a\"}} {{b64dec \"YQ==\"}} {{toString 3}} {{.secret | toString}}", "YQ== a 3 s3cret"),
        Case("{{date \"2006-01-02\" now}} {{now | date \"Mon Jan _2 15:04:05.000 PM\"}} {{now | unixEpoch}}", "2023-11-14 Tue Nov 14 22:13:20.123 PM 1700000000"),
        Case("{{now | dateModify \"-1h\" | date \"15:04\"}} {{htmlDate 0}} {{duration 95}} {{durationRound \"2h10m5s\"}}", "21:13 1970-01-01 1m35s 2h"),
        Case("{{chunk 2 .list}} {{pluck \"name\" (index .items 0) (index .items 1)}}", "[[a b] [c]] [one two]"),
    ]

    @Test(arguments: documented + printed + sprig) func writes(_ example: Case) throws {
        #expect(try Self.render(example.template) == example.text)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var template: String
        var part: String
        var line: Int
        var column: Int
        init(_ template: String, _ part: String, _ line: Int, _ column: Int) {
            (self.template, self.part, self.line, self.column) = (template, part, line, column)
        }
        var testDescription: String { template }
    }

    /// What cannot be read, with a part of the message and the place of the fault.
    static let unreadable = [
        Fault("a\n{{.name", "not closed by `}}`", 2, 1), Fault("{{if .on}}x", "`if` is not closed by `{{end}}`", 1, 1),
        Fault("x{{end}}", "closes nothing", 1, 2), Fault("{{else}}", "belongs to nothing", 1, 1),
        Fault("ü {{nosuch .name}}", "function \"nosuch\" not defined", 1, 5), Fault("{{$x}}", "undefined variable \"$x\"", 1, 3),
        Fault("{{Upper .name}}", "did you mean \"upper\"", 1, 3), Fault("{{env \"HOME\"}}", "environment", 1, 3),
        Fault("{{.a | 3}}", "has to be a function", 1, 8), Fault("{{.a |}}", "nothing stands behind `|`", 1, 1),
        Fault("{{(.a}}", "parenthesis is not closed", 1, 3), Fault("{{.a)}}", "closes nothing", 1, 5),
        Fault("{{if}}x{{end}}", "needs a value", 1, 1), Fault("{{}}", "nothing between", 1, 1),
        Fault("{{\"abc}}", "not closed", 1, 3), Fault("{{break}}", "outside of a `range`", 1, 1),
        Fault("{{if .a}}{{else}}{{else}}{{end}}", "an `else` before", 1, 18), Fault("{{if .a = 1}}{{end}}", "write `eq A B`", 1, 9),
        Fault("{{/* a }}", "not closed by `*/`", 1, 3), Fault("{{.a & .b}}", "has no meaning here", 1, 6),
        Fault("{{12x}}", "is no number", 1, 3), Fault("{{template name}}", "name in quotes", 1, 12),
        Fault("{{range .a}}{{end", "not closed", 1, 13), Fault("{{.a.b(\"x\")}}", "a blank has to stand", 1, 7),
    ]

    @Test(arguments: unreadable) func saysWhatCannotBeRead(_ fault: Fault) {
        do throws(GoTemplateFailure) {
            _ = try GoTemplate(fault.template)
            Issue.record("it was read")
        } catch {
            #expect(error.message.contains(fault.part), "\(error.message)")
            let place = GoTemplate.place(ofByte: error.range.lowerBound, in: fault.template)
            #expect(place == (fault.line, fault.column))
        }
    }

    static let failing = [
        Case("{{len .gone}}", "is not there"), Case("{{index .list 7}}", "index out of range: 7"), Case("{{upper .replicas}}", "has to be a text"),
        Case("{{eq .replicas 5}}", "write `5.0` for 5"), Case("{{eq .name 5}}", "incompatible types"), Case("{{.name.more}}", "can't evaluate field more"),
        Case("{{range .on}}{{end}}", "cannot go through"), Case("{{template \"gone\"}}", "not defined"), Case("{{div 1 0}}", "division by zero"),
        Case("{{fail \"no\"}}", "no"), Case("{{upper}}", "takes 1 argument, not 0"), Case("{{.name \"x\"}}", "takes no arguments"),
        Case("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "call each other more than 100 deep"),
        Case("{{range 600000}}{{end}}", "more than 500000 steps"), Case("{{repeat 1000000000 \"ab\"}}", "longer than"),
        Case("{{range until 90000}}{{range until 90000}}{{end}}{{end}}", "steps"), Case("{{range 2000}}{{repeat 1000 \"x\"}}{{end}}", "more than 1048576 bytes"),
        Case("{{$x := list 1}}{{range 64}}{{$x = list $x $x}}{{end}}{{$x}}", "steps"), Case("{{$x := list 1}}{{range 64}}{{$x = concat $x $x}}{{end}}", "steps"),
        Case("{{(call .time.Parse \"yesterday\")}}", "is no time"), Case("{{$x := \"0123456789\"}}{{range 20000}}{{$x = print $x $x}}{{end}}", "longer"),
    ]

    @Test(arguments: failing) func saysWhatCannotBeMade(_ example: Case) {
        do throws(GoTemplateFailure) {
            let text = try Self.render(example.template)
            Issue.record("it made \(text.prefix(100))")
        } catch {
            #expect(error.message.contains(example.text), "\(error.message)")
        }
    }

    /// Cut anywhere, no template makes the reader fail in another way than it should.
    @Test func readsAnythingWithoutFallingOver() {
        let whole = (Self.documented + Self.printed + Self.sprig).map(\.template).joined(separator: "\n")
        let scalars = Array(whole.unicodeScalars)
        for end in stride(from: 0, to: scalars.count, by: 61) {
            for start in [0, end / 2, max(0, end - 40)] {
                let part = String(String.UnicodeScalarView(scalars[start..<end]))
                do throws(GoTemplateFailure) { _ = try GoTemplate(part) } catch {
                    #expect(error.range.upperBound <= part.utf8.count && !error.message.isEmpty)
                }
            }
        }
    }

    /// Every function that can be named is there.
    @Test(arguments: GoTemplateFunctions.names) func isThere(_ name: String) {
        if name == "and" || name == "or" { return }
        let (least, _) = GoTemplateFunctions.arity(of: name) ?? (0, 0)
        do throws(FunctionProblem) {
            _ = try GoTemplateFunctions.call(GoTemplateArguments(
                name: name, values: Array(repeating: .integer(1), count: least), now: Self.now, longestText: 1_000))
        } catch {
            #expect(error.message != "there is no such function")
        }
    }
}
