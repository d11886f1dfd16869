import Foundation
import HummingbirdCore
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Load balancers that are asked whether they have followed, by a server that answers as AWS documents.
@Suite(.timeLimit(.minutes(5))) struct LoadBalancerObserverTests {
    typealias Cloud = AWSAccessTests.Cloud

    static func result(_ action: String, _ content: String) -> Response {
        let space = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
        return Response(200, "text/xml", "<\(action)Response xmlns=\"\(space)\">"
            + "<\(action)Result>\(content)</\(action)Result></\(action)Response>")
    }

    static func members(_ list: [String]) -> String { list.map { "<member>\($0)</member>" }.joined() }

    /// Elastic Load Balancing: two pages of everything, and no time for the first request for rules.
    static func balancing(_ seen: Cloud.Seen, _ rulesBefore: Int) -> Response {
        func value(_ name: String) -> String? {
            seen.body.split(separator: "&").first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
                .removingPercentEncoding
        }
        let isSecond = value("Marker") == "next"
        let next = isSecond ? "" : "<NextMarker>next</NextMarker>"
        switch value("Action") {
        case "DescribeLoadBalancers":
            let name = isSecond ? "mine" : "other"
            return result("DescribeLoadBalancers", "<LoadBalancers>" + members([
                "<DNSName>\(name).example.com</DNSName><LoadBalancerArn>arn:lb/app/\(name)/1</LoadBalancerArn>"
                    + "<LoadBalancerName>\(name)</LoadBalancerName>",
            ]) + "</LoadBalancers>" + next)
        case "DescribeTargetGroups":
            guard value("LoadBalancerArn") == "arn:lb/app/mine/1" else { return Response(400, "text/xml", "<a/>") }
            let groups = isSecond ? ["stable"] : ["canary"] + (0..<25).map { "more\($0)" }
            return result("DescribeTargetGroups", "<TargetGroups>" + members(groups.map {
                "<TargetGroupArn>arn:\($0)</TargetGroupArn><TargetGroupName>\($0)</TargetGroupName>"
            }) + "</TargetGroups>" + next)
        case "DescribeTags":
            let arns = (1...100).compactMap { value("ResourceArns.member.\($0)") }
            guard arns.count <= 20 else { return Response(400, "text/xml", "<a/>") }
            return result("DescribeTags", "<TagDescriptions>" + members(arns.map {
                "<ResourceArn>\($0)</ResourceArn><Tags><member><Key>ingress.k8s.aws/resource</Key>"
                    + "<Value>shop/web-\($0.dropFirst(4)):80</Value></member></Tags>"
            }) + "</TagDescriptions>")
        case "DescribeListeners":
            return result("DescribeListeners", "<Listeners>"
                + members(["<ListenerArn>\(isSecond ? "two" : "one")</ListenerArn>"]) + "</Listeners>" + next)
        case "DescribeRules":
            guard rulesBefore > 0 else {
                return Response(400, "text/xml", "<ErrorResponse><Error><Code>Throttling</Code>"
                    + "<Message>Rate exceeded</Message></Error></ErrorResponse>")
            }
            return result("DescribeRules", "<Rules>" + members([
                "<Actions><member><ForwardConfig><TargetGroups><member><TargetGroupArn>arn:canary</TargetGroupArn>"
                    + "<Weight>5</Weight></member><member><TargetGroupArn>arn:stable</TargetGroupArn>"
                    + "<Weight>95</Weight></member></TargetGroups></ForwardConfig></member></Actions>",
            ]) + "</Rules>")
        case "DescribeTargetHealth":
            return result("DescribeTargetHealth", "<TargetHealthDescriptions>" + members([
                "<Target><Id>10.0.0.1</Id><Port>8080</Port></Target>"
                    + "<TargetHealth><State>initial</State></TargetHealth>",
            ]) + "</TargetHealthDescriptions>")
        default: return Response(400, "text/xml", "<a/>")
        }
    }

    static let keys = [
        "AWS_ACCESS_KEY_ID": "AKTEST", "AWS_SECRET_ACCESS_KEY": "hush-hush", "AWS_REGION": "eu-west-1",
    ]

    @Test func everyPageIsRead() async throws {
        let rules = Mutex(0)
        let cloud = Cloud { seen, _ in
            let before = rules.withLock { rules in
                if seen.body.contains("Action=DescribeRules&") { rules += 1 }
                return rules - 1
            }
            return Self.balancing(seen, before)
        }
        let contents = try await cloud.serve(Self.keys) { client, address in
            let source = AWSLoadBalancerSource(
                aws: client.aws, transport: EmbeddedCluster(), settings: LoadBalancerKnowledge.Settings())
            var contents: [LoadBalancerAnswer.Content] = []
            for name in ["mine.example.com", "mine.example.com", "nobody.example.com"] {
                contents.append(await source.answer(
                    .divisions(ingress: "web", hostNames: [name], action: ""), in: "shop"))
            }
            #expect(AWSAccessTests.isWellSigned(
                cloud.seen[0], address: address, "AKTEST", region: "eu-west-1", service: "elasticloadbalancing"))
            return contents
        }
        guard case .loadBalancers(let found) = contents[0], let mine = found.first else {
            Issue.record("\(contents[0])")
            return
        }
        #expect(mine.name == "mine" && mine.targetGroups.count == 27)
        #expect(mine.targetGroups.first?.resourceID == "shop/web-canary:80")
        #expect(mine.targetGroups.last?.resourceID == "shop/web-stable:80")
        #expect(mine.divisions == Array(repeating: ["arn:canary": 5, "arn:stable": 95], count: 2))
        #expect(contents[1] == contents[0])
        #expect(contents[2] == .missing(hostName: "nobody.example.com"))
        let lists = cloud.seen.count { $0.body.contains("Action=DescribeLoadBalancers&") }
        #expect(lists == 4, "a host name that is known is not looked for again")
    }

    @Test func aHostNameInAnotherCaseIsKnown() async throws {
        let cloud = Cloud { seen, _ in Self.balancing(seen, 1) }
        let contents = try await cloud.serve(Self.keys) { client, _ in
            let source = AWSLoadBalancerSource(
                aws: client.aws, transport: EmbeddedCluster(), settings: LoadBalancerKnowledge.Settings())
            var contents: [LoadBalancerAnswer.Content] = []
            for name in ["Mine.example.com", "mine.example.com", "MINE.Example.com"] {
                contents.append(await source.answer(
                    .divisions(ingress: "web", hostNames: [name], action: ""), in: "shop"))
            }
            return contents
        }
        guard case .loadBalancers(let found) = contents[0] else {
            Issue.record("\(contents[0])")
            return
        }
        #expect(found.map(\.name) == ["mine"])
        #expect(contents == Array(repeating: contents[0], count: 3))
        let lists = cloud.seen.count { $0.body.contains("Action=DescribeLoadBalancers&") }
        #expect(lists == 2, "the two pages are read once")
    }

    @Test func aRefusalIsSaid() async throws {
        let cloud = Cloud { _, _ in
            Response(403, "text/xml", "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User is not authorized "
                + "to perform elasticloadbalancing:DescribeLoadBalancers</Message></Error></ErrorResponse>")
        }
        let content = try await cloud.serve(Self.keys) { client, _ in
            await AWSLoadBalancerSource(
                aws: client.aws, transport: EmbeddedCluster(), settings: LoadBalancerKnowledge.Settings()
            ).answer(.divisions(ingress: "web", hostNames: ["a"], action: ""), in: "shop")
        }
        #expect(content == .failure("DescribeLoadBalancers: Elastic Load Balancing answers AccessDenied: User is not "
            + "authorized to perform elasticloadbalancing:DescribeLoadBalancers"))
    }

    @Test func targetsAreComparedWithEndpoints() async throws {
        let cloud = Cloud { seen, _ in Self.balancing(seen, 1) }
        let cluster = EmbeddedCluster()
        let bindings = ResourceType(
            group: "elbv2.k8s.aws", version: "v1beta1", plural: "targetgroupbindings", kind: "TargetGroupBinding")
        _ = try cluster.perform(.create(bindings, namespace: "default", [
            "metadata": ["name": "web"],
            "spec": [
                "targetGroupARN": "arn:canary", "targetType": "ip", "serviceRef": ["name": "web", "port": 80],
            ],
        ]))
        _ = try cluster.perform(.create(.services, namespace: "default", [
            "metadata": ["name": "web"],
            "spec": ["selector": ["app": "web"], "ports": [["name": "http", "port": 80, "targetPort": "http"]]],
        ]))
        _ = try cluster.perform(.create(.endpoints, namespace: "default", [
            "metadata": ["name": "web"],
            "subsets": [[
                "addresses": [["ip": "10.0.0.1"], ["ip": "10.0.0.2"]], "ports": [["name": "http", "port": 8080]],
            ]],
        ]))
        let content = try await cloud.serve(Self.keys) { client, _ in
            await AWSLoadBalancerSource(
                aws: client.aws, transport: cluster, settings: LoadBalancerKnowledge.Settings()
            ).answer(.targets(service: "web", hash: "abc"), in: "default")
        }
        guard case .registrations(let registrations) = content else {
            Issue.record("\(content)")
            return
        }
        #expect(registrations.map(\.registered) == [1] && registrations.map(\.total) == [2])
    }

    /// A load balancer that follows its Ingress some looks late.
    final class LateSource: LoadBalancerSource {
        let cluster: EmbeddedCluster
        private let looks = Mutex<[String: Int]>([:])
        /// What the load balancer divided when it was asked.
        let seen = Mutex<[Int]>([])

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        func answer(_ question: LoadBalancerQuestion, in namespace: String) async -> LoadBalancerAnswer.Content {
            guard case .divisions(let ingress, _, let action) = question else { return .registrations([]) }
            let count = looks.withLock { looks in
                looks[action, default: 0] += 1
                return looks[action] ?? 0
            }
            if count == 1 { return .failure("Throttling: Rate exceeded") }
            let groups = (try? JSONReader.value(action))?["ForwardConfig"]?["TargetGroups"]?.array ?? []
            var balancer = LoadBalancer(arn: "arn:lb/app/lb/1", name: "lb")
            var division: LoadBalancer.Division = [:]
            for group in groups {
                let name = group["ServiceName"]?.string ?? ""
                balancer.targetGroups.append(LoadBalancer.TargetGroup(
                    arn: "arn:" + name, name: name, resourceID: "\(namespace)/\(ingress)-\(name):80"))
                let isCanary = name == "web-canary"
                let asked = group["Weight"]?.integer ?? 0
                division["arn:" + name] = count > 2 ? asked : isCanary ? 0 : 100
                if isCanary, count > 2 { seen.withLock { $0.append(asked) } }
            }
            balancer.divisions = [division]
            return .loadBalancers([balancer])
        }
    }

    /// A whole update in the embedded cluster, which goes on only when the load balancer has followed.
    @Test(.enabled(if: Conformance.isThere, "needs the recorded scenarios")) func anUpdateWaitsForItsLoadBalancer()
        async throws
    {
        let rig = try ConformanceRig("alb")
        let source = LateSource(rig.cluster)
        var settings = Controller.Settings()
        settings.loadBalancers = LoadBalancerKnowledge.Settings()
        rig.controller = Controller(
            transport: rig.cluster, clock: rig.clock, settings: settings, loadBalancers: source)
        let scenario = try Conformance.read("scenarios/canary-alb.yaml")
        let name = ObjectName(namespace: rig.namespace, name: "web")
        for var object in scenario["script"]?[0]?["apply"]?.array ?? [] {
            if object["kind"] == "Rollout" {
                object.set(["spec", "strategy", "canary", "steps"], to: [["setWeight": 10], ["setWeight": 60]])
            }
            let kind = try #require(object["kind"]?.string)
            let type = try #require([
                "Service": ResourceType.services, "Ingress": .ingresses, "Rollout": .rollouts,
            ][kind])
            _ = try rig.cluster.perform(.create(type, namespace: rig.namespace, object))
        }
        _ = try rig.cluster.perform(.patch(.ingresses, name, [
            "status": ["loadBalancer": ["ingress": [["hostname": "lb.example.com"]]]],
        ], subresource: .status))
        try await rig.pass(60)
        func rollout() throws -> JSONValue { try rig.cluster.perform(.get(.rollouts, name)) }
        #expect(try rollout()["status"]?["phase"] == "Healthy")
        _ = try rig.cluster.perform(.patch(.rollouts, name, ["spec": ["template": ["metadata": [
            "annotations": ["v": "2"],
        ]]]]))
        try await rig.pass(5)
        // It has failed once, and says nothing for ten seconds.
        #expect(try rollout()["status"]?["currentStepIndex"] == 0)
        #expect(try rollout()["status"]?["canary"]?["weights"]?["verified"] == false)
        try await rig.pass(120)
        #expect(try rollout()["status"]?["phase"] == "Healthy")
        #expect(try rollout()["status"]?["alb"]?["loadBalancer"]?["name"] == "lb")
        #expect(source.seen.withLock { $0 }.filter { $0 > 0 } == [10, 60, 100])
        let events = try rig.cluster.perform(.list(.events, namespace: rig.namespace))["items"]?.array ?? []
        let reasons = Set(events.compactMap { $0["reason"]?.string })
        #expect(reasons.isSuperset(of: ["WeightVerifyError", "TargetGroupUnverified", "TargetGroupVerified"]))
    }
}
