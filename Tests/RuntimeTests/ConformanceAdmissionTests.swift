import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Where the recordings of a real server are, if they are here.
enum ConformanceRecordings {
    static let validation: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return [root.appending(path: "../shared/conformance"), root.appending(path: "../../shared/conformance")]
            .map { $0.appending(path: "validation") }
            .first { FileManager.default.fileExists(atPath: $0.appending(path: "verdicts.json").path) }
    }()
}

/// The embedded cluster refuses in a strict dry run what a real API server refuses, and nothing else.
@Suite(.enabled(if: ConformanceRecordings.validation != nil, "the conformance recordings are not here"))
struct ConformanceAdmissionTests {
    /// What the real server's rules of CEL and of Services say; there is no schema for it.
    static let beyondSchemas: Set<String> = ["mount-duplicate-path", "service-port-missing"]

    @Test func agreesWithARealServer() throws {
        let folder = try #require(ConformanceRecordings.validation)
        let verdicts = try JSONReader.value(Array(Data(contentsOf: folder.appending(path: "verdicts.json"))))
        let handler = APIHandler(cluster: EmbeddedCluster())
        var count = 0
        for (name, verdict) in verdicts.object?.fields ?? [] where !Self.beyondSchemas.contains(name) {
            let bytes = try Array(Data(contentsOf: folder.appending(path: name + ".yaml")))
            let documents = YAMLParser.documents(in: SourceFile(name: name, bytes: bytes))
            // What is no YAML is refused by kubectl before a server sees it.
            guard documents.allSatisfy({ $0.faults.isEmpty }) else { continue }
            let objects = documents.compactMap { $0.root?.json }.flatMap { $0["items"]?.array ?? [$0] }
            let refusals = objects.compactMap { refusal(of: $0, by: handler) }
            let isRefused = verdict["apiserver"]?.array?.isEmpty == false
            #expect(refusals.isEmpty != isRefused, "\(name): \(refusals)")
            count += 1
        }
        #expect(count > 100)
    }

    /// What the server says against an object, or nil.
    func refusal(of object: JSONValue, by handler: APIHandler) -> String? {
        let apiVersion = object["apiVersion"]?.string ?? ""
        let entry = handler.cluster.catalog.entry(apiVersion: apiVersion, kind: object["kind"]?.string ?? "")
        guard let entry else { return nil }
        var type = entry.type
        type.version = apiVersion.split(separator: "/").last.map(String.init) ?? ""
        let request = APIRequest(
            method: "POST",
            target: "\(type.root)/namespaces/default/\(type.plural)?dryRun=All&fieldValidation=Strict",
            body: Array(JSONWriter.text(object).utf8))
        guard case .json(let status, let answer, _) = handler.respond(to: request), status >= 400 else { return nil }
        return answer["message"]?.string
    }
}
