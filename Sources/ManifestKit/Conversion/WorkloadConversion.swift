/// Makes a Rollout of one Deployment.
struct WorkloadConversion {
    let workload: ConversionObject
    var draft: ConversionDraft
    /// What the cut-over needs to know.
    var facts = CutOverFacts()

    private var options: ConversionOptions { draft.options }
    private var input: ConversionInput { draft.input }

    init(_ workload: ConversionObject, _ draft: ConversionDraft) {
        self.workload = workload
        self.draft = draft
    }

    /// How the Rollout is to update, once the input has had its say.
    private struct Choice {
        var strategy: ConversionOptions.Strategy
        var isRecreate = false
        var services: (stable: String, second: String)?
        var routing: JSONValue?
    }

    /// The draft with the conversion in it.
    mutating func convert() -> ConversionDraft {
        guard workload.spec?.isMapping == true, workload.spec?["template"]?.isMapping == true else {
            draft.note(.refused, workload, "has no pod template, so there is nothing to convert")
            return draft
        }
        var choice = Choice(strategy: options.strategy)
        choice.isRecreate = workload.spec?["strategy", "type"]?.text == "Recreate"
        if choice.isRecreate { choice.strategy = .canary }
        let suffix = choice.strategy == .canary ? "-canary" : "-preview"
        if !choice.isRecreate, choice.strategy == .blueGreen || options.router != .none {
            chooseServices(&choice, suffix: suffix)
        } else {
            explainServices(isRecreate: choice.isRecreate)
        }
        let changes = strategyChanges(choice)
        if options.usesWorkloadReference {
            addReferringRollout(choice)
        } else {
            draft.change(workload, identityChanges() + changes + leftOverChanges())
            draft.note(.changed, workload, strategySummary(choice), because: nil)
        }
        noteWhatDiffers((choice.isRecreate, choice.strategy == .blueGreen))
        facts.autoscalers = draft.retarget(workload, from: "Deployment", to: "Rollout", apiVersion: Self.apiVersion)
        BystanderCompanion.explain(workload, was: "Deployment", in: &draft)
        facts.isRecreate = choice.isRecreate
        facts.strategy = choice.strategy
        facts.stableService = choice.services?.stable
        facts.isPaused = workload.spec?["paused"]?.boolean == true
        facts.replicas = workload.spec?["replicas"]?.integer
        facts.file = workload.file
        let selected = workload.spec?["selector", "matchLabels"]?.textDictionary ?? [:]
        facts.selector = (selected.isEmpty ? workload.podLabels : selected)
            .sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }.joined(separator: ",")
        facts.autoscalerFiles = draft.files(of: facts.autoscalers)
        facts.usesWorkloadReference = options.usesWorkloadReference
        facts.scaleDown = options.scaleDown
        draft.report.cutOvers.append(CutOver.toRollout(workload.objectName, facts))
        return draft
    }

    static let apiVersion = "argoproj.io/v1alpha1"

    // MARK: Services and routes

    private mutating func chooseServices(_ choice: inout Choice, suffix: String) {
        let finder = ServiceCompanion(input: input, workload: workload)
        let companion = choice.strategy == .canary ? RouteCompanions.companion(for: options.router) : nil
        let candidates = companion.map { routeObjects($0) } ?? []
        let services = finder.services
        let routed = Set(
            candidates.flatMap { object in companion.map { $0.services(in: object) } ?? [] }.map { host in
                services.first { RouteContext.names(host: host, service: $0.name, namespace: workload.namespace) }?.name
                    ?? host
            })
        guard let main = finder.main(of: services, routed: routed) else {
            return chooseWithoutService(&choice, companion, suffix)
        }
        if let other = finder.otherWorkload(behind: main) {
            draft.note(
                .attention, workload,
                "gets a canary without services: Service \(main.name) selects the pods of \(other.objectName) too",
                because:
                    "as the Rollout's own Service it would lose them; give each workload a label and a Service of "
                        + "its own"
            )
            choice.strategy = .canary
            return
        }
        let second = ServiceCompanion.name(of: main.name, suffix: suffix)
        if let companion {
            guard let plan = routePlan(companion, candidates, main, second) else { return }
            take(plan)
            choice.routing = plan.routing
        }
        let role = choice.strategy == .canary ? "canary" : "preview"
        facts.serviceFiles.append(main.file)
        choice.services = (main.name, draft.addSecondService(of: main, suffix: suffix, role: role))
        draft.note(
            .kept, main, "keeps its name and becomes the \(choice.strategy == .canary ? "stable" : "active") Service",
            because:
                "whoever calls it goes on calling it; the controller adds the version to its selector once the "
                    + "Rollout's pods are ready"
        )
        for other in services where other.id != main.id && other.name != second {
            draft.note(
                .attention, other, "selects the pods too and was left as it is",
                because: "it goes on sending traffic to the pods of both versions alike, whatever the weight")
        }
    }

    /// The routes of a router that may lead to this workload.
    private func routeObjects(_ companion: any RouteCompanion.Type) -> [ConversionObject] {
        input.objects.filter {
            companion.kinds.contains($0.kind) && $0.sharesNamespace(with: workload)
                && !companion.services(in: $0).isEmpty
        }
    }

    private mutating func routePlan(
        _ companion: any RouteCompanion.Type, _ candidates: [ConversionObject], _ main: ConversionObject,
        _ second: String
    ) -> RoutePlan? {
        let context = RouteContext(
            input: input, workload: workload, service: main, stable: main.name, canary: second)
        var objects = candidates.filter { object in
            companion.services(in: object).contains(where: context.isStable(host:))
        }
        if !options.routes.isEmpty { objects = objects.filter { options.routes.contains($0.name) } }
        if !objects.isEmpty, let plan = companion.plan(objects, context) { return plan }
        let kinds = companion.kinds.sorted().joined(separator: " or ")
        if options.routes.isEmpty, !candidates.isEmpty {
            draft.note(
                .attention, workload,
                "gets a canary without traffic routing: no \(kinds) in the input routes to Service \(main.name) in "
                    + "a way that can be divided",
                because: "the weights are met by numbers of pods, which is right for what is not called from outside")
            return nil
        }
        let names = options.routes.isEmpty ? [main.name] : options.routes
        if companion.router != .smi {
            draft.note(
                .attention, workload, "names \(kinds) \(names.joined(separator: ", ")), which is not in the input",
                because: options.routes.isEmpty
                    ? "the name is a guess from the Service's; correct it, or give it with --route"
                    : "it has to route to Services \(main.name) and \(second), which could not be checked")
        }
        return RoutePlan(routing: companion.routing(for: names, context))
    }

    private mutating func take(_ plan: RoutePlan) {
        for (object, changes, message) in plan.changes where !changes.isEmpty {
            draft.change(object, changes)
            draft.note(.changed, object, message)
            facts.routeFiles.append(object.file)
        }
        for addition in plan.additions {
            draft.additions.append(addition)
            let name = ConversionReport.ObjectName(
                kind: "TraefikService", namespace: workload.namespace, name: addition.name)
            draft.noteAdded(name, in: workload.file, "new, divides the traffic by weight")
        }
        for (outcome, object, message, reason) in plan.notes { draft.note(outcome, object, message, because: reason) }
    }

    /// No Service in the input selects the pods: either there is none, or it is in a file that was not given.
    private mutating func chooseWithoutService(
        _ choice: inout Choice, _ companion: (any RouteCompanion.Type)?, _ suffix: String
    ) {
        let isComplete = !input.objects(.service).isEmpty
        let wanted = choice.strategy == .canary ? "traffic routing" : "blue-green"
        guard !isComplete else {
            choice.strategy = .canary
            draft.note(
                .attention, workload, "gets a canary by numbers of pods: no Service in the input selects its pods",
                because: "\(wanted) switches traffic between Services, and nothing sends traffic to these pods")
            return
        }
        let (stable, second) = (workload.name, ServiceCompanion.name(of: workload.name, suffix: suffix))
        choice.services = (stable, second)
        let (first, other) = choice.strategy == .canary ? ("stable", "canary") : ("active", "preview")
        draft.note(
            .attention, workload,
            "names Services \(stable) (\(first)) and \(second) (\(other)), and no Service is in the input",
            because: "the names are guesses; convert the Service together with the Deployment, or correct them")
        guard let companion else { return }
        let context = RouteContext(input: input, workload: workload, service: nil, stable: stable, canary: second)
        let names = options.routes.isEmpty ? [stable] : options.routes
        choice.routing = companion.routing(for: names, context)
        draft.note(
            .attention, workload,
            "names \(companion.kinds.sorted().joined(separator: " or ")) \(names.joined(separator: ", "))",
            because: "it has to route to Services \(stable) and \(second), which could not be checked")
    }

    private mutating func explainServices(isRecreate: Bool) {
        for service in ServiceCompanion(input: input, workload: workload).services {
            draft.note(
                .kept, service, "is left as it is",
                because: isRecreate
                    ? "it selects whatever pods there are"
                    : "without a router it has to select the pods of both versions: a canary gets its share of the "
                        + "traffic by its number of pods"
            )
        }
    }

    // MARK: The Rollout's text

    private func identityChanges() -> [FieldChange] {
        [.set(["apiVersion"], .string(Self.apiVersion)), .set(["kind"], "Rollout")]
    }

    private func strategyFields(_ choice: Choice) -> [(String, JSONValue)] {
        if choice.isRecreate { return [("maxSurge", 0), ("maxUnavailable", "100%")] }
        if choice.strategy == .blueGreen, let services = choice.services {
            return [("activeService", .string(services.stable)), ("previewService", .string(services.second))]
                + options.preset.blueGreenFields
        }
        var fields: [(String, JSONValue)] = []
        if let services = choice.services {
            fields += [("canaryService", .string(services.second)), ("stableService", .string(services.stable))]
        }
        if let routing = choice.routing { fields.append(("trafficRouting", routing)) }
        let steps = options.steps ?? options.preset.steps
        if !steps.isEmpty { fields.append(("steps", .array(steps.map(\.json)))) }
        return fields
    }

    private func strategyChanges(_ choice: Choice) -> [FieldChange] {
        let text = RolloutStrategyText(workload: workload, fields: strategyFields(choice))
        if choice.isRecreate { return text.whole("canary", text.fields) }
        return choice.strategy == .canary ? text.canary() : text.blueGreen()
    }

    /// What only a Deployment has, and what only its controller writes; and a selector, where an old API filled it in.
    private mutating func leftOverChanges() -> [FieldChange] {
        var changes: [FieldChange] = []
        let own: (YAMLNode?, String) -> Bool = { node, key in node?.entry(key).map { !$0.isMerged } ?? false }
        if own(workload.root, "status") {
            changes.append(.remove(["status"]))
            draft.note(
                .changed, workload, at: workload.root["status"], "status is removed",
                because: "the controller writes it, and a Rollout's has other types")
        }
        if own(workload.spec, "rollbackTo") {
            changes.append(.remove(["spec", "rollbackTo"]))
            draft.note(
                .attention, workload, at: workload.spec?["rollbackTo"],
                "spec.rollbackTo is removed: a Rollout has no such field",
                because: "kubectl argo rollouts undo does what it did")
        }
        if workload.spec?.present("selector") == nil {
            let labels = workload.spec?["template", "metadata", "labels"]?.json ?? .null
            if labels.object?.isEmpty == false {
                changes.append(.insert(["spec"], [("selector", ["matchLabels": labels])], after: ["replicas"]))
                draft.note(
                    .changed, workload, "spec.selector is added, from the labels of the pods",
                    because: "old versions of the API filled it in like this; a Rollout has to have it")
            }
        }
        return changes + templateChanges()
    }

    /// What else the template's metadata has: a Deployment's may have anything, and a Rollout's labels and annotations.
    private mutating func templateChanges() -> [FieldChange] {
        guard let metadata = workload.spec?["template", "metadata"], metadata.isMapping else { return [] }
        let isKept: (YAMLEntry) -> Bool = { ["labels", "annotations"].contains($0.key.text) }
        guard metadata.entries.contains(where: isKept) else { return [] }
        let others = metadata.entries.filter { !isKept($0) && !$0.isMerged }
        for entry in others {
            draft.note(
                .changed, workload, at: entry.key, "spec.template.metadata.\(entry.key.text) is removed",
                because: "a Rollout's template has labels and annotations there; a strict API server refuses the rest")
        }
        return others.map { .remove(["spec", "template", "metadata", .key($0.key.text)]) }
    }

    private func strategySummary(_ choice: Choice) -> String {
        if choice.isRecreate { return "is a Rollout now, with a canary that takes all old pods down first" }
        if choice.strategy == .blueGreen { return "is a Rollout now, with a blue-green strategy" }
        let steps = (options.steps ?? options.preset.steps).count
        let routed = choice.routing == nil ? "" : " and traffic routing by \(options.router.rawValue)"
        return "is a Rollout now, with a canary of \(steps) step\(steps == 1 ? "" : "s")\(routed)"
    }

    /// Adds a Rollout that takes its template from the Deployment.
    private mutating func addReferringRollout(_ choice: Choice) {
        let rollout = ReferringRollout(workload: workload, scaleDown: options.scaleDown)
        var strategy = strategyFields(choice)
        if choice.strategy == .canary, !choice.isRecreate {
            let rolling = workload.spec?["strategy", "rollingUpdate"]
            let carried = ["maxSurge", "maxUnavailable"].compactMap { key in
                rolling?.present(key).map { (key, $0.json) }
            }
            strategy = carried + strategy
        }
        let key = choice.strategy == .blueGreen && choice.services != nil ? "blueGreen" : "canary"
        let value = rollout.json(strategy: .object(JSONObject([(key, .object(JSONObject(strategy)))])))
        draft.additions.append(
            ConversionDraft.Addition(after: workload.id, name: workload.name, content: .value(value)))
        var name = workload.objectName
        name.kind = "Rollout"
        draft.noteAdded(
            name, in: workload.file, "new, takes its pod template from Deployment \(workload.name) (workloadRef)")
        draft.note(
            .kept, workload, "is left as it is: its pod template is what the Rollout rolls out",
            because: "change its template to start an update; its own strategy has no effect once it has no pods")
        for (message, reason) in rollout.warnings { draft.note(.attention, workload, message, because: reason) }
    }
}
