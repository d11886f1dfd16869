/// What the variables of the environment say about access to AWS, under the names that AWS's own clients read.
public struct AWSEnvironment: Sendable {
    private let values: [String: String]

    /// Takes variables; those that are empty count for nothing.
    public init(_ values: [String: String] = [:]) { self.values = values.filter { !$0.value.isEmpty } }

    /// The names of all variables that are looked at.
    public static let names = [
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "HOME",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_METADATA_SERVICE_TIMEOUT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ] + AWSService.allCases.map(\.endpointVariable) + ["AWS_ENDPOINT_URL"]

    subscript(_ name: String) -> String? { values[name] }

    /// The region that is set, or nil.
    public var region: String? { self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] }

    /// The profile that is asked for, or nil.
    public var profile: String? { self["AWS_PROFILE"] ?? self["AWS_DEFAULT_PROFILE"] }

    /// The paths of the shared files: credentials, then settings.
    public var sharedFiles: (credentials: String?, configuration: String?) {
        let folder = self["HOME"].map { $0 + "/.aws/" }
        return (
            self["AWS_SHARED_CREDENTIALS_FILE"] ?? folder.map { $0 + "credentials" },
            self["AWS_CONFIG_FILE"] ?? folder.map { $0 + "config" }
        )
    }

    /// The address of the metadata of the machine, without a slash at its end; nil where it is not to be asked.
    public var metadataAddress: String? {
        guard self["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let isNewer = self["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let standard = isNewer ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        return (self["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? standard).withoutTrailingSlashes
    }

    /// How long the metadata may take, in seconds: where there are none, nobody answers.
    public var metadataSeconds: Double {
        guard let seconds = self["AWS_METADATA_SERVICE_TIMEOUT"].flatMap({ Double($0) }), seconds > 0 else { return 1 }
        return min(seconds, 60)
    }

    /// The address of a service in a region, with a slash at its end.
    public func address(of service: AWSService, region: String) -> String {
        var configured: String?
        if self["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" {
            configured = self[service.endpointVariable] ?? self["AWS_ENDPOINT_URL"]
        }
        if let configured { return configured.withoutTrailingSlashes + "/" }
        // Without a region there is one place that answers for all: only tokens are asked for there.
        guard !region.isEmpty else { return "https://\(service.hostName).amazonaws.com/" }
        return "https://\(service.hostName).\(region).\(Self.domain(of: region))/"
    }

    /// The domain of the partition that a region is in.
    private static func domain(of region: String) -> String {
        let domains = [
            ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
            ("us-iso-", "c2s.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
        ]
        return domains.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    }
}

/// A service of AWS that is asked for something.
public enum AWSService: String, CaseIterable, Sendable {
    case cloudWatch
    /// The Security Token Service, which lends credentials.
    case tokens
    case loadBalancing

    /// The variable with an address of one's own.
    var endpointVariable: String {
        switch self {
        case .cloudWatch: "AWS_ENDPOINT_URL_CLOUDWATCH"
        case .tokens: "AWS_ENDPOINT_URL_STS"
        case .loadBalancing: "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2"
        }
    }

    /// The beginning of its host's name; signatures have it too.
    public var hostName: String {
        switch self {
        case .cloudWatch: "monitoring"
        case .tokens: "sts"
        case .loadBalancing: "elasticloadbalancing"
        }
    }
}

/// Why AWS cannot be asked, or what it answered instead; never with anything secret in it.
public struct AWSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in a sentence.
    public var description: String
    /// The name of the error where the service gave it one: `Throttling`, `AccessDenied`.
    public var code = ""
    /// Whether the same request may do well a little later.
    public var isTransient = false

    /// Makes a failure.
    public init(_ description: String, code: String = "", isTransient: Bool = false) {
        self.description = description
        self.code = code
        self.isTransient = isTransient
    }
}

extension String {
    fileprivate var withoutTrailingSlashes: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
