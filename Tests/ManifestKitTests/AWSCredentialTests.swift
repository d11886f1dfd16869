import Testing
@testable import ManifestKit

/// Where credentials of AWS come from, and what the answers of those who lend them say.
@Suite struct AWSCredentialTests {
    static let credentials = """
        # keys
        [default]
        aws_access_key_id = AKDEFAULT
        aws_secret_access_key = secret-default ; the old one
        [team]
        aws_access_key_id=AKTEAM
        aws_secret_access_key=a+b/c=#d
        aws_session_token = session
        """
    static let configuration = """
        [default]
        region = eu-central-1
        s3 =
            max_concurrent_requests = 20
        [profile role]
        role_arn = arn:aws:iam::1:role/r
        source_profile = team
        external_id = shared
        duration_seconds = 1800
        region = us-west-2
        [profile chain]
        role_arn = arn:aws:iam::1:role/chain
        source_profile = role
        [profile web]
        role_arn = arn:aws:iam::1:role/web
        web_identity_token_file = /token
        [profile machine]
        role_arn = arn:aws:iam::1:role/m
        credential_source = Ec2InstanceMetadata
        [profile ring]
        role_arn = arn:aws:iam::1:role/a
        source_profile = ring2
        [profile ring2]
        role_arn = arn:aws:iam::1:role/b
        source_profile = ring
        [profile alone]
        role_arn = arn:aws:iam::1:role/alone
        [profile sso]
        sso_start_url = https://example.awsapps.com/start
        [services x]
        region = nowhere
        """
    static let profiles = AWSProfiles(credentials: credentials, configuration: configuration)
    static let teamKeys = AWSCredentials(
        accessKeyID: "AKTEAM", secretAccessKey: "a+b/c=#d", sessionToken: "session")
    static let environmentKeys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s"]
    static let fullAddress = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    struct Search: Sendable, CustomTestStringConvertible {
        var environment: [String: String]
        var profile = ""
        var role = ""
        var source: AWSCredentialSource
        var testDescription: String { "\(environment) \(profile) \(role)" }
    }

    static let role = {
        var role = AWSRole(arn: "arn:aws:iam::1:role/r", externalID: "shared")
        role.seconds = 1800
        return role
    }()

    static let searches = [
        Search(environment: [:], source: .fixed(
            AWSCredentials(accessKeyID: "AKDEFAULT", secretAccessKey: "secret-default"))),
        Search(environment: ["AWS_PROFILE": "team"], source: .fixed(teamKeys)),
        Search(environment: environmentKeys.merging(["AWS_PROFILE": "team"]) { $1 }, source: .fixed(
            AWSCredentials(accessKeyID: "AKENV", secretAccessKey: "s"))),
        // A profile that somebody asks for by name comes before the environment.
        Search(environment: environmentKeys, profile: "team", source: .fixed(teamKeys)),
        Search(
            environment: [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:x", "AWS_ROLE_SESSION_NAME": "n",
            ],
            source: .webIdentity(AWSRole(arn: "arn:x", session: "n"), tokenFile: "/t")),
        Search(environment: [:], profile: "role", source: .role(role, with: .fixed(teamKeys))),
        Search(environment: [:], profile: "chain", source: .role(
            AWSRole(arn: "arn:aws:iam::1:role/chain"), with: .role(role, with: .fixed(teamKeys)))),
        Search(environment: [:], profile: "web", source: .webIdentity(
            AWSRole(arn: "arn:aws:iam::1:role/web"), tokenFile: "/token")),
        Search(environment: [:], profile: "machine", source: .role(
            AWSRole(arn: "arn:aws:iam::1:role/m"), with: .machine(address: "http://169.254.169.254"))),
        Search(environment: environmentKeys, role: "arn:y", source: .role(
            AWSRole(arn: "arn:y"), with: .fixed(AWSCredentials(accessKeyID: "AKENV", secretAccessKey: "s")))),
    ]

    @Test(arguments: searches)
    func credentialsAreFound(_ search: Search) throws {
        let found = try AWSCredentialSource.find(
            AWSEnvironment(search.environment), Self.profiles, profile: search.profile, roleARN: search.role)
        #expect(found == search.source)
    }

    static let surroundings: [([String: String], AWSCredentialSource)] = [
        ([fullAddress: "http://169.254.170.23/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/f"],
            .container(address: "http://169.254.170.23/v1/credentials", authorization: .file("/f"))),
        ([fullAddress: "http://[fd00:ec2::23]/v1/credentials"],
            .container(address: "http://[fd00:ec2::23]/v1/credentials", authorization: .none)),
        ([fullAddress: "http://127.0.0.1:80/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"],
            .container(address: "http://127.0.0.1:80/c", authorization: .token("t"))),
        (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"],
            .container(address: "http://169.254.170.2/v2/credentials/1", authorization: .none)),
        ([:], .machine(address: "http://169.254.169.254")),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], .machine(address: "http://[fd00:ec2::254]")),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://a:1/"], .machine(address: "http://a:1")),
    ]

    @Test(arguments: surroundings)
    func withoutKeysTheSurroundingsAreAsked(_ environment: [String: String], _ source: AWSCredentialSource) throws {
        #expect(try AWSCredentialSource.find(AWSEnvironment(environment), AWSProfiles()) == source)
    }

    @Test(arguments: [
        ("nobody", [:], "no AWS profile `nobody`"), ("ring", [:], "from each other"),
        ("alone", [:], "neither source_profile nor credential_source"), ("sso", [:], "single sign-on"),
        ("", [fullAddress: "http://example.com/c"], "neither https nor"),
        ("", ["AWS_EC2_METADATA_DISABLED": "true"], "there are no AWS credentials"),
        ("", ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], "AWS_ROLE_ARN"),
    ] as [(String, [String: String], String)])
    func whatCannotBeUsedIsSaid(_ profile: String, _ environment: [String: String], _ reason: String) {
        let failure = #expect(throws: AWSFailure.self) {
            _ = try AWSCredentialSource.find(
                AWSEnvironment(environment), profile.isEmpty ? AWSProfiles() : Self.profiles, profile: profile)
        }
        #expect(failure?.description.contains(reason) == true)
    }

    @Test func secretsAreNotPrinted() {
        let text = "\(Self.teamKeys) " + String(reflecting: Self.teamKeys)
            + String(describing: AWSCredentialSource.fixed(Self.teamKeys)) + "\(AWSLoan(Self.teamKeys))"
        #expect(text.contains("AKTEAM") && !text.contains("a+b/c") && !text.contains("session"))
    }

    // MARK: Answers

    /// The sample response of `AssumeRoleWithWebIdentity` in the AWS STS API reference, with other secrets.
    static let tokenAnswer = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A</SubjectFromWebIdentityToken>
            <Audience>client.5498841531868486423.1548@apps.example.com</Audience>
            <AssumedRoleUser>
              <Arn>arn:aws:sts::123456789012:assumed-role/FederatedWebIdentityRole/app1</Arn>
              <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:app1</AssumedRoleId>
            </AssumedRoleUser>
            <Credentials>
              <SessionToken>the&amp;session</SessionToken>
              <SecretAccessKey>the/secret</SecretAccessKey>
              <Expiration>2014-10-24T23:00:23Z</Expiration>
              <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata>
            <RequestId>ad4156e9-bce1-11e2-82e6-6b6efEXAMPLE</RequestId>
          </ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>
        """

    @Test func tokensAreGivenForCredentials() throws {
        let loan = try AWSTokenService.loan(status: 200, body: Self.tokenAnswer)
        #expect(loan.credentials == AWSCredentials(
            accessKeyID: "ASgeIAIOSFODNN7EXAMPLE", secretAccessKey: "the/secret", sessionToken: "the&session"))
        #expect(loan.end == KubernetesTime("2014-10-24T23:00:23Z"))
    }

    @Test(arguments: [
        (400, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No.</Message></Error>"
            + "</ErrorResponse>", "STS answers AccessDenied: No.", false),
        (400, "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>",
            "STS answers IDPCommunicationError", true),
        (503, "busy", "STS answers with status 503", true),
        (200, "<a/>", "the answer of STS has no credentials", false), (200, "{}", "the answer of STS is no XML", false),
    ])
    func refusalsAreToldInItsWords(_ status: Int, _ body: String, _ text: String, _ isTransient: Bool) {
        let failure = #expect(throws: AWSFailure.self) { _ = try AWSTokenService.loan(status: status, body: body) }
        #expect(failure?.description == text && failure?.isTransient == isTransient)
    }

    @Test(arguments: [(3600, 3300), (100, 75), (0, 0)])
    func credentialsAreReplacedBeforeTheirEnd(_ life: Int64, _ renewal: Int64) {
        let loan = AWSLoan(Self.teamKeys, until: KubernetesTime(seconds: 1_000 + life))
        #expect(loan.renewal(fetched: KubernetesTime(seconds: 1_000)) == KubernetesTime(seconds: 1_000 + renewal))
    }

    @Test(arguments: [
        ("us-east-1", "https://sts.us-east-1.amazonaws.com/"), ("", "https://sts.amazonaws.com/"),
        ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/"),
        ("us-isob-east-1", "https://sts.us-isob-east-1.sc2s.sgov.gov/"),
        ("us-iso-east-1", "https://sts.us-iso-east-1.c2s.ic.gov/"),
    ])
    func everyPartitionHasItsDomain(_ region: String, _ address: String) {
        #expect(AWSEnvironment().address(of: .tokens, region: region) == address)
    }

    @Test func addressesOfOnesOwnCanBeIgnored() {
        var values = ["AWS_ENDPOINT_URL": "http://a:1/", "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2": "http://b"]
        #expect(AWSEnvironment(values).address(of: .loadBalancing, region: "r") == "http://b/")
        #expect(AWSEnvironment(values).address(of: .tokens, region: "r") == "http://a:1/")
        values["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
        #expect(AWSEnvironment(values).address(of: .tokens, region: "r") == "https://sts.r.amazonaws.com/")
    }

    // MARK: XML

    @Test func documentsAreRead() throws {
        let text = "<?xml version=\"1.0\"?>\n<!-- c --><x:a b='1' c = \"2>\">t<b/> &#x41;&#66;&lt;"
            + "<![CDATA[<&]]></x:a>\n"
        let element = try XMLElement.parse(text)
        #expect(element == XMLElement(name: "a", text: "t AB<<&", children: [XMLElement(name: "b")]))
    }

    @Test(arguments: [
        "", "<a>", "<a></b>", "<a b></a>", "<a>&x;</a>", "text", "<a", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a>&#xD800;</a>", String(repeating: "<a>", count: 100), "</a>", "<![CDATA[x]]>", "<a b=1/>",
    ])
    func whatIsNoDocumentIsRefused(_ text: String) {
        #expect(throws: XMLElement.Failure.self) { _ = try XMLElement.parse(text) }
    }
}
