/// `authentication` of a metric, in the form that Prometheus and web metrics share.
enum MetricAuthentication {
    /// Reads it; one that lacks a part is a problem in the reference's words.
    static func read(
        _ settings: JSONValue?, service: String
    ) throws(AnalysisProblem) -> HTTPQuery.Authentication {
        if let oauth = settings?.present("oauth2"), let url = oauth.text("tokenUrl") {
            guard let id = oauth.text("clientId"), let secret = oauth.text("clientSecret") else {
                throw AnalysisProblem("missing mandatory parameter in metric for OAuth2 setup")
            }
            return .oauth2(tokenURL: url, clientID: id, clientSecret: secret, scopes: oauth.texts("scopes"))
        }
        if let basic = settings?.present("basicAuth"), basic.text("username") ?? basic.text("password") != nil {
            for key in ["username", "password"] where basic.text(key) == nil {
                throw AnalysisProblem("missing mandatory parameter in metric for basic auth setup: \(key)")
            }
            return .basic(user: basic.text("username") ?? "", password: basic.text("password") ?? "")
        }
        if let aws = settings?.present("sigv4"), aws.object?.isEmpty == false {
            return .aws(
                service: service, region: aws.text("region") ?? "", profile: aws.text("profile") ?? "",
                roleARN: aws.text("roleArn") ?? "")
        }
        return .none
    }
}

extension MetricAnswer {
    /// Why there is no answer that could be read.
    var failureText: String {
        switch self {
        case .failure(let reason): reason
        case .missing: "there is no such object"
        default: "the answer is of another kind than was asked for"
        }
    }
}
