"""What the end-to-end plays have in common: programs that run beside them, and a client for the cluster's API."""
import http.client
import json
import os
import pathlib
import signal
import random
import socket
import subprocess
import time

ROLLOUTS = "/apis/argoproj.io/v1alpha1/namespaces/{}/rollouts"


def free_port():
    """A port of this machine that nobody uses now, and that nobody gets who asks for any port."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def until(check, seconds, what):
    """Waits for what a check answers, and says what it waited for in vain."""
    end = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.05)


class Program:
    """A program that runs until it is ended; what it says goes to a file."""

    def __init__(self, log, command):
        self.command, self.log = [str(part) for part in command], pathlib.Path(log)
        self.process = None
        self.start()

    def start(self):
        # A cluster that somebody works with is not the one of the play.
        environment = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
        with open(self.log, "ab") as file:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment)

    def kill(self):
        """Ends it without a word of warning."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def last_words(self):
        return self.log.read_text(errors="replace")[-3000:]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text[:500]}")
        self.code = code


class Cluster:
    """The API of a cluster on a port of this machine, over plain HTTP."""

    def __init__(self, port):
        self.port = port

    def call(self, method, path, body=None, content="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": content})
            response = connection.getresponse()
            answer = response.read().decode()
        finally:
            connection.close()
        if response.status >= 300:
            raise Refused(response.status, f"{method} {path}: {answer}")
        return json.loads(answer) if answer.startswith("{") else answer

    def answers(self):
        try:
            return self.call("GET", "/readyz") is not None
        except (OSError, http.client.HTTPException, Refused):
            return False

    def patch(self, path, body):
        return self.call("PATCH", path, body, "application/merge-patch+json")


class Rollout:
    """A Rollout, and what people do to it."""

    def __init__(self, cluster, namespace, name="web"):
        self.cluster, self.path = cluster, f"{ROLLOUTS.format(namespace)}/{name}"
        self.namespace = namespace

    def read(self):
        return self.cluster.call("GET", self.path)

    def set_image(self, image):
        containers = self.read()["spec"]["template"]["spec"]["containers"]
        containers[0]["image"] = image
        self.cluster.patch(self.path, {"spec": {"template": {"spec": {"containers": containers}}}})

    def set(self, **spec):
        self.cluster.patch(self.path, {"spec": spec})

    def status(self, **status):
        self.cluster.patch(f"{self.path}/status", {"status": status})

    def promote(self):
        self.status(pauseConditions=None)

    def promote_fully(self):
        self.status(promoteFull=True)

    def abort(self):
        self.status(abort=True)

    def until(self, what, check, seconds=60):
        """Waits until the status, which must be about the wanted spec, is as a check has it."""
        def look():
            rollout = self.read()
            status = rollout.get("status") or {}
            return str(status.get("observedGeneration")) == str(rollout["metadata"]["generation"]) and check(status)
        try:
            until(look, seconds, f"{self.namespace}: {what}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; its status is {json.dumps(self.read().get('status'))}") from None

    def until_healthy(self):
        self.until("healthy", lambda status: status.get("phase") == "Healthy")

    def until_paused(self, step):
        self.until(f"paused at step {step}", lambda status: status.get("pauseConditions")
                   and status.get("currentStepIndex") == step and status.get("phase") == "Paused")

    def until_phase(self, phase):
        self.until(phase, lambda status: status.get("phase") == phase)

    def pods(self, image=None):
        """The pods that are not on their way out."""
        found = self.cluster.call("GET", f"/api/v1/namespaces/{self.namespace}/pods")["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]
                and image in (None, pod["spec"]["containers"][0]["image"])]


def program_path(given):
    """The built program."""
    path = pathlib.Path(given).resolve()
    if not os.access(path, os.X_OK):
        raise SystemExit(f"{path} is no program; build it first")
    return path
