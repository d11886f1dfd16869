/// Opens incidents by PagerDuty's REST API: https://developer.pagerduty.com/api-reference (incidents).
struct PagerDutyService: NotificationService {
    static let type = "pagerduty"

    private let token: String
    private let from: String
    private let address: String

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        token = try options.required("token")
        from = try options.text("from") ?? ""
        address = try options.address("apiURL") ?? "https://api.pagerduty.com"
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        guard notification.hasSection else { throw NotificationProblem("the template has no part `pagerduty`") }
        var incident = JSONObject([
            ("type", "incident"), ("title", .string(notification.text("title"))),
            ("service", ["id": .string(recipient), "type": "service_reference"]),
        ])
        let priority = notification.text("priorityId")
        if !priority.isEmpty { incident["priority"] = ["id": .string(priority), "type": "priority_reference"] }
        incident.note("urgency", notification.text("urgency"))
        let body = notification.text("body")
        if !body.isEmpty { incident["body"] = ["type": "incident_body", "details": .string(body)] }
        var query = HTTPQuery.posting(["incident": .object(incident)], to: address + "/incidents")
        query.set("Accept", "application/vnd.pagerduty+json;version=2")
        query.set("Authorization", "Token token=" + token)
        if !from.isEmpty { query.set("From", from) }
        return .requests([query])
    }
}
