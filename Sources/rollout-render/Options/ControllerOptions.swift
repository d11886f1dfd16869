import ArgumentParser
import ManifestKit
import RolloutRuntime

/// The options of the controller itself: which Rollouts, how fast, and how it says what it does.
struct ControllerOptions: ParsableArguments {
    @Option(
        name: .customLong("instance-id"),
        help: "Look after the Rollouts with this controller instance id; without it, after those that have none.")
    var instanceID = ""

    @Option(help: ArgumentHelp(
        "Look after the Rollouts with these labels only, and after what belongs to them.", valueName: "labels"))
    var selector = ""

    @Option(help: ArgumentHelp("How many Rollouts are worked on at once.", valueName: "count"))
    var workers = 10

    @Option(help: ArgumentHelp("Look at every Rollout after about this time; 0s is never.", valueName: "duration"))
    var rolloutResync = "15m"

    @Option(help: ArgumentHelp("Begin a watch anew that has said nothing for so long.", valueName: "duration"))
    var watchIdle = "3m"

    @Option(help: ArgumentHelp("How long it may take to end.", valueName: "duration"))
    var shutdownTimeout = "30s"

    @Option(help: ArgumentHelp("The address of health checks and metrics.", valueName: "address"))
    var metricsAddress = "0.0.0.0"

    @Option(help: ArgumentHelp(
        "The port of /metrics: 0 is none, 'any' is one that is free. Without it 8090, with --embedded none.",
        valueName: "port"))
    var metricsPort: StatusPort?

    @Option(help: ArgumentHelp(
        "The port of /healthz and /readyz: 0 is none, 'any' is one that is free. Without it 8080, with --embedded "
            + "none.", valueName: "port"))
    var healthzPort: StatusPort?

    @Option(help: "How much is said: debug, info, warn or error.")
    var logLevel = LogWriter.Level.info

    @Option(help: "Whether the log is text or JSON.")
    var logFormat = LogWriter.Format.text

    @Flag(
        name: [.customLong("aws-verify-target-group"), .customLong("alb-verify-weight")],
        help: "Go on only when AWS says that its load balancers have followed; asks for rights in AWS.")
    var verifiesTargetGroups = false

    @Option(
        name: .customLong("alb-tag-key-resource-id"),
        help: ArgumentHelp("The tag that says what a target group of AWS was made for.", valueName: "key"))
    var targetGroupTag = LoadBalancerKnowledge.Settings().tagKey

    @Option(
        name: .customLong("aws-target-group-binding-api-version"),
        help: ArgumentHelp("The API version of TargetGroupBindings.", valueName: "version"))
    var targetGroupBindingVersion = LoadBalancerKnowledge.Settings().bindingVersion

    @Flag(name: .shortAndLong, help: "Say only what goes wrong; the same as --log-level warn.")
    var quiet = false

    func validate() throws {
        if !instanceID.isEmpty, let problem = KubernetesNames.labelValue.problem(instanceID) {
            throw ValidationError("--instance-id: '\(instanceID)' is no value of a label: \(problem)")
        }
        if let problem = Self.problem(ofSelector: selector) {
            throw ValidationError("--selector: \(problem); write one such as team=shop,tier!=test")
        }
        guard (1...1_000).contains(workers) else { throw ValidationError("workers are a number from 1 to 1000") }
        _ = try Self.seconds(rolloutResync)
        guard try Self.seconds(watchIdle) >= 5 else { throw ValidationError("--watch-idle is 5s or more") }
        guard try Self.seconds(shutdownTimeout) > 0 else { throw ValidationError("--shutdown-timeout is above 0s") }
    }

    /// Why an API server would not take a label selector, or nil.
    private static func problem(ofSelector text: String) -> String? {
        let selector: LabelSelector
        do throws(LabelSelector.Malformation) { selector = try LabelSelector(text: text) } catch {
            return error.message
        }
        for requirement in selector.requirements {
            let (key, values): (String, [String]) = switch requirement {
            case .isOneOf(let key, let values), .isNoneOf(let key, let values): (key, values)
            case .exists(let key), .doesNotExist(let key), .isGreater(let key, _), .isLess(let key, _): (key, [])
            }
            if let problem = KubernetesNames.qualifiedName.problem(key) { return "the key \(problem)" }
            if let problem = values.lazy.compactMap({ KubernetesNames.labelValue.problem($0) }).first {
                return "the value \(problem)"
            }
        }
        return nil
    }

    /// The seconds of a duration such as `15s`.
    static func seconds(_ text: String) throws -> Double {
        guard let duration = GoDuration(text), duration.nanoseconds >= 0 else {
            throw ValidationError("'\(text)' is no duration; write one such as 15s, 500ms or 2m")
        }
        return duration.seconds
    }

    /// What the log is written with.
    func log(clock: any ClusterClock = ScaledClock()) -> LogWriter {
        LogWriter(level: quiet ? max(logLevel, .warn) : logLevel, format: logFormat, clock: clock)
    }

    /// How it is verified that load balancers follow, or nil.
    private var verification: LoadBalancerKnowledge.Settings? {
        guard verifiesTargetGroups else { return nil }
        var settings = LoadBalancerKnowledge.Settings()
        settings.tagKey = targetGroupTag
        settings.bindingVersion = targetGroupBindingVersion
        // Seconds, as the reference reads them.
        if let text = Environment.value("ROLLOUT_VERIFY_RETRY_INTERVAL"), let seconds = Int(text), seconds > 0 {
            settings.retrySeconds = seconds
        }
        return settings
    }

    /// The settings of a run.
    func settings(namespace: String, isEmbedded: Bool) throws -> ControllerRun.Settings {
        var settings = ControllerRun.Settings()
        settings.controller.namespace = namespace
        settings.controller.instanceID = instanceID
        settings.controller.selector = selector
        settings.controller.workers = workers
        let resync = try Self.seconds(rolloutResync)
        settings.controller.resyncSeconds = resync > 0 ? resync : nil
        if !isEmbedded {
            settings.controller.watchIdleSeconds = try Self.seconds(watchIdle)
            settings.controller.seed = UInt64.random(in: 0...UInt64.max)
        }
        settings.shutdownSeconds = try Self.seconds(shutdownTimeout)
        settings.host = metricsAddress
        settings.metricsPort = (metricsPort ?? (isEmbedded ? .none : .port(8090))).number
        settings.healthPort = (healthzPort ?? (isEmbedded ? .none : .port(8080))).number
        settings.heedsSignals = !isEmbedded
        settings.version = Version.text
        // What metric providers fall back to, under the names that the reference's users set.
        settings.controller.metricEnvironment = Environment.values(of: MetricEnvironment.names)
        settings.aws = AWSEnvironment(Environment.values(of: AWSEnvironment.names))
        settings.controller.loadBalancers = verification
        return settings
    }
}

/// Where something is served.
enum StatusPort: Hashable, Sendable, ExpressibleByArgument {
    case none
    case any
    case port(Int)

    init?(argument: String) {
        switch argument {
        case "any": self = .any
        case "0": self = .none
        default:
            guard let number = Int(argument), (1...65_535).contains(number) else { return nil }
            self = .port(number)
        }
    }

    /// The port to ask for: 0 for any, nil for none.
    var number: Int? {
        switch self {
        case .none: nil
        case .any: 0
        case .port(let number): number
        }
    }
}

extension LogWriter.Level: ExpressibleByArgument {}
extension LogWriter.Format: ExpressibleByArgument {}

/// The options of the lease that lets one of several replicas work.
struct LeaderElectionOptions: ParsableArguments {
    @Flag(
        name: .customLong("leader-elect"), inversion: .prefixedNo,
        help: "Whether to work only while holding the lease. Without it so, with --embedded not so.")
    var isWanted: Bool?

    /// Flags as the reference's users write them, and how they are spelt here.
    static let spellings = ["--leader-elect=true": "--leader-elect", "--leader-elect=false": "--no-leader-elect"]

    @Option(
        name: .customLong("leader-election-namespace"),
        help: ArgumentHelp(
            "The lease's namespace; without it POD_NAMESPACE, then that of the context or the pod's service account.",
            valueName: "name"))
    var namespace: String?

    @Option(
        name: .customLong("leader-election-lease-duration"),
        help: ArgumentHelp("How long others wait for a holder that says nothing.", valueName: "duration"))
    var leaseDuration = "15s"

    @Option(
        name: .customLong("leader-election-renew-deadline"),
        help: ArgumentHelp("How long a holder goes on that cannot renew the lease.", valueName: "duration"))
    var renewDeadline = "10s"

    @Option(
        name: .customLong("leader-election-retry-period"),
        help: ArgumentHelp("How long to wait between two attempts.", valueName: "duration"))
    var retryPeriod = "2s"

    func validate() throws {
        let lease = try ControllerOptions.seconds(leaseDuration)
        let deadline = try ControllerOptions.seconds(renewDeadline)
        let retry = try ControllerOptions.seconds(retryPeriod)
        guard lease >= 1 else { throw ValidationError("--leader-election-lease-duration is 1s or more") }
        guard deadline < lease else {
            throw ValidationError(
                "--leader-election-renew-deadline (\(renewDeadline)) has to be less than "
                    + "--leader-election-lease-duration (\(leaseDuration)): a holder must stop before another begins")
        }
        guard retry > 0, retry * 1.2 < deadline else {
            throw ValidationError(
                "--leader-election-retry-period (\(retryPeriod)) has to be well below "
                    + "--leader-election-renew-deadline (\(renewDeadline))")
        }
    }

    /// The settings of the lease; nil where none is wanted.
    func settings(
        instanceID: String, isEmbedded: Bool, namespace contextNamespace: String
    ) throws -> LeaderElection.Settings? {
        guard isWanted ?? !isEmbedded else { return nil }
        // Where two replicas have the same name they are still not the same.
        let number = UInt64.random(in: 0...UInt64.max)
        let host = Environment.value("POD_NAME") ?? Environment.value("HOSTNAME") ?? "rollout-render"
        var settings = LeaderElection.Settings(identity: "\(host)_\(String(number, radix: 16))")
        settings.namespace = namespace ?? Environment.value("POD_NAMESPACE") ?? contextNamespace
        settings.name = LeaderElection.leaseName(instanceID: instanceID)
        settings.leaseDuration = try ControllerOptions.seconds(leaseDuration)
        settings.renewDeadline = try ControllerOptions.seconds(renewDeadline)
        settings.retryPeriod = try ControllerOptions.seconds(retryPeriod)
        return settings
    }
}
