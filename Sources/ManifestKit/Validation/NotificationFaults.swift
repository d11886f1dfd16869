/// Turns what is wrong with the ConfigMap of notifications into findings.
enum NotificationFaults {
    /// Reports the faults of a topic.
    static func report(
        _ rule: any ValidationRule.Type, about topic: NotificationSettings.Fault.Topic, in object: ManifestDocument,
        _ findings: inout Findings
    ) {
        guard let data = object.root["data"], data.isMapping else { return }
        for fault in object.notifications?.faults ?? [] where fault.topic == topic {
            guard let entry = data.entry(fault.key) else { continue }
            let severity: Severity? = fault.isMild ? .warning : nil
            if fault.range.isEmpty {
                findings.report(rule, at: entry.key, fault.message, hint: fault.hint, severity: severity)
            } else {
                findings.report(
                    rule, part: fault.range, of: entry.value, fault.message, hint: fault.hint, severity: severity)
            }
        }
    }
}

/// The events that triggers can be named after.
enum NotificationEvents {
    /// The reasons of the reference's events, and of ours.
    private static let reasons = [
        "AmbassadorMappingConfigError", "AmbassadorMappingNotFound", "AnalysisRunError", "AnalysisRunFailed",
        "AnalysisRunInconclusive", "AnalysisRunPending", "AnalysisRunRunning", "AnalysisRunSuccessful",
        "AnalysisRunTerminating", "ApisixRouteCreateError", "ApisixRouteDeleteError", "ApisixRouteUpdateError",
        "CanaryMappingCleanupError", "CanaryMappingCreationError", "CanaryMappingUpdateError",
        "CanaryMappingWeightUpdate", "CreatingCanaryIngress", "DestinationRuleNotFound", "ExperimentCompleted",
        "ExperimentCreated", "ExperimentError", "ExperimentFailed", "ExperimentInconclusive", "ExperimentPending",
        "ExperimentRunning", "ExperimentSuccessful", "LoadBalancerNotFound", "MetricError", "MetricFailed",
        "MetricInconclusive", "MetricRunning", "MetricSuccessful", "NewReplicaSetCreated", "PatchingALBIngress",
        "PatchingCanaryIngress", "ReplicaSetCreateError", "ReplicaSetUpdateError", "RolloutAborted",
        "RolloutAddedToInformer", "RolloutCompleted", "RolloutDeleted", "RolloutHealthy", "RolloutNotCompleted",
        "RolloutPaused", "RolloutReconciliationError", "RolloutResumed", "RolloutRetry", "RolloutStepCompleted",
        "RolloutUpdated", "ScalingReplicaSet", "SkipSteps", "StepPluginTransition", "SwitchService",
        "TargetGroupUnverified", "TargetGroupVerified", "TargetGroupVerifyError", "TemplateError", "TemplateFailed",
        "TemplateProgressing", "TemplateRunning", "TemplateSuccessful", "TraefikServiceUpdateError",
        "TrafficRoutingError", "TrafficSplitCreated", "TrafficSplitNotCreated", "TrafficWeightUpdated",
        "UpdatedDestinationRule", "Updated VirtualService", "VirtualNodeNotFound", "VirtualRouterNotFound",
        "VirtualServiceNotFound", "WeightVerifyError",
    ]
    private static let names = Set(reasons.map(NotificationTrigger.name(forReason:)))

    /// Whether some event leads to a trigger of this name.
    static func mayFire(_ trigger: String) -> Bool { names.contains(trigger) }
}
