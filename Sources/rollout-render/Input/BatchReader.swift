import ManifestKit

/// Documents that are checked one after the other, on one core.
struct ValidationBatch: Sendable {
    /// The segments, each with the settings of its file.
    var segments: [(source: SourceFile, settings: ValidationSettings)] = []
    /// The bytes in all of them.
    var size = 0

    /// Checks the documents.
    func checked() -> Validator {
        var whole: Validator?
        var index = 0
        while index < segments.count {
            var validator = Validator(settings: segments[index].settings)
            while index < segments.count, segments[index].settings == validator.settings {
                YAMLParser.forEachDocument(in: segments[index].source) { validator.check($0) }
                index += 1
            }
            if whole == nil { whole = validator } else { whole?.merge(validator) }
        }
        return whole ?? Validator()
    }
}

/// Reads files and deals what is in them out in batches of about the same size.
struct BatchReader: ~Copyable {
    /// The files that could not be read, or not to their end.
    private(set) var unreadable: [UnreadableInput] = []
    private let jobs: [ValidationRun.Job]
    private var nextJob = 0
    private var reader: SegmentReader?

    /// The bytes of small files that make a batch.
    private static let batchSize = 128 << 10

    /// Reads the files in their order.
    init(_ jobs: [ValidationRun.Job]) { self.jobs = jobs }

    /// The next batch, or nil when everything is read.
    mutating func next() -> ValidationBatch? {
        var batch = ValidationBatch()
        while batch.size < Self.batchSize {
            if reader == nil {
                guard nextJob < jobs.count else { break }
                nextJob += 1
            }
            let job = jobs[nextJob - 1]
            do {
                if reader == nil { reader = try SegmentReader(job.file) }
                if let source = try reader?.next() {
                    batch.size += source.bytes.count
                    batch.segments.append((source, job.settings))
                } else {
                    reader = nil
                }
            } catch {
                unreadable.append(error)
                reader = nil
            }
        }
        return batch.segments.isEmpty ? nil : batch
    }
}
