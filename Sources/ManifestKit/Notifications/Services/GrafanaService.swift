/// Writes annotations into Grafana: https://grafana.com/docs/grafana/latest/developers/http_api/annotations
struct GrafanaService: NotificationService {
    static let type = "grafana"

    private let address: String
    private let key: String
    private let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        let address = try options.requiredAddress("apiUrl")
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        key = try options.required("apiKey")
        isInsecure = try options.flag("insecureSkipVerify")
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        let tags = recipient.split(separator: "|", omittingEmptySubsequences: false)
        var query = HTTPQuery.posting([
            "time": .integer(context.now.seconds * 1000), "isRegion": false,
            "tags": .array(tags.map { .string(String($0)) }), "text": .string(notification.message),
        ], to: address + "/annotations")
        query.set("Authorization", "Bearer " + key)
        query.isInsecure = isInsecure
        return .requests([query])
    }
}
