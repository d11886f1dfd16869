import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// Helm's engine, from the Python package that carries it.
enum Helm {
    /// What a chart makes.
    struct Rendering: Hashable {
        var objects: [JSONValue]
        var notes: String
    }

    /// Why Helm would not.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static let folder = ProgramRun.root.appending(path: "charts")
    static let isThere = (try? run("import helm_python", [:])) != nil

    private static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    private static func run(_ script: String, _ input: JSONValue) throws -> String {
        guard let python else { throw Failure(description: "no python3") }
        let run = try OutsideRun(python, ["-c", script], input: JSONWriter.text(input))
        guard run.code == 0 else { throw Failure(description: run.messages) }
        return run.output
    }

    /// Renders a chart as a release by the name and in the namespace that `install` takes for granted.
    static func render(_ chart: String, _ values: JSONValue) throws -> Rendering {
        let script = """
            import helm_python, json, sys
            given = json.load(sys.stdin)
            with helm_python.Chart.load(given["chart"]) as chart:
                chart.validate_schema(given["values"])
                print(json.dumps(chart.render(given["values"], name="rollout-render", namespace="argo-rollouts")))
            """
        let path = folder.appending(path: chart).path
        let files = try JSONReader.value(run(script, ["chart": .string(path), "values": values]))
        var rendering = Rendering(objects: [], notes: "")
        for (name, text) in (files.object?.fields ?? []).sorted(by: { $0.key < $1.key }) {
            guard let text = text.string else { continue }
            if name.hasSuffix("NOTES.txt") {
                rendering.notes = text
            } else {
                let documents = YAMLParser.documents(in: SourceFile(name: name, bytes: Array(text.utf8)))
                #expect(documents.allSatisfy { $0.faults.isEmpty }, "\(text)")
                rendering.objects += documents.compactMap { $0.root?.json }.filter { $0.object != nil }
            }
        }
        return rendering
    }

    /// What a strict lint complains of; that a chart has no icon is no complaint.
    static func lint(_ chart: String, _ values: JSONValue) throws -> [String] {
        let script = """
            import helm_python, json, sys
            given = json.load(sys.stdin)
            print(json.dumps(helm_python.lint(given["chart"], given["values"], strict=True, kube_version="v1.36.0")))
            """
        let path = folder.appending(path: chart).path
        let report = try JSONReader.value(run(script, ["chart": .string(path), "values": values]))
        let messages = (report["messages"]?.array ?? []).compactMap { $0["error"]?.string }
        return messages.filter { $0 != "icon is recommended" } + (report["errors"]?.array ?? []).compactMap(\.string)
    }

    /// A chart's default values.
    static func values(_ chart: String) throws -> JSONValue {
        let bytes = try Array(Data(contentsOf: folder.appending(path: "\(chart)/values.yaml")))
        return try #require(YAMLParser.documents(in: SourceFile(name: "values.yaml", bytes: bytes)).first?.root?.json)
    }

    /// The paths of the values that are no objects, or empty ones.
    static func leaves(of values: JSONValue, _ prefix: String = "") -> [String] {
        guard let object = values.object, !object.isEmpty else { return [prefix] }
        return object.fields.flatMap { leaves(of: $0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }
}

/// A setting of the chart's values, and what is to be seen of it.
struct ChartCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// All values that it sets.
    var values: JSONValue
    /// The values that it is compared with.
    var base: JSONValue
    /// What the manifests contain.
    var has: [String]
    /// What they do not.
    var lacks: [String]
    var testDescription: String { name }

    /// The cases of `charts/shturval-rollouts/ci/cases.yaml`.
    static var all: [ChartCase] {
        get throws {
            let path = Helm.folder.deletingLastPathComponent().appending(path: "Tests/Golden/ChartCases.yaml")
            let bytes = try Array(Data(contentsOf: path))
            let root = YAMLParser.documents(in: SourceFile(name: "ChartCases.yaml", bytes: bytes)).first?.root?.json
            let words = { (value: JSONValue?) in value?.array?.compactMap(\.string) ?? [] }
            return try #require(root?.object).fields.map { name, value in
                var values = value["values"] ?? [:]
                if values["enabled"] == nil { values["enabled"] = true }
                return ChartCase(
                    name: name, values: values, base: value["base"] ?? [:], has: words(value["has"]),
                    lacks: words(value["lacks"]))
            }
        }
    }
}
