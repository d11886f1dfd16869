import Testing

@testable import RolloutRuntime

/// What is found by labels is what a look at all would find.
@Suite struct LabelIndexTests {
    @Test func findsWhatALookAtAllWouldFind() {
        var random = SplitMix(state: 7)
        var index = LabelIndex()
        var selectors = SelectorIndex()
        var objects: [ObjectName: [String: String]] = [:]
        var services: [ObjectName: [String: String]] = [:]
        func name() -> ObjectName {
            ObjectName(namespace: ["a", "b"].randomElement(using: &random) ?? "", name: "n\(Int.random(in: 0..<12, using: &random))")
        }
        func labels() -> [String: String] {
            var labels: [String: String] = [:]
            for key in ["app", "tier", "hash"] where Bool.random(using: &random) {
                labels[key] = ["x", "y"].randomElement(using: &random)
            }
            return labels
        }
        for _ in 0..<2_000 {
            let (pod, service) = (name(), name())
            objects[pod] = Bool.random(using: &random) ? labels() : nil
            index.set(pod, to: objects[pod])
            let wanted = labels()
            services[service] = wanted.isEmpty ? nil : wanted
            selectors.set(service, to: services[service])
            if let selector = services[service] {
                let expected = objects.filter { $0.key.namespace == service.namespace && $0.value.contains(selector) }
                #expect(index.matching(selector, in: service.namespace) == expected.keys.sorted())
            }
            let own = objects[pod] ?? [:]
            let expected = services.filter { $0.key.namespace == pod.namespace && own.contains($0.value) }
            #expect(selectors.selecting(own, in: pod.namespace).sorted() == expected.keys.sorted())
        }
    }
}
