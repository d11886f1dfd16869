/// RR0311: measurements from any HTTP server.
enum WebMetricRule: ObjectRule {
    static let id: RuleID = "RR0311"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary =
        "A web metric has an address, at most one body and only with a method that sends one, and a JSONPath."
    static let rationale = """
        `body` and `jsonBody` exclude each other and need the method POST or PUT; GET is the default. `jsonPath` is \
        read as kubectl reads it: paths stand in braces, and what stands outside them is plain text, so that `$.ok` \
        without braces would always give the text `$.ok`. Any of these faults makes every measurement an error.
        """
    static let failing = [
        RuleExample("provider:\n  web:\n    # ↓\n    url: web/healthz", in: .metric),
        RuleExample("provider:\n  web:\n    # ↓\n    url: ftp://web/healthz", in: .metric),
        RuleExample(web("# ↓\n    body: hello"), in: .metric),
        RuleExample(web("method: POST\n    body: hello\n    # ↓\n    jsonBody: {a: b}"), in: .metric),
        RuleExample(web("# ↓\n    jsonPath: '{$.data[}'"), in: .metric),
        RuleExample(web("# ↓\n    jsonPath: $.data.ok"), in: .metric),
        RuleExample(web("# ↓\n    jsonPath: '{data.ok}'"), in: .metric),
        RuleExample(web("# ↓\n    method: PATCH"), in: .metric),
        RuleExample(web("# ↓\n    timeoutSeconds: -1"), in: .metric),
        RuleExample(web("authentication:\n      # ↓\n      oauth2:\n        tokenUrl: http://a\n"
            + "        clientId: b"), in: .metric),
    ]
    static let passing = [
        RuleExample(
            web("method: POST\n    timeoutSeconds: 20\n    jsonPath: '{$.data[?(@.name==\"web\")].ok}'\n"
                + "    jsonBody: {a: b}"),
            in: .metric),
        RuleExample(
            "provider:\n  web:\n    url: \"{{args.host}}/healthz\"\n    jsonPath: '{$.{{args.field}}}'", in: .metric),
    ]

    private static func web(_ setting: String) -> String {
        "provider:\n  web:\n    url: https://web.example.com/api\n    \(setting)"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let settings = metric.provider("web") else { continue }
            if let url = settings["url"], url.isScalar {
                if url.isNull || url.withText({ $0.isEmpty }) {
                    findings.report(self, field: url, "the url is empty", hint: "write the address to ask")
                }
                ProviderCheck.reportAddress(self, metric, url, needsHTTP: true, &findings)
            }
            ProviderCheck.reportHeaders(self, settings, &findings)
            ProviderCheck.reportAuthentication(self, settings, &findings)
            ProviderCheck.reportSeconds(self, "timeoutSeconds", in: settings, severity: .warning, &findings)
            checkBody(settings, metric, &findings)
            if let path = settings.filled("jsonPath"), let text = metric.resolved(path) {
                JSONPathCheck.report(self, path, text, &findings)
            }
        }
    }

    private static func checkBody(_ settings: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        let body = settings.filled("body")
        let jsonBody = settings.present("jsonBody")
        if let body, let jsonBody {
            let isBodyFirst = body.range.lowerBound < jsonBody.range.lowerBound
            findings.report(
                self, field: isBodyFirst ? jsonBody : body, "the metric has both body and jsonBody",
                hint: "keep one of them", related: [(isBodyFirst ? body : jsonBody, "the other one")])
        }
        var method = "GET"
        if let node = settings.filled("method") {
            guard let text = metric.resolved(node) else { return }
            method = text
            if !text.utf8.allSatisfy(ProviderCheck.isTokenByte) {
                findings.report(self, field: node, "\(Wording.quoted(text)) is no HTTP method", hint: "write GET, "
                    + "POST or PUT")
            } else if !["GET", "POST", "PUT"].contains(text) {
                findings.report(
                    self, field: node, "\(Wording.quoted(text)) is not one of the methods GET, POST and PUT",
                    hint: "write one of them, in capitals", severity: .warning)
            }
        }
        guard method == "GET", let sent = body ?? jsonBody else { return }
        findings.report(self, field: sent, "a GET request sends no body", hint: "add method: POST or method: PUT")
    }
}
