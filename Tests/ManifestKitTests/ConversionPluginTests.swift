import Testing

@testable import ManifestKit

/// Conversions to routers that the reference has as plugins.
@Suite struct ConversionPluginTests {
    @Test func contourGetsASecondService() throws {
        let proxy = """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: front}
            spec:
              routes:
              - conditions: [{prefix: /}]
                services:
                - name: web   # all of it
                  port: 80
              - services: [{name: other, port: 80}]

            """
        let result = ConversionBehaviourTests.convert(
            ConversionBehaviourTests.deployment(), ConversionBehaviourTests.service(), proxy
        ) { $0.router = .contour }
        #expect(result.isComplete)
        let objects = ConversionBehaviourTests.objects(result)
        let rollout = try #require(objects.first { $0["kind"] == "Rollout" })
        let settings = rollout["spec", "strategy", "canary", "trafficRouting", "plugins", "argoproj-labs/contour"]
        #expect(settings == ["httpProxies": ["front"]])
        let front = try #require(objects.first { $0["kind"] == "HTTPProxy" })
        let services: JSONValue = [
            ["name": "web", "port": 80, "weight": 100], ["name": "web-canary", "port": 80, "weight": 0],
        ]
        #expect(front["spec", "routes"]?[0]?["services"] == services)
        #expect(front["spec", "routes"]?[1]?["services"] == [["name": "other", "port": 80]])
    }

    /// Routes without names are told apart by what they match; those of others stay.
    @Test func istioDividesTransportRoutesToo() throws {
        let virtualService = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: front}
            spec:
              hosts: [web]
              http: [{route: [{destination: {host: other}}]}]
              tls:
              - match: [{port: 443, sniHosts: [b, a]}]
                route: [{destination: {host: web}}]
              - match: [{port: 444, sniHosts: [c]}]
                route:
                - destination: {host: web}   # the second one
              tcp:
              - {match: [{port: 25}], route: [{destination: {host: web}}]}
              - {match: [{port: 3306}], route: [{destination: {host: database}}]}

            """
        let result = ConversionBehaviourTests.convert(
            ConversionBehaviourTests.deployment(), ConversionBehaviourTests.service(), virtualService
        ) { $0.router = .istio }
        #expect(result.isComplete)
        let objects = ConversionBehaviourTests.objects(result)
        let rollout = try #require(objects.first { $0["kind"] == "Rollout" })
        let settings = rollout["spec", "strategy", "canary", "trafficRouting", "istio", "virtualService"]
        #expect(settings == ["name": "front", "tlsRoutes": [
            ["port": 443, "sniHosts": ["a", "b"]], ["port": 444, "sniHosts": ["c"]],
        ]])
        let front = try #require(objects.first { $0["kind"] == "VirtualService" })
        let hosts = ["http", "tls", "tcp"].map { list in
            (front["spec"]?[list]?.array ?? []).map { route in
                (route["route"]?.array ?? []).map { $0["destination", "host"]?.string ?? "" }
            }
        }
        #expect(hosts == [[["other"]], [["web", "web-canary"], ["web", "web-canary"]], [["web", "web-canary"], ["database"]]])
    }

    /// Routes are in the Rollout's namespace unless they say otherwise; nothing is guessed.
    @Test(arguments: [nil, "edge"] as [String?]) func aNamespaceIsWrittenOnlyWhereOneIsNamed(_ namespace: String?) throws {
        let route = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: front\(namespace.map { ", namespace: \($0)" } ?? "")}
            spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}

            """
        let result = ConversionBehaviourTests.convert(
            ConversionBehaviourTests.deployment(), ConversionBehaviourTests.service(), route
        ) { $0.router = .gatewayAPI }
        let rollout = try #require(ConversionBehaviourTests.objects(result).first { $0["kind"] == "Rollout" })
        let settings = rollout["spec", "strategy", "canary", "trafficRouting", "plugins", "argoproj-labs/gatewayAPI"]
        var expected: JSONValue = ["httpRoute": "front"]
        expected["namespace"] = namespace.map { .string($0) }
        #expect(settings == expected)
    }

    @Test func anOpenShiftRouteStaysAsItIs() throws {
        let route = """
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: front}
            spec: {to: {kind: Service, name: web}}

            """
        let result = ConversionBehaviourTests.convert(
            ConversionBehaviourTests.deployment(), ConversionBehaviourTests.service(), route
        ) { $0.router = .openShift }
        #expect(result.isComplete)
        let objects = ConversionBehaviourTests.objects(result)
        let rollout = try #require(objects.first { $0["kind"] == "Rollout" })
        let settings = rollout["spec", "strategy", "canary", "trafficRouting", "plugins", "argoproj-labs/openshift"]
        #expect(settings == ["routes": ["front"]])
        #expect(objects.contains { $0 == RenderStepTests.documents(route)[0] })
    }
}
