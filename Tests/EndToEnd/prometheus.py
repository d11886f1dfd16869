#!/usr/bin/env python3
"""Plays updates that a real Prometheus decides about, and prints what happened when.

    Tests/EndToEnd/prometheus.py PROGRAM

A page counts the requests of each version of a service and how many of them fail. Prometheus scrapes it every second.
A Rollout in an embedded cluster has an analysis in the background that asks Prometheus for the success rate of the
version that is rolled out. Version 2 is as good as version 1, and its update has to come to its end. Version 3 begins
to fail once it has traffic, and has to be rolled back within one interval of Prometheus knowing it.

Exit code 0: all is as it should be; 1: it is not; 2: something is missing.
"""
import argparse
import http.server
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from rig import Cluster, Program, Rollout, free_port, program_path, until

# Seconds between two measurements, and what a busy machine may take beside them.
INTERVAL, SLACK = 3, 3
REQUESTS_PER_SECOND = 200
QUERY = ('sum(rate(http_requests_total{version="VERSION",code!~"5.."}[4s])) '
         '/ sum(rate(http_requests_total{version="VERSION"}[4s]))')
TEMPLATE = {
    "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
    "metadata": {"name": "success-rate", "namespace": "default"},
    "spec": {
        "args": [{"name": "version"}, {"name": "prometheus"}],
        "metrics": [{
            "name": "success-rate", "interval": f"{INTERVAL}s", "failureLimit": 0,
            "successCondition": "len(result) > 0 && result[0] >= 0.95",
            "provider": {"prometheus": {
                "address": "{{args.prometheus}}", "query": QUERY.replace("VERSION", "{{args.version}}")}},
        }],
    },
}


class Page(http.server.ThreadingHTTPServer):
    """Counts requests by version and code, as a service does, and tells Prometheus."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.start, self.lock = time.monotonic(), threading.Lock()
        # Which share fails, and what had come together when that was last changed.
        self.shares = {version: 0.0 for version in "123"}
        self.base = {version: (self.start, 0.0, 0.0) for version in "123"}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def counts(self, version):
        moment, good, bad = self.base[version]
        requests = (time.monotonic() - moment) * REQUESTS_PER_SECOND
        return good + requests * (1 - self.shares[version]), bad + requests * self.shares[version]

    def set_share(self, version, share):
        with self.lock:
            good, bad = self.counts(version)
            self.base[version] = (time.monotonic(), good, bad)
            self.shares[version] = share

    def text(self):
        lines = ["# TYPE http_requests_total counter"]
        with self.lock:
            for version in self.shares:
                for code, count in zip(("200", "500"), self.counts(version)):
                    lines.append(f'http_requests_total{{version="{version}",code="{code}"}} {int(count)}')
        return "\n".join(lines) + "\n"


class PageHandler(http.server.BaseHTTPRequestHandler):
    """Answers every request with the counts."""

    def do_GET(self):
        body = self.server.text().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Prometheus:
    """Prometheus on a free port of this machine."""

    def __init__(self, folder, page):
        self.address = f"http://127.0.0.1:{free_port()}"
        settings = pathlib.Path(folder, "prometheus.yml")
        settings.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{"job_name": "service", "static_configs": [
                {"targets": [f"127.0.0.1:{page.server_address[1]}"]}]}],
        }))
        self.program = Program(pathlib.Path(folder, "prometheus.log"), [
            "prometheus", f"--config.file={settings}", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={self.address.removeprefix('http://')}"])

    def success_rate(self, version):
        """What it answers now; nan where it knows nothing."""
        query = urllib.parse.urlencode({"query": QUERY.replace("VERSION", version)})
        try:
            with urllib.request.urlopen(f"{self.address}/api/v1/query?{query}", timeout=5) as response:
                result = json.load(response)["data"]["result"]
        except (OSError, urllib.error.URLError):
            return math.nan
        return float(result[0]["value"][1]) if result else math.nan


def rollout(prometheus, version):
    container = {"name": "web", "image": f"registry.example.com/web:{version}",
                 "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    arguments = [
        {"name": "version", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['version']"}}},
        {"name": "prometheus", "value": prometheus.address}]
    return {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": {"name": "web", "labels": {"version": version}},
        "spec": {
            "replicas": 4, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
            "strategy": {"canary": {
                "analysis": {"templates": [{"templateName": "success-rate"}], "args": arguments},
                "steps": [{"setWeight": 25}, {"pause": {"duration": "7s"}}, {"setWeight": 50}, {"pause": {}}]}},
        },
    }


class Stage:
    """Everything that runs, and what happened when."""

    def __init__(self, program, folder):
        self.start, self.path = time.monotonic(), program
        self.page = Page()
        self.prometheus = Prometheus(folder, self.page)
        self.cluster = Cluster(free_port())
        self.program = Program(pathlib.Path(folder, "program.log"), [
            program, "runtime", "run", "--embedded", "--port", self.cluster.port, "--pod-delay", "50ms"])
        self.rollout = Rollout(self.cluster, "default")

    def say(self, text):
        print(f"{time.monotonic() - self.start:5.1f} s  {text}", flush=True)

    def begin(self):
        """Waits until all is there and version 1 is deployed."""
        until(self.cluster.answers, 60, "the cluster answers")
        until(lambda: self.prometheus.success_rate("3") > 0.99, 60, "Prometheus knows the versions")
        group = "/apis/argoproj.io/v1alpha1/namespaces/default"
        self.cluster.call("POST", f"{group}/analysistemplates", TEMPLATE)
        self.cluster.call("POST", f"{group}/rollouts", rollout(self.prometheus, "1"))
        self.rollout.until_healthy()
        self.say("version 1 is deployed")

    def update(self, version):
        self.cluster.patch(self.rollout.path, {
            "metadata": {"labels": {"version": version}},
            "spec": {"template": rollout(self.prometheus, version)["spec"]["template"]}})
        self.rollout.until_paused(1)
        self.say(f"version {version} has 25 % and is measured")

    def run(self):
        """The analysis of the update that is under way, or None."""
        status = self.rollout.read()["status"].get("canary", {}).get("currentBackgroundAnalysisRunStatus")
        return status and self.cluster.call(
            "GET", f"/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns/{status['name']}")

    def measured(self, count):
        result = ((self.run() or {}).get("status") or {}).get("metricResults") or [{}]
        return len(result[0].get("measurements") or []) >= count

    def analyze(self, version):
        """What the command line says of the same template now; its exit code."""
        play = subprocess.run(
            [self.path, "analyze", "-", "--once", "--arg", f"version={version}", "--arg",
             f"prometheus={self.prometheus.address}"], input=json.dumps(TEMPLATE), text=True, capture_output=True)
        for line in (play.stdout + play.stderr).splitlines():
            self.say(f"    {line}")
        return play.returncode


def good_version(stage):
    """An update that Prometheus has nothing against comes to its end."""
    stage.update("2")
    stage.rollout.until_paused(3)
    until(lambda: stage.measured(2), 30, "two measurements of version 2")
    problems = [] if stage.analyze("2") == 0 else ["analyze does not find version 2 good"]
    stage.rollout.promote()
    stage.rollout.until_healthy()
    stage.say("version 2 is rolled out")
    return problems


def bad_version(stage):
    """An update whose error rate goes up is rolled back within one interval."""
    stage.update("3")
    until(lambda: stage.measured(1), 30, "a measurement of version 3")
    stage.page.set_share("3", 0.2)
    stage.say("version 3 begins to fail")
    until(lambda: stage.prometheus.success_rate("3") < 0.95, 30, "Prometheus knows that version 3 fails")
    known = time.monotonic()
    stage.say("Prometheus knows it")
    stage.rollout.until("aborted", lambda status: status.get("abort"))
    seconds = time.monotonic() - known
    stage.say(f"rolled back {seconds:.1f} s later, with measurements every {INTERVAL} s")
    problems = [] if seconds <= INTERVAL + SLACK else [f"it took {seconds:.1f} s until version 3 was rolled back"]
    if stage.analyze("3") != 1:
        problems.append("analyze does not find version 3 bad")
    stage.rollout.until_phase("Degraded")
    until(lambda: len(stage.rollout.pods()) == len(stage.rollout.pods("registry.example.com/web:2")) == 4, 60,
          "only pods of version 2 are left")
    message = stage.rollout.read()["status"]["message"]
    if 'Metric "success-rate" assessed Failed' not in message:
        problems.append(f"the message is {message}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    program = program_path(parser.parse_args().program)
    if not shutil.which("prometheus"):
        print("prometheus is not there: apt-get install prometheus", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(program, folder)
        try:
            stage.begin()
            problems = good_version(stage) + bad_version(stage)
        except TimeoutError as error:
            problems = [str(error), stage.program.last_words, stage.prometheus.program.last_words[-1000:]]
        finally:
            stage.program.stop()
            stage.prometheus.program.stop()
            stage.page.shutdown()
    for problem in problems:
        print(problem)
    print("Prometheus was not obeyed" if problems else "Prometheus decided about both versions")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
