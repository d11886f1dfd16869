/// Raises alerts in Prometheus' Alertmanager, version 2 of its API.
struct AlertmanagerService: NotificationService {
    static let type = "alertmanager"

    private let addresses: [String]
    private let authentication: HTTPQuery.Authentication
    private let token: String
    private let timeout: Double
    private let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        let scheme = try options.text("scheme") ?? "http"
        let path = try options.text("apiPath") ?? "/api/v2/alerts"
        var targets: [String] = []
        for target in options.value["targets"]?.array ?? [] {
            guard let target = target.string, !target.isEmpty else {
                throw NotificationProblem("each of targets is a text such as alertmanager:9093", field: "targets")
            }
            targets.append(target)
        }
        addresses = (targets.isEmpty ? ["127.0.0.1:9093"] : targets).map { "\(scheme)://\($0)\(path)" }
        for address in addresses where !address.contains("$") {
            guard let problem = NotificationOptions.problem(ofAddress: address) else { continue }
            throw NotificationProblem("\(address) is no address of a web server: \(problem)", field: "targets")
        }
        authentication = try options.basicAuthentication()
        token = try options.text("bearerToken") ?? ""
        timeout = Double(max(1, try options.integer("timeout") ?? 3))
        isInsecure = try options.flag("insecureSkipVerify")
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        var labels = notification.section["labels"]?.stringDictionary ?? [:]
        guard !labels.isEmpty else {
            throw NotificationProblem("the part `alertmanager` of the template needs at least one of `labels`")
        }
        if labels["alertname"] == nil { labels["alertname"] = notification.template }
        var alert: JSONValue = [
            "labels": .strings(labels),
            "annotations": .strings(notification.section["annotations"]?.stringDictionary ?? [:]),
            "startsAt": .string(context.now.text(layout: "2006-01-02T15:04:05.000Z07:00")),
        ]
        let generator = notification.text("generatorURL")
        if !generator.isEmpty { alert["generatorURL"] = .string(Self.address(generator)) }
        return .anyOf(addresses.map { address in
            var query = HTTPQuery.posting([alert], to: address)
            query.authentication = authentication
            if case .none = authentication, !token.isEmpty { query.set("Authorization", "Bearer " + token) }
            query.timeoutSeconds = timeout
            query.isInsecure = isInsecure
            return query
        })
    }

    /// The web address of a repository that is named as Git names it.
    private static func address(_ text: String) -> String {
        guard text.hasPrefix("git@") else { return text }
        return "https://" + ExpressionText.replace(":", with: "/", in: String(text.dropFirst(4)), limit: 1)
    }
}
