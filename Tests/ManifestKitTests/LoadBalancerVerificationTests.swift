import Testing

@testable import ManifestKit

/// Plans that wait for load balancers to follow, and what the API of load balancers answers.
@Suite struct LoadBalancerVerificationTests {
    static let alb = """
        canary:
          canaryService: c
          stableService: s
          scaleDownDelaySeconds: 30
          trafficRouting: {alb: {ingress: web, servicePort: 80}}
          steps: [{setWeight: 20}]
        """

    /// A Rollout that has been deployed, with an update under way, where load balancers are verified.
    static func updating(_ strategy: String = alb) throws -> IdealWorld {
        var ideal = try PlannerTests.deployed(strategy)
        let key = ObjectKey(.ingress, "web")
        if var ingress = ideal.world.objects[key] {
            ingress.set(["status", "loadBalancer", "ingress"], to: .array([["hostname": "lb.example.com"]]))
            ideal.world.set(key, ingress)
        }
        var settings = LoadBalancerKnowledge.Settings()
        settings.retrySeconds = 7
        ideal.world.loadBalancers = LoadBalancerKnowledge(settings: settings)
        try PlannerTests.settle(&ideal)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        return ideal
    }

    static func plan(_ ideal: IdealWorld) -> Plan { RolloutPlanner().plan(ideal.world, now: ideal.now) }

    static func loadBalancer(canary: Int, stable: Int, more: [LoadBalancer.Division] = []) -> LoadBalancer {
        LoadBalancer(
            arn: "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/lb/50dc", name: "lb",
            targetGroups: [("c", "arn:c/k8s-c/1"), ("s", "arn:s/k8s-s/2"), ("x", "arn:x/x/3")].map {
                LoadBalancer.TargetGroup(arn: $0.1, name: "k8s-\($0.0)", resourceID: "shop/web-\($0.0):80")
            },
            divisions: [["arn:c/k8s-c/1": canary, "arn:s/k8s-s/2": stable]] + more)
    }

    static func answer(_ ideal: inout IdealWorld, _ content: LoadBalancerAnswer.Content) throws {
        let question = try #require(plan(ideal).questions.first)
        ideal.world.loadBalancers?.answers = [question: LoadBalancerAnswer(content, at: ideal.now)]
    }

    static func events(_ plan: Plan) -> [String] {
        plan.actions.compactMap { if case .emit(let event) = $0 { "\(event.reason): \(event.message)" } else { nil } }
    }

    @Test func aStepWaitsForItsShare() throws {
        var ideal = try Self.updating()
        #expect(ideal.world.rollout.status.currentStepIndex == 0)
        #expect(ideal.world.rollout.status.weights?.canary.weight == 20)
        #expect(ideal.world.rollout.status.weights?.isVerified == false)
        // Another share than the one that is wanted: asked again after a while, and people are told.
        try Self.answer(&ideal, .loadBalancers([Self.loadBalancer(canary: 0, stable: 100)]))
        let waiting = Self.plan(ideal)
        #expect(waiting.questions.isEmpty && waiting.wakeAt == ideal.now.after(7))
        #expect(Self.events(waiting) == [
            "TargetGroupUnverified: Service c (TargetGroup arn:c/k8s-c/1) not verified: canary weight 20 not yet set "
                + "(current: 0)",
        ])
        ideal.now = ideal.now.after(7)
        #expect(Self.plan(ideal).questions.count == 1)
        // A rule for headers leads to the canary alone, and says nothing about shares.
        try Self.answer(&ideal, .loadBalancers([
            Self.loadBalancer(canary: 20, stable: 80, more: [["arn:c/k8s-c/1": 100]]),
        ]))
        let plan = Self.plan(ideal)
        #expect(Self.events(plan).contains(
            "TargetGroupVerified: Service c (TargetGroup arn:c/k8s-c/1) verified: canary weight 20 set"))
        #expect(plan.status.currentStepIndex == 1)
        let status = plan.status.json
        #expect(status["alb"] == [
            "loadBalancer": [
                "name": "lb", "arn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/lb/50dc",
                "fullName": "lb/50dc",
            ],
            "canaryTargetGroup": ["name": "k8s-c", "arn": "arn:c/k8s-c/1", "fullName": "k8s-c/1"],
            "stableTargetGroup": ["name": "k8s-s", "arn": "arn:s/k8s-s/2", "fullName": "k8s-s/2"],
            "ingress": "web",
        ])
        #expect(status["albs"] == .array([status["alb"]!]))
    }

    @Test func nothingIsTakenAwayBeforeTheLoadBalancerHasFollowed() throws {
        var ideal = try Self.updating()
        try Self.answer(&ideal, .loadBalancers([Self.loadBalancer(canary: 20, stable: 80)]))
        try PlannerTests.settle(&ideal)
        // All traffic is asked for now, and the load balancer is not there yet.
        #expect(ideal.world.rollout.status.weights?.canary.weight == 100)
        #expect(ideal.world.rollout.status.weights?.isVerified == false)
        #expect(!ideal.world.rollout.isFullyPromoted && PlannerTests.sizes(ideal)[0] == 4)
        for content in [
            LoadBalancerAnswer.Content.loadBalancers([Self.loadBalancer(canary: 20, stable: 80)]),
            .missing(hostName: "lb.example.com"), .failure("Throttling: Rate exceeded"), .loadBalancers([
                Self.loadBalancer(canary: 100, stable: 0, more: [["arn:c/k8s-c/1": 20, "arn:s/k8s-s/2": 80]]),
            ]),
        ] {
            try Self.answer(&ideal, content)
            try PlannerTests.settle(&ideal)
            #expect(!ideal.world.rollout.isFullyPromoted, "\(content)")
            ideal.now = ideal.now.after(10)
        }
        try Self.answer(&ideal, .loadBalancers([Self.loadBalancer(canary: 100, stable: 0)]))
        try PlannerTests.settle(&ideal)
        #expect(ideal.world.rollout.isFullyPromoted)
        // The stable service leads to the new pods, of which the load balancer may not know yet.
        #expect(PlannerTests.sizes(ideal) == [4, 4])
        #expect(!ideal.world.replicaSets[0].hasScaleDownDeadline)
        let hash = ideal.world.replicaSets[1].hash
        #expect(Self.plan(ideal).questions == [.targets(service: "s", hash: hash)])
        var registration = TargetGroupRegistration(targetGroup: "arn:s", expected: [], targets: [])
        registration.total = 4
        registration.registered = 3
        try Self.answer(&ideal, .registrations([registration]))
        #expect(Self.events(Self.plan(ideal)) == [
            "TargetGroupUnverified: Service s (TargetGroup arn:s) not verified: 3/4 endpoints registered",
        ])
        ideal.now = ideal.now.after(7)
        registration.registered = 4
        try Self.answer(&ideal, .registrations([registration]))
        try PlannerTests.settle(&ideal)
        #expect(ideal.world.replicaSets[0].hasScaleDownDeadline)
        ideal.now = ideal.now.after(31)
        try PlannerTests.settle(&ideal)
        #expect(PlannerTests.sizes(ideal) == [0, 4])
    }

    /// Ping and pong behind two Ingresses: both load balancers have to follow before anything goes on.
    @Test func bothIngressesOfPingPongHaveToFollow() throws {
        var ideal = try PlannerTests.deployed("""
            canary:
              pingPong: {pingService: c, pongService: s}
              scaleDownDelaySeconds: 30
              trafficRouting: {alb: {ingresses: [web, shop], rootService: root, servicePort: 80}}
              steps: [{setWeight: 20}]
            """)
        for name in ["web", "shop"] {
            let key = ObjectKey(.ingress, name)
            var ingress = try #require(ideal.world.objects[key])
            ingress.set(["status", "loadBalancer", "ingress"], to: .array([["hostname": .string("\(name).example.com")]]))
            ideal.world.set(key, ingress)
        }
        ideal.world.loadBalancers = LoadBalancerKnowledge(settings: LoadBalancerKnowledge.Settings())
        func balancer(_ ingress: String, ping: Int, pong: Int) -> LoadBalancer {
            LoadBalancer(
                arn: "arn:\(ingress)", name: ingress,
                targetGroups: ["c", "s"].map {
                    LoadBalancer.TargetGroup(arn: "arn:\($0)/k8s/1", name: $0, resourceID: "shop/\(ingress)-\($0):80")
                },
                divisions: [["arn:c/k8s/1": ping, "arn:s/k8s/1": pong]])
        }
        func answer(web: (Int, Int), shop: (Int, Int)) throws {
            let now = ideal.now
            ideal.world.loadBalancers?.answers = [:]
            for question in Self.plan(ideal).questions {
                guard case .divisions(let name, let hosts, let action) = question else { continue }
                #expect(hosts == ["\(name).example.com"] && action.contains("\"ServiceName\":\"s\""))
                let shares = name == "web" ? web : shop
                let content = LoadBalancerAnswer.Content.loadBalancers([
                    balancer(name, ping: shares.0, pong: shares.1),
                ])
                ideal.world.loadBalancers?.answers[question] = LoadBalancerAnswer(content, at: now)
            }
            #expect(ideal.world.loadBalancers?.answers.count == 2)
            try PlannerTests.settle(&ideal)
        }
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        let router = try #require(ideal.world.rollout.spec.strategy.canary?.trafficRouting?.routers.first)
        #expect(router.observedWeights(of: ideal.world.rollout, in: ideal.world) == [20, 20])
        // Pong is the canary. One load balancer lags.
        for shares in [((80, 20), (100, 0)), ((100, 0), (80, 20))] {
            try answer(web: shares.0, shop: shares.1)
            #expect(ideal.world.rollout.status.currentStepIndex == 0)
            #expect(ideal.world.rollout.status.weights?.isVerified == false)
        }
        try answer(web: (80, 20), shop: (80, 20))
        let status = ideal.world.rollout.status
        #expect(status.currentStepIndex == 1)
        let balancers = status.json["albs"]?.array ?? []
        #expect(balancers.map { $0["ingress"]?.string } == ["web", "shop"])
        #expect(balancers.map { $0["canaryTargetGroup"]?["name"]?.string } == ["s", "s"])
        #expect(status.json["alb"] == balancers.last)
        // At the end as well.
        try answer(web: (0, 100), shop: (80, 20))
        #expect(!ideal.world.rollout.isFullyPromoted && PlannerTests.sizes(ideal)[0] == 4)
        try answer(web: (0, 100), shop: (0, 100))
        #expect(ideal.world.rollout.isFullyPromoted && ideal.world.rollout.status.stablePingPong == .pong)
        let hash = ideal.world.replicaSets[1].hash
        #expect(Self.plan(ideal).questions == [.targets(service: "s", hash: hash)])
        #expect(!ideal.world.replicaSets[0].hasScaleDownDeadline)
    }

    @Test func aDynamicStableVersionKeepsItsPodsUntilThen() throws {
        var ideal = try Self.updating(
            Self.alb.replacing("canaryService: c", with: "canaryService: c\n  dynamicStableScale: true"))
        #expect(ideal.world.rollout.status.weights?.isVerified == false)
        #expect(PlannerTests.sizes(ideal) == [4, 1])
        try Self.answer(&ideal, .loadBalancers([Self.loadBalancer(canary: 20, stable: 80)]))
        try PlannerTests.settle(&ideal)
        #expect(PlannerTests.sizes(ideal)[0] == 4 && ideal.world.rollout.status.currentStepIndex == 1)
    }

    @Test func blueGreenWaitsForItsTargets() throws {
        var ideal = try Self.updating("blueGreen: {activeService: a}")
        let hash = ideal.world.replicaSets[1].hash
        #expect(ideal.world.service("a")?.podTemplateHash == hash)
        #expect(!ideal.world.rollout.isFullyPromoted)
        #expect(Self.plan(ideal).questions == [.targets(service: "a", hash: hash)])
        // Nothing is bound to the service: there is nothing to wait for.
        try Self.answer(&ideal, .registrations([]))
        try PlannerTests.settle(&ideal)
        #expect(ideal.world.rollout.isFullyPromoted)
    }

    @Test func withoutVerificationNothingIsAsked() throws {
        var ideal = try Self.updating()
        ideal.world.loadBalancers = nil
        try PlannerTests.settle(&ideal)
        #expect(Self.plan(ideal).questions.isEmpty)
        #expect(ideal.world.rollout.status.weights?.isVerified == nil)
        #expect(ideal.world.rollout.isFullyPromoted)
        #expect(ideal.world.rollout.status.json["albs"] == nil)
    }

    /// The reference ends with a panic on an Ingress without annotations.
    @Test func anIngressWithoutAnnotationsGetsThem() throws {
        var ideal = try PlannerTests.deployed(Self.alb)
        let key = ObjectKey(.ingress, "web")
        var ingress = try #require(ideal.world.objects[key])
        ingress.set(["metadata", "annotations"], to: nil)
        ideal.world.set(key, ingress)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        let action = ideal.world.objects[key]?["metadata"]?["annotations"]?["alb.ingress.kubernetes.io/actions.s"]
        #expect(action?.string?.contains("\"Weight\":") == true)
    }

    // MARK: The API

    private static let namespace = "xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\""

    static func body(_ action: String, _ result: String) -> String {
        "<\(action)Response \(namespace)><\(action)Result>\(result)</\(action)Result><ResponseMetadata>"
            + "<RequestId>1</RequestId></ResponseMetadata></\(action)Response>"
    }

    /// The examples of the API reference.
    @Test func answersAreRead() throws {
        let balancers = try LoadBalancingAPI.loadBalancers(status: 200, body: Self.body("DescribeLoadBalancers", """
            <LoadBalancers><member><LoadBalancerArn>arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer\
            /app/my-load-balancer/50dc6c495c0c9188</LoadBalancerArn><Scheme>internet-facing</Scheme>\
            <LoadBalancerName>my-load-balancer</LoadBalancerName><VpcId>vpc-3ac0fb5f</VpcId>\
            <DNSName>my-load-balancer-424835706.us-west-2.elb.amazonaws.com</DNSName>\
            <State><Code>active</Code></State></member></LoadBalancers><NextMarker>bWFya2Vy</NextMarker>
            """))
        #expect(balancers.marker == "bWFya2Vy")
        #expect(balancers.items.map(\.hostName) == ["my-load-balancer-424835706.us-west-2.elb.amazonaws.com"])
        #expect(balancers.items[0].loadBalancer.json["fullName"] == "my-load-balancer/50dc6c495c0c9188")
        let rules = try LoadBalancingAPI.rules(status: 200, body: Self.body("DescribeRules", """
            <Rules><member><IsDefault>false</IsDefault><Priority>10</Priority><Actions><member><Type>forward</Type>\
            <ForwardConfig><TargetGroups><member><TargetGroupArn>a</TargetGroupArn><Weight>20</Weight></member>\
            <member><TargetGroupArn>b</TargetGroupArn><Weight>80</Weight></member></TargetGroups></ForwardConfig>\
            </member></Actions></member><member><IsDefault>true</IsDefault><Actions><member>\
            <Type>fixed-response</Type></member></Actions></member></Rules>
            """))
        #expect(rules.items == [["a": 20, "b": 80]] && rules.marker == nil)
        let key = LoadBalancerKnowledge.Settings().tagKey
        let tags = try LoadBalancingAPI.tags(key, status: 200, body: Self.body("DescribeTags", """
            <TagDescriptions><member><ResourceArn>a</ResourceArn><Tags><member><Value>v</Value><Key>other</Key>\
            </member><member><Value>shop/web-c:80</Value><Key>ingress.k8s.aws/resource</Key></member></Tags></member>\
            <member><ResourceArn>b</ResourceArn><Tags/></member></TagDescriptions>
            """))
        #expect(tags == ["a": "shop/web-c:80"])
        let targets = try LoadBalancingAPI.targets(status: 200, body: Self.body("DescribeTargetHealth", """
            <TargetHealthDescriptions><member><HealthCheckPort>80</HealthCheckPort><TargetHealth>\
            <State>healthy</State></TargetHealth><Target><Port>8080</Port><Id>10.0.0.1</Id></Target></member>\
            <member><TargetHealth><State>draining</State></TargetHealth><Target><Port>8080</Port><Id>10.0.0.2</Id>\
            </Target></member></TargetHealthDescriptions>
            """))
        #expect(targets == [TargetAddress(address: "10.0.0.1", port: 8080)])
        let failure = #expect(throws: AWSFailure.self) {
            _ = try LoadBalancingAPI.rules(status: 400, body: "<ErrorResponse><Error><Type>Sender</Type>"
                + "<Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>")
        }
        #expect(failure?.isTransient == true)
        #expect(failure?.description == "DescribeRules: Elastic Load Balancing answers Throttling: Rate exceeded")
    }

    @Test func requestsAreForms() {
        #expect(LoadBalancingAPI.tags(of: ["arn:a", "b"], address: "http://x/").body
            == "Action=DescribeTags&Version=2015-12-01&ResourceArns.member.1=arn%3Aa&ResourceArns.member.2=b")
        #expect(LoadBalancingAPI.rules(of: "l", marker: "m=", address: "http://x/").body
            == "Action=DescribeRules&Version=2015-12-01&ListenerArn=l&Marker=m%3D")
    }

    @Test func bindingsAreMatchedWithEndpoints() {
        let service: JSONValue = [
            "metadata": ["name": "s"],
            "spec": ["ports": [["name": "http", "port": 80, "targetPort": "web"], ["port": 81, "targetPort": 9000]]],
        ]
        func binding(_ name: String, _ port: JSONValue, _ type: JSONValue = "ip", arn: String = "a") -> JSONValue {
            ["spec": [
                "targetGroupARN": .string(arn), "targetType": type, "serviceRef": ["name": .string(name), "port": port],
            ]]
        }
        let bindings = TargetGroupBinding.bindings(of: service, among: [
            binding("s", "http"), binding("s", 81, arn: "b"), binding("s", 80, "instance"), binding("t", 80),
            binding("s", 82),
        ])
        #expect(bindings.map(\.targetGroup) == ["a", "b"])
        let endpoints: JSONValue = ["subsets": [
            ["addresses": [["ip": "10.0.0.1"]], "notReadyAddresses": [["ip": "10.0.0.9"]],
                "ports": [["name": "http", "port": 8080]]],
            ["addresses": [["ip": "10.0.0.2"]], "ports": [["name": "http", "port": 8081]]],
        ]]
        #expect(bindings[0].expected(service, endpoints: endpoints) == [
            TargetAddress(address: "10.0.0.1", port: 8080), TargetAddress(address: "10.0.0.2", port: 8081),
        ])
        #expect(bindings[1].expected(service, endpoints: endpoints)?.contains(
            TargetAddress(address: "10.0.0.1", port: 9000)) == true)
    }
}
