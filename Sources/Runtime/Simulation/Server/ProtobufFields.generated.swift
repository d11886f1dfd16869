// Made by Tools/generate-protobuf-fields.py, which tells how; not to be edited.

extension ProtobufFields {
    /// The place of each kind's message in `messages`.
    static let kinds: [String: Int] = [
        "v1 Namespace": 0,
        "v1 Node": 1,
        "v1 Pod": 2,
        "v1 Service": 3,
        "v1 Endpoints": 4,
        "v1 ConfigMap": 5,
        "v1 Secret": 6,
        "v1 ServiceAccount": 7,
        "v1 Event": 8,
        "v1 PodTemplate": 9,
        "v1 PersistentVolumeClaim": 10,
        "apps/v1 Deployment": 11,
        "apps/v1 ReplicaSet": 12,
        "apps/v1 StatefulSet": 13,
        "apps/v1 DaemonSet": 14,
        "batch/v1 Job": 15,
        "networking.k8s.io/v1 Ingress": 16,
        "networking.k8s.io/v1 IngressClass": 17,
        "policy/v1 PodDisruptionBudget": 18,
        "policy/v1 Eviction": 19,
        "autoscaling/v1 HorizontalPodAutoscaler": 20,
        "autoscaling/v1 Scale": 21,
        "autoscaling/v2 HorizontalPodAutoscaler": 22,
        "discovery.k8s.io/v1 EndpointSlice": 23,
        "coordination.k8s.io/v1 Lease": 24,
        "rbac.authorization.k8s.io/v1 Role": 25,
        "rbac.authorization.k8s.io/v1 RoleBinding": 26,
        "rbac.authorization.k8s.io/v1 ClusterRole": 27,
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding": 28,
        "authorization.k8s.io/v1 SelfSubjectAccessReview": 29,
        "authorization.k8s.io/v1 SubjectAccessReview": 30,
        "authorization.k8s.io/v1 LocalSubjectAccessReview": 31,
        "authorization.k8s.io/v1 SelfSubjectRulesReview": 32,
        "authentication.k8s.io/v1 SelfSubjectReview": 33,
        "authentication.k8s.io/v1 TokenReview": 34,
        "authentication.k8s.io/v1 TokenRequest": 35,
    ]

    /// The place of the options of a delete.
    static let deleteOptions = 36

    /// 321 messages, one a line.
    static var text: StaticString {
        #"""
        1 metadata m37;2 spec m38;3 status m39
        1 metadata m37;2 spec m40;3 status m41
        1 metadata m37;2 spec m42;3 status m43
        1 metadata m37;2 spec m44;3 status m45
        1 metadata m37;2 subsets [m46
        1 metadata m37;4 immutable *b;2 data {s;3 binaryData {y
        1 metadata m37;5 immutable *b;2 data {y;4 stringData {s;3 type s
        1 metadata m37;2 secrets [m47;3 imagePullSecrets [m48;4 automountServiceAccountToken *b
        1 metadata m37;2 involvedObject m47;3 reason s;4 message s;5 source m49;6 firstTimestamp t;7 lastTimestamp t;8 count i;9 type s;10 eventTime u;11 series *m50;12 action s;13 related *m47;14 reportingComponent s;15 reportingInstance s
        1 metadata m37;2 template m51
        1 metadata m37;2 spec m52;3 status m53
        1 metadata m37;2 spec m54;3 status m55
        1 metadata m37;2 spec m56;3 status m57
        1 metadata m37;2 spec m58;3 status m59
        1 metadata m37;2 spec m60;3 status m61
        1 metadata m37;2 spec m62;3 status m63
        1 metadata m37;2 spec m64;3 status m65
        1 metadata m37;2 spec m66
        1 metadata m37;2 spec m67;3 status m68
        1 metadata m37;2 deleteOptions *m36
        1 metadata m37;2 spec m69;3 status m70
        1 metadata m37;2 spec m71;3 status m72
        1 metadata m37;2 spec m73;3 status m74
        1 metadata m37;4 addressType s;2 endpoints [m75;3 ports [m76
        1 metadata m37;2 spec m77
        1 metadata m37;2 rules [m78
        1 metadata m37;2 subjects [m79;3 roleRef m80
        1 metadata m37;2 rules [m78;3 aggregationRule *m81
        1 metadata m37;2 subjects [m79;3 roleRef m80
        1 metadata m37;2 spec m82;3 status m83
        1 metadata m37;2 spec m84;3 status m83
        1 metadata m37;2 spec m84;3 status m83
        1 metadata m37;2 spec m85;3 status m86
        1 metadata m37;2 status m87
        1 metadata m37;2 spec m88;3 status m89
        1 metadata m37;2 spec m90;3 status m91
        1 gracePeriodSeconds *i;2 preconditions *m92;3 orphanDependents *b;4 propagationPolicy *s;5 dryRun [s;6 ignoreStoreReadErrorWithClusterBreakingPotential *b
        1 name s;2 generateName s;3 namespace s;4 selfLink s;5 uid s;6 resourceVersion s;7 generation i;8 creationTimestamp t;9 deletionTimestamp *t;10 deletionGracePeriodSeconds *i;11 labels {s;12 annotations {s;13 ownerReferences [m93;14 finalizers [s;17 managedFields [m94
        1 finalizers [s
        1 phase s;2 conditions [m95
        1 podCIDR s;7 podCIDRs [s;3 providerID s;4 unschedulable b;5 taints [m96;6 configSource *m97;2 externalID s;8 podPreemptionPolicy *m98
        1 capacity {q;2 allocatable {q;3 phase s;4 conditions [m99;5 addresses [m100;6 daemonEndpoints m101;7 nodeInfo m102;8 images [m103;9 volumesInUse [s;10 volumesAttached [m104;11 config *m105;12 runtimeHandlers [m106;13 features *m107;14 declaredFeatures [s
        1 volumes [m108;20 initContainers [m109;2 containers [m109;34 ephemeralContainers [m110;3 restartPolicy s;4 terminationGracePeriodSeconds *i;5 activeDeadlineSeconds *i;6 dnsPolicy s;7 nodeSelector {s;8 serviceAccountName s;9 serviceAccount s;21 automountServiceAccountToken *b;10 nodeName s;11 hostNetwork b;12 hostPID b;13 hostIPC b;27 shareProcessNamespace *b;14 securityContext *m111;15 imagePullSecrets [m48;16 hostname s;17 subdomain s;18 affinity *m112;19 schedulerName s;22 tolerations [m113;23 hostAliases [m114;24 priorityClassName s;25 priority *i;26 dnsConfig *m115;28 readinessGates [m116;29 runtimeClassName *s;30 enableServiceLinks *b;31 preemptionPolicy *s;32 overhead {q;33 topologySpreadConstraints [m117;35 setHostnameAsFQDN *b;36 os *m118;37 hostUsers *b;38 schedulingGates [m119;39 resourceClaims [m120;40 resources *m121;41 hostnameOverride *s;43 schedulingGroup *m122;44 evictionResponders [m123
        17 observedGeneration i;1 phase s;2 conditions [m124;3 message s;4 reason s;11 nominatedNodeName s;5 hostIP s;16 hostIPs [m125;6 podIP s;12 podIPs [m126;7 startTime *t;10 initContainerStatuses [m127;8 containerStatuses [m127;9 qosClass s;13 ephemeralContainerStatuses [m127;14 resize s;15 resourceClaimStatuses [m128;18 extendedResourceClaimStatus *m129;19 allocatedResources {q;20 resources *m121;21 nodeAllocatableResourceClaimStatuses [m130;22 volumeHealth [m131
        1 ports [m132;2 selector {s;3 clusterIP s;18 clusterIPs [s;4 type s;5 externalIPs [s;7 sessionAffinity s;8 loadBalancerIP s;9 loadBalancerSourceRanges [s;10 externalName s;11 externalTrafficPolicy s;12 healthCheckNodePort i;13 publishNotReadyAddresses b;14 sessionAffinityConfig *m133;19 ipFamilies [s;17 ipFamilyPolicy *s;20 allocateLoadBalancerNodePorts *b;21 loadBalancerClass *s;22 internalTrafficPolicy *s;23 trafficDistribution *s
        1 loadBalancer m134;2 conditions [m135
        1 addresses [m136;2 notReadyAddresses [m136;3 ports [m137
        1 kind s;2 namespace s;3 name s;4 uid s;5 apiVersion s;6 resourceVersion s;7 fieldPath s
        1 name s
        1 component s;2 host s
        1 count i;2 lastObservedTime u
        1 metadata m37;2 spec m42
        1 accessModes [s;4 selector *m138;2 resources m139;3 volumeName s;5 storageClassName *s;6 volumeMode *s;7 dataSource *m140;8 dataSourceRef *m141;9 volumeAttributesClassName *s
        1 phase s;2 accessModes [s;3 capacity {q;4 conditions [m142;5 allocatedResources {q;7 allocatedResourceStatuses {s;8 currentVolumeAttributesClassName *s;9 modifyVolumeStatus *m143;10 healthStatus *m144
        1 replicas *i;2 selector *m138;3 template m51;4 strategy m145;5 minReadySeconds i;6 revisionHistoryLimit *i;7 paused b;9 progressDeadlineSeconds *i
        1 observedGeneration i;2 replicas i;3 updatedReplicas i;7 readyReplicas i;4 availableReplicas i;5 unavailableReplicas i;9 terminatingReplicas *i;6 conditions [m146;8 collisionCount *i
        1 replicas *i;4 minReadySeconds i;2 selector *m138;3 template m51
        1 replicas i;2 fullyLabeledReplicas i;4 readyReplicas i;5 availableReplicas i;7 terminatingReplicas *i;3 observedGeneration i;6 conditions [m147
        1 replicas *i;2 selector *m138;3 template m51;4 volumeClaimTemplates [m10;5 serviceName s;6 podManagementPolicy s;7 updateStrategy m148;8 revisionHistoryLimit *i;9 minReadySeconds i;10 persistentVolumeClaimRetentionPolicy *m149;11 ordinals *m150
        1 observedGeneration i;2 replicas i;3 readyReplicas i;4 currentReplicas i;5 updatedReplicas i;6 currentRevision s;7 updateRevision s;9 collisionCount *i;10 conditions [m151;11 availableReplicas i
        1 selector *m138;2 template m51;3 updateStrategy m152;4 minReadySeconds i;6 revisionHistoryLimit *i
        1 currentNumberScheduled i;2 numberMisscheduled i;3 desiredNumberScheduled i;4 numberReady i;5 observedGeneration i;6 updatedNumberScheduled i;7 numberAvailable i;8 numberUnavailable i;9 collisionCount *i;10 conditions [m153
        1 parallelism *i;2 completions *i;3 activeDeadlineSeconds *i;11 podFailurePolicy *m154;16 successPolicy *m155;7 backoffLimit *i;12 backoffLimitPerIndex *i;13 maxFailedIndexes *i;4 selector *m138;5 manualSelector *b;6 template m51;8 ttlSecondsAfterFinished *i;9 completionMode *s;10 suspend *b;14 podReplacementPolicy *s;15 managedBy *s;17 scheduling *m156
        1 conditions [m157;2 startTime *t;3 completionTime *t;4 active i;5 succeeded i;6 failed i;11 terminating *i;7 completedIndexes s;10 failedIndexes *s;8 uncountedTerminatedPods *m158;9 ready *i
        4 ingressClassName *s;1 defaultBackend *m159;2 tls [m160;3 rules [m161
        1 loadBalancer m162
        1 controller s;2 parameters *m163
        1 minAvailable *o;2 selector *m138;3 maxUnavailable *o;4 unhealthyPodEvictionPolicy *s
        1 observedGeneration i;2 disruptedPods {t;3 disruptionsAllowed i;4 currentHealthy i;5 desiredHealthy i;6 expectedPods i;7 conditions [m135
        1 scaleTargetRef m164;2 minReplicas *i;3 maxReplicas i;4 targetCPUUtilizationPercentage *i
        1 observedGeneration *i;2 lastScaleTime *t;3 currentReplicas i;4 desiredReplicas i;5 currentCPUUtilizationPercentage *i
        1 replicas i
        1 replicas i;2 selector s
        1 scaleTargetRef m165;2 minReplicas *i;3 maxReplicas i;4 metrics [m166;5 behavior *m167
        1 observedGeneration *i;2 lastScaleTime *t;3 currentReplicas i;4 desiredReplicas i;5 currentMetrics [m168;6 conditions [m169
        1 addresses [s;2 conditions m170;3 hostname *s;4 targetRef *m47;5 deprecatedTopology {s;6 nodeName *s;7 zone *s;8 hints *m171
        1 name *s;2 protocol *s;3 port *i;4 appProtocol *s
        1 holderIdentity *s;2 leaseDurationSeconds *i;3 acquireTime *u;4 renewTime *u;5 leaseTransitions *i;6 strategy *s;7 preferredHolder *s
        1 verbs [s;2 apiGroups [s;3 resources [s;4 resourceNames [s;5 nonResourceURLs [s
        1 kind s;2 apiGroup s;3 name s;4 namespace s
        1 apiGroup s;2 kind s;3 name s
        1 clusterRoleSelectors [m138
        1 resourceAttributes *m172;2 nonResourceAttributes *m173
        1 allowed b;4 denied b;2 reason s;3 evaluationError s
        1 resourceAttributes *m172;2 nonResourceAttributes *m173;3 user s;4 groups [s;5 extra {ws;6 uid s
        1 namespace s
        1 resourceRules [m174;2 nonResourceRules [m175;3 incomplete b;4 evaluationError s
        1 userInfo m176
        1 token s;2 audiences [s
        1 authenticated b;2 user m176;4 audiences [s;3 error s
        1 audiences [s;4 expirationSeconds *i;3 boundObjectRef *m177;5 attestations {ws
        1 token s;2 expirationTimestamp t
        1 uid *s;2 resourceVersion *s
        5 apiVersion s;1 kind s;3 name s;4 uid s;6 controller *b;7 blockOwnerDeletion *b
        1 manager s;2 operation s;3 apiVersion s;4 time *t;6 fieldsType s;7 fieldsV1 *r;8 subresource s
        1 type s;2 status s;4 lastTransitionTime t;5 reason s;6 message s
        1 key s;2 value s;3 effect s;4 timeAdded *t
        2 configMap *m178
        1 disableResizePreemption [s
        1 type s;2 status s;3 lastHeartbeatTime t;4 lastTransitionTime t;5 reason s;6 message s
        1 type s;2 address s
        1 kubeletEndpoint m179
        1 machineID s;2 systemUUID s;3 bootID s;4 kernelVersion s;5 osImage s;6 containerRuntimeVersion s;7 kubeletVersion s;8 kubeProxyVersion s;9 operatingSystem s;10 architecture s;11 swap *m180
        1 names [s;2 sizeBytes i
        1 name s;2 devicePath s
        1 assigned *m97;2 active *m97;3 lastKnownGood *m97;4 error s
        1 name s;2 features *m181
        1 supplementalGroupsPolicy *b
        1 name s;2  m182
        1 name s;2 image s;3 command [s;4 args [s;5 workingDir s;6 ports [m183;19 envFrom [m184;7 env [m185;8 resources m121;23 resizePolicy [m186;24 restartPolicy *s;25 restartPolicyRules [m187;9 volumeMounts [m188;21 volumeDevices [m189;10 livenessProbe *m190;11 readinessProbe *m190;22 startupProbe *m190;12 lifecycle *m191;13 terminationMessagePath s;20 terminationMessagePolicy s;14 imagePullPolicy s;15 securityContext *m192;16 stdin b;17 stdinOnce b;18 tty b
        1  m193;2 targetContainerName s
        1 seLinuxOptions *m194;8 windowsOptions *m195;2 runAsUser *i;6 runAsGroup *i;3 runAsNonRoot *b;4 supplementalGroups [i;12 supplementalGroupsPolicy *s;5 fsGroup *i;7 sysctls [m196;9 fsGroupChangePolicy *s;10 seccompProfile *m197;11 appArmorProfile *m198;13 seLinuxChangePolicy *s
        1 nodeAffinity *m199;2 podAffinity *m200;3 podAntiAffinity *m201
        1 key s;2 operator s;3 value s;4 effect s;5 tolerationSeconds *i
        1 ip s;2 hostnames [s
        1 nameservers [s;2 searches [s;3 options [m202
        1 conditionType s
        1 maxSkew i;2 topologyKey s;3 whenUnsatisfiable s;4 labelSelector *m138;5 minDomains *i;6 nodeAffinityPolicy *s;7 nodeTaintsPolicy *s;8 matchLabelKeys [s
        1 name s
        1 name s
        1 name s;3 resourceClaimName *s;4 resourceClaimTemplateName *s
        1 limits {q;2 requests {q;3 claims [m203
        1 podGroupName *s
        1 name s;2 priority *i
        1 type s;7 observedGeneration i;2 status s;3 lastProbeTime t;4 lastTransitionTime t;5 reason s;6 message s
        1 ip s
        1 ip s
        1 name s;2 state m204;3 lastState m204;4 ready b;5 restartCount i;6 image s;7 imageID s;8 containerID s;9 started *b;10 allocatedResources {q;11 resources *m121;12 volumeMounts [m205;13 user *m206;14 allocatedResourcesStatus [m207;15 stopSignal *s
        1 name s;2 resourceClaimName *s
        1 requestMappings [m208;2 resourceClaimName s
        1 resourceClaimName s;2 containers [s;4 mapping [m209;5 overhead [m210
        1 name s;2 healthConditions [m211;3 lastTransitionTime t
        1 name s;2 protocol s;6 appProtocol *s;3 port i;4 targetPort o;5 nodePort i
        1 clientIP *m212
        1 ingress [m213
        1 type s;2 status s;3 observedGeneration i;4 lastTransitionTime t;5 reason s;6 message s
        1 ip s;3 hostname s;4 nodeName *s;2 targetRef *m47
        1 name s;2 port i;3 protocol s;4 appProtocol *s
        1 matchLabels {s;2 matchExpressions [m214
        1 limits {q;2 requests {q
        1 apiGroup *s;2 kind s;3 name s
        1 apiGroup *s;2 kind s;3 name s;4 namespace *s
        1 type s;2 status s;3 lastProbeTime t;4 lastTransitionTime t;5 reason s;6 message s
        1 targetVolumeAttributesClassName s;2 status s
        1 healthConditions [m211;2 lastTransitionTime t
        1 type s;2 rollingUpdate *m215
        1 type s;2 status s;6 lastUpdateTime t;7 lastTransitionTime t;4 reason s;5 message s
        1 type s;2 status s;3 lastTransitionTime t;4 reason s;5 message s
        1 type s;2 rollingUpdate *m216
        1 whenDeleted s;2 whenScaled s
        1 start i
        1 type s;2 status s;3 lastTransitionTime t;4 reason s;5 message s
        1 type s;2 rollingUpdate *m217
        1 type s;2 status s;3 lastTransitionTime t;4 reason s;5 message s
        1 rules [m218
        1 rules [m219
        1 schedulingPolicy *x;2 schedulingConstraints *x;3 disruptionMode *x;4 resourceClaims [x
        1 type s;2 status s;3 lastProbeTime t;4 lastTransitionTime t;5 reason s;6 message s
        1 succeeded [s;2 failed [s
        4 service *m220;3 resource *m140
        1 hosts [s;2 secretName s
        1 host s;2  m221
        1 ingress [m222
        1 apiGroup *s;2 kind s;3 name s;4 scope *s;5 namespace *s
        1 kind s;2 name s;3 apiVersion s
        1 kind s;2 name s;3 apiVersion s
        1 type s;2 object *m223;3 pods *m224;4 resource *m225;7 containerResource *m226;5 external *m227
        1 scaleUp *m228;2 scaleDown *m228
        1 type s;2 object *m229;3 pods *m230;4 resource *m231;7 containerResource *m232;5 external *m233
        1 type s;2 status s;3 lastTransitionTime t;4 reason s;5 message s;6 observedGeneration *i
        1 ready *b;2 serving *b;3 terminating *b
        1 forZones [m234;2 forNodes [m235
        1 namespace s;2 verb s;3 group s;4 version s;5 resource s;6 subresource s;7 name s;8 fieldSelector *m236;9 labelSelector *m237
        1 path s;2 verb s
        1 verbs [s;2 apiGroups [s;3 resources [s;4 resourceNames [s
        1 verbs [s;2 nonResourceURLs [s
        1 username s;2 uid s;3 groups [s;4 extra {ws
        1 kind s;2 apiVersion s;3 name s;4 uid s
        1 namespace s;2 name s;3 uid s;4 resourceVersion s;5 kubeletConfigKey s
        1 Port i
        1 capacity *i
        1 recursiveReadOnlyMounts *b;2 userNamespaces *b
        1 hostPath *m238;2 emptyDir *m239;3 gcePersistentDisk *m240;4 awsElasticBlockStore *m241;5 gitRepo *m242;6 secret *m243;7 nfs *m244;8 iscsi *m245;9 glusterfs *m246;10 persistentVolumeClaim *m247;11 rbd *m248;12 flexVolume *m249;13 cinder *m250;14 cephfs *m251;15 flocker *m252;16 downwardAPI *m253;17 fc *m254;18 azureFile *m255;19 configMap *m256;20 vsphereVolume *m257;21 quobyte *m258;22 azureDisk *m259;23 photonPersistentDisk *m260;26 projected *m261;24 portworxVolume *m262;25 scaleIO *m263;27 storageos *m264;28 csi *m265;29 ephemeral *m266;30 image *m267
        1 name s;2 hostPort i;3 containerPort i;4 protocol s;5 hostIP s
        1 prefix s;2 configMapRef *m268;3 secretRef *m269
        1 name s;2 value s;3 valueFrom *m270
        1 resourceName s;2 restartPolicy s
        1 action s;2 exitCodes *m271
        1 name s;2 readOnly b;7 recursiveReadOnly *s;3 mountPath s;4 subPath s;5 mountPropagation *s;6 subPathExpr s;8 bindMountOptions [s
        1 name s;2 devicePath s
        1  m272;2 initialDelaySeconds i;3 timeoutSeconds i;4 periodSeconds i;5 successThreshold i;6 failureThreshold i;7 terminationGracePeriodSeconds *i
        1 postStart *m273;2 preStop *m273;3 stopSignal *s
        1 capabilities *m274;2 privileged *b;3 seLinuxOptions *m194;10 windowsOptions *m195;4 runAsUser *i;8 runAsGroup *i;5 runAsNonRoot *b;6 readOnlyRootFilesystem *b;7 allowPrivilegeEscalation *b;9 procMount *s;11 seccompProfile *m197;12 appArmorProfile *m198
        1 name s;2 image s;3 command [s;4 args [s;5 workingDir s;6 ports [m183;19 envFrom [m184;7 env [m185;8 resources m121;23 resizePolicy [m186;24 restartPolicy *s;25 restartPolicyRules [m187;9 volumeMounts [m188;21 volumeDevices [m189;10 livenessProbe *m190;11 readinessProbe *m190;22 startupProbe *m190;12 lifecycle *m191;13 terminationMessagePath s;20 terminationMessagePolicy s;14 imagePullPolicy s;15 securityContext *m192;16 stdin b;17 stdinOnce b;18 tty b
        1 user s;2 role s;3 type s;4 level s
        1 gmsaCredentialSpecName *s;2 gmsaCredentialSpec *s;3 runAsUserName *s;4 hostProcess *b
        1 name s;2 value s
        1 type s;2 localhostProfile *s
        1 type s;2 localhostProfile *s
        1 requiredDuringSchedulingIgnoredDuringExecution *m275;2 preferredDuringSchedulingIgnoredDuringExecution [m276
        1 requiredDuringSchedulingIgnoredDuringExecution [m277;2 preferredDuringSchedulingIgnoredDuringExecution [m278
        1 requiredDuringSchedulingIgnoredDuringExecution [m277;2 preferredDuringSchedulingIgnoredDuringExecution [m278
        1 name s;2 value *s
        1 name s;2 request s
        1 waiting *m279;2 running *m280;3 terminated *m281
        1 name s;2 mountPath s;3 readOnly b;4 recursiveReadOnly *s;5 volumeStatus *m282
        1 linux *m283
        1 name s;2 resources [m284
        1 containerName s;2 resourceName s;3 requestName s
        1 name s;2 quantity *q
        1 name s;2 perPod *q;3 perContainer *q
        1 status s;2 reason s;3 message s
        1 timeoutSeconds *i
        1 ip s;2 hostname s;3 ipMode *s;4 ports [m285
        1 key s;2 operator s;3 values [s
        1 maxUnavailable *o;2 maxSurge *o
        1 partition *i;2 maxUnavailable *o
        1 maxUnavailable *o;2 maxSurge *o
        1 action s;2 onExitCodes *m286;3 onPodConditions [m287
        1 succeededIndexes *s;2 succeededCount *i
        1 name s;2 port m288
        1 http *m289
        1 ip s;2 hostname s;4 ports [m290
        1 describedObject m165;2 target m291;3 metric m292
        1 metric m292;2 target m291
        1 name s;2 target m291
        1 name s;2 target m291;3 container s
        1 metric m292;2 target m291
        3 stabilizationWindowSeconds *i;1 selectPolicy *s;2 policies [m293;4 tolerance *q
        1 metric m292;2 current m294;3 describedObject m165
        1 metric m292;2 current m294
        1 name s;2 current m294
        1 name s;2 current m294;3 container s
        1 metric m292;2 current m294
        1 name s
        1 name s
        1 rawSelector s;2 requirements [m295
        1 rawSelector s;2 requirements [m214
        1 path s;2 type *s
        1 medium s;2 sizeLimit *q;3 mode *i
        1 pdName s;2 fsType s;3 partition i;4 readOnly b
        1 volumeID s;2 fsType s;3 partition i;4 readOnly b
        1 repository s;2 revision s;3 directory s
        1 secretName s;2 items [m296;3 defaultMode *i;4 optional *b;5 defaultUser *i
        1 server s;2 path s;3 readOnly b
        1 targetPortal s;2 iqn s;3 lun i;4 iscsiInterface s;5 fsType s;6 readOnly b;7 portals [s;8 chapAuthDiscovery b;11 chapAuthSession b;10 secretRef *m48;12 initiatorName *s
        1 endpoints s;2 path s;3 readOnly b
        1 claimName s;2 readOnly b
        1 monitors [s;2 image s;3 fsType s;4 pool s;5 user s;6 keyring s;7 secretRef *m48;8 readOnly b
        1 driver s;2 fsType s;3 secretRef *m48;4 readOnly b;5 options {s
        1 volumeID s;2 fsType s;3 readOnly b;4 secretRef *m48
        1 monitors [s;2 path s;3 user s;4 secretFile s;5 secretRef *m48;6 readOnly b
        1 datasetName s;2 datasetUUID s
        1 items [m297;2 defaultMode *i;3 defaultUser *i
        1 targetWWNs [s;2 lun *i;3 fsType s;4 readOnly b;5 wwids [s
        1 secretName s;2 shareName s;3 readOnly b
        1  m48;2 items [m296;3 defaultMode *i;4 optional *b;5 defaultUser *i
        1 volumePath s;2 fsType s;3 storagePolicyName s;4 storagePolicyID s
        1 registry s;2 volume s;3 readOnly b;4 user s;5 group s;6 tenant s
        1 diskName s;2 diskURI s;3 cachingMode *s;4 fsType *s;5 readOnly *b;6 kind *s
        1 pdID s;2 fsType s
        1 sources [m298;2 defaultMode *i;3 defaultUser *i
        1 volumeID s;2 fsType s;3 readOnly b
        1 gateway s;2 system s;3 secretRef *m48;4 sslEnabled b;5 protectionDomain s;6 storagePool s;7 storageMode s;8 volumeName s;9 fsType s;10 readOnly b
        1 volumeName s;2 volumeNamespace s;3 fsType s;4 readOnly b;5 secretRef *m48
        1 driver s;2 readOnly *b;3 fsType *s;4 volumeAttributes {s;5 nodePublishSecretRef *m48
        1 volumeClaimTemplate *m299
        1 reference s;2 pullPolicy s
        1  m48;2 optional *b
        1  m48;2 optional *b
        1 fieldRef *m300;2 resourceFieldRef *m301;3 configMapKeyRef *m302;4 secretKeyRef *m303;5 fileKeyRef *m304
        1 operator s;2 values [i
        1 exec *m305;2 httpGet *m306;3 tcpSocket *m307;4 grpc *m308
        1 exec *m305;2 httpGet *m306;3 tcpSocket *m307;4 sleep *m309
        1 add [s;2 drop [s
        1 nodeSelectorTerms [m310
        1 weight i;2 preference m310
        1 labelSelector *m138;2 namespaces [s;3 topologyKey s;4 namespaceSelector *m138;5 matchLabelKeys [s;6 mismatchLabelKeys [s
        1 weight i;2 podAffinityTerm m277
        1 reason s;2 message s
        1 startedAt t
        1 exitCode i;2 signal i;3 reason s;4 message s;5 startedAt t;6 finishedAt t;7 containerID s
        1 image *m311
        1 uid i;2 gid i;3 supplementalGroups [i
        1 resourceID s;2 health s;6 message *s
        1 port i;2 protocol s;3 error *s
        1 containerName *s;2 operator s;3 values [i
        1 type s;2 status s
        1 name s;2 number i
        1 paths [m312
        1 port i;2 protocol s;3 error *s
        1 type s;2 value *q;3 averageValue *q;4 averageUtilization *i
        1 name s;2 selector *m138
        1 type s;2 value i;3 periodSeconds i
        1 value *q;2 averageValue *q;3 averageUtilization *i
        1 key s;2 operator s;3 values [s
        1 key s;2 path s;3 mode *i;4 user *i
        1 path s;2 fieldRef *m300;3 resourceFieldRef *m301;4 mode *i;5 user *i
        1 secret *m313;2 downwardAPI *m314;3 configMap *m315;4 serviceAccountToken *m316;5 clusterTrustBundle *m317;6 podCertificate *m318
        1 metadata m37;2 spec m52
        1 apiVersion s;2 fieldPath s
        1 containerName s;2 resource s;3 divisor q
        1  m48;2 key s;3 optional *b
        1  m48;2 key s;3 optional *b
        1 volumeName s;2 path s;3 key s;4 optional *b
        1 command [s
        1 path s;2 port o;3 host s;4 scheme s;5 httpHeaders [m319;6 protocol *s
        1 port o;2 host s
        1 port i;2 service *s;3 mode *s
        1 seconds i
        1 matchExpressions [m320;2 matchFields [m320
        1 imageRef s
        1 path s;3 pathType *s;2 backend m159
        1  m48;2 items [m296;4 optional *b
        1 items [m297
        1  m48;2 items [m296;4 optional *b
        1 audience s;2 expirationSeconds *i;3 path s;4 user *i
        1 name *s;2 signerName *s;3 labelSelector *m138;5 optional *b;4 path s;6 user *i
        1 signerName s;2 keyType s;3 maxExpirationSeconds *i;4 credentialBundlePath s;5 keyPath s;6 certificateChainPath s;7 userAnnotations {s;8 user *i
        1 name s;2 value s
        1 key s;2 operator s;3 values [s
        """#
    }
}
