import ManifestKit

/// The old versions of Rollouts, where `--stable` says that they are.
struct StableVersions {
    /// An old version that is asked for and not there.
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// Whether they come from a revision, where a Rollout may not have been yet.
    let isAtRevision: Bool
    private let place: String
    private let objects: [JSONValue]?
    private let rollouts: [String: [JSONValue]]

    /// Reads what `--stable` names; nil where it was not given.
    ///
    /// - Parameter inputs: The files that are rendered, to be read at the revision.
    init(_ argument: String?, inputs: [InputFile]) throws {
        place = argument ?? ""
        guard let argument else {
            isAtRevision = false
            objects = nil
            rollouts = [:]
            return
        }
        isAtRevision = argument.hasPrefix("git:")
        let input = isAtRevision
            ? try Self.read(GitRevision(String(argument.dropFirst("git:".utf8.count))), inputs)
            : try Self.read(argument)
        guard input.allSatisfy({ $0.syntaxFindings.isEmpty }) else {
            RenderingComplaints.write(input.flatMap(\.syntaxFindings))
            throw Missing(description: "the old version in \(argument) is not YAML")
        }
        objects = input.flatMap(\.values)
        rollouts = Dictionary(grouping: input.flatMap(\.objects).filter { $0.kind == .rollout }.map(\.value)) {
            RenderingNames.name($0)
        }
    }

    /// The old version of a Rollout; nil where none was asked for, and for a Rollout that a revision does not have.
    func stable(of rollout: JSONValue) throws -> JSONValue? {
        guard let objects else { return nil }
        let candidates = rollouts[RenderingNames.name(rollout)] ?? []
        guard let stable = candidates.first(where: { RenderingNames.isNamespaceSame($0, rollout) }) else {
            if isAtRevision { return nil }
            throw Missing(description: "\(place) has no Rollout named \(RenderingNames.full(rollout))")
        }
        return try withTemplate(stable, in: objects)
    }

    /// A Rollout whose template is in a workload beside it takes it from the old workload, not from the new one.
    private func withTemplate(_ rollout: JSONValue, in objects: [JSONValue]) throws -> JSONValue {
        guard let reference = rollout["spec"]?["workloadRef"], reference.object != nil else { return rollout }
        let workload = objects.first { candidate in
            candidate["kind"] == reference["kind"] && RenderingNames.name(candidate) == reference["name"]?.string
                && RenderingNames.isNamespaceSame(candidate, rollout)
        }
        guard let template = workload?["spec", "template"] ?? workload?["template"] else {
            let name = "\(reference["kind"]?.string ?? "workload") \(reference["name"]?.string ?? "")"
            let full = RenderingNames.full(rollout)
            throw Missing(description: "\(place) has no \(name), from which the Rollout \(full) takes its pods")
        }
        var rollout = rollout
        rollout.set(["spec", "template"], to: WorkloadTemplate.defaulted(template))
        rollout.set(["spec", "workloadRef"], to: nil)
        return rollout
    }

    private static func read(_ path: String) throws -> [RenderingInput] {
        let input = RenderingInput([path])
        if let unreadable = input.unreadable.first { throw unreadable }
        return [input]
    }

    private static func read(_ revision: GitRevision, _ inputs: [InputFile]) throws -> [RenderingInput] {
        guard !inputs.contains(where: \.isStandardInput) else {
            throw Missing(description: "standard input is not in git; name the files, or give --stable a file")
        }
        return try inputs.compactMap { file in
            try revision.contents(of: file.path).map { bytes in
                RenderingInput(SourceFile(
                    name: "\(revision.revision):\(file.path)", bytes: ByteOrderMark.removed(from: bytes)))
            }
        }
    }
}

/// What objects are called.
enum RenderingNames {
    /// `metadata.name`; empty where there is none.
    static func name(_ object: JSONValue) -> String { object["metadata"]?["name"]?.string ?? "" }

    /// The name behind its namespace.
    static func full(_ object: JSONValue) -> String {
        let namespace = object["metadata"]?["namespace"]?.string
        return namespace.map { "\($0)/\(name(object))" } ?? name(object)
    }

    /// Whether two objects can be in one namespace.
    static func isNamespaceSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
        let namespaces = [one, other].compactMap { $0["metadata"]?["namespace"]?.string }
        return Set(namespaces).count < 2
    }
}
