#!/usr/bin/env python3
"""Drives the embedded cluster with Kubernetes clients that are not ours, each as its own documentation shows.

    clients.py ROLLOUT_RENDER

kubernetes (the official client for Python, generated from the OpenAPI of Kubernetes) and lightkube (on another HTTP
library, with server-side apply). kubectl and what stands on client-go, Traefik and Helm, have plays of their own.
"""
import argparse
import pathlib
import sys
import tempfile

import rig

try:
    import kubernetes
    import lightkube
    from lightkube.generic_resource import create_namespaced_resource
    from lightkube.models.apps_v1 import DeploymentSpec
    from lightkube.models.core_v1 import Container, PodSpec, PodTemplateSpec
    from lightkube.models.meta_v1 import LabelSelector, ObjectMeta
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.core_v1 import ConfigMap, Pod
except ImportError as error:
    print(f"a Python package is missing: {error.name}; pip install kubernetes lightkube", file=sys.stderr)
    sys.exit(2)

NAMES = [f"setting-{number:02}" for number in range(25)]


def expect(is_so, what):
    if not is_so:
        raise AssertionError(what)


def rollout(name):
    return {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": name},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": name}}, "strategy": {"canary": {}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            },
        },
    }


def official(kubeconfig):
    """The official client: typed and custom objects, pages, all patches, watches from a version, errors."""
    kubernetes.config.load_kube_config(kubeconfig)
    core, apps = kubernetes.client.CoreV1Api(), kubernetes.client.AppsV1Api()
    custom = kubernetes.client.CustomObjectsApi()
    versions = kubernetes.client.VersionApi().get_code()
    expect(int(versions.minor) >= 30, versions)
    core.create_namespace({"metadata": {"name": "official"}})

    for name in NAMES:
        core.create_namespaced_config_map("official", {"metadata": {"name": name, "labels": {"of": "play"}}})
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map("official", label_selector="of=play", limit=10, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
        # An API server does not count what a selector would leave.
        expect(page.metadata.remaining_item_count is None, page.metadata)
    expect(names == NAMES, f"pages: {names}")

    # What has happened since the list comes, and nothing twice.
    version = core.list_namespaced_config_map("official").metadata.resource_version
    core.delete_namespaced_config_map(NAMES[0], "official")
    core.patch_namespaced_config_map(NAMES[1], "official", {"data": {"a": "1"}})
    seen = []
    for event in kubernetes.watch.Watch().stream(
            core.list_namespaced_config_map, "official", resource_version=version, timeout_seconds=5):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 2:
            break
    expect(seen == [("DELETED", NAMES[0]), ("MODIFIED", NAMES[1])], seen)

    try:
        core.create_namespaced_config_map("official", {"metadata": {"name": NAMES[1]}})
        raise AssertionError("a name was given twice")
    except kubernetes.client.ApiException as error:
        expect(error.status == 409 and "already exists" in error.body, error)
    stale = core.read_namespaced_config_map(NAMES[1], "official")
    core.patch_namespaced_config_map(NAMES[1], "official", {"data": {"a": "2"}})
    try:
        core.replace_namespaced_config_map(NAMES[1], "official", stale)
        raise AssertionError("an update of a stale object went through")
    except kubernetes.client.ApiException as error:
        expect(error.status == 409, error)

    # A Rollout as a custom object, its pods, and its scale.
    group = ("argoproj.io", "v1alpha1", "official", "rollouts")
    custom.create_namespaced_custom_object(*group, rollout("web"))
    rig.until(
        lambda: custom.get_namespaced_custom_object(*group, "web").get("status", {}).get("phase") == "Healthy",
        30, "the Rollout is healthy")
    pods = core.list_namespaced_pod("official", label_selector="app=web").items
    expect(len(pods) == 2 and all(pod.status.phase == "Running" for pod in pods), pods)
    custom.patch_namespaced_custom_object_scale(*group, "web", {"spec": {"replicas": 3}})
    rig.until(
        lambda: len(core.list_namespaced_pod("official", label_selector="app=web").items) == 3, 30, "three pods")

    # A strategic merge patch finds a container by its name and keeps the others.
    apps.create_namespaced_deployment("official", {
        "metadata": {"name": "api"},
        "spec": {
            "replicas": 1, "selector": {"matchLabels": {"app": "api"}},
            "template": {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [
                {"name": "one", "image": "one:1"}, {"name": "two", "image": "two:1"}]}},
        },
    })
    changed = apps.patch_namespaced_deployment(
        "api", "official", {"spec": {"template": {"spec": {"containers": [{"name": "two", "image": "two:2"}]}}}})
    images = [container.image for container in changed.spec.template.spec.containers]
    expect(sorted(images) == ["one:1", "two:2"], images)
    rig.until(
        lambda: apps.read_namespaced_deployment("api", "official").status.available_replicas == 1, 30, "it is there")

    # Whoever finds kinds by discovery.
    dynamic = kubernetes.dynamic.DynamicClient(kubernetes.client.ApiClient())
    kind = dynamic.resources.get(api_version="argoproj.io/v1alpha1", kind="Rollout")
    expect(kind.get(name="web", namespace="official").spec.replicas == 3, "the dynamic client")

    core.delete_namespace("official")
    rig.until(lambda: not core.list_namespaced_pod("official").items, 30, "the namespace is empty")


def light(kubeconfig):
    """lightkube: watches, server-side apply with its conflicts, custom resources."""
    client = lightkube.Client(lightkube.KubeConfig.from_file(kubeconfig), field_manager="play", namespace="light")
    client.create(lightkube.resources.core_v1.Namespace(metadata=ObjectMeta(name="light")))
    template = PodTemplateSpec(
        metadata=ObjectMeta(labels={"app": "api"}), spec=PodSpec(containers=[Container(name="api", image="api:1")]))
    client.apply(Deployment(
        apiVersion="apps/v1", kind="Deployment", metadata=ObjectMeta(name="api"),
        spec=DeploymentSpec(replicas=2, selector=LabelSelector(matchLabels={"app": "api"}), template=template)))
    # A watch from no version tells first what is there, then what becomes of it.
    for _, deployment in client.watch(Deployment, fields={"metadata.name": "api"}, server_timeout=30):
        if deployment.status and deployment.status.availableReplicas == 2:
            break
    else:
        raise AssertionError("the watch never told that two pods are available")
    expect(len(list(client.list(Pod, labels={"app": "api"}))) == 2, "pods by label")

    def config(value):
        return ConfigMap(apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name="c"), data={"a": value})

    client.apply(config("1"))
    other = lightkube.Client(lightkube.KubeConfig.from_file(kubeconfig), field_manager="other", namespace="light")
    try:
        other.apply(config("2"))
        raise AssertionError("a field of another manager was taken without force")
    except lightkube.ApiError as error:
        expect(error.status.code == 409 and "play" in error.status.message, error.status)
    expect(other.apply(config("2"), force=True).data == {"a": "2"}, "by force")

    kind = create_namespaced_resource("argoproj.io", "v1alpha1", "Rollout", "rollouts")
    client.create(kind(rollout("web")))
    for _, found in client.watch(kind, fields={"metadata.name": "web"}, server_timeout=30):
        if (found.get("status") or {}).get("phase") == "Healthy":
            break
    else:
        raise AssertionError("the watch never told that the Rollout is healthy")
    client.delete(kind, "web")
    rig.until(lambda: not list(client.list(Pod, labels={"app": "web"})), 30, "the Rollout's pods are gone")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    program = parser.parse_args().program
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = str(pathlib.Path(folder) / "kubeconfig")
        cluster = rig.Program(pathlib.Path(folder) / "log", [
            program, "runtime", "run", "--embedded", "--tls", "--port", rig.free_port(), "--pod-delay", "100ms",
            "--kubeconfig-out", kubeconfig])
        try:
            rig.until(lambda: pathlib.Path(kubeconfig).exists(), 30, "the cluster is there")
            for play in (official, light):
                try:
                    play(kubeconfig)
                except Exception:
                    print(cluster.last_words, file=sys.stderr)
                    raise
                print(f"{play.__name__}: as its documentation shows")
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
