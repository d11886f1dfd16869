/// What the planner knows about Ingresses, those of `networking.k8s.io/v1` and the older ones.
enum Ingress {
    /// The name of the Ingress that nginx takes the canary's share from, at most 253 bytes.
    static func canaryName(rollout: String, ingress: String) -> String {
        let suffix = "-canary"
        let prefix = "\(rollout)-\(ingress)".utf8.prefix(253 - suffix.utf8.count)
        return String(decoding: prefix, as: UTF8.self) + suffix
    }

    /// The service that a path leads to.
    static func service(of path: JSONValue) -> String? { path["backend"].flatMap { service(ofBackend: $0) } }

    /// The service that is a backend; nil where a resource of another kind is.
    static func service(ofBackend backend: JSONValue) -> String? {
        backend["service"]?["name"]?.string ?? backend["serviceName"]?.string
    }

    /// Leads a path to another service.
    static func setService(of path: inout JSONValue, to name: String) {
        path["backend"] = path["backend"].map { self.backend($0, ledTo: name) }
    }

    /// A backend with another service.
    static func backend(_ backend: JSONValue, ledTo name: String) -> JSONValue {
        var backend = backend
        backend.set(backend["service"] != nil ? ["service", "name"] : ["serviceName"], to: .string(name))
        return backend
    }

    /// Whether a rule, or the default backend, leads to a service.
    static func leads(_ ingress: JSONValue, to service: String) -> Bool {
        if let backend = defaultBackend(of: ingress), self.service(ofBackend: backend.value) == service { return true }
        return hasPath(ingress, to: service)
    }

    /// Whether a path of a rule leads to a service.
    static func hasPath(_ ingress: JSONValue, to service: String) -> Bool {
        (ingress["spec"]?["rules"]?.array ?? []).contains { rule in
            (rule["http"]?["paths"]?.array ?? []).contains { self.service(of: $0) == service }
        }
    }

    /// What gets the requests that no rule is for, and the name of its field: `backend` in the older versions.
    static func defaultBackend(of ingress: JSONValue) -> (field: String, value: JSONValue)? {
        for field in ["defaultBackend", "backend"] {
            if let value = ingress["spec"]?.present(field) { return (field, value) }
        }
        return nil
    }

    /// Whether an object belongs to a Rollout.
    static func isControlled(_ object: JSONValue, by rollout: Rollout) -> Bool {
        (object["metadata"]?["ownerReferences"]?.array ?? []).contains { owner in
            guard owner["controller"]?.boolean == true, owner["kind"]?.string == "Rollout" else { return false }
            if let uid = rollout.uid, let owner = owner["uid"]?.string { return owner == uid }
            return owner["name"]?.string == rollout.name
        }
    }

    /// The least that an Ingress has to be.
    static func placeholder(name: String, className: String, service: String, port: JSONValue) -> JSONValue {
        let path: JSONValue = [
            "path": "/", "pathType": "Prefix",
            "backend": ["service": ["name": .string(service), "port": port]],
        ]
        return [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": .string(name)],
            "spec": [
                "ingressClassName": .string(className), "rules": .array([["http": ["paths": .array([path])]]]),
            ],
        ]
    }
}
