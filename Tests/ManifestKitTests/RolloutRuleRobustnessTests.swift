import Testing

@testable import ManifestKit

/// Rules cope with whatever stands where they look: every value of a large Rollout, replaced by every strange one.
@Suite struct RolloutRuleRobustnessTests {
    static let strange: [JSONValue] = [
        .null, true, 0, .integer(.max), .integer(.min), .double(1.5e308), "", "💥 -5%", "99999999999999999999", [],
        [.null, [[]]], [["name": .null]], ["": .null, "name": ["name": 1]],
    ]

    @Test(arguments: [canary, blueGreen, referencing]) func nothingCrashes(_ text: String) throws {
        let source = SourceFile(name: "rollout.yaml", text: text)
        let root = try #require(YAMLParser.documents(in: source).first?.root).json
        let errors = Self.findings(in: root).filter { $0.severity == .error && (200..<300).contains($0.rule.number) }
        // Of all routers together few can do ping-pong.
        #expect(errors.allSatisfy { $0.rule == PingPongRule.id }, "\(errors.map(\.message))")
        for path in Self.paths(of: root, at: []) {
            for value in Self.strange {
                let found = Self.findings(in: Self.replacing(path[...], in: root, by: value))
                #expect(found.allSatisfy { !$0.message.isEmpty && !$0.message.hasSuffix(".") })
            }
        }
    }

    private static func findings(in root: JSONValue) -> [Diagnostic] {
        var validator = Validator()
        let source = SourceFile(name: "rollout.json", text: JSONWriter.text(root))
        for document in YAMLParser.documents(in: source) { validator.check(document) }
        return validator.finish()
    }

    enum Step { case field(String), element(Int) }

    private static func paths(of value: JSONValue, at path: [Step]) -> [[Step]] {
        var all = path.isEmpty ? [] : [path]
        for field in value.object?.fields ?? [] { all += paths(of: field.value, at: path + [.field(field.key)]) }
        for (index, element) in (value.array ?? []).enumerated() {
            all += paths(of: element, at: path + [.element(index)])
        }
        return all
    }

    private static func replacing(_ path: ArraySlice<Step>, in value: JSONValue, by new: JSONValue) -> JSONValue {
        guard let first = path.first else { return new }
        var value = value
        switch first {
        case .field(let key): value[key] = replacing(path.dropFirst(), in: value[key] ?? .null, by: new)
        case .element(let index):
            var elements = value.array ?? []
            elements[index] = replacing(path.dropFirst(), in: elements[index], by: new)
            value = .array(elements)
        }
        return value
    }

    static let canary = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 4
          minReadySeconds: 5
          revisionHistoryLimit: 3
          progressDeadlineSeconds: 60
          analysis: {successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 1}
          rollbackWindow: {revisions: 2}
          selector:
            matchLabels: {app: web}
            matchExpressions: [{key: app, operator: In, values: [web]}]
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: web:1
                ports: [{containerPort: 80}]
                readinessProbe: {httpGet: {port: 80, path: /}, initialDelaySeconds: 3, periodSeconds: 5}
          strategy:
            canary:
              canaryService: web-canary
              stableService: web-stable
              pingPong: {pingService: ping, pongService: pong}
              canaryMetadata: {labels: {role: canary}, annotations: {a: b}}
              antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}
              maxSurge: 25%
              maxUnavailable: 1
              scaleDownDelaySeconds: 60
              scaleDownDelayRevisionLimit: 1
              abortScaleDownDelaySeconds: 30
              minPodsPerReplicaSet: 2
              replicaProgressThreshold: {type: Pods, value: 1}
              analysis: {startingStep: 1, templates: [{templateName: a}], args: [{name: a, value: b}]}
              trafficRouting:
                managedRoutes: [{name: beta}, {name: copy}]
                maxTrafficWeight: 100
                alb:
                  ingress: web
                  servicePort: 80
                  rootService: web
                  stickinessConfig: {enabled: true, durationSeconds: 60}
                istio:
                  virtualServices: [{name: web, routes: [primary]}]
                  destinationRule: {name: web, canarySubsetName: canary, stableSubsetName: stable}
                nginx: {stableIngresses: [web]}
                plugins: {example/router: {a: b}}
                ambassador: {mappings: [web]}
                apisix: {route: {name: web, rules: [a]}}
                traefik: {weightedTraefikServiceName: web}
                smi: {}
                appMesh:
                  virtualService: {name: web}
                  virtualNodeGroup: {canaryVirtualNodeRef: {name: a}, stableVirtualNodeRef: {name: b}}
              steps:
              - setCanaryScale: {replicas: 2}
              - setHeaderRoute: {name: beta, match: [{headerName: x, headerValue: {exact: a}}]}
              - setMirrorRoute: {name: copy, percentage: 5, match: [{method: {exact: GET}, path: {prefix: /}}]}
              - setWeight: 20
              - pause: {duration: 5m}
              - pause: {duration: 30}
              - setCanaryScale: {matchTrafficWeight: true}
              - plugin: {name: example/notify, config: {a: b}}
              - analysis:
                  templates: [{templateName: a}]
                  args:
                  - {name: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                  - {name: b, valueFrom: {podTemplateHashValue: Stable}}
              - experiment:
                  duration: 1h
                  templates:
                  - name: a
                    specRef: stable
                    weight: 5
                    replicas: 1
                    metadata: {labels: {a: b}}
                    selector: {matchLabels: {a: b}}
                  analyses: [{name: a, templateName: a}]
        """

    static let blueGreen = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "web:1"}]}}
          strategy:
            blueGreen:
              activeService: web
              previewService: web-preview
              previewReplicaCount: 1
              previewMetadata: {labels: {role: preview}}
              autoPromotionEnabled: true
              autoPromotionSeconds: 30
              maxUnavailable: 1
              scaleDownDelaySeconds: 60
              scaleDownDelayRevisionLimit: 1
              antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}
              prePromotionAnalysis: {templates: [{templateName: a}]}
        """

    static let referencing = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          replicas: 3
          workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown: onsuccess}
          strategy:
            canary:
              maxSurge: 1
              maxUnavailable: 0
              steps: [{setWeight: 20}, {pause: {}}, {setWeight: 100}]
        """
}
