#!/usr/bin/env python3
"""Plays the recorded scenarios against a cluster with a controller in it, and prints what differs from the recordings.

    Tests/EndToEnd/conformance.py [--kubeconfig FILE] [--folder DIR] [SCENARIO ...]

The scenarios, the recordings, record.py and compare.py are in the folder shared/conformance beside the project. Without
names all scenarios are played, all at once, each in a namespace of its own, for they mostly wait. These things are made equal before traces are compared:

- the hashes that a Deployment gives its own ReplicaSets, for nobody promises them;
- the sizes between first and last of those, for how many pods go at once is chance: as many as others got ready at once;
- a service that the reference switched back and forth, a fault of its own (the README there names it);
- two commands that follow each other at once are sent as one, for what happens between them is chance.

Exit code 0: nothing differs; 1: something does; 2: something is missing.
"""
import argparse
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# What these commands write into the status.
STATUS = {"promote": {"pauseConditions": None}, "promoteFull": {"promoteFull": True}, "abort": {"abort": True},
          "retry": {"abort": False}}


def missing(what):
    print(what, file=sys.stderr)
    sys.exit(2)


def find_folder(given):
    """The folder with the recordings."""
    places = [given] if given else [ROOT.parent / "shared/conformance", ROOT.parent.parent / "shared/conformance"]
    for place in places:
        if (pathlib.Path(place) / "record.py").is_file():
            return pathlib.Path(place)
    missing("the recordings are not there: put the folder shared/conformance beside the project, or name it with --folder")


def load(path):
    """A script as a module; it says what it does to nobody."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.print = lambda *_, **__: None
    return module


def merged(script):
    """A script in which commands that follow each other at once are one request."""
    result = []
    for step in script:
        (verb, value), = step.items()
        before = result[-1].get("patch") if result else None
        if verb in STATUS and before and before.get("subresource") == "status" and before["name"] == value:
            before["patch"]["status"].update(STATUS[verb])
        elif verb in STATUS:
            result.append({"patch": {
                "kind": "Rollout", "name": value, "subresource": "status", "patch": {"status": dict(STATUS[verb])}}})
        else:
            result.append(step)
    return result


def watching(record, cluster):
    """A recorder whose watches have begun, so that it misses nothing."""
    begun, session = threading.Semaphore(0), cluster.session

    def counting():
        http = session()
        get = http.get

        def counted(url, **options):
            response = get(url, **options)
            if options.get("stream"):
                begun.release()
            return response
        http.get = counted
        return http
    cluster.session = counting
    recorder = record.Recorder(cluster)
    for _ in recorder.kinds:
        if not begun.acquire(timeout=60):
            raise TimeoutError("the watches did not begin")
    return recorder


def play(record, arguments, name, scenario):
    """The trace of a scenario."""
    namespace = f"{arguments.prefix}{name}"
    cluster = record.Cluster(arguments.kubeconfig, namespace)
    namespaces = f"{cluster.base}/api/v1/namespaces"
    cluster.call("POST", namespaces, ok=(200, 201, 409), json={
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    recorder = watching(record, cluster)
    try:
        trace = record.play(cluster, recorder, {**scenario, "script": merged(scenario["script"])})
    except (TimeoutError, RuntimeError) as error:
        states = [json.dumps(rollout.get("status")) for rollout in cluster.list("Rollout")]
        raise RuntimeError("\n    ".join([str(error), *states])) from error
    finally:
        recorder.stopped = True
        cluster.call("DELETE", f"{namespaces}/{namespace}", ok=(200, 202, 404, 409))
    return json.loads(json.dumps(trace).replace(f'"{namespace}"', '"<namespace>"'))


def without_hashes_of_deployments(trace):
    """The same trace, with a Deployment's hashes named by their revisions."""
    hashes = {}
    for snapshot in trace["snapshots"].values():
        for name, item in snapshot["objects"].items():
            metadata, sizes = item["metadata"], snapshot["sequences"].get(name, [])
            if any(owner["kind"] == "Deployment" for owner in metadata.get("ownerReferences", [])):
                revision = metadata.get("annotations", {}).get("deployment.kubernetes.io/revision", "")
                hashes.setdefault(metadata["labels"]["pod-template-hash"], f"<hash {revision}>")
                del sizes[1:-1]
    text = json.dumps(trace)
    for value, stands in hashes.items():
        text = text.replace(value, stands)
    return json.loads(text)


def without_switching(reference, trace):
    """Takes the way back out of both traces where the reference switched a service back and forth dozens of times."""
    for label, snapshot in reference["snapshots"].items():
        for name, values in snapshot["sequences"].items():
            different = {json.dumps(value, sort_keys=True) for value in values}
            if name.startswith("Service/") and len(values) > 6 and len(different) < 4:
                for sequences in (snapshot["sequences"], trace["snapshots"].get(label, {}).get("sequences", {})):
                    sequences[name] = one_way(sequences.get(name, []))


def one_way(values):
    """Values without those that were there before the last."""
    result = []
    for value in values:
        if value not in result[-2:]:
            result.append(value)
    return result


def difference(folder, scratch, name, trace):
    """What compare.py says of a trace that differs from the recording, or nothing; and its last line."""
    reference = json.loads((folder / "traces" / f"{name}.json").read_text())
    files = [scratch / f"{name}.{side}.json" for side in ("reference", "mine")]
    without_switching(reference, trace)
    files[0].write_text(json.dumps(without_hashes_of_deployments(reference)))
    files[1].write_text(json.dumps(without_hashes_of_deployments(trace)))
    command = [sys.executable, folder / "compare.py", *files, "--sequences"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.returncode != 0, (run.stdout + run.stderr).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    parser.add_argument("--kubeconfig", default=os.environ.get("KUBECONFIG"))
    parser.add_argument("--folder", help="where the recordings are")
    parser.add_argument("--prefix", default="conf-", help="what the namespaces' names begin with")
    arguments = parser.parse_args()
    folder = find_folder(arguments.folder)
    if not arguments.kubeconfig:
        missing("no cluster: set KUBECONFIG to a cluster in which the controller runs, or use --kubeconfig")
    try:
        import yaml
        record = load(folder / "record.py")
    except ImportError as error:
        missing(f"a Python package is missing: {error.name}; pip install requests PyYAML")
    there = sorted(path.stem for path in (folder / "scenarios").glob("*.yaml"))
    names = arguments.scenarios or there
    for name in names:
        if name not in there:
            missing(f"there is no scenario {name}; there are: {', '.join(there)}")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        scenarios = {name: yaml.safe_load((folder / "scenarios" / f"{name}.yaml").read_text()) for name in names}
        runs = {pool.submit(play, record, arguments, name, scenarios[name]): name for name in names}
        for run in concurrent.futures.as_completed(runs):
            name = runs[run]
            try:
                differs, text = difference(folder, pathlib.Path(scratch), name, run.result())
            except Exception as error:  # whatever it is, the other scenarios go on
                differs, text = True, f"{name}: {type(error).__name__}: {error}"
            failed += differs
            print(text, flush=True)
    print(f"{len(names)} scenarios played, {failed} different")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
