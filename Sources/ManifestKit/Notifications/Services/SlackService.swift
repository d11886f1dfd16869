/// Posts to channels of Slack by its web API: https://docs.slack.dev/reference/methods/chat.postMessage
struct SlackService: NotificationService {
    static let type = "slack"

    private let token: String
    private let address: String
    private let username: String
    private let icon: String
    private let unfurls: Bool
    private let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        token = try options.required("token")
        let address = try options.address("apiURL") ?? "https://slack.com/api/"
        self.address = address.hasSuffix("/") ? address : address + "/"
        username = try options.text("username") ?? ""
        icon = try options.text("icon") ?? ""
        unfurls = try !options.flag("disableUnfurl")
        isInsecure = try options.flag("insecureSkipVerify")
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        var form: [(String, String)] = [("text", notification.message)]
        let name = notification.text("username", or: username)
        if !name.isEmpty { form.append(("username", name)) }
        let icon = notification.text("icon", or: icon)
        if icon.count > 2, icon.hasPrefix(":"), icon.hasSuffix(":") {
            form.append(("icon_emoji", icon))
        } else if NotificationOptions.problem(ofAddress: icon) == nil {
            form.append(("icon_url", icon))
        }
        for field in ["attachments", "blocks"] {
            guard let value = try notification.json(field) else { continue }
            guard value.array != nil else {
                throw NotificationProblem("what the template makes of \(field) is no list")
            }
            form.append((field, JSONWriter.text(value)))
        }
        if !unfurls { form += [("unfurl_links", "false"), ("unfurl_media", "false")] }
        let thread = context.memory[Self.threadKey(notification, recipient)]
        let policy = thread == nil ? "Post" : notification.text("deliveryPolicy")
        var requests: [HTTPQuery] = []
        if policy != "Update" {
            var post = form + [("channel", recipient)]
            if let thread { post.append(("thread_ts", thread)) }
            if notification.section["notifyBroadcast"]?.boolean == true { post.append(("reply_broadcast", "true")) }
            requests.append(request("chat.postMessage", post))
        }
        if let thread, policy == "Update" || policy == "PostAndUpdate" {
            // Slack updates a message by the channel's id, which its answer to the first one told.
            let channel = context.memory[Self.channelKey(recipient)] ?? recipient
            requests.append(request("chat.update", form + [("channel", channel), ("ts", thread)]))
        }
        return .requests(requests)
    }

    private func request(_ method: String, _ form: [(String, String)]) -> HTTPQuery {
        var query = HTTPQuery("POST", address + method)
        query.set("Content-Type", "application/x-www-form-urlencoded")
        query.set("Authorization", "Bearer " + token)
        query.body = WebForm.encoded(form)
        query.isInsecure = isInsecure
        query.timeoutSeconds = HTTPQuery.notificationSeconds
        return query
    }

    /// Errors of Slack's own that go away.
    private static let passing: Set = [
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    ]

    func verdict(status: Int, body: String) -> NotificationVerdict {
        guard status == 200 else { return .usual(status: status, body: body) }
        guard let answer = try? JSONReader.value(body) else {
            return .refused("the answer is not Slack's: \(MetricAnswer.excerpt(body))")
        }
        if answer["ok"]?.boolean == true { return .delivered }
        let error = answer["error"]?.string ?? "unknown error"
        let hint = switch error {
        case "not_in_channel": "; invite the app to the channel"
        case "channel_not_found": "; check the channel's name, and invite the app where it is private"
        case "invalid_auth", "not_authed", "account_inactive", "token_revoked": "; check the token"
        default: ""
        }
        let reason = "Slack answered: \(error)\(hint)"
        return Self.passing.contains(error) ? .later(reason, seconds: nil) : .refused(reason)
    }

    // MARK: Threads

    private static func threadKey(_ notification: RenderedNotification, _ recipient: String) -> String {
        "thread \(recipient) \(notification.text("groupingKey"))"
    }

    private static func channelKey(_ recipient: String) -> String { "channel \(recipient)" }

    func memory(of body: String, _ notification: RenderedNotification, to recipient: String) -> [String: String] {
        guard !notification.text("groupingKey").isEmpty, let answer = try? JSONReader.value(body) else { return [:] }
        var memory: [String: String] = [:]
        // An answer to a message inside of a thread names its own time, and the thread is the first one's.
        if answer["message"]?["thread_ts"] == nil, let moment = answer["ts"]?.string {
            memory[Self.threadKey(notification, recipient)] = moment
        }
        if let channel = answer["channel"]?.string { memory[Self.channelKey(recipient)] = channel }
        return memory
    }
}
