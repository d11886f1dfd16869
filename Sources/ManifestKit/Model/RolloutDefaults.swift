/// What a Rollout means where it says nothing.
public enum RolloutDefaults {
    /// `spec.replicas`.
    public static let replicas = 1
    /// `spec.revisionHistoryLimit`.
    public static let revisionHistoryLimit = 10
    /// `spec.progressDeadlineSeconds`.
    public static let progressDeadlineSeconds = 600
    /// `maxSurge` of a canary.
    public static let maxSurge = IntOrPercent.percent(25)
    /// `maxUnavailable` of either strategy.
    public static let maxUnavailable = IntOrPercent.percent(25)
    /// `scaleDownDelaySeconds` of blue-green, and of a canary with traffic routing.
    public static let scaleDownDelaySeconds = 30
    /// `abortScaleDownDelaySeconds` of blue-green, and of a canary with traffic routing.
    public static let abortScaleDownDelaySeconds = 30
    /// `trafficRouting.maxTrafficWeight`.
    public static let maximumWeight = 100
    /// `scaleDownDelayRevisionLimit` of either strategy.
    public static let scaleDownDelayRevisionLimit = Int(Int32.max)
    /// `trafficRouting.nginx.annotationPrefix`.
    public static let nginxAnnotationPrefix = "nginx.ingress.kubernetes.io"
    /// `trafficRouting.alb.annotationPrefix`.
    public static let albAnnotationPrefix = "alb.ingress.kubernetes.io"
    /// Finished AnalysisRuns and Experiments that are kept, successful and unsuccessful ones counted apart.
    public static let runHistoryLimit = 5
}
