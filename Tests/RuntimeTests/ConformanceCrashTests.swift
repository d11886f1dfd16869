import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A connection that breaks for good after a number of writes, as when the controller's process ends.
final class CrashingTransport: WrappingTransport {
    private let cluster: EmbeddedCluster
    var base: any ClusterTransport { cluster }
    private let left: Mutex<Int>

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
}

/// A connection whose watches are behind, as those of a busy API server.
final class LaggingTransport: WrappingTransport {
    private let cluster: EmbeddedCluster
    var base: any ClusterTransport { cluster }
    private let withheld = Mutex<[@Sendable () -> Void]>([])

    init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

    /// Hands on what was held back.
    func deliver() {
        let events = withheld.withLock { withheld in
            let events = withheld
            withheld = []
            return events
        }
        for event in events { event() }
    }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue { try cluster.perform(request) }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        cluster.subscribe(
            request, onEvent: { [weak self] event in self?.withheld.withLock { $0.append { onEvent(event) } } },
            onEnd: onEnd)
    }
}

/// A controller in trouble ends where one without ends.
@Suite struct ConformanceCrashTests {
    /// It is killed between two writes and started again.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func crashes(_ name: String) async throws {
        for writes in [0, 1, 2, 3, 5] {
            try await play(name, "a crash every \(writes + 1) writes") { $0.crashesAfter = writes }
        }
    }

    /// Its watches are half a second behind.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func lags(_ name: String) async throws {
        try await play(name, "watches that are behind") { $0.lags = true }
    }

    private func play(_ name: String, _ trouble: String, _ prepare: (ConformanceRig) -> Void) async throws {
        let reference = try Conformance.read("traces/\(name).json")
        let rig = try ConformanceRig(name)
        prepare(rig)
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        for (label, snapshot) in reference["snapshots"]?.object?.fields ?? [] {
            let own = try #require(rig.snapshots[label]).withoutHashesOfDeployments
            let theirs = ConformanceRecorder.Snapshot(reference: snapshot).withoutHashesOfDeployments
            ConformanceScenarioTests().compareObjects(
                theirs.objects, own, "after \(trouble): \(label)", rig.namespace)
        }
    }
}
