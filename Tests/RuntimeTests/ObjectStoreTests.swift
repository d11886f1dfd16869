import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// Objects in few bytes.
@Suite struct ObjectPackingTests {
    @Test(arguments: [
        .null, true, false, 0, 1, -1, 30, 31, -32, .integer(.max), .integer(.min), .double(1.5), .double(-0.0),
        .double(1e300), "", "a", "ünïcödé 🚀", .string(String(repeating: "x", count: 5_000)), [], [:],
        [1, "two", [3], .null], ["a": ["b": ["c": [1, 2, ["d": "e"]]]], "": "empty key", "a b": true],
    ] as [JSONValue])
    func comesBackAsItWas(_ value: JSONValue) {
        var packing = ObjectPacking()
        let bytes = packing.pack(value)
        #expect(packing.unpack(bytes) == value)
        // The order of fields stays, as hashes and diffs follow it.
        #expect(JSONWriter.text(packing.unpack(bytes)) == JSONWriter.text(value))
    }

    @Test func moreKeysThanItNumbers() {
        var packing = ObjectPacking()
        let values = (0..<10_000).map { JSONValue.object(JSONObject([("key-\($0)", .int($0))])) }
        let packed = values.map { packing.pack($0) }
        #expect(zip(values, packed).allSatisfy { packing.unpack($1) == $0 })
        let long = JSONValue.object(JSONObject([(String(repeating: "k", count: 300), true)]))
        let bytes = packing.pack(long)
        #expect(packing.unpack(bytes) == long)
    }

    @Test func randomValues() {
        var random = SplitMix(state: 7)
        var packing = ObjectPacking()
        for _ in 0..<500 {
            let value = Self.value(depth: 4, &random)
            let bytes = packing.pack(value)
            #expect(packing.unpack(bytes) == value)
        }
    }

    static func value(depth: Int, _ random: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .double(Double.random(in: -1e9...1e9, using: &random))
        case 4: return .string(String(repeating: "ä", count: Int.random(in: 0..<100, using: &random)))
        case 5: return .array((0..<Int.random(in: 0..<40, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            return .object(JSONObject((0..<Int.random(in: 0..<40, using: &random)).map {
                ("k\($0)", value(depth: depth - 1, &random))
            }))
        }
    }
}

/// What a store keeps of its objects, and what it finds them by.
@Suite struct StoredObjectTests {
    static func replicaSet(_ name: String, version: Int, owner: String?, app: String = "web") -> JSONValue {
        var object: JSONValue = ["metadata": [
            "name": .string(name), "namespace": "default", "resourceVersion": .string(String(version)),
            "labels": ["app": .string(app)],
        ]]
        if let owner {
            object.set(["metadata", "ownerReferences"], to: [[
                "kind": "Rollout", "name": .string(owner), "uid": .string("uid-\(owner)"), "controller": true,
            ]])
        }
        return object
    }

    @Test func whatNobodyReadsIsNotKept() {
        let store = Store(.services)
        var object = StoreTests.object(3)
        object.set(["metadata", "managedFields"], to: [["manager": "kubectl"]])
        object.set(["metadata", "annotations"], to: [
            "kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "kept",
        ])
        store.receive(WatchEvent(.added, object))
        let kept = store.object(StoreTests.name)
        #expect(kept?["metadata"]?["managedFields"] == nil)
        #expect(kept?["metadata"]?["annotations"] == ["note": "kept"])
        #expect(kept?["data"] == object["data"])
    }

    @Test func isFoundByOwnerAndAsAnOrphan() {
        let store = Store(.replicaSets)
        store.replace(with: [
            Self.replicaSet("b", version: 1, owner: "web"), Self.replicaSet("a", version: 2, owner: "web"),
            Self.replicaSet("c", version: 3, owner: nil), Self.replicaSet("d", version: 4, owner: nil, app: "api"),
        ], version: "5")
        let names = { (objects: [JSONValue]) in objects.map { ObjectName(of: $0).name } }
        #expect(names(store.objects(controlledBy: "uid-web")) == ["a", "b"])
        let isWeb = { (labels: JSONObject?) in labels?["app"] == "web" }
        #expect(names(store.orphans(in: "default", where: isWeb)) == ["c"])
        #expect(names(store.orphans(in: "other", where: isWeb)) == [])
        store.note(Self.replicaSet("c", version: 6, owner: "web"))
        #expect(names(store.objects(controlledBy: "uid-web")) == ["a", "b", "c"])
        #expect(names(store.orphans(in: "default", where: isWeb)) == [])
        store.receive(WatchEvent(.modified, Self.replicaSet("a", version: 7, owner: nil)))
        #expect(names(store.objects(controlledBy: "uid-web")) == ["b", "c"])
        #expect(names(store.orphans(in: "default", where: isWeb)) == ["a"])
        store.receive(WatchEvent(.deleted, Self.replicaSet("a", version: 8, owner: nil)))
        #expect(names(store.orphans(in: "default", where: isWeb)) == [])
        #expect(store.count == 3)
        store.removeAll()
        #expect(store.count == 0 && store.objects(controlledBy: "uid-web").isEmpty)
    }

    @Test func manyObjectsAreAllThere() {
        let store = Store(.services)
        let objects = (0..<2_000).map { number -> JSONValue in
            ["metadata": ["name": .string("s\(number)"), "resourceVersion": "5"], "spec": ["number": .int(number)]]
        }
        store.replace(with: objects, version: "5")
        for round in 0..<2 {
            for number in stride(from: round, to: 2_000, by: 7) {
                let object = store.object(ObjectName(namespace: "", name: "s\(number)"))
                #expect(object?["spec"]?["number"]?.integer == number)
            }
        }
    }

    @Test func takesOverTheOrderOfDueTimes() {
        var queue = WorkQueue()
        var random = SplitMix(state: 3)
        var expected: [(Double, WorkItem)] = []
        for number in 0..<500 {
            let name = WorkItem(.rollout, ObjectName(namespace: "", name: "r\(number)"))
            let moment = Double(Int.random(in: 0..<50, using: &random))
            queue.add(name, at: moment + 100)
            queue.add(name, at: moment)
            queue.add(name, at: moment + 200)
            expected.append((moment, name))
        }
        expected.sort { $0 < $1 }
        #expect(queue.nextDue == expected.first?.0)
        #expect(queue.take(now: 1, atMost: 3) == expected.prefix(3).map(\.1))
        #expect(queue.take(now: 50) == expected.dropFirst(3).map(\.1))
        #expect(queue.nextDue == nil && queue.activeCount == 500)
    }
}
