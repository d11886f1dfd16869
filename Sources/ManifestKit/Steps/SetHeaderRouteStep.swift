/// `setHeaderRoute`: sends requests with certain headers to the canary, whatever its share is.
public struct SetHeaderRouteStep: CanaryStep, Hashable {
    /// A header that a request must have.
    public struct Match: Hashable, Sendable {
        /// The header's name.
        public var name: String
        /// Its value: an object with `exact`, `prefix` or `regex`.
        public var value: JSONValue
    }

    public static let key = "setHeaderRoute"
    /// The name of the route.
    public let name: String
    /// The headers; nil takes the route away again.
    public let matches: [Match]?

    public init(_ settings: JSONValue) {
        name = settings.text("name") ?? ""
        matches = settings.present("match")?.array?.map {
            Match(name: $0.text("headerName") ?? "", value: $0["headerValue"] ?? .object(JSONObject()))
        }
    }

    public var label: String { "setHeaderRoute: \(name)" }
    public func progress(in pass: UpdatePass) -> StepProgress { .complete }
}
