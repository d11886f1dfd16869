import ManifestKit
import Testing

@testable import RolloutRuntime

/// What Prometheus is told of how long updates take.
@Suite struct UpdateTelemetryTests {
    private func setImage(_ image: String, _ rig: ConformanceRig) async throws {
        _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
            "containers": [["name": "web", "image": .string(image)]],
        ]]]]))
        try await rig.pass(20)
    }

    private func patchStatus(_ patch: JSONValue, _ rig: ConformanceRig) async throws {
        _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["status": patch], subresource: .status))
        try await rig.pass(60)
    }

    @Test func eachUpdateIsCountedByItsOutcome() async throws {
        let telemetry = Telemetry()
        let rig = try await TelemetryTests().rig(telemetry)
        try await setImage("web:2", rig)
        try await setImage("web:3", rig)
        try await patchStatus(["abort": true], rig)
        try await setImage("web:4", rig)
        try await patchStatus(["promoteFull": true], rig)
        let metrics = try TelemetryTests().page(telemetry, rig.controller)
        let names = ["duration", "progression_duration", "manual_pause_duration"].map { "rollout_\($0)_seconds" }
        for name in names {
            #expect(metrics.types[name] == "histogram")
            for outcome in ["Promoted", "Superseded", "Aborted", "FastPromoted"] {
                #expect(metrics.value(name + "_count", ["status": outcome]) == 1, "\(name) \(outcome)")
            }
            #expect(metrics.sum(name + "_count") == 4, "\(name)")
        }
        for outcome in ["Superseded", "Aborted", "FastPromoted"] {
            let sums = names.map { metrics.value($0 + "_sum", ["status": outcome]) ?? -1 }
            #expect(sums[0] >= 19 && sums[0] == sums[1] + sums[2], "\(outcome): \(sums)")
        }

        // Another controller, which begins with what is written down, counts none of it again.
        let another = Telemetry()
        rig.controller = Controller(transport: rig.cluster, clock: rig.clock, telemetry: another)
        try await rig.pass(60)
        let again = try TelemetryTests().page(another, rig.controller)
        #expect(again.value("rollout_info", ["name": "web"]) == 1 && again.sum(names[0] + "_count") == 0)
    }
}
