import Testing

@testable import ManifestKit

/// Texts in quotes as Go writes them.
@Suite struct GoTextTests {
    /// From the documentation of `strconv` and `fmt`: a text, its form in quotes, and the same in ASCII.
    static let quotedForms: [(String, String, String)] = [
        ("\u{7}\u{8}\u{C}\r\n\t\u{B}", #""\a\b\f\r\n\t\v""#, #""\a\b\f\r\n\t\v""#),
        ("\"Fran & Freddie's Diner\t☺\"", #""\"Fran & Freddie's Diner\t☺\"""#, #""\"Fran & Freddie's Diner\t\u263a\"""#),
        ("\\", #""\\""#, #""\\""#), ("<b>", #""<b>""#, #""<b>""#), ("", #""""#, #""""#),
        ("\u{4}\u{1B}\u{7F}", #""\x04\x1b\x7f""#, #""\x04\x1b\x7f""#),
        ("\u{FFFD}", "\"\u{FFFD}\"", #""\ufffd""#),
        ("\u{10FFFF}", #""\U0010ffff""#, #""\U0010ffff""#),
        // Spaces that are not ASCII's cannot be told from it when they are printed.
        ("!\u{A0}!\u{2000}!\u{3000}!", #""!\u00a0!\u2000!\u3000!""#, #""!\u00a0!\u2000!\u3000!""#),
        ("\u{200B}\u{FEFF}\u{2028}", #""\u200b\ufeff\u2028""#, #""\u200b\ufeff\u2028""#),
        // A combining accent is a character of its own.
        ("e\u{301}\r\n", "\"e\u{301}\\r\\n\"", #""e\u0301\r\n""#),
        ("😀", "\"😀\"", #""\U0001f600""#),
    ]

    @Test(arguments: quotedForms) func quoted(_ text: String, _ quoted: String, _ ascii: String) {
        #expect(GoText.quoted(text) == quoted)
        #expect(GoText.quoted(text, isASCII: true) == ascii)
        #expect(GoPrintf.text("%q", [.string(text)]) == quoted)
        #expect(GoPrintf.text("%+q", [.string(text)]) == ascii)
        #expect(GoPrintf.text("%#v", [.string(text)]) == quoted)
    }

    @Test(arguments: [
        ("%#q", .string(#"foo "bar""#), #"`foo "bar"`"#), ("%#q", .string("a`b"), #""a`b""#),
        ("%#q", .string("two\nlines"), #""two\nlines""#), ("%#q", .string("a\tb"), "`a\tb`"),
        ("%q", .integer(65), "'A'"), ("%q", .integer(0x263A), "'☺'"), ("%+q", .integer(0x263A), #"'\u263a'"#),
        ("%q", .integer(39), #"'\''"#), ("%q", .integer(34), #"'"'"#), ("%q", .integer(10), #"'\n'"#),
        ("%q", .integer(-1), "'\u{FFFD}'"), ("%.2q", .string("abc"), #""ab""#), ("%6q", .string("a"), #"   "a""#),
        ("%q", .array([.string("a"), .string("b")]), #"["a" "b"]"#),
        ("%q", .boolean(true), "%!q(bool=true)"),
    ] as [(String, ExpressionValue, String)])
    func verbs(_ format: String, _ value: ExpressionValue, _ text: String) {
        #expect(GoPrintf.text(format, [value]) == text)
    }

    /// As the reference's `fieldRef` of all labels has them.
    @Test func labelsAreQuotedAsGoQuotesThem() throws {
        let object: JSONValue = ["metadata": ["annotations": ["a": "x\u{7}\u{A0}<"]]]
        #expect(try FieldPath.text(at: "metadata.annotations", of: object) == #"a="x\a\u00a0<""#)
    }
}
