import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A connection that breaks for good after a number of writes, as when the controller's process ends.
final class CrashingTransport: ClusterTransport {
    private let cluster: EmbeddedCluster
    private let left: Mutex<Int>
    private let ends = Mutex<[@Sendable () -> Void]>([])

    init(_ cluster: EmbeddedCluster, writes: Int) {
        self.cluster = cluster
        left = Mutex(writes)
    }

    var isBroken: Bool { left.withLock { $0 < 0 } }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let isWrite = request.verb != .get && request.verb != .list && request.resource != .events
        let isBroken = left.withLock { left in
            if isWrite { left -= 1 }
            return left < 0
        }
        guard !isBroken else { throw KubernetesFailure(.unreachable, "the process has ended") }
        return try cluster.perform(request)
    }

    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> { cluster.watch(request) }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        cluster.subscribe(request, onEvent: onEvent, onEnd: onEnd)
    }
}

/// A controller that is killed between two writes and started again ends where one does that lives on.
@Suite struct ConformanceCrashTests {
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func scenario(_ name: String) async throws {
        let reference = try Conformance.read("traces/\(name).json")
        for writes in [0, 1, 2, 3, 5] {
            let rig = try ConformanceRig(name)
            rig.crashesAfter = writes
            try await rig.play(Conformance.read("scenarios/\(name).yaml"))
            for (label, snapshot) in reference["snapshots"]?.object?.fields ?? [] {
                let own = try #require(rig.snapshots[label]).withoutHashesOfDeployments
                let theirs = ConformanceRecorder.Snapshot(reference: snapshot).withoutHashesOfDeployments
                ConformanceScenarioTests().compareObjects(
                    theirs.objects, own, "after a crash every \(writes + 1) writes: \(label)", rig.namespace)
            }
        }
    }
}
