import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Who gets into the embedded cluster, and what they may do there: as a real API server with RBAC has it.
@Suite struct AccessControlTests {
    let cluster = EmbeddedCluster(clock: VirtualClock(start: 1_700_000_000))
    let secrets = ClusterCredentials.Secrets()
    let refusals = Refusals()

    /// What was refused so far.
    final class Refusals: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func note(_ text: String) { list.withLock { $0.append(text) } }
    }

    func handler(_ mode: AccessControl.Mode = .roles) -> APIHandler {
        let refusals = refusals
        return APIHandler(
            cluster: cluster, access: AccessControl(cluster, mode, secrets) { refusals.note($0) })
    }

    init() throws {
        let model = AccessModel(cluster, TokenAuthority(cluster, secrets), certificate: "PEM")
        model.makeRoles()
        model.advance()
    }

    func send(
        _ handler: APIHandler, _ method: String, _ target: String, _ body: JSONValue? = nil, token: String? = nil,
        headers: [String: String] = [:]
    ) -> (status: Int, body: JSONValue) {
        var headers = headers
        if let token { headers["authorization"] = "Bearer " + token }
        if method == "PATCH", headers["content-type"] == nil { headers["content-type"] = "application/merge-patch+json" }
        let bytes = body.map { Array(JSONWriter.text($0).utf8) } ?? []
        let request = APIRequest(method: method, target: target, headers: headers, body: bytes)
        switch handler.respond(to: request) {
        case .json(let status, let value, _): return (status, value)
        case .text(let status, let text): return (status, .string(text))
        case .watch: return (200, .null)
        }
    }

    /// A token for a service account of the name in `default`, made as `kubectl create token` does it.
    func token(_ handler: APIHandler, _ name: String, seconds: Int = 3600) -> String {
        let path = "/api/v1/namespaces/default/serviceaccounts"
        _ = send(handler, "POST", path, ["metadata": ["name": .string(name)]], token: secrets.adminToken)
        let answer = send(
            handler, "POST", "\(path)/\(name)/token", ["spec": ["expirationSeconds": .int(seconds)]],
            token: secrets.adminToken)
        #expect(answer.status == 201)
        return answer.body["status", "token"]?.string ?? ""
    }

    /// Gives a service account of `default` rules in the whole cluster, or in one namespace.
    func grant(_ rules: JSONValue, to name: String, in namespace: String? = nil) throws {
        let group = "rbac.authorization.k8s.io"
        let binding: JSONValue = [
            "metadata": ["name": .string(name)],
            "roleRef": [
                "apiGroup": .string(group), "kind": namespace == nil ? "ClusterRole" : "Role", "name": .string(name),
            ],
            "subjects": [["kind": "ServiceAccount", "name": .string(name), "namespace": "default"]],
        ]
        let role: JSONValue = ["metadata": ["name": .string(name)], "rules": rules]
        let types = namespace == nil
            ? (RoleIndex.clusterRoles, RoleIndex.clusterRoleBindings) : (RoleIndex.roles, RoleIndex.roleBindings)
        try cluster.perform(.create(types.0, namespace: namespace ?? "", role))
        try cluster.perform(.create(types.1, namespace: namespace ?? "", binding))
    }

    // MARK: Who

    @Test(arguments: [nil, "wrong", "a.b.c", ""]) func whoDoesNotSayWhoTheyAreIsNotLetIn(_ token: String?) {
        for mode in [AccessControl.Mode.authenticated, .roles] {
            let answer = send(handler(mode), "GET", "/api/v1/pods", token: token)
            #expect(answer.status == 401)
            #expect(answer.body["message"] == "Unauthorized" && answer.body["reason"] == "Unauthorized")
        }
        #expect(refusals.all.count == 2)
        #expect(refusals.all.first?.hasPrefix("Unauthorized: GET /api/v1/pods: ") == true)
        #expect(send(handler(), "GET", "/readyz").status == 200)
        #expect(send(handler(.open), "GET", "/api/v1/pods").status == 200)
    }

    @Test func theClusterItselfMayDoEverything() {
        let answer = send(handler(), "GET", "/api/v1/pods", token: secrets.adminToken)
        #expect(answer.status == 200)
        let who = send(
            handler(), "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", [:], token: secrets.adminToken)
        #expect(who.body["status", "userInfo", "username"] == "kubernetes-admin")
        #expect(who.body["status", "userInfo", "groups"] == ["system:masters", "system:authenticated"])
    }

    @Test func tokensExpireByTheClustersClock() {
        let handler = handler()
        let clock = cluster.clock as? VirtualClock
        let token = token(handler, "web", seconds: 600)
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        let who = send(handler, "POST", path, [:], token: token)
        #expect(who.status == 201)
        #expect(who.body["status", "userInfo", "username"] == "system:serviceaccount:default:web")
        #expect(who.body["status", "userInfo", "groups"] == [
            "system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated",
        ])
        clock?.advance(to: cluster.clock.now + 599)
        #expect(send(handler, "POST", path, [:], token: token).status == 201)
        clock?.advance(to: cluster.clock.now + 2)
        #expect(send(handler, "POST", path, [:], token: token).status == 401)
        #expect(refusals.all.last?.contains("expired") == true)
    }

    @Test func aTokenEndsWithItsServiceAccount() throws {
        let handler = handler()
        let old = token(handler, "web")
        let account = ObjectName(namespace: "default", name: "web")
        try cluster.perform(.delete(.serviceAccounts, account))
        #expect(send(handler, "GET", "/api", token: old).status == 401)
        // Another one of its name is not the same one.
        let new = token(handler, "web")
        #expect(send(handler, "GET", "/api", token: old).status == 401)
        #expect(send(handler, "GET", "/api", token: new).status == 200)
    }

    @Test func aTokenThatWasChangedIsNone() {
        let handler = handler()
        let parts = token(handler, "web").split(separator: ".").map(String.init)
        let claims = Base64.urlDecoded(parts[1]).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let forged = Base64.urlEncoded(claims.replacing("default:web", with: "default:default").utf8)
        #expect(send(handler, "GET", "/api", token: [parts[0], forged, parts[2]].joined(separator: ".")).status == 401)
    }

    @Test func aSecretThatAsksForATokenGetsOne() throws {
        let handler = handler()
        _ = token(handler, "web")
        let model = AccessModel(cluster, TokenAuthority(cluster, secrets), certificate: "PEM")
        let name = ObjectName(namespace: "default", name: "web-token")
        try cluster.perform(.create(.secrets, namespace: "default", [
            "metadata": ["name": "web-token", "annotations": ["kubernetes.io/service-account.name": "web"]],
            "type": "kubernetes.io/service-account-token",
        ]))
        model.advance()
        let data = try #require(cluster.object(.secrets, name)?["data"])
        let text = data["token"]?.string.flatMap { Base64.decoded($0) }.map { String(decoding: $0, as: UTF8.self) }
        let lasting = try #require(text)
        #expect(data["namespace"]?.string == Base64.encoded("default".utf8))
        #expect(data["ca.crt"]?.string == Base64.encoded("PEM".utf8))
        #expect(send(handler, "GET", "/api", token: lasting).status == 200)
        try cluster.perform(.delete(.secrets, name))
        #expect(send(handler, "GET", "/api", token: lasting).status == 401)
    }

    // MARK: What

    /// A rule, a request that it allows, and one that it does not.
    struct RuleCase: Sendable, CustomTestStringConvertible {
        var rule: JSONValue
        var allowed: (String, String)
        var refused: (String, String)
        var testDescription: String { "\(allowed)" }
    }

    static let cases: [RuleCase] = [
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["pods"], "verbs": ["list"]],
            allowed: ("GET", "/api/v1/pods"), refused: ("GET", "/api/v1/pods?watch=true")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["pods"], "verbs": ["watch"]],
            allowed: ("GET", "/api/v1/pods?watch=true"), refused: ("GET", "/api/v1/pods")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["pods"], "verbs": ["get"]],
            allowed: ("GET", "/api/v1/namespaces/default/pods/a"), refused: ("GET", "/api/v1/namespaces/default/pods")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["pods/eviction"], "verbs": ["create"]],
            allowed: ("POST", "/api/v1/namespaces/default/pods/a/eviction"),
            refused: ("POST", "/api/v1/namespaces/default/pods")),
        RuleCase(
            rule: ["apiGroups": ["argoproj.io"], "resources": ["rollouts"], "verbs": ["*"]],
            allowed: ("PATCH", "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/web"),
            refused: ("PATCH", "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/web/status")),
        RuleCase(
            rule: ["apiGroups": ["*"], "resources": ["*/scale"], "verbs": ["update"]],
            allowed: ("PUT", "/apis/apps/v1/namespaces/default/deployments/web/scale"),
            refused: ("PUT", "/apis/apps/v1/namespaces/default/deployments/web")),
        RuleCase(
            rule: ["apiGroups": ["*"], "resources": ["*"], "verbs": ["get"]],
            allowed: ("GET", "/apis/apps/v1/namespaces/default/deployments/web/scale"),
            refused: ("DELETE", "/apis/apps/v1/namespaces/default/deployments/web")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"], "verbs": ["get", "list"]],
            allowed: ("GET", "/api/v1/namespaces/default/configmaps/one"),
            refused: ("GET", "/api/v1/namespaces/default/configmaps/two")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"], "verbs": ["get", "list"]],
            allowed: ("GET", "/api/v1/configmaps?fieldSelector=metadata.name%3Done"),
            refused: ("GET", "/api/v1/configmaps")),
        RuleCase(
            rule: ["apiGroups": [""], "resources": ["pods"], "verbs": ["deletecollection"]],
            allowed: ("DELETE", "/api/v1/namespaces/default/pods"),
            refused: ("DELETE", "/api/v1/namespaces/default/pods/a")),
        RuleCase(
            rule: ["nonResourceURLs": ["/metrics", "/logs/*"], "verbs": ["get"]],
            allowed: ("GET", "/logs/today"), refused: ("GET", "/debug")),
    ]

    @Test(arguments: cases) func rulesAllowWhatTheySay(_ example: RuleCase) throws {
        let handler = handler()
        let token = token(handler, "web")
        #expect(send(handler, example.allowed.0, example.allowed.1, token: token).status == 403)
        try grant([example.rule], to: "web")
        // What is allowed may still not be there, or lack a body.
        #expect(send(handler, example.allowed.0, example.allowed.1, token: token).status != 403)
        #expect(send(handler, example.refused.0, example.refused.1, token: token).status == 403)
        #expect(refusals.all.count == 2)
    }

    @Test func aRefusalIsThatOfARealServer() throws {
        let handler = handler()
        let token = token(handler, "web")
        let rollouts = "/apis/argoproj.io/v1alpha1"
        let cases = [
            ("GET", rollouts + "/rollouts", #"rollouts.argoproj.io is forbidden: User "#
                + #""system:serviceaccount:default:web" cannot list resource "rollouts" in API group "argoproj.io" "#
                + "at the cluster scope"),
            ("PATCH", rollouts + "/namespaces/default/rollouts/web/status", #"rollouts.argoproj.io "web" is forbidden: "#
                + #"User "system:serviceaccount:default:web" cannot patch resource "rollouts/status" in API group "#
                + #""argoproj.io" in the namespace "default""#),
            ("GET", "/api/v1/namespaces/team", #"namespaces "team" is forbidden: User "#
                + #""system:serviceaccount:default:web" cannot get resource "namespaces" in API group "" "#
                + #"in the namespace "team""#),
            ("GET", "/metrics", #"forbidden: User "system:serviceaccount:default:web" cannot get path "/metrics""#),
        ]
        for (method, path, message) in cases {
            let answer = send(handler, method, path, token: token)
            #expect(answer.status == 403)
            #expect(answer.body["message"]?.string == message)
            #expect(refusals.all.last == message)
        }
    }

    @Test func aRoleCountsInItsNamespaceOnly() throws {
        let handler = handler()
        let token = token(handler, "web")
        try grant([["apiGroups": [""], "resources": ["pods"], "verbs": ["list"]]], to: "web", in: "default")
        #expect(send(handler, "GET", "/api/v1/namespaces/default/pods", token: token).status == 200)
        #expect(send(handler, "GET", "/api/v1/namespaces/kube-system/pods", token: token).status == 403)
        #expect(send(handler, "GET", "/api/v1/pods", token: token).status == 403)
        try cluster.perform(.delete(RoleIndex.roles, ObjectName(namespace: "default", name: "web")))
        let answer = send(handler, "GET", "/api/v1/namespaces/default/pods", token: token)
        #expect(answer.status == 403)
        #expect(answer.body["message"]?.string?.hasSuffix(
            #"in the namespace "default": RBAC: role.rbac.authorization.k8s.io "web" not found"#) == true)
    }

    @Test func aClusterRoleCanBeBoundInOneNamespace() throws {
        let handler = handler()
        let token = token(handler, "web")
        try cluster.perform(.create(RoleIndex.roleBindings, namespace: "kube-system", [
            "metadata": ["name": "view"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"],
            "subjects": [["kind": "Group", "name": "system:serviceaccounts:default"]],
        ]))
        #expect(send(handler, "GET", "/apis/apps/v1/namespaces/kube-system/deployments", token: token).status == 200)
        #expect(send(handler, "GET", "/api/v1/namespaces/kube-system/secrets", token: token).status == 403)
        #expect(send(handler, "GET", "/api/v1/namespaces/default/pods", token: token).status == 403)
    }

    @Test func anAggregatedRoleGrowsWithItsParts() throws {
        let handler = handler()
        let token = token(handler, "web")
        try cluster.perform(.create(RoleIndex.clusterRoleBindings, namespace: "", [
            "metadata": ["name": "web-admin"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"],
            "subjects": [["kind": "User", "name": "system:serviceaccount:default:web"]],
        ]))
        #expect(send(handler, "GET", "/apis/argoproj.io/v1alpha1/rollouts", token: token).status == 403)
        try cluster.perform(.create(RoleIndex.clusterRoles, namespace: "", [
            "metadata": [
                "name": "rollouts-view", "labels": ["rbac.authorization.k8s.io/aggregate-to-view": "true"],
            ],
            "rules": [["apiGroups": ["argoproj.io"], "resources": ["rollouts"], "verbs": ["list"]]],
        ]))
        AccessModel(cluster, TokenAuthority(cluster, secrets), certificate: "").advance()
        #expect(send(handler, "GET", "/apis/argoproj.io/v1alpha1/rollouts", token: token).status == 200)
    }

    @Test func whoeverIsKnownSeesWhatIsServed() {
        let handler = handler()
        let token = token(handler, "web")
        for path in ["/api", "/apis", "/apis/apps/v1", "/api/v1", "/openapi/v3", "/version"] {
            #expect(send(handler, "GET", path, token: token).status == 200, "\(path)")
        }
    }

    @Test func whatAnApplyMakesHasToBeAllowedToBeMade() throws {
        let handler = handler()
        let token = token(handler, "web")
        try grant([["apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]]], to: "web")
        let path = "/api/v1/namespaces/default/configmaps/one?fieldManager=test"
        let object: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "one"]]
        let headers = ["content-type": "application/apply-patch+yaml"]
        let refused = send(handler, "PATCH", path, object, token: token, headers: headers)
        #expect(refused.status == 403)
        #expect(refused.body["message"]?.string?.contains("cannot create resource \"configmaps\"") == true)
        #expect(send(handler, "PATCH", path, object, token: secrets.adminToken, headers: headers).status == 201)
        #expect(send(handler, "PATCH", path, object, token: token, headers: headers).status == 200)
    }

    // MARK: Acting for others, asking

    @Test func onlyWhoMayCanActForAnother() {
        let handler = handler()
        let token = token(handler, "web")
        let headers = ["impersonate-user": "system:serviceaccount:default:default"]
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        let who = send(handler, "POST", path, [:], token: secrets.adminToken, headers: headers)
        #expect(who.body["status", "userInfo", "username"] == "system:serviceaccount:default:default")
        #expect(send(handler, "GET", "/api/v1/pods", token: secrets.adminToken, headers: headers).status == 403)
        let refused = send(handler, "POST", path, [:], token: token, headers: headers)
        #expect(refused.status == 403)
        #expect(refused.body["message"]?.string?.contains("cannot impersonate resource \"serviceaccounts\"") == true)
    }

    @Test func reviewsSayWhatIsAllowed() throws {
        let handler = handler()
        let token = token(handler, "web")
        try grant([["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]]], to: "web")
        func review(_ kind: String, _ spec: JSONValue, _ token: String) -> JSONValue? {
            send(handler, "POST", "/apis/authorization.k8s.io/v1/\(kind)", ["spec": spec], token: token).body["status"]
        }
        let wanted: JSONValue = [
            "resourceAttributes": ["group": "apps", "resource": "deployments", "verb": "get", "namespace": "x"],
        ]
        #expect(review("selfsubjectaccessreviews", wanted, token)?["allowed"] == true)
        var other = wanted
        other.set(["resourceAttributes", "verb"], to: "delete")
        #expect(review("selfsubjectaccessreviews", other, token)?["allowed"] == false)
        for (spec, expected) in [(wanted, true), (other, false)] {
            var spec = spec
            spec["user"] = "system:serviceaccount:default:web"
            #expect(review("subjectaccessreviews", spec, secrets.adminToken)?["allowed"] == .boolean(expected))
        }
        let rules = review("selfsubjectrulesreviews", ["namespace": "default"], token)
        #expect(rules?["resourceRules"]?.array?.contains { $0["resources"] == ["deployments"] } == true)
        #expect(rules?["nonResourceRules"]?.array?.isEmpty == false)
        // A refusal in answer to a question refuses nothing.
        #expect(refusals.all.isEmpty)
    }
}
