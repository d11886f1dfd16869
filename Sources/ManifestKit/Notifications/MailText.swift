/// A mail as the text that goes over the wire: RFC 5322 and MIME (RFC 2045 and 2047).
public enum MailText {
    /// The bare address of `Name <address>`.
    public static func address(in text: String) -> String {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else { return text }
        return String(text[text.index(after: open)...].dropLast())
    }

    /// The lines of a mail with CR and LF behind each, dots at their beginnings doubled as SMTP wants it.
    public static func text(of mail: MailMessage, id: String, date: ExpressionValue.Instant) -> String {
        let headers = [
            "From: \(field(mail.from))",
            "To: \(mail.recipients.map(field).joined(separator: ",\r\n "))",
            "Subject: \(encodedWords(mail.subject))",
            "Date: \(date.text(layout: "Mon, 02 Jan 2006 15:04:05 -0700"))",
            "Message-ID: <\(id)@rollout-render>",
            "MIME-Version: 1.0",
            "Content-Type: text/\(mail.isHTML ? "html" : "plain"); charset=UTF-8",
            "Content-Transfer-Encoding: base64",
        ]
        return headers.joined(separator: "\r\n") + "\r\n\r\n" + folded(Base64.encoded(canonical(mail.body)))
    }

    /// The bytes of a text with CR and LF behind each line, the form in which a text is encoded (RFC 2045, 6.8).
    private static func canonical(_ text: String) -> [UInt8] {
        let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte == lineFeed, bytes.last != carriageReturn { bytes.append(carriageReturn) }
            bytes.append(byte)
        }
        return bytes
    }

    /// Base64 never begins a line with a dot, so nothing has to be doubled.
    private static func folded(_ text: String) -> String {
        var rest = Substring(text)
        var result = ""
        while !rest.isEmpty {
            result += rest.prefix(76) + "\r\n"
            rest = rest.dropFirst(76)
        }
        return result
    }

    /// An address with its name.
    private static func field(_ address: String) -> String {
        let bare = Self.address(in: address)
        let name = ExpressionText.trim(String(address.dropLast(min(address.count, bare.count + 2))), "\" ")
        guard bare != address, !name.isEmpty else { return "<\(bare)>" }
        return "\(encodedWords(name)) <\(bare)>"
    }

    /// A text for a header, in pieces that lines have room for.
    static func encodedWords(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let isPlain = line.utf8.count <= 60
            && line.utf8.allSatisfy { $0 == 0x20 || $0 > 0x22 && $0 < 0x7F && !"()<>@,;:\\[]=?".utf8.contains($0) }
        if isPlain { return line }
        var pieces: [String] = []
        var piece = ""
        for character in line {
            if piece.utf8.count + character.utf8.count > 40, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        pieces.append(piece)
        return pieces.map { "=?UTF-8?B?\(Base64.encoded(Array($0.utf8)))?=" }.joined(separator: "\r\n ")
    }
}
