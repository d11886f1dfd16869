import ManifestKit
import Synchronization

/// Finds out from a cluster how its kinds are called in paths, and remembers it.
final class ResourceDiscovery: Sendable {
    private let transport: any ClusterTransport
    private let known = Mutex<[String: [String: ResourceType]]>([:])

    init(_ transport: any ClusterTransport) { self.transport = transport }

    /// The type of a kind, or nil where the cluster does not serve it.
    func resource(apiVersion: String, kind: String) async throws(KubernetesFailure) -> ResourceType? {
        if let types = known.withLock({ $0[apiVersion] }) { return types[kind] }
        let types = try await types(of: apiVersion)
        // What is not there now may come with a CRD.
        if !types.isEmpty { known.withLock { $0[apiVersion] = types } }
        return types[kind]
    }

    /// Asks again the next time.
    func forget(_ apiVersion: String) { known.withLock { $0[apiVersion] = nil } }

    /// The types of a group and version as they are now, by kind; empty where it is not served.
    func types(of apiVersion: String) async throws(KubernetesFailure) -> [String: ResourceType] {
        let answer: JSONValue
        do throws(KubernetesFailure) {
            answer = try await transport.send(.discovery(apiVersion: apiVersion))
        } catch {
            if error.reason == .notFound { return [:] }
            throw error
        }
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var types: [String: ResourceType] = [:]
        for entry in answer["resources"]?.array ?? [] {
            guard let plural = entry["name"]?.string, !plural.contains("/"), let kind = entry["kind"]?.string,
                types[kind] == nil
            else { continue }
            types[kind] = ResourceType(
                group: parts.count == 2 ? parts[0] : "", version: parts.last ?? "", plural: plural, kind: kind,
                isNamespaced: entry["namespaced"]?.boolean ?? true)
        }
        return types
    }
}

extension ResourceType {
    /// The types that a CustomResourceDefinition defines, by `apiVersion`; empty where it is incomplete.
    static func defined(by definition: JSONValue) -> [String: ResourceType] {
        guard let spec = definition["spec"], let group = spec["group"]?.string,
            let plural = spec["names"]?["plural"]?.string, let kind = spec["names"]?["kind"]?.string
        else { return [:] }
        var types: [String: ResourceType] = [:]
        for version in spec["versions"]?.array ?? [] where version["served"]?.boolean != false {
            guard let name = version["name"]?.string else { continue }
            types["\(group)/\(name)"] = ResourceType(
                group: group, version: name, plural: plural, kind: kind,
                isNamespaced: spec["scope"]?.string != "Cluster")
        }
        return types
    }

    /// `deployment.apps`, `service`: a kind as kubectl prints it in front of a name.
    public var printedKind: String { kind.lowercased() + (group.isEmpty ? "" : ".\(group)") }
}
