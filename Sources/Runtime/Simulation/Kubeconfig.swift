/// The file by which `kubectl` and other clients find a cluster.
enum Kubeconfig {
    /// The text for an API server on a port of this machine, which asks nobody who they are.
    static func text(port: Int, name: String = "rollout-render") -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: \(name)
          cluster:
            server: http://127.0.0.1:\(port)
        users:
        - name: \(name)
          user: {}
        contexts:
        - name: \(name)
          context:
            cluster: \(name)
            user: \(name)
            namespace: default
        current-context: \(name)

        """
    }
}
