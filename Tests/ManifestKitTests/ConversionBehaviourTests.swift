import Testing

@testable import ManifestKit

/// What a conversion decides, and what it says about it.
@Suite struct ConversionBehaviourTests {
    static func deployment(_ name: String = "web", spec: String = "", strategy: String = "") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
        spec:
        \(spec)\(strategy)  selector:
            matchLabels: {app: \(name)}
          template:
            metadata:
              labels: {app: \(name)}
            spec:
              containers: [{name: \(name), image: "x:1"}]

        """
    }

    static func service(_ name: String = "web", selector: String = "app: web", more: String = "") -> String {
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: \(name)\nspec:\n  selector: {\(selector)}\n\(more) "
            + " ports: [{port: 80}]\n"
    }

    static func convert(_ texts: String..., change: (inout ConversionOptions) -> Void = { _ in })
        -> DeploymentConverter.Result
    {
        var options = ConversionOptions()
        change(&options)
        let files = texts.enumerated().map { SourceFile(name: "\($0.offset).yaml", text: $0.element) }
        return DeploymentConverter(options: options).convert(files)
    }

    static func objects(_ result: DeploymentConverter.Result) -> [JSONValue] {
        result.files.flatMap { file in
            YAMLParser.documents(in: SourceFile(name: file.name, bytes: file.after)).flatMap {
                ManifestDocument.objects(in: $0)
            }
        }.map(\.root.json)
    }

    static func messages(_ result: DeploymentConverter.Result, _ outcome: ConversionReport.Outcome) -> String {
        result.report.entries(outcome).map { "\($0.object): \($0.message) \($0.reason ?? "")" }.joined(separator: "\n")
    }

    // MARK: Services

    @Test func aServiceOfTwoWorkloadsStaysNobodysOwn() {
        let other = "---\n" + Self.deployment("web2").replacing("app: web2", with: "app: web")
        let result = Self.convert(Self.deployment() + other + Self.service()) {
            $0.names = ["web"]
            $0.router = .nginx
        }
        let rollout = Self.objects(result).first
        #expect(rollout?["spec", "strategy", "canary"]?["stableService"] == nil)
        #expect(Self.messages(result, .attention).contains("selects the pods of Deployment web2 too"))
    }

    @Test func blueGreenWithoutAServiceIsGuessedOrRefusedByTheInput() {
        let alone = Self.convert(Self.deployment()) { $0.strategy = .blueGreen }
        #expect(Self.objects(alone).first?["spec", "strategy", "blueGreen", "activeService"] == "web")
        #expect(Self.messages(alone, .attention).contains("names are guesses"))
        let worker = Self.convert(Self.deployment() + Self.service("other", selector: "app: other")) {
            $0.strategy = .blueGreen
        }
        #expect(Self.objects(worker).first?["spec", "strategy", "blueGreen"] == nil)
        #expect(Self.messages(worker, .attention).contains("no Service in the input selects its pods"))
    }

    @Test func withoutARouterTheServiceGoesOnSelectingBothVersions() {
        let result = Self.convert(Self.deployment() + Self.service())
        #expect(Self.objects(result).count == 2)
        #expect(Self.objects(result).first?["spec", "strategy", "canary", "stableService"] == nil)
        #expect(Self.messages(result, .kept).contains("select the pods of both versions"))
    }

    @Test func theRoutedServiceIsTheStableOne() {
        let ingress = """
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: edge}
            spec:
              rules:
              - http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: public, port: {number: 80}}}}

            """
        let result = Self.convert(Self.deployment() + Self.service() + Self.service("public") + ingress) {
            $0.router = .nginx
        }
        let canary = Self.objects(result).first?["spec", "strategy", "canary"]
        #expect(canary?["stableService"] == "public")
        #expect(canary?["canaryService"] == "public-canary")
        #expect(canary?["trafficRouting", "nginx", "stableIngress"] == "edge")
        #expect(Self.messages(result, .attention).contains("Service web: selects the pods too"))
    }

    @Test func aLongServiceNameIsCut() {
        let name = String(repeating: "a", count: 63)
        let second = ServiceCompanion.name(of: name, suffix: "-preview")
        #expect(second.utf8.count == 63 && second.hasSuffix("a-preview"))
        #expect(
            ServiceCompanion.name(of: String(repeating: "a", count: 54) + "-bbbbbbb", suffix: "-preview").contains(
                "a-preview"))
    }

    @Test func aSecondServiceThatIsThereIsTaken() {
        let result = Self.convert(Self.deployment() + Self.service() + Self.service("web-preview")) {
            $0.strategy = .blueGreen
        }
        #expect(Self.objects(result).count == 3)
        #expect(Self.messages(result, .kept).contains("is taken as the preview Service"))
    }

    // MARK: Autoscalers and others

    @Test func autoscalersFollowAcrossFilesAndDefaults() {
        let scaled =
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web}\nspec:\n  scaleTargetRef:\n   "
                + " name: web\n"
        let other =
            "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\n"
            + "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}}\n"
        let result = Self.convert(Self.deployment(), scaled + other)
        let objects = Self.objects(result)
        #expect(
            objects[1]["spec", "scaleTargetRef"] == [
                "name": "web", "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            ])
        #expect(objects[2]["spec", "scaleTargetRef", "kind"] == "StatefulSet")
    }

    @Test func anAutoscalerLeftBehindFollowsLater() {
        let first = Self.convert(Self.deployment())
        let scaler =
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
            + "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n"
        let second = Self.convert(String(decoding: first.files[0].after, as: UTF8.self), scaler)
        #expect(!second.files[0].isChanged)
        #expect(Self.objects(second).last?["spec", "scaleTargetRef", "kind"] == "Rollout")
    }

    @Test func namespacesAreKeptApart() {
        let scaler =
            "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: b}\n"
            + "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n"
        let result = Self.convert(
            Self.deployment().replacing("name: web\nspec", with: "name: web\n  namespace: a\nspec") + scaler)
        #expect(Self.objects(result).last?["spec", "scaleTargetRef", "kind"] == "Deployment")
    }

    @Test func whatNamesTheDeploymentIsPointedOut() {
        let patch =
            "---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- path: p.yaml\n  "
                + "target: {kind: Deployment, name: web}\n"
        let budget =
            "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {selector: "
                + "{matchLabels: {app: web}}}\n"
        let result = Self.convert(Self.deployment() + patch + budget)
        #expect(Self.messages(result, .attention).contains("names Deployment web at patches[0].target"))
        #expect(Self.messages(result, .kept).contains("PodDisruptionBudget web"))
    }

    // MARK: Fields

    @Test func everyFieldOfADeploymentHasAnAnswer() throws {
        let spec =
            "  replicas: 3\n  minReadySeconds: 5\n  revisionHistoryLimit: 4\n  progressDeadlineSeconds: 90\n  "
                + "paused: true\n"
        let strategy = "  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 10%}}\n"
        let result = Self.convert(Self.deployment(spec: spec, strategy: strategy))
        let rollout = try #require(Self.objects(result).first?["spec"])
        #expect(
            rollout["minReadySeconds"] == 5 && rollout["revisionHistoryLimit"] == 4
                && rollout["progressDeadlineSeconds"] == 90)
        #expect(rollout["paused"] == true && rollout["replicas"] == 3)
        #expect(
            rollout["strategy", "canary", "maxSurge"] == 1 && rollout["strategy", "canary", "maxUnavailable"] == "10%")
        #expect(rollout["strategy"]?["type"] == nil)
        #expect(Self.messages(result, .attention).contains("spec.paused stays true"))
        #expect(result.report.cutOvers.first?.steps.contains { $0.title.contains("spec.paused") } == true)
    }

    @Test func recreateNeverRunsTwoVersionsByPlan() throws {
        let result = Self.convert(Self.deployment(strategy: "  strategy: {type: Recreate}\n") + Self.service()) {
            $0.strategy = .blueGreen
        }
        let canary = try #require(Self.objects(result).first?["spec", "strategy", "canary"])
        #expect(canary == ["maxSurge": 0, "maxUnavailable": "100%"])
        let commands = try #require(result.report.cutOvers.first).steps.flatMap(\.commands)
        let down = try #require(commands.firstIndex { $0.contains("scale deployment web --replicas=0") })
        let up = try #require(commands.firstIndex { $0.contains("apply -f 0.yaml") && !$0.contains("dry-run") })
        #expect(down < up)
    }

    @Test func oldGroupsAndTheirSelectors() throws {
        let text = Self.deployment().replacing("apps/v1", with: "extensions/v1beta1")
            .replacing("  selector:\n    matchLabels: {app: web}\n", with: "")
        let result = Self.convert(text)
        #expect(Self.objects(result).first?["spec", "selector"] == ["matchLabels": ["app": "web"]])
        #expect(Self.messages(result, .attention).contains("extensions/v1beta1"))
    }

    // MARK: Cut-over

    @Test func theOldPodsGoOnlyAfterTheNewOnesServe() throws {
        let result = Self.convert(Self.deployment(spec: "  replicas: 3\n") + Self.service()) {
            $0.strategy = .blueGreen
        }
        let commands = try #require(result.report.cutOvers.first).steps.flatMap(\.commands)
        func place(_ part: String) throws -> Int { try #require(commands.firstIndex { $0.contains(part) }, "\(part)") }
        #expect(try place("Prune=false") < place("apply -f 0.yaml"))
        #expect(try place("=Healthy") < place("get service web"))
        #expect(try place("get service web") < place("scale deployment web --replicas=0"))
        #expect(try place("scale deployment web --replicas=0") < place("delete deployment web"))
    }

    @Test func withoutASizeTheRolloutStartsAsLargeAsWhatRuns() throws {
        let result = Self.convert(Self.deployment())
        let commands = try #require(result.report.cutOvers.first).steps.flatMap(\.commands)
        #expect(commands.contains { $0.hasPrefix("N=$(kubectl get deployment web") })
        #expect(commands.contains { $0.contains(".spec.replicas = $n") })
    }

    // MARK: Refused

    @Test func anchorsThatOthersUseAreRefused() {
        let list = """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: apps/v1
              kind: Deployment
              metadata: {name: a}
              spec: &shared
                selector: {matchLabels: {app: a}}
                template: {metadata: {labels: {app: a}}, spec: {containers: []}}
            - apiVersion: apps/v1
              kind: Deployment
              metadata: {name: b}
              spec: *shared

            """
        let result = Self.convert(list)
        #expect(!result.isComplete)
        #expect(!result.files[0].isChanged)
        #expect(Self.messages(result, .refused).contains("&shared is used elsewhere"))
    }

    @Test func mergeKeysAreOverriddenInPlace() throws {
        let text = """
            x: &defaults
              strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              <<: *defaults
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web}}, spec: {containers: []}}

            """
        let result = Self.convert(text)
        #expect(result.isComplete)
        let rollout = try #require(Self.objects(result).first)
        #expect(rollout["spec", "strategy", "canary", "maxSurge"] == 2)
        #expect(rollout["x", "strategy", "type"] == "RollingUpdate")
    }

    @Test(arguments: [
        "a: {{ .Values.x }}\n", "a: b\n  c: d\n", "a: 1\na: 2\n",
        "kind: Deployment\nmetadata: {name: '{{ .Release.Name }}'}\n",
    ])
    func faultyInputChangesNothing(_ text: String) {
        let helm = Self.deployment("\"{{ .Release.Name }}\"")
        let result = Self.convert(Self.deployment(), text.hasPrefix("kind") ? helm : text)
        #expect(!result.isComplete)
        #expect(result.files.allSatisfy { !$0.isChanged })
    }

    @Test func anUnknownNameIsRefused() {
        #expect(!Self.convert(Self.deployment()) { $0.names = ["nobody"] }.isComplete)
        #expect(Self.convert(Self.deployment()) { $0.names = ["web"] }.isComplete)
    }

    @Test(arguments: [
        "", "kind: Deployment\n", "apiVersion: apps/v1\nkind: Deployment\nspec: 3\n", "- 1\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: []\nspec: {template: {spec: 4, metadata: [x]}, strategy: "
            + "[1], selector: 5}\n",
    ])
    func oddInputDoesNotCrash(_ text: String) {
        for direction in [ConversionOptions.Direction.toRollout, .toDeployment] {
            for router in ConversionRouter.allCases {
                let turned =
                    direction == .toRollout
                    ? text
                    : text.replacing("apps/v1", with: "argoproj.io/v1alpha1").replacing("Deployment", with: "Rollout")
                _ = Self.convert(turned, Self.service()) {
                    $0.direction = direction
                    $0.router = router
                }
            }
        }
    }

    // MARK: Steps

    @Test func stepsAreRead() throws {
        #expect(
            try ConversionStep.list("10, pause,50%,pause:10m,pause:30,100")
                == [.weight(10), .pause(nil), .weight(50), .pause("10m"), .pause("30"), .weight(100)])
        #expect(ConversionStep.pause("30").json == ["pause": ["duration": 30]])
        for wrong in [
            "", "101", "-1", "pause:", "pause:x", "pause:0", "pause:0s", "10,,20", "pause:-5m", "pause:5 m",
            "setWeight:10",
        ] {
            #expect(throws: ConversionStep.Unreadable.self, "\(wrong)") { try ConversionStep.list(wrong) }
        }
    }

    @Test func everyRouterHasACompanion() {
        for router in ConversionRouter.allCases where router != .none {
            #expect(RouteCompanions.companion(for: router) != nil)
        }
        #expect(RouteCompanions.all.map { "\($0)" } == RouteCompanions.all.map { "\($0)" }.sorted())
    }

    @Test func hostsOfServices() {
        #expect(RouteContext.names(host: "web", service: "web", namespace: nil))
        #expect(RouteContext.names(host: "web.shop.svc.cluster.local", service: "web", namespace: "shop"))
        #expect(!RouteContext.names(host: "web.other.svc", service: "web", namespace: "shop"))
        #expect(!RouteContext.names(host: "web.example.com", service: "web", namespace: nil))
    }

    @Test func aThousandWorkloadsTakeNoTimeAtAll() {
        let text = (0..<500).map {
            "---\n" + Self.deployment("web\($0)") + Self.service("web\($0)", selector: "app: web\($0)")
        }.joined()
        let clock = ContinuousClock()
        let time = clock.measure {
            let result = Self.convert(text) { $0.strategy = .blueGreen }
            #expect(result.isComplete && Self.objects(result).count == 1500)
        }
        #expect(time < .seconds(20), "\(time)")
    }
}
