/// What comes next in a measurement.
public enum MeasurementMove: Sendable {
    /// Something has to be asked first; what comes after depends on the answer.
    case ask(MetricQuestion, then: @Sendable (MetricAnswer) -> MeasurementMove)
    /// This has come of it for now.
    case finish(Measurement)
}

/// Something that a provider asks the world outside.
public enum MetricQuestion: Hashable, Sendable {
    /// A request to a server.
    case http(HTTPQuery)
    /// The region of AWS that is meant where nothing names one.
    case region
    /// An object of the cluster.
    case get(ClusterObject)
    /// The objects of a kind with these labels, in one namespace.
    case list(kind: String, namespace: String, labels: [String: String])
    /// Makes an object.
    case create(ClusterObject, JSONValue)
    /// Deletes an object and what it owns; one that is gone already is as good.
    case delete(ClusterObject)

    /// An object of the cluster by its kind and name: a Secret, a Job, a Pod.
    public struct ClusterObject: Hashable, Sendable {
        /// Its kind.
        public var kind: String
        /// Its namespace.
        public var namespace: String
        /// Its name.
        public var name: String

        /// Names an object.
        public init(kind: String, namespace: String, name: String) {
            self.kind = kind
            self.namespace = namespace
            self.name = name
        }
    }
}

/// A request to a server that measures.
public struct HTTPQuery: Hashable, Sendable {
    /// How the server knows who asks.
    public enum Authentication: Hashable, Sendable {
        case none
        /// A user and a password.
        case basic(user: String, password: String)
        /// A token that is fetched with the credentials of a client (RFC 6749, 4.4).
        case oauth2(tokenURL: String, clientID: String, clientSecret: String, scopes: [String])
        /// A signature with the credentials of the controller's AWS role, or of another that it may take.
        case aws(service: String, region: String, profile: String, roleARN: String)
    }

    /// A header.
    public struct Header: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// Makes a header.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method.
    public var method: String
    /// The whole address.
    public var url: String
    /// Headers in their order.
    public var headers: [Header] = []
    /// The body, or nil.
    public var body: String?
    /// Seconds until the answer has to be there, at most a day: metrics may ask for more than any clock counts.
    public var timeoutSeconds: Double = 30 {
        didSet { timeoutSeconds = min(timeoutSeconds, Self.greatestTimeout) }
    }
    /// Whether the server's certificate is taken unseen.
    public var isInsecure = false
    /// How the server knows who asks.
    public var authentication: Authentication = .none

    private static let greatestTimeout = 86_400.0

    /// Makes a request.
    public init(_ method: String, _ url: String) {
        self.method = method
        self.url = url
    }

    /// Sets a header.
    mutating func set(_ name: String, _ value: String) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        headers.append(Header(name: name, value: value))
    }
}

/// An answer to what a provider asked.
public enum MetricAnswer: Hashable, Sendable {
    /// A server's answer, whatever its status.
    case http(status: Int, headers: [HTTPQuery.Header], body: String)
    /// The region that was asked for.
    case region(String)
    /// An object of the cluster.
    case object(JSONValue)
    /// Objects of the cluster.
    case objects([JSONValue])
    /// There is no such object.
    case missing
    /// There is such an object already; this is it.
    case existing(JSONValue)
    /// No answer, and why.
    case failure(String)
}
