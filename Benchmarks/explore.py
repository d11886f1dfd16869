#!/usr/bin/env python3
"""Explores Rollouts under random trouble, and prints what breaks.

    Benchmarks/explore.py [--program PROGRAM] [--seeds N] [--first SEED] [--examples] [--recordings FOLDER] [WHAT]...

WHAT is a strategy in Benchmarks/strategies, a file or a folder; without any, every strategy is explored. --examples
adds every example with a Rollout that is meant to work, and --recordings the manifests of recorded scenarios (needs
PyYAML). Exits with 1 where an invariant was broken, with the shortest scenario that shows it.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Benchmarks/strategies"


def strategies():
    return [(file.stem, [file]) for file in sorted(FOLDER.glob("*.yaml"))]


def examples():
    """Every folder of examples with a Rollout; those that are meant to be wrong are left out."""
    for folder in sorted((ROOT / "examples").iterdir()):
        if folder.name == "broken" or not folder.is_dir():
            continue
        part = folder / "after" if (folder / "after").is_dir() else folder
        files = [file for file in sorted(part.glob("*")) if file.suffix in (".yaml", ".yml", ".json")]
        if any("kind: Rollout" in text or '"Rollout"' in text for text in (file.read_text() for file in files)):
            yield f"examples/{folder.name}", files


def recordings(folder, scratch):
    """What each recorded scenario applies up to its first Rollout."""
    import yaml

    for file in sorted(pathlib.Path(folder).glob("*.yaml")):
        scenario = yaml.safe_load(file.read_text())
        objects = []
        for applied in (entry["apply"] for entry in scenario["script"] if "apply" in entry):
            objects += applied
            if any(one["kind"] == "Rollout" for one in applied):
                break
        manifest = pathlib.Path(scratch) / f"{file.stem}.yaml"
        manifest.write_text("".join("---\n" + json.dumps(one) + "\n" for one in objects))
        yield f"recorded/{file.stem}", [manifest]


def chosen(options, scratch):
    for name in options.what:
        path = FOLDER / f"{name}.yaml"
        yield name, [path if path.exists() else pathlib.Path(name)]
    if not options.what and not options.examples and not options.recordings:
        yield from strategies()
    if options.examples:
        yield from examples()
    if options.recordings:
        yield from recordings(options.recordings, scratch)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*")
    parser.add_argument("--program", default=ROOT / ".build/release/rollout-render")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--examples", action="store_true")
    parser.add_argument("--recordings", metavar="FOLDER")
    options = parser.parse_args()
    is_broken = False
    with tempfile.TemporaryDirectory() as scratch:
        for name, files in chosen(options, scratch):
            start = time.monotonic()
            run = subprocess.run(
                [options.program, "simulate", *files, "--explore", str(options.seeds), "--seed", str(options.first)],
                capture_output=True, text=True)
            seconds = time.monotonic() - start
            is_broken = is_broken or run.returncode != 0
            state = "nothing broken" if run.returncode == 0 else f"BROKEN ({run.returncode})"
            print(f"{name}: {options.seeds} seeds in {seconds:.1f} s: {state}", flush=True)
            if run.returncode != 0:
                print(run.stdout + run.stderr, flush=True)
    sys.exit(1 if is_broken else 0)


if __name__ == "__main__":
    main()
