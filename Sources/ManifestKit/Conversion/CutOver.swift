/// What a cut-over depends on.
struct CutOverFacts: Sendable {
    var strategy = ConversionOptions.Strategy.canary
    var isRecreate = false
    var isPaused = false
    var usesWorkloadReference = false
    var scaleDown = ConversionOptions.ScaleDown.never
    var stableService: String?
    var replicas: Int?
    var autoscalers: [ConversionReport.ObjectName] = []
    /// The file of each autoscaler.
    var autoscalerFiles: [String] = []
    /// The labels that select the pods, as kubectl takes them.
    var selector = ""
    /// The workload's file.
    var file = ""
    /// The files of its Services.
    var serviceFiles: [String] = []
    /// The files of the routes that changed.
    var routeFiles: [String] = []
    /// All files of the workload but those of its autoscalers, in the order in which they are applied.
    var files: [String] { serviceFiles + routeFiles + [file] }
}

/// Writes kubectl commands for one namespace.
private struct Kubectl {
    let namespace: String?

    func callAsFunction(_ command: String) -> String {
        namespace.map { "kubectl -n \($0) \(command)" } ?? "kubectl \(command)"
    }

    func apply(_ files: [String]) -> [String] {
        var seen: Set<String> = []
        return files.filter { seen.insert($0).inserted }.map {
            self("apply -f " + ($0 == "-" ? "FILE" : Self.quoted($0)))
        }
    }

    static func quoted(_ path: String) -> String {
        path.utf8.allSatisfy {
            ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || "-_./+@%".utf8.contains($0)
        }
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension CutOver {
    /// How a Deployment that takes traffic becomes a Rollout.
    static func toRollout(_ workload: ConversionReport.ObjectName, _ facts: CutOverFacts) -> CutOver {
        let kubectl = Kubectl(namespace: workload.namespace)
        let name = workload.name
        var steps = [check(kubectl, facts)]
        if !facts.usesWorkloadReference { steps.append(keep("deployment", name, kubectl)) }
        steps += hold(facts, kubectl)
        if facts.isPaused {
            steps.append(
                Step(
                    "Set spec.paused of the Rollout to false",
                    "A paused Rollout never says that it is Healthy, so the wait below would not end"))
        }
        if facts.isRecreate, !facts.usesWorkloadReference {
            steps += recreate(name, facts, kubectl)
        } else {
            steps += besides(name, facts, kubectl)
        }
        steps += release(facts, kubectl, live: "Rollout")
        if facts.usesWorkloadReference {
            steps.append(
                Step(
                    "Set spec.replicas of the Deployment to 0 in \(facts.file == "-" ? "its file" : facts.file)",
                    "Otherwise the next one who applies the file starts its pods again, beside the Rollout's. "
                        + "Never delete the "
                        + "Deployment: the Rollout reads its template. To go back, scale the Deployment up and "
                        + "wait for its pods before the Rollout goes",
                    []))
        } else {
            steps.append(
                Step(
                    "Delete the Deployment when nobody wants to go back any more",
                    "Not with --cascade=orphan: its ReplicaSets would match the Rollout's selector, and the "
                        + "Rollout would adopt them",
                    [kubectl("delete deployment \(name)")]))
        }
        return CutOver(workload: workload, steps: steps)
    }

    /// Both run side by side until the new pods are ready.
    private static func besides(_ name: String, _ facts: CutOverFacts, _ kubectl: Kubectl) -> [Step] {
        var steps: [Step] = []
        let apart =
            "Neither takes the other's pods: pod-template-hash and rollouts-pod-template-hash keep their "
                + "ReplicaSets apart"
        steps += start("Rollout", beside: "deployment", name, "\(apart). ", facts, kubectl)
        steps.append(
            Step(
                "Wait until the Rollout is Healthy",
                "A first revision takes no steps and no pauses. "
                    + (facts.stableService == nil
                        ? "Its pods join the Deployment's behind the Service as they become ready"
                        : "The Service goes on sending traffic to the Deployment's pods until every pod of the "
                            + "Rollout is available"),
                [kubectl("wait rollout/\(name) --for=jsonpath='{.status.phase}'=Healthy --timeout=15m")]))
        if let service = facts.stableService {
            steps.append(
                Step(
                    "See that Service \(service) has gone over to the Rollout's pods",
                    "Its selector has rollouts-pod-template-hash now, so it no longer selects the Deployment's "
                        + "pods. Give load balancers "
                        + "and open connections time (a minute, or as long as they drain) before the next step",
                    [
                        kubectl(
                            "get service \(service) -o "
                                + "jsonpath='{.spec.selector.rollouts-pod-template-hash}{\"\\n\"}'"),
                        kubectl("get endpointslices -l kubernetes.io/service-name=\(service)"),
                    ]))
        }
        if facts.usesWorkloadReference, facts.scaleDown != .never {
            steps.append(
                Step(
                    "See that the controller has scaled the Deployment down",
                    "It does so only in the Rollout's first revision; where it did not, scale it down by hand",
                    [
                        kubectl("get deployment \(name) -o jsonpath='{.spec.replicas}{\"\\n\"}'"),
                        kubectl("scale deployment \(name) --replicas=0"),
                    ]))
        } else {
            steps.append(
                Step(
                    "Scale the Deployment to zero, and watch errors and latency",
                    facts.stableService == nil
                        ? "The Rollout's pods alone serve now. To go back, scale it up again before the Rollout goes"
                        : "It has no traffic any more. To go back, scale it up, wait for its pods, and only then "
                            + "take the Service away from "
                            + "the Rollout (rollout-render convert --reverse writes the order)",
                    [kubectl("scale deployment \(name) --replicas=0")]))
        }
        return steps
    }

    /// Two versions must not run at once, so the old pods go first.
    private static func recreate(_ name: String, _ facts: CutOverFacts, _ kubectl: Kubectl) -> [Step] {
        [
            Step(
                "Scale the Deployment to zero and wait until its pods are gone",
                "With strategy Recreate two sets of pods must never run side by side. The service is away until "
                    + "the next "
                    + "step is done, as in every update so far",
                [
                    kubectl("scale deployment \(name) --replicas=0"),
                    kubectl("wait pod -l \(facts.selector) --for=delete --timeout=10m"),
                ]),
            Step(
                "Start the Rollout and wait until it is Healthy",
                "To go back, scale the Rollout to zero and the Deployment up again",
                kubectl.apply(facts.files)
                    + [kubectl("wait rollout/\(name) --for=jsonpath='{.status.phase}'=Healthy --timeout=15m")]),
        ]
    }

    /// How a Rollout that takes traffic becomes a Deployment.
    static func toDeployment(_ workload: ConversionReport.ObjectName, _ facts: CutOverFacts, services: [String])
        -> CutOver
    {
        let kubectl = Kubectl(namespace: workload.namespace)
        let name = workload.name
        var steps = [
            Step(
                "See that no update is under way",
                "A Rollout in the middle of an update has two versions; finish or abort it first",
                [kubectl("wait rollout/\(name) --for=jsonpath='{.status.phase}'=Healthy --timeout=1m")])
        ]
        steps.append(keep("rollout", name, kubectl))
        steps += hold(facts, kubectl)
        if facts.usesWorkloadReference {
            steps.append(
                Step(
                    "Scale the Deployment up and wait for its pods",
                    "It stands at zero; nothing scales it up when the Rollout goes",
                    [
                        kubectl("scale deployment \(name) --replicas=N"),
                        kubectl("rollout status deployment/\(name) --timeout=15m"),
                    ]))
        } else {
            steps += start("Deployment", beside: "rollout", name, "", facts, kubectl)
            steps.append(
                Step(
                    "Wait for its pods", "They get no traffic yet where the Rollout holds the Service",
                    [kubectl("rollout status deployment/\(name) --timeout=15m")]))
        }
        if !services.isEmpty {
            let free =
                #"{"spec":{"strategy":{"blueGreen":null,"canary":{"stableService":null,"canaryService":null,"#
                + #""trafficRouting":null}}}}"#
            steps.append(
                Step(
                    "Take the Services away from the Rollout",
                    "As long as it names them, their selectors hold its rollouts-pod-template-hash, and the "
                        + "Deployment's pods get "
                        + "no traffic. Once it does not, the controller takes that out, and both sets of pods "
                        + "serve. Go on when no "
                        + "selector printed has it any more",
                    [kubectl("patch rollout \(name) --type=merge -p '\(free)'")]
                        + services.map { kubectl("get service \($0) -o jsonpath='{.spec.selector}{\"\\n\"}'") }))
        }
        steps.append(
            Step(
                "Scale the Rollout to zero, and watch errors and latency", "To go back, scale it up again",
                [kubectl("scale rollout \(name) --replicas=0")]))
        steps += release(facts, kubectl, live: "Deployment")
        steps.append(
            Step(
                "Delete the Rollout when nobody wants to go back any more",
                "Not with --cascade=orphan: its ReplicaSets would match the Deployment's selector, and the "
                    + "Deployment would adopt them. "
                    + "Then remove canary and preview Services, and routes to them",
                [kubectl("delete rollout \(name)")]))
        return CutOver(workload: workload, steps: steps)
    }

    // MARK: Steps that both ways share

    private static func check(_ kubectl: Kubectl, _ facts: CutOverFacts) -> Step {
        Step(
            "See that the cluster takes the manifests", "The controller and its CRDs have to be there first",
            ["kubectl get crd rollouts.argoproj.io"]
                + kubectl.apply(facts.files).map { $0.replacingFirst("apply", "apply --dry-run=server") })
    }

    private static func keep(_ kind: String, _ name: String, _ kubectl: Kubectl) -> Step {
        Step(
            "Keep Argo CD, Flux or Helm from deleting the \(kind == "rollout" ? "Rollout" : "Deployment")",
            "The manifests no longer have it; one that prunes would delete it before the new pods are ready. "
                + "Annotate what lives in the cluster, before anything is synced",
            [
                kubectl(
                    "annotate \(kind) \(name) argocd.argoproj.io/sync-options=Prune=false "
                        + "kustomize.toolkit.fluxcd.io/prune=disabled helm.sh/resource-policy=keep --overwrite")
            ])
    }

    private static func hold(_ facts: CutOverFacts, _ kubectl: Kubectl) -> [Step] {
        guard !facts.autoscalers.isEmpty else { return [] }
        let commands = facts.autoscalers.map { scaler in
            switch scaler.kind {
            case "ScaledObject":
                kubectl("annotate scaledobject \(scaler.name) autoscaling.keda.sh/paused=true --overwrite")
            case "VerticalPodAutoscaler":
                kubectl(#"patch vpa \#(scaler.name) --type=merge -p '{"spec":{"updatePolicy":{"updateMode":"Off"}}}'"#)
            default:
                kubectl(
                    #"patch hpa \#(scaler.name) --type=merge -p "#
                        + #"'{"spec":{"behavior":{"scaleDown":{"selectPolicy":"Disabled"}}}}'"#
                )
            }
        }
        return [
            Step(
                "Keep the autoscaler from scaling down",
                "With both sets of pods behind one label selector its averages halve, and it would take pods away "
                    + "in the middle of the cut-over",
                commands)
        ]
    }

    /// Starts the new workload, with as many pods as run now where its manifest does not say how many.
    private static func start(
        _ kind: String, beside old: String, _ name: String, _ reason: String, _ facts: CutOverFacts, _ kubectl: Kubectl
    ) -> [Step] {
        let room =
            reason + "Until the old one is scaled down twice the pods run, so there has to be room and quota for them"
        let title = "Start the \(kind) beside the \(old == "rollout" ? "Rollout" : "Deployment")"
        guard !facts.autoscalers.isEmpty || facts.replicas == nil else {
            return [Step(title, room, kubectl.apply(facts.files))]
        }
        var steps: [Step] = []
        if let replicas = facts.replicas {
            steps.append(
                Step(
                    "Take spec.replicas (\(replicas)) out of the \(kind) in "
                        + "\(facts.file == "-" ? "its manifest" : facts.file)",
                    "The size is the autoscaler's to choose; the number in the manifest would be set again with "
                        + "every apply"
                ))
        }
        let pick =
            "'(.items // [.])[] | select(.kind == \"\(kind)\" and .metadata.name == \"\(name)\") | .spec.replicas = $n'"
        let file = facts.file == "-" ? "FILE" : Kubectl.quoted(facts.file)
        let create =
            kubectl("create --dry-run=client -o json -f \(file)") + " | jq --argjson n \"$N\" \(pick) | "
            + kubectl("create -f -")
        steps.append(
            Step(
                title + ", with as many pods as run now",
                "Its manifest alone would start one pod, which would soon have all the traffic. "
                    + "Because it is created and not applied, a later apply leaves the number alone. " + room,
                ["N=$(" + kubectl("get \(old) \(name) -o jsonpath='{.spec.replicas}'") + ")", create]
                    + kubectl.apply(facts.files)))
        return steps
    }

    private static func release(_ facts: CutOverFacts, _ kubectl: Kubectl, live: String) -> [Step] {
        guard !facts.autoscalers.isEmpty else { return [] }
        let commands = facts.autoscalers.compactMap { scaler -> String? in
            switch scaler.kind {
            case "ScaledObject": kubectl("annotate scaledobject \(scaler.name) autoscaling.keda.sh/paused-")
            case "VerticalPodAutoscaler": nil
            default:
                kubectl(
                    #"patch hpa \#(scaler.name) --type=json -p "#
                        + #"'[{"op":"remove","path":"/spec/behavior/scaleDown/selectPolicy"}]'"#
                )
            }
        }
        return [
            Step(
                "Let the autoscaler scale the \(live)", "Its manifest names the \(live) now",
                commands + kubectl.apply(facts.autoscalerFiles))
        ]
    }
}

extension String {
    /// The text with the first place of another text replaced.
    fileprivate func replacingFirst(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
