import HummingbirdCore
import ManifestKit

/// Answers HTTP for each pod that is ready, on the pod's own loopback address and its containers' ports.
///
/// So a real ingress controller or proxy can route real requests to simulated pods, and a reader sees which version
/// answered.
struct PodServers: Sendable {
    /// What the addresses of pods that are served begin with; all of 127.0.0.0/8 is this machine.
    static let addressPrefix = "127.64."

    let cluster: EmbeddedCluster

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
                }
                for (place, answer) in wanted where running[place] == nil {
                    let task = Task { await Self.serve(place, answer) }
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

    /// What each ready pod answers, by where.
    private func places() -> [Place: JSONValue] {
        var places: [Place: JSONValue] = [:]
        for (name, pod) in cluster.objects(.pods) where WorkloadModel.isActive(pod) && WorkloadModel.isReady(pod) {
            guard let address = pod["status"]?["podIP"]?.string, address.hasPrefix(Self.addressPrefix) else { continue }
            for container in pod["spec"]?["containers"]?.array ?? [] {
                let answer: JSONValue = [
                    "pod": .string(name.name), "namespace": .string(name.namespace),
                    "container": container["name"] ?? "", "image": container["image"] ?? "",
                    "hash": pod["metadata"]?["labels"]?["rollouts-pod-template-hash"]
                        ?? pod["metadata"]?["labels"]?["pod-template-hash"] ?? "",
                ]
                for port in container["ports"]?.array ?? [] {
                    guard let number = port["containerPort"]?.integer, (1...65535).contains(number) else { continue }
                    places[Place(pod: name, address: address, port: number)] = answer
                }
            }
        }
        return places
    }

    private static func serve(_ place: Place, _ answer: JSONValue) async {
        let text = JSONWriter.text(answer) + "\n"
        let server = LoopbackServer(host: place.address, port: place.port) { _, _ in
            Response(200, "application/json", text)
        }
        // A port that may not be bound, such as 80 without the right to it, leaves only this pod silent.
        try? await server.run()
    }
}
