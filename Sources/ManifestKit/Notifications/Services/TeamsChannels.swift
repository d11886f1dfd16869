/// The channels of Microsoft Teams, each with the address of its webhook.
struct TeamsChannels {
    private let addresses: [String: String]
    /// Whether the servers' certificates are taken unseen.
    let isInsecure: Bool

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        addresses = try options.requiredTexts("recipientUrls")
        for (recipient, address) in addresses.sorted(by: { $0.key < $1.key }) {
            guard let problem = NotificationOptions.problem(ofAddress: address) else { continue }
            throw NotificationProblem(
                "the address of '\(recipient)' is none of a web server: \(problem)", field: "recipientUrls")
        }
        isInsecure = try options.flag("insecureSkipVerify")
    }

    /// The address of a recipient's webhook.
    func address(of recipient: String) throws(NotificationProblem) -> String {
        guard let address = addresses[recipient] else {
            throw NotificationProblem("recipientUrls has no address for the recipient '\(recipient)'")
        }
        return address
    }
}
