/// The objects that an Experiment makes.
enum ExperimentObjects {
    /// A ReplicaSet without pods for one of the versions.
    static func replicaSet(
        for template: Experiment.Template, of experiment: Experiment, _ collisionCount: Int?
    ) -> JSONValue {
        var pods = template.template
        var labels = pods["metadata"]?["labels"]?.stringDictionary ?? [:]
        labels[RolloutMarks.podTemplateHash] = nil
        pods.set(["metadata", "labels"], to: labels.isEmpty ? nil : .strings(labels))
        let hash = PodTemplateHash.hash(of: pods, collisionCount: collisionCount)
        labels[RolloutMarks.podTemplateHash] = hash
        pods.set(["metadata", "labels"], to: .strings(labels))
        var selector = template.selector
        selector.set(["matchLabels", RolloutMarks.podTemplateHash], to: .string(hash))
        var spec: JSONValue = ["replicas": 0, "selector": selector, "template": pods]
        if template.minReadySeconds > 0 { spec["minReadySeconds"] = .int(template.minReadySeconds) }
        var metadata = metadata(named: "\(experiment.name)-\(template.name)", for: template, of: experiment)
        metadata["labels"] = .strings(labels)
        return ["apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata, "spec": spec]
    }

    /// A Service in front of one of the versions; nil where its containers name no ports.
    static func service(
        for template: Experiment.Template, of experiment: Experiment, _ replicaSet: ReplicaSet
    ) -> JSONValue? {
        let containers = replicaSet.template["spec"]?["containers"]?.array ?? []
        let ports = containers.flatMap { $0["ports"]?.array ?? [] }.map { port -> JSONValue in
            let number = port["containerPort"] ?? .null
            var result: JSONValue = ["port": number, "targetPort": number]
            result["protocol"] = port.present("protocol")
            result["name"] = port.present("name")
            return result
        }
        guard !ports.isEmpty else { return nil }
        let labels = replicaSet.object["metadata"]?["labels"]?.stringDictionary ?? [:]
        return [
            "apiVersion": "v1", "kind": "Service",
            "metadata": metadata(named: template.serviceName ?? replicaSet.name, for: template, of: experiment),
            "spec": ["selector": .strings(labels), "ports": .array(ports)],
        ]
    }

    private static func metadata(
        named name: String, for template: Experiment.Template, of experiment: Experiment
    ) -> JSONValue {
        var metadata: JSONValue = [
            "name": .string(name),
            "annotations": [
                RolloutMarks.experimentName: .string(experiment.name),
                RolloutMarks.experimentTemplateName: .string(template.name),
            ],
            "ownerReferences": [owner(experiment)],
        ]
        if !experiment.namespace.isEmpty { metadata["namespace"] = .string(experiment.namespace) }
        return metadata
    }

    private static func owner(_ experiment: Experiment) -> JSONValue {
        [
            "apiVersion": .string(RolloutMarks.apiVersion), "kind": "Experiment", "name": .string(experiment.name),
            "uid": .string(experiment.uid), "controller": true, "blockOwnerDeletion": true,
        ]
    }

    /// An AnalysisRun for one of the analyses.
    static func run(
        for analysis: Experiment.Analysis, in world: ExperimentWorld
    ) throws(AnalysisProblem) -> JSONValue {
        let experiment = world.experiment
        let templates = try AnalysisTemplates([analysis.template]) { world.objects[$0] }
        var arguments: [AnalysisArgument] = []
        for argument in analysis.arguments.compactMap({ AnalysisArgument($0) }) {
            guard let value = argument.value else {
                arguments.append(argument)
                continue
            }
            arguments.append(AnalysisArgument(name: argument.name, value: try filled(value, in: world)))
        }
        let own = experiment.object["spec"] ?? .null
        let spec = try templates.runSpec(
            arguments: arguments, dryRun: own["dryRun"]?.array ?? [],
            retention: own["measurementRetention"]?.array ?? [])
        let extra = own["analysisRunMetadata"]
        var labels = extra?["labels"]?.stringDictionary ?? [:]
        if let id = experiment.labels[RolloutMarks.instanceID], labels[RolloutMarks.instanceID] == nil {
            labels[RolloutMarks.instanceID] = id
        }
        var metadata: JSONValue = [
            "name": .string("\(experiment.name)-\(analysis.name)"), "ownerReferences": [owner(experiment)],
        ]
        if !experiment.namespace.isEmpty { metadata["namespace"] = .string(experiment.namespace) }
        if !labels.isEmpty { metadata["labels"] = .strings(labels) }
        if let annotations = extra?["annotations"]?.stringDictionary, !annotations.isEmpty {
            metadata["annotations"] = .strings(annotations)
        }
        return [
            "apiVersion": .string(RolloutMarks.apiVersion), "kind": "AnalysisRun", "metadata": metadata, "spec": spec,
            "status": ["phase": ""],
        ]
    }

    /// A text with what is known of the experiment filled in: `{{templates.NAME.podTemplateHash}}`,
    /// `{{templates.NAME.replicaset.name}}`, `{{experiment.availableAt}}`, `{{experiment.finishedAt}}`.
    private static func filled(_ text: String, in world: ExperimentWorld) throws(AnalysisProblem) -> String {
        let tags = ArgumentTags(text)
        if tags.isEmpty { return text }
        var values: [String: String] = [:]
        let status = world.experiment.status
        values["experiment.availableAt"] = status.availableAt?.description
        values["experiment.finishedAt"] = world.experiment.end(status)?.description
        for template in world.experiment.templates {
            guard let object = world.object(.replicaSet, for: template.name)?.object else { continue }
            let metadata = object["metadata"]
            values["templates.\(template.name).podTemplateHash"] =
                metadata?["labels"]?.text(RolloutMarks.podTemplateHash)
            values["templates.\(template.name).replicaset.name"] = metadata?.text("name")
        }
        if let unknown = tags.tags.first(where: { values[$0.name] == nil }) {
            throw AnalysisProblem("failed to resolve {{\(unknown.name)}}")
        }
        return tags.replaced { values[$0.name] ?? "" }
    }
}

extension Experiment {
    /// Why the experiment cannot be run as it is written, or nil.
    var problem: String? {
        var names: Set<String> = []
        for (place, template) in templates.enumerated() {
            if template.selector.object?.isEmpty ?? true {
                return "This experiment is selecting all pods at index \(place). A non-empty selector is required."
            }
            if template.minReadySeconds > progressDeadlineSeconds {
                return "MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index \(place)"
            }
            if template.name.isEmpty { return "Experiment \(name) has empty template name at index \(place)" }
            guard names.insert(template.name).inserted else {
                return "Experiment \(name) has repeated template name '\(template.name)' in templates"
            }
        }
        return nil
    }
}
