import ManifestKit

/// Why a request to a Kubernetes API failed.
public struct KubernetesFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure that callers tell apart; the raw value is the reason in a `Status`.
    public enum Reason: String, Hashable, Sendable {
        case badRequest = "BadRequest"
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case methodNotAllowed = "MethodNotAllowed"
        case alreadyExists = "AlreadyExists"
        case conflict = "Conflict"
        case gone = "Gone"
        case expired = "Expired"
        case invalid = "Invalid"
        case unsupportedMediaType = "UnsupportedMediaType"
        case tooManyRequests = "TooManyRequests"
        case internalError = "InternalError"
        case serviceUnavailable = "ServiceUnavailable"
        case timeout = "Timeout"
        /// More than the server takes.
        case requestTooLarge = "RequestEntityTooLarge"
        /// No connection, or one that broke: of a write nobody knows whether it was done.
        case unreachable = "Unreachable"
        /// The server, or the client to the server, has no certificate that counts.
        case untrusted = "Untrusted"
        /// An answer that no API server gives, such as a proxy's page.
        case malformedAnswer = "MalformedAnswer"
        /// More than the client takes.
        case answerTooLarge = "AnswerTooLarge"
        /// The task that waited for the answer was cancelled.
        case cancelled = "Cancelled"

        /// The HTTP status; 0 where there was no such answer.
        public var code: Int {
            switch self {
            case .badRequest: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .alreadyExists, .conflict: 409
            case .gone, .expired: 410
            case .unsupportedMediaType: 415
            case .invalid: 422
            case .tooManyRequests: 429
            case .internalError: 500
            case .serviceUnavailable: 503
            case .timeout: 504
            case .requestTooLarge: 413
            case .unreachable, .untrusted, .malformedAnswer, .answerTooLarge, .cancelled: 0
            }
        }

        /// Whether the same request may succeed later.
        public var isPassing: Bool {
            switch self {
            case .tooManyRequests, .internalError, .serviceUnavailable, .timeout, .unreachable, .malformedAnswer: true
            default: false
            }
        }
    }

    /// One field that an object is refused for.
    public struct Cause: Hashable, Sendable {
        /// The field, as `spec.replicas`.
        public var field: String
        /// The kind of fault, such as `FieldValueInvalid`.
        public var reason: String
        /// What is wrong.
        public var message: String

        /// Makes a cause.
        public init(field: String, reason: String = "FieldValueInvalid", message: String) {
            self.field = field
            self.reason = reason
            self.message = message
        }
    }

    /// What kind of failure.
    public var reason: Reason
    /// What happened, for people.
    public var message: String
    /// The verb as rights name it, such as `patch`, where it is known: with the type, the right that is lacking where
    /// the request is forbidden.
    public var verb: String?
    /// The object's type, where it is known.
    public var resource: ResourceType?
    /// The object's name, where it is known.
    public var name: String?
    /// The fields that are at fault.
    public var causes: [Cause]
    /// Seconds to wait before another try, where the server says so.
    public var retryAfterSeconds: Int?

    /// Makes a failure.
    public init(
        _ reason: Reason, _ message: String, resource: ResourceType? = nil, name: String? = nil, causes: [Cause] = [],
        retryAfterSeconds: Int? = nil
    ) {
        self.reason = reason
        self.message = message
        self.resource = resource
        self.name = name
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
    }

    public var description: String { message }

    /// There is no such object.
    public static func notFound(_ resource: ResourceType, _ name: String) -> KubernetesFailure {
        KubernetesFailure(.notFound, "\(resource) \"\(name)\" not found", resource: resource, name: name)
    }

    /// There is such an object already.
    public static func alreadyExists(_ resource: ResourceType, _ name: String) -> KubernetesFailure {
        KubernetesFailure(.alreadyExists, "\(resource) \"\(name)\" already exists", resource: resource, name: name)
    }

    /// The object has changed since it was read.
    public static func conflict(_ resource: ResourceType, _ name: String) -> KubernetesFailure {
        KubernetesFailure(
            .conflict,
            "Operation cannot be fulfilled on \(resource) \"\(name)\": the object has been modified; please apply your "
                + "changes to the latest version and try again", resource: resource, name: name)
    }

    /// The object is not as it must be.
    public static func invalid(_ resource: ResourceType, _ name: String, _ causes: [Cause]) -> KubernetesFailure {
        let list = causes.map { "\($0.field): \($0.message)" }
        let text = list.count == 1 ? list[0] : "[" + list.joined(separator: ", ") + "]"
        let kind = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
        return KubernetesFailure(
            .invalid, "\(kind) \"\(name)\" is invalid: \(text)", resource: resource, name: name, causes: causes)
    }

    /// The `Status` object that an API server answers with.
    public var status: JSONValue {
        var details = JSONObject()
        if let name { details["name"] = .string(name) }
        if let resource {
            details["group"] = resource.group.isEmpty ? nil : .string(resource.group)
            details["kind"] = .string(resource.plural)
        }
        if !causes.isEmpty {
            details["causes"] = .array(causes.map {
                ["reason": .string($0.reason), "message": .string($0.message), "field": .string($0.field)]
            })
        }
        if let retryAfterSeconds { details["retryAfterSeconds"] = .int(retryAfterSeconds) }
        var status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason.rawValue),
        ]
        if !details.isEmpty { status["details"] = .object(details) }
        status["code"] = .int(reason.code)
        return status
    }
}
