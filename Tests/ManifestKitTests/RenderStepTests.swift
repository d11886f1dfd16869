import Testing

@testable import ManifestKit

/// Renderings of manifests: what a reviewer sees at each step.
@Suite struct RenderStepTests {
    static func documents(_ text: String) -> [JSONValue] {
        YAMLParser.documents(in: SourceFile(name: "test.yaml", text: text)).compactMap { $0.root?.json }
    }

    /// A Rollout with a strategy, given with the indentation that it has below `strategy:`.
    static func manifest(replicas: Int = 5, name: String = "web", _ strategy: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name), namespace: shop}
        spec:
          replicas: \(replicas)
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "example.com/web:2", ports: [{containerPort: 8080}]}
          strategy:
        \(strategy.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(separator: "\n"))
        """
    }

    static func render(
        _ manifest: String, stable: Bool = false, isInitial: Bool = false, objects: String = ""
    ) throws -> RolloutRendering {
        let rollout = try #require(documents(manifest).first)
        var old = rollout
        old.set(["spec", "template", "spec", "containers"], to: .array([["name": "web", "image": "example.com/web:1"]]))
        return StepRenderer.render(
            rollout: rollout, stable: stable ? old : nil, isInitial: isInitial, objects: documents(objects))
    }

    static func sizes(_ rendering: RolloutRendering) -> [String] {
        rendering.steps.map { "\($0.index) \($0.step) \($0.stable?.replicas ?? -1)/\($0.canary?.replicas ?? -1)" }
    }

    static func object(_ step: RenderedStep?, _ kind: String, _ name: String) -> JSONValue? {
        step?.objects.first { $0["kind"]?.string == kind && $0["metadata"]?["name"]?.string == name }
    }

    @Test func canaryWithoutRouterMovesPods() throws {
        let rendering = try Self.render(Self.manifest("""
            canary:
              steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 1h}}]
            """))
        #expect(Self.sizes(rendering) == [
            "-1 initial 5/-1", "0 setWeight: 20 4/1", "1 pause 4/1", "2 setWeight: 60 2/3", "3 pause: 1h 2/3",
            "4 done 5/-1",
        ])
        #expect(rendering.steps.map(\.durationSeconds) == [0, 0, nil, 0, 3600, 0])
        #expect(rendering.steps.map(\.weight) == [0, 20, 20, 60, 60, 100])
        #expect(rendering.steps[0].stable?.name == "web-stable")
        #expect(rendering.steps[0].stable?.hash == "stable")
        #expect(rendering.steps[1].canary?.name == "web-\(rendering.steps[1].canary?.hash ?? "")")
        #expect(rendering.steps[5].stable == rendering.steps[4].canary.map {
            RenderedStep.Version(name: $0.name, hash: $0.hash, replicas: 5)
        })
        #expect(rendering.notes.isEmpty)
    }

    @Test func versionsHaveTheirTemplates() throws {
        let rendering = try Self.render(Self.manifest("canary: {steps: [{setWeight: 50}]}"), stable: true)
        let images = rendering.steps[1].objects.map {
            $0["spec", "template", "spec", "containers"]?[0]?["image"]?.string
        }
        #expect(images == ["example.com/web:1", "example.com/web:2"])
        let canary = try #require(rendering.steps[1].objects.last)
        #expect(canary["metadata", "annotations", "rollout.argoproj.io/revision"] == "2")
        #expect(canary["metadata", "annotations", "rollout.argoproj.io/desired-replicas"] == "5")
        #expect(canary["metadata", "namespace"] == "shop")
        #expect(canary["metadata", "ownerReferences"]?[0]?["kind"] == "Rollout")
        let hash = rendering.steps[1].canary?.hash
        let places = [
            ["metadata", "labels"], ["spec", "selector", "matchLabels"], ["spec", "template", "metadata", "labels"],
        ]
        for path in places {
            #expect(path.reduce(canary) { $0[$1] ?? .null }["rollouts-pod-template-hash"]?.string == hash)
        }
    }

    @Test func nginxMakesTheCanaryIngress() throws {
        let rendering = try Self.render(Self.manifest("""
            canary:
              canaryService: web-canary
              stableService: web-stable
              trafficRouting:
                maxTrafficWeight: 1000
                nginx: {stableIngress: web, additionalIngressAnnotations: {canary-by-header: X-Canary}}
              steps: [{setWeight: 5}, {pause: {}}]
            """))
        let canary = try #require(Self.object(rendering.steps[2], "Ingress", "web-web-canary"))
        #expect(canary["metadata", "annotations"]?.stringDictionary == [
            "nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-weight": "5",
            "nginx.ingress.kubernetes.io/canary-weight-total": "1000",
            "nginx.ingress.kubernetes.io/canary-by-header": "X-Canary",
        ])
        #expect(rendering.steps[2].maximumWeight == 1000)
        #expect(rendering.notes.count == 3, "services and Ingress were made up: \(rendering.notes)")
        let abort = try #require(rendering.steps[2].abort)
        #expect(abort.weight == 0)
        #expect(abort.canaryScaleDownDelaySeconds == 30)
        let selector = Self.object(rendering.steps[3], "Service", "web-stable")?["spec", "selector"]
        #expect(selector?["rollouts-pod-template-hash"]?.string == rendering.steps[3].stable?.hash)
    }

    @Test func blueGreenHasItsStages() throws {
        let rendering = try Self.render(Self.manifest(replicas: 3, """
            blueGreen:
              activeService: active
              previewService: preview
              autoPromotionEnabled: false
              previewReplicaCount: 1
            """))
        #expect(Self.sizes(rendering) == ["-1 initial 3/-1", "0 preview 3/1", "1 switched 3/-1", "2 done 3/-1"])
        #expect(rendering.steps.map(\.totalPods) == [3, 4, 6, 3])
        #expect(rendering.steps.map(\.durationSeconds) == [0, nil, 30, 0])
        #expect(rendering.steps[1].abort?.stableReplicas == 3)
        #expect(rendering.steps[3].abort == nil)
    }

    @Test func blueGreenWithoutPauseShowsThePreviewAllTheSame() throws {
        let rendering = try Self.render(Self.manifest(replicas: 2, "blueGreen: {activeService: active}"), stable: true)
        #expect(Self.sizes(rendering) == ["-1 initial 2/-1", "0 preview 2/2", "1 switched 2/-1", "2 done 2/-1"])
        let active = rendering.steps.map { Self.object($0, "Service", "active")?["spec", "selector"] }
        #expect(active[0] == active[1])
        #expect(active[1] != active[2])
    }

    @Test func firstDeploymentHasNoSteps() throws {
        let rendering = try Self.render(Self.manifest("canary: {steps: [{setWeight: 20}]}"), isInitial: true)
        #expect(Self.sizes(rendering) == ["-1 initial -1/-1", "1 done 5/-1"])
    }

    @Test func sameTemplateMeansNoUpdate() throws {
        let rollout = try #require(Self.documents(Self.manifest("canary: {steps: [{setWeight: 20}]}")).first)
        let rendering = StepRenderer.render(rollout: rollout, stable: rollout)
        #expect(rendering.steps.map(\.index) == [-1, 1])
        #expect(rendering.notes.count == 1)
    }

    @Test func leastAvailableCountsNewPodsLater() throws {
        let rendering = try Self.render(Self.manifest(replicas: 4, """
            canary: {maxSurge: 0, maxUnavailable: 1, steps: [{setWeight: 50}]}
            """))
        #expect(rendering.steps.map(\.leastAvailablePods) == [4, 3, 3])
        let surging = try Self.render(Self.manifest(replicas: 4, "canary: {maxSurge: 1, maxUnavailable: 0}"))
        #expect(surging.steps.last?.leastAvailablePods == 4)
    }

    @Test func dynamicStableScaleShrinksTheStableVersion() throws {
        let rendering = try Self.render(Self.manifest(replicas: 10, """
            canary:
              canaryService: c
              stableService: s
              dynamicStableScale: true
              minPodsPerReplicaSet: 2
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 10}, {setWeight: 60}, {pause: {}}, {setWeight: 100}]
            """))
        #expect(Self.sizes(rendering) == [
            "-1 initial 10/-1", "0 setWeight: 10 9/2", "1 setWeight: 60 4/6", "2 pause 4/6", "3 setWeight: 100 0/10",
            "4 done 10/-1",
        ])
        #expect(rendering.steps[3].abort?.stableReplicas == 10)
        #expect(rendering.steps[3].abort?.weight == 0)
    }

    @Test func pingPongTakesTurns() throws {
        let rendering = try Self.render(Self.manifest("""
            canary:
              pingPong: {pingService: ping, pongService: pong}
              trafficRouting: {alb: {ingress: web, rootService: root, servicePort: 80}}
              steps: [{setWeight: 30}, {pause: {}}]
            """))
        let middle = rendering.steps[2]
        func hash(_ service: String, _ step: RenderedStep) -> String? {
            Self.object(step, "Service", service)?["spec", "selector", "rollouts-pod-template-hash"]?.string
        }
        #expect(hash("ping", middle) == "stable")
        #expect(hash("pong", middle) == middle.canary?.hash)
        let ingress = Self.object(middle, "Ingress", "web")
        let action = ingress?["metadata", "annotations", "alb.ingress.kubernetes.io/actions.root"]
        #expect(action?.string?.contains(#"{"ServiceName":"pong","ServicePort":"80","Weight":30}"#) == true)
        #expect(action?.string?.contains(#"{"ServiceName":"ping","ServicePort":"80","Weight":70}"#) == true)
        #expect(hash("pong", rendering.steps[3]) == rendering.steps[3].stable?.hash)
        #expect(rendering.steps[3].totalPods == 5)
        #expect(rendering.notes.allSatisfy { $0.contains("not among the files") })
    }

    @Test func antiAffinityKeepsOffTheStableVersion() throws {
        let rendering = try Self.render(Self.manifest("""
            canary:
              antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 7}}
              steps: [{setWeight: 20}]
            """))
        let canary = rendering.steps[1].objects[1]
        let term = canary["spec", "template", "spec", "affinity"]?["podAntiAffinity"]?[
            "preferredDuringSchedulingIgnoredDuringExecution"]?[0]
        #expect(term?["weight"] == 7)
        let expression = term?["podAffinityTerm", "labelSelector", "matchExpressions"]?[0]
        #expect(expression?["values"] == ["stable"])
        #expect(rendering.steps[0].objects[0]["spec", "template", "spec", "affinity"] == nil)
    }

    @Test func whatIsNotThereYetIsSaid() throws {
        let rendering = try Self.render(Self.manifest("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {traefik: {weightedTraefikServiceName: t}, plugins: {a/b: {}}}
              steps: [{setWeight: 30}, {analysis: {templates: []}}, {plugin: {name: x}}]
            """))
        #expect(rendering.notes.contains { $0.contains("TraefikService t is not among the files") })
        #expect(rendering.notes.contains { $0.contains("plugin a/b") })
        #expect(rendering.notes.contains { $0.contains("analysis") })
        #expect(rendering.steps.map(\.weight) == [0, 30, 30, 30, 100])
    }

    @Test(arguments: [
        "kind: Rollout", "kind: Rollout\nmetadata: {name: x}\nspec: {strategy: {}}",
        "kind: Rollout\nmetadata: {name: x}\nspec: {strategy: {canary: {steps: 3, trafficRouting: []}}, template: 7}",
        "kind: Rollout\nmetadata: {name: x}\nspec: {replicas: 9999999999, strategy: {canary: {maxSurge: 200%, steps: "
            + "[{setWeight: 99999999999}, {pause: {duration: 0}}, {pause: {duration: nonsense}}, {}, 7]}}, "
            + "template: {}}",
        "kind: Rollout\nmetadata: {name: x}\nspec: {replicas: -3, strategy: {blueGreen: {activeService: [a]}}, "
            + "template: {}}",
        "kind: Rollout\nmetadata: {name: x}\nspec: {replicas: 2, workloadRef: {kind: Deployment, name: y}, "
            + "strategy: {canary: {}}}",
        "kind: Rollout\nmetadata: {name: x}\nspec: {replicas: 2, strategy: {canary: "
            + "{canaryService: c, stableService: s, "
            + "trafficRouting: {istio: {virtualService: {name: v, routes: [a, b]}}, alb: {ingresses: [1]}, nginx: 3}, "
            + "steps: [{setHeaderRoute: {}}, {setMirrorRoute: {match: 3}}]}}, template: {spec: 3, metadata: []}}",
    ]) func nonsenseIsNoCrash(_ manifest: String) throws {
        let rollout = try #require(Self.documents(manifest).first)
        let rendering = StepRenderer.render(rollout: rollout)
        #expect(!rendering.notes.isEmpty || !rendering.steps.isEmpty)
    }
}
