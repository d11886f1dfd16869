import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// The recorded scenarios and traces, where they are beside the package.
enum Conformance {
    static let folder: URL = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared/conformance")
        let above = package.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("shared/conformance")
        return FileManager.default.fileExists(atPath: beside.path) ? beside : above
    }()
    static let isThere = FileManager.default.fileExists(atPath: folder.path)

    /// Every scenario.
    static let scenarios: [String] = {
        let path = folder.appendingPathComponent("scenarios").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func read(_ path: String) throws -> JSONValue {
        let data = try Data(contentsOf: folder.appendingPathComponent(path))
        return try #require(YAMLParser.document(String(decoding: data, as: UTF8.self))?.root?.json)
    }
}

/// A controller, a cluster and its workloads in one place, under a clock that moves only when told to.
final class ConformanceRig {
    struct Stopped: Error { var what: String }

    let clock = VirtualClock()
    let cluster: EmbeddedCluster
    let model: WorkloadModel
    var controller: Controller
    let decisions = DecisionLog()
    let recorder: ConformanceRecorder
    let namespace: String
    private(set) var snapshots: [String: ConformanceRecorder.Snapshot] = [:]
    private var followsStatusChange = false
    /// Whether what people do is done by our commands and not by bare requests.
    var usesCommands = false
    /// After how many writes the controller is killed and started again; nil lets it live.
    var crashesAfter: Int? { didSet { restart() } }
    private var transport: CrashingTransport?
    /// How far the controller's clock is off, in seconds; another one takes over.
    var skew = 0.0 { didSet { restart() } }
    /// Is told after each snapshot.
    var onSnapshot: (ConformanceRig) -> Void = { _ in }
    /// How much longer than a scenario says things are waited for, in seconds.
    var patience = 0.0
    /// Whether watches are half a second behind.
    var lags = false {
        didSet {
            let transport = LaggingTransport(cluster)
            lagging = transport
            controller = Controller(transport: transport, clock: clock) { [decisions] in decisions.add($0) }
        }
    }
    private var lagging: LaggingTransport?
    private var delivery = 0.0

    init(_ name: String) throws {
        namespace = "conf-\(name)"
        cluster = EmbeddedCluster(clock: clock)
        model = WorkloadModel(cluster: cluster)
        _ = try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(namespace)]]))
        recorder = ConformanceRecorder(cluster: cluster, namespace: namespace, clock: clock)
        controller = Controller(transport: cluster, clock: clock) { [decisions] in decisions.add($0) }
    }

    /// Starts the controller anew, with nothing remembered.
    private func restart() {
        let transport = crashesAfter.map { CrashingTransport(cluster, writes: $0 + 1) }
        self.transport = transport
        let clock = SkewedClock(base: clock, offset: skew)
        controller = Controller(transport: transport ?? cluster, clock: clock) { [decisions] in
            decisions.add($0)
        }
    }

    // MARK: Time

    /// Does everything that is due at this moment; when something is due next.
    func settle() async throws -> Double? {
        for _ in 0..<1_000 {
            if clock.now >= delivery {
                lagging?.deliver()
                delivery = clock.now + 0.5
            }
            var next = await controller.step().map { $0 - skew }
            if lagging != nil { next = min(next ?? delivery, delivery) }
            if transport?.isBroken == true {
                restart()
                continue
            }
            let version = cluster.version
            let due = model.advance()
            if cluster.version == version { return [next, due].compactMap { $0 }.min() }
        }
        throw Stopped(what: "does not come to rest: \(decisions.last ?? "")")
    }

    func pass(_ seconds: Double) async throws {
        let end = clock.now + seconds
        while true {
            let next = try await settle()
            guard clock.now < end else { return }
            clock.advance(to: min(end, max(next ?? end, clock.now)))
        }
    }

    // MARK: Script

    /// Plays a scenario, or what comes after one of its snapshots.
    func play(_ scenario: JSONValue, after label: String? = nil) async throws {
        let script = scenario["script"]?.array ?? []
        let start = label.flatMap { label in script.firstIndex { $0["snapshot"]?.string == label } }.map { $0 + 1 } ?? 0
        for step in script[start...] {
            guard let (verb, value) = step.object?.fields.first else { continue }
            try await play(verb, value, quiet: scenario["quiet"]?.number ?? 2.5)
        }
    }

    private func play(_ verb: String, _ value: JSONValue, quiet: Double) async throws {
        let isStatusChange = ["promote", "promoteFull", "abort", "retry", "skipStep"].contains(verb)
        // Two commands at once leave the controller no time in between.
        if !(isStatusChange && followsStatusChange) { _ = try await settle() }
        followsStatusChange = isStatusChange
        if usesCommands, let operation = operation(verb, value) {
            // Two versions are never made in one second here, as in the recordings.
            if verb == "setImage" { try await pass(1) }
            let person = RolloutOperator(cluster, clock: clock, patienceSeconds: 0)
            _ = try await person.perform(operation, on: name(verb == "setImage" ? value["rollout"] : value))
            return
        }
        switch verb {
        case "apply": for object in value.array ?? [] { try apply(object) }
        case "delete":
            let resource = try resource(value["kind"]?.string)
            _ = try cluster.perform(.delete(resource, name(value["name"])))
        case "patch": try await patch(value)
        case "setImage": try await setImage(value)
        case "promote": try status(value, ["pauseConditions": .null])
        case "promoteFull": try status(value, ["promoteFull": true])
        case "abort": try status(value, ["abort": true])
        case "retry": try status(value, ["abort": false])
        case "skipStep":
            let step = try rollout(value)["status"]?["currentStepIndex"]?.integer ?? 0
            try status(value, ["pauseConditions": .null, "currentStepIndex": .int(step + 1)])
        case "restart":
            _ = try cluster.perform(
                .patch(.rollouts, name(value), ["spec": ["restartAt": .string(clock.time.description)]]))
        case "wait": try await wait(value) { try self.matches(value) }
        case "waitFor":
            let resource = try resource(value["kind"]?.string)
            let path = (value["path"]?.string ?? "").split(separator: ".").map(String.init)
            try await wait(value) {
                let object = try self.cluster.perform(.get(resource, self.name(value["name"])))
                return path.reduce(object as JSONValue?) { $0?[$1] } == value["equals"]
            }
        case "sleep": try await pass(value.number ?? 0)
        case "snapshot":
            let limit = clock.now + 120 + patience
            repeat { try await pass(0.1) } while clock.now < limit && clock.now - recorder.changedAt <= quiet
            snapshots[value.string ?? ""] = recorder.take()
            onSnapshot(self)
        default: throw Stopped(what: "no verb \(verb)")
        }
    }

    private func operation(_ verb: String, _ value: JSONValue) -> (any RolloutOperation)? {
        switch verb {
        case "promote": PromoteOperation()
        case "promoteFull": PromoteOperation(.full)
        case "skipStep": PromoteOperation(.currentStep)
        case "abort": AbortOperation()
        case "retry": RetryOperation()
        case "restart": RestartOperation()
        case "setImage": SetImageOperation([SetImageOperation.Image(
            container: value["container"]?.string ?? "", image: value["image"]?.string ?? "")])
        default: nil
        }
    }

    private func name(_ value: JSONValue?) -> ObjectName { ObjectName(namespace: namespace, name: value?.string ?? "") }

    private func resource(_ kind: String?) throws -> ResourceType {
        let kinds = ConformanceRecorder.kinds + ConformanceRecorder.unrecordedKinds
        guard let found = kinds.first(where: { $0.kind == kind }) else {
            throw Stopped(what: "no kind \(kind ?? "")")
        }
        return found
    }

    private func rollout(_ value: JSONValue?) throws -> JSONValue { try cluster.perform(.get(.rollouts, name(value))) }

    private func status(_ value: JSONValue, _ patch: JSONValue) throws {
        _ = try cluster.perform(.patch(.rollouts, name(value), ["status": patch], subresource: .status))
    }

    private func apply(_ object: JSONValue) throws {
        var resource = try resource(object["kind"]?.string)
        let parts = (object["apiVersion"]?.string ?? "").split(separator: "/").map(String.init)
        resource.version = parts.last ?? ""
        do throws(KubernetesFailure) {
            _ = try cluster.perform(.create(resource, namespace: namespace, object))
        } catch {
            guard error.reason == .alreadyExists else { throw error }
            _ = try cluster.perform(.patch(resource, name(object["metadata"]?["name"]), object))
        }
    }

    private func patch(_ value: JSONValue) async throws {
        if value["kind"]?.string == "Rollout" { try await pass(1) }
        let type = value["type"]?.string.flatMap { KubernetesRequest.PatchType(rawValue: $0) } ?? .merge
        let subresource = value["subresource"]?.string.flatMap { KubernetesRequest.Subresource(rawValue: $0) }
        _ = try cluster.perform(.patch(
            resource(value["kind"]?.string), name(value["name"]), value["patch"] ?? .null, type: type,
            subresource: subresource))
    }

    private func setImage(_ value: JSONValue) async throws {
        // Two versions are never made in one second here, as in the recordings.
        try await pass(1)
        var containers = try rollout(value["rollout"])["spec", "template", "spec", "containers"]?.array ?? []
        for place in containers.indices where containers[place]["name"] == value["container"] {
            containers[place]["image"] = value["image"]
        }
        _ = try cluster.perform(.patch(
            .rollouts, name(value["rollout"]), ["spec": ["template": ["spec": ["containers": .array(containers)]]]]))
    }

    private func wait(_ value: JSONValue, until check: () throws -> Bool) async throws {
        let end = clock.now + (value["timeout"]?.number ?? 90) + patience
        while clock.now < end {
            _ = try await settle()
            if try check() { return }
            try await pass(0.1)
        }
        let status = (try? rollout(value["rollout"]))?["status"] ?? .null
        throw Stopped(what: "waited in vain for \(JSONWriter.text(value)): \(JSONWriter.text(status)) \(decisions.last ?? "")")
    }

    private func matches(_ want: JSONValue) throws -> Bool {
        let rollout = try rollout(want["rollout"])
        let status = rollout["status"] ?? [:]
        if status["observedGeneration"]?.string != rollout["metadata"]?["generation"]?.integer.map({ String($0) }) {
            return false
        }
        if let phase = want["phase"], status["phase"] != phase { return false }
        if let step = want["step"], status["currentStepIndex"] != step { return false }
        if let paused = want["paused"]?.boolean, (status["pauseConditions"]?.array?.isEmpty ?? true) == paused { return false }
        if let aborted = want["aborted"]?.boolean, (status["abort"]?.boolean ?? false) != aborted { return false }
        if let stable = want["stable"]?.boolean, (status["stableRS"] == status["currentPodHash"]) != stable { return false }
        return true
    }
}

/// Keeps the decisions of a controller.
final class DecisionLog: Sendable {
    private let decisions = Mutex<[Decision]>([])

    func add(_ decision: Decision) { decisions.withLock { $0.append(decision) } }
    var all: [Decision] { decisions.withLock { $0 } }
    var last: String? { all.last.map { "\($0)" } }
}
