// Made by Tools/generate-crds.py, which tells how; not to be edited.

extension CustomResourceDefinitions {
    /// The schemas of all kinds, each part of them once.
    static var schemaText: StaticString {
        #"""
        {"kinds":{"AnalysisRun":{"description":"One analysis, with its measurements and its verdict.","properties":{"a\#
        piVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"type":"object"},"spec":{"description":"Wha\#
        t is measured, and with which arguments.","properties":{"args":{"@":71},"dryRun":{"@":72},"measurementRetentio\#
        n":{"@":73},"metrics":{"@":79},"terminate":{"description":"Whether somebody asked for the analysis to end.","t\#
        ype":"boolean"},"ttlStrategy":{"properties":{"secondsAfterCompletion":{"@":5},"secondsAfterFailure":{"@":5},"s\#
        econdsAfterSuccess":{"@":5}},"type":"object"}},"required":["metrics"],"type":"object"},"status":{"description"\#
        :"What was measured, and what came of it.","properties":{"completedAt":{"@":66},"dryRunSummary":{"@":81},"mess\#
        age":{"@":69},"metricResults":{"description":"What was measured, metric by metric.","items":{"properties":{"co\#
        nsecutiveError":{"@":5},"consecutiveSuccess":{"@":5},"count":{"@":5},"dryRun":{"type":"boolean"},"error":{"@":\#
        5},"failed":{"@":5},"inconclusive":{"@":5},"measurements":{"items":{"properties":{"finishedAt":{"@":66},"messa\#
        ge":{"type":"string"},"metadata":{"@":2},"phase":{"type":"string"},"resumeAt":{"@":66},"startedAt":{"@":66},"v\#
        alue":{"type":"string"}},"required":["phase"],"type":"object"},"type":"array"},"message":{"type":"string"},"me\#
        tadata":{"@":2},"name":{"type":"string"},"phase":{"type":"string"},"successful":{"@":5}},"required":["name","p\#
        hase"],"type":"object"},"type":"array"},"phase":{"description":"Whether the analysis runs, or how it ended.","\#
        type":"string"},"runSummary":{"@":81},"startedAt":{"@":66}},"required":["phase"],"type":"object"}},"required":\#
        ["spec"],"type":"object"},"AnalysisTemplate":{"description":"Metrics by which a version is judged, to be use\#
        d by the Rollouts of a namespace.","properties":{"@":80},"required":["spec"],"type":"object"},"ClusterAnalysis\#
        Template":{"description":"Metrics by which a version is judged, to be used by the Rollouts of all namespaces."\#
        ,"properties":{"@":80},"required":["spec"],"type":"object"},"Experiment":{"description":"Versions that run bes\#
        ide each other for a while, and analyses that compare them.","properties":{"apiVersion":{"type":"string"},"kin\#
        d":{"type":"string"},"metadata":{"type":"object"},"spec":{"description":"Which versions, for how long, and ho\#
        w they are judged.","properties":{"analyses":{"description":"The analyses that run with the experiment.","item\#
        s":{"properties":{"args":{"items":{"@":70},"type":"array"},"clusterScope":{"type":"boolean"},"name":{"type":"s\#
        tring"},"requiredForCompletion":{"type":"boolean"},"templateName":{"type":"string"}},"required":["name","templ\#
        ateName"],"type":"object"},"type":"array"},"analysisRunMetadata":{"@":8},"dryRun":{"@":12},"duration":{"descri\#
        ption":"How long it runs once its pods are available, as 30m or 1h; without it, until its analyses end.","type\#
        ":"string"},"measurementRetention":{"@":14},"progressDeadlineSeconds":{"description":"How long its pods may ta\#
        ke to become available; 600 if not set.","format":"int32","type":"integer"},"scaleDownDelaySeconds":{"@":5},"t\#
        emplates":{"description":"The versions, each with a name and a pod template.","items":{"properties":{"minReady\#
        Seconds":{"@":5},"name":{"type":"string"},"replicas":{"@":5},"selector":{"@":19},"service":{"@":21},"template"\#
        :{"@":75}},"required":["name","selector","template"],"type":"object"},"type":"array"},"terminate":{"descriptio\#
        n":"Whether somebody asked for the experiment to end.","type":"boolean"}},"required":["templates"],"type":"obj\#
        ect"},"status":{"description":"What the controller has observed.","properties":{"analysisRuns":{"items":{"prop\#
        erties":{"analysisRun":{"type":"string"},"message":{"type":"string"},"name":{"type":"string"},"phase":{"type":\#
        "string"}},"required":["analysisRun","name","phase"],"type":"object"},"type":"array"},"availableAt":{"@":66},"\#
        conditions":{"@":68},"message":{"@":69},"phase":{"description":"Whether the experiment runs, or how it ended."\#
        ,"type":"string"},"templateStatuses":{"items":{"properties":{"availableReplicas":{"@":5},"collisionCount":{"@"\#
        :5},"lastTransitionTime":{"@":66},"message":{"type":"string"},"name":{"type":"string"},"podTemplateHash":{"typ\#
        e":"string"},"readyReplicas":{"@":5},"replicas":{"@":5},"serviceName":{"type":"string"},"status":{"type":"stri\#
        ng"},"updatedReplicas":{"@":5}},"required":["availableReplicas","name","readyReplicas","replicas","updatedRepl\#
        icas"],"type":"object"},"type":"array"}},"type":"object"}},"required":["spec"],"type":"object"},"Rollout":{"de\#
        scription":"A workload whose pods are replaced step by step, with traffic, pauses and analyses under control."\#
        ,"properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"type":"object"},"spec":{"d\#
        escription":"What is wanted.","properties":{"analysis":{"description":"How many finished AnalysisRuns and Expe\#
        riments are kept.","properties":{"successfulRunHistoryLimit":{"description":"How many that succeeded are kept\#
        ; 5 if not set.","format":"int32","type":"integer"},"unsuccessfulRunHistoryLimit":{"description":"How many tha\#
        t failed or were inconclusive are kept; 5 if not set.","format":"int32","type":"integer"}},"type":"object"},"m\#
        inReadySeconds":{"description":"How long a new pod must be ready before it counts as available; 0 if not set."\#
        ,"format":"int32","type":"integer"},"paused":{"description":"Whether the update stands still until somebody re\#
        sumes it.","type":"boolean"},"progressDeadlineAbort":{"description":"Whether an update that exceeds progressDe\#
        adlineSeconds is aborted.","type":"boolean"},"progressDeadlineSeconds":{"description":"How long an update ma\#
        y go without progress before it counts as failed; 600 if not set.","format":"int32","type":"integer"},"replica\#
        s":{"description":"How many pods are wanted; 1 if not set.","format":"int32","type":"integer"},"restartAt":{"d\#
        escription":"Pods that are older than this time are replaced, a few at a time.","format":"date-time","type":"s\#
        tring"},"revisionHistoryLimit":{"description":"How many old ReplicaSets are kept to go back to; 10 if not set.\#
        ","format":"int32","type":"integer"},"rollbackWindow":{"description":"Going back to one of the last revision\#
        s skips steps and analyses.","properties":{"revisions":{"description":"How many revisions back this holds for.\#
        ","format":"int32","type":"integer"}},"type":"object"},"selector":{"description":"The labels by which the Roll\#
        out finds its pods; it cannot be changed.","properties":{"@":3},"type":"object","x-kubernetes-map-type":"atomi\#
        c","x-kubernetes-validations":[{"message":".spec.selector is immutable","rule":"self == oldSelf"}]},"strategy"\#
        :{"description":"How one version takes the place of another; either canary or blueGreen.","properties":{"blueG\#
        reen":{"description":"The new version is brought up beside the old one, and then all traffic is switched at on\#
        ce.","properties":{"abortScaleDownDelaySeconds":{"description":"How long the new pods are kept after an abort\#
        ; 30 if not set, 0 for ever.","format":"int32","type":"integer"},"activeMetadata":{"description":"Labels and a\#
        nnotations that only the pods of the active version have.","properties":{"@":4},"type":"object"},"activeServic\#
        e":{"description":"The Service that users reach; it is switched when the update is promoted.","type":"string"}\#
        ,"antiAffinity":{"@":6},"autoPromotionEnabled":{"description":"Whether the switch happens without somebody's p\#
        romotion; true if not set.","type":"boolean"},"autoPromotionSeconds":{"description":"How long after it is read\#
        y the new version is promoted by itself.","format":"int32","type":"integer"},"maxUnavailable":{"anyOf":{"@":7}\#
        ,"description":"How many pods, as a number or percentage, may be away during a restart.","x-kubernetes-int-or-\#
        string":true},"postPromotionAnalysis":{"description":"An analysis after the switch; if it fails, traffic goe\#
        s back.","properties":{"@":17},"type":"object"},"prePromotionAnalysis":{"description":"An analysis before th\#
        e switch; if it fails, there is none.","properties":{"@":17},"type":"object"},"previewMetadata":{"description"\#
        :"Labels and annotations that only the pods of the preview version have.","properties":{"@":4},"type":"object"\#
        },"previewReplicaCount":{"description":"How many pods the preview has until it is promoted; all if not set.","\#
        format":"int32","type":"integer"},"previewService":{"description":"The Service by which the new version can b\#
        e tried before the switch.","type":"string"},"scaleDownDelayRevisionLimit":{"@":18},"scaleDownDelaySeconds":{"\#
        description":"How long the old pods are kept after the switch; 30 if not set.","format":"int32","type":"intege\#
        r"}},"required":["activeService"],"type":"object"},"canary":{"description":"The new version takes over a par\#
        t of the traffic after the other.","properties":{"abortScaleDownDelaySeconds":{"description":"How long canar\#
        y pods are kept after an abort, with traffic routing; 30 if not set, 0 for ever.","format":"int32","type":"int\#
        eger"},"analysis":{"description":"An analysis that runs beside the steps; if it fails, the update is aborted."\#
        ,"properties":{"analysisRunMetadata":{"@":8},"args":{"@":10},"dryRun":{"@":12},"measurementRetention":{"@":14}\#
        ,"startingStep":{"description":"The number of the step, from 0, with which the analysis begins.","format":"int\#
        32","type":"integer"},"templates":{"@":16}},"type":"object"},"antiAffinity":{"@":6},"canaryMetadata":{"descrip\#
        tion":"Labels and annotations that only the pods of the canary have.","properties":{"@":4},"type":"object"},"c\#
        anaryService":{"description":"The Service that leads to the canary's pods.","type":"string"},"dynamicStableSca\#
        le":{"description":"Whether the stable version shrinks as its traffic does.","type":"boolean"},"maxSurge":{"an\#
        yOf":{"@":7},"description":"How many pods, as a number or percentage, there may be above replicas; 25% if no\#
        t set.","x-kubernetes-int-or-string":true},"maxUnavailable":{"anyOf":{"@":7},"description":"How many pods, a\#
        s a number or percentage, may be away; 25% if not set.","x-kubernetes-int-or-string":true},"minPodsPerReplicaS\#
        et":{"description":"The least size of a version that has traffic, with traffic routing.","format":"int32","typ\#
        e":"integer"},"pingPong":{"description":"Two Services that take turns, so that a switch moves no targets o\#
        f a load balancer.","properties":{"pingService":{"type":"string"},"pongService":{"type":"string"}},"required":\#
        ["pingService","pongService"],"type":"object"},"replicaProgressThreshold":{"description":"How many of the cana\#
        ry's pods must be available before a step is done.","properties":{"type":{"type":"string"},"value":{"@":5}},"r\#
        equired":["type","value"],"type":"object"},"scaleDownDelayRevisionLimit":{"@":18},"scaleDownDelaySeconds":{"de\#
        scription":"How long the old pods are kept after the update, with traffic routing; 30 if not set.","format":"i\#
        nt32","type":"integer"},"stableMetadata":{"description":"Labels and annotations that only the pods of the stab\#
        le version have.","properties":{"@":4},"type":"object"},"stableService":{"description":"The Service that lead\#
        s to the stable version's pods.","type":"string"},"steps":{"description":"What is done one after the other; ea\#
        ch step is one of its fields.","items":{"properties":{"analysis":{"description":"Run an analysis and wait fo\#
        r its end; if it fails, the update is aborted.","properties":{"@":17},"type":"object"},"experiment":{"descript\#
        ion":"Run an Experiment and wait for its end.","properties":{"analyses":{"items":{"properties":{"args":{"@":10\#
        },"clusterScope":{"type":"boolean"},"name":{"type":"string"},"requiredForCompletion":{"type":"boolean"},"templ\#
        ateName":{"type":"string"}},"required":["name","templateName"],"type":"object"},"type":"array"},"analysisRunMe\#
        tadata":{"@":8},"dryRun":{"@":12},"duration":{"type":"string"},"scaleDownDelaySeconds":{"@":5},"templates":{"i\#
        tems":{"properties":{"metadata":{"@":8},"name":{"type":"string"},"replicas":{"@":5},"selector":{"@":19},"servi\#
        ce":{"@":21},"specRef":{"type":"string"},"weight":{"@":5}},"required":["name","specRef"],"type":"object"},"typ\#
        e":"array"}},"required":["templates"],"type":"object"},"pause":{"description":"Wait, for a time or for somebod\#
        y's promotion.","properties":{"duration":{"anyOf":{"@":7},"description":"How long, as 30, 30s, 10m or 1h; with\#
        out it, until somebody promotes.","x-kubernetes-int-or-string":true}},"type":"object"},"plugin":{"description"\#
        :"Run a step of a plugin.","properties":{"config":{"@":22},"name":{"type":"string"}},"required":["name"],"type\#
        ":"object"},"setCanaryScale":{"description":"Set the size of the canary apart from its traffic.","properties":\#
        {"matchTrafficWeight":{"description":"Let the size follow the traffic again.","type":"boolean"},"replicas":{"d\#
        escription":"The number of pods.","format":"int32","type":"integer"},"weight":{"description":"The percentage o\#
        f replicas.","format":"int32","type":"integer"}},"type":"object"},"setHeaderRoute":{"description":"Send reques\#
        ts with certain headers to the canary.","properties":{"match":{"items":{"properties":{"headerName":{"type":"st\#
        ring"},"headerValue":{"@":23}},"required":["headerName","headerValue"],"type":"object"},"type":"array"},"name"\#
        :{"type":"string"}},"type":"object"},"setMirrorRoute":{"description":"Send the canary a copy of some requests.\#
        ","properties":{"match":{"items":{"properties":{"headers":{"additionalProperties":{"@":23},"type":"object"},"m\#
        ethod":{"@":23},"path":{"@":23}},"type":"object"},"type":"array"},"name":{"type":"string"},"percentage":{"desc\#
        ription":"The percentage of requests that are copied.","format":"int32","type":"integer"}},"required":["name"]\#
        ,"type":"object"},"setWeight":{"description":"The share of the traffic, or without traffic routing of the pods\#
        , that the canary gets.","format":"int32","type":"integer"}},"type":"object"},"type":"array"},"trafficRouting"\#
        :{"description":"What divides the traffic; without it the numbers of pods do.","properties":{"alb":{"descripti\#
        on":"Ingresses of the AWS Load Balancer Controller.","properties":{"annotationPrefix":{"type":"string"},"ingre\#
        ss":{"type":"string"},"ingresses":{"@":24},"rootService":{"type":"string"},"servicePort":{"@":5},"stickinessCo\#
        nfig":{"properties":{"durationSeconds":{"@":25},"enabled":{"type":"boolean"}},"required":["durationSeconds","e\#
        nabled"],"type":"object"}},"required":["servicePort"],"type":"object"},"ambassador":{"description":"Mappings o\#
        f Ambassador.","properties":{"mappings":{"@":24}},"required":["mappings"],"type":"object"},"apisix":{"descript\#
        ion":"ApisixRoutes.","properties":{"route":{"properties":{"name":{"type":"string"},"rules":{"@":24}},"required\#
        ":["name"],"type":"object"}},"type":"object"},"appMesh":{"description":"Objects of AWS App Mesh.","properties"\#
        :{"virtualNodeGroup":{"properties":{"canaryVirtualNodeRef":{"@":26},"stableVirtualNodeRef":{"@":26}},"required\#
        ":["canaryVirtualNodeRef","stableVirtualNodeRef"],"type":"object"},"virtualService":{"properties":{"name":{"ty\#
        pe":"string"},"routes":{"@":24}},"required":["name"],"type":"object"}},"type":"object"},"istio":{"description"\#
        :"VirtualServices, and DestinationRules where subsets are used.","properties":{"destinationRule":{"properties"\#
        :{"additionalSubsetNames":{"@":24},"canarySubsetName":{"type":"string"},"name":{"type":"string"},"stableSubset\#
        Name":{"type":"string"}},"required":["canarySubsetName","name","stableSubsetName"],"type":"object"},"virtualSe\#
        rvice":{"@":27},"virtualServices":{"items":{"@":27},"type":"array"}},"type":"object"},"managedRoutes":{"descri\#
        ption":"Routes that steps may add, the one that is asked first standing first.","items":{"@":26},"type":"array\#
        "},"maxTrafficWeight":{"description":"What all weights add up to; 100 if not set.","format":"int32","type":"in\#
        teger"},"nginx":{"description":"Ingresses of ingress-nginx; a canary Ingress is made beside each.","properties\#
        ":{"additionalIngressAnnotations":{"@":2},"annotationPrefix":{"description":"The prefix of the canary annotati\#
        ons; nginx.ingress.kubernetes.io if not set.","type":"string"},"canaryIngressAnnotations":{"@":2},"stableIngre\#
        ss":{"description":"The Ingress that leads to the stable Service.","type":"string"},"stableIngresses":{"descri\#
        ption":"The Ingresses that lead to the stable Service, in place of stableIngress.","items":{"type":"string"},"\#
        type":"array"}},"type":"object"},"plugins":{"description":"The settings of plugins, by their names.","type":"o\#
        bject","x-kubernetes-preserve-unknown-fields":true},"smi":{"description":"TrafficSplits of the Service Mesh In\#
        terface.","properties":{"rootService":{"type":"string"},"trafficSplitName":{"type":"string"}},"type":"object"}\#
        ,"traefik":{"description":"A weighted TraefikService.","properties":{"weightedTraefikServiceName":{"type":"str\#
        ing"}},"required":["weightedTraefikServiceName"],"type":"object"}},"type":"object"}},"type":"object"}},"type":\#
        "object"},"template":{"description":"What every pod is made from; a change of it begins an update.","propertie\#
        s":{"@":62},"type":"object"},"workloadRef":{"description":"A workload whose pod template is used in place of t\#
        emplate.","properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},"name":{"type":"string"},"scal\#
        eDown":{"description":"Whether that workload is scaled down: never, onsuccess or progressively.","type":"strin\#
        g"}},"type":"object"}},"type":"object"},"status":{"description":"What the controller has observed and remember\#
        s.","properties":{"HPAReplicas":{"@":5},"abort":{"description":"Whether somebody or something asked for the up\#
        date to be aborted.","type":"boolean"},"abortedAt":{"description":"When the update was aborted.","format":"dat\#
        e-time","type":"string"},"alb":{"@":64},"albs":{"items":{"@":64},"type":"array"},"availableReplicas":{"descrip\#
        tion":"How many pods of all versions are available.","format":"int32","type":"integer"},"blueGreen":{"properti\#
        es":{"activeSelector":{"type":"string"},"postPromotionAnalysisRunStatus":{"@":65},"prePromotionAnalysisRunStat\#
        us":{"@":65},"previewSelector":{"type":"string"},"scaleUpPreviewCheckPoint":{"type":"boolean"}},"type":"object\#
        "},"canary":{"properties":{"currentBackgroundAnalysisRunStatus":{"@":65},"currentExperiment":{"type":"string"}\#
        ,"currentStepAnalysisRunStatus":{"@":65},"stablePingPong":{"type":"string"},"stepPluginStatuses":{"items":{"pr\#
        operties":{"backoff":{"type":"string"},"disabled":{"type":"boolean"},"executions":{"@":5},"finishedAt":{"@":66\#
        },"index":{"@":5},"message":{"type":"string"},"name":{"type":"string"},"operation":{"type":"string"},"phase":{\#
        "type":"string"},"startedAt":{"@":66},"status":{"@":22},"updatedAt":{"@":66}},"required":["index","name","oper\#
        ation"],"type":"object"},"type":"array"},"weights":{"properties":{"additional":{"items":{"@":67},"type":"array\#
        "},"canary":{"@":67},"stable":{"@":67},"verified":{"type":"boolean"}},"required":["canary","stable"],"type":"o\#
        bject"}},"type":"object"},"collisionCount":{"@":5},"conditions":{"@":68},"controllerPause":{"type":"boolean"},\#
        "currentPodHash":{"description":"The hash of the pod template that is wanted.","type":"string"},"currentStepHa\#
        sh":{"description":"The hash of the steps; when it changes, they begin anew.","type":"string"},"currentStepInd\#
        ex":{"description":"The number of the step that is being done, from 0.","format":"int32","type":"integer"},"du\#
        ration":{"properties":{"completionStatus":{"type":"string"},"finishedAt":{"@":66},"manualPauseStartedAt":{"@":\#
        66},"rolloutStartedAt":{"@":66},"totalManualPauseDurationSeconds":{"@":25}},"type":"object"},"message":{"@":69\#
        },"observedGeneration":{"type":"string"},"pauseConditions":{"description":"Why the update stands still.","item\#
        s":{"properties":{"reason":{"type":"string"},"startTime":{"@":66}},"required":["reason","startTime"],"type":"o\#
        bject"},"type":"array"},"phase":{"description":"In a word, how the Rollout is.","type":"string"},"promoteFull"\#
        :{"description":"Whether somebody asked for the remaining steps to be skipped.","type":"boolean"},"readyReplic\#
        as":{"@":5},"replicas":{"@":5},"restartedAt":{"@":66},"selector":{"type":"string"},"stableRS":{"description":"\#
        The hash of the version that is stable.","type":"string"},"updatedReplicas":{"@":5},"workloadObservedGeneratio\#
        n":{"type":"string"}},"type":"object"}},"required":["spec"],"type":"object"}},"parts":[{"items":{"type":"strin\#
        g"},"type":"array","x-kubernetes-list-type":"atomic"},{"items":{"properties":{"key":{"type":"string"},"operato\#
        r":{"type":"string"},"values":{"@":0}},"required":["key","operator"],"type":"object"},"type":"array","x-kubern\#
        etes-list-type":"atomic"},{"additionalProperties":{"type":"string"},"type":"object"},{"matchExpressions":{"@":\#
        1},"matchLabels":{"@":2}},{"annotations":{"@":2},"labels":{"@":2}},{"format":"int32","type":"integer"},{"descr\#
        iption":"Keeps pods of the two versions off the same nodes.","properties":{"preferredDuringSchedulingIgnoredDu\#
        ringExecution":{"properties":{"weight":{"@":5}},"required":["weight"],"type":"object"},"requiredDuringScheduli\#
        ngIgnoredDuringExecution":{"type":"object"}},"type":"object"},[{"type":"integer"},{"type":"string"}],{"propert\#
        ies":{"@":4},"type":"object"},{"properties":{"fieldPath":{"type":"string"}},"required":["fieldPath"],"type":"o\#
        bject"},{"items":{"properties":{"name":{"type":"string"},"value":{"type":"string"},"valueFrom":{"properties":{\#
        "fieldRef":{"@":9},"podTemplateHashValue":{"type":"string"}},"type":"object"}},"required":["name"],"type":"obj\#
        ect"},"type":"array"},{"properties":{"metricName":{"type":"string"}},"required":["metricName"],"type":"object"\#
        },{"items":{"@":11},"type":"array"},{"properties":{"limit":{"@":5},"metricName":{"type":"string"}},"required":\#
        ["limit","metricName"],"type":"object"},{"items":{"@":13},"type":"array"},{"properties":{"clusterScope":{"type\#
        ":"boolean"},"templateName":{"type":"string"}},"type":"object"},{"items":{"@":15},"type":"array"},{"analysisRu\#
        nMetadata":{"@":8},"args":{"@":10},"dryRun":{"@":12},"measurementRetention":{"@":14},"templates":{"@":16}},{"d\#
        escription":"How many old versions may wait for their end at once.","format":"int32","type":"integer"},{"prope\#
        rties":{"@":3},"type":"object","x-kubernetes-map-type":"atomic"},{"name":{"type":"string"}},{"properties":{"@"\#
        :20},"type":"object"},{"type":"object","x-kubernetes-preserve-unknown-fields":true},{"properties":{"exact":{"t\#
        ype":"string"},"prefix":{"type":"string"},"regex":{"type":"string"}},"type":"object"},{"items":{"type":"string\#
        "},"type":"array"},{"format":"int64","type":"integer"},{"properties":{"@":20},"required":["name"],"type":"obje\#
        ct"},{"properties":{"name":{"type":"string"},"routes":{"@":24},"tcpRoutes":{"items":{"properties":{"port":{"@"\#
        :25}},"type":"object"},"type":"array"},"tlsRoutes":{"items":{"properties":{"port":{"@":25},"sniHosts":{"@":24}\#
        },"type":"object"},"type":"array"}},"required":["name"],"type":"object"},{"properties":{"matchExpressions":{"@\#
        ":1},"matchFields":{"@":1}},"type":"object","x-kubernetes-map-type":"atomic"},{"properties":{"labelSelector":{\#
        "@":19},"matchLabelKeys":{"@":0},"mismatchLabelKeys":{"@":0},"namespaceSelector":{"@":19},"namespaces":{"@":0}\#
        ,"topologyKey":{"type":"string"}},"required":["topologyKey"],"type":"object"},{"properties":{"preferredDuringS\#
        chedulingIgnoredDuringExecution":{"items":{"properties":{"podAffinityTerm":{"@":29},"weight":{"@":5}},"require\#
        d":["podAffinityTerm","weight"],"type":"object"},"type":"array","x-kubernetes-list-type":"atomic"},"requiredDu\#
        ringSchedulingIgnoredDuringExecution":{"items":{"@":29},"type":"array","x-kubernetes-list-type":"atomic"}},"ty\#
        pe":"object"},{"default":"","type":"string"},{"properties":{"key":{"type":"string"},"name":{"@":31},"optional"\#
        :{"type":"boolean"}},"required":["key"],"type":"object","x-kubernetes-map-type":"atomic"},{"anyOf":{"@":7},"pa\#
        ttern":"^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)\#
        |(\\.[0-9]+))))?$","x-kubernetes-int-or-string":true},{"items":{"properties":{"name":{"type":"string"},"value"\#
        :{"type":"string"},"valueFrom":{"properties":{"configMapKeyRef":{"@":32},"fieldRef":{"properties":{"apiVersion\#
        ":{"type":"string"},"fieldPath":{"type":"string"}},"required":["fieldPath"],"type":"object","x-kubernetes-map-\#
        type":"atomic"},"fileKeyRef":{"properties":{"key":{"type":"string"},"optional":{"default":false,"type":"boolea\#
        n"},"path":{"type":"string"},"volumeName":{"type":"string"}},"required":["key","path","volumeName"],"type":"ob\#
        ject","x-kubernetes-map-type":"atomic"},"resourceFieldRef":{"properties":{"containerName":{"type":"string"},"d\#
        ivisor":{"@":33},"resource":{"type":"string"}},"required":["resource"],"type":"object","x-kubernetes-map-type"\#
        :"atomic"},"secretKeyRef":{"@":32}},"type":"object"}},"required":["name"],"type":"object"},"type":"array","x-k\#
        ubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map"},{"properties":{"name":{"@":31},"optional":{"\#
        type":"boolean"}},"type":"object","x-kubernetes-map-type":"atomic"},{"items":{"properties":{"configMapRef":{"@\#
        ":35},"prefix":{"type":"string"},"secretRef":{"@":35}},"type":"object"},"type":"array","x-kubernetes-list-type\#
        ":"atomic"},{"properties":{"command":{"@":0}},"type":"object"},{"name":{"type":"string"},"value":{"type":"stri\#
        ng"}},{"items":{"properties":{"@":38},"required":["name","value"],"type":"object"},"type":"array","x-kubernete\#
        s-list-type":"atomic"},{"anyOf":{"@":7},"x-kubernetes-int-or-string":true},{"properties":{"host":{"type":"stri\#
        ng"},"httpHeaders":{"@":39},"path":{"type":"string"},"port":{"@":40},"scheme":{"type":"string"}},"required":["\#
        port"],"type":"object"},{"properties":{"host":{"type":"string"},"port":{"@":40}},"required":["port"],"type":"o\#
        bject"},{"properties":{"exec":{"@":37},"httpGet":{"@":41},"sleep":{"properties":{"seconds":{"@":25}},"required\#
        ":["seconds"],"type":"object"},"tcpSocket":{"@":42}},"type":"object"},{"properties":{"postStart":{"@":43},"pre\#
        Stop":{"@":43},"stopSignal":{"type":"string"}},"type":"object"},{"properties":{"exec":{"@":37},"failureThresho\#
        ld":{"@":5},"grpc":{"properties":{"port":{"@":5},"service":{"@":31}},"required":["port"],"type":"object"},"htt\#
        pGet":{"@":41},"initialDelaySeconds":{"@":5},"periodSeconds":{"@":5},"successThreshold":{"@":5},"tcpSocket":{"\#
        @":42},"terminationGracePeriodSeconds":{"@":25},"timeoutSeconds":{"@":5}},"type":"object"},{"items":{"properti\#
        es":{"containerPort":{"@":5},"hostIP":{"type":"string"},"hostPort":{"@":5},"name":{"type":"string"},"protocol"\#
        :{"default":"TCP","type":"string"}},"required":["containerPort"],"type":"object"},"type":"array","x-kubernetes\#
        -list-map-keys":["containerPort","protocol"],"x-kubernetes-list-type":"map"},{"items":{"properties":{"resource\#
        Name":{"type":"string"},"restartPolicy":{"type":"string"}},"required":["resourceName","restartPolicy"],"type":\#
        "object"},"type":"array","x-kubernetes-list-type":"atomic"},{"items":{"properties":{"name":{"type":"string"},"\#
        request":{"type":"string"}},"required":["name"],"type":"object"},"type":"array","x-kubernetes-list-map-keys":[\#
        "name"],"x-kubernetes-list-type":"map"},{"x-kubernetes-preserve-unknown-fields":true},{"properties":{"claims":\#
        {"@":48},"limits":{"@":49},"requests":{"@":49}},"type":"object"},{"items":{"@":5},"type":"array","x-kubernetes\#
        -list-type":"set"},{"items":{"properties":{"action":{"type":"string"},"exitCodes":{"properties":{"operator":{"\#
        type":"string"},"values":{"@":51}},"required":["operator"],"type":"object"}},"required":["action"],"type":"obj\#
        ect"},"type":"array","x-kubernetes-list-type":"atomic"},{"properties":{"localhostProfile":{"type":"string"},"t\#
        ype":{"type":"string"}},"required":["type"],"type":"object"},{"properties":{"level":{"type":"string"},"role":{\#
        "type":"string"},"type":{"type":"string"},"user":{"type":"string"}},"type":"object"},{"properties":{"gmsaCrede\#
        ntialSpec":{"type":"string"},"gmsaCredentialSpecName":{"type":"string"},"hostProcess":{"type":"boolean"},"runA\#
        sUserName":{"type":"string"}},"type":"object"},{"properties":{"allowPrivilegeEscalation":{"type":"boolean"},"a\#
        ppArmorProfile":{"@":53},"capabilities":{"properties":{"add":{"@":0},"drop":{"@":0}},"type":"object"},"privile\#
        ged":{"type":"boolean"},"procMount":{"type":"string"},"readOnlyRootFilesystem":{"type":"boolean"},"runAsGroup"\#
        :{"@":25},"runAsNonRoot":{"type":"boolean"},"runAsUser":{"@":25},"seLinuxOptions":{"@":54},"seccompProfile":{"\#
        @":53},"windowsOptions":{"@":55}},"type":"object"},{"items":{"properties":{"devicePath":{"type":"string"},"nam\#
        e":{"type":"string"}},"required":["devicePath","name"],"type":"object"},"type":"array","x-kubernetes-list-map-\#
        keys":["devicePath"],"x-kubernetes-list-type":"map"},{"items":{"properties":{"mountPath":{"type":"string"},"mo\#
        untPropagation":{"type":"string"},"name":{"type":"string"},"readOnly":{"type":"boolean"},"recursiveReadOnly":{\#
        "type":"string"},"subPath":{"type":"string"},"subPathExpr":{"type":"string"}},"required":["mountPath","name"],\#
        "type":"object"},"type":"array","x-kubernetes-list-map-keys":["mountPath"],"x-kubernetes-list-type":"map"},{"i\#
        tems":{"properties":{"args":{"@":0},"command":{"@":0},"env":{"@":34},"envFrom":{"@":36},"image":{"type":"strin\#
        g"},"imagePullPolicy":{"type":"string"},"lifecycle":{"@":44},"livenessProbe":{"@":45},"name":{"type":"string"}\#
        ,"ports":{"@":46},"readinessProbe":{"@":45},"resizePolicy":{"@":47},"resources":{"@":50},"restartPolicy":{"typ\#
        e":"string"},"restartPolicyRules":{"@":52},"securityContext":{"@":56},"startupProbe":{"@":45},"stdin":{"type":\#
        "boolean"},"stdinOnce":{"type":"boolean"},"terminationMessagePath":{"type":"string"},"terminationMessagePolicy\#
        ":{"type":"string"},"tty":{"type":"boolean"},"volumeDevices":{"@":57},"volumeMounts":{"@":58},"workingDir":{"t\#
        ype":"string"}},"required":["name"],"type":"object"},"type":"array","x-kubernetes-list-map-keys":["name"],"x-k\#
        ubernetes-list-type":"map"},{"properties":{"@":38},"type":"object"},{"additionalProperties":{"@":33},"type":"o\#
        bject"},{"metadata":{"@":8},"spec":{"properties":{"activeDeadlineSeconds":{"@":25},"affinity":{"properties":{"\#
        nodeAffinity":{"properties":{"preferredDuringSchedulingIgnoredDuringExecution":{"items":{"properties":{"prefer\#
        ence":{"@":28},"weight":{"@":5}},"required":["preference","weight"],"type":"object"},"type":"array","x-kuberne\#
        tes-list-type":"atomic"},"requiredDuringSchedulingIgnoredDuringExecution":{"properties":{"nodeSelectorTerms":{\#
        "items":{"@":28},"type":"array","x-kubernetes-list-type":"atomic"}},"required":["nodeSelectorTerms"],"type":"o\#
        bject","x-kubernetes-map-type":"atomic"}},"type":"object"},"podAffinity":{"@":30},"podAntiAffinity":{"@":30}},\#
        "type":"object"},"automountServiceAccountToken":{"type":"boolean"},"containers":{"@":59},"dnsConfig":{"propert\#
        ies":{"nameservers":{"@":0},"options":{"items":{"@":60},"type":"array","x-kubernetes-list-type":"atomic"},"sea\#
        rches":{"@":0}},"type":"object"},"dnsPolicy":{"type":"string"},"enableServiceLinks":{"type":"boolean"},"epheme\#
        ralContainers":{"items":{"properties":{"args":{"@":0},"command":{"@":0},"env":{"@":34},"envFrom":{"@":36},"ima\#
        ge":{"type":"string"},"imagePullPolicy":{"type":"string"},"lifecycle":{"@":44},"livenessProbe":{"@":45},"name"\#
        :{"type":"string"},"ports":{"@":46},"readinessProbe":{"@":45},"resizePolicy":{"@":47},"resources":{"@":50},"re\#
        startPolicy":{"type":"string"},"restartPolicyRules":{"@":52},"securityContext":{"@":56},"startupProbe":{"@":45\#
        },"stdin":{"type":"boolean"},"stdinOnce":{"type":"boolean"},"targetContainerName":{"type":"string"},"terminati\#
        onMessagePath":{"type":"string"},"terminationMessagePolicy":{"type":"string"},"tty":{"type":"boolean"},"volume\#
        Devices":{"@":57},"volumeMounts":{"@":58},"workingDir":{"type":"string"}},"required":["name"],"type":"object"}\#
        ,"type":"array","x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map"},"hostAliases":{"items":{\#
        "properties":{"hostnames":{"@":0},"ip":{"type":"string"}},"required":["ip"],"type":"object"},"type":"array","x\#
        -kubernetes-list-map-keys":["ip"],"x-kubernetes-list-type":"map"},"hostIPC":{"type":"boolean"},"hostNetwork":{\#
        "type":"boolean"},"hostPID":{"type":"boolean"},"hostUsers":{"type":"boolean"},"hostname":{"type":"string"},"ho\#
        stnameOverride":{"type":"string"},"imagePullSecrets":{"items":{"properties":{"name":{"@":31}},"type":"object",\#
        "x-kubernetes-map-type":"atomic"},"type":"array","x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type\#
        ":"map"},"initContainers":{"@":59},"nodeName":{"type":"string"},"nodeSelector":{"additionalProperties":{"type"\#
        :"string"},"type":"object","x-kubernetes-map-type":"atomic"},"os":{"@":26},"overhead":{"@":61},"preemptionPoli\#
        cy":{"type":"string"},"priority":{"@":5},"priorityClassName":{"type":"string"},"readinessGates":{"items":{"pro\#
        perties":{"conditionType":{"type":"string"}},"required":["conditionType"],"type":"object"},"type":"array","x-k\#
        ubernetes-list-type":"atomic"},"resourceClaims":{"items":{"properties":{"name":{"type":"string"},"resourceClai\#
        mName":{"type":"string"},"resourceClaimTemplateName":{"type":"string"}},"required":["name"],"type":"object"},"\#
        type":"array","x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map"},"resources":{"properties":\#
        {"claims":{"@":48},"limits":{"@":61},"requests":{"@":61}},"type":"object"},"restartPolicy":{"type":"string"},"\#
        runtimeClassName":{"type":"string"},"schedulerName":{"type":"string"},"schedulingGates":{"items":{"@":26},"typ\#
        e":"array","x-kubernetes-list-map-keys":["name"],"x-kubernetes-list-type":"map"},"securityContext":{"propertie\#
        s":{"appArmorProfile":{"@":53},"fsGroup":{"@":25},"fsGroupChangePolicy":{"type":"string"},"runAsGroup":{"@":25\#
        },"runAsNonRoot":{"type":"boolean"},"runAsUser":{"@":25},"seLinuxChangePolicy":{"type":"string"},"seLinuxOptio\#
        ns":{"@":54},"seccompProfile":{"@":53},"supplementalGroups":{"items":{"@":25},"type":"array","x-kubernetes-lis\#
        t-type":"atomic"},"supplementalGroupsPolicy":{"type":"string"},"sysctls":{"@":39},"windowsOptions":{"@":55}},"\#
        type":"object"},"serviceAccount":{"type":"string"},"serviceAccountName":{"type":"string"},"setHostnameAsFQDN":\#
        {"type":"boolean"},"shareProcessNamespace":{"type":"boolean"},"subdomain":{"type":"string"},"terminationGraceP\#
        eriodSeconds":{"@":25},"tolerations":{"items":{"properties":{"effect":{"type":"string"},"key":{"type":"string"\#
        },"operator":{"type":"string"},"tolerationSeconds":{"@":25},"value":{"type":"string"}},"type":"object"},"type"\#
        :"array","x-kubernetes-list-type":"atomic"},"topologySpreadConstraints":{"items":{"properties":{"labelSelector\#
        ":{"@":19},"matchLabelKeys":{"@":0},"maxSkew":{"@":5},"minDomains":{"@":5},"nodeAffinityPolicy":{"type":"strin\#
        g"},"nodeTaintsPolicy":{"type":"string"},"topologyKey":{"type":"string"},"whenUnsatisfiable":{"type":"string"}\#
        },"required":["maxSkew","topologyKey","whenUnsatisfiable"],"type":"object"},"type":"array","x-kubernetes-list-\#
        map-keys":["topologyKey","whenUnsatisfiable"],"x-kubernetes-list-type":"map"},"volumes":{"@":49}},"required":[\#
        "containers"],"type":"object"}},{"properties":{"arn":{"type":"string"},"fullName":{"type":"string"},"name":{"t\#
        ype":"string"}},"required":["arn","name"],"type":"object"},{"properties":{"canaryTargetGroup":{"@":63},"ingres\#
        s":{"type":"string"},"loadBalancer":{"@":63},"stableTargetGroup":{"@":63}},"type":"object"},{"properties":{"me\#
        ssage":{"type":"string"},"name":{"type":"string"},"status":{"type":"string"}},"required":["name","status"],"ty\#
        pe":"object"},{"format":"date-time","type":"string"},{"properties":{"podTemplateHash":{"type":"string"},"servi\#
        ceName":{"type":"string"},"weight":{"@":5}},"required":["weight"],"type":"object"},{"items":{"properties":{"la\#
        stTransitionTime":{"@":66},"lastUpdateTime":{"@":66},"message":{"type":"string"},"reason":{"type":"string"},"s\#
        tatus":{"type":"string"},"type":{"type":"string"}},"required":["lastTransitionTime","lastUpdateTime","message"\#
        ,"reason","status","type"],"type":"object"},"type":"array"},{"description":"Why the phase is what it is.","typ\#
        e":"string"},{"properties":{"name":{"type":"string"},"value":{"type":"string"},"valueFrom":{"properties":{"fie\#
        ldRef":{"@":9},"secretKeyRef":{"properties":{"key":{"type":"string"},"name":{"type":"string"}},"required":["ke\#
        y","name"],"type":"object"}},"type":"object"}},"required":["name"],"type":"object"},{"description":"Arguments\#
        , which metrics use as {{args.name}}; those without a value must be given.","items":{"@":70},"type":"array"},{\#
        "description":"The metrics that are measured without counting.","items":{"@":11},"type":"array"},{"description\#
        ":"How many measurements of a metric are kept.","items":{"@":13},"type":"array"},{"properties":{"address":{"ty\#
        pe":"string"},"query":{"type":"string"}},"type":"object"},{"properties":{"@":62},"type":"object"},{"properties\#
        ":{"end":{"type":"string"},"region":{"type":"string"},"scope":{"type":"string"},"start":{"type":"string"},"ste\#
        p":{"@":25}},"required":["region","scope","step"],"type":"object"},{"properties":{"basicAuth":{"properties":{"\#
        password":{"type":"string"},"username":{"type":"string"}},"type":"object"},"oauth2":{"properties":{"clientId":\#
        {"type":"string"},"clientSecret":{"type":"string"},"scopes":{"@":24},"tokenUrl":{"type":"string"}},"type":"obj\#
        ect"},"sigv4":{"properties":{"profile":{"type":"string"},"region":{"type":"string"},"roleArn":{"type":"string"\#
        }},"type":"object"}},"type":"object"},{"items":{"properties":{"key":{"type":"string"},"value":{"type":"string"\#
        }},"required":["key","value"],"type":"object"},"type":"array"},{"description":"What is measured, and when a me\#
        asurement is good or bad.","items":{"properties":{"consecutiveErrorLimit":{"anyOf":{"@":7},"description":"Ho\#
        w many measurements in a row may go wrong; 4 if not set.","x-kubernetes-int-or-string":true},"consecutiveSucce\#
        ssLimit":{"anyOf":{"@":7},"description":"How many measurements in a row must succeed for the metric to succeed\#
        .","x-kubernetes-int-or-string":true},"count":{"anyOf":{"@":7},"description":"How many measurements are made\#
        ; 1 if there is no interval, else until the analysis ends.","x-kubernetes-int-or-string":true},"failureConditi\#
        on":{"description":"An expression over result that tells whether a measurement failed.","type":"string"},"fail\#
        ureLimit":{"anyOf":{"@":7},"description":"How many measurements may fail; 0 if not set, -1 for any number.","x\#
        -kubernetes-int-or-string":true},"inconclusiveLimit":{"anyOf":{"@":7},"description":"How many measurements ma\#
        y be neither success nor failure.","x-kubernetes-int-or-string":true},"initialDelay":{"description":"How lon\#
        g to wait before the first measurement, as 30s or 5m.","type":"string"},"interval":{"description":"The time fr\#
        om one measurement to the next, as 30s or 5m.","type":"string"},"name":{"description":"The name of the metric\#
        , which no other has.","type":"string"},"provider":{"description":"Where the measurement comes from; one of it\#
        s fields.","properties":{"cloudWatch":{"properties":{"interval":{"type":"string"},"metricDataQueries":{"items"\#
        :{"properties":{"expression":{"type":"string"},"id":{"type":"string"},"label":{"type":"string"},"metricStat":{\#
        "properties":{"metric":{"properties":{"dimensions":{"items":{"@":60},"type":"array"},"metricName":{"type":"str\#
        ing"},"namespace":{"type":"string"}},"type":"object"},"period":{"@":40},"stat":{"type":"string"},"unit":{"type\#
        ":"string"}},"type":"object"},"period":{"@":40},"returnData":{"type":"boolean"}},"type":"object"},"type":"arra\#
        y"}},"required":["metricDataQueries"],"type":"object"},"datadog":{"properties":{"aggregator":{"enum":["avg","m\#
        in","max","sum","last","percentile","mean","l2norm","area"],"type":"string"},"apiVersion":{"default":"v1","enu\#
        m":["v1","v2"],"type":"string"},"formula":{"type":"string"},"interval":{"default":"5m","type":"string"},"queri\#
        es":{"@":2},"query":{"type":"string"},"requestTimeout":{"default":"10s","type":"string"},"secretRef":{"propert\#
        ies":{"name":{"type":"string"},"namespaced":{"type":"boolean"}},"type":"object"}},"type":"object"},"graphite":\#
        {"@":74},"influxdb":{"properties":{"profile":{"type":"string"},"query":{"type":"string"}},"type":"object"},"jo\#
        b":{"properties":{"metadata":{"@":8},"spec":{"properties":{"activeDeadlineSeconds":{"@":25},"backoffLimit":{"@\#
        ":5},"backoffLimitPerIndex":{"@":5},"completionMode":{"type":"string"},"completions":{"@":5},"managedBy":{"typ\#
        e":"string"},"manualSelector":{"type":"boolean"},"maxFailedIndexes":{"@":5},"parallelism":{"@":5},"podFailureP\#
        olicy":{"properties":{"rules":{"items":{"properties":{"action":{"type":"string"},"onExitCodes":{"properties":{\#
        "containerName":{"type":"string"},"operator":{"type":"string"},"values":{"@":51}},"required":["operator","valu\#
        es"],"type":"object"},"onPodConditions":{"items":{"properties":{"status":{"type":"string"},"type":{"type":"str\#
        ing"}},"required":["status","type"],"type":"object"},"type":"array","x-kubernetes-list-type":"atomic"}},"requi\#
        red":["action"],"type":"object"},"type":"array","x-kubernetes-list-type":"atomic"}},"required":["rules"],"type\#
        ":"object"},"podReplacementPolicy":{"type":"string"},"selector":{"@":19},"successPolicy":{"properties":{"rules\#
        ":{"items":{"properties":{"succeededCount":{"@":5},"succeededIndexes":{"type":"string"}},"type":"object"},"typ\#
        e":"array","x-kubernetes-list-type":"atomic"}},"required":["rules"],"type":"object"},"suspend":{"type":"boolea\#
        n"},"template":{"@":75},"ttlSecondsAfterFinished":{"@":5}},"required":["template"],"type":"object"}},"required\#
        ":["spec"],"type":"object"},"kayenta":{"properties":{"address":{"type":"string"},"application":{"type":"string\#
        "},"canaryConfigName":{"type":"string"},"configurationAccountName":{"type":"string"},"lookback":{"type":"boole\#
        an"},"metricsAccountName":{"type":"string"},"scopes":{"items":{"properties":{"controlScope":{"@":76},"experime\#
        ntScope":{"@":76},"name":{"type":"string"}},"required":["controlScope","experimentScope","name"],"type":"objec\#
        t"},"type":"array"},"storageAccountName":{"type":"string"},"threshold":{"properties":{"marginal":{"@":25},"pas\#
        s":{"@":25}},"required":["marginal","pass"],"type":"object"}},"required":["address","application","canaryConfi\#
        gName","configurationAccountName","metricsAccountName","scopes","storageAccountName","threshold"],"type":"obje\#
        ct"},"newRelic":{"properties":{"profile":{"type":"string"},"query":{"type":"string"},"timeout":{"@":25}},"requ\#
        ired":["query"],"type":"object"},"plugin":{"@":22},"prometheus":{"properties":{"address":{"type":"string"},"au\#
        thentication":{"@":77},"headers":{"@":78},"insecure":{"type":"boolean"},"query":{"type":"string"},"rangeQuery"\#
        :{"properties":{"end":{"type":"string"},"start":{"type":"string"},"step":{"type":"string"}},"type":"object"},"\#
        timeout":{"@":25}},"type":"object"},"skywalking":{"properties":{"address":{"type":"string"},"interval":{"type"\#
        :"string"},"query":{"type":"string"}},"type":"object"},"wavefront":{"@":74},"web":{"properties":{"authenticati\#
        on":{"@":77},"body":{"type":"string"},"headers":{"@":78},"insecure":{"type":"boolean"},"jsonBody":{"@":22},"js\#
        onPath":{"type":"string"},"method":{"type":"string"},"timeoutSeconds":{"@":25},"url":{"type":"string"}},"requi\#
        red":["url"],"type":"object"}},"type":"object"},"successCondition":{"description":"An expression over result t\#
        hat tells whether a measurement succeeded.","type":"string"}},"required":["name","provider"],"type":"object"},\#
        "type":"array"},{"apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"type":"object"},"spec":{\#
        "description":"What is measured, and with which arguments.","properties":{"args":{"@":71},"dryRun":{"@":72},"m\#
        easurementRetention":{"@":73},"metrics":{"@":79},"templates":{"description":"Other templates whose metrics an\#
        d arguments are added.","items":{"@":15},"type":"array"}},"type":"object"}},{"properties":{"count":{"@":5},"er\#
        ror":{"@":5},"failed":{"@":5},"inconclusive":{"@":5},"successful":{"@":5}},"type":"object"}]}
        """#
    }
}
