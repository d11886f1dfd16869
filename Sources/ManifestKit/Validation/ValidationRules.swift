/// Every rule there is, sorted by id.
public enum ValidationRules {
    /// One line a rule; a test holds the list against the folder `Rules/`.
    public static let all: [any ValidationRule.Type] = [
        // RR0001: YAML
        SyntaxFaultRule.self,
        DuplicateKeyRule.self,
        AliasRule.self,
        LimitRule.self,
        EncodingRule.self,
        HelmTemplateRule.self,
        KeyRule.self,
        // RR0010: comments that silence rules
        SuppressionReasonRule.self,
        SuppressionNameRule.self,
        UnusedSuppressionRule.self,
        // RR0020: schema
        ApiVersionRule.self,
        ObjectIdentityRule.self,
        UnknownFieldRule.self,
        FieldTypeRule.self,
        RequiredFieldRule.self,
        FieldValueRule.self,
        NumberRangeRule.self,
        QuantityRule.self,
        TimeRule.self,
        IntOrPercentRule.self,
        ListKeyRule.self,

        // RR0100: pod templates
        ContainerNamesRule.self,
        ContainerImageRule.self,
        ContainerPoliciesRule.self,
        ContainerPortsRule.self,
        EnvironmentRule.self,
        ProbesRule.self,
        LifecycleRule.self,
        InitContainersRule.self,
        ProbePortRule.self,
        VolumeMountsRule.self,
        VolumeDevicesRule.self,
        VolumesRule.self,
        VolumeSourcesRule.self,
        VolumeFilesRule.self,
        EphemeralVolumeRule.self,
        ResourcesRule.self,
        ResourceClaimsRule.self,
        NodeAffinityRule.self,
        PodAffinityRule.self,
        TolerationsRule.self,
        TopologySpreadRule.self,
        PodReferencesRule.self,
        RunAsRule.self,
        PrivilegesRule.self,
        SecurityProfilesRule.self,
        OperatingSystemRule.self,
        SysctlsRule.self,
        RootUserRule.self,
        HostNamespacesRule.self,
        HostAliasesRule.self,
        PodDNSRule.self,
        PodHostnameRule.self,
        PodLifetimeRule.self,
        PodMetadataRule.self,

        // RR0200: Rollouts
        RolloutStrategyRule.self,
        RolloutSelectorRule.self,
        WorkloadReferenceRule.self,
        RolloutNumberRule.self,
        BlueGreenServiceRule.self,
        CanaryServiceRule.self,
        PingPongRule.self,
        PodAllowanceRule.self,
        AntiAffinityRule.self,
        ScaleDownRule.self,
        ProgressThresholdRule.self,
        StepKindRule.self,
        StepWeightRule.self,
        PauseDurationRule.self,
        CanaryScaleStepRule.self,
        ManagedRouteRule.self,
        RouteMatchRule.self,
        ExperimentStepRule.self,
        RolloutAnalysisRule.self,
        PluginNameRule.self,
        TrafficRouterRule.self,
        RoleMetadataRule.self,
        GatewayAPIRule.self,

        // RR0300: analysis and experiments
        AnalysisMetricsRule.self,
        MetricProviderRule.self,
        MetricScheduleRule.self,
        MetricLimitRule.self,
        MetricConditionRule.self,
        AnalysisArgumentRule.self,
        ArgumentReferenceRule.self,
        UnusedArgumentRule.self,
        MetricSelectionRule.self,
        AnalysisRunRule.self,
        PrometheusMetricRule.self,
        WebMetricRule.self,
        DatadogMetricRule.self,
        CloudWatchMetricRule.self,
        KayentaMetricRule.self,
        QueryMetricRule.self,
        JobMetricRule.self,
        ExperimentTemplateRule.self,
        ExperimentAnalysisRule.self,
        ExperimentTimingRule.self,

        // RR0400: several objects
        MissingReferenceRule.self,
        ServiceSelectorRule.self,
        SharedServiceRule.self,
        IngressStableServiceRule.self,
        ALBBackendRule.self,
        VirtualServiceRouteRule.self,
        DestinationRuleSubsetRule.self,
        UnresolvedArgumentRule.self,
        UndeclaredArgumentRule.self,
        EndlessAnalysisRule.self,
        MergedMetricRule.self,
        StaleAutoscalerRule.self,
        AutoscaledReplicasRule.self,
        DisruptionBudgetSelectorRule.self,
        RolloutBesideDeploymentRule.self,
        MappingWeightRule.self,
        DuplicateObjectRule.self,
        GatewayRouteRule.self,
        RouteDestinationRule.self,
        UnreachedTraefikServiceRule.self,
        MadeObjectRule.self,
        DefaultBackendRouteRule.self,

        // RR0500: advice
        UnreachableWeightRule.self,
        DeadlineAdviceRule.self,
        DynamicStableScaleAdviceRule.self,
        ReadinessAdviceRule.self,
        StepOrderAdviceRule.self,
        ImageTagAdviceRule.self,
        HistoryAdviceRule.self,
        IgnoredSettingRule.self,
        AbortDelayAdviceRule.self,
        PromotionAdviceRule.self,
        OutageAdviceRule.self,
        RetiredRouterRule.self,
        CanaryOverloadRule.self,
        ScaleDownDelayAdviceRule.self,
        ThresholdAdviceRule.self,
        EarlyRouteRule.self,

        // RR0600: the objects around a Rollout
        ObjectNameRule.self,
        ObjectLabelsRule.self,
        ServicePortsRule.self,
        ServiceSettingsRule.self,
        IngressPathsRule.self,
        IngressHostsRule.self,
        WorkloadSelectorRule.self,
        DeploymentSettingsRule.self,
        AutoscalerRule.self,
        AutoscalerMetricsRule.self,
        DisruptionBudgetRule.self,

        // RR0900: notifications
        NotificationServiceRule.self,
        NotificationTemplateRule.self,
        NotificationTriggerRule.self,
        SharedSubscriptionRule.self,
        NotificationAnnotationRule.self,
    ]

    /// Rules about one object, by the kinds that they look at.
    static let object: [ResourceKind: [any ObjectRule.Type]] = {
        let rules = all.compactMap { $0.asObjectRule }
        let byKind = ResourceKind.allCases.map { kind in (kind, rules.filter { $0.kinds.contains(kind) }) }
        return Dictionary(uniqueKeysWithValues: byKind)
    }()
    /// Rules about a Rollout.
    public static let rollout: [any RolloutRule.Type] = all.compactMap { $0.asRolloutRule }
    /// Rules about a pod template.
    static let podTemplate: [any PodTemplateRule.Type] = all.compactMap { $0.asPodTemplateRule }
    /// Rules about several objects.
    static let manifestSet: [any ManifestSetRule.Type] = all.compactMap { $0.asManifestSetRule }
    /// Rules about YAML by the fault that they stand for.
    static let syntax: [YAMLFault.Kind: any SyntaxRule.Type] = Dictionary(
        all.compactMap { $0.asSyntaxRule }.map { ($0.fault, $0) }, uniquingKeysWith: { first, _ in first })

    /// The rule of an id, or nil.
    public static func rule(_ id: RuleID) -> (any ValidationRule.Type)? { all.first { $0.id == id } }
}
