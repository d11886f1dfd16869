/// Credentials and until when they hold.
public struct AWSLoan: Hashable, Sendable {
    /// The credentials.
    public var credentials: AWSCredentials
    /// When they are over; nil for never.
    public var end: KubernetesTime?

    /// Makes a loan.
    public init(_ credentials: AWSCredentials, until end: KubernetesTime? = nil) {
        self.credentials = credentials
        self.end = end
    }

    /// How long before their end credentials are replaced, in seconds; less where they hold for a short time only.
    private static let earliness: Int64 = 300

    /// From when on others are to be fetched, if they were fetched at a moment.
    public func renewal(fetched: KubernetesTime) -> KubernetesTime? {
        end.map { end in
            let life = max(0, end.seconds - fetched.seconds)
            return KubernetesTime(seconds: end.seconds - min(Self.earliness, life / 4))
        }
    }
}

/// Requests for credentials that are lent, and what the answers say.
public enum AWSTokenService {
    private static let version = "2011-06-15"

    /// A request that gives a token of the cluster's for credentials (`AssumeRoleWithWebIdentity`); it is not signed.
    public static func webIdentityRequest(_ role: AWSRole, token: String, address: String) -> HTTPQuery {
        request("AssumeRoleWithWebIdentity", role, address, more: [("WebIdentityToken", token)])
    }

    /// A request to take a role (`AssumeRole`), to be signed.
    public static func roleRequest(_ role: AWSRole, address: String) -> HTTPQuery {
        request("AssumeRole", role, address, more: role.externalID.map { [("ExternalId", $0)] } ?? [])
    }

    private static func request(
        _ action: String, _ role: AWSRole, _ address: String, more: [(String, String)]
    ) -> HTTPQuery {
        var parameters = [
            ("Action", action), ("Version", version), ("RoleArn", role.arn), ("RoleSessionName", role.session),
        ]
        if let seconds = role.seconds { parameters.append(("DurationSeconds", String(seconds))) }
        return AWSQuery.request(parameters + more, address: address)
    }

    /// The credentials of such an answer.
    public static func loan(status: Int, body: String) throws(AWSFailure) -> AWSLoan {
        let document = try AWSQuery.document(status: status, body: body, of: "STS")
        // The result stands beside the metadata of the answer.
        guard let result = document.children.first(where: { $0["Credentials"] != nil })?["Credentials"],
            let id = result.text("AccessKeyId"), let secret = result.text("SecretAccessKey")
        else { throw AWSFailure("the answer of STS has no credentials") }
        return AWSLoan(
            AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: result.text("SessionToken")),
            until: result.text("Expiration").flatMap { KubernetesTime($0) })
    }

    /// The credentials of an answer of the container's server or of the machine's metadata.
    public static func loan(status: Int, json body: String, of who: String) throws(AWSFailure) -> AWSLoan {
        guard status == 200 else {
            throw AWSFailure(
                "\(who) has no AWS credentials: status \(status)", isTransient: status >= 500 || status == 429)
        }
        // Nothing of the answer is shown: there may be secrets in it.
        guard let json = try? JSONReader.value(body) else { throw AWSFailure("the answer of \(who) is no JSON") }
        if let code = json.text("Code"), code != "Success" {
            throw AWSFailure("\(who) has no AWS credentials: \(code)", code: code)
        }
        guard let id = json.text("AccessKeyId"), let secret = json.text("SecretAccessKey") else {
            throw AWSFailure("the answer of \(who) has no AWS credentials")
        }
        return AWSLoan(
            AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: json.text("Token")),
            until: json.text("Expiration").flatMap { KubernetesTime($0) })
    }
}

/// The protocol of AWS's older services: a form in, XML out.
public enum AWSQuery {
    /// A request with these parameters.
    public static func request(_ parameters: [(String, String)], address: String) -> HTTPQuery {
        var request = HTTPQuery("POST", address)
        request.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        request.body = WebForm.encoded(parameters)
        return request
    }

    /// Errors that the same request may do well after, whatever their status.
    private static let transientCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "PriorRequestNotComplete",
        "SlowDown", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError",
    ]

    /// The document of a good answer; another one is a failure with the service's words.
    public static func document(status: Int, body: String, of service: String) throws(AWSFailure) -> XMLElement {
        let document = try? XMLElement.parse(body)
        guard status == 200 else {
            let error = document?["Error"] ?? document?["Errors"]?["Error"]
            let code = error?.text("Code") ?? ""
            let reason = [code, error?.text("Message") ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
            throw AWSFailure(
                "\(service) answers \(reason.isEmpty ? "with status \(status)" : MetricAnswer.excerpt(reason))",
                code: code, isTransient: status >= 500 || status == 429 || transientCodes.contains(code))
        }
        guard let document else { throw AWSFailure("the answer of \(service) is no XML") }
        return document
    }
}
