import ArgumentParser
import ManifestKit

/// `rollout-render hash`: names the ReplicaSets of workloads.
struct HashCommand: ParsableCommand {
    /// How to write the hashes.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, table
    }

    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Print the pod-template hash of each workload.",
        discussion: """
            For every Rollout, and for every other workload with a pod template that a Rollout could have, it prints \
            the hash that the Argo Rollouts controller computes and the name of the ReplicaSet that it makes. A \
            Rollout with a workloadRef takes the template of the workload that it names, which has to be among the \
            inputs.

              rollout-render hash rollout.yaml
              kustomize build . | rollout-render hash -o json -

            The exit code is 0 when every document could be read, 1 when one could not, and 2 for wrong usage, for \
            files that cannot be read, and where there was no workload.
            """)

    @Argument(
        help: "Files, folders (searched for .yaml, .yml and .json), or - for standard input.", completion: .file())
    var paths: [String] = []

    @Option(name: .shortAndLong, help: "How to write the hashes.")
    var output = Format.table

    @Option(help: ArgumentHelp(
        "The status.collisionCount of the Rollouts, which goes into the hash once names have collided.",
        valueName: "count"))
    var collisionCount: Int?

    @Option(help: "Whose hash: that of Argo Rollouts 1.9 and newer, or of an older version.")
    var style = HashStyleName(.current)

    @Flag(help: "Hash templates that come from a cluster: fill in no defaults.")
    var asGiven = false

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
        if let collisionCount, Int32(exactly: collisionCount) == nil || collisionCount < 0 {
            throw ValidationError("a collision count is a whole number from 0 to \(Int32.max)")
        }
    }

    mutating func run() throws {
        let input = RenderingInput(paths)
        RenderingComplaints.write(input.syntaxFindings)
        for file in input.unreadable { StandardError.write("error: \(file)") }
        var hasGap = !input.syntaxFindings.isEmpty
        var rows: [Row] = []
        for object in input.values {
            do {
                if let row = try row(for: object, in: input.values) { rows.append(row) }
            } catch {
                hasGap = true
                StandardError.write("error: \(error)")
            }
        }
        try StandardOutput.write(output == .json ? Self.json(rows) : Self.table(rows))
        if !input.unreadable.isEmpty { throw ExitCode(ExitStatus.unusable) }
        if hasGap { throw ExitCode(ExitStatus.findings) }
        if rows.isEmpty {
            StandardError.write("error: there is no workload with a pod template")
            throw ExitCode(ExitStatus.unusable)
        }
    }

    // MARK: Rows

    private struct Row {
        var kind: String
        var name: String
        var hash: String
        var replicaSet: String
    }

    /// A Rollout whose template is somewhere else, and not there.
    private struct MissingTemplate: Error, CustomStringConvertible {
        var description: String
    }

    private func row(for object: JSONValue, in objects: [JSONValue]) throws -> Row? {
        guard let template = try Self.template(of: object, in: objects, fillsIn: !asGiven) else { return nil }
        let metadata = object["metadata"]
        let name = metadata?["name"]?.string ?? metadata?["generateName"]?.string ?? ""
        let hash = PodTemplateHash.hash(of: template, collisionCount: collisionCount, style: style.style)
        return Row(
            kind: object["kind"]?.string ?? "", name: name, hash: hash,
            replicaSet: PodTemplateHash.replicaSetName(rollout: name, hash: hash))
    }

    /// The kinds whose pods run until they are stopped, as those of a Rollout do.
    private static let kinds: Set = [
        "DaemonSet", "Deployment", "PodTemplate", "ReplicaSet", "ReplicationController", "Rollout", "StatefulSet",
    ]

    private static func template(of object: JSONValue, in objects: [JSONValue], fillsIn: Bool) throws -> JSONValue? {
        guard let kind = object["kind"]?.string, kinds.contains(kind) else { return nil }
        if kind == "Rollout", let reference = object["spec"]?["workloadRef"], reference.object != nil {
            let name = reference["name"]?.string ?? ""
            let wanted = reference["kind"]?.string ?? "Deployment"
            let namespace = object["metadata"]?["namespace"]
            let workload = objects.first { candidate in
                candidate["kind"]?.string == wanted && candidate["metadata"]?["name"]?.string == name
                    && candidate["metadata"]?["namespace"] == namespace
            }
            guard let workload, let template = workload["spec", "template"] ?? workload["template"] else {
                let rollout = object["metadata"]?["name"]?.string ?? ""
                throw MissingTemplate(description: PlainText.shown(
                    "Rollout \(rollout) references the \(wanted) \(name), which is not among the inputs"))
            }
            return fillsIn ? WorkloadTemplate.defaulted(template) : template
        }
        let template = kind == "PodTemplate" ? object["template"] : object["spec", "template"]
        guard let template, template.object != nil else { return nil }
        return fillsIn ? PodTemplateHash.defaulted(template) : template
    }

    // MARK: Output

    private static func json(_ rows: [Row]) -> String {
        let values = rows.map { row -> JSONValue in
            [
                "kind": .string(row.kind), "name": .string(row.name), "hash": .string(row.hash),
                "replicaSet": .string(row.replicaSet),
            ]
        }
        return JSONWriter.text(.array(values), layout: .pretty) + "\n"
    }

    private static func table(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "" }
        let cells = [["KIND", "NAME", "HASH", "REPLICASET"]] + rows.map { row in
            [row.kind, row.name, row.hash, row.replicaSet].map(PlainText.shown)
        }
        let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return (padded + [row[3]]).joined(separator: "  ") + "\n"
        }.joined()
    }
}

/// The name of a style of hash on the command line.
struct HashStyleName: ExpressibleByArgument, CustomStringConvertible {
    /// The style.
    let style: PodTemplateHash.Style

    init(_ style: PodTemplateHash.Style) { self.style = style }

    init?(argument: String) {
        guard let style = PodTemplateHash.Style(rawValue: argument) else { return nil }
        self.style = style
    }

    var description: String { style.rawValue }
    var defaultValueDescription: String { style.rawValue }
    static var allValueStrings: [String] { PodTemplateHash.Style.allCases.map(\.rawValue) }
}
