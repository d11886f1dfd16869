/// What a cluster needs to run the controller, as manifests: what `rollout-render runtime install` prints.
///
/// The chart in `charts/` makes the same objects; a test compares them.
public struct Installation: Hashable, Sendable {
    /// The longest that is put behind the name to make another.
    public static let longestSuffix = "-aggregate-to-admin"

    /// What the objects are called.
    public var name = "rollout-render"
    /// The namespace that the controller is in.
    public var namespace = "argo-rollouts"
    /// The one namespace that it looks after; nil for all.
    public var watchedNamespace: String?
    /// The version of the program, for a label.
    public var version: String
    /// The image that the controller runs from.
    public var image: String
    /// The number of controllers, one of which acts.
    public var replicas = 2
    /// The instance id of the Rollouts that it looks after; empty for those without one.
    public var instanceID = ""
    /// The names of the features that it has the rights for.
    public var features = ControllerRights.names(for: .feature)
    /// The names of the routers that it has the rights for.
    public var routers = ControllerRights.names(for: .router)
    /// Whether the namespaces of Rollouts may say themselves where messages go, which takes the right to read that.
    public var hasSelfServiceNotifications = false
    /// Whether the CustomResourceDefinitions are among the objects.
    public var hasDefinitions = true
    /// Whether the controller and its rights are among them.
    public var hasController = true
    /// Whether the namespace is.
    public var hasNamespace = false
    /// Whether there are roles that let people who may view, edit or administer a namespace do so with Rollouts.
    public var hasUserRoles = true
    /// Whether a ServiceMonitor tells the Prometheus Operator where the metrics are.
    public var hasServiceMonitor = false
    /// More arguments for the controller.
    public var extraArguments: [String] = []

    /// The installation without options.
    public init(version: String) {
        self.version = version
        image = "rollout-render:\(version)"
    }

    /// The objects in the order in which they are to be applied.
    public func objects() -> [JSONValue] {
        var objects: [JSONValue] = []
        if hasDefinitions { objects += CustomResourceDefinitions.all(labels: ["app.kubernetes.io/part-of": name]) }
        guard hasController else { return objects }
        if hasNamespace { objects.append(namespaceObject) }
        objects.append(serviceAccount)
        objects += accessObjects
        if hasUserRoles { objects += userRoles }
        objects += [metricsService, disruptionBudget, deployment]
        if hasServiceMonitor { objects.append(serviceMonitor) }
        return objects
    }

    // MARK: Marks

    /// The labels by which the controller's pods are found.
    var selectorLabels: [String: String] {
        ["app.kubernetes.io/instance": name, "app.kubernetes.io/name": "rollout-render"]
    }

    /// The labels of every object.
    var labels: [String: String] {
        selectorLabels.merging([
            "app.kubernetes.io/component": "controller", "app.kubernetes.io/part-of": "rollout-render",
            "app.kubernetes.io/version": version,
        ]) { $1 }
    }

    func object(
        _ apiVersion: String, _ kind: String, name: String, namespace: String? = nil,
        labels more: [String: String] = [:]
    ) -> JSONValue {
        var metadata: JSONValue = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        metadata["labels"] = .strings(labels.merging(more) { $1 })
        return ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata]
    }
}
