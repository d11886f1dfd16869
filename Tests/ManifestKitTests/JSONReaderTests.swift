import Testing

@testable import ManifestKit

@Suite struct JSONReaderTests {
    @Test(arguments: [
        ("{}", JSONValue.object(JSONObject())), (" [1, -2.5e3, true, null] ", [1, .double(-2500), true, .null]),
        ("{\"a\": {\"b\": [\"c\"]}}", ["a": ["b": ["c"]]]), ("\"a\\n\\u00e9\\ud83d\\ude00\\/\"", "a\né😀/"),
        ("{\"a\":1,\"a\":2}", ["a": 2]), ("9223372036854775807", .integer(.max)), ("\"\\ud83d\"", "\u{FFFD}"),
    ] as [(String, JSONValue)]) func reads(_ text: String, _ expected: JSONValue) throws {
        #expect(try JSONReader.value(text) == expected)
    }

    @Test(arguments: ["", "{", "[1,]", "{a:1}", "tru", "1 2", "\"a", "\"\\x\"", "[1 2]", "--", "\"a\nb\""])
    func refuses(_ text: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.value(text) }
    }

    @Test func refusesDepth() {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.value(String(repeating: "[", count: 100_000)) }
    }

    @Test func readsWhatTheWriterWrites() throws {
        let value: JSONValue = ["a": [1, "b\"\\\u{1}\n", .double(1.5), ["c": .null]], "d": false]
        #expect(try JSONReader.value(JSONWriter.text(value)) == value)
        #expect(try JSONReader.value(JSONWriter.text(value, layout: .pretty)) == value)
    }
}
