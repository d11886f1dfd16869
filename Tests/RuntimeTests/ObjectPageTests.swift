import ManifestKit
import Testing

@testable import RolloutRuntime

/// Lists that come page by page from a cluster that changes meanwhile.
@Suite struct ObjectPageTests {
    private let cluster = EmbeddedCluster()

    private static func name(_ number: Int, _ namespace: String) -> ObjectName {
        ObjectName(namespace: namespace, name: "web-\(number)")
    }

    /// Makes, changes or removes a Service that the numbers choose.
    private func change(_ random: inout SplitMix) throws {
        let name = Self.name(Int.random(in: 0..<60, using: &random), Bool.random(using: &random) ? "one" : "two")
        let labels = ["even": Bool.random(using: &random) ? "yes" : "no"]
        if (try? cluster.perform(.get(.services, name))) == nil {
            try cluster.perform(.create(
                .services, namespace: name.namespace, EmbeddedClusterTests.service(name.name, labels: labels)))
        } else if Int.random(in: 0..<3, using: &random) == 0 {
            try cluster.perform(.delete(.services, name))
        } else {
            try cluster.perform(.patch(.services, name, ["metadata": ["labels": ["even": .string(labels["even"]!)]]]))
        }
    }

    private func prepared(_ random: inout SplitMix) throws {
        for namespace in ["one", "two"] {
            try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": .string(namespace)]]))
        }
        for _ in 0..<150 { try change(&random) }
    }

    /// What is asked for, by seed.
    private static func request(_ seed: Int) -> KubernetesRequest {
        var request = KubernetesRequest.list(.services, namespace: ["", "one", "two"][seed % 3])
        if seed % 2 == 1 { request.labelSelector = "even=yes" }
        return request
    }

    @Test(arguments: 0..<12)
    func showWhatWasThereWhenTheFirstWasMade(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        try prepared(&random)
        let whole = try cluster.perform(Self.request(seed))
        let wanted = try #require(whole["items"]?.array)
        var request = Self.request(seed)
        request.limit = 1 + seed
        var found: [JSONValue] = []
        repeat {
            let page = try cluster.perform(request)
            let items = try #require(page["items"]?.array)
            found += items
            let metadata = page["metadata"]
            #expect(metadata?["resourceVersion"] == whole["metadata"]?["resourceVersion"])
            request.continuation = metadata?["continue"]?.string
            let isLast = request.continuation == nil
            #expect(isLast || items.count == request.limit)
            let rest = isLast || request.labelSelector != nil ? nil : wanted.count - found.count
            #expect(metadata?["remainingItemCount"]?.integer == rest)
            for _ in 0..<20 { try change(&random) }
        } while request.continuation != nil && found.count <= wanted.count
        #expect(found == wanted)
        #expect(try cluster.perform(Self.request(seed))["items"]?.array != wanted, "nothing has changed meanwhile")
    }

    @Test func areGoneWhereTheirVersionIsForgotten() throws {
        var random = SplitMix(state: 1)
        try prepared(&random)
        var request = KubernetesRequest.list(.services)
        request.limit = 10
        let token = try cluster.perform(request)["metadata"]?["continue"]?.string
        func reason(_ token: String?) -> KubernetesFailure.Reason? {
            request.continuation = token
            do throws(KubernetesFailure) { try cluster.perform(request) } catch { return error.reason }
            return nil
        }
        #expect(reason(token) == nil)
        try cluster.perform(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
        cluster.compact()
        #expect(reason(token) == .expired)
        #expect(reason("\(cluster.version)/one/web-1") == nil)
        #expect(reason("\(cluster.version + 1)/one/web-1") == .expired)
        #expect(reason("web-1") == .badRequest)
    }

    /// Whatever page it is, nothing is looked at but what is on it, and the one behind.
    @Test func costWhatIsOnThem() {
        let collection = ObjectStore.Collection(.services)
        var store = ObjectStore()
        for number in 0..<5_000 { _ = store.put(collection, Self.name(number, "one"), ["number": .int(number)]) }
        let version = store.version
        for number in 0..<10 { _ = store.remove(collection, Self.name(number, "one")) }
        var last: ObjectName?
        var found: Set<ObjectName> = []
        for place in 1...10 {
            var looks = 0
            let page = store.page(collection, namespace: "one", at: version, after: last, limit: 500) { _ in
                looks += 1
                return true
            }
            #expect(looks <= 501)
            #expect(page?.rest == 5_000 - place * 500)
            for (name, _) in page?.objects ?? [] { found.insert(name) }
            last = page?.objects.last?.name
        }
        #expect(found.count == 5_000)
    }

    @Test func namesAreInOrder() {
        var ordered = OrderedObjects()
        var plain: [ObjectName: JSONValue] = [:]
        var random = SplitMix(state: 5)
        for round in 0..<2_000 {
            let name = Self.name(Int.random(in: 0..<200, using: &random), ["a", "b", "c"].randomElement(using: &random)!)
            if Bool.random(using: &random) {
                #expect(ordered.put(name, .int(round)) == plain.updateValue(.int(round), forKey: name))
            } else {
                #expect(ordered.remove(name) == plain.removeValue(forKey: name))
            }
        }
        #expect(ordered.names == plain.keys.sorted())
        #expect(ordered.objects == plain)
        let middle = Self.name(77, "b")
        for namespace in ["", "a", "b", "c", "none"] {
            let names = plain.keys.filter { namespace.isEmpty || $0.namespace == namespace }.sorted()
            #expect(Array(ordered.names(in: namespace)) == names)
            #expect(Array(ordered.names(in: namespace, after: middle)) == names.filter { $0 > middle })
        }
        #expect(OrderedObjects(plain.map { ($0.key, $0.value) }).names == ordered.names)
    }
}
