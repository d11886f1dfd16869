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

        // RR0300: analysis and experiments

        // RR0400: several objects

        // RR0500: advice

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

    ]

    /// Rules about one object, each with the kinds that it looks at.
    static let object: [any ObjectRule.Type] = all.compactMap { $0 as? any ObjectRule.Type }
    /// Rules about a Rollout.
    static let rollout: [any RolloutRule.Type] = all.compactMap { $0 as? any RolloutRule.Type }
    /// Rules about a pod template.
    static let podTemplate: [any PodTemplateRule.Type] = all.compactMap { $0 as? any PodTemplateRule.Type }
    /// Rules about several objects.
    static let manifestSet: [any ManifestSetRule.Type] = all.compactMap { $0 as? any ManifestSetRule.Type }
    /// Rules about YAML by the fault that they stand for.
    static let syntax: [YAMLFault.Kind: any SyntaxRule.Type] = Dictionary(
        all.compactMap { $0 as? any SyntaxRule.Type }.map { ($0.fault, $0) }, uniquingKeysWith: { first, _ in first })

    /// The rule of an id, or nil.
    public static func rule(_ id: RuleID) -> (any ValidationRule.Type)? { all.first { $0.id == id } }
}
