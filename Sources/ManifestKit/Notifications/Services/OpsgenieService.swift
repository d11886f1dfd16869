/// Makes alerts in Opsgenie: https://docs.opsgenie.com/docs/alert-api
struct OpsgenieService: NotificationService {
    static let type = "opsgenie"

    private let address: String
    private let keys: [String: String]
    private let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        let host = try options.text("apiUrl") ?? "api.opsgenie.com"
        address = host.contains("://") ? host : "https://" + host
        if let problem = NotificationOptions.problem(ofAddress: address) {
            throw NotificationProblem("apiUrl is no host: \(problem)", field: "apiUrl")
        }
        keys = try options.requiredTexts("apiKeys")
        isInsecure = try options.flag("insecureSkipVerify")
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        guard let key = keys[recipient] else {
            throw NotificationProblem("apiKeys has no key for the recipient '\(recipient)'")
        }
        if notification.hasSection, notification.text("description").isEmpty {
            throw NotificationProblem("the part `opsgenie` of the template makes no description")
        }
        var alert = JSONObject([("message", .string(notification.message))])
        for field in ["description", "priority", "alias", "note", "entity", "user"] {
            alert.note(field, notification.text(field))
        }
        for field in ["actions", "tags", "details", "visibleTo"] {
            if let value = notification.section[field], !value.isNull { alert[field] = value }
        }
        alert["responders"] = [["type": "team", "id": .string(recipient)]]
        alert["source"] = "Argo Rollouts"
        var query = HTTPQuery.posting(.object(alert), to: address + "/v2/alerts")
        query.set("Authorization", "GenieKey " + key)
        query.isInsecure = isInsecure
        return .requests([query])
    }
}
