/// Sends mails by SMTP.
struct EmailService: NotificationService {
    static let type = "email"

    private let mail: MailMessage

    init(_ options: NotificationOptions) throws(NotificationProblem) {
        let port = try options.integer("port") ?? 587
        guard (1...65_535).contains(port) else {
            throw NotificationProblem("port is a number from 1 to 65535", field: "port")
        }
        var mail = MailMessage(
            host: try options.required("host"), port: port, from: try options.required("from"), recipients: [])
        mail.username = try options.text("username") ?? ""
        mail.password = try options.text("password") ?? ""
        mail.isEncrypted = port == 465
        mail.isInsecure = try options.flag("insecure_skip_verify")
        mail.isHTML = try options.flag("html")
        if !mail.from.hasPrefix("$") { try Self.check(mail.from, field: "from") }
        self.mail = mail
    }

    /// An address is on one line, so that it cannot bring in commands or headers of its own.
    private static func check(_ address: String, field: String? = nil) throws(NotificationProblem) {
        let hasControls = address.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        let bare = MailText.address(in: address)
        guard !hasControls, bare.contains("@"), !bare.contains(where: { " <>".contains($0) }) else {
            throw NotificationProblem("'\(address)' is no mail address", field: field)
        }
    }

    func parcel(
        _ notification: RenderedNotification, to recipient: String, _ context: NotificationSending
    ) throws(NotificationProblem) -> NotificationParcel {
        var mail = mail
        mail.recipients = recipient.split(separator: ",").map { ExpressionText.trim(String($0), nil) }
            .filter { !$0.isEmpty }
        guard !mail.recipients.isEmpty else { throw NotificationProblem("the mail has no recipient") }
        for recipient in mail.recipients { try Self.check(recipient) }
        mail.subject = notification.text("subject")
        mail.body = notification.text("body", or: notification.message)
        return .mail(mail)
    }
}
