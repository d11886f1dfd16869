import ManifestKit

extension KubernetesFailure {
    /// Reads the answer to a request that has failed.
    ///
    /// The body is a `Status` where the API server answered, and anything where something in between did.
    init(answer status: Int, body: JSONValue?, text: String, retryAfter: Int?, to request: KubernetesRequest) {
        let isStatus = body?["kind"]?.string == "Status"
        let details = isStatus ? body?["details"] : nil
        let named = isStatus ? body?["reason"]?.string : nil
        self.init(
            Self.reason(status, named: named), "", resource: request.resource,
            name: request.name ?? details?["name"]?.string,
            causes: (details?["causes"]?.array ?? []).map { cause in
                Cause(
                    field: cause["field"]?.string ?? "", reason: cause["reason"]?.string ?? "",
                    message: cause["message"]?.string ?? "")
            },
            retryAfterSeconds: details?["retryAfterSeconds"]?.integer ?? retryAfter)
        verb = request.right
        if isStatus, let said = body?["message"]?.string, !said.isEmpty {
            message = said
        } else {
            message = "the server answered HTTP \(status) to \(request.summary)"
            let excerpt = Self.excerpt(text)
            if !excerpt.isEmpty { message += ": \(excerpt)" }
        }
        if reason == .unauthorized {
            message = "the server does not accept the credentials (HTTP 401)"
                + (message == "Unauthorized" ? "" : ": \(message)")
        }
    }

    /// What a status code and the reason in a `Status` mean.
    private static func reason(_ status: Int, named: String?) -> Reason {
        if let named, let reason = Reason(rawValue: named) { return reason }
        if named == "ServerTimeout" { return .timeout }
        switch status {
        case 400: return .badRequest
        case 401: return .unauthorized
        case 403: return .forbidden
        case 404: return .notFound
        case 405: return .methodNotAllowed
        case 409: return .conflict
        case 410: return .expired
        case 413: return .requestTooLarge
        case 415: return .unsupportedMediaType
        case 422: return .invalid
        case 429: return .tooManyRequests
        case 502, 503: return .serviceUnavailable
        case 408, 504: return .timeout
        case 500...: return .internalError
        default: return .badRequest
        }
    }

    /// The beginning of a text on one line, without the tags of a page.
    static func excerpt(_ text: String) -> String {
        var words = ""
        var isTag = false
        var isBlank = true
        for character in text.prefix(2000) {
            if character == "<" { isTag = true }
            let isVisible = !isTag && !character.isWhitespace && character.asciiValue.map { $0 >= 0x20 } != false
            if isVisible {
                words.append(character)
            } else if !isBlank {
                words.append(" ")
            }
            isBlank = !isVisible
            if character == ">" { isTag = false }
            if words.count >= 200 { return words + "..." }
        }
        return words.last == " " ? String(words.dropLast()) : words
    }
}

extension KubernetesRequest {
    /// The request in a few words for messages, such as `patch rollouts.argoproj.io default/web`.
    var summary: String {
        var text = "\(right) \(resource)"
        if let subresource { text += "/\(subresource.rawValue)" }
        if let name {
            text += " \(ObjectName(namespace: namespace, name: name))"
        } else if !namespace.isEmpty {
            text += " in \(namespace)"
        }
        return text
    }
}
