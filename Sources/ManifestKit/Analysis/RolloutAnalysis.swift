/// An analysis that a Rollout or an Experiment asks for: templates, and values for their arguments.
public struct RolloutAnalysis: Hashable, Sendable {
    /// A template by its name.
    public struct TemplateReference: Hashable, Sendable {
        /// `templateName`.
        public var name: String
        /// `clusterScope`: whether it is a ClusterAnalysisTemplate.
        public var isClusterScoped: Bool

        /// The object.
        public var key: ObjectKey { ObjectKey(isClusterScoped ? .clusterAnalysisTemplate : .analysisTemplate, name) }

        init?(_ value: JSONValue) {
            guard let name = value.text("templateName") else { return nil }
            self.name = name
            isClusterScoped = value.flag("clusterScope")
        }
    }

    /// What a Rollout starts an analysis for.
    public enum Purpose: Hashable, Sendable {
        /// A step of a canary, by its position.
        case step(Int)
        /// All of a canary.
        case background
        /// The switch of blue-green, before it.
        case prePromotion
        /// The switch of blue-green, after it.
        case postPromotion

        /// The label by which a run says it, `rollout-type`.
        public var label: String {
            switch self {
            case .step: "Step"
            case .background: "Background"
            case .prePromotion: "PrePromotion"
            case .postPromotion: "PostPromotion"
            }
        }

        /// The end of a run's name.
        var suffix: String {
            switch self {
            case .step(let index): "-\(index)"
            case .background: ""
            case .prePromotion: "-pre"
            case .postPromotion: "-post"
            }
        }

        /// How a message about its failure begins, in the reference's words.
        var failure: String {
            switch self {
            case .step: "Step-based analysis phase error/failed"
            case .background: "Background analysis phase error/failed"
            case .prePromotion: "Blue/green pre-promotion analysis phase error/failed"
            case .postPromotion: "Blue/green post-promotion analysis phase error/failed"
            }
        }
    }

    /// `templates`.
    public var templates: [TemplateReference]
    /// `args`, as they are written.
    var arguments: [JSONValue]
    /// `dryRun`.
    var dryRun: [JSONValue]
    /// `measurementRetention`.
    var retention: [JSONValue]
    /// `analysisRunMetadata.labels`.
    var labels: [String: String]
    /// `analysisRunMetadata.annotations`.
    var annotations: [String: String]
    /// `startingStep` of an analysis in the background.
    public var startingStep: Int?

    init?(_ value: JSONValue?) {
        guard let value, value.object != nil else { return nil }
        templates = (value["templates"]?.array ?? []).compactMap { TemplateReference($0) }
        arguments = value["args"]?.array ?? []
        dryRun = value["dryRun"]?.array ?? []
        retention = value["measurementRetention"]?.array ?? []
        labels = value["analysisRunMetadata"]?["labels"]?.stringDictionary ?? [:]
        annotations = value["analysisRunMetadata"]?["annotations"]?.stringDictionary ?? [:]
        startingStep = value.count("startingStep")
    }
}

extension RolloutAnalysis {
    /// The values of the arguments, taken from where they say.
    func resolvedArguments(_ world: World, newHash: String) throws(AnalysisProblem) -> [AnalysisArgument] {
        var result: [AnalysisArgument] = []
        for argument in arguments {
            guard let name = argument.text("name") else { continue }
            var value = argument["value"]?.string ?? ""
            if let source = argument.present("valueFrom") {
                if let hash = source.text("podTemplateHashValue") {
                    if hash == "Latest" { value = newHash }
                    if hash == "Stable" { value = world.rollout.status.stableHash }
                } else if let path = source["fieldRef"]?.text("fieldPath") {
                    value = try FieldPath.text(at: path, of: world.rollout.object)
                }
            }
            result.append(AnalysisArgument(name: name, value: value))
        }
        return result
    }
}
