/// Raises alerts by PagerDuty's Events API v2: https://developer.pagerduty.com/docs/send-alert-event
struct PagerDutyEventsService: NotificationService {
    static let type = "pagerdutyv2"

    private let keys: [String: String]
    private let address: String

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        keys = try options.requiredTexts("serviceKeys")
        address = try options.address("apiURL") ?? "https://events.pagerduty.com"
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        guard let key = keys[recipient] else {
            throw NotificationProblem("serviceKeys has no key for the recipient '\(recipient)'")
        }
        guard notification.hasSection else { throw NotificationProblem("the template has no part `pagerdutyv2`") }
        var payload = JSONObject()
        for field in ["summary", "severity", "source"] { payload[field] = .string(notification.text(field)) }
        for field in ["component", "group", "class"] { payload.note(field, notification.text(field)) }
        var event = JSONObject([
            ("routing_key", .string(key)), ("event_action", "trigger"), ("client", "Argo Rollouts"),
            ("payload", .object(payload)),
        ])
        event.note("client_url", notification.text("url"))
        event.note("dedup_key", notification.text("dedupKey"))
        return .requests([.posting(.object(event), to: address + "/v2/enqueue")])
    }
}
