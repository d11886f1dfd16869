/// `setMirrorRoute`: sends copies of certain requests to the canary.
public struct SetMirrorRouteStep: CanaryStep, Hashable {
    public static let key = "setMirrorRoute"
    /// The name of the route.
    public let name: String
    /// Which requests: objects with `method`, `path` and `headers`; nil takes the route away again.
    public let matches: [JSONValue]?
    /// How many of a hundred.
    public let percentage: Int

    public init(_ settings: JSONValue) {
        name = settings.text("name") ?? ""
        matches = settings.present("match")?.array
        percentage = settings.count("percentage") ?? 100
    }

    public var label: String { "setMirrorRoute: \(name)" }
    public func progress(in pass: UpdatePass) -> StepProgress { .complete }
}
