// Who may do what: the controller's rights, and those of people.

extension Installation {
    private static let rbac = "rbac.authorization.k8s.io"

    /// The rights that the controller gets.
    public var rights: [ControllerRights] {
        ControllerRights.all.filter { rights in
            switch rights.purpose {
            case .core: true
            case .feature: features.contains(rights.name)
            case .router: routers.contains(rights.name)
            case .option: rights == .selfServiceNotifications && hasSelfServiceNotifications
            }
        }
    }

    /// The roles of the controller and their bindings: for what it looks after, and for its own namespace.
    var accessObjects: [JSONValue] {
        let everywhere = rights.flatMap { $0.rules + (watchedNamespace == nil ? $0.clusterRules : []) }
        let own = rights.flatMap(\.ownRules).map { rule -> AccessRule in
            var rule = rule
            if !instanceID.isEmpty, rule.names == [ControllerRights.lease] {
                rule.names = ["\(ControllerRights.lease)-\(instanceID)"]
            }
            return rule
        }
        return role(named: name, in: watchedNamespace, everywhere)
            + role(named: "\(name)-own-namespace", in: namespace, own)
    }

    /// A role and its binding, for the whole cluster where no namespace is named.
    private func role(named name: String, in namespace: String?, _ rules: [AccessRule]) -> [JSONValue] {
        let kind = namespace == nil ? "ClusterRole" : "Role"
        var role = object("\(Self.rbac)/v1", kind, name: name, namespace: namespace)
        role["rules"] = .array(rules.map(\.json))
        var binding = object("\(Self.rbac)/v1", kind + "Binding", name: name, namespace: namespace)
        binding["roleRef"] = ["apiGroup": .string(Self.rbac), "kind": .string(kind), "name": .string(name)]
        binding["subjects"] = [
            ["kind": "ServiceAccount", "name": .string(self.name), "namespace": .string(self.namespace)]
        ]
        return [role, binding]
    }

    /// What people may do with our kinds, by what they may do in a namespace anyway. As the reference has it.
    var userRoles: [JSONValue] {
        let kinds = ["analysisruns", "analysistemplates", "clusteranalysistemplates", "experiments", "rollouts"]
        let changes = ["create", "delete", "deletecollection", "patch", "update"]
        return ["view", "edit", "admin"].map { level in
            var role = object(
                "\(Self.rbac)/v1", "ClusterRole", name: "\(name)-aggregate-to-\(level)",
                labels: ["\(Self.rbac)/aggregate-to-\(level)": "true"])
            // Whoever may edit may promote and abort, which is written into the status.
            let resources = kinds + ["rollouts/scale"] + (level == "view" ? [] : ["rollouts/status"])
            let verbs = AccessRule.read + (level == "view" ? [] : changes)
            role["rules"] = [AccessRule(["argoproj.io"], resources, verbs).json]
            return role
        }
    }
}
