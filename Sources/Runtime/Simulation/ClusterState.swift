import ManifestKit

/// All that an embedded cluster holds, as it is kept in a file.
public struct ClusterState: Sendable {
    /// Why a text is no state of a cluster.
    public struct Malformation: Error, CustomStringConvertible {
        public var description: String
    }

    /// What a file begins with.
    private static let format = "rollout-render/cluster-state/v1"
    /// The version of the latest change.
    public var version: Int
    /// The moment at which the state was taken, by the cluster's own clock.
    public var moment: Double
    /// Every object.
    public var objects: [JSONValue]
    /// What the cluster proves itself and its clients with, where it does.
    var credentials: JSONValue?

    /// Reads what `text` has written.
    public init(text: String) throws(Malformation) {
        let value: JSONValue
        do throws(JSONReader.Failure) { value = try JSONReader.value(text) } catch {
            throw Malformation(description: "\(error)")
        }
        guard value["format"]?.string == Self.format, let version = value["version"]?.integer,
            let objects = value["objects"]?.array
        else { throw Malformation(description: "it is not the state of a cluster") }
        self.version = version
        self.objects = objects
        credentials = value["credentials"]
        moment = value["moment"]?.number ?? 0
    }

    /// Takes the state of a cluster.
    init(version: Int, moment: Double, objects: [JSONValue]) {
        self.version = version
        self.moment = moment
        self.objects = objects
    }

    /// The state as JSON, one object a line.
    public var text: String {
        let head = "{\"format\":\(JSONWriter.quoted(Self.format)),\"version\":\(version),\"moment\":\(moment)"
        let proofs = credentials.map { ",\"credentials\":" + JSONWriter.text($0) } ?? ""
        let lines = objects.map { JSONWriter.text($0) }.joined(separator: ",\n")
        return head + proofs + ",\"objects\":[\n" + lines + "\n]}\n"
    }
}

extension EmbeddedCluster {
    /// All that the cluster holds now.
    public var snapshot: ClusterState {
        let moment = clock.now
        return state.withLock { state in
            let objects = state.catalog.entries.flatMap { entry in
                state.store.objects(ObjectStore.Collection(entry.type)).map(\.object)
            }
            return ClusterState(version: state.store.version, moment: moment, objects: objects)
        }
    }

    /// Puts a state in the place of what the cluster holds.
    ///
    /// Objects of a kind that nothing defines are left out.
    public func restore(_ saved: ClusterState) {
        state.withLock { state in
            state.catalog = ResourceCatalog()
            for object in saved.objects where object["kind"]?.string == "CustomResourceDefinition" {
                if let entry = ResourceCatalog.entry(definition: object) { state.catalog.addCustom(entry) }
            }
            let found = saved.objects.compactMap { object -> (ObjectStore.Collection, ObjectName, JSONValue)? in
                let entry = state.catalog.entry(
                    apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
                guard let entry, let name = object["metadata"]?["name"]?.string else { return nil }
                let namespace = object["metadata"]?["namespace"]?.string ?? ""
                return (ObjectStore.Collection(entry.type), ObjectName(namespace: namespace, name: name), object)
            }
            state.store.restore(found, version: saved.version)
            var request = KubernetesRequest.delete(.namespaces, ObjectName(namespace: "", name: ""))
            request.propagation = .foreground
            var operation = ClusterOperation(state: state, request: request, now: clock.time)
            state = State(random: SplitMix(state: 0))
            operation.resumeDeletions()
            operation.commit()
            state = operation.state
        }
    }
}

extension ResourceCatalog {
    /// Adds what a CRD defines, unless the kind is built in: our own kinds have what they need, and their CRDs, which
    /// describe the same, change nothing.
    mutating func addCustom(_ entry: Entry) {
        let isBuiltIn = Self.builtIn.contains {
            $0.type.group == entry.type.group && $0.type.plural == entry.type.plural
        }
        if !isBuiltIn { add(entry) }
    }
}
