#!/usr/bin/env python3
"""Plays updates with a bad way between the controller and its API server, and with replicas that die or freeze.

    Tests/EndToEnd/faults.py PROGRAM [--plays NAME,...]

The cluster, the controllers and the proxies between them are processes and threads of this machine. Each fault has a
controller of its own, which looks after one namespace: first everything goes wrong for seconds in the middle of an
update, then a part of all requests during the next one, which is aborted. What is there in the end has to be right to
the last pod, and nobody may have been asked again and again while it was bad.

Exit code 0: all is as it should be; 1: it is not.
"""
import argparse
import json
import pathlib
import signal
import sys
import tempfile
import threading
import time

from proxy import FaultyProxy
from rig import Cluster, Program, Rollout, free_port, program_path, until
from traffic import NGINX, ingress, rollout, service

HASH = "rollouts-pod-template-hash"
# How long everything goes wrong, and how many requests a controller may send in that time.
OUTAGE, PATIENCE = 5, 150
# All of them, a few at a time.
EVERYTHING = ("reset", "lost", "half", "slow", 401, 409, 410, 429, 500, 503)
PLAYS = {"refused": ("refused",), "reset": ("reset", "lost"), "half": ("half",), "slow": ("slow",), "silent": ("silent",),
         "token": (401,), "conflict": (409,), "expired": (410,), "busy": (429,), "broken": (500, 503),
         "everything": EVERYTHING, "killed": (), "frozen": ()}


class Stage:
    """A cluster, and a way to start controllers for it."""

    def __init__(self, program, folder):
        self.program, self.folder, self.programs = program, folder, []
        self.api = free_port()
        self.cluster = Cluster(self.api)
        self.run("cluster", "cluster", "--port", self.api, "--pod-delay", "300ms")
        until(self.cluster.answers, 60, "the cluster answers")

    def run(self, name, *command):
        program = Program(self.folder / f"{name}.log", [self.program, "runtime", *command])
        self.programs.append(program)
        return program

    def controller(self, name, port, *options):
        """A controller that reaches the cluster at a port."""
        path = self.folder / f"{name}.kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "clusters": [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": "test", "user": {}}]}))
        return self.run(name, "run", "--kubeconfig", path, "--metrics-port", "0", "--healthz-port", "0", *options)

    def stop(self):
        for program in reversed(self.programs):
            program.stop()


class Play:
    """A Rollout with a canary behind nginx in a namespace of its own."""

    def __init__(self, stage, name):
        self.stage, self.name, self.problems, self.programs = stage, name, [], []
        self.rollout = Rollout(stage.cluster, name)

    def image(self, version):
        return f"registry.example.com/{self.name}:{version}"

    def begin(self):
        call = self.stage.cluster.call
        call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}})
        for name in ("web-stable", "web-canary"):
            call("POST", f"/api/v1/namespaces/{self.name}/services", service(name))
        call("POST", f"/apis/networking.k8s.io/v1/namespaces/{self.name}/ingresses",
             ingress("web.example.com", "web-stable"))
        call("POST", self.rollout.path.rsplit("/", 1)[0], rollout(self.image(1), 2, {"canary": {
            **NGINX, "scaleDownDelaySeconds": 1, "abortScaleDownDelaySeconds": 1,
            "steps": [{"setWeight": 50}, {"pause": {"duration": 1}}, {"setWeight": 75}, {"pause": {}}]}}))

    def controller(self, name, port, *options):
        program = self.stage.controller(f"{self.name}-{name}", port, "--namespace", self.name, *options)
        self.programs.append(program)
        return program

    def check(self, what, good):
        if not good:
            self.problems.append(what)

    def sizes(self):
        """The sizes of the ReplicaSets by their images' versions; a second one of a version is seen."""
        found = self.stage.cluster.call("GET", f"/apis/apps/v1/namespaces/{self.name}/replicasets")["items"]
        return sorted((item["spec"]["template"]["spec"]["containers"][0]["image"].rsplit(":", 1)[1],
                       item["spec"]["replicas"]) for item in found)

    def is_as_it_should_be(self, stable, sizes):
        """Whether the stable version has all traffic, and every version as many pods as it should."""
        namespace, call = self.name, self.stage.cluster.call
        status, hashes = self.rollout.read().get("status", {}), {}
        for item in call("GET", f"/apis/apps/v1/namespaces/{namespace}/replicasets")["items"]:
            image = item["spec"]["template"]["spec"]["containers"][0]["image"]
            hashes[image.rsplit(":", 1)[1]] = item["metadata"]["labels"][HASH]
        wanted = hashes.get(stable)
        selectors = [call("GET", f"/api/v1/namespaces/{namespace}/services/{name}")["spec"]["selector"].get(HASH)
                     for name in ("web-stable", "web-canary")]
        canary = call("GET", f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses/web-web-canary")
        weight = canary["metadata"]["annotations"]["nginx.ingress.kubernetes.io/canary-weight"]
        pods = [pod["spec"]["containers"][0]["image"] for pod in self.rollout.pods()]
        return (status.get("stableRS") == wanted and selectors == [wanted, wanted] and weight == "0"
                and self.sizes() == sorted(sizes.items()) and pods == [self.image(stable)] * sum(sizes.values()))

    def until_right(self, stable, sizes):
        try:
            until(lambda: self.is_as_it_should_be(stable, sizes), 60, f"version {stable} is alone")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; the sizes are {self.sizes()}, the status is "
                               f"{json.dumps(self.rollout.read().get('status'))}") from None


def faulty(play, faults):
    """An update in the middle of which everything goes wrong, and one during which some of it does."""
    proxy = FaultyProxy(play.stage.api)
    controller = play.controller("controller", proxy.port, "--no-leader-elect", "--watch-idle", "5s")
    play.begin()
    play.rollout.until_healthy()
    began = time.monotonic()
    proxy.begin(*faults)
    time.sleep(0.3)
    play.rollout.set_image(play.image(2))
    time.sleep(OUTAGE)
    proxy.end()
    sent = sum(began <= passed.moment < began + OUTAGE for passed in proxy.passed)
    play.check(f"{sent} requests in {OUTAGE} s in which everything went wrong", sent < PATIENCE)
    play.rollout.until_paused(3)
    play.rollout.promote()
    play.rollout.until_healthy()
    play.until_right("2", {"1": 0, "2": 2})
    if faults != ("refused",):
        proxy.begin(*faults, chance=0.2)
    play.rollout.set_image(play.image(3))
    play.rollout.until_paused(3)
    play.rollout.abort()
    play.rollout.until_phase("Degraded")
    play.until_right("2", {"1": 0, "2": 2, "3": 0})
    play.check("the controller has ended", controller.process.poll() is None)
    play.check(f"requests came too soon after 429: {proxy.came_too_soon()}", not proxy.came_too_soon())
    happened = {passed.outcome for passed in proxy.passed}
    if faults != ("refused",) and len(faults) < 4:
        play.check(f"not every fault happened: {happened}", set(faults) <= happened)


ELECTION = ("--leader-election-lease-duration", "8s", "--leader-election-renew-deadline", "6s",
            "--leader-election-retry-period", "500ms")


def holder(play):
    """Who holds the lease of a play's controllers."""
    leases = play.stage.cluster.call("GET", f"/apis/coordination.k8s.io/v1/namespaces/{play.name}/leases")["items"]
    return leases[0]["spec"].get("holderIdentity") if leases else None


def replicas(play):
    """Two controllers with one lease, the one that leads first."""
    proxies = [FaultyProxy(play.stage.api) for _ in range(2)]
    election = ["--leader-election-namespace", play.name, *ELECTION]
    play.begin()
    pairs = []
    for name, proxy in zip(("first", "second"), proxies):
        pairs.append((play.controller(name, proxy.port, *election), proxy))
        if name == "first":
            until(lambda: holder(play), 30, f"{play.name}: somebody holds the lease")
    play.rollout.until_healthy()
    play.check("the second replica wrote though the first leads", not proxies[1].writes())
    return pairs


def killed(play):
    """The replica that leads is killed in the middle of an update, and the other one finishes it."""
    (leader, _), (_, other) = replicas(play)
    before = holder(play)
    play.rollout.set_image(play.image(2))
    until(lambda: len(play.sizes()) == 2, 30, f"{play.name}: the update has begun")
    leader.kill()
    play.rollout.until_paused(3)
    play.check("the lease has the same holder", holder(play) != before)
    play.check("the other replica wrote nothing", other.writes())
    play.rollout.promote()
    play.rollout.until_healthy()
    play.until_right("2", {"1": 0, "2": 2})


def frozen(play):
    """The replica that leads freezes past its lease, and must write nothing when it goes on."""
    (leader, first), (_, other) = replicas(play)
    before = holder(play)
    leader.process.send_signal(signal.SIGSTOP)
    # Something to do for both of them, and more of it when the first one goes on.
    play.rollout.set_image(play.image(2))
    play.rollout.until_paused(3)
    play.check("the lease has the same holder", holder(play) != before)
    moment = time.monotonic()
    earliest = min((passed.moment for passed in other.writes()), default=moment)
    play.rollout.promote()
    leader.process.send_signal(signal.SIGCONT)
    until(lambda: leader.process.poll() is not None, 20, f"{play.name}: the replica that has lost its lease ends")
    play.check(f"it ended with {leader.process.returncode}", leader.process.returncode == 1)
    play.check(f"it wrote after it had lost its lease: {first.writes(earliest)}", not first.writes(earliest))
    play.rollout.until_healthy()
    play.until_right("2", {"1": 0, "2": 2})


def perform(play):
    """Plays one play to its end, and says how long it took."""
    began = time.monotonic()
    special = {"killed": killed, "frozen": frozen}.get(play.name)
    try:
        special(play) if special else faulty(play, PLAYS[play.name])
    except Exception as error:  # whatever it is, the play has not come to its end
        play.problems.append(f"{type(error).__name__}: {error}")
    print(f"{play.name:<12} {'right' if not play.problems else 'WRONG'} after {time.monotonic() - began:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--plays", default=",".join(PLAYS))
    arguments = parser.parse_args()
    program = program_path(arguments.program)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(program, pathlib.Path(folder))
        try:
            plays = [Play(stage, name) for name in arguments.plays.split(",")]
            threads = [threading.Thread(target=perform, args=(play,)) for play in plays]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            stage.stop()
        for play in plays:
            for problem in play.problems:
                print(f"{play.name}: {problem}")
            if play.problems:
                print("\n".join(program.last_words for program in play.programs))
        sys.exit(1 if any(play.problems for play in plays) else 0)


if __name__ == "__main__":
    main()
