/// Parameters as a form or the query of an address carries them.
enum WebForm {
    /// `name=value&name=value`, everything but letters, digits and `-._~` escaped, a blank as `+`.
    static func encoded(_ parameters: [(String, String)]) -> String {
        parameters.map { escaped($0.0) + "=" + escaped($0.1) }.joined(separator: "&")
    }

    /// A text as a part of a query.
    static func escaped(_ text: String) -> String { PercentEncoding.escaped(text.utf8, blank: "+") }
}
