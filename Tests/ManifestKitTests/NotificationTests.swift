import Testing

@testable import ManifestKit

/// What the ConfigMap and the Secret of notifications come to.
@Suite struct NotificationTests {
    static let now = PresentMoment(seconds: 1_700_000_000)

    static let rollout: JSONValue = [
        "kind": "Rollout",
        "metadata": ["name": "web", "namespace": "shop", "labels": ["team": "web"]],
        "spec": [
            "replicas": 5, "strategy": ["canary": ["steps": [["setWeight": 20], ["pause": [:]]]]],
            "template": ["spec": ["containers": [
                ["name": "web", "image": "web:2"], ["name": "proxy", "image": "proxy:1"],
            ]]],
        ],
        "status": ["currentStepIndex": 0, "phase": "Progressing"],
    ]

    static func settings(_ data: [String: String], secrets: [String: String] = [:]) -> NotificationSettings {
        NotificationSettings(data: data, secrets: secrets.mapValues { Array($0.utf8) })
    }

    /// A message for a service, and what has to be sent for it.
    static func parcel(
        _ type: String, _ options: String, _ template: String, to recipient: String = "", secrets: [String: String] = [:],
        memory: [String: String] = [:]
    ) throws -> NotificationParcel {
        let known = settings(["service.\(type)": options, "template.t": template], secrets: secrets)
        try #require(known.faults.isEmpty, "\(known.faults)")
        let service = try #require(known.services[type])
        let context = NotificationContext(rollout: rollout, secrets: known.secrets, now: now)
        let message = try known.rendered(
            ["t"], for: NotificationDestination(service: type, recipient: recipient), in: context)
        return try service.parcel(message, to: recipient, NotificationSending(memory: memory, now: now.instant))
    }

    static func query(
        _ type: String, _ options: String, _ template: String, to recipient: String = "",
        secrets: [String: String] = [:], memory: [String: String] = [:]
    ) throws -> HTTPQuery {
        guard case .requests(let queries) = try parcel(
            type, options, template, to: recipient, secrets: secrets, memory: memory), queries.count == 1
        else {
            Issue.record("not one request")
            throw NotificationProblem("not one request")
        }
        return queries[0]
    }

    static func json(_ query: HTTPQuery) throws -> JSONValue { try JSONReader.value(query.body ?? "") }

    // MARK: Names, subscriptions, conditions

    @Test(arguments: [
        ("RolloutCompleted", "on-rollout-completed"), ("RolloutStepCompleted", "on-rollout-step-completed"),
        ("ScalingReplicaSet", "on-scaling-replica-set"), ("AnalysisRunFailed", "on-analysis-run-failed"),
        ("PatchingALBIngress", "on-patching-alb-ingress"), ("SkipSteps", "on-skip-steps"),
    ]) func triggersAreNamedAfterEvents(_ reason: String, _ name: String) {
        #expect(NotificationTrigger.name(forReason: reason) == name)
    }

    @Test func annotationsAndTheConfigMapSubscribe() {
        let known = Self.settings([
            "service.slack": "token: x", "service.webhook.ci": "url: http://ci",
            "trigger.on-rollout-completed": "- send: []", "trigger.on-rollout-aborted": "- send: []",
            "defaultTriggers": "[on-rollout-aborted]", "defaultTriggers.ci": "[on-rollout-completed]",
            "subscriptions": """
                - recipients: ["slack:all", "ci"]
                  triggers: [on-rollout-completed]
                  selector: team in (web, shop), !quiet
                - recipients: ["slack:ops:eu"]
                """,
        ])
        #expect(known.faults.isEmpty)
        let annotations = [
            "notifications.argoproj.io/subscribe.on-rollout-completed.slack": " one ; two;;all",
            "notifications.argoproj.io/subscribe.ci": "",
            "notifications.argoproj.io/subscriptions": """
                - trigger: [on-rollout-aborted]
                  destinations:
                  - {service: slack, recipients: [list]}
                """,
            "notified.notifications.argoproj.io": "{}", "other": "x",
        ]
        func names(_ trigger: String, _ labels: [String: String], takesShared: Bool = true) -> [String] {
            known.destinations(of: trigger, labels: labels, annotations: annotations, takesShared: takesShared)
                .map { "\($0.service):\($0.recipient)" }
        }
        // Who is subscribed twice gets it once.
        #expect(names("on-rollout-completed", ["team": "web"]) == ["slack:all", "ci:", "slack:one", "slack:two"])
        #expect(names("on-rollout-completed", ["team": "web", "quiet": "y"]) == ["ci:", "slack:one", "slack:two", "slack:all"])
        #expect(names("on-rollout-aborted", [:]) == ["slack:ops:eu", "slack:list"])
        #expect(names("on-rollout-aborted", [:], takesShared: false) == ["slack:list"])
        #expect(names("on-rollout-paused", ["team": "web"]).isEmpty)
    }

    @Test(arguments: [
        ("", true), ("rollout.spec.replicas > 3", true), ("rollout.spec.replicas > 8", false),
        ("rollout.spec.template.spec.containers[0].image == 'web:2'", true), ("rollout.metadata.gone == nil", true),
        ("time.Now().Sub(time.Parse('2023-11-14T21:13:20Z')).Hours() >= 1", true), ("rollout.spec.replicas", false),
        ("any(rollout.spec.template.spec.containers, {.name == 'proxy'})", true), ("analysisRuns == nil", true),
        ("time.Now().Year() == 2023", true),
    ]) func conditionsDecide(_ text: String, _ answer: Bool) throws {
        var condition = NotificationTrigger.Condition()
        if !text.isEmpty { condition.when = try NotificationTrigger.Condition.expression(text) }
        #expect(try condition.holds(in: NotificationContext(rollout: Self.rollout, now: Self.now)) == answer)
    }

    @Test func faultsNameTheirPlaceAndKeepNothingElseBack() throws {
        let text = "message: fine\nslack:\n  attachments: |\n    [{\n     {{.rollout | nosuch}}\n"
        let known = Self.settings([
            "service.slack": "token: x", "service.carrier-pigeon": "a: b", "service.a.b.c": "", "service.webhook": "[",
            "template.good": "message: good", "template.bad": text, "trigger.on-rollout-completed": "- send: [good, gone]",
            "trigger.on-rollout-paused": "- when: rollout.(\n  send: [good]",
        ])
        #expect(known.services.keys.sorted() == ["slack"] && known.templates.keys.sorted() == ["good"])
        #expect(known.triggers["on-rollout-paused"]?.conditions.isEmpty == true)
        let keys = known.faults.map(\.key).sorted()
        #expect(keys == [
            "service.a.b.c", "service.carrier-pigeon", "service.webhook", "template.bad", "trigger.on-rollout-completed",
            "trigger.on-rollout-paused",
        ])
        let fault = try #require(known.faults.first { $0.key == "template.bad" })
        #expect(fault.message.contains("line 2, column 15"), "\(fault.message)")
        #expect(String(decoding: Array(text.utf8)[fault.range], as: UTF8.self) == "nosuch")
    }

    @Test func secretsAreFilledInAndNeverShown() throws {
        let known = Self.settings(
            ["service.slack": "token: $slack-token\nusername: $gone", "service.grafana": "apiUrl: $key/x\napiKey: k"],
            secrets: ["slack-token": "xoxb-123", "key": "no address"])
        #expect(known.services["slack"] != nil && known.services["grafana"] == nil)
        for fault in known.faults { #expect(!fault.message.contains("no address") && !fault.message.contains("xoxb")) }
        #expect(known.faults.contains { $0.message.contains("has no key 'gone'") })
        #expect(known.hidingSecrets("said xoxb-123 aloud") == "said ***** aloud")
    }

    // MARK: Services

    @Test func webhooksAreWhatTheUserWrites() throws {
        let options = """
            url: https://ci.example.com/base/
            headers:
            - {name: Authorization, value: Bearer $token}
            basicAuth: {username: u, password: p}
            insecureSkipVerify: true
            retryMax: 1
            """
        let query = try Self.query("webhook", options, """
            message: unused
            webhook:
              webhook:
                method: POST
                path: /jobs/{{.rollout.metadata.name}}
                body: '{"image": "{{(index .rollout.spec.template.spec.containers 0).image}}"}'
            """, secrets: ["token": "t0ken"])
        #expect(query.method == "POST" && query.url == "https://ci.example.com/base/jobs/web")
        #expect(query.body == "{\"image\": \"web:2\"}" && query.isInsecure)
        #expect(query.headers == [HTTPQuery.Header(name: "Authorization", value: "Bearer t0ken")])
        #expect(query.authentication == .basic(user: "u", password: "p"))
        let plain = try Self.query("webhook", "url: http://a", "message: hello {{.recipient}}{{.serviceType}}")
        #expect(plain.method == "GET" && plain.body == "hello webhook")
    }

    @Test func slackGetsAForm() throws {
        let template = """
            message: Step {{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}} & more
            slack:
              attachments: |
                [{"fields": [
                {{range $index, $c := .rollout.spec.template.spec.containers}}
                  {{if $index}},{{end}}
                  {"title": "{{$c.name}}", "value": "{{$c.image}}"}
                {{end}}
                ]}]
              groupingKey: "{{.rollout.metadata.name}}"
              deliveryPolicy: PostAndUpdate
            """
        let options = "{token: xoxb, apiURL: 'http://slack.local/api', icon: ':robot:', disableUnfurl: true}"
        let query = try Self.query("slack", options, template, to: "releases")
        #expect(query.url == "http://slack.local/api/chat.postMessage")
        #expect(query.headers.contains(HTTPQuery.Header(name: "Authorization", value: "Bearer xoxb")))
        let body = try #require(query.body)
        #expect(body.hasPrefix("text=Step+1%2F2+%26+more&icon_emoji=%3Arobot%3A&attachments=%5B%7B%22fields%22"))
        #expect(body.hasSuffix("&unfurl_links=false&unfurl_media=false&channel=releases"))
        // What Slack answers makes the next message part of the thread.
        let service = try SlackService(NotificationOptions(["token": "xoxb"]))
        var message = RenderedNotification()
        message.section = ["groupingKey": "web"]
        let memory = service.memory(
            of: "{\"ok\": true, \"ts\": \"17.5\", \"channel\": \"C1\"}", message, to: "releases")
        guard case .requests(let queries) = try Self.parcel("slack", options, template, to: "releases", memory: memory)
        else { throw NotificationProblem("no requests") }
        #expect(queries.map(\.url) == ["http://slack.local/api/chat.postMessage", "http://slack.local/api/chat.update"])
        #expect(queries[0].body?.contains("thread_ts=17.5") == true && queries[1].body?.hasSuffix("channel=C1&ts=17.5") == true)
        #expect(service.verdict(status: 200, body: "{\"ok\": true}") == .delivered)
        guard case .refused(let reason) = service.verdict(status: 200, body: "{\"ok\":false,\"error\":\"not_in_channel\"}"),
            case .later = service.verdict(status: 429, body: ""),
            case .later = service.verdict(status: 200, body: "{\"ok\":false,\"error\":\"ratelimited\"}")
        else { throw NotificationProblem("wrong verdict") }
        #expect(reason.contains("invite the app"))
    }

    @Test func pagersAreCalled() throws {
        let events = try Self.query(
            "pagerdutyv2", "serviceKeys: {web: $key}",
            "pagerdutyv2: {summary: 'down {{.rollout.metadata.name}}', severity: critical, source: s, dedupKey: d, url: http://u}",
            to: "web", secrets: ["key": "R123"])
        #expect(events.url == "https://events.pagerduty.com/v2/enqueue")
        #expect(try Self.json(events) == [
            "routing_key": "R123", "event_action": "trigger", "client": "Argo Rollouts", "client_url": "http://u",
            "dedup_key": "d", "payload": ["summary": "down web", "severity": "critical", "source": "s"],
        ])
        let incident = try Self.query(
            "pagerduty", "{token: t, from: a@example.com}", "pagerduty: {title: T, urgency: high, body: B}", to: "PSVC")
        #expect(incident.url == "https://api.pagerduty.com/incidents")
        #expect(incident.headers.contains(HTTPQuery.Header(name: "Authorization", value: "Token token=t")))
        #expect(incident.headers.contains(HTTPQuery.Header(name: "From", value: "a@example.com")))
        #expect(try Self.json(incident)["incident"]?["service"] == ["id": "PSVC", "type": "service_reference"])
        let alert = try Self.query(
            "opsgenie", "{apiUrl: api.eu.opsgenie.com, apiKeys: {team: k}}",
            "message: M\nopsgenie: {description: D, priority: P1, tags: ['{{.rollout.metadata.name}}']}", to: "team")
        #expect(alert.url == "https://api.eu.opsgenie.com/v2/alerts")
        #expect(try Self.json(alert) == [
            "message": "M", "description": "D", "priority": "P1", "tags": ["web"],
            "responders": [["type": "team", "id": "team"]], "source": "Argo Rollouts",
        ])
        #expect(throws: NotificationProblem.self) {
            try Self.query("opsgenie", "apiKeys: {team: k}", "message: M", to: "others")
        }
    }

    @Test func boardsAndChannelsAreWrittenTo() throws {
        let annotation = try Self.query("grafana", "{apiUrl: 'https://g/api', apiKey: k}", "message: M", to: "a|b")
        #expect(annotation.url == "https://g/api/annotations")
        #expect(try Self.json(annotation) == [
            "time": 1_700_000_000_000, "isRegion": false, "tags": ["a", "b"], "text": "M",
        ])
        let card = try Self.query(
            "teams", "recipientUrls: {c: 'https://teams/hook'}",
            "message: M\nteams: {title: T, facts: '[{\"name\": \"n\", \"value\": \"v\"}]', themeColor: '#000'}", to: "c")
        #expect(try Self.json(card) == [
            "@type": "MessageCard", "context": "https://schema.org/extensions", "title": "T", "summary": "", "text": "M",
            "themeColor": "#000", "sections": [["facts": [["name": "n", "value": "v"]]]],
        ])
        #expect(try TeamsService(NotificationOptions(["recipientUrls": ["c": "http://t"]])).verdict(status: 200, body: "1")
            == .delivered)
        let adaptive = try Self.query(
            "teams-workflows", "recipientUrls: {c: 'https://flow/hook'}",
            "message: M\nteams-workflows: {title: T, facts: '[{\"name\": \"n\", \"value\": 3}]'}", to: "c")
        let content = try Self.json(adaptive)["attachments"]?[0]?["content"]
        #expect(content?["body"]?[1]?["text"] == "M")
        #expect(content?["body"]?[2]?["facts"] == [["title": "n", "value": "3"]])
        guard case .anyOf(let alerts) = try Self.parcel(
            "alertmanager", "{targets: ['a:9093', 'b:9093'], bearerToken: t, timeout: 5}",
            "alertmanager: {labels: {severity: info, name: '{{.rollout.metadata.name}}'}, generatorURL: 'git@host:a/b'}")
        else { throw NotificationProblem("not any of some") }
        #expect(alerts.map(\.url) == ["http://a:9093/api/v2/alerts", "http://b:9093/api/v2/alerts"])
        let alert = try Self.json(alerts[0])[0]
        #expect(alert?["labels"] == ["severity": "info", "name": "web", "alertname": "t"])
        #expect(alert?["generatorURL"] == "https://host/a/b" && alert?["startsAt"] == "2023-11-14T22:13:20.000Z")
        #expect(alerts[0].timeoutSeconds == 5)
    }

    @Test func mailsHaveHeadersAndCannotSmuggleMore() throws {
        guard case .mail(let mail) = try Self.parcel(
            "email", "{host: mail, from: 'Rollouts <r@example.com>', html: true}",
            "message: M\nemail: {subject: \"Grüße\\r\\nBcc: x@y\", body: '<b>{{.rollout.metadata.name}}</b>'}",
            to: "a@example.com, b@example.com")
        else { throw NotificationProblem("no mail") }
        let text = MailText.text(of: mail, id: "1", date: Self.now.instant)
        #expect(mail.port == 587 && mail.recipients == ["a@example.com", "b@example.com"])
        #expect(text.hasPrefix("From: Rollouts <r@example.com>\r\nTo: <a@example.com>,\r\n <b@example.com>\r\nSubject: =?UTF-8?B?"))
        #expect(text.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n") && !text.contains("\nBcc"))
        #expect(text.hasSuffix("\r\n\r\nPGI+d2ViPC9iPg==\r\n"))
        for address in ["a@b\r\nRCPT TO:<c@d>", "nobody", "a@b> <c@d"] {
            #expect(throws: NotificationProblem.self) {
                try Self.parcel("email", "{host: mail, from: r@example.com}", "message: M", to: address)
            }
        }
    }

    @Test func pausesGrow() {
        let retries = NotificationRetries()
        #expect((1...7).map { retries.pause(after: $0) } == [1, 2, 4, 8, 16, 30, 30])
    }

    @Test func everyServiceIsInTheList() throws {
        let types = NotificationServices.all.map { $0.type }
        #expect(types == types.sorted() && Set(types).count == types.count)
    }
}
