import ManifestKit

/// Answers to those who ask about rights and tokens: objects that are answered at once and never kept.
struct AccessReviews {
    let access: AccessControl
    /// Who asks.
    let user: ClusterUser

    /// The least and the greatest lifetime of a token, and the usual one, in seconds. A real server gives none for less
    /// than ten minutes; shorter ones let a test see what happens at their end.
    private static let lifetimes = 1...(1 << 32)
    private static let usualLifetime = 3600

    /// The answer to a request; nil where it is about something that is kept.
    func answer(_ request: APIRequest, _ entry: ResourceCatalog.Entry) throws(KubernetesFailure) -> APIResponse? {
        guard entry.isReview else { return nil }
        guard request.method == "POST", request.path.count <= 6 else {
            throw KubernetesFailure(
                .methodNotAllowed, "the server does not allow this method on the requested resource")
        }
        var review = try APIHandler.value(of: request)
        guard review.object != nil else {
            throw KubernetesFailure(.badRequest, "the body of the request has to be an object")
        }
        review["kind"] = .string(entry.type.kind)
        review["apiVersion"] = .string(entry.type.apiVersion)
        if review["metadata"] == nil { review["metadata"] = ["creationTimestamp": .null] }
        let namespace = request.path.count == 6 ? request.path[4] : ""
        review["status"] = try status(review["spec"], entry.type.kind, namespace)
        return .json(201, review)
    }

    private func status(
        _ spec: JSONValue?, _ kind: String, _ namespace: String
    ) throws(KubernetesFailure) -> JSONValue {
        switch kind {
        case "SelfSubjectReview": return ["userInfo": user.json]
        case "SelfSubjectAccessReview": return try answer(spec, of: user, kind)
        case "SelfSubjectRulesReview": return rules(in: spec?["namespace"]?.string ?? "")
        case "TokenReview": return tokenStatus(spec)
        case "LocalSubjectAccessReview":
            guard spec?["resourceAttributes", "namespace"]?.string == namespace else {
                throw invalid(kind, "spec.resourceAttributes.namespace", "must match metadata.namespace")
            }
            return try answer(spec, of: Self.subject(spec), kind)
        default: return try answer(spec, of: Self.subject(spec), kind)
        }
    }

    /// Whom a review asks about.
    private static func subject(_ spec: JSONValue?) -> ClusterUser {
        ClusterUser(
            name: spec?["user"]?.string ?? "", uid: spec?["uid"]?.string ?? "",
            groups: spec?["groups"]?.array?.compactMap(\.string) ?? [])
    }

    private func answer(
        _ spec: JSONValue?, of user: ClusterUser, _ kind: String
    ) throws(KubernetesFailure) -> JSONValue {
        guard !user.name.isEmpty || !user.groups.isEmpty else {
            throw invalid(kind, "spec.user", "at least one of user or group must be specified")
        }
        guard let wanted = AccessAttributes(review: spec) else {
            throw invalid(
                kind, "spec.resourceAttributes",
                "exactly one of nonResourceAttributes or resourceAttributes must be specified")
        }
        let answer = access.answer(user, wanted)
        var status: JSONValue = ["allowed": .boolean(answer.isAllowed)]
        if !answer.reason.isEmpty { status["reason"] = .string(answer.reason) }
        return status
    }

    private func rules(in namespace: String) -> JSONValue {
        let rules = access.rules(for: user, in: namespace)
        return [
            "resourceRules": .array(rules.filter { $0.paths.isEmpty }.map(\.json)),
            "nonResourceRules": .array(rules.filter { !$0.paths.isEmpty }.map { rule in
                ["verbs": rule.json["verbs"] ?? [], "nonResourceURLs": rule.json["nonResourceURLs"] ?? []]
            }),
            "incomplete": false,
        ]
    }

    private func invalid(_ kind: String, _ field: String, _ text: String) -> KubernetesFailure {
        let type = ResourceType(group: "authorization.k8s.io", version: "v1", plural: "", kind: kind)
        return .invalid(type, "", [KubernetesFailure.Cause(field: field, message: "Invalid value: \(text)")])
    }

    // MARK: Tokens

    private func tokenStatus(_ spec: JSONValue?) -> JSONValue {
        let asked = spec?["audiences"]?.array?.compactMap(\.string) ?? []
        let audiences = asked.isEmpty ? [TokenAuthority.audience] : asked
        do throws(TokenAuthority.Refusal) {
            let user = try access.tokens.user(of: spec?["token"]?.string ?? "", audiences: audiences)
            return [
                "authenticated": true, "user": user.knownToBeAuthentic.json,
                "audiences": .array(audiences.map { .string($0) }),
            ]
        } catch {
            return ["authenticated": false, "error": .string(error.description)]
        }
    }

    /// The answer to a TokenRequest for a service account; nil where the request is none.
    func token(_ request: APIRequest) throws(KubernetesFailure) -> APIResponse? {
        let path = request.path
        guard path.count == 7, Array(path[0...2]) == ["api", "v1", "namespaces"], path[4] == "serviceaccounts",
            path[6] == "token"
        else { return nil }
        guard request.method == "POST" else {
            throw KubernetesFailure(
                .methodNotAllowed, "the server does not allow this method on the requested resource")
        }
        let account = ObjectName(namespace: path[3], name: path[5])
        guard let found = access.cluster.object(.serviceAccounts, account) else {
            throw .notFound(.serviceAccounts, account.name)
        }
        var wanted = try APIHandler.value(of: request)
        guard wanted.object != nil else {
            throw KubernetesFailure(.badRequest, "the body of the request has to be an object")
        }
        let seconds = wanted["spec", "expirationSeconds"]?.integer ?? Self.usualLifetime
        let type = ResourceType(group: "authentication.k8s.io", version: "v1", plural: "", kind: "TokenRequest")
        guard Self.lifetimes.contains(seconds) else {
            throw .invalid(type, "", [KubernetesFailure.Cause(
                field: "spec.expirationSeconds",
                message: "Invalid value: \(seconds): may not specify a duration of less than a second")])
        }
        var audiences = wanted["spec", "audiences"]?.array?.compactMap(\.string) ?? []
        if audiences.isEmpty { audiences = [TokenAuthority.audience] }
        let token = access.tokens.token(
            for: account, uid: found["metadata", "uid"]?.string ?? "", audiences: audiences, seconds: seconds,
            bond: try bond(wanted["spec", "boundObjectRef"], account.namespace))
        wanted["kind"] = "TokenRequest"
        wanted["apiVersion"] = .string(type.apiVersion)
        wanted["metadata"] = ["name": .string(account.name), "namespace": .string(account.namespace)]
        wanted.set(["spec", "audiences"], to: .array(audiences.map { .string($0) }))
        wanted.set(["spec", "expirationSeconds"], to: .int(seconds))
        wanted["status"] = [
            "token": .string(token.text), "expirationTimestamp": .string(token.expiry.description),
        ]
        return .json(201, wanted)
    }

    private func bond(
        _ reference: JSONValue?, _ namespace: String
    ) throws(KubernetesFailure) -> TokenAuthority.Bond? {
        guard let reference, !reference.isNull else { return nil }
        let kind = reference["kind"]?.string ?? ""
        let types: [String: ResourceType] = ["Pod": .pods, "Secret": .secrets]
        guard let type = types[kind] else {
            throw KubernetesFailure(.badRequest, "cannot bind token for serviceaccount to object of type \(kind)")
        }
        let name = reference["name"]?.string ?? ""
        guard let found = access.cluster.object(type, ObjectName(namespace: namespace, name: name)) else {
            throw .notFound(type, name)
        }
        let uid = found["metadata", "uid"]?.string ?? ""
        guard reference["uid"]?.string ?? uid == uid else {
            throw .conflict(type, name)
        }
        return TokenAuthority.Bond(kind: kind, name: name, uid: uid)
    }
}
