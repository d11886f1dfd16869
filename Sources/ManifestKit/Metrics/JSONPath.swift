/// A JSONPath template as Kubernetes reads it: text with paths in braces, `{$.data.ok}`.
///
/// The `web` provider takes its measurement out of a response with one. The dialect is client-go's; it knows fields,
/// indexes, slices, unions, filters, `..`, and `range` loops, and reads text outside braces as text.
public struct JSONPath: Sendable {
    /// Why a text is no path, or why a path finds nothing.
    public struct Failure: Error, Hashable, Sendable {
        /// What is wrong, in one sentence without a full stop.
        public var message: String
        /// The bytes of the text that are at fault; empty where no place can be named.
        public var range: Range<Int>
    }

    /// One step of a path.
    indirect enum Node: Sendable {
        case text(String)
        case field(String)
        case wildcard
        case recursive
        case slice(Slice)
        case union([[Node]])
        case filter(left: [Node], right: [Node], operation: String)
        case value(JSONValue)
        case identifier(String)
        /// What stands in one pair of braces.
        case list([Node])
    }

    /// An index or a stretch of a list.
    struct Slice: Sendable {
        var from: Int?
        var end: Int?
        /// Whether the end was not written, but comes from a single index.
        var isIndex = false
        var step: Int?
    }

    /// The text.
    public let text: String
    let nodes: [Node]

    /// Reads a template.
    public init(_ text: String) throws(Failure) {
        self.text = text
        var parser = JSONPathParser(text)
        nodes = try parser.parse()
    }

    /// The first value that the path finds; what the `web` provider hands to the conditions.
    public func firstValue(in document: JSONValue) -> Result<JSONValue, Failure> {
        var evaluator = JSONPathEvaluator()
        do throws(Failure) {
            let results = try evaluator.results(of: nodes[...], in: document)
            for values in results {
                if let value = values.first { return .success(value) }
            }
            return .failure(Failure(message: "the path finds no value", range: 0..<0))
        } catch {
            return .failure(error)
        }
    }

    /// All values that the path finds, a list for each part of the template.
    public func values(in document: JSONValue) -> Result<[[JSONValue]], Failure> {
        var evaluator = JSONPathEvaluator()
        do throws(Failure) {
            return .success(try evaluator.results(of: nodes[...], in: document))
        } catch {
            return .failure(error)
        }
    }
}
