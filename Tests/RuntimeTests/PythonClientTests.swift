import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// The Kubernetes client of another language works with the embedded cluster, over TLS and with a token.
@Suite(
    .enabled("the Python client is not installed (PyPI: kubernetes)", Python.hasKubernetes),
    .timeLimit(.minutes(5)))
struct PythonClientTests {
    static let script = """
        import sys, threading
        from kubernetes import client, config, watch
        from kubernetes.client.rest import ApiException

        config.load_kube_config(config_file=sys.argv[1])
        core, custom = client.CoreV1Api(), client.CustomObjectsApi()

        def config_map(name, **data):
            return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"app": "web"}), data=data)

        # Pages show one moment, whatever is written meanwhile.
        for number in range(23):
            core.create_namespaced_config_map("default", config_map(f"m{number:02}"))
        names, token, version = [], None, None
        while True:
            page = core.list_namespaced_config_map("default", label_selector="app=web", limit=5, _continue=token)
            names += [item.metadata.name for item in page.items]
            assert version in (None, page.metadata.resource_version)
            version, token = page.metadata.resource_version, page.metadata._continue
            if not token:
                break
            core.create_namespaced_config_map("default", config_map(f"n{len(names)}"))
            core.delete_namespaced_config_map(f"m{22 - len(names) // 5:02}", "default")
        assert names == [f"m{number:02}" for number in range(23)], names

        # A watch from the list's version tells what was written since, and goes on with what is written now.
        seen = []
        def follow():
            stream = watch.Watch()
            for event in stream.stream(
                    core.list_namespaced_config_map, "default", resource_version=version, timeout_seconds=20):
                seen.append((event["type"], event["object"].metadata.name))
                if event["object"].metadata.name == "last":
                    stream.stop()
        thread = threading.Thread(target=follow)
        thread.start()
        core.create_namespaced_config_map("default", config_map("last", a="1"))
        thread.join(30)
        assert not thread.is_alive() and seen[0] == ("ADDED", "n5") and seen[1][0] == "DELETED", seen
        assert seen[-1] == ("ADDED", "last"), seen

        # A version that is not known any more.
        try:
            for event in watch.Watch().stream(
                    core.list_namespaced_config_map, "default", resource_version="99999999", timeout_seconds=5):
                raise SystemExit(f"an event of a version that is not there: {event}")
            raise SystemExit("no failure")
        except ApiException as failure:
            assert failure.status == 410, failure

        # Changes and their conflicts.
        found = core.read_namespaced_config_map("last", "default")
        core.patch_namespaced_config_map("last", "default", {"data": {"b": "2"}})
        found.data = {"c": "3"}
        try:
            core.replace_namespaced_config_map("last", "default", found)
            raise SystemExit("no conflict")
        except ApiException as failure:
            assert failure.status == 409, failure
        assert core.read_namespaced_config_map("last", "default").data == {"a": "1", "b": "2"}
        try:
            core.read_namespaced_config_map("none", "default")
            raise SystemExit("it is there")
        except ApiException as failure:
            assert failure.status == 404, failure

        # Custom objects.
        rollout = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"},
            "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "strategy": {"canary": {}},
                     "template": {"metadata": {"labels": {"app": "web"}},
                                  "spec": {"containers": [{"name": "web", "image": "web:1"}]}}}}
        place = ("argoproj.io", "v1alpha1", "default", "rollouts")
        custom.create_namespaced_custom_object(*place, rollout)
        custom.patch_namespaced_custom_object(*place, "web", {"spec": {"replicas": 3}})
        assert custom.get_namespaced_custom_object_scale(*place, "web")["spec"]["replicas"] == 3
        custom.delete_namespaced_custom_object(*place, "web")
        print("done")
        """

    @Test(arguments: [false, true]) func works(isSecure: Bool) async throws {
        var settings = EmbeddedRun.Settings()
        settings.isSecure = isSecure
        settings.access = isSecure ? .roles : .open
        try await Kubectl.withCluster(settings) { kubectl in
            let kubeconfig = kubectl.folder.appending(path: "kubeconfig").path
            let outcome = try await Python.run(["-c", Self.script, kubeconfig])
            #expect(outcome.status == 0 && outcome.text == "done\n", "\(outcome.text)")
        }
    }
}

/// A child process that is Python.
enum Python {
    /// Whether it has the Kubernetes client.
    @Sendable static func hasKubernetes() async throws -> Bool {
        guard path != nil else { return false }
        return try await run(["-c", "import kubernetes"]).status == 0
    }

    private static let path = OutsideProgram.find("python3")

    /// Runs Python; the test's own cluster goes on serving meanwhile.
    static func run(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: "python-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let program = try OutsideProgram(path ?? "", arguments, output: file.path, errors: file.path)
        let status = try await program.end(within: 90)
        return (status, try String(contentsOf: file, encoding: .utf8))
    }
}
