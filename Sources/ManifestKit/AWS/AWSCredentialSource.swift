/// Where credentials come from, found out of the environment and the shared files before anybody is asked.
public indirect enum AWSCredentialSource: Hashable, Sendable {
    /// They are written down.
    case fixed(AWSCredentials)
    /// A token of the cluster's in a file is given for them (IAM roles for service accounts).
    case webIdentity(AWSRole, tokenFile: String)
    /// A server beside the container has them (ECS, EKS Pod Identity).
    case container(address: String, authorization: ContainerAuthorization)
    /// The machine has a role; this is the address of its metadata.
    case machine(address: String)
    /// A role is taken with other credentials.
    case role(AWSRole, with: AWSCredentialSource)

    /// What a server beside a container wants to see.
    public enum ContainerAuthorization: Hashable, Sendable {
        case none
        case token(String)
        /// In a file that changes, so it is read each time.
        case file(String)
    }

    /// Finds the source for a profile, empty for the one of the environment, and for a role to take with it, which may
    /// be empty too.
    ///
    /// The order is that of AWS's own clients: a profile that is asked for by name, keys in the environment, a token of
    /// the cluster, the profile of the environment, the container, the machine.
    public static func find(
        _ environment: AWSEnvironment, _ profiles: AWSProfiles, profile: String = "", roleARN: String = ""
    ) throws(AWSFailure) -> AWSCredentialSource {
        let source = try base(environment, profiles, profile)
        return roleARN.isEmpty ? source : .role(AWSRole(arn: roleARN), with: source)
    }

    /// Whether the environment alone has the credentials, so that no profile is looked at.
    public static func isInEnvironment(_ environment: AWSEnvironment, profile: String = "") -> Bool {
        profile.isEmpty && (keys(in: environment) != nil || environment["AWS_WEB_IDENTITY_TOKEN_FILE"] != nil)
    }

    private static func base(
        _ environment: AWSEnvironment, _ profiles: AWSProfiles, _ profile: String
    ) throws(AWSFailure) -> AWSCredentialSource {
        if profile.isEmpty {
            if let keys = keys(in: environment) { return .fixed(keys) }
            if let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] {
                guard let arn = environment["AWS_ROLE_ARN"] else {
                    throw AWSFailure("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN, the role to take, is not")
                }
                let session = environment["AWS_ROLE_SESSION_NAME"]
                return .webIdentity(AWSRole(arn: arn, session: session), tokenFile: file)
            }
        }
        let name = profile.isEmpty ? environment.profile ?? "default" : profile
        if let settings = profiles[name] {
            if let found = try source(name, settings, environment, profiles, seen: []) { return found }
        } else if !profile.isEmpty || environment.profile != nil {
            throw AWSFailure("there is no AWS profile `\(name)` in the shared credentials and config files")
        }
        return try surroundings(environment)
    }

    private static func keys(in environment: AWSEnvironment) -> AWSCredentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"]
        else { return nil }
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
    }

    // MARK: Profiles

    /// What a profile says; nil where it says nothing about credentials.
    private static func source(
        _ name: String, _ settings: [String: String], _ environment: AWSEnvironment, _ profiles: AWSProfiles,
        seen: Set<String>
    ) throws(AWSFailure) -> AWSCredentialSource? {
        for (key, what) in [("sso_session", "single sign-on"), ("sso_start_url", "single sign-on"),
            ("credential_process", "a program that makes credentials"), ("mfa_serial", "a second factor")]
        where settings[key] != nil {
            throw AWSFailure("the AWS profile `\(name)` asks for \(what) (\(key)), which a controller cannot use")
        }
        let keys = settings["aws_access_key_id"].flatMap { id in
            settings["aws_secret_access_key"].map {
                AWSCredentials(accessKeyID: id, secretAccessKey: $0, sessionToken: settings["aws_session_token"])
            }
        }
        guard let arn = settings["role_arn"] else { return keys.map { .fixed($0) } }
        var role = AWSRole(arn: arn, session: settings["role_session_name"], externalID: settings["external_id"])
        role.seconds = settings["duration_seconds"].flatMap { Int($0) }
        if let file = settings["web_identity_token_file"] { return .webIdentity(role, tokenFile: file) }
        if let source = settings["source_profile"] {
            return .role(role, with: try self.source(source, of: name, keys, environment, profiles, seen: seen))
        }
        switch settings["credential_source"] {
        case "Environment":
            guard let keys = self.keys(in: environment) else {
                throw AWSFailure("the AWS profile `\(name)` takes its credentials from the environment, which has none")
            }
            return .role(role, with: .fixed(keys))
        case "Ec2InstanceMetadata": return .role(role, with: try machine(environment))
        case "EcsContainer":
            guard let container = try container(environment) else {
                throw AWSFailure("the AWS profile `\(name)` takes its credentials from the container, which has none")
            }
            return .role(role, with: container)
        case let other?: throw AWSFailure("the AWS profile `\(name)` has an unknown credential_source `\(other)`")
        case nil:
            guard let keys else {
                throw AWSFailure(
                    "the AWS profile `\(name)` has a role_arn, but neither source_profile nor credential_source "
                        + "to take the role with")
            }
            return .role(role, with: .fixed(keys))
        }
    }

    /// The source that a profile names another profile for.
    private static func source(
        _ source: String, of name: String, _ keys: AWSCredentials?, _ environment: AWSEnvironment,
        _ profiles: AWSProfiles, seen: Set<String>
    ) throws(AWSFailure) -> AWSCredentialSource {
        // A profile that names itself has the keys to take its role with.
        if source == name, let keys { return .fixed(keys) }
        guard source != name, !seen.contains(source) else {
            throw AWSFailure("the AWS profiles `\(name)` and `\(source)` take their credentials from each other")
        }
        guard let settings = profiles[source] else {
            throw AWSFailure("the AWS profile `\(name)` takes its credentials from `\(source)`, which is not there")
        }
        guard let found = try self.source(
            source, settings, environment, profiles, seen: seen.union([name, source]))
        else { throw AWSFailure("the AWS profile `\(source)` has no credentials") }
        return found
    }

    // MARK: Surroundings

    private static func surroundings(_ environment: AWSEnvironment) throws(AWSFailure) -> AWSCredentialSource {
        if let container = try container(environment) { return container }
        return try machine(environment)
    }

    private static func machine(_ environment: AWSEnvironment) throws(AWSFailure) -> AWSCredentialSource {
        guard let address = environment.metadataAddress else {
            throw AWSFailure(
                "there are no AWS credentials: no keys and no token in the environment, none in the profile, and the "
                    + "machine may not be asked (AWS_EC2_METADATA_DISABLED)")
        }
        return .machine(address: address)
    }

    private static func container(_ environment: AWSEnvironment) throws(AWSFailure) -> AWSCredentialSource? {
        let authorization: ContainerAuthorization
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            authorization = .file(file)
        } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            authorization = .token(token)
        } else {
            authorization = .none
        }
        if let address = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard isTrusted(address) else {
                throw AWSFailure(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine or container")
            }
            return .container(address: address, authorization: authorization)
        }
        guard let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] else { return nil }
        let slash = path.hasPrefix("/") ? "" : "/"
        return .container(address: "http://169.254.170.2\(slash)\(path)", authorization: authorization)
    }

    /// Whether a token may be sent to an address: over TLS, or without leaving the machine.
    private static func isTrusted(_ address: String) -> Bool {
        guard case .success(let parsed) = WebAddress.parse(address), !parsed.host.isEmpty else { return false }
        if parsed.scheme == "https" { return true }
        guard parsed.scheme == "http" else { return false }
        let host = parsed.host.hasPrefix("[")
            ? String(parsed.host.prefix { $0 != "]" }.dropFirst()) : String(parsed.host.prefix { $0 != ":" })
        let loopback = host == "localhost" || host == "::1" || isLoopback(host)
        return loopback || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// A role to be taken.
public struct AWSRole: Hashable, Sendable {
    /// Its ARN.
    public var arn: String
    /// The name that its use is logged under.
    public var session: String
    /// What the role's owner has agreed on, or nil.
    public var externalID: String?
    /// For how long it is taken, in seconds; nil leaves it to the service.
    public var seconds: Int?

    init(arn: String, session: String? = nil, externalID: String? = nil) {
        self.arn = arn
        self.session = session ?? "rollout-render"
        self.externalID = externalID
    }
}
