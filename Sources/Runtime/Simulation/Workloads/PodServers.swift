import HummingbirdCore
import ManifestKit
import Synchronization

/// Answers HTTP for each running pod, on the pod's own loopback address and its containers' ports.
///
/// So a real ingress controller or proxy can route real requests to simulated pods, and a reader sees which version
/// answered. A pod answers from its start until it is gone, with 503 while it is not ready: who sends requests to it
/// then is told.
final class PodServers: Sendable {
    private struct State {
        /// Where a server listens, or could not be made to.
        var settled: Set<Place> = []
        var listener: (@Sendable () -> Void)?
    }

    private let cluster: EmbeddedCluster
    private let state = Mutex(State())

    /// Makes the servers of a cluster's pods; `run` runs them.
    init(cluster: EmbeddedCluster) { self.cluster = cluster }

    /// Calls a closure whenever one more server listens.
    func onListening(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.listener = body } }

    /// Whether every server that a pod is to have listens, so that a probe would find it ready.
    func areListening(for name: ObjectName, _ pod: JSONValue) -> Bool {
        let places = Self.places(of: name, pod)
        return state.withLock { state in places.allSatisfy { state.settled.contains($0.place) } }
    }

    /// Serves until the task is cancelled.
    func run() async {
        let (changes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stop = cluster.observe(.pods) { _, _ in wake.yield() }
        defer { stop() }
        wake.yield()
        await withDiscardingTaskGroup { group in
            var running: [Place: Task<Void, Never>] = [:]
            for await _ in changes {
                let wanted = places()
                for (place, task) in running where wanted[place] == nil {
                    task.cancel()
                    running[place] = nil
                    state.withLock { _ = $0.settled.remove(place) }
                }
                for (place, answer) in wanted where running[place] == nil {
                    let task = Task { await self.serve(place, answer) }
                    running[place] = task
                    group.addTask {
                        await withTaskCancellationHandler { await task.value } onCancel: { task.cancel() }
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Where something is to be served.
    private struct Place: Hashable, Sendable {
        var pod: ObjectName
        var address: String
        var port: Int
    }

    /// What each pod answers, by where.
    private func places() -> [Place: JSONValue] {
        var places: [Place: JSONValue] = [:]
        for (name, pod) in cluster.objects(.pods) where !WorkloadModel.hasEnded(pod) {
            for (place, answer) in Self.places(of: name, pod) { places[place] = answer }
        }
        return places
    }

    private static func places(of name: ObjectName, _ pod: JSONValue) -> [(place: Place, answer: JSONValue)] {
        guard let address = pod["status"]?["podIP"]?.string, address.hasPrefix("127.") else { return [] }
        return (pod["spec"]?["containers"]?.array ?? []).flatMap { container -> [(place: Place, answer: JSONValue)] in
            let answer: JSONValue = [
                "pod": .string(name.name), "namespace": .string(name.namespace),
                "container": container["name"] ?? "", "image": container["image"] ?? "",
                "hash": pod["metadata"]?["labels"]?["rollouts-pod-template-hash"]
                    ?? pod["metadata"]?["labels"]?["pod-template-hash"] ?? "",
            ]
            return (container["ports"]?.array ?? []).compactMap { port -> (place: Place, answer: JSONValue)? in
                guard let number = port["containerPort"]?.integer, (1...65535).contains(number) else { return nil }
                return (Place(pod: name, address: address, port: number), answer)
            }
        }
    }

    private func serve(_ place: Place, _ answer: JSONValue) async {
        let text = JSONWriter.text(answer) + "\n"
        let cluster = cluster
        let server = LoopbackServer(host: place.address, port: place.port) { _, _ in
            // Asked anew each time: a pod may cease to be ready, and is still there while it ends.
            let isReady = cluster.object(.pods, place.pod).map(WorkloadModel.isReady) ?? false
            return isReady
                ? Response(200, "application/json", text) : Response(503, "text/plain", "this pod is not ready\n")
        }
        // A port that may not be bound, such as 80 without the right to it, leaves only this pod silent.
        try? await server.run { _ in self.settle(place) }
        if !Task.isCancelled { settle(place) }
    }

    private func settle(_ place: Place) {
        let listener = state.withLock { state in
            state.settled.insert(place)
            return state.listener
        }
        listener?()
    }
}
