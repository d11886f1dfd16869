import ManifestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Checks files: a few small ones at once, many or long ones on all cores.
struct ValidationRun: Sendable {
    /// A file and the settings that it is checked with.
    struct Job: Sendable {
        var file: InputFile
        var settings: ValidationSettings
    }

    /// What came of a run.
    struct Outcome: Sendable {
        /// What was seen and found, not yet finished.
        var validator: Validator
        /// Files that could not be read, or not to their end.
        var unreadable: [UnreadableInput] = []
    }

    /// The files in their order.
    let jobs: [Job]
    /// The settings for what files say of each other.
    let settings: ValidationSettings

    /// Below this many bytes in all, other threads would cost more than they save.
    private static let smallInput = 128 << 10

    /// Reads and checks everything.
    nonisolated(nonsending) func outcome() async -> Outcome {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return cores < 2 || isSmall ? inOrder() : await onCores(cores)
    }

    private var isSmall: Bool {
        var size = 0
        for job in jobs {
            guard let bytes = job.file.size else { return false }
            size += bytes
            if size > Self.smallInput { return false }
        }
        return true
    }

    private func inOrder() -> Outcome {
        var outcome = Outcome(validator: Validator(settings: settings))
        var reader = BatchReader(jobs)
        while let batch = reader.next() { outcome.validator.merge(batch.checked()) }
        outcome.unreadable = reader.unreadable
        return outcome
    }

    /// Reads here and checks elsewhere, with a few batches more under way than there are cores.
    nonisolated(nonsending) private func onCores(_ cores: Int) async -> Outcome {
        await withTaskGroup(of: (number: Int, validator: Validator).self) { group in
            var outcome = Outcome(validator: Validator(settings: settings))
            var done: [Int: Validator] = [:]
            var started = 0
            var merged = 0
            var reader = BatchReader(jobs)
            while let batch = reader.next() {
                let number = started
                group.addTask { (number, batch.checked()) }
                started += 1
                guard started - merged - done.count >= cores + 2, let next = await group.next() else { continue }
                done[next.number] = next.validator
                Self.merge(&done, into: &outcome, &merged)
            }
            for await next in group { done[next.number] = next.validator }
            Self.merge(&done, into: &outcome, &merged)
            outcome.unreadable = reader.unreadable
            return outcome
        }
    }

    /// Merges what is done in the order of the input, as far as there is no gap.
    private static func merge(_ done: inout [Int: Validator], into outcome: inout Outcome, _ merged: inout Int) {
        while let next = done.removeValue(forKey: merged) {
            outcome.validator.merge(next)
            merged += 1
        }
    }
}
