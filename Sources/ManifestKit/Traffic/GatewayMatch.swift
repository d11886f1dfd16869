/// What steps ask of requests, in Gateway API's words.
enum GatewayMatch {
    /// The requests that a step mirrors and a rule of an HTTPRoute takes; nil where there are none, or where Gateway
    /// API has no words for them.
    static func mirrored(_ step: JSONValue, within rule: JSONValue) -> JSONValue? {
        var match = rule
        if let method = step.present("method") {
            guard let exact = method.text("exact"), (rule.text("method") ?? exact) == exact else { return nil }
            match["method"] = .string(exact)
        }
        if let path = step.present("path") {
            guard let wanted = self.path(path) else { return nil }
            guard let common = common(rule["path"], wanted) else { return nil }
            match["path"] = common
        }
        return adding(headersOf: step, to: match)
    }

    /// The calls that a step mirrors and a rule of a GRPCRoute takes; nil where there are none, or where Gateway API
    /// has no words for them. A call of gRPC is a POST to `/service/method`.
    static func mirroredCalls(_ step: JSONValue, within rule: JSONValue) -> JSONValue? {
        var match = rule
        if let method = step.present("method") {
            guard method.text("exact") == "POST" else { return nil }
        }
        if let path = step.present("path") {
            guard let wanted = call(path) else { return nil }
            var known = rule["method"]?.object ?? JSONObject()
            if !wanted.isEmpty {
                guard known["type"]?.string ?? "Exact" == "Exact" else { return nil }
                known["type"] = "Exact"
            }
            for (key, value) in zip(["service", "method"], wanted) {
                guard known[key]?.string ?? value == value else { return nil }
                known[key] = .string(value)
            }
            match["method"] = known.isEmpty ? nil : .object(known)
        }
        return adding(headersOf: step, to: match)
    }

    /// The service and the method of a path, as far as it names them; nil where it is no call's path.
    private static func call(_ path: JSONValue) -> [String]? {
        guard let text = path.text("exact") ?? path.text("prefix"), text.hasPrefix("/") else { return nil }
        let parts = text.split(separator: "/").map(String.init)
        return parts.count <= 2 && (path.text("exact") == nil || parts.count == 2) ? parts : nil
    }

    /// A match with the headers of a step as well; nil where no request can have both.
    private static func adding(headersOf step: JSONValue, to match: JSONValue) -> JSONValue? {
        var headers = match["headers"]?.array ?? []
        for (name, value) in step["headers"]?.object?.fields ?? [] {
            guard let header = header(name, value) else { return nil }
            if let place = headers.firstIndex(where: { $0.text("name")?.lowercased() == name.lowercased() }) {
                guard headers[place].text("value") == header.text("value") else { return nil }
            } else {
                headers.append(header)
            }
        }
        guard !headers.isEmpty else { return match }
        var match = match
        match["headers"] = .array(headers)
        return match
    }

    private static func path(_ value: JSONValue) -> JSONValue? {
        if let exact = value.text("exact") { return ["type": "Exact", "value": .string(exact)] }
        if let prefix = value.text("prefix") { return ["type": "PathPrefix", "value": .string(prefix)] }
        return value.text("regex").map { ["type": "RegularExpression", "value": .string($0)] }
    }

    /// A header with a value that is `exact`, has a `prefix` or matches a `regex`; nil for none of these.
    ///
    /// There is no match by prefix, so it becomes a regular expression.
    static func header(_ name: String, _ value: JSONValue) -> JSONValue? {
        let (type, text): (String, String)
        if let exact = value.text("exact") {
            (type, text) = ("Exact", exact)
        } else if let prefix = value.text("prefix") {
            (type, text) = ("RegularExpression", RouteText.pattern(of: prefix) + ".*")
        } else if let regex = value.text("regex") {
            (type, text) = ("RegularExpression", regex)
        } else {
            return nil
        }
        return ["type": .string(type), "name": .string(name), "value": .string(text)]
    }

    /// The paths that are within both, or nil.
    private static func common(_ rule: JSONValue?, _ wanted: JSONValue) -> JSONValue? {
        guard let rule, rule.text("value") ?? "/" != "/" || rule.text("type") ?? "PathPrefix" != "PathPrefix" else {
            return wanted
        }
        let (ruleType, wantedType) = (rule.text("type") ?? "PathPrefix", wanted.text("type") ?? "PathPrefix")
        let (ruleText, wantedText) = (rule.text("value") ?? "/", wanted.text("value") ?? "/")
        if ruleType == wantedType, ruleText == wantedText { return rule }
        if ruleType == "PathPrefix", wantedType != "RegularExpression", isWithin(wantedText, ruleText) { return wanted }
        if wantedType == "PathPrefix", ruleType != "RegularExpression", isWithin(ruleText, wantedText) { return rule }
        return nil
    }

    /// Whether a path is under a prefix, segment by segment as Gateway API takes it.
    private static func isWithin(_ path: String, _ prefix: String) -> Bool {
        let segments = path.split(separator: "/"), outer = prefix.split(separator: "/")
        return segments.starts(with: outer)
    }
}
