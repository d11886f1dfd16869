import Testing

@testable import ManifestKit

/// Expressions mean what expr's documentation and its own tests say they mean.
@Suite struct ExpressionTests {
    static let now = PresentMoment(seconds: 1_700_000_000)

    /// Comparisons that hold whatever the result is.
    static let truths = [
        // Literals
        "0x2A == 42", "0o52 == 42", "0b101010 == 42", ".5 == 0.5", "1_000 == 1000", "1e3 == 1000", "5e-1 == 0.5",
        "\"Hello\\nWorld\" == `Hello\nWorld`", "'\\u0041\\x42\\103\\u{44}' == 'ABCD'", "`a``b` == 'a`b'",
        "{a: 1, 'b': 2, 3: 4}['3'] == 4", "len(b'\\xff\\x00') == 2", "/* comment */ true // more",
        // Operators
        "1 + 2 * 3 == 7", "2 ** 3 ** 2 == 512", "-2 ** 2 == -4", "7 % 3 == 1",
        "abs(2 ** 0.3 - 1.2311444133449163) < 1e-15", "10 ** -2 == 0.01", "7 / 2 == 3.5", "2 ^ 10 == 1024",
        "not false and !false", "1 < 2 < 3", "not (1 < 3 < 2)", "1..3 == [1, 2, 3]", "5 in 1..9", "'a' not in ['b']",
        "'name' in {name: 'John'}", "'foobar' matches '^foo.*r$'", "not ('a' matches '^b')", "'abc' contains 'b'",
        "'abc' startsWith 'ab'", "'abc' endsWith 'bc'", "'a' + 'b' == 'ab'", "(nil ?? 5) == 5",
        "(1 < 2 ? 'a' : 'b') == 'a'",
        "if 1 > 2 { false } else if 2 > 1 { true } else { false }", "true || 1 / 0 > 2", "[1, 2, 3][-1] == 3",
        "[1, 2, 3, 4, 5][1:4] == [2, 3, 4]", "[1, 2, 3][:-1] == [1, 2]", "'hello'[1:3] == 'el'", "[1] == [1.0]",
        "{a: {b: 5}}.a?.b == 5", "{a: nil}.a?.b.c == nil", "({}.a ?? 3) == 3", "let x = 42; let y = 2; x * y == 84",
        "nil == nil", "1 != nil", "'foo' in $env or 'result' in $env",
        // Predicates
        "all([1, 2], # > 0)", "any([1, 2], {# == 2})", "one([1, 2, 3], # == 2)", "none([1, 2], # == 3)",
        "all([], false)",
        "filter(0..9, {# % 2 == 0}) == [0, 2, 4, 6, 8]", "map(1..3, # * 2) == [2, 4, 6]",
        "count([true, false, true]) == 2",
        "find([1, 2, 3, 4], # > 2) == 3", "findIndex([1, 2, 3, 4], # > 2) == 2", "findLast([1, 2, 3, 4], # > 2) == 4",
        "findLastIndex([1, 2, 3, 4], # > 2) == 3", "reduce(1..9, #acc + #) == 45", "reduce(1..9, #acc + #, 0) == 45",
        "sum([1, 2, 3]) == 6", "sum([{v: 1}, {v: 2}], .v) == 3", "map(['a', 'b'], #index) == [0, 1]",
        "groupBy([1, 2, 3], # % 2)[1] == [1, 3]", "map(sortBy([{a: 2}, {a: 1}], .a), .a) == [1, 2]",
        "map(sortBy([{a: 1}, {a: 2}], .a, 'desc'), .a) == [2, 1]",
        "any([[1, 2], [3]], {let list = #; any(list, # == 3)})",
        // Functions
        "trim('  Hello  ') == 'Hello'", "trim('__Hello__', '_') == 'Hello'",
        "trimPrefix('HelloWorld', 'Hello') == 'World'",
        "trimSuffix('HelloWorld', 'World') == 'Hello'", "upper('hello') == 'HELLO'", "lower('HELLO') == 'hello'",
        "split('apple,orange,grape', ',') == ['apple', 'orange', 'grape']",
        "split('apple,orange,grape', ',', 2) == ['apple', 'orange,grape']",
        "splitAfter('apple,orange', ',') == ['apple,', 'orange']",
        "replace('Hello World', 'World', 'Universe') == 'Hello Universe'", "repeat('Hi', 3) == 'HiHiHi'",
        "indexOf('apple pie', 'pie') == 6", "lastIndexOf('apple pie apple', 'apple') == 10",
        "hasPrefix('HelloWorld', 'Hello')",
        "hasSuffix('HelloWorld', 'World')", "max(5, 7) == 7", "min([5, 7]) == 5", "abs(-5) == 5", "ceil(1.5) == 2.0",
        "floor(1.5) == 1.0", "round(1.5) == 2.0", "round(-1.5) == -2", "mean([1, 2, 3]) == 2.0",
        "median([3, 1, 2]) == 2.0",
        "concat([1, 2], [3, 4]) == [1, 2, 3, 4]", "flatten([1, 2, [3, 4]]) == [1, 2, 3, 4]",
        "uniq([1, 2, 1]) == [1, 2]",
        "join(['a', 'b'], ',') == 'a,b'", "first([1, 2]) == 1", "last([1, 2]) == 2", "first([]) == nil",
        "take([1, 2, 3, 4], 2) == [1, 2]", "reverse([3, 1, 4]) == [4, 1, 3]", "sort([3, 1, 4]) == [1, 3, 4]",
        "sort([3, 1, 4], 'desc') == [4, 3, 1]", "keys({name: 1}) == ['name']", "values({name: 1}) == [1]",
        "toPairs({a: 1}) == [['a', 1]]", "fromPairs([['a', 1]]).a == 1", "type(1.5) == 'float'",
        "type('a') == 'string'",
        "int('12') == 12", "float('1.5') == 1.5", "string(12) == '12'", "len('héllo') == 5", "get({a: 1}, 'b') == nil",
        "fromJSON('{\"a\": [1, true]}').a[1]", "toBase64('Hello') == 'SGVsbG8='", "fromBase64('SGVsbG8=') == 'Hello'",
        "bitand(0b1010, 0b1100) == 0b1000", "bitshl(1, 4) == 16", "bitushr(-5, 2) == 4611686018427387902",
        "'user' | upper() | split('E') == ['US', 'R']", "duration('1h').Seconds() == 3600",
        "date('2023-08-14').Year() == 2023", "date('2023-08-14T10:00:00+02:00').Hour() == 10",
        "now() - duration('1h') < now()", "date('2024-02-29').YearDay() == 60", "date('2023-08-14').Weekday() == 1",
        "date('2023-08-14 00:00:00', '2006-01-02 15:04:05', 'UTC').Day() == 14",
        "date('14 Aug 23 10:05 UTC').Unix() == 1692007500", "date('Mon, 14 Aug 2023 10:05:06 GMT').Second() == 6",
        "date('3:04pm, august 9 2023', '3:04pm, January 2 2006').Hour() == 15",
        "date('2023-08-14T10:00:00.25+0230', '2006-01-02T15:04:05-0700').UnixMilli() == 1691998200250",
        "date('060 24', '002 06').Month() == 2", "date('12:30 AM', '03:04 PM').Hour() == 0",
    ]

    @Test(arguments: truths) func holds(_ text: String) throws {
        switch Expression.holds(text, result: .null, now: Self.now) {
        case .success(let answer): #expect(answer)
        case .failure(let failure): Issue.record("\(failure.message) at \(failure.range)")
        }
    }

    struct Decision: Sendable, CustomTestStringConvertible {
        var condition: String
        var result: JSONValue
        var answer: Bool?
        var testDescription: String { condition }
    }

    /// What a condition says of a result; nil where it cannot be decided.
    static let decisions: [Decision] = [
        .init(condition: "result == true", result: true, answer: true),
        .init(condition: "result > 1", result: 5, answer: true),
        .init(condition: "result[0] >= 0.95", result: [.double(0.97)], answer: true),
        .init(condition: "result[0] >= 0.95", result: [], answer: nil),
        .init(condition: "len(result) == 0 || result[0] >= 0.95", result: [], answer: true),
        .init(condition: "all(result.service.values, {# > 1})", result: ["service": ["values": [2, 3]]], answer: true),
        .init(condition: "2 in result", result: [1, 2], answer: true),
        .init(condition: "result.Name() == 'hi'", result: true, answer: nil),
        .init(condition: "asInt(result) == 1", result: "1", answer: true),
        .init(condition: "asInt(result) == 1", result: "1.1", answer: nil),
        .init(condition: "asFloat(result) == 1.1", result: "1.1", answer: true),
        .init(condition: "isNaN(result)", result: .double(.nan), answer: true),
        .init(condition: "result >= 0.95", result: .double(.nan), answer: false),
        .init(condition: "result != result", result: .double(.nan), answer: true),
        .init(condition: "isInf(result)", result: .double(.infinity), answer: true),
        .init(condition: "isNil(result) || result < 5", result: .null, answer: nil),
        .init(condition: "default(result, 0) < 5", result: .null, answer: true),
        .init(condition: "isNil(result)", result: .null, answer: true),
        .init(condition: "result.data?.ok ?? false", result: ["data": .null], answer: false),
        .init(condition: "result.missing == nil", result: ["a": 1], answer: true),
        .init(condition: "true || result contains 'x'", result: 5, answer: nil),
        .init(condition: "result.status in ['ok', 'fine']", result: ["status": "fine"], answer: true),
        .init(condition: "result", result: "yes", answer: nil),
        .init(condition: "1..10000000 == []", result: 1, answer: nil),
        .init(condition: "date(result, '2006-01-02').Year() > 0", result: "2023-08-14 ", answer: nil),
        .init(condition: "date(result, '2006-01-02').Year() > 0", result: "2023-02-30", answer: nil),
    ]

    @Test(arguments: decisions) func decides(_ decision: Decision) {
        let outcome = Expression.holds(decision.condition, result: ExpressionValue(decision.result), now: Self.now)
        #expect((try? outcome.get()) == decision.answer, "\(outcome)")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var text: String
        var range: Range<Int>
        var testDescription: String { text }
    }

    /// What is refused before there is a result, and where.
    static let faults: [Fault] = [
        .init(text: "foo.", range: 3..<4), .init(text: "result >", range: 7..<8), .init(text: "[1 2]", range: 3..<4),
        .init(text: "result => 1", range: 7..<8), .init(text: "result = 1", range: 7..<8),
        .init(text: "(result > 1", range: 10..<11), .init(text: "result ?? 1 || true", range: 12..<14),
        .init(text: "0b15 == 1", range: 0..<4), .init(text: "1 not == 2", range: 6..<8),
        .init(text: "map(result, 1; 2)", range: 13..<14), .init(text: "result == \"a", range: 10..<12),
        .init(text: "result == '\\q'", range: 11..<13), .init(text: "results > 1", range: 0..<7),
        .init(text: "asint(result) > 1", range: 0..<5), .init(text: "isNaN(result, 1)", range: 0..<16),
        .init(text: "isNaN('a')", range: 6..<9), .init(text: "len(5) == 1", range: 4..<5),
        .init(text: "'a' > 1", range: 0..<7), .init(text: "result + 1", range: 0..<10), .init(text: "5", range: 0..<1),
        .init(text: "result matches '('", range: 15..<18),
        .init(text: "let result = 1; true", range: 0..<20), .init(text: "result == 5 ♥", range: 12..<15),
        .init(text: "5 % 0 == 1", range: 0..<5), .init(text: "# > 1", range: 0..<1), .init(text: "", range: 0..<0),
        .init(text: "result ? 1", range: 9..<10), .init(text: "result > 1 and", range: 13..<14),
        .init(text: "now(5) > now()", range: 0..<6), .init(text: "timezone(5) == nil", range: 9..<10),
    ]

    @Test(arguments: faults) func refuses(_ fault: Fault) {
        #expect {
            _ = try Expression.condition(fault.text)
        } throws: { error in
            (error as? ExpressionFailure)?.range == fault.range
        }
    }

    /// What is sound for some result, and must not be refused.
    static let sound = [
        "result", "result[0]", "result.a.b['c'] ?? false", "result?.[0]?.b == 1", "result()", "asInt(result) % 2 == 0",
        "result in [1, 'a']", "all(result, .value < 5)", "result | len() > 3", "any(result, # + 1)", "+result",
        "first(result)", "max(result) < 5",
        "not result", "result not matches 'a+'", "result[1:] == []", "isNaN(1)", "$env.result > 1",
        "$env?.other ?? true",
        "true ? result : 1", "result.not == 1", "result.in.matches", "result ; true", "1 not \"in\" [1]",
        "::len(result) == 1",
    ]

    @Test(arguments: sound) func accepts(_ text: String) {
        #expect(throws: Never.self) { _ = try Expression.condition(text) }
    }

    @Test func deepExpressionsAreRefusedAndNotFollowed() {
        for text in [
            String(repeating: "(", count: 100_000), String(repeating: "not ", count: 100_000) + "true",
            Array(repeating: "true", count: 5000).joined(separator: " || "),
            "result" + String(repeating: "[0]", count: 5000),
            String(repeating: "[", count: 100_000), "1" + String(repeating: " ** 1", count: 5000),
        ] {
            #expect(throws: ExpressionFailure.self) { _ = try Expression.condition(text) }
        }
        let long = Array(repeating: "result == 'a'", count: 400).joined(separator: " || ")
        #expect((try? Expression.holds(long, result: .string("a"), now: Self.now).get()) == true)
    }
}
