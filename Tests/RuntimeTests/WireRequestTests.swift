import ManifestKit
import NIOCore
import Testing

@testable import RolloutRuntime

/// What goes over the wire, and what is made of what comes back, without a network.
@Suite struct WireRequestTests {
    static let web = ObjectName(namespace: "shop", name: "web")

    @Test func readsHaveNoBody() {
        let get = WireRequest(.get(.rollouts, Self.web))
        #expect(get.method == "GET")
        #expect(get.path == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web")
        #expect(get.body == nil)
        #expect(get.headers == ["Accept": "application/json"])
        var list = KubernetesRequest.list(.pods)
        list.limit = 500
        list.labelSelector = "app=web,tier in (a, b)"
        list.continuation = "a+b/c="
        #expect(
            WireRequest(list).path
                == "/api/v1/pods?continue=a%2Bb%2Fc%3D&labelSelector=app%3Dweb%2Ctier%20in%20%28a%2C%20b%29&limit=500")
    }

    @Test(arguments: [
        (KubernetesRequest.PatchType.merge, "application/merge-patch+json"),
        (.json, "application/json-patch+json"),
        (.strategicMerge, "application/strategic-merge-patch+json"),
        (.apply, "application/apply-patch+yaml"),
    ])
    func eachPatchHasItsMediaType(_ type: KubernetesRequest.PatchType, _ media: String) {
        var request = KubernetesRequest.patch(.rollouts, Self.web, ["a": 1], type: type, subresource: .status)
        request.fieldManager = "me"
        request.isForced = true
        let wire = WireRequest(request)
        #expect(wire.method == "PATCH")
        #expect(wire.headers["Content-Type"] == media)
        #expect(
            wire.path
                == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status?fieldManager=me&force=true")
        #expect(wire.body == ["a": 1])
    }

    @Test func aDeleteSaysInItsBodyWhatItExpects() {
        var request = KubernetesRequest.delete(.replicaSets, Self.web)
        request.resourceVersion = "17"
        request.propagation = .foreground
        request.isDryRun = true
        request.body = ["preconditions": ["uid": "u1"], "gracePeriodSeconds": 0]
        let wire = WireRequest(request)
        #expect(wire.method == "DELETE")
        #expect(wire.path == "/apis/apps/v1/namespaces/shop/replicasets/web")
        #expect(wire.body == [
            "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": ["uid": "u1", "resourceVersion": "17"],
            "gracePeriodSeconds": 0, "propagationPolicy": "Foreground", "dryRun": ["All"],
        ])
    }

    @Test func aWatchIsAListThatStays() {
        var request = KubernetesRequest.list(.rollouts, namespace: "shop")
        request.resourceVersion = "5"
        request.limit = 500
        request.continuation = "c"
        #expect(
            WireRequest(watching: request, seconds: 311).path
                == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts?resourceVersion=5&allowWatchBookmarks=true"
                + "&timeoutSeconds=311&watch=true")
        #expect(WireRequest(watching: .list(.pods), seconds: 9).path.hasPrefix("/api/v1/pods?allowWatchBookmarks"))
    }

    @Test func namesCannotLeaveTheirPlace() {
        let name = ObjectName(namespace: "a/b", name: "../x?y")
        #expect(WireRequest(.get(.pods, name)).path == "/api/v1/namespaces/a%2Fb/pods/..%2Fx%3Fy")
    }

    // MARK: Failures

    static func failure(_ code: Int, _ body: JSONValue?, _ text: String = "", retryAfter: Int? = nil)
        -> KubernetesFailure {
        KubernetesFailure(
            answer: code, body: body, text: text, retryAfter: retryAfter,
            to: .patch(.rollouts, web, [:], subresource: .status))
    }

    @Test(arguments: [
        (409, "AlreadyExists", KubernetesFailure.Reason.alreadyExists), (409, "Conflict", .conflict),
        (410, "Expired", .expired), (410, "Gone", .gone), (404, "NotFound", .notFound), (422, "Invalid", .invalid),
        (403, "Forbidden", .forbidden), (500, "InternalError", .internalError), (500, "ServerTimeout", .timeout),
        (504, "Timeout", .timeout), (429, "TooManyRequests", .tooManyRequests), (503, "Nonsense", .serviceUnavailable),
        (413, "RequestEntityTooLarge", .requestTooLarge), (415, "UnsupportedMediaType", .unsupportedMediaType),
        (405, "MethodNotAllowed", .methodNotAllowed), (401, "Unauthorized", .unauthorized),
    ])
    func aStatusSaysItsReason(_ code: Int, _ name: String, _ reason: KubernetesFailure.Reason) {
        let status: JSONValue = ["kind": "Status", "reason": .string(name), "message": "so it is", "code": .int(code)]
        let failure = Self.failure(code, status)
        #expect(failure.reason == reason)
        #expect(failure.message.contains("so it is"))
        #expect(failure.verb == "patch")
        #expect(failure.resource == .rollouts)
    }

    @Test func aStatusHasDetails() {
        let status: JSONValue = [
            "kind": "Status", "reason": "Invalid", "message": "no",
            "details": [
                "retryAfterSeconds": 7,
                "causes": [["field": "spec.replicas", "reason": "FieldValueInvalid", "message": "too few"]],
            ],
        ]
        let failure = Self.failure(422, status, retryAfter: 3)
        #expect(failure.retryAfterSeconds == 7)
        #expect(failure.causes == [.init(field: "spec.replicas", message: "too few")])
    }

    @Test func whatIsNoStatusIsShown() {
        let page = "<html><head><title>502 Bad Gateway</title></head>\n<body><h1>Bad\u{1B}[2J Gateway</h1></body></html>"
        let failure = Self.failure(502, nil, page, retryAfter: 2)
        #expect(failure.reason == .serviceUnavailable)
        #expect(failure.retryAfterSeconds == 2)
        #expect(
            failure.message
                == "the server answered HTTP 502 to patch rollouts.argoproj.io/status shop/web: 502 Bad Gateway Bad "
                + "[2J Gateway")
        #expect(Self.failure(403, ["a": 1]).reason == .forbidden)
        #expect(Self.failure(302, nil).reason == .badRequest)
    }

    // MARK: Another try

    static func delay(
        _ reason: KubernetesFailure.Reason, of request: KubernetesRequest, after attempt: Int = 1,
        isUndone: Bool = false, wait: Int? = nil, elapsed: Double = 0
    ) -> Double? {
        RetryPolicy().delay(
            after: attempt, elapsed: elapsed, KubernetesFailure(reason, "", retryAfterSeconds: wait),
            isUndone: isUndone, of: request, chance: 0)
    }

    @Test(arguments: [
        KubernetesFailure.Reason.unreachable, .timeout, .internalError, .serviceUnavailable, .tooManyRequests,
        .malformedAnswer,
    ])
    func readsAreTriedAgain(_ reason: KubernetesFailure.Reason) {
        #expect(Self.delay(reason, of: .get(.pods, Self.web)) == 0.125)
        #expect(Self.delay(reason, of: .get(.pods, Self.web), after: 3) == 0.5)
        #expect(Self.delay(reason, of: .get(.pods, Self.web), after: 5) == nil)
        #expect(Self.delay(reason, of: .get(.pods, Self.web), elapsed: 59.9) == nil)
    }

    @Test(arguments: [
        KubernetesFailure.Reason.notFound, .conflict, .expired, .forbidden, .untrusted, .cancelled, .answerTooLarge,
    ])
    func whatStaysAsItIsIsNotTriedAgain(_ reason: KubernetesFailure.Reason) {
        #expect(Self.delay(reason, of: .get(.pods, Self.web)) == nil)
        #expect(Self.delay(reason, of: .delete(.pods, Self.web), isUndone: true) == nil)
    }

    @Test func writesAreTriedAgainOnlyWhereNothingWasDone() {
        let write = KubernetesRequest.patch(.pods, Self.web, [:])
        #expect(Self.delay(.unreachable, of: write) == nil)
        #expect(Self.delay(.unreachable, of: write, isUndone: true) != nil)
        #expect(Self.delay(.timeout, of: write) == nil)
        #expect(Self.delay(.internalError, of: write) == nil)
        #expect(Self.delay(.serviceUnavailable, of: write) == nil)
        #expect(Self.delay(.serviceUnavailable, of: write, wait: 2) == 2)
        #expect(Self.delay(.tooManyRequests, of: write) != nil)
        var trial = write
        trial.isDryRun = true
        #expect(Self.delay(.timeout, of: trial) != nil)
        var eviction = KubernetesRequest.create(.pods, namespace: "shop", [:])
        eviction.subresource = .eviction
        #expect(Self.delay(.tooManyRequests, of: eviction) == nil)
    }

    @Test func waitsAsLongAsTheServerSays() {
        #expect(Self.delay(.tooManyRequests, of: .get(.pods, Self.web), wait: 20) == 20)
        #expect(Self.delay(.tooManyRequests, of: .get(.pods, Self.web), wait: 600) == nil)
    }

    @Test func tokensComeBackAtTheirRate() {
        var bucket = TokenBucket(rate: 10, burst: 2)
        #expect(bucket.take(now: 0) == 0)
        #expect(bucket.take(now: 0) == 0)
        #expect(bucket.take(now: 0) == 0.1)
        #expect(bucket.take(now: 0) == 0.2)
        bucket.giveBack()
        #expect(bucket.take(now: 0) == 0.2)
        #expect(bucket.take(now: 100) == 0)
        #expect(bucket.take(now: 100) == 0)
        #expect(bucket.take(now: 100) == 0.1)
    }

    // MARK: Watches

    @Test(arguments: [1, 2, 3, 7, 1000])
    func linesAreReadHoweverTheyCome(_ size: Int) throws {
        let text = """
            {"type":"ADDED","object":{"metadata":{"name":"ä"}}}
            {"type":"BOOKMARK","object":{}}\r

            {"type":"DELETED","object":{"metadata":{"name":"b"}}}
            {"type":"ADD
            """
        var lines = WatchLines(greatestLine: 60)
        var events: [WatchEvent] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try lines.take(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(events.map(\.kind) == [.added, .bookmark, .deleted])
        #expect(events.first?.object["metadata"]?["name"] == "ä")
        #expect(lines.isCut)
    }

    @Test func linesHaveALimit() throws {
        var lines = WatchLines(greatestLine: 10)
        #expect(throws: WatchLines.Failure.tooLong(10)) {
            for _ in 0..<4 { _ = try lines.take(ByteBuffer(string: "123")) }
        }
        var others = WatchLines(greatestLine: 100)
        #expect(throws: WatchLines.Failure.malformed("Log in")) {
            try others.take(ByteBuffer(string: "<html><p>Log in\n"))
        }
    }

    @Test func aStatusAloneIsAnError() throws {
        var lines = WatchLines(greatestLine: 1000)
        let events = try lines.take(ByteBuffer(string: #"{"kind":"Status","code":410,"reason":"Expired"}"# + "\n"))
        #expect(events.map(\.kind) == [.error])
    }
}
