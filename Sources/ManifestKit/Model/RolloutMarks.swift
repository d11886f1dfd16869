/// The names and marks by which a controller of Rollouts finds and labels objects, as the reference has them.
public enum RolloutMarks {
    /// `apiVersion` of Rollouts.
    public static let apiVersion = "argoproj.io/v1alpha1"
    /// The label with the hash of a pod template: on ReplicaSets, their pods, and in the selectors of services.
    public static let podTemplateHash = "rollouts-pod-template-hash"
    /// The annotation with the number of an update, on Rollouts and ReplicaSets.
    public static let revision = "rollout.argoproj.io/revision"
    /// The annotation with the numbers that a ReplicaSet had before it came back.
    public static let revisionHistory = "rollout.argoproj.io/revision-history"
    /// The annotation with the size of the whole Rollout, on its ReplicaSets.
    public static let desiredReplicas = "rollout.argoproj.io/desired-replicas"
    /// The annotation with the metadata that a ReplicaSet's pods carry while it has its role.
    public static let ephemeralMetadata = "rollout.argoproj.io/ephemeral-metadata"
    /// The annotation with the generation of the referenced workload, on Rollouts.
    public static let workloadGeneration = "rollout.argoproj.io/workload-generation"
    /// The annotation with the moment at which a ReplicaSet is scaled to zero.
    public static let scaleDownDeadline = "scale-down-deadline"
    /// The annotation with the name of the Rollout that manages a service or route object.
    public static let managedBy = "argo-rollouts.argoproj.io/managed-by-rollouts"
    /// The annotation with the name of the experiment that a ReplicaSet belongs to.
    public static let experimentName = "experiment.argoproj.io/name"
    /// The label that says what a Rollout started an AnalysisRun for.
    public static let rolloutType = "rollout-type"
    /// The label with the position of the step that an AnalysisRun belongs to.
    public static let stepIndex = "step-index"
    /// The label that leaves an object to the controller with this id.
    public static let instanceID = "argo-rollouts.argoproj.io/controller-instance-id"
    /// The annotation with the name of the version of an experiment that an object belongs to.
    public static let experimentTemplateName = "experiment.argoproj.io/template-name"
    /// The annotation in which `kubectl apply` keeps what it applied.
    public static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    /// The annotation of the notification engine.
    public static let notified = "notified.notifications.argoproj.io"
    /// The annotation of an ALB Ingress that names what a Rollout manages in it.
    public static let managedALBAnnotations = "rollouts.argoproj.io/managed-alb-annotations"

    /// The annotation of our own with the moment at which a route object that is out of use is deleted.
    public static let deleteAt = "rollouts.argoproj.io/delete-at"

    /// Annotations of a Rollout that its ReplicaSets do not get.
    static let uncopied: Set<String> = [lastApplied, revision, revisionHistory, desiredReplicas, notified]
}
