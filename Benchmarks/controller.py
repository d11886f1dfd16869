#!/usr/bin/env python3
"""Measures what the controller costs: processor time, memory, and writes to the API server for each Rollout.

    Benchmarks/controller.py [PROGRAM] [--rollouts N] [--weights 20,60] [--pause SECONDS] [--qps N] [--max-writes N]

Starts `runtime cluster` in one process and `runtime run` in another, creates N Rollouts with nginx canaries, waits until
all are healthy, updates each once over its steps, and waits again. Processor time and memory are those of the
controller's process, from /proc; requests are counted by the controller's own metrics, and by nothing else. Each weight is a
step followed by a pause. Exits with 1 where an update does not end, or where a Rollout takes more writes, Events not among
them, than --max-writes.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

import rig

WRITES = {"Create", "Update", "Patch", "Delete", "DeleteCollection", "POST", "PUT", "PATCH", "DELETE",
          "create", "update", "patch", "delete"}
ROLLOUTS = "/apis/argoproj.io/v1alpha1/namespaces/bench/rollouts"


def service(name, app):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"ports": [{"port": 80}], "selector": {"app": app}}}


def objects(number, weights, pause):
    """The objects of one Rollout, of the shape of the recorded scenario canary-nginx."""
    name = f"web-{number}"
    rule = {"host": f"{name}.example.com", "http": {"paths": [{
        "path": "/", "pathType": "Prefix",
        "backend": {"service": {"name": f"{name}-stable", "port": {"number": 80}}}}]}}
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": name},
        "spec": {
            "replicas": 5, "revisionHistoryLimit": 3, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{
                "name": "web", "image": "registry.example.com/web:1",
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "resources": {"requests": {"cpu": "5m", "memory": "32Mi"}}}]}},
            "strategy": {"canary": {
                "trafficRouting": {"nginx": {"stableIngress": name}}, "canaryService": f"{name}-canary",
                "stableService": f"{name}-stable", "scaleDownDelaySeconds": 2,
                "steps": [step for weight in weights
                          for step in ({"setWeight": weight}, {"pause": {"duration": pause}})]}}}}
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name},
               "spec": {"ingressClassName": "nginx", "rules": [rule]}}
    return [("/api/v1/namespaces/bench/services", service(f"{name}-stable", name)),
            ("/api/v1/namespaces/bench/services", service(f"{name}-canary", name)),
            ("/apis/networking.k8s.io/v1/namespaces/bench/ingresses", ingress), (ROLLOUTS, rollout)]


class Cluster:
    """The API server, over plain HTTP."""

    def __init__(self, server):
        self.server = server
        self.programs = []

    def check(self):
        """Ends everything where a program that has to be there is not: nothing would come of waiting."""
        for program in self.programs:
            if program.process.poll() is not None:
                command, code = " ".join(program.command), program.process.returncode
                sys.exit(f"{command}\nhas ended with {code}:\n{program.last_words}")

    def send(self, method, path, body=None):
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        request = urllib.request.Request(
            self.server + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def settle(self, revision, count, seconds):
        """Waits until every Rollout is healthy at a revision."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            began = time.monotonic()
            items = self.send("GET", ROLLOUTS)["items"]
            done = [item for item in items if item.get("status", {}).get("phase") == "Healthy"
                    and item["metadata"].get("annotations", {}).get("rollout.argoproj.io/revision") == revision
                    and item["status"].get("stableRS") == item["status"].get("currentPodHash")]
            if len(done) == count:
                return
            # A list of thousands is work: most of the time is left to those who are waited for.
            time.sleep(max(1, 4 * (time.monotonic() - began)))
        sys.exit(f"{len(done)} of {count} Rollouts are healthy at revision {revision} after {seconds} s")


class Controller:
    """The controller's process, for the cluster of a folder."""

    def __init__(self, program, folder, options):
        self.port = rig.free_port()
        self.program = rig.Program(folder / "controller.log", [
            program, "runtime", "run", "--kubeconfig", folder / "cluster.yaml", *options,
            "--metrics-address", "127.0.0.1", "--metrics-port", self.port, "--healthz-port", "0", "--log-level", "warn"])
        self.folder = pathlib.Path(f"/proc/{self.program.process.pid}")

    def cpu(self):
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, key):
        status = (self.folder / "status").read_text()
        return int(re.search(rf"{key}:\s+(\d+) kB", status)[1]) / 1024

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as page:
            return page.read().decode()

    def writes(self):
        """Writes by verb and kind."""
        counts = {}
        for labels, value in re.findall(
                r"^controller_clientset_k8s_request_total\{(.*)\} (\d+)", self.metrics(), re.MULTILINE):
            fields = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if fields.get("verb") in WRITES and "lease" not in fields["kind"].lower():
                key = (fields["verb"], fields["kind"])
                counts[key] = counts.get(key, 0) + int(value)
        return counts

    def slowest(self):
        """The time of our own within which 99 of 100 looks at a Rollout end, from the histogram, or nothing."""
        buckets = [(float(bound), int(count)) for bound, count in re.findall(
            r'^rollout_render_reconcile_own_seconds_bucket\{le="([0-9.e+-]+)"\} (\d+)', self.metrics(), re.MULTILINE)]
        sums = {}
        for bound, count in buckets:
            sums[bound] = sums.get(bound, 0) + count
        total = max(sums.values(), default=0)
        return next((bound for bound in sorted(sums) if sums[bound] >= total * 0.99), None)


@contextlib.contextmanager
def running(program):
    """A cluster in a process of its own, and what starts a controller for it; both end with what measures them."""
    program = pathlib.Path(program).resolve()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        kubeconfig = folder / "cluster.yaml"
        process = rig.Program(folder / "cluster.log", [
            program, "runtime", "cluster", "--port", rig.free_port(), "--kubeconfig-out", kubeconfig, "--pod-delay", "1s"])
        stack.callback(process.stop)
        rig.until(kubeconfig.exists, 60, "the cluster is there")
        cluster = Cluster(re.search(r"server: [\"']?([^\s\"']+)", kubeconfig.read_text())[1])
        cluster.programs.append(process)
        cluster.send("POST", "/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bench"}})

        def start(options=()):
            controller = Controller(program, folder, options)
            stack.callback(controller.program.stop)
            cluster.programs.append(controller.program)
            return controller

        yield cluster, start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=ROOT / ".build/release/rollout-render")
    parser.add_argument("--rollouts", type=int, default=300)
    parser.add_argument("--weights", default="20", help="the weights of the steps, each followed by a pause")
    parser.add_argument("--pause", type=int, default=1)
    parser.add_argument("--qps", type=int, default=100_000, help="requests a second; 0 for the controller's own limit")
    parser.add_argument("--idle", type=int, default=20)
    parser.add_argument("--timeout", type=int, default=600)
    parser.add_argument("--max-writes", type=float)
    options = parser.parse_args()
    with running(options.program) as (cluster, start):
        measure(options, cluster, start(limits(options.qps)))


def limits(qps):
    return ["--qps", str(qps), "--burst", str(2 * qps)] if qps else []


def measure(options, cluster, controller):
    count = options.rollouts
    weights = [int(weight) for weight in options.weights.split(",")]
    time.sleep(2)
    began = controller.cpu()
    for number in range(count):
        for path, body in objects(number, weights, options.pause):
            cluster.send("POST", path, body)
    cluster.settle("1", count, options.timeout)
    time.sleep(5)
    created, writes = controller.cpu(), controller.writes()
    image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "registry.example.com/web:2"}]
    for number in range(count):
        request = urllib.request.Request(
            f"{cluster.server}{ROLLOUTS}/web-{number}", method="PATCH", data=json.dumps(image).encode(),
            headers={"Content-Type": "application/json-patch+json"})
        urllib.request.urlopen(request, timeout=60).close()
    cluster.settle("2", count, options.timeout)
    time.sleep(8)
    updated, total = controller.cpu(), controller.writes()
    time.sleep(options.idle)
    idle = (controller.cpu() - updated) / options.idle
    report(options, controller, created - began, updated - created, idle, writes, total)


def report(options, controller, create, update, idle, first, total):
    count = options.rollouts
    steps = ", ".join(f"{weight} %, pause {options.pause} s" for weight in options.weights.split(","))
    print(f"| {count} Rollouts with nginx canaries: {steps} | |\n|---|---|")
    print(f"| processor time to create them | {create:.1f} s |\n| to update them | {update:.1f} s |")
    print(f"| cores while idle | {idle:.3f} |")
    print(f"| memory now, and at the most | {controller.memory('VmRSS'):.0f} and {controller.memory('VmHWM'):.0f} MiB |")
    slowest = controller.slowest()
    if slowest is not None:
        print(f"| 99 of 100 looks at a Rollout take, without the API, at most | {slowest * 1000:.0f} ms |")
    events = sum(value for (_, kind), value in total.items() if "event" in kind.lower())
    writes = sum(total.values()) - events
    print(f"| writes for each Rollout, created and updated | {writes / count:.1f}, and {events / count:.1f} Events |")
    for (verb, kind), value in sorted(total.items()):
        before = first.get((verb, kind), 0)
        print(f"| {verb} {kind}, created and updated | {before / count:.1f} and {(value - before) / count:.1f} |")
    if options.max_writes is not None and writes / count > options.max_writes:
        sys.exit(f"{writes / count:.1f} writes for each Rollout, and {options.max_writes} are allowed")


if __name__ == "__main__":
    main()
