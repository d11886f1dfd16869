import ManifestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Renders Rollouts: a few here, many on all cores.
struct RenderingRun: Sendable {
    /// A Rollout and its old version.
    struct Job: Sendable {
        /// Its place among all Rollouts, from 0.
        var number: Int
        /// The Rollout.
        var rollout: JSONValue
        /// The Rollout as it is deployed now.
        var stable: JSONValue?
        /// Whether it was never deployed.
        var isInitial: Bool

        /// What its update looks like.
        func rendering(beside objects: ObjectIndex) -> RolloutRendering {
            StepRenderer.render(rollout: rollout, stable: stable, isInitial: isInitial, objects: objects)
        }
    }

    private let jobs: [Job]

    /// Takes what is to be rendered.
    init(_ jobs: [Job]) { self.jobs = jobs }

    /// Below this many Rollouts, other threads would cost more than they save.
    private static let few = 8

    /// What comes of each job, in their order.
    func results<Result: Sendable>(_ render: @escaping @Sendable (Job) -> Result) async -> [Result] {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        guard jobs.count > Self.few, cores > 1 else { return jobs.map(render) }
        // Some more batches than cores, since not all Rollouts are equally long.
        let size = max(1, jobs.count / (cores * 4))
        return await withTaskGroup(of: (start: Int, results: [Result]).self) { group in
            for start in stride(from: 0, to: jobs.count, by: size) {
                let batch = jobs[start..<min(start + size, jobs.count)]
                group.addTask { (start, batch.map(render)) }
            }
            var batches: [(start: Int, results: [Result])] = []
            for await batch in group { batches.append(batch) }
            return batches.sorted { $0.start < $1.start }.flatMap(\.results)
        }
    }
}
