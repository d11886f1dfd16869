/// A pod as an operator sees it: in one word how it is, and why.
public struct PodOverview: Hashable, Sendable {
    /// What a pod is good for.
    public enum Health: String, Sendable {
        /// It can take traffic.
        case ready
        /// It is on its way.
        case starting
        /// Something is wrong with it.
        case failing
        /// It is being taken down.
        case ending
        /// It has done its work.
        case finished
    }

    /// Its name.
    public var name: String
    /// How it is, in the words of the kubelet: `Running`, `NotReady`, `CrashLoopBackOff`, `Unschedulable`.
    public var status: String
    /// What it is good for.
    public var health: Health
    /// Why it is not ready; empty where there is nothing to say.
    public var message: String
    /// The number of its containers that are ready.
    public var readyContainers: Int
    /// The number of its containers.
    public var containers: Int
    /// How often its containers were started anew.
    public var restarts: Int
    /// When it was made.
    public var createdAt: KubernetesTime?
    /// The node that it is on; empty for none.
    public var node: String
    /// Its address; empty for none.
    public var address: String

    /// Reads a pod.
    public init(_ pod: JSONValue) {
        let (spec, status) = (pod["spec"] ?? .null, pod["status"] ?? .null)
        let statuses = status["containerStatuses"]?.array ?? []
        name = pod.objectName
        createdAt = pod.creationTime
        node = spec.text("nodeName") ?? ""
        address = status.text("podIP") ?? ""
        containers = max(spec["containers"]?.array?.count ?? 0, statuses.count)
        readyContainers = statuses.count { $0.flag("ready") }
        restarts = statuses.reduce(0) { $0 + ($1.count("restartCount") ?? 0) }
        let finding = PodFinding(spec: spec, status: status, name: name)
        self.status = finding.word
        health = finding.health
        message = finding.message
        if let restarts = finding.restartsOfInitialization { self.restarts = restarts }
        if pod["metadata"]?.present("deletionTimestamp") != nil {
            self.status = status.text("reason") == "NodeLost" ? "Unknown" : "Terminating"
            health = .ending
            message = self.status == "Unknown" ? "its node does not answer" : ""
        }
    }
}

/// Finds what a pod's status says of it.
private struct PodFinding {
    private(set) var word: String
    private(set) var health = PodOverview.Health.starting
    private(set) var message = ""
    private(set) var restartsOfInitialization: Int?

    init(spec: JSONValue, status: JSONValue, name: String) {
        let phase = status.text("phase") ?? "Pending"
        word = status.text("reason") ?? phase
        if phase == "Succeeded" {
            (word, health) = ("Completed", .finished)
            return
        }
        if phase == "Failed" {
            health = .failing
            message = status.text("message") ?? ""
        }
        if lookAtScheduling(status) || lookAtInitialization(spec, status) { return }
        lookAtContainers(status)
        if health == .starting { lookAtReadiness(spec, status) }
    }

    private mutating func lookAtScheduling(_ status: JSONValue) -> Bool {
        guard let condition = Self.condition("PodScheduled", status), condition.text("status") == "False" else {
            return false
        }
        word = condition.text("reason") ?? "Unschedulable"
        health = word == "SchedulingGated" ? .starting : .failing
        message = condition.text("message") ?? ""
        return true
    }

    private mutating func lookAtInitialization(_ spec: JSONValue, _ status: JSONValue) -> Bool {
        let wanted = spec["initContainers"]?.array ?? []
        let sidecars = Set(wanted.filter { $0.text("restartPolicy") == "Always" }.compactMap { $0.text("name") })
        var restarts = 0
        for (place, container) in (status["initContainerStatuses"]?.array ?? []).enumerated() {
            restarts += container.count("restartCount") ?? 0
            let name = container.text("name") ?? ""
            if container["state"]?["terminated"]?.count("exitCode") == 0 { continue }
            if sidecars.contains(name), container.flag("started") { continue }
            restartsOfInitialization = restarts
            if take(container, isOneOfSeveral: true) {
                word = "Init:\(word)"
            } else {
                (word, health) = ("Init:\(place)/\(wanted.count)", .starting)
            }
            return true
        }
        return false
    }

    private mutating func lookAtContainers(_ status: JSONValue) {
        let containers = status["containerStatuses"]?.array ?? []
        // The worst of them speaks for the pod.
        var worst = self
        for container in containers {
            var finding = self
            guard finding.take(container, isOneOfSeveral: containers.count > 1) else { continue }
            if worst.word == word || (finding.health == .failing && worst.health != .failing) { worst = finding }
        }
        self = worst
    }

    /// Takes what a container waits for or ended with; returns whether there is anything.
    private mutating func take(_ container: JSONValue, isOneOfSeveral: Bool) -> Bool {
        let prefix = isOneOfSeveral ? (container.text("name") ?? "container") + ": " : ""
        if let waiting = container["state"]?.present("waiting"), let reason = waiting.text("reason") {
            guard reason != "PodInitializing" else { return false }
            word = reason
            health = reason == "ContainerCreating" ? .starting : .failing
            let exit = container["lastState"]?.present("terminated").map { Self.exit($0) } ?? ""
            message = [waiting.text("message") ?? "", exit].filter { !$0.isEmpty }.joined(separator: "; ")
        } else if let end = container["state"]?.present("terminated") {
            let code = end.count("exitCode") ?? 0
            let signal = end.count("signal") ?? 0
            word = end.text("reason") ?? (signal != 0 ? "Signal:\(signal)" : "ExitCode:\(code)")
            health = code == 0 ? .starting : .failing
            message = Self.exit(end)
        } else {
            return false
        }
        if !message.isEmpty { message = prefix + message }
        return true
    }

    /// How a container ended: `last exit with code 137 (OOMKilled)`.
    private static func exit(_ end: JSONValue) -> String {
        var text = "last exit with code \(end.count("exitCode") ?? 0)"
        if let reason = end.text("reason"), reason != "Error", reason != "Completed" { text += " (\(reason))" }
        if let message = end.text("message") { text += ": \(message)" }
        return text
    }

    private mutating func lookAtReadiness(_ spec: JSONValue, _ status: JSONValue) {
        guard word == "Running" else { return }
        guard let ready = Self.condition("Ready", status), ready.text("status") != "True" else {
            health = .ready
            return
        }
        word = "NotReady"
        let gates = (spec["readinessGates"]?.array ?? []).compactMap { $0.text("conditionType") }
        let open = gates.filter { Self.condition($0, status)?.text("status") != "True" }
        if ready.text("reason") == "ReadinessGatesNotReady" || (!open.isEmpty && hasReadyContainers(status)) {
            let details = open.map { gate in
                Self.condition(gate, status)?.text("message").map { "\(gate) (\($0))" } ?? gate
            }
            message = "waits for the readiness gate \(details.joined(separator: ", "))"
        } else {
            message = ready.text("message") ?? ""
        }
    }

    private func hasReadyContainers(_ status: JSONValue) -> Bool {
        (status["containerStatuses"]?.array ?? []).allSatisfy { $0.flag("ready") }
    }

    private static func condition(_ type: String, _ status: JSONValue) -> JSONValue? {
        status["conditions"]?.array?.first { $0.text("type") == type }
    }
}
