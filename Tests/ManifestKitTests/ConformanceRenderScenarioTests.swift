import Foundation
import Testing

@testable import ManifestKit

/// The recorded scenarios, played on an ideal world: the same script, the same snapshots.
enum Conformance {
    /// `shared/conformance` beside the package, or beside the folder that it is checked out in.
    static let folder: URL = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared/conformance")
        let above = package.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("shared/conformance")
        return FileManager.default.fileExists(atPath: beside.path) ? beside : above
    }()
    static let isThere = FileManager.default.fileExists(atPath: folder.path)

    /// Every scenario but those with analysis and experiments.
    static let scenarios: [String] = {
        let path = folder.appendingPathComponent("scenarios").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let later = ["analysis", "experiment"]
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
            .filter { name in !later.contains { name.contains($0) } }.sorted()
    }()

    static func read(_ path: String) -> JSONValue? {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(path)) else { return nil }
        return YAMLParser.document(String(decoding: data, as: UTF8.self))?.root?.json
    }
}

/// Plays one scenario.
struct ScenarioPlayer {
    struct Stopped: Error { var what: String }

    private(set) var snapshots: [String: (objects: [String: JSONValue], sequences: [String: [JSONValue]])] = [:]
    private var objects: [ObjectKey: JSONValue] = [:]
    private var manifest: JSONValue = .null
    private var ideal: IdealWorld?
    private var now = KubernetesTime(seconds: 1_767_225_600)
    private var sequences: [String: [JSONValue]] = [:]

    mutating func play(_ scenario: JSONValue) throws {
        for step in scenario["script"]?.array ?? [] {
            guard let (verb, value) = step.object?.fields.first else { continue }
            try play(verb, value)
        }
    }

    private mutating func play(_ verb: String, _ value: JSONValue) throws {
        defer { followsStatusChange = ["promote", "promoteFull", "abort", "retry", "skipStep"].contains(verb) }
        switch verb {
        case "apply": for object in value.array ?? [] { apply(object) }
        case "setImage":
            var containers = manifest["spec", "template", "spec", "containers"]?.array ?? []
            for place in containers.indices where containers[place]["name"] == value["container"] {
                containers[place]["image"] = value["image"]
            }
            manifest.set(["spec", "template", "spec", "containers"], to: .array(containers))
            replaceManifest()
        case "patch": patch(value)
        case "promote": change { $0.pauseConditions = [] }
        case "promoteFull": change { $0.promotesFully = true }
        case "abort": change { $0.isAborted = true }
        case "retry": change { $0.isAborted = false }
        case "skipStep":
            change {
                $0.pauseConditions = []
                $0.currentStepIndex = ($0.currentStepIndex ?? 0) + 1
            }
        case "restart":
            manifest.set(["spec", "restartAt"], to: .string(now.description))
            replaceManifest()
        case "wait": try wait(value)
        case "waitFor": pass(seconds: 3)
        case "sleep": pass(seconds: value.integer ?? 0)
        case "snapshot":
            pass(seconds: 2)
            take(value.string ?? "")
        default: throw Stopped(what: "no verb \(verb)")
        }
    }

    private mutating func apply(_ object: JSONValue) {
        let name = object["metadata"]?["name"]?.string ?? ""
        if object["kind"]?.string == "Rollout" {
            manifest = object
            guard var rollout = Rollout(object) else { return }
            rollout.generation = 1
            ideal = IdealWorld(World(rollout: rollout, objects: objects), now: now)
            record()
            return
        }
        guard let kind = object["kind"]?.string.flatMap({ ResourceKind(rawValue: $0) }) else { return }
        var object = object
        object.set(["metadata", "generation"], to: 1)
        set(ObjectKey(kind, name), object)
    }

    private mutating func set(_ key: ObjectKey, _ object: JSONValue) {
        objects[key] = object
        ideal?.world.set(key, object)
        record()
    }

    private mutating func patch(_ value: JSONValue) {
        let patch = value["patch"] ?? .null
        guard let kind = value["kind"]?.string, let name = value["name"]?.string else { return }
        if kind == "Rollout" {
            manifest = manifest.merging(patch)
            replaceManifest()
        } else if let kind = ResourceKind(rawValue: kind) {
            let key = ObjectKey(kind, name)
            guard var object = ideal?.world.objects[key] ?? objects[key] else { return }
            let old = object
            object = object.merging(patch)
            if value["type"]?.string?.contains("strategic") == true { Self.mergeContainers(&object, old) }
            object.set(["metadata", "generation"], to: .int((object["metadata"]?["generation"]?.integer ?? 0) + 1))
            set(key, object)
        }
    }

    /// What a strategic merge patch does to containers: those of one name become one.
    private static func mergeContainers(_ object: inout JSONValue, _ old: JSONValue) {
        let path = ["spec", "template", "spec", "containers"]
        let patched = path.reduce(object) { $0[$1] ?? .null }.array ?? []
        let merged = (path.reduce(old) { $0[$1] ?? .null }.array ?? []).map { container in
            patched.first { $0["name"] == container["name"] }.map { container.merging($0) } ?? container
        }
        object.set(path, to: .array(merged))
    }

    private mutating func replaceManifest() {
        guard let rollout = Rollout(manifest) else { return }
        // Two versions are never made in one second here, as in the recordings.
        pass(seconds: 1)
        ideal?.world.replaceManifest(with: rollout)
        if rollout.spec.declaredReplicas == nil { ideal?.world.rollout.spec.declaredReplicas = 1 }
        record()
    }

    private mutating func change(_ body: (inout RolloutStatus) -> Void) {
        guard ideal != nil else { return }
        // Two commands at once leave the controller no time in between.
        if !followsStatusChange { settle() }
        if var status = ideal?.world.rollout.status {
            body(&status)
            ideal?.world.rollout.status = status
        }
        record()
    }

    // MARK: Time

    private mutating func settle() {
        guard var world = ideal else { return }
        for _ in 0..<500 {
            world.now = now
            let plan = world.planner.plan(world.world, now: now)
            for action in plan.actions {
                world.apply(action)
                ideal = world
                record()
            }
            let never = world.world.replaceSetsThatNeverGetReady
            world.unreadyHashes = never
            let moved = world.followUp()
            ideal = world
            wakeAt = plan.wakeAt
            if plan.isEmpty, !moved { return }
        }
        Issue.record("does not come to rest: \(world.world.rollout.status)")
    }

    private var wakeAt: KubernetesTime?
    private var followsStatusChange = false

    /// Lets time pass, a second at a time.
    private mutating func pass(seconds: Int) {
        settle()
        for _ in 0..<seconds {
            now = now.after(1)
            settle()
        }
    }

    private mutating func wait(_ want: JSONValue) throws {
        for _ in 0..<(want["timeout"]?.integer ?? 90) {
            settle()
            if matches(want) { return }
            now = now.after(1)
        }
        let status = JSONWriter.text(ideal?.world.rollout.status.json ?? .null)
        throw Stopped(what: "waited in vain for \(JSONWriter.text(want)): \(status)")
    }

    private func matches(_ want: JSONValue) -> Bool {
        guard let rollout = ideal?.world.rollout else { return false }
        let status = rollout.status
        if status.observedGeneration != String(rollout.generation) { return false }
        if let phase = want["phase"]?.string, status.phase?.rawValue != phase { return false }
        if let step = want["step"]?.integer, status.currentStepIndex != step { return false }
        if let paused = want["paused"]?.boolean, status.pauseConditions.isEmpty == paused { return false }
        if let aborted = want["aborted"]?.boolean, status.isAborted != aborted { return false }
        if let stable = want["stable"]?.boolean, (status.stableHash == status.currentPodHash) != stable { return false }
        return true
    }

    // MARK: Recording

    private mutating func record() {
        for (name, values) in keyFields() where sequences[name]?.last != values {
            sequences[name, default: []].append(values)
        }
    }

    private mutating func take(_ label: String) {
        var taken: [String: JSONValue] = [:]
        if let world = ideal?.world {
            for replicaSet in world.replicaSets { taken["ReplicaSet/\(replicaSet.name)"] = Self.normal(replicaSet) }
            taken["Rollout/\(world.rollout.name)"] = Self.normal(world.rollout)
            for (key, object) in world.objects { taken["\(key.kind.rawValue)/\(key.name)"] = object }
        }
        snapshots[label] = (taken, sequences)
        sequences = sequences.mapValues { $0.suffix(1) }
    }

    private func keyFields() -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (key, object) in ideal?.world.objects ?? objects {
            let name = "\(key.kind.rawValue)/\(key.name)"
            switch key.kind {
            case .service: result[name] = ["selector": object["spec"]?["selector"] ?? .null]
            case .ingress:
                let own = (object["metadata"]?["annotations"]?.object?.fields ?? []).filter {
                    $0.key.contains("canary") || $0.key.contains("actions.")
                }
                result[name] = ["annotations": .object(JSONObject(own.map { ($0.key, $0.value) }))]
            case .virtualService, .destinationRule, .traefikService, .apisixRoute, .mapping:
                result[name] = ["spec": object["spec"] ?? .null]
            default: break
            }
        }
        guard let world = ideal?.world else { return result }
        for replicaSet in world.replicaSets {
            result["ReplicaSet/\(replicaSet.name)"] = ["replicas": .int(replicaSet.replicas)]
        }
        let status = world.rollout.status
        result["Rollout/\(world.rollout.name)"] = [
            "phase": status.phase.map { .string($0.rawValue) } ?? .null,
            "step": status.currentStepIndex.map { .int($0) } ?? .null,
            "abort": status.isAborted ? true : .null,
            "stableRS": status.stableHash.isEmpty ? .null : .string(status.stableHash),
            "canaryWeight": status.weights.map { .int($0.canary.weight) } ?? .null,
            "activeSelector": status.activeSelector.isEmpty ? .null : .string(status.activeSelector),
            "paused": .array(status.pauseConditions.map { .string($0.reason) }),
        ]
        return result
    }

    private static func normal(_ replicaSet: ReplicaSet) -> JSONValue {
        var object = replicaSet.json
        object["status"] = [
            "replicas": .int(replicaSet.currentReplicas), "readyReplicas": .int(replicaSet.readyReplicas),
            "availableReplicas": .int(replicaSet.availableReplicas),
        ]
        object.set(["spec", "template"], to: WorkloadTemplate.defaulted(replicaSet.template))
        return object
    }

    private static func normal(_ rollout: Rollout) -> JSONValue {
        ["metadata": ["annotations": .strings(rollout.annotations)], "status": rollout.status.json]
    }
}

extension World {
    /// Versions whose pods the stand-in for a kubelet leaves unready.
    var replaceSetsThatNeverGetReady: Set<String> {
        Set(replicaSets.filter {
            $0.template["metadata"]?["annotations"]?["rig.test/never-ready"]?.string == "true"
        }.map(\.hash))
    }
}
