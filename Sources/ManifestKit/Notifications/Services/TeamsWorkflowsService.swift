/// Posts adaptive cards to Microsoft Teams by webhooks of its workflows.
struct TeamsWorkflowsService: NotificationService {
    static let type = "teams-workflows"

    private let channels: TeamsChannels

    init(_ options: NotificationOptions) throws(NotificationProblem) { channels = try TeamsChannels(options) }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        let address = try channels.address(of: recipient)
        let own = try notification.json("adaptiveCard")
        let card = if let own { own } else { try card(notification) }
        let message: JSONValue = [
            "type": "message",
            "attachments": [["contentType": "application/vnd.microsoft.card.adaptive", "content": card]],
        ]
        var query = HTTPQuery.posting(message, to: address)
        query.isInsecure = channels.isInsecure
        return .requests([query])
    }

    /// A card in the form of https://adaptivecards.io/explorer
    private func card(_ notification: RenderedNotification) throws(NotificationProblem) -> JSONValue {
        var body: [JSONValue] = []
        let title = notification.text("title")
        if !title.isEmpty {
            var block = JSONObject([
                ("type", "TextBlock"), ("text", .string(title)), ("size", "Large"), ("weight", "Bolder"),
                ("wrap", true),
            ])
            block.note("color", notification.text("themeColor"))
            body.append(.object(block))
        }
        let text = notification.text("text", or: notification.message)
        if !text.isEmpty { body.append(["type": "TextBlock", "text": .string(text), "wrap": true]) }
        let sections = try notification.json("sections")?.array ?? []
        for facts in [try notification.json("facts")] + sections.map({ $0["facts"] }) {
            let set = (facts?.array ?? []).compactMap(Self.fact)
            if !set.isEmpty { body.append(["type": "FactSet", "facts": .array(set)]) }
        }
        var card: JSONValue = ["type": "AdaptiveCard", "version": "1.4", "body": .array(body)]
        let actions = (try notification.json("potentialAction")?.array ?? []).compactMap(Self.action)
        if !actions.isEmpty { card["actions"] = .array(actions) }
        return card
    }

    private static func fact(_ value: JSONValue) -> JSONValue? {
        guard let name = value["name"]?.string else { return nil }
        let text = value["value"].map { $0.string ?? GoFormat.text(ExpressionValue($0)) } ?? ""
        return ["title": .string(name), "value": .string(text)]
    }

    private static func action(_ value: JSONValue) -> JSONValue? {
        guard value["@type"]?.string == "OpenUri", let address = value["targets"]?[0]?["uri"]?.string
        else { return nil }
        var action = JSONObject([("type", "Action.OpenUrl")])
        action.note("title", value["name"]?.string ?? "")
        action["url"] = .string(address)
        return .object(action)
    }
}
