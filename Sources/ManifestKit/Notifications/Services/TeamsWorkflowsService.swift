/// Posts adaptive cards to Microsoft Teams by webhooks of its workflows.
struct TeamsWorkflowsService: NotificationService {
    static let type = "teams-workflows"

    private let addresses: [String: String]
    private let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        addresses = try options.texts("recipientUrls")
        guard !addresses.isEmpty else { throw NotificationProblem("recipientUrls is missing", field: "recipientUrls") }
        for (recipient, address) in addresses.sorted(by: { $0.key < $1.key }) {
            guard let problem = NotificationOptions.problem(ofAddress: address) else { continue }
            throw NotificationProblem(
                "the address of '\(recipient)' is none of a web server: \(problem)", field: "recipientUrls")
        }
        isInsecure = try options.flag("insecureSkipVerify")
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        guard let address = addresses[recipient] else {
            throw NotificationProblem("recipientUrls has no address for the recipient '\(recipient)'")
        }
        let own = try notification.json("adaptiveCard")
        let card = if let own { own } else { try card(notification) }
        let message: JSONValue = [
            "type": "message",
            "attachments": [["contentType": "application/vnd.microsoft.card.adaptive", "content": card]],
        ]
        var query = HTTPQuery.posting(message, to: address)
        query.isInsecure = isInsecure
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
