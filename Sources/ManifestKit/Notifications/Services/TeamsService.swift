/// Posts cards to channels of Microsoft Teams by incoming webhooks.
struct TeamsService: NotificationService {
    static let type = "teams"

    private let channels: TeamsChannels

    init(_ options: NotificationOptions) throws(NotificationProblem) { channels = try TeamsChannels(options) }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        let address = try channels.address(of: recipient)
        var query = HTTPQuery.posting(try card(notification), to: address)
        let template = notification.text("template")
        if !template.isEmpty { query.body = template }
        query.isInsecure = channels.isInsecure
        return .requests([query])
    }

    /// A card in the form of https://learn.microsoft.com/outlook/actionable-messages/message-card-reference
    private func card(_ notification: RenderedNotification) throws(NotificationProblem) -> JSONValue {
        var card = JSONObject([("@type", "MessageCard"), ("context", "https://schema.org/extensions")])
        for field in ["title", "summary"] { card[field] = .string(notification.text(field)) }
        card["text"] = .string(notification.text("text", or: notification.message))
        card.note("themeColor", notification.text("themeColor"))
        var sections = try notification.json("sections")?.array ?? []
        if let facts = try notification.json("facts") { sections.append(["facts": facts]) }
        if !sections.isEmpty { card["sections"] = .array(sections) }
        if let actions = try notification.json("potentialAction") { card["potentialAction"] = actions }
        return .object(card)
    }

    func verdict(status: Int, body: String) -> NotificationVerdict {
        // A webhook answers `1` to what it has taken; anything else says what is wrong, with a good status too.
        guard (200..<300).contains(status) else { return .usual(status: status, body: body) }
        if body == "1" { return .delivered }
        let isBusy = ExpressionText.position(of: "429", in: body) != nil
        let excerpt = body.isEmpty ? "nothing, where it says 1 to a card that it has taken" : MetricAnswer.excerpt(body)
        let reason = "the webhook answered: \(excerpt)"
        return isBusy ? .later(reason, seconds: nil) : .refused(reason)
    }
}
