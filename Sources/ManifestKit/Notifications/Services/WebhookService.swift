/// Sends a request of the user's own making.
struct WebhookService: NotificationService {
    static let type = "webhook"

    private let url: String
    private let headers: [HTTPQuery.Header]
    private let authentication: HTTPQuery.Authentication
    private let isInsecure: Bool
    let retries: NotificationRetries

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        url = try options.requiredAddress("url")
        var headers: [HTTPQuery.Header] = []
        for header in options.value["headers"]?.array ?? [] {
            guard let name = header["name"]?.string, !name.isEmpty, let value = header["value"]?.string else {
                throw NotificationProblem("each of headers has a name and a value, both texts", field: "headers")
            }
            headers.append(HTTPQuery.Header(name: name, value: value))
        }
        self.headers = headers
        authentication = try options.basicAuthentication()
        isInsecure = try options.flag("insecureSkipVerify")
        var retries = NotificationRetries()
        if let most = try options.integer("retryMax"), most > 0 { retries.attempts = min(most, 20) + 1 }
        if let seconds = try options.seconds("retryWaitMin"), seconds > 0 { retries.firstPause = seconds }
        if let seconds = try options.seconds("retryWaitMax"), seconds > 0 { retries.longestPause = min(seconds, 300) }
        self.retries = retries
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        var query = HTTPQuery("GET", url)
        query.body = notification.message
        if notification.hasSection {
            query.method = notification.text("method", or: "GET")
            query.body = notification.text("body")
            let path = notification.text("path")
            if !path.isEmpty {
                let base = url.hasSuffix("/") ? String(url.dropLast()) : url
                query.url = base + "/" + path.drop { $0 == "/" }
            }
        }
        if query.body?.isEmpty == true { query.body = nil }
        query.headers = headers
        query.authentication = authentication
        query.isInsecure = isInsecure
        query.timeoutSeconds = HTTPQuery.notificationSeconds
        return .requests([query])
    }
}
