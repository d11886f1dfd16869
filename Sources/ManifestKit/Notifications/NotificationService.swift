/// A kind of service that messages are sent by.
///
/// It is pure: it says which requests make a message, and what an answer means. A service is one file in `Services/`
/// and one line in `NotificationServices.all`.
public protocol NotificationService: Sendable {
    /// The word behind `service.` in the ConfigMap.
    static var type: String { get }

    /// Reads the settings.
    init(_ options: NotificationOptions) throws(NotificationProblem)

    /// What has to be sent for a message.
    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel

    /// What an answer to a request means.
    func verdict(status: Int, body: String) -> NotificationVerdict

    /// What is to be kept in mind of an answer to a request of the message.
    func memory(of body: String, _ notification: RenderedNotification, to recipient: String) -> [String: String]

    /// How often and how soon sending is tried again.
    var retries: NotificationRetries { get }
}

extension NotificationService {
    public var retries: NotificationRetries { NotificationRetries() }

    public func verdict(status: Int, body: String) -> NotificationVerdict { .usual(status: status, body: body) }

    public func memory(
        of body: String, _ notification: RenderedNotification, to recipient: String
    ) -> [String: String] { [:] }
}

/// All services, sorted by type.
public enum NotificationServices {
    /// One line a service; a test holds the list against the folder `Services/`.
    public static let all: [any NotificationService.Type] = [
        AlertmanagerService.self,
        EmailService.self,
        GrafanaService.self,
        OpsgenieService.self,
        PagerDutyService.self,
        PagerDutyEventsService.self,
        SlackService.self,
        TeamsService.self,
        TeamsWorkflowsService.self,
        WebhookService.self,
    ]

    /// Types that the reference has besides.
    static let absent: Set = [
        "awssqs", "gcppubsub", "github", "googlechat", "mattermost", "nats", "newrelic", "pushover", "rocketchat",
        "telegram", "webex",
    ]

    /// The service of a type; nil for one that is not there.
    public static func service(_ type: String) -> (any NotificationService.Type)? { all.first { $0.type == type } }
}

/// Why a message cannot be made or settings cannot be used.
public struct NotificationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in one sentence without a full stop; nothing secret is in it.
    public var message: String
    /// The field of the settings that is at fault.
    public var field: String?

    /// Makes a problem.
    public init(_ message: String, field: String? = nil) {
        self.message = message
        self.field = field
    }

    public var description: String { message }
}

/// What a service may use besides a message.
public struct NotificationSending: Sendable {
    /// What the service has kept in mind of earlier answers.
    public var memory: [String: String]
    /// The present moment.
    public var now: ExpressionValue.Instant

    /// Makes one.
    public init(memory: [String: String] = [:], now: ExpressionValue.Instant) {
        self.memory = memory
        self.now = now
    }
}

/// What has to be sent for a message.
public enum NotificationParcel: Hashable, Sendable {
    /// Requests, one after the other.
    case requests([HTTPQuery])
    /// Requests of which one has to succeed.
    case anyOf([HTTPQuery])
    /// A mail.
    case mail(MailMessage)
}

/// What an answer to a message means.
public enum NotificationVerdict: Hashable, Sendable {
    /// It has arrived.
    case delivered
    /// It may arrive later: why it has not, and after how many seconds the service asks to be tried again.
    case later(String, seconds: Double?)
    /// It never will.
    case refused(String)

    /// What most services mean by a status.
    static func usual(status: Int, body: String) -> NotificationVerdict {
        switch status {
        case 200..<300: return .delivered
        case 408, 425, 429, 500...: return .later(reason(status, body), seconds: nil)
        default: return .refused(reason(status, body))
        }
    }

    static func reason(_ status: Int, _ body: String) -> String {
        let excerpt = ExpressionText.trim(MetricAnswer.excerpt(body), nil)
        return "the service answered with status \(status)" + (excerpt.isEmpty ? "" : ": \(excerpt)")
    }
}

/// How often and how soon sending is tried again.
public struct NotificationRetries: Hashable, Sendable {
    /// How often it is tried at the most.
    public var attempts = 6
    /// The first pause, in seconds; each pause is twice the one before.
    public var firstPause = 1.0
    /// The longest pause, in seconds.
    public var longestPause = 30.0

    /// The usual way.
    public init() {}

    /// The pause behind so many attempts, in seconds.
    public func pause(after attempts: Int) -> Double {
        var pause = firstPause
        for _ in 1..<max(2, min(attempts, 40)) where attempts > 1 { pause *= 2 }
        return min(pause, max(longestPause, 0))
    }
}

/// A mail to be sent.
public struct MailMessage: Hashable, Sendable {
    /// The server.
    public var host: String
    /// Its port.
    public var port: Int
    /// Whether the connection is encrypted from the start; otherwise it is as soon as the server offers it.
    public var isEncrypted = false
    /// The user; empty for a server that wants none.
    public var username = ""
    /// The user's password.
    public var password = ""
    /// Whether the server's certificate is taken unseen.
    public var isInsecure = false
    /// Who sends it.
    public var from: String
    /// Who gets it.
    public var recipients: [String]
    /// The subject.
    public var subject = ""
    /// The text.
    public var body = ""
    /// Whether the text is HTML.
    public var isHTML = false

    /// Makes an empty mail.
    public init(host: String, port: Int, from: String, recipients: [String]) {
        self.host = host
        self.port = port
        self.from = from
        self.recipients = recipients
    }
}

/// The settings of a service, the values of the Secret filled in.
public struct NotificationOptions: Sendable {
    /// The settings.
    let value: JSONValue

    /// Takes settings.
    public init(_ value: JSONValue) { self.value = value }

    /// A text; nil where it is absent or empty.
    func text(_ field: String) throws(NotificationProblem) -> String? {
        guard let value = value[field], !value.isNull else { return nil }
        guard let text = value.string else { throw NotificationProblem("\(field) is a text", field: field) }
        return text.isEmpty ? nil : text
    }

    /// A text that has to be there.
    func required(_ field: String) throws(NotificationProblem) -> String {
        guard let text = try text(field) else { throw NotificationProblem("\(field) is missing", field: field) }
        return text
    }

    /// An address of a web server that has to be there.
    func requiredAddress(_ field: String) throws(NotificationProblem) -> String {
        guard let text = try address(field) else { throw NotificationProblem("\(field) is missing", field: field) }
        return text
    }

    /// An address of a web server.
    func address(_ field: String) throws(NotificationProblem) -> String? {
        guard let text = try text(field) else { return nil }
        if let problem = Self.problem(ofAddress: text) {
            throw NotificationProblem("\(field) is no address of a web server: \(problem)", field: field)
        }
        return text
    }

    /// What keeps a text from being the address of a web server; nil where nothing does.
    static func problem(ofAddress text: String) -> String? {
        // Where a value of the Secret is yet to come, nothing is known.
        if text.hasPrefix("$") { return nil }
        switch WebAddress.parse(text) {
        case .failure(let malformation): return malformation.message
        case .success(let address):
            return ["http", "https"].contains(address.scheme) && !address.host.isEmpty
                ? nil : "it has to begin with http:// or https:// and a host"
        }
    }

    /// True or false; false where it is absent.
    func flag(_ field: String) throws(NotificationProblem) -> Bool {
        guard let value = value[field], !value.isNull else { return false }
        guard let flag = value.boolean else { throw NotificationProblem("\(field) is true or false", field: field) }
        return flag
    }

    /// A whole number.
    func integer(_ field: String) throws(NotificationProblem) -> Int? {
        guard let value = value[field], !value.isNull else { return nil }
        guard let number = value.integer else {
            throw NotificationProblem("\(field) is a whole number", field: field)
        }
        return number
    }

    /// Seconds, from nanoseconds as the reference reads them or from a text such as `5s`.
    func seconds(_ field: String) throws(NotificationProblem) -> Double? {
        guard let value = value[field], !value.isNull else { return nil }
        if let number = value.integer, number >= 0 { return Double(number) / 1e9 }
        guard let text = value.string, let duration = GoDuration(text), duration.nanoseconds >= 0 else {
            throw NotificationProblem("\(field) is a length of time such as 5s", field: field)
        }
        return duration.seconds
    }

    /// Texts by name.
    func texts(_ field: String) throws(NotificationProblem) -> [String: String] {
        guard let value = value[field], !value.isNull else { return [:] }
        guard let object = value.object, object.fields.allSatisfy({ $0.value.string != nil }) else {
            throw NotificationProblem("\(field) is a map of texts", field: field)
        }
        return value.stringDictionary
    }

    /// Texts by name, of which there has to be one.
    func requiredTexts(_ field: String) throws(NotificationProblem) -> [String: String] {
        let texts = try texts(field)
        guard !texts.isEmpty else { throw NotificationProblem("\(field) is missing", field: field) }
        return texts
    }

    /// User and password under `basicAuth`; nil where there is none.
    func basicAuthentication() throws(NotificationProblem) -> HTTPQuery.Authentication {
        guard let value = value["basicAuth"], !value.isNull else { return .none }
        guard value.object != nil else { throw NotificationProblem("basicAuth is a map", field: "basicAuth") }
        let inner = NotificationOptions(value)
        return .basic(user: try inner.text("username") ?? "", password: try inner.text("password") ?? "")
    }
}

extension HTTPQuery {
    /// Seconds that a service has to answer in.
    static let notificationSeconds = 10.0

    /// A request with JSON to a service.
    static func posting(_ body: JSONValue, to url: String) -> HTTPQuery {
        var query = HTTPQuery("POST", url)
        query.set("Content-Type", "application/json")
        query.body = JSONWriter.text(body)
        query.timeoutSeconds = notificationSeconds
        return query
    }
}

extension JSONObject {
    /// Sets a text unless it is empty.
    mutating func note(_ key: String, _ text: String) { if !text.isEmpty { self[key] = .string(text) } }
}

extension RenderedNotification {
    /// A text of the part that has to be JSON; nil where it is empty.
    func json(_ field: String) throws(NotificationProblem) -> JSONValue? {
        let text = text(field)
        guard !ExpressionText.trim(text, nil).isEmpty else { return nil }
        do throws(JSONReader.Failure) {
            return try JSONReader.value(text)
        } catch {
            throw NotificationProblem("what the template makes of \(field) is no JSON: \(error.message) at byte "
                + "\(error.byte)")
        }
    }
}
