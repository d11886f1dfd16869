/// A load balancer of AWS as its API describes it.
public struct LoadBalancer: Hashable, Sendable {
    /// A group of targets, which the load balancer's controller makes for a Service of an Ingress.
    public struct TargetGroup: Hashable, Sendable {
        /// Its ARN.
        public var arn: String
        /// Its name.
        public var name: String
        /// What it was made for, as its tag says: `namespace/ingress-service:port`.
        public var resourceID = ""

        /// Makes a group.
        public init(arn: String, name: String, resourceID: String = "") {
            self.arn = arn
            self.name = name
            self.resourceID = resourceID
        }

        /// Its name with what makes it unique, as CloudWatch has it.
        var fullName: String { AWSResource.fullName(arn, dropping: 1) }

        var json: JSONValue { ["name": .string(name), "arn": .string(arn), "fullName": .string(fullName)] }
    }

    /// An action of a rule that divides requests: shares by the ARN of the target group.
    public typealias Division = [String: Int]

    /// Its ARN.
    public var arn: String
    /// Its name.
    public var name: String
    /// Its target groups.
    public var targetGroups: [TargetGroup] = []
    /// What its rules do with requests.
    public var divisions: [Division] = []

    /// Makes a load balancer.
    public init(
        arn: String, name: String, targetGroups: [TargetGroup] = [], divisions: [Division] = []
    ) {
        self.arn = arn
        self.name = name
        self.targetGroups = targetGroups
        self.divisions = divisions
    }

    var json: JSONValue {
        ["name": .string(name), "arn": .string(arn), "fullName": .string(AWSResource.fullName(arn, dropping: 2))]
    }
}

/// Names of things of AWS.
enum AWSResource {
    /// What is left of an ARN without its first parts between slashes; empty where there is no more of it.
    static func fullName(_ arn: String, dropping count: Int) -> String {
        arn.split(separator: "/", omittingEmptySubsequences: false).dropFirst(count).joined(separator: "/")
    }
}

/// Something that is to be found out about load balancers before a plan can go on.
public enum LoadBalancerQuestion: Hashable, Sendable {
    /// How the load balancers of an Ingress divide requests. The annotation that asks for it is a part of the question:
    /// what was answered before it was changed says nothing about it.
    case divisions(ingress: String, hostNames: [String], action: String)
    /// Whether the pods behind a Service are targets; the hash of the pods that it selects is a part of the question.
    case targets(service: String, hash: String)
}

/// An answer to such a question.
public struct LoadBalancerAnswer: Hashable, Sendable {
    /// What was found out.
    public enum Content: Hashable, Sendable {
        /// The load balancers of an Ingress.
        case loadBalancers([LoadBalancer])
        /// There is none with this host name.
        case missing(hostName: String)
        /// How many of a Service's endpoints are registered in each group that it is bound to.
        case registrations([TargetGroupRegistration])
        /// It could not be found out.
        case failure(String)
    }

    /// What was found out.
    public var content: Content
    /// When.
    public var time: KubernetesTime
    /// Whether no plan has been made with it so far, so that people have not been told of it.
    public var isNews: Bool

    /// Makes an answer.
    public init(_ content: Content, at time: KubernetesTime, isNews: Bool = true) {
        self.content = content
        self.time = time
        self.isNews = isNews
    }
}

/// How many of the endpoints of a Service are registered as targets of a group.
public struct TargetGroupRegistration: Hashable, Sendable {
    /// The group's ARN.
    public var targetGroup: String
    /// Endpoints that are registered.
    public var registered: Int
    /// Endpoints that there are.
    public var total: Int

    /// Counts the addresses that are among the targets.
    public init(targetGroup: String, expected: Set<TargetAddress>, targets: [TargetAddress]) {
        self.targetGroup = targetGroup
        registered = expected.intersection(targets).count
        total = expected.count
    }
}

/// What is known of load balancers when a plan is made; there is none where nobody asked for it to be verified.
public struct LoadBalancerKnowledge: Sendable {
    /// How verification is set up.
    public struct Settings: Hashable, Sendable {
        /// The key of the tag that says what a target group was made for.
        public var tagKey = "ingress.k8s.aws/resource"
        /// The API version of TargetGroupBindings.
        public var bindingVersion = "elbv2.k8s.aws/v1beta1"
        /// After how many seconds somebody looks again.
        public var retrySeconds = 10

        /// The reference's settings.
        public init() {}
    }

    /// How verification is set up.
    public var settings: Settings
    /// What was found out so far.
    public var answers: [LoadBalancerQuestion: LoadBalancerAnswer]

    /// Makes it.
    public init(settings: Settings = Settings(), answers: [LoadBalancerQuestion: LoadBalancerAnswer] = [:]) {
        self.settings = settings
        self.answers = answers
    }
}
